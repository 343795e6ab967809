"""What to write where a trust policy leaves open whose identities of an OIDC issuer it means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from federation.errors import show
from federation.explaining.linting.case import APPLIES, ExplainFinding, LintCase, about, pair, placeholder, vendor_of
from federation.explaining.rewriting import raw, shown, with_value
from federation.explanation import Listing, Obstacle
from federation.policy.wildcard import fold
from federation.vendors import COGNITO, find_vendor

_NO_AUDIENCE: Final = "https://github.com/"
"""How the audience begins that GitHub writes where a job asks for none: it names nobody whom the token is for."""
_STAR: Final = re.compile(r"\*+")


def explain_scope(case: LintCase) -> Obstacle:
    """Explain trust in an issuer without a condition that says whose identities are meant: only the author knows that."""
    provider, key = case.finding.about, case.finding.new
    vendor = find_vendor(provider)
    claim = key.rpartition(":")[2]
    example = placeholder(vendor.example if claim == vendor.bounds[0].claim else f"the {claim} that is meant")
    open_ = next((each for each in case.linted.by_key.get(fold(key), ()) if not each.operator.operator.negated and each.expected), None)
    if open_ is not None:
        old, new = pair(open_, raw(case.statement, open_)), pair(open_, example)
        return case.explained(case.edit(old=old, new=new, path=open_.path, instruction=f"write a value of {show(key)} that is meant"))
    return case.explained(case.demanding("StringLike" if "*" in example else "StringEquals", key, example, known=False))


def explain_wide_subject(case: LintCase) -> Obstacle:
    """Explain a pattern that takes in several customers. One that lacks the vendor's prefix alone is known otherwise."""
    condition, wide = about(case, case.condition), case.finding.about
    vendor, claim = vendor_of(case), condition.folded.rpartition(":")[2]
    bound = next((each for each in vendor.bounds if fold(each.claim) == claim), vendor.bounds[0])
    mended = vendor.subjects.with_prefix(wide) if claim == "sub" else None
    if mended is not None and bound.within_one(mended[: mended.find("*")] if "*" in mended else mended):
        changes = with_value(case.statement, condition, mended, instead_of=wide)
        instruction = f"write {show(mended)}"
        return case.explained(case.edit(changes, old=shown(wide), new=shown(mended), instruction=instruction, lets_in=APPLIES))
    beginning = _STAR.split(wide)[0].partition("?")[0]
    ends = (f"{beginning}{separator}" for separator in "/:" if bound.within_one(f"{beginning}{separator}"))
    narrow = next((f"{end}<…>" for end in ends if beginning), placeholder(vendor.example))
    return case.explained(case.edit(old=shown(wide), new=shown(narrow)))


def explain_audience(case: LintCase) -> Obstacle:
    """Explain trust without an audience. Where the provider is registered with one, that is the one."""
    provider, key = case.finding.about, case.finding.new
    clients = _client_ids(case, provider)
    known = len(clients) == 1 and not clients[0].startswith(_NO_AUDIENCE)
    what = "id of your application" if not list(case.provider_arns()) else "audience"
    listings = [Listing(label="registered client ids", members=clients)] if clients else []
    value = clients[0] if known else f"<{what}>"
    return case.explained(case.demanding("StringEquals", key, value, known=known), listings=listings)


def explain_guests(case: LintCase) -> Obstacle:
    """Explain trust in an identity pool that lets guests in."""
    return case.explained(case.demanding("ForAnyValue:StringLike", f"{COGNITO}:amr", "authenticated", known=True))


def _client_ids(case: LintCase, provider: str) -> tuple[str, ...]:
    """Return the client ids with which the account has registered *provider*; none where that is not known."""
    arn = next((each for each in case.provider_arns() if each.endswith(f":oidc-provider/{provider}")), "")
    registered = None if case.account is None else case.account.oidc_providers.get(arn)
    return () if registered is None else registered.client_ids


TABLE: Final[Mapping[str, ExplainFinding]] = {
    "shared-issuer-unscoped": explain_scope,
    "issuer-unscoped": explain_scope,
    "subject-too-wide": explain_wide_subject,
    "audience-unscoped": explain_audience,
    "cognito-guests": explain_guests,
}
