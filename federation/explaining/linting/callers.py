"""What to write where a trust policy leaves open on whose behalf a caller acts, or with what proof."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from federation.explaining.linting.case import ExplainFinding, LintCase
from federation.explaining.linting.conditions import explain_operator
from federation.explaining.rewriting import shown
from federation.explanation import Obstacle


def explain_across_accounts(case: LintCase) -> Obstacle:
    """Explain trust in another account: whether it is a third party or one's own organization is the author's to say."""
    third = case.demanding("StringEquals", "sts:ExternalId", "<id that the third party has for you>", known=False, instruction=_THIRD)
    own = case.demanding("StringEquals", "aws:PrincipalOrgID", "<o-… of your organization>", known=False, instruction=_OWN)
    return case.explained(third, own)


_THIRD: Final = "of a third party, demand the external id"
_OWN: Final = "of your organization, demand its id"


def explain_source(case: LintCase) -> Obstacle:
    """Explain trust in a service for whatever resource."""
    account = case.linted.home or "<account of the resource>"
    return case.explained(case.demanding("StringEquals", "aws:SourceAccount", account, known=False))


def explain_alone(case: LintCase) -> Obstacle:
    """Explain actions that do nothing by themselves: whether the principals are to assume the role is the author's to say."""
    old = case.source("Action")
    listed = list(old) if isinstance(old, list) else [old]
    return case.explained(case.edit(old=shown(old), new=shown([case.finding.new or "<operation of the principals>", *listed])))


TABLE: Final[Mapping[str, ExplainFinding]] = {
    "external-id-missing": explain_across_accounts,
    "service-source-missing": explain_source,
    "tag-session-alone": explain_alone,
    "mfa-by-presence": explain_operator,
}
