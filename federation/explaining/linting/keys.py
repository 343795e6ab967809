"""What to write in place of a condition key that no request has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from federation.condition_keys import SAML_KEYS, SERVICE_KEYS
from federation.explaining.linting.case import APPLIES, ExplainFinding, LintCase, about, pair
from federation.explaining.nearest import most_alike
from federation.explaining.rewriting import raw, with_key
from federation.explanation import Edit, Listing, Obstacle
from federation.policy.lint.vocabulary import closest, provider_of, split_key
from federation.policy.wildcard import fold
from federation.vendors import ANY, INSTEAD, find_vendor, key_name

_LISTED: Final = 12


def explain_misspelt(case: LintCase) -> Obstacle:
    """Explain a key that is spelt otherwise than the one that is meant."""
    if not case.finding.new:
        return case.explained(_unknown(case), listings=_of_the_callers(case))
    return case.explained(_renamed(case))


def explain_another_provider(case: LintCase) -> Obstacle:
    """Explain a key of a provider that is no principal of the statement.

    It is a slip of the pen where no such provider can be meant. Of two that exist, such as two clusters, the principal may be wrong.
    """
    condition, new = about(case, case.condition), case.finding.new
    if not new:
        return case.explained(_unknown(case), listings=_of_the_callers(case))
    named, mine = condition.key.rpartition(":")[0], new.rpartition(":")[0]
    slip = closest(split_key(condition)[0], tuple(case.linted.providers)) is not None
    nobody = find_vendor(named) is ANY and find_vendor(mine) is not ANY
    if case.linted.account is not None:
        nobody = not any(arn.endswith(f":oidc-provider/{named}") for arn in case.linted.account)
    if slip or find_vendor(named) is find_vendor(mine) is not ANY:
        return case.explained(_renamed(case, known=nobody))
    return case.explained(_with_another_value(case, new))


def explain_claim(case: LintCase) -> Obstacle:
    """Explain a claim that AWS does not make a key: another claim that says as much has another value, a misspelt one has not."""
    condition, new = about(case, case.condition), case.finding.new
    provider = provider_of(case.linted, condition) or ""
    exposed = tuple(f"{provider}:{claim}" for claim in find_vendor(provider).exposed_claims)
    listings = [Listing(label="keys of the provider", members=exposed, nearest=new or None)]
    if not new:
        return case.explained(_with_another_value(case, "<key of the provider>"), listings=listings)
    claim = split_key(condition)[1]
    stands_in = f"{provider}:{INSTEAD[claim]}" == new if claim in INSTEAD else False
    return case.explained(_with_another_value(case, new) if stands_in else _renamed(case), listings=listings)


def explain_out_of_place(case: LintCase) -> Obstacle:
    """Explain a key of other requests than those of the statement's principals, beside the keys that these have."""
    condition = about(case, case.condition)
    prefix, claim = split_key(condition)
    for provider in case.linted.providers.values():
        if prefix == "saml" and claim in map(fold, find_vendor(provider).exposed_claims):
            return case.explained(_with_another_value(case, key_name(provider, claim)), listings=_of_the_callers(case))
    return case.explained(_unknown(case), listings=_of_the_callers(case))


def _renamed(case: LintCase, *, known: bool = True) -> Edit:
    """Return the edit by which the condition has the key that the rule knows; *known*: whether that is the one that is wrong."""
    condition, new = about(case, case.condition), case.finding.new
    changes = with_key(case.statement, condition, new) if known else ()
    return case.edit(changes, old=condition.key, new=new, lets_in=APPLIES if case.opens else "")


def _with_another_value(case: LintCase, key: str) -> Edit:
    """Return the edit by which the condition is about *key*, whose value only the author knows."""
    condition = about(case, case.condition)
    return case.edit(old=pair(condition, raw(case.statement, condition)), new=pair(condition, "<its value>", key=key))


def _unknown(case: LintCase) -> Edit:
    return _with_another_value(case, "<key that these requests have>")


def _of_the_callers(case: LintCase) -> list[Listing]:
    """Return the keys that requests of the statement's principals have, the most alike first."""
    condition = about(case, case.condition)
    keys = [each.name for each in (*SERVICE_KEYS, *SAML_KEYS) if each.callers & case.linted.callers]
    keys += [f"{provider}:{claim}" for provider in case.linted.providers.values() for claim in find_vendor(provider).exposed_claims]
    members = most_alike(condition.key, keys, limit=_LISTED)
    return [Listing(label="keys that these requests have", members=members)] if members else []


TABLE: Final[Mapping[str, ExplainFinding]] = {
    "key-with-scheme": explain_misspelt,
    "key-of-another-provider": explain_another_provider,
    "claim-not-exposed": explain_claim,
    "key-unknown": explain_misspelt,
    "key-out-of-place": explain_out_of_place,
}
