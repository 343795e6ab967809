"""What the live service answered to deviating SAML responses: profile aws proves and refuses with the same code and message.

The half of the exchange that follows (role pair, session name, duration, tags) is tested with the service.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from federation.errors import FederationError
from federation.saml import messages
from federation.saml.provider import SamlProvider
from federation.testing import aws_attributes
from tests.support.saml import (
    ARN,
    AT,
    ROLE,
    add,
    decryption_pem,
    drop,
    found,
    good_login,
    judge,
    provider,
    put,
    respond,
    to_service_provider,
)
from tests.support.shared import manifest, needs_shared

CASES = {case["id"]: case for case in manifest("recordings/federation-tokens.json", {"cases": []})["cases"] if case["protocol"] == "saml"}

Made = tuple[str, SamlProvider]


def at_aws(**words: Any) -> SamlProvider:
    return provider(profile="aws", decryption_keys=decryption_pem(), **words)


def made(*edits: Any, sign: str = "assertion", **changes: Any) -> Callable[[], Made]:
    return lambda: (respond(good_login(**changes), *edits, sign=sign), at_aws())


def attributes(**more: tuple[str, ...]) -> dict[str, Any]:
    spelt = {f"https://aws.amazon.com/SAML/Attributes/{name.replace('__', ':')}": values for name, values in more.items()}
    return aws_attributes(role=ROLE, provider=ARN, session_name="session-name", more=spelt)


def swapped_role() -> Made:
    return respond(good_login(attributes=aws_attributes(role=ARN, provider=ROLE, session_name="session-name"))), at_aws()


def encrypted(content: str) -> Callable[[], Made]:
    return lambda: (respond(encryption=to_service_provider(content=content)), at_aws())


def zeroed_response_signature() -> Made:
    def zero(response: Any) -> None:
        response.find("{*}Signature/{*}SignatureValue").text = "A" * 342 + "=="

    return respond(sign="both", after_signing=zero), at_aws()


def one_time_use() -> Made:
    return respond(None, add("Conditions", "<saml:OneTimeUse/>")), at_aws()


def required_but_plain() -> Made:
    return respond(), at_aws(encryption="required")


def required_and_encrypted() -> Made:
    return respond(encryption=to_service_provider()), at_aws(encryption="required")


def new_key() -> Made:
    return respond(key="idp-next-rsa2048"), at_aws(key="idp-next-rsa2048")


def old_key() -> Made:
    return respond(), at_aws(key="idp-next-rsa2048")


# How each recorded deviation is made from the good response. A recording without an entry here fails the test below.
MADE: Mapping[str, Callable[[], Made]] = {
    "saml-01": made(),
    "saml-02": made(sign="response"),
    "saml-07": made(audiences=()),
    "saml-11": made(put("SubjectConfirmationData", NotOnOrAfter=None)),
    "saml-12": made(put("Conditions", NotOnOrAfter="2026-09-15T11:59:00Z", NotBefore="2026-09-15T11:50:00Z")),
    "saml-14": made(not_before=timedelta(seconds=60)),
    "saml-19": made(attributes=attributes(SessionDuration=("900",))),
    "saml-20": made(attributes=attributes(SessionDuration=("7200",))),
    "saml-22": swapped_role,
    "saml-24": made(subject_format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"),
    "saml-26": made(
        attributes=attributes(SourceIdentity=("source-123",), PrincipalTag__team=("engineering",), TransitiveTagKeys=("team",))
    ),
    "saml-30": encrypted("aes128-gcm"),
    "saml-31": encrypted("aes256-gcm"),
    "saml-34": made(not_before=timedelta(days=1)),
    "saml-35": made(put("Conditions", NotBefore="invalid")),
    "saml-38": made(drop("AuthnStatement")),
    "saml-39": one_time_use,
    "saml-43": made(response_issuer="https://other.example.com/idp"),
    "saml-44": zeroed_response_signature,
    "samlreq-02": required_but_plain,
    "samlreq-03": required_and_encrypted,
    "samlprov-01": new_key,
    "samlprov-02": old_key,
}


@needs_shared
def test_every_recording_is_made() -> None:
    assert set(CASES) <= set(MADE)


@needs_shared
@pytest.mark.parametrize("name", [name for name in MADE if name in CASES])
def test_answered_as_recorded(name: str) -> None:
    expected = CASES[name]["expected"]
    token, registered = MADE[name]()
    verdict = judge(token, registered, at=AT + timedelta(seconds=10))
    if expected["outcome"] == "error":
        assert isinstance(verdict, FederationError), verdict
        assert verdict.code == expected["code"]
        assert verdict.message == expected["message"].replace("<uuid>", messages.NO_REQUEST_ID)
    else:
        assert not isinstance(verdict, FederationError), verdict
        assert verdict.subject == expected["subject"]
        assert verdict.subject_type == expected["subject_type"]
        assert verdict.recipient == expected["audience"]


# Observed too, but not among the recordings above: the table of specification section 2.
OBSERVED: Mapping[str, tuple[Callable[[], Made], str | None, str | None]] = {
    "issuer not in the metadata": (made(issuer="https://other.example.com/idp"), "InvalidIdentityToken", messages.MALFORMED),
    "no Conditions": (made(drop("Conditions")), "InvalidIdentityToken", messages.MALFORMED),
    "no Recipient": (made(put("SubjectConfirmationData", Recipient=None)), "InvalidIdentityToken", messages.MALFORMED),
    "no NameID Format": (made(put("NameID", Format=None)), "InvalidIdentityToken", messages.MALFORMED),
    "no NameID": (made(drop("NameID")), "InvalidIdentityToken", messages.MALFORMED),
    "malformed NotBefore of the confirmation": (
        made(put("SubjectConfirmationData", NotBefore="invalid")),
        "InvalidIdentityToken",
        messages.MALFORMED,
    ),
    "unsigned": (lambda: (respond(sign=None), at_aws()), "InvalidIdentityToken", messages.UNSIGNED_ASSERTION),
    "any Recipient": (made(recipient="not a url"), None, None),
    "other audience": (made(audiences=("urn:other",)), None, None),
    "NotBefore of the confirmation a day ahead": (made(put("SubjectConfirmationData", NotBefore="2026-09-16T12:00:00Z")), None, None),
    "InResponseTo of nobody's request": (made(in_response_to="_unknown"), None, None),
    "other Destination": (made(destination="https://elsewhere.example.com/acs"), None, None),
    "session over": (
        made(put("AuthnStatement", SessionNotOnOrAfter="2026-09-15T12:00:05Z")),
        "ExpiredTokenException",
        messages.EXPIRED,
    ),
    "confirmation over": (
        made(put("SubjectConfirmationData", NotOnOrAfter="2026-09-15T12:00:05Z")),
        "ExpiredTokenException",
        messages.EXPIRED,
    ),
    "older than five minutes": (
        made(at=AT - timedelta(minutes=6), validity=timedelta(hours=1)),
        "ExpiredTokenException",
        messages.REDEEM_WITHIN_FIVE_MINUTES,
    ),
    "AES-CBC": (encrypted("aes256-cbc"), None, None),
    "encrypted without a Response signature": (encrypted("aes128-cbc"), None, None),
}


@pytest.mark.parametrize("what", OBSERVED)
def test_answered_as_observed(what: str) -> None:
    make, code, message = OBSERVED[what]
    verdict = judge(*make(), at=AT + timedelta(seconds=10))
    if code is None:
        assert not isinstance(verdict, FederationError), verdict
    else:
        assert isinstance(verdict, FederationError), verdict
        assert (verdict.code, verdict.message) == (code, message)


def test_two_confirmations() -> None:
    def twice(response: Any) -> None:
        found(response, "Subject").append(deepcopy(found(response, "SubjectConfirmation")))

    verdict = judge(respond(None, twice), at_aws())
    assert isinstance(verdict, FederationError)
    assert (verdict.check, verdict.message) == ("single-confirmation", messages.MALFORMED)
    assert not isinstance(judge(respond(None, twice), provider()), FederationError), "the standard allows several"
