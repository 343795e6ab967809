"""What the live service answered to deviating SAML responses: profile aws proves and refuses with the same code and message.

The half of the exchange that follows (role pair, session name, duration, tags) is tested with the service.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from federation import aws_texts
from federation.errors import FederationError
from tests.support.saml import (
    AT,
    drop,
    found,
    judge,
    provider,
    put,
    respond,
)
from tests.support.saml_recordings import CASES, MADE, Made, at_aws, encrypted, made
from tests.support.shared import needs_shared


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
        assert verdict.message == expected["message"].replace("<uuid>", aws_texts.saml.NO_REQUEST_ID)
    else:
        assert not isinstance(verdict, FederationError), verdict
        assert verdict.subject == expected["subject"]
        assert verdict.subject_type == expected["subject_type"]
        assert verdict.recipient == expected["audience"]


# Observed too, but not among the recordings above: the table of specification section 2.
OBSERVED: Mapping[str, tuple[Callable[[], Made], str | None, str | None]] = {
    "issuer not in the metadata": (made(issuer="https://other.example.com/idp"), "InvalidIdentityToken", aws_texts.saml.MALFORMED),
    "no Conditions": (made(drop("Conditions")), "InvalidIdentityToken", aws_texts.saml.MALFORMED),
    "no Recipient": (made(put("SubjectConfirmationData", Recipient=None)), "InvalidIdentityToken", aws_texts.saml.MALFORMED),
    "no NameID Format": (made(put("NameID", Format=None)), "InvalidIdentityToken", aws_texts.saml.MALFORMED),
    "no NameID": (made(drop("NameID")), "InvalidIdentityToken", aws_texts.saml.MALFORMED),
    "malformed NotBefore of the confirmation": (
        made(put("SubjectConfirmationData", NotBefore="invalid")),
        "InvalidIdentityToken",
        aws_texts.saml.MALFORMED,
    ),
    "unsigned": (lambda: (respond(sign=None), at_aws()), "InvalidIdentityToken", aws_texts.saml.UNSIGNED_ASSERTION),
    "any Recipient": (made(recipient="not a url"), None, None),
    "other audience": (made(audiences=("urn:other",)), None, None),
    "NotBefore of the confirmation a day ahead": (made(put("SubjectConfirmationData", NotBefore="2026-09-16T12:00:00Z")), None, None),
    "InResponseTo of nobody's request": (made(in_response_to="_unknown"), None, None),
    "other Destination": (made(destination="https://elsewhere.example.com/acs"), None, None),
    "session over": (
        made(put("AuthnStatement", SessionNotOnOrAfter="2026-09-15T12:00:05Z")),
        "ExpiredTokenException",
        aws_texts.saml.EXPIRED,
    ),
    "confirmation over": (
        made(put("SubjectConfirmationData", NotOnOrAfter="2026-09-15T12:00:05Z")),
        "ExpiredTokenException",
        aws_texts.saml.EXPIRED,
    ),
    "older than five minutes": (
        made(at=AT - timedelta(minutes=6), validity=timedelta(hours=1)),
        "ExpiredTokenException",
        aws_texts.saml.REDEEM_WITHIN_FIVE_MINUTES,
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
    assert (verdict.check, verdict.message) == ("single-confirmation", aws_texts.saml.MALFORMED)
    assert not isinstance(judge(respond(None, twice), provider()), FederationError), "the standard allows several"
