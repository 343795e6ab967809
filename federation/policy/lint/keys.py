"""Rules about condition keys that no request has: misspelt, of another provider, never exposed, or out of place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from federation.condition_keys import find_key
from federation.errors import show
from federation.policy.conditions import Condition
from federation.policy.grammar import Kind
from federation.policy.keys import RequestKeys
from federation.policy.lint.finding import Hit, Rule, Severity
from federation.policy.lint.linted_statement import LintedStatement
from federation.policy.lint.vocabulary import NAMES, closest, placeholder_in_key, provider_of, split_key
from federation.policy.wildcard import fold
from federation.vendors import ANY, INSTEAD, find_vendor

_SCHEMES: Final = ("https://", "http://")
_SERVICES: Final = ("aws", "sts", "saml")
"""Prefixes of which every key that a role's trust can ask for is known."""


class WrongKey(NamedTuple):
    """What is wrong with a condition's key, what to do, and the key that belongs in its place; empty where the rule does not know it."""

    said: str
    remedy: str
    new: str = ""


Test = Callable[[LintedStatement, Condition], WrongKey | None]
"""Returns the fault of the condition's key; None where it has none."""


def _with_scheme(linted: LintedStatement, condition: Condition) -> WrongKey | None:
    del linted
    if not condition.folded.startswith(_SCHEMES):
        return None
    plain = condition.key.partition("://")[2]
    return WrongKey("begins with the scheme of the provider's URL, which keys leave out", f"write {show(plain)}", plain)


def _of_another_provider(linted: LintedStatement, condition: Condition) -> WrongKey | None:
    provider, claim = split_key(condition)
    if not names_callers(linted) or not _is_of_provider(provider) or provider_of(linted, condition) is not None:
        return None
    if condition.folded in linted.providers:
        return None  # said by key-unknown: the claim is missing
    if not linted.providers:
        return WrongKey("is a key of an OIDC provider, and the statement has no such principal", "use the keys of its principals")
    # Of two issuers that exist, such as two clusters, neither is misspelt.
    near = None if find_vendor(condition.key.rpartition(":")[0]) is not ANY else closest(provider, tuple(linted.providers))
    mine = linted.providers[near or next(iter(linted.providers))]
    said = "is misspelt" if near else "is a key of a provider that is no principal of the statement"
    return WrongKey(said, f"write {show(f'{mine}:{claim}')}", f"{mine}:{claim}")


def _not_exposed(linted: LintedStatement, condition: Condition) -> WrongKey | None:
    provider = provider_of(linted, condition) if names_callers(linted) else None
    if provider is None or linted.has_provider(provider):
        return None
    claim, exposed = split_key(condition)[1], find_vendor(provider).exposed_claims
    if claim in map(fold, exposed):
        return None
    instead = INSTEAD.get(claim)
    better = instead if instead in exposed else closest(claim, exposed)
    said = "names a claim that AWS does not make a condition key"
    if better is None:
        return WrongKey(said, f"use one of {', '.join(exposed)}")
    return WrongKey(said, f"write {show(f'{provider}:{better}')}", f"{provider}:{better}")


def _misspelt(linted: LintedStatement, condition: Condition) -> WrongKey | None:
    if condition.folded in linted.providers:
        hosts = any("." in text and "/" not in text for text in condition.expected)
        whole = f"{linted.providers[condition.folded]}:{'aud' if hosts else 'sub'}"
        return WrongKey("names the provider and none of its claims", f"write {show(whole)}", whole)
    service, colon, _ = condition.folded.partition(":")
    if find_key(condition.folded) is not None or condition.folded.startswith(_SCHEMES) or _is_of_provider(split_key(condition)[0]):
        return None
    near = closest(_family(condition.folded), tuple(NAMES))
    # Other services have keys of their own: there only a near miss is a finding.
    if near is None and (service not in _SERVICES or linted.kind is not Kind.TRUST) and colon:
        return None
    if near is not None and near.partition(":")[0] != service and service in _SERVICES:
        near = None
    if near is None:
        return WrongKey("is no condition key", "look the name up in the IAM reference")
    new = NAMES[near] + (condition.key.partition("/")[2] if near.endswith("/") else "")
    return WrongKey("is no condition key", f"write {show(new)}", new)


def _family(key: str) -> str:
    """Return what is compared of a key that ends with the name of a tag."""
    head, slash, _ = key.partition("/")
    return head + slash


def _out_of_place(linted: LintedStatement, condition: Condition) -> WrongKey | None:
    key = find_key(condition.folded)
    if not names_callers(linted) or (key is not None and key.callers & linted.callers):
        return None
    if key is None:
        return _of_nobody(linted, condition)
    whom = " or ".join(sorted(linted.callers))
    said = f"is absent from every request of {whom} callers" if key.callers else "belongs to other operations than those that assume roles"
    return WrongKey(said, "write a key that these requests have in its place")


def _of_nobody(linted: LintedStatement, condition: Condition) -> WrongKey | None:
    """Return the fault of a key of neither AWS nor a provider: federated callers have no other keys."""
    service, colon, _ = condition.folded.partition(":")
    foreign = colon and service not in _SERVICES and not _is_of_provider(service) and "://" not in condition.folded
    if not foreign or not linted.callers or not linted.callers <= {"SAML", "OIDC"} or _misspelt(linted, condition) is not None:
        return None
    return WrongKey(
        "is a key of neither AWS nor the provider, and federated callers have no other", "write a key of the provider in its place"
    )


def names_callers(linted: LintedStatement) -> bool:
    """Whether the statement says by name who its callers are, so that their keys are known."""
    element = linted.statement.principal
    named = element is not None and not element.negated and not (element.everyone and element.denies)
    return linted.kind is Kind.TRUST and named


def _is_of_provider(prefix: str) -> bool:
    return ("." in prefix or "/" in prefix) and not prefix.startswith(_SCHEMES)


def is_never_there(linted: LintedStatement, condition: Condition) -> bool:
    """Whether it is certain that no request of the statement's callers has the key. AWS may yet make a key of another name or claim."""
    if names_callers(linted) and (placeholder_in_key(condition) is not None or condition.folded in linted.providers):
        return True
    return any(test(linted, condition) is not None for test in (_with_scheme, _of_another_provider, _out_of_place))


def severity_of(linted: LintedStatement, condition: Condition) -> Severity:
    """A condition on a key that no request has is fixed: does it then grant without proof, or deny nobody?"""
    holds = condition.holds(RequestKeys()) is True
    return "error" if holds is linted.allows else "warning"


def effect_of(linted: LintedStatement, condition: Condition) -> str:
    """Return what a condition on a key that no request has does to its statement."""
    holds = condition.holds(RequestKeys()) is True
    if holds:
        return "always holds"
    return "never holds, and the Allow never applies" if linted.allows else "never holds, and the Deny stops nobody"


_SOURCE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html"


def _rule(name: str, finds: str, because: str, test: Test) -> Rule:
    def check(linted: LintedStatement) -> Iterator[Hit]:
        for condition in linted.statement.conditions:
            wrong = test(linted, condition) if placeholder_in_key(condition) is None else None  # placeholder-left says so
            if wrong is not None:
                message = f"{show(condition.key)} {wrong.said}: the condition {effect_of(linted, condition)}"
                yield Hit(condition.path, message, wrong.remedy, severity_of(linted, condition), new=wrong.new)

    return Rule(name, "warning", finds, because, check, _SOURCE)


# A warning each, and an error where the condition then always holds in an Allow or never holds in a Deny.
RULES: Final = (
    _rule(
        "key-with-scheme",
        "A condition key that begins with `https://`.",
        "Keys of a provider begin with its URL without the scheme.",
        _with_scheme,
    ),
    _rule(
        "key-of-another-provider",
        "A key of an OIDC provider that is no principal of the statement.",
        "A request holds the keys of the provider that proved it and of no other.",
        _of_another_provider,
    ),
    _rule(
        "claim-not-exposed",
        "A claim that AWS does not make a condition key, such as `iss` or GitHub's `repository_owner`.",
        "AWS exposes `aud`, `oaud`, `sub`, `amr` and, for some vendors, a short list of further claims.",
        _not_exposed,
    ),
    _rule(
        "key-unknown",
        "A misspelt condition key.",
        "IAM stores any name, and a request never has it.",
        _misspelt,
    ),
    _rule(
        "key-out-of-place",
        "A key that requests of the statement's principals never hold, such as `sts:ExternalId` for a federated caller.",
        "A federated caller is no IAM principal yet, and each protocol has its own keys.",
        _out_of_place,
    ),
)
