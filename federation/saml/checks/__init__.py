"""The list of checks: structure, then expiry, then the checks of time of profile strict.

`validate` runs the checks of the provider's profile up to the first refusal, in the observed order of AWS. `diagnose` runs all of them.
"""

from __future__ import annotations

from typing import Final

from federation.profiles import Profile
from federation.report import AWS, BOTH, STRICT, Check
from federation.saml.checks import message, subject, validity
from federation.saml.checks.presentation import PresentedAssertion

CHECKS: Final[tuple[Check[PresentedAssertion], ...]] = (
    Check("version", "SAML Core 2.3.3, 3.2.2", BOTH, message.check_version),
    Check("response-fields", "SAML Core 3.2.2", STRICT, message.check_response_fields),
    Check("assertion-id", "SAML Core 2.3.3, 1.3.4", BOTH, message.check_assertion_id),
    Check("foreign-attributes", "SAML Core 2.4.1.2, 2.7.3.1; attack row X19", STRICT, message.check_foreign_attributes),
    Check("issuer", "SAML Profiles 4.1.4.2", BOTH, message.check_issuer),
    Check("issuer-format", "SAML Profiles 4.1.4.2", STRICT, message.check_issuer_format),
    Check("response-issuer", "SAML Profiles 4.1.4.2", STRICT, message.check_response_issuer),
    Check("destination", "SAML Core 3.2.2; Bindings 3.5.5.2", STRICT, message.check_destination),
    Check("subject", "SAML Core 2.4.1", BOTH, subject.check_subject),
    Check("name-id-format", "AWS, observed", AWS, subject.check_name_id_format),
    Check("sp-name-qualifier", "SAML Core 2.2.2, 8.3.7", STRICT, subject.check_sp_name_qualifier),
    Check("subject-confirmation", "SAML Profiles 4.1.4.2", BOTH, subject.check_subject_confirmation),
    Check("single-confirmation", "AWS, observed", AWS, subject.check_single_confirmation),
    Check("confirmation-data", "SAML Profiles 4.1.4.2", BOTH, subject.check_confirmation_data),
    Check("recipient", "SAML Profiles 4.1.4.2", STRICT, subject.check_recipient),
    Check("in-response-to", "SAML Profiles 4.1.4.3", STRICT, message.check_in_response_to),
    Check("conditions", "SAML Profiles 4.1.4.2", BOTH, validity.check_conditions),
    Check("known-conditions", "SAML Core 2.5.1", BOTH, validity.check_known_conditions),
    Check("audience", "SAML Core 2.5.1.4", STRICT, validity.check_audience),
    Check("authn-statement", "SAML Profiles 4.1.4.2", BOTH, validity.check_authn_statement),
    Check("conditions-expiry", "SAML Core 2.5.1.2", BOTH, validity.check_conditions_expiry),
    Check("confirmation-expiry", "SAML Profiles 4.1.4.3", BOTH, validity.check_confirmation_expiry),
    Check("session-expiry", "SAML Core 2.7.2", BOTH, validity.check_session_expiry),
    Check("age", "AWS, observed: redeemed within five minutes of issuance", BOTH, validity.check_age),
    Check("not-before", "SAML Core 2.5.1.2", STRICT, validity.check_not_before),
    Check("confirmation-not-before", "SAML Core 2.4.1.2", STRICT, validity.check_confirmation_not_before),
    Check("issue-instant", "SAML Core 2.3.3", STRICT, validity.check_issue_instant),
)
"""Every check, in order."""

RULES: Final = {profile: tuple(check.run for check in CHECKS if profile in check.profiles) for profile in Profile}
"""The functions of the checks of each profile."""
