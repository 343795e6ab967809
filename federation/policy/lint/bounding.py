"""The conditions by which a statement says whose identities of an OIDC issuer it trusts, and how far their values reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from federation.errors import show
from federation.policy.conditions import Condition
from federation.policy.keys import RequestKeys
from federation.policy.lint.keys import is_never_there
from federation.policy.lint.linted_statement import LintedStatement
from federation.policy.operators import CASELESS, NULL
from federation.policy.shared_issuers import unscoped
from federation.policy.variables import read_template
from federation.policy.wildcard import Piece, fold
from federation.vendors import Bound, Vendor, find_vendor, key_name
from federation.vendors.flaws import Flaw

ACTION: Final = "sts:AssumeRoleWithWebIdentity"
_WILDCARD: Final = re.compile(r"[*?]")


def never_applies(linted: LintedStatement) -> bool:
    """Whether a condition of the statement can never hold, by an empty list or a key that none of its callers has.

    A finding of its own says so. What the statement would grant if it applied is then no finding: nobody gets it.
    """
    return any(_never_holds(linted, condition) for condition in linted.statement.conditions)


def _never_holds(linted: LintedStatement, condition: Condition) -> bool:
    if condition.holds(RequestKeys()) is not False:
        return False
    return (not condition.expected and condition.operator.operator is not NULL) or is_never_there(linted, condition)


def trusted(linted: LintedStatement) -> Iterator[tuple[str, Vendor]]:
    """Yield the providers that the statement trusts, but for those of which IAM's own rule says enough, each with its vendor."""
    if not linted.grants(ACTION):
        return
    said = {rule.issuer for _, rule in unscoped((linted.statement,))}
    for provider in linted.providers.values():
        if provider not in said:
            yield provider, find_vendor(provider)


def bounding(linted: LintedStatement, provider: str, vendor: Vendor) -> Iterator[tuple[Bound, Condition]]:
    """Yield the conditions that say whose identities of *provider* are meant, well or badly, with the bound that each meets."""
    for bound in vendor.bounds:
        for condition in linted.by_key.get(fold(key_name(provider, bound.claim)), ()):
            if demands(condition):
                yield bound, condition


def demands(condition: Condition) -> bool:
    """Whether the condition demands one of its values of the key, rather than another than these or none."""
    qualified = condition.operator
    compares = qualified.operator.family.name in {"String", "Numeric"} and not qualified.operator.negated
    return compares and not qualified.if_exists and bool(condition.expected)


def wide_value(vendor: Vendor, bound: Bound, condition: Condition) -> str | None:
    """Return the first value of *condition* that takes in more than one customer, None where each stays within one or is in no token."""
    for text in condition.expected:
        beginning = before_wildcard(condition, text)
        wide = beginning is not None and not bound.within_one(beginning)
        if not text.strip() or (wide and (bound.claim != "sub" or flaw_of(vendor, condition, text) is None)):
            return text
    return None


def before_wildcard(condition: Condition, text: str) -> str | None:
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


def flaw_of(vendor: Vendor, condition: Condition, text: str) -> Flaw | None:
    """Return why no token of *vendor* has the subject *text*, or any that the pattern *text* matches; None where one can."""
    if condition.operator.operator.family is CASELESS:
        return None  # the words of the vendor match in any case
    beginning = before_wildcard(condition, text)
    found = text if beginning is None else beginning
    variable = found.find("${") if "$" in found and condition.variables else -1
    flaw = vendor.subjects.flaw(found if variable < 0 else found[:variable], whole=beginning is None and variable < 0)
    if flaw is not None and vendor.subjects.with_prefix(text) is not None:
        prefix = vendor.subjects.prefix
        return Flaw(f"lacks {show(prefix)}", ((prefix + found, "with its prefix"),))
    return flaw
