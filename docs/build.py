"""Write the generated pages of docs/ from the code they describe; `make docs` runs it, and a test fails when a page is stale."""

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from federation import errors
from federation.oauth import checks as oauth
from federation.oidc import checks as oidc
from federation.policy.lint import Rule, conditions, elements, issuers, keys, saml, statements
from federation.profiles import Profile
from federation.report import Check
from federation.saml import checks, response, shape, validator
from federation.sts import saml_attributes, web_identity_claims

DOCS: Final = Path(__file__).parent
HOUSE: Final = DOCS.parent / "federation"
CODES: Final = (
    "ExpiredTokenException",
    "IDPRejectedClaim",
    "InvalidParameterValue",
    "ValidationError",
    "AccessDenied",
    "InvalidIdentityToken",
)

HEAD: Final = """# Checks

<!-- Written by docs/build.py: change the code, then run `make docs`. -->

Every refusal names the check that refused. A report lists them all, in this order, with the verdicts of both profiles: `aws` is what the
service was observed to do, `strict` what a careful verifier demands. `validate` stops at the first refusal of the provider's profile.

"""

REFUSALS: Final = """
## SAML: finer names

Steps that prove and read refuse under a finer name; it is the `check` of their error. The code is `InvalidIdentityToken` unless the table
above says otherwise; provider material that cannot be registered is refused with `InvalidInput`.

"""


def checks_page() -> str:
    """docs/checks.md: rule, clause, code, profiles."""
    head = ("check", "demands", "clause", "code", "profiles")
    sections = (
        ("SAML responses", _saml()),
        ("AssumeRoleWithSAML: the attributes", map(_row, saml_attributes.CHECKS)),
        ("OIDC tokens, once their signature is proved", map(_row, oidc.CHECKS)),
        ("OAuth access tokens, once their answer is found", map(_row, oauth.CHECKS)),
        ("AssumeRoleWithWebIdentity: the claims", map(_row, web_identity_claims.CHECKS)),
    )
    tables = ["\n".join((f"## {title}", "", *_table(head, rows), "")) for title, rows in sections]
    return HEAD + "\n".join(tables) + REFUSALS + "\n".join(_refusals())


LINT_HEAD: Final = """# Policy lint

<!-- Written by docs/build.py: change the rules of federation/policy/lint, then run `make docs`. -->

Findings on policies that are well-formed and do something else than their authors think.

```sh
federation policy lint trust.json                       # files: also whether IAM would store them
federation policy lint --kind identity policy.json
federation policy lint --sarif trust.json > lint.sarif  # for code scanning
```

```console
$ federation policy lint --account fixtures/account
findings: error 0, warning 0, note 0
```

The exit status is 0 where all is well, 1 where IAM would not store a file or a finding is as bad as `--fail-on` (`error`, unless it
says `warning` or `note`), 2 for wrong usage, 3 where the account is at fault. `federation account check` shows the findings on
trust policies; they are no faults. In Python: `federation.policy.lint.lint(policy)` and `federation.account.lint.lint_account(account)`.

| Severity | Meaning |
| --- | --- |
| error | lets in, or fails to stop, more than any author means |
| warning | probably not what is meant: it grants too much, or never anything |
| note | worth knowing |

`--json` prints `files` and `counts` (findings by severity). A file has `file`, `accepted` (IAM would store it), `refusal` (an error, or
null) and `findings`, each with `id`, `severity`, `path` (JSON path), `line`, `message` and `remedy`. SARIF 2.1.0 holds the same, with every
rule described, with a document that IAM would not store as the result `policy-refused`, and with fingerprints that stay while place and
rule do.

The severity below is the usual one. A condition on a key that no request has is a warning where the statement never applies, and an error
where it makes an Allow grant without proof or a Deny stop nobody.

"""


def lint_page() -> str:
    """docs/lint.md: every rule of policy lint."""
    groups = {
        "OIDC issuers": issuers.RULES,
        "SAML providers": saml.RULES,
        "Principals and actions": elements.RULES,
        "Conditions": conditions.RULES,
        "Condition keys": keys.RULES,
        "Statements": statements.RULES,
    }
    tables = [
        "\n".join((f"## {title}", "", *_table(("id", "severity", "finds", "because"), map(_lint_row, rules)), ""))
        for title, rules in groups.items()
    ]
    return LINT_HEAD + "\n".join(tables)


def _lint_row(rule: Rule) -> tuple[str, ...]:
    return (f"`{rule.id}`", rule.severity, rule.finds, rule.because)


ERRORS_HEAD: Final = """# Errors

<!-- Written by docs/build.py: change federation/errors.py, then run `make docs`. -->

Whatever the input, the engine raises `FederationError` and nothing else. Its class says what the wire says; which rule refused is its
`check`, listed in [Checks](checks.md). `str(error)` is one line; `error.as_dict()` has `code`, `http_status`, `check`, `expected`, `found`,
`remedy` and `message`, the text AWS sends where it is known. None of them holds a token, a secret or a key.

A refusal can be pickled, copied and compared, so one that is raised in a process pool comes back as itself. The same holds for every
result, such as `VerifiedIdentity`, `Report` and `Decision`. Never unpickle what you did not write yourself: `pickle` runs what it reads,
and an identity out of a foreign pickle proves nothing ([decision 21](adr/0021-results-travel-proofs-do-not.md)).

The last column names the rooms of the house that raise it.

"""


def errors_page() -> str:
    """docs/errors.md: wire code, HTTP status, class, meaning, where it comes from."""
    raised = _raised()
    rows = sorted(
        (f"`{found.code}`", str(found.http_status), f"`{found.__name__}`", _first(found), raised.get(found.__name__, "nothing offline"))
        for found in _kinds(errors.FederationError)
        if found.__module__ == errors.__name__
    )
    return ERRORS_HEAD + "\n".join((*_table(("code", "HTTP", "class", "meaning", "raised by"), rows), ""))


def _kinds(kind: type[errors.FederationError]) -> Iterator[type[errors.FederationError]]:
    """Yield every class below *kind* that has a code of its own."""
    for each in kind.__subclasses__():
        if "code" in vars(each):
            yield each
        yield from _kinds(each)


def _raised() -> dict[str, str]:
    """Class to the rooms in which it is called by its name."""
    rooms: dict[str, set[str]] = defaultdict(set)
    for path in HOUSE.rglob("*.py"):
        room = path.relative_to(HOUSE).with_suffix("").parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                rooms[node.func.id].add(room)
    return {name: " ".join(f"`{room}`" for room in sorted(found)) for name, found in rooms.items()}


ADR_HEAD: Final = """# Decisions

<!-- Written by docs/build.py: add a record, then run `make docs`. -->

One short record for each choice that a reader of the code would otherwise wonder about. Numbers are never used again.

"""


def decisions_page() -> str:
    """docs/adr/README.md: the records, by number."""
    titles = ((path.name, path.read_text(encoding="utf-8").partition("\n")[0]) for path in sorted((DOCS / "adr").glob("[0-9]*.md")))
    rows = [(number, f"[{title}]({name})") for name, line in titles for number, _, title in [line.removeprefix("# ").partition(". ")]]
    return ADR_HEAD + "\n".join((*_table(("number", "decision"), rows), ""))


OF_SHAPE: Final = ("subject", "conditions", "attributes", "assertion")
"""Modules whose `refuse` says what the schema demands, always under the one name."""

PAGES: Final[dict[str, Callable[[], str]]] = {
    "checks.md": checks_page,
    "lint.md": lint_page,
    "errors.md": errors_page,
    "adr/README.md": decisions_page,
}


def _saml() -> Iterator[tuple[str, ...]]:
    yield (
        "`base64`",
        "The value is canonical standard base64 of a bounded size.",
        validator.DECODING[1],
        "`InvalidIdentityToken`",
        "aws, strict",
    )
    yield from (_row(check) for check in response.STAGES)
    yield (f"`{shape.CHECK}`", "The assertion has the shape of the schema.", shape.CLAUSE, "`InvalidIdentityToken`", "aws, strict")
    yield from (_row(check) for check in checks.CHECKS)


def _row(check: Check[Any]) -> tuple[str, ...]:
    profiles = ", ".join(profile.value for profile in sorted(Profile) if profile in check.profiles)
    return (f"`{check.name}`", _first(check.run), check.clause, f"`{_code(check.run)}`", profiles)


def _first(function: Callable[..., Any]) -> str:
    """First paragraph of the docstring, as one line."""
    return " ".join((inspect.getdoc(function) or "").partition("\n\n")[0].split())


def _code(function: Callable[..., Any]) -> str:
    """The wire code: of the errors a rule names itself, or those it calls name."""
    source = inspect.getsource(function)
    called = re.findall(r"\b(_?check_\w+)\(", source)
    module = inspect.getmodule(function)
    inner = [inspect.getsource(getattr(module, name)) for name in called if callable(getattr(module, name, None))]
    return next((code for code in CODES if any(code in text for text in (source, *inner))), CODES[-1])


def _refusals() -> Iterator[str]:
    for title, paths in (
        ("Decoding, proving and reading", ("decode", "xml", "structure", "signed_info", "signature", "envelope", "decryption", "response")),
        ("Reading the assertion", ("shape", "times", "subject", "conditions", "attributes", "assertion")),
        ("Registering a provider", ("keys", "metadata", "metadata_integrity", "provider", "../clock")),
    ):
        found: dict[str, list[str]] = {}
        for path in paths:
            for check, expected in _pairs(HOUSE / "saml" / f"{path}.py"):
                if expected not in found.setdefault(check, []):
                    found[check].append(expected)
        yield f"### {title}"
        yield ""
        yield from _table(("check", "expects"), [(f"`{check}`", "; ".join(texts)) for check, texts in sorted(found.items())])
        yield ""


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    """Every (check, expected) that a refusal in the module at *path* spells out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Constant)
        for target in [node.target]
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            named = {keyword.arg: keyword.value for keyword in node.keywords}
            check, expected = (named.get("check"), named.get("expected")) if "check" in named else (*node.args, None, None)[:2]
            if path.stem in OF_SHAPE and isinstance(node.func, ast.Name) and node.func.id == "refuse":
                check, expected = ast.Constant(shape.CHECK), check
            name = _said(check, constants)
            if name is not None and re.fullmatch(r"[a-z][a-z0-9-]+", name) and expected is not None and _is_refusal(node.func):
                text = _said(expected, constants)
                if text:
                    yield name, text


def _is_refusal(function: ast.expr) -> bool:
    name = function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    return name in {"malformed", "refuse", "_refusal", "InvalidIdentityToken", "RegistrationError", "IDPRejectedClaim"}


def _said(node: ast.expr | None, constants: dict[str, Any]) -> str | None:
    """The text of a literal; what an f-string fills in shows as an ellipsis."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name) and isinstance(constants.get(node.id), str):
        return str(constants[node.id])
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "…" for part in node.values)
    return None


def _table(head: Sequence[str], rows: Sequence[Sequence[str]] | Iterator[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
