"""Captured responses of other implementations, judged at their instant: accepted with the very values they were made with, or refused
by a rule that fits the reason."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

import federation
from federation.errors import FederationError
from federation.saml.reading.times import read_instant
from federation.saml.registration.provider import SamlProvider
from tests.support.captures import saml_provider
from tests.support.shared import manifest, needs_shared, shared_path
from tests.support.verdicts import check_both_verdicts

pytestmark = needs_shared

CASES = [case for case in manifest("captures/manifest.json", {"entries": []})["entries"] if case["kind"] == "saml"]
ACCEPTED = [case for case in CASES if case["expected"] == "accept" and not case["ambiguous"]]
REFUSED = [case for case in CASES if case["expected"] == "reject"]
AMBIGUOUS = [case for case in CASES if case["ambiguous"] and case["expected"] == "accept"]

# The reason as the manifest words it, and the rules that fit it.
FITTING: Mapping[str, set[str]] = {
    "content encrypted with 3DES": {"encryption-algorithm"},
    "signed Response with status Responder/AuthnFailed": {"status"},
    "Audience names another service provider": {"audience"},
    "Recipient and Destination are another endpoint": {"destination", "recipient"},
    "the Response signature was made before the assertion was encrypted": {"signature-digest"},
    "NameID changed after signing": {"signature-digest"},
    "Role value changed after signing": {"signature-digest"},
    "NameID changed and re-signed by a key that is not in the metadata": {"signature"},
    "signatures removed": {"signature-missing"},
    "signature wrapping: unsigned forged Assertion": {"assertion-count"},
    "signature wrapping: forged Assertion carries the signature": {"assertion-count"},
    "signature wrapping: forged Assertion with the same ID": {"assertion-count", "duplicate-id"},
    "signature wrapping: forged Response carries the signature": {"root"},
    "HMAC keyed with the provider's public key": {"signature-algorithm"},
    "one ciphertext bit flipped": {"signature-digest"},
    "forged unsigned assertion, encrypted": {"signature-missing"},
    "document type declaration": {"doctype"},
    "base64 text cut in half": {"base64"},
    "sound response, checked against another provider's metadata": {"signature", "signature-algorithm", "issuer"},
    "checked a day after NotOnOrAfter": {"conditions-expiry", "confirmation-expiry"},
    "checked a day before NotBefore": {"not-before"},
}


def names(case: dict[str, Any]) -> str:
    return str(case["id"])


def registered(case: dict[str, Any], **words: Any) -> SamlProvider:
    return saml_provider(case["metadata"][0], **words)


def token(case: dict[str, Any]) -> str:
    return shared_path(f"captures/{case['file']}").read_text(encoding="ascii")


def permit(case: dict[str, Any]) -> set[str]:
    """CBC where only an inner signature, or none outside, covers it; whether to take it is the operator's choice (attack row E01)."""
    return {"cbc"} if any("cbc" in used for used in case["encryption"]) else set()


def moment(text: str | None) -> datetime | None:
    return None if text is None else read_instant(text, "manifest")


def check_identity(case: dict[str, Any], identity: federation.VerifiedIdentity) -> None:
    assert identity.subject == case["subject"]
    assert identity.subject_type == case["subject_type"]
    assert identity.issuer == case["issuer"]
    assert identity.audiences == tuple(case["audience"])
    assert identity.audience in case["audience"]
    assert identity.recipient == case["recipient"]
    assert identity.name_qualifier == case["name_qualifier"]
    assert {name: list(values) for name, values in identity.attributes.items()} == case["attributes"]
    assert identity.not_on_or_after == moment(case["not_on_or_after"])
    assert identity.session_not_on_or_after == moment(case["session_not_on_or_after"])
    assert identity.context_keys["saml:aud"] == case["recipient"]
    assert identity.context_keys["saml:namequalifier"] == case["name_qualifier"]


@pytest.mark.parametrize("case", ACCEPTED, ids=names)
def test_accepted_as_it_was_made(case: dict[str, Any]) -> None:
    provider, at = registered(case, permit=permit(case)), datetime.fromisoformat(case["instant"])
    identity = federation.validate(token(case), provider, at=at)
    check_identity(case, identity)
    report = federation.diagnose(token(case), provider, at=at)
    assert report.accepted
    assert report.identity == identity


@pytest.mark.parametrize("case", ACCEPTED, ids=names)
def test_aws_accepts_what_carries_a_signed_assertion(case: dict[str, Any]) -> None:
    """Profile aws differs on these in one thing: a signature on the Response alone does not do."""
    report = federation.diagnose(token(case), registered(case, profile="aws"), at=datetime.fromisoformat(case["instant"]))
    refusal = report.refusal()
    assert (refusal is None) == (case["signed"] != "response"), refusal
    if refusal is not None:
        assert refusal.check == "signature-missing"


@pytest.mark.parametrize("case", REFUSED, ids=names)
def test_refused_for_the_reason(case: dict[str, Any]) -> None:
    provider, at = registered(case, permit=permit(case)), datetime.fromisoformat(case["instant"])
    with pytest.raises(FederationError) as refused:
        federation.validate(token(case), provider, at=at)
    fitting = [checks for reason, checks in FITTING.items() if case["reason"].startswith(reason)]
    assert len(fitting) == 1, case["reason"]
    assert refused.value.check in fitting[0]
    told = federation.diagnose(token(case), provider, at=at).refusal()
    assert told is not None
    assert told.check == refused.value.check


@pytest.mark.parametrize("case", AMBIGUOUS, ids=names)
def test_a_matter_of_policy_is_decided_as_documented(case: dict[str, Any]) -> None:
    """SHA-1 is refused unless permitted by name; a comment inside an identifier is refused always."""
    at = datetime.fromisoformat(case["instant"])
    by_default = federation.diagnose(token(case), registered(case), at=at).refusal()
    assert by_default is not None
    if case["id"].endswith("-sha1"):
        assert by_default.check == "signature-algorithm"
        check_identity(case, federation.validate(token(case), registered(case, permit={"sha1", "rsa-sha1"}), at=at))
    else:
        assert by_default.check == "comment"


@pytest.mark.parametrize("case", CASES, ids=names)
def test_a_report_gives_for_each_profile_what_validate_says_under_it(case: dict[str, Any]) -> None:
    """Without any permit too, which is where the profiles differ on AES-CBC."""
    check_both_verdicts(token(case), registered(case), datetime.fromisoformat(case["instant"]))


@pytest.mark.parametrize("case", CASES[::4], ids=names)
def test_the_twin_verifier_agrees(case: dict[str, Any]) -> None:
    """signxml, which shares no code with our own verifier, comes to the same verdict and the same identity."""
    at = datetime.fromisoformat(case["instant"])
    ours = federation.diagnose(token(case), registered(case, permit=permit(case)), at=at)
    twin = federation.diagnose(token(case), registered(case, permit=permit(case), verifier="signxml"), at=at)
    assert twin.accepted == ours.accepted
    if ours.identity is not None and twin.identity is not None:
        assert twin.identity.subject == ours.identity.subject
        assert twin.identity.attributes == ours.identity.attributes
