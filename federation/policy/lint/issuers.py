"""Rules about trust in an OIDC issuer: the identities, the audience, and the reach of wildcards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from federation.errors import show
from federation.policy.conditions import Condition
from federation.policy.keys import RequestKeys
from federation.policy.lint.finding import Hit, Rule, Severity
from federation.policy.lint.linted_statement import LintedStatement
from federation.policy.shared_issuers import unscoped
from federation.policy.variables import read_template
from federation.policy.wildcard import Piece, fold
from federation.vendors import BUILT_IN, COGNITO, Bound, Customers, Vendor, find_vendor, key_name

ACTION: Final = "sts:AssumeRoleWithWebIdentity"
_WILDCARD: Final = re.compile(r"[*?]")
_TEXT_AFTER_STAR: Final = re.compile(r"\*.*[^*?]", re.DOTALL)
_BY_ISSUER: Final = "sts:roleauthorizedbyidp"
_DANGER: Final[Mapping[Customers, Severity]] = {"strangers": "error", "one": "warning", "unknown": "note"}
"""Severity of trust in an issuer without a condition on the identities, by its customers (attack row A02)."""


def _unscoped_for_iam(linted: LintedStatement) -> Iterator[Hit]:
    for statement, rule in unscoped((linted.statement,)) if linted.grants(ACTION) else ():
        message = (
            f"everybody can get a token of {show(rule.issuer)}, and IAM stores no new trust in it without a condition on the identities"
        )
        remedy = f"add a condition on {' or '.join(map(show, rule.keys))}"
        yield Hit(f"{statement.path}.Condition", message, remedy, about=rule.issuer, new=rule.keys[0])


def _unscoped(linted: LintedStatement) -> Iterator[Hit]:
    for provider, vendor in _trusted(linted):
        shared = vendor.customers == "strangers"
        if not any(_bounding(linted, provider, vendor)) and (shared or not _role_named_by_issuer(linted)):
            whose = "everybody can get a token of" if shared else "the role trusts every identity of"
            key, path = key_name(provider, vendor.bounds[0].claim), f"{linted.statement.path}.Condition"
            remedy = f"add a condition on {show(key)}, such as {show(vendor.example)}"
            yield Hit(path, f"{whose} {show(provider)}", remedy, _DANGER[vendor.customers], about=provider, new=key)


def _role_named_by_issuer(linted: LintedStatement) -> bool:
    """Whether the token itself must list the role: then the issuer says whose it is."""
    return any(
        each.operator.operator.name == "Bool" and each.holds(RequestKeys({each.folded: "false"})) is False
        for each in linted.by_key.get(_BY_ISSUER, ())
    )


def _too_wide(linted: LintedStatement) -> Iterator[Hit]:
    for provider, vendor in _trusted(linted):
        bounding = tuple(_bounding(linted, provider, vendor))
        if any(_wide_value(bound, condition) is None for bound, condition in bounding):
            continue
        for bound, condition in bounding:
            wide = _wide_value(bound, condition)
            who = f"customers of {vendor.name}" if vendor.customers == "strangers" else "identities of the issuer"
            message = f"{show(wide)} leaves open the part of {show(bound.claim)} that tells {who} apart"
            remedy = f"write out all before the first wildcard, as in {show(vendor.example)}"
            yield Hit(condition.path, message, remedy, _DANGER[vendor.customers], about=wide or "")


def _trusted(linted: LintedStatement) -> Iterator[tuple[str, Vendor]]:
    """Yield the providers that the statement trusts, those left out of which `_unscoped_for_iam` says enough."""
    if not linted.grants(ACTION):
        return
    said = {rule.issuer for _, rule in unscoped((linted.statement,))}
    for provider in linted.providers.values():
        if provider not in said:
            yield provider, find_vendor(provider)


def _bounding(linted: LintedStatement, provider: str, vendor: Vendor) -> Iterator[tuple[Bound, Condition]]:
    """Yield the conditions that say whose identities of *provider* are meant, well or badly, with the bound that each meets."""
    for bound in vendor.bounds:
        for condition in linted.by_key.get(fold(key_name(provider, bound.claim)), ()):
            if _demands(condition):
                yield bound, condition


def _demands(condition: Condition) -> bool:
    """Whether the condition demands one of its values of the key, rather than another than these or none."""
    qualified = condition.operator
    compares = qualified.operator.family.name in {"String", "Numeric"} and not qualified.operator.negated
    return compares and not qualified.if_exists and bool(condition.expected)


def _wide_value(bound: Bound, condition: Condition) -> str | None:
    """Return the first value of *condition* that takes in more than one customer, None where each stays within one."""
    for text in condition.expected:
        beginning = _before_wildcard(condition, text)
        if not text.strip() or (beginning is not None and not bound.within_one(beginning)):
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


def _audience(linted: LintedStatement) -> Iterator[Hit]:
    said = {rule.issuer for _, rule in unscoped((linted.statement,)) if not rule.keys[0].endswith(":sub")}
    for provider in linted.providers.values() if linted.grants(ACTION) else ():
        if provider in said:
            continue
        claims = ("app_id",) if "app_id" in BUILT_IN.get(provider, ()) else ("aud", "oaud")
        conditions = [each for claim in claims for each in linted.by_key.get(fold(f"{provider}:{claim}"), ())]
        if any(_demands(each) and all(text.strip("*? ") for text in each.expected) for each in conditions):
            continue
        path, name = f"{linted.statement.path}.Condition", f"{provider}:{claims[0]}"
        key = show(name)
        if provider in BUILT_IN:
            message = f"a token that {show(provider)} issued for any other application is accepted as well"
            yield Hit(path, message, f"add StringEquals on {key} with the id of your application", "warning", about=provider, new=name)
        else:
            message = f"a token for any audience that the provider {show(provider)} is registered with is accepted"
            yield Hit(path, message, f"add StringEquals on {key} with the audience that is meant", about=provider, new=name)


def _guests(linted: LintedStatement) -> Iterator[Hit]:
    if COGNITO not in linted.providers.values() or not linted.grants(ACTION):
        return
    if not any(_demands(each) for each in linted.by_key.get(f"{COGNITO}:amr", ())):
        message = "guests of the identity pool, who did not sign in, can assume the role as well"
        remedy = f'add "ForAnyValue:StringLike": {{"{COGNITO}:amr": "authenticated"}}'
        yield Hit(f"{linted.statement.path}.Condition", message, remedy)


def _pull_requests(linted: LintedStatement) -> Iterator[Hit]:
    for condition, text, ending in _subjects_with_pull_requests(linted):
        beginning = _before_wildcard(condition, text)
        if text.endswith(ending) and beginning is None:
            message = f"{show(text)} matches every pull request, and whoever opens one chooses the workflow that runs"
            yield Hit(condition.path, message, "trust a protected environment or a branch instead", "warning", about=text)
        elif beginning is not None and any(condition.compares(each, RequestKeys()) for each in _pull_requests_from(beginning, ending)):
            message = f"{show(text)} also matches pull requests"
            yield Hit(condition.path, message, "write out the branch, the tag or the environment where one is meant", about=text)


def _pull_requests_from(beginning: str, ending: str) -> Iterator[str]:
    """Yield subjects of pull requests that begin so, one for each part in which *beginning* can end; none where it cannot."""
    parts = beginning.split(":", 2)
    if len(parts) > 2:  # noqa: PLR2004 - repo, its name, the context
        yield f"{parts[0]}:{parts[1]}{ending}"
        return
    yield from (f"{beginning}{rest}{ending}" for rest in ("", "x", "/x", "x/x"))


def _unanchored(linted: LintedStatement) -> Iterator[Hit]:
    for provider, vendor in _trusted(linted):
        for bound, condition in _bounding(linted, provider, vendor):
            if bound.claim != "sub" or not condition.operator.operator.wildcards or _wide_value(bound, condition) is not None:
                continue
            for text in condition.expected:
                if _TEXT_AFTER_STAR.search(text):
                    message = f"the text after a star of {show(text)} can also come from a part that users name, such as an environment"
                    yield Hit(condition.path, message, "write the whole subject and compare with StringEquals", about=text)


def _broken_subjects(linted: LintedStatement) -> Iterator[Hit]:
    for provider, vendor in _trusted(linted):
        for bound, condition in _bounding(linted, provider, vendor):
            for text in condition.expected if bound.claim == "sub" else ():
                mended = vendor.subjects.with_prefix(text)
                broken = vendor.is_broken(text) or mended is not None
                if broken and _before_wildcard(condition, text) is None and "${" not in text:
                    message = f"no token of {vendor.name} has the subject {show(text)}"
                    remedy = f"write {show(mended)}" if mended else f"write the whole subject, such as {show(vendor.example)}"
                    yield Hit(condition.path, message, remedy, about=text, new=mended or "")


def _subjects_with_pull_requests(linted: LintedStatement) -> Iterator[tuple[Condition, str, str]]:
    """Yield the values of ``sub`` that stay within one customer, with how the vendor ends the subject of a pull request."""
    for provider, vendor in _trusted(linted):
        if vendor.pull_request is None:
            continue
        for bound, condition in _bounding(linted, provider, vendor):
            if bound.claim == "sub" and _wide_value(bound, condition) is None:
                yield from ((condition, text, vendor.pull_request) for text in condition.expected)


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
        "Trust in an OIDC issuer without a condition on the identities; a warning for clusters and enterprises, a note for unknown ones.",
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
