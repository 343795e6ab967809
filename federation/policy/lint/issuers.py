"""Rules about trusting an OIDC issuer: whose identities, for which audience, and what a wildcard takes in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from federation.condition_keys import BUILT_IN, COGNITO
from federation.errors import show
from federation.policy.conditions import Condition
from federation.policy.keys import RequestKeys
from federation.policy.lint.finding import Hit, Rule
from federation.policy.lint.subject import Subject
from federation.policy.lint.vendors import Vendor, vendor_of
from federation.policy.shared_issuers import unscoped
from federation.policy.variables import read_template
from federation.policy.wildcard import Piece, fold

ACTION: Final = "sts:AssumeRoleWithWebIdentity"
_WILDCARD: Final = re.compile(r"[*?]")
_TEXT_AFTER_STAR: Final = re.compile(r"\*.*[^*?]", re.DOTALL)
_BY_ISSUER: Final = "sts:roleauthorizedbyidp"
_PULL_REQUEST: Final = ":pull_request"


def _unscoped_for_iam(subject: Subject) -> Iterator[Hit]:
    for statement, rule in unscoped((subject.statement,)) if subject.grants(ACTION) else ():
        message = f"everybody can get a token of {show(rule.issuer)}, and IAM no longer stores a trust in it that does not say whose"
        yield Hit(f"{statement.path}.Condition", message, f"add a condition on {' or '.join(map(show, rule.keys))}")


def _unscoped(subject: Subject) -> Iterator[Hit]:
    for provider, vendor in _trusted(subject):
        if not any(_bounding(subject, provider, vendor)) and not (vendor.danger != "error" and _role_named_by_issuer(subject)):
            whose = "everybody can get a token of" if vendor.danger == "error" else "the role trusts every identity of"
            key = next(iter(vendor.bounds))
            remedy = f"add a condition on {show(f'{provider}:{key}')}, such as {show(vendor.example)}"
            yield Hit(f"{subject.statement.path}.Condition", f"{whose} {show(provider)}", remedy, vendor.danger)


def _role_named_by_issuer(subject: Subject) -> bool:
    """Whether the token itself must list the role: then the issuer says whose it is."""
    return any(
        each.operator.operator.name == "Bool" and each.holds(RequestKeys({each.folded: "false"})) is False
        for each in subject.by_key.get(_BY_ISSUER, ())
    )


def _too_wide(subject: Subject) -> Iterator[Hit]:
    for provider, vendor in _trusted(subject):
        bounding = tuple(_bounding(subject, provider, vendor))
        if any(_wide_value(vendor, claim, condition) is None for claim, condition in bounding):
            continue
        for claim, condition in bounding:
            wide = _wide_value(vendor, claim, condition)
            who = f"customers of {vendor.name}" if vendor.danger == "error" else "identities of the issuer"
            message = f"{show(wide)} leaves open the part of {show(claim)} that tells {who} apart"
            yield Hit(condition.path, message, f"write out all before the first wildcard, as in {show(vendor.example)}", vendor.danger)


def _trusted(subject: Subject) -> Iterator[tuple[str, Vendor]]:
    """Yield the providers that the statement trusts, those left out of which `_unscoped_for_iam` says enough."""
    if not subject.grants(ACTION):
        return
    said = {rule.issuer for _, rule in unscoped((subject.statement,))}
    for provider in subject.providers.values():
        if provider not in said:
            yield provider, vendor_of(provider)


def _bounding(subject: Subject, provider: str, vendor: Vendor) -> Iterator[tuple[str, Condition]]:
    """Yield the conditions that say whose identities of *provider* are meant, well or badly, with their claims."""
    for claim in vendor.bounds:
        for condition in subject.by_key.get(fold(f"{provider}:{claim}"), ()):
            if _demands(condition):
                yield claim, condition


def _demands(condition: Condition) -> bool:
    """Whether the condition demands one of its values of the key, rather than another than these or none."""
    qualified = condition.operator
    compares = qualified.operator.family.name in {"String", "Numeric"} and not qualified.operator.negated
    return compares and not qualified.if_exists and bool(condition.expected)


def _wide_value(vendor: Vendor, claim: str, condition: Condition) -> str | None:
    """Return the first value of *condition* that takes in more than one customer, None where each stays within one."""
    enough = vendor.bounds[claim]
    for text in condition.expected:
        beginning = _before_wildcard(condition, text)
        if not text.strip() or (beginning is not None and enough.match(beginning) is None):
            return text
    return None


def _before_wildcard(condition: Condition, text: str) -> str | None:
    """Return what stands before the first wildcard of *text*, None where there is none; a variable counts as one character of its own."""
    if not condition.operator.operator.wildcards:
        return None
    beginning = ""
    for part in read_template(text, variables=condition.variables, path=condition.path).parts:
        if not isinstance(part, Piece):
            beginning += "$"
            continue
        wildcard = None if part.literal else _WILDCARD.search(part.text)
        if wildcard is not None:
            return beginning + part.text[: wildcard.start()]
        beginning += part.text
    return None


def _audience(subject: Subject) -> Iterator[Hit]:
    said = {rule.issuer for _, rule in unscoped((subject.statement,)) if not rule.keys[0].endswith(":sub")}
    for provider in subject.providers.values() if subject.grants(ACTION) else ():
        if provider in said:
            continue
        claims = ("app_id",) if "app_id" in BUILT_IN.get(provider, ()) else ("aud", "oaud")
        conditions = [each for claim in claims for each in subject.by_key.get(fold(f"{provider}:{claim}"), ())]
        if any(_demands(each) and all(text.strip("*? ") for text in each.expected) for each in conditions):
            continue
        path, key = f"{subject.statement.path}.Condition", show(f"{provider}:{claims[0]}")
        if provider in BUILT_IN:
            message = f"a token that {show(provider)} issued for any other application opens the role as well"
            yield Hit(path, message, f"add StringEquals on {key} with the id of your application", "warning")
        else:
            message = f"every audience that the provider {show(provider)} is registered with opens the role"
            yield Hit(path, message, f"add StringEquals on {key} with the audience that is meant")


def _guests(subject: Subject) -> Iterator[Hit]:
    if COGNITO not in subject.providers.values() or not subject.grants(ACTION):
        return
    if not any(_demands(each) for each in subject.by_key.get(f"{COGNITO}:amr", ())):
        message = "guests of the identity pool, who signed in nowhere, get the role as well"
        remedy = f'add "ForAnyValue:StringLike": {{"{COGNITO}:amr": "authenticated"}}'
        yield Hit(f"{subject.statement.path}.Condition", message, remedy)


def _pull_requests(subject: Subject) -> Iterator[Hit]:
    for condition, text in _github_subjects(subject):
        beginning = _before_wildcard(condition, text)
        if text.endswith(_PULL_REQUEST) and beginning is None:
            message = f"{show(text)} is whoever can open a pull request, with the workflow that the pull request brings"
            yield Hit(condition.path, message, "trust a protected environment or a branch instead", "warning")
        elif beginning is not None and any(condition.compares(each, RequestKeys()) for each in _pull_requests_from(beginning)):
            message = f"{show(text)} takes in pull requests, beside whatever it is meant for"
            yield Hit(condition.path, message, "write out the branch, the tag or the environment where one is meant")


def _pull_requests_from(beginning: str) -> Iterator[str]:
    """Yield subjects of pull requests that begin so, one for each part in which *beginning* can end; none where it cannot."""
    parts = beginning.split(":", 2)
    if len(parts) > 2:  # noqa: PLR2004 - repo, its name, the context
        yield f"{parts[0]}:{parts[1]}{_PULL_REQUEST}"
        return
    yield from (f"{beginning}{rest}{_PULL_REQUEST}" for rest in ("", "x", "/x", "x/x"))


def _unanchored(subject: Subject) -> Iterator[Hit]:
    for provider, vendor in _trusted(subject):
        for claim, condition in _bounding(subject, provider, vendor):
            if claim != "sub" or not condition.operator.operator.wildcards or _wide_value(vendor, claim, condition) is not None:
                continue
            for text in condition.expected:
                if _TEXT_AFTER_STAR.search(text):
                    message = f"the text after a star of {show(text)} can also come from a part that users name, such as an environment"
                    yield Hit(condition.path, message, "write the whole subject and compare with StringEquals")


def _broken_subjects(subject: Subject) -> Iterator[Hit]:
    for provider, vendor in _trusted(subject):
        for claim, condition in _bounding(subject, provider, vendor):
            for text in condition.expected if claim == "sub" else ():
                if (
                    vendor.broken is not None
                    and vendor.broken.fullmatch(text)
                    and _before_wildcard(condition, text) is None
                    and "${" not in text
                ):
                    message = f"no token of {vendor.name} has the subject {show(text)}"
                    yield Hit(condition.path, message, f"write the whole subject, such as {show(vendor.example)}")


def _github_subjects(subject: Subject) -> Iterator[tuple[Condition, str]]:
    """Yield the values of ``sub`` that trust repositories of GitHub, those that reach across owners left out."""
    for provider, vendor in _trusted(subject):
        for condition in subject.by_key.get(fold(f"{provider}:sub"), ()) if vendor.name.startswith("GitHub") else ():
            if _demands(condition) and _wide_value(vendor, "sub", condition) is None:
                yield from ((condition, text) for text in condition.expected)


RULES: Final = (
    Rule(
        "shared-issuer-unscoped",
        "error",
        "Trust in an issuer that serves everybody, without the condition that IAM demands of new policies.",
        "A stored policy keeps working, and everybody can get a token of such an issuer.",
        _unscoped_for_iam,
    ),
    Rule(
        "issuer-unscoped",
        "error",
        "Trust in an OIDC issuer without saying whose identities; a warning for clusters and enterprises, a note for the unknown.",
        "Whoever the issuer serves can assume the role.",
        _unscoped,
    ),
    Rule(
        "subject-too-wide",
        "error",
        "A wildcard before the part of the subject that names the customer, such as `repo:acme*` or `*:ref:refs/heads/main`.",
        "`repo:acme*` is also `repo:acme-evil/…`: the owner ends at its separator, and the pattern must reach beyond it.",
        _too_wide,
    ),
    Rule(
        "subject-unanchored",
        "note",
        "A subject pattern with text after a star.",
        "The star takes in any text, separators included.",
        _unanchored,
    ),
    Rule(
        "subject-incomplete",
        "warning",
        "A subject that lacks a part, such as `repo:acme/app` or a service account without its namespace.",
        "Without a wildcard the whole subject is compared, so no token matches.",
        _broken_subjects,
    ),
    Rule(
        "pull-request-trusted",
        "note",
        "A GitHub subject that is, or takes in, `pull_request`.",
        "Whoever opens a pull request decides what the workflow runs; a warning where the value names it.",
        _pull_requests,
    ),
    Rule(
        "audience-unscoped",
        "note",
        "Trust in an OIDC issuer without a condition on the audience; a warning for the issuers that AWS has built in.",
        "IAM compares with the provider's client ids alone, and built-in issuers have none.",
        _audience,
    ),
    Rule(
        "cognito-guests",
        "error",
        "Trust in Cognito without a condition on `amr`.",
        "An identity pool also gives tokens to guests.",
        _guests,
    ),
)
