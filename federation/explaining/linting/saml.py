"""What to write where a trust policy leaves open for which endpoint an assertion was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from federation.explaining.linting.case import APPLIES, ExplainFinding, LintCase, about
from federation.explaining.rewriting import shown, with_value
from federation.explanation import Obstacle
from federation.saml.registration.endpoints import sign_in

_KEY: Final = "SAML:aud"


def explain_missing_recipient(case: LintCase) -> Obstacle:
    """Explain trust without a recipient. Where the provider is registered with one, that is the one."""
    url, known = _recipient(case)
    return case.explained(case.demanding("StringEquals", _KEY, url, known=known))


def explain_audience_for_recipient(case: LintCase) -> Obstacle:
    """Explain an audience where the recipient belongs."""
    condition, text = about(case, case.condition), case.finding.about
    url, known = _recipient(case)
    changes = with_value(case.statement, condition, url, instead_of=text) if known else ()
    return case.explained(case.edit(changes, old=shown(text), new=shown(url), lets_in=APPLIES))


def explain_unknown_recipient(case: LintCase) -> Obstacle:
    """Explain an endpoint that AWS does not have, or one of another partition, where the provider may be what is wrong."""
    condition, text, new = about(case, case.condition), case.finding.about, case.finding.new
    known = new == text.strip().lower().rstrip("/").replace("http://", "https://") and bool(new)
    changes = with_value(case.statement, condition, new, instead_of=text) if known else ()
    return case.explained(case.edit(changes, old=shown(text), new=shown(new or "<endpoint of the partition>"), lets_in=APPLIES))


def _recipient(case: LintCase) -> tuple[str, bool]:
    """Return a recipient, and whether it is the only one: the provider is registered with it. Otherwise AWS's own in the partition."""
    element = case.statement.principal
    names = sorted(element.names.get("Federated", ())) if element is not None else []
    providers = [] if case.account is None else [case.account.saml_providers.get(name) for name in names]
    recipients = {url for each in providers if each is not None for url in each.recipients or ()}
    if len(recipients) == 1 and all(each is not None and each.recipients for each in providers):
        return recipients.pop(), True
    partitions = {name.split(":")[1] for name in names if name.startswith("arn:")}
    url = sign_in(partitions.pop()).url if len(partitions) == 1 else ""
    return url or "<URL that the identity provider posts to>", False


TABLE: Final[Mapping[str, ExplainFinding]] = {
    "saml-recipient-unscoped": explain_missing_recipient,
    "saml-audience-for-recipient": explain_audience_for_recipient,
    "saml-recipient-unknown": explain_unknown_recipient,
}
