"""Checks of time and audience."""

from __future__ import annotations

from datetime import datetime

from federation import aws_texts
from federation.check_names import SamlCheck
from federation.errors import ExpiredTokenException, InvalidIdentityToken, show
from federation.identity import timestamp
from federation.saml.checks.presentation import PresentedAssertion
from federation.saml.checks.words import SHOWN, any_of, malformed, refuse_strictly, seconds
from federation.saml.reading.times import shift


def check_conditions(presented: PresentedAssertion) -> None:
    """The assertion states Conditions (Profiles 4.1.4.2; observed)."""
    if presented.assertion.conditions is None:
        raise malformed("conditions", "a Conditions element", "none", "have the identity provider state validity and audience")


def check_known_conditions(presented: PresentedAssertion) -> None:
    """Every condition is one that SAML 2.0 defines: with an unknown one, validity is indeterminate (Core 2.5.1; attack row P16)."""
    conditions = presented.assertion.conditions
    if conditions and conditions.unknown:
        raise malformed(
            "known-conditions",
            "AudienceRestriction, OneTimeUse and ProxyRestriction alone",
            show(conditions.unknown[0]),
            "remove the condition at the identity provider",
        )


def check_audience(presented: PresentedAssertion) -> None:
    """Every AudienceRestriction names us, and there is at least one (Core 2.5.1.4; attack rows P01, P02).

    Several restrictions are all to be met: taken as one list, a second, foreign one would be ignored. AWS's API does not look (recorded);
    its console does, and says so in the message.
    """
    audiences = presented.provider.audiences
    restrictions = presented.assertion.conditions.audience_restrictions if presented.assertion.conditions else ()
    unmet = list(filter(audiences.isdisjoint, restrictions))
    if unmet or not restrictions:
        raise InvalidIdentityToken(
            check="audience",
            expected=any_of(audiences) + " in every AudienceRestriction",
            found=", ".join(show(name) for name in (unmet[0] if unmet else ())[:SHOWN])
            or ("an empty one" if restrictions else "no AudienceRestriction"),
            remedy="set the audience at the identity provider, or register the one it uses",
            message=aws_texts.saml.AUDIENCE,
        )


def check_authn_statement(presented: PresentedAssertion) -> None:
    """The assertion says that the subject logged in; attributes alone are no login (Profiles 4.1.4.2; observed; attack row P18)."""
    if not presented.assertion.authn_statements:
        raise malformed("authn-statement", "an AuthnStatement", "none", "use the Web Browser SSO profile at the identity provider")


def check_conditions_expiry(presented: PresentedAssertion) -> None:
    """The instant lies before NotOnOrAfter of the Conditions (Core 2.5.1.2; recorded; attack row P06)."""
    conditions = presented.assertion.conditions
    _check_ended("conditions-expiry", "Conditions", conditions.not_on_or_after if conditions else None, presented.at)


def check_confirmation_expiry(presented: PresentedAssertion) -> None:
    """The instant lies before NotOnOrAfter of the SubjectConfirmationData (Profiles 4.1.4.3; observed; attack row P06)."""
    confirmation = presented.confirmation
    _check_ended("confirmation-expiry", "SubjectConfirmationData", confirmation.not_on_or_after if confirmation else None, presented.at)


def check_session_expiry(presented: PresentedAssertion) -> None:
    """The instant lies before SessionNotOnOrAfter of every AuthnStatement (Core 2.7.2; observed; attack row P18)."""
    for statement in presented.assertion.authn_statements:
        _check_ended("session-expiry", "AuthnStatement", statement.session_not_on_or_after, presented.at)


def check_age(presented: PresentedAssertion) -> None:
    """The assertion is redeemed within the provider's `max_age` of its IssueInstant (AWS: five minutes; attack row P09)."""
    issued, most = presented.assertion.issue_instant, presented.provider.max_age
    if most is not None and presented.at - issued > most:
        raise ExpiredTokenException(
            check="age",
            expected=f"use within {seconds(most)} of IssueInstant {timestamp(issued)}",
            found=f"{seconds(presented.at - issued)} at {timestamp(presented.at)}",
            remedy="log in again and redeem the response at once",
            message=aws_texts.saml.REDEEM_WITHIN_FIVE_MINUTES,
        )


def check_not_before(presented: PresentedAssertion) -> None:
    """The instant is not before NotBefore of the Conditions (Core 2.5.1.2). AWS reads the value and does not apply it (recorded)."""
    conditions = presented.assertion.conditions
    _check_begun("not-before", "Conditions NotBefore", conditions.not_before if conditions else None, presented)


def check_confirmation_not_before(presented: PresentedAssertion) -> None:
    """The instant is not before NotBefore of the SubjectConfirmationData, where a bearer's has one (Core 2.4.1.2; attack row P15)."""
    confirmation = presented.confirmation
    moment = confirmation.not_before if confirmation else None
    _check_begun("confirmation-not-before", "SubjectConfirmationData NotBefore", moment, presented)


def check_issue_instant(presented: PresentedAssertion) -> None:
    """The assertion was not issued in the future: its age would be meaningless (Core 2.3.3; attack row P09)."""
    _check_begun("issue-instant", "IssueInstant", presented.assertion.issue_instant, presented)


def _check_ended(check: SamlCheck, where: str, end: datetime | None, at: datetime) -> None:
    if end is not None and at >= end:
        raise ExpiredTokenException(
            check=check,
            expected=f"an instant before {where} {'Session' if check == 'session-expiry' else ''}NotOnOrAfter {timestamp(end)}",
            found=f"{timestamp(at)}, {seconds(at - end)} after it",
            remedy="log in again and redeem the response at once; lengthen the validity at the identity provider if it is very short",
            message=aws_texts.saml.EXPIRED,
        )


def _check_begun(check: SamlCheck, what: str, begin: datetime | None, presented: PresentedAssertion) -> None:
    """Require that *begin* is not in the future. Its fraction of a second is ignored, because many clocks have none."""
    if begin is None or begin <= presented.at:
        return
    if begin.replace(microsecond=0) > shift(presented.at, presented.provider.clock_skew):
        raise refuse_strictly(
            check,
            f"an instant from {what} {timestamp(begin)} on",
            f"{timestamp(presented.at)}, {seconds(begin - presented.at)} before it",
            "synchronise the clocks, or register a clock skew",
        )
