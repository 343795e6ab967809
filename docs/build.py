"""Write the generated pages of docs/ from the code they describe; `make docs` runs it, and a test fails when a page is stale."""

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from docs.building import benchmarks
from docs.building.attack_rows import ATTACKER, areas, citations, named_tests
from docs.building.check_names import Place, places
from docs.building.comparison import comparison_page
from docs.building.demo import demo_picture
from docs.building.explanations import profiles_page, threats_page
from docs.building.failures import failures_page
from docs.building.iam_operations import iam_page
from docs.building.lint_rules import GROUPS, HEADINGS, WORKLOADS, cells, examples
from docs.building.lint_rules import HEAD as LINT_HEAD
from docs.building.metrics import alert_rules, dashboard, metrics_page
from docs.building.schemas.published import SCHEMAS, json_page, schema_text
from federation import errors
from federation.account import load_account, map_access
from federation.drawing.account_map import map_as_svg
from federation.evidence.workloads import WORKLOAD_RULES
from federation.oauth import checks as oauth
from federation.oauth import validator as oauth_validator
from federation.oidc import checks as oidc
from federation.oidc import validator as oidc_validator
from federation.oidc.readings import Stage
from federation.profiles import Profile
from federation.report import Check
from federation.saml import checks, response, validator
from federation.saml.reading import shape
from federation.sts.login import saml_attributes, web_identity_claims

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
Attack rows are those of [Attacks](attacks.md).

"""

REFUSALS: Final = """
## Every name, room by room

Steps that decode, prove, read and register refuse under finer names, and so do the operations, the account and the server: whatever
stands in `check` of an error stands in one of these tables. What differs from case to case shows as an ellipsis. Provider material that
cannot be registered is refused with `InvalidInput`, a file of the account with `AccountFault`, a parameter of an operation with
`ValidationError` under its own name.

"""
MOST_EXPECTED: Final = 6
"""Expectations of one check that the page repeats."""
ROOMS: Final = {
    "": "Everywhere",
    "saml": "SAML responses, metadata and providers",
    "jose": "JSON Web Tokens, keys and key sets",
    "oidc": "OpenID Connect providers and their tokens",
    "oauth": "OAuth access tokens and their servers",
    "policy": "Policies and the requests they are asked about",
    "explaining": "Explanations",
    "account": "The account directory",
    "sts": "The operations",
    "iam": "The operations of IAM",
    "page": "The page",
    "server": "HTTP",
    "state": "What is remembered",
    "drawing": "Pictures",
    "evidence": "Records and files that are evidence",
    "judging": "Captured tokens in bulk",
    "testing": "Forges",
    "policy_tests": "Tests of trust policies",
    "cli": "The command line",
    "fixture": "The pytest fixture",
}
"""Rooms that refuse, in the order of the page."""


def checks_page() -> str:
    """docs/checks.md: rule, clause, code, profiles."""
    head = ("check", "demands", "clause", "code", "profiles")
    sections = (
        ("SAML responses", _saml()),
        ("AssumeRoleWithSAML: the attributes", map(_row, saml_attributes.CHECKS)),
        ("OIDC tokens, until their signature is proved", _stage_rows("oidc", oidc_validator.STAGES)),
        ("OIDC tokens, once their signature is proved", map(_row, oidc.CHECKS)),
        ("OAuth access tokens, until their answer is found", _stage_rows("oauth", oauth_validator.STAGES)),
        ("OAuth access tokens, once their answer is found", map(_row, oauth.CHECKS)),
        ("AssumeRoleWithWebIdentity: the claims", map(_row, web_identity_claims.CHECKS)),
    )
    tables = ["\n".join((f"## {title}", "", *_table(head, rows), "")) for title, rows in sections]
    return HEAD + "\n".join(tables) + REFUSALS + "\n".join(_refusals())


def lint_page() -> str:
    """docs/lint.md: every rule of policy lint."""
    sections = [
        "\n".join((f"## {title}", "", *_table(HEADINGS, map(cells, rules)), "", *examples(rules), "")) for title, rules in GROUPS.items()
    ]
    workloads = "\n".join((WORKLOADS, *_table(HEADINGS, map(cells, WORKLOAD_RULES)), ""))
    return LINT_HEAD + "\n".join((*sections, workloads))


ERRORS_HEAD: Final = """# Errors

<!-- Written by docs/build.py: change federation/errors, then run `make docs`. -->

Whatever the input, the engine raises `FederationError` and nothing else. Its class has the name of the code on the
wire. Its `check` names the rule that refused, listed in [Checks](checks.md). `str(error)` is one line; `error.as_dict()` has `code`,
`http_status`, `check`, `expected`, `found`, `remedy` and `message`, the text AWS sends where it is known. None of them holds a token,
a secret or a key.

A refusal can be pickled, copied and compared, so one that is raised in a process pool comes back as itself. The same holds for every
result, such as `VerifiedIdentity`, `Report` and `Decision`. Never unpickle what you did not write yourself: `pickle` runs what it reads,
and an identity out of a foreign pickle proves nothing ([decision 21](adr/0021-results-travel-proofs-do-not.md)).

A client of the server gets the text that AWS sends in the situation, where it is known, and the text of the code where it is not. It never
gets `expected`, `found` and `remedy`, which are for the operator. All texts stand in `federation/aws_texts`, each with its source.
*Raised by* names the rooms of the house that raise it.

"""


def errors_page() -> str:
    """docs/errors.md: wire code, HTTP status, class, meaning, where it comes from, its text."""
    raised = _raised()
    rows = sorted(
        (
            f"`{found.code}`",
            str(found.http_status),
            f"`{found.__name__}`",
            _first(found),
            raised.get(found.__name__, "nothing offline"),
            found.text,
        )
        for found in _kinds(errors.FederationError)
        if found.__module__.startswith(f"{errors.__name__}.")
    )
    return ERRORS_HEAD + "\n".join((*_table(("code", "HTTP", "class", "meaning", "raised by", "text of the code"), rows), ""))


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


ATTACKS_HEAD: Final = """# Attacks

<!-- Written by docs/build.py: change docs/attacks.toml, then run `make docs`. -->

What an attacker tries, and the rule that stops it. Comments in the code cite these rows, and the names of tests begin with them: `make
test` runs them all, `pytest -k S07` those of one row. *Code* lists the modules that cite the row; where none does, the rule is that
something is absent, or it follows from the rules of other rows. `strict` and `aws` are the profiles of a provider: where AWS was observed
to accept more, `aws` does too.

Rows keep their ids for ever. A new attack gets the next number of its table. Those that need no key of the issuer are there for tests of
other verifiers, too: `federation.testing.mutator` ([testing](testing.md)).

"""


def attacks_page() -> str:
    """docs/attacks.md: row, attack, rule, code, tests."""
    cited, tested = citations(HOUSE, without=ATTACKER), named_tests()
    head = ("row", "attack", "rule", "code", "tests")
    tables = []
    for area in areas():
        rows = [
            (row.id, row.attack, row.rule, _links(cited.get(row.id, ())) or "-", _links(tested.get(row.id, ())) or row.untested)
            for row in area.rows
        ]
        tables.append("\n".join((f"## {area.title}", "", *_table(head, rows), "")))
    return ATTACKS_HEAD + "\n".join(tables)


def _links(files: Sequence[str]) -> str:
    """Files of the repository, each by its name and linked."""
    return ", ".join(f"[{Path(file).name}](../{file})" for file in files)


ADR_HEAD: Final = """# Decisions

<!-- Written by docs/build.py: add a record, then run `make docs`. -->

One short record for each choice that a reader of the code would otherwise wonder about. Numbers are never used again.

"""


def decisions_page() -> str:
    """docs/adr/README.md: the records, by number."""
    titles = ((path.name, path.read_text(encoding="utf-8").partition("\n")[0]) for path in sorted((DOCS / "adr").glob("[0-9]*.md")))
    rows = [(number, f"[{title}]({name})") for name, line in titles for number, _, title in [line.removeprefix("# ").partition(". ")]]
    return ADR_HEAD + "\n".join((*_table(("number", "decision"), rows), ""))


def account_map() -> str:
    """docs/images/account-map.svg: the account of the fixtures."""
    return map_as_svg(map_access(load_account(DOCS.parent / "fixtures" / "account")))


PAGES: Final[dict[str, Callable[[], str]]] = {
    "checks.md": checks_page,
    "lint.md": lint_page,
    "errors.md": errors_page,
    "attacks.md": attacks_page,
    "benchmarks.md": benchmarks.page,
    "comparison.md": comparison_page,
    "failures.md": failures_page,
    "iam.md": iam_page,
    "performance.md": benchmarks.performance_page,
    "adr/README.md": decisions_page,
    "how-to/metrics.md": metrics_page,
    "monitoring/alerts.yml": alert_rules,
    "monitoring/grafana.json": dashboard,
    "explanation/threat-model.md": threats_page,
    "explanation/aws-and-strict.md": profiles_page,
    "reference/json.md": json_page,
    **{f"schemas/{name}.json": partial(schema_text, name) for name in SCHEMAS},
    "assets/demo.svg": lambda: demo_picture(80, 30),
    "assets/demo-narrow.svg": lambda: demo_picture(50, 34),
    "images/account-map.svg": account_map,
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


def _stage_rows(room: str, stages: Sequence[Stage]) -> Iterator[tuple[str, ...]]:
    for stage in stages:
        told = [place for place in places() if place.check == stage.name and room_of(place) == room and "InvalidInput" not in place.codes]
        _, code, expects = _refusal_row(stage.name, told)
        profiles = ", ".join(profile.value for profile in sorted(Profile) if profile in stage.profiles)
        yield (f"`{stage.name}`", expects, stage.clause, code, profiles)


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
    """One table for each room: every check that a refusal of the room can name, the codes it comes with, what it expects."""
    rooms: dict[str, dict[str, list[Place]]] = defaultdict(lambda: defaultdict(list))
    for place in places():
        if place.check is not None and place.codes:  # what has none is a row of the tables above
            rooms[room_of(place)][place.check].append(place)
    for room, title in ROOMS.items():
        yield f"### {title}"
        yield ""
        yield from _table(("check", "code", "expects"), [_refusal_row(check, places) for check, places in sorted(rooms.pop(room).items())])
        yield ""
    if rooms:
        raise SystemExit(f"ROOMS of docs/build.py lacks {', '.join(rooms)}")


def room_of(place: Place) -> str:
    """The room, or the floor below all rooms, that a place belongs to."""
    room = place.module.partition(".")[0]
    return room if (HOUSE / room).is_dir() else ""


def _refusal_row(check: str, places: Sequence[Place]) -> tuple[str, ...]:
    codes = sorted({code for place in places for code in place.codes})
    texts = list(dict.fromkeys(place.expected for place in places if place.expected))
    shown = "; ".join(texts[:MOST_EXPECTED]) + ("; …" if len(texts) > MOST_EXPECTED else "")
    return (f"`{check}`", " ".join(f"`{code}`" for code in codes), shown or "…")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]] | Iterator[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
