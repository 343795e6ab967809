"""Messages out of the test data of other projects, each judged by its own registration at its own instant."""

import base64
import json
import warnings
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest

import federation
from federation.errors import FederationError, RegistrationError
from federation.saml.registration.metadata import IdentityProviderMetadata, read_metadata
from federation.saml.registration.permits import PERMITS
from federation.saml.registration.provider import SamlProvider
from tests.support.saml import ARN
from tests.support.shared import manifest, needs_shared, shared_path

pytestmark = needs_shared

MANIFEST = manifest("corpora/manifest.json")
CASES = [case for case in MANIFEST if case["kind"] in {"saml-response", "saml-assertion", "saml-malformed"}]
METADATA = [case for case in MANIFEST if case["kind"] == "saml-metadata"]

# Labelled accept, refused here on purpose. Each with the evidence; nothing is skipped in silence.
REFUSED_ON_PURPOSE: Mapping[str, tuple[str, str]] = {
    "saml-toolkits-ruby-saml/response_test.rb-48992-6880ad": (
        "key-size",
        "a 512-bit RSA key was factored in public in 1999; there is no permit for it, and `cryptography` loads none below 1024 bits",
    ),
    "saml-toolkits-ruby-saml/unsigned_message_des192_encrypted_signed_assertion-1ede23": (
        "encryption-algorithm",
        "content in 3DES, with neither a MAC nor a permit (`requires` names cbc and rsa1_5 only); the captures label the same thing reject",
    ),
    "saml-toolkits-php-saml/signed_encrypted_assertion_with_ns_problems-77c9f6": ("encryption-algorithm", "content in 3DES, as above"),
    "saml-toolkits-php-saml/response_encrypted_nameid_encrypted_assertion2-cfc722": (
        "assertion-shape",
        """the decrypted Subject has its EncryptedID after the SubjectConfirmation: invalid by the schema, the very thing for which
        response_encrypted_nameid-efe380 is labelled reject; the label was made over the message as received, before decryption""",
    ),
}

# The reason as the manifest names it, and the rules that fit it. A message with several faults stops at one of them.
STRUCTURE = {"root", "assertion-count", "duplicate-id", "signature-shape", "signature-reference", "comment"}
PROOF = {"signature", "signature-digest", "signature-algorithm", "signature-transform", "key-size", "key-type", "key-exponent"}
FITTING: Mapping[str, set[str]] = {
    "assertion-count": {"assertion-count"},
    "assertion-count-0": {"assertion-count", "status"},
    "assertion-count-2": {"assertion-count", "root"},
    "assertion-issuer": {"issuer"},
    "assertion-position": {"assertion-count", "root", "encryption-shape"},
    "assertion-version": {"version", "root", "envelope-shape"},
    "audience": {"audience", "sp-name-qualifier"},
    "comment-or-pi-in-nameid": {"comment"},
    "destination": {"destination"},
    "doctype": {"doctype"},
    "duplicate-id": {"duplicate-id", "assertion-count", "root"},
    "empty-nameid": {"subject"},
    "encrypted-nameid-undecryptable": {"decryption", "decryption-key", "encryption-shape"},
    "expired": {"conditions-expiry"},
    "hmac": {"signature-algorithm"},
    "multiple-assertion-signatures": {"signature-shape"},
    "multiple-response-signatures": {"signature-shape"},
    "no-assertion-id": {"assertion-shape", "signature-reference"},
    "no-assertion-issuer": {"assertion-shape"},
    "no-audience": {"audience"},
    "no-authnstatement": {"authn-statement"},
    "no-conditions": {"conditions"},
    "no-decryption-key": {"decryption-key"},
    "no-nameid": {"subject"},
    "no-response-id": {"response-fields"},
    "no-status": {"status"},
    "no-subject": {"subject"},
    "not-well-formed": {"well-formed"},
    "not-yet-valid": {"not-before"},
    "reference-not-parent": {"signature-reference", "signature-shape", "signature-transform", "assertion-count", "root"},
    "reference-uri-empty": {"signature-reference"},
    "response-issuer": {"response-issuer"},
    "response-issuer-missing": {"response-issuer"},
    "root:Response": {"root"},
    "schema-invalid": {"assertion-shape", "envelope-shape", "signature-shape"},
    "session-expired": {"session-expiry"},
    "signature-invalid@assertion": PROOF | {"signature-shape", "signature-reference", "decryption"},
    "signature-invalid@response": PROOF | {"signature-shape", "signature-reference"},
    "spnamequalifier": {"sp-name-qualifier"},
    "status-not-success": {"status"},
    "stray-signature": {"signature-shape", "root"},
    "subjectconfirmation:expired": {"confirmation-expiry"},
    "subjectconfirmation:inresponseto": {"in-response-to"},
    "subjectconfirmation:method": {"subject-confirmation"},
    "subjectconfirmation:method,method": {"subject-confirmation"},
    "subjectconfirmation:no-data": {"confirmation-data"},
    "subjectconfirmation:no-notonorafter": {"confirmation-data"},
    "subjectconfirmation:no-notonorafter,no-recipient,expired": {"confirmation-data"},
    "subjectconfirmation:no-recipient": {"confirmation-data"},
    "subjectconfirmation:none": {"subject-confirmation"},
    "subjectconfirmation:not-yet": {"confirmation-not-before"},
    "subjectconfirmation:recipient": {"recipient"},
    "unsigned": {"signature-missing"},
    "version": {"version"},
}

# Rejected by the manifest for a rule that comes later; our own refusal comes first, for inclusive canonicalisation (attack row C04).
INCLUSIVE = {"saml-toolkits-ruby-saml/response_without_reference_uri-d880f8", "saml-toolkits-ruby-saml/starfield_response-535e3c"}

# Properties of the message that refuse it whatever else is wrong with it.
QUIRKS: Mapping[str, set[str]] = {
    "comment-in-document": {"comment"},
    "encrypted-attribute": {"decryption-key"},
    "encrypted": {"decryption", "decryption-key", "encryption-algorithm", "encryption-shape"},
    "schema-invalid": {"assertion-shape", "envelope-shape", "signature-shape", "root"},
    "xsd-lexical": {"signature-shape", "signature-algorithm", "certificate"},
}


def names(case: dict[str, Any]) -> str:
    return str(case["id"])


def base_of(case: dict[str, Any]) -> str:
    return str(case["id"]).partition("#")[0]


def registered(case: dict[str, Any], permit: set[str]) -> SamlProvider:
    return _registered(json.dumps(case["config"]), frozenset(permit))


@cache  # loading a private key takes longer than any judgement, and a provider is immutable
def _registered(configuration: str, permit: frozenset[str]) -> SamlProvider:
    config = json.loads(configuration)
    return SamlProvider(
        arn=ARN,
        entity_ids=config["idp_entity_id"] or "urn:none",
        certificates=[shared_path(f"corpora/{key}").read_bytes() for key in config["trusted_certificates"]],
        audiences=[config["sp_entity_id"] or "urn:none"],
        recipients=[config["acs_url"] or "urn:none"],
        max_age=None,
        clock_skew=timedelta(seconds=config["clock_skew_seconds"]),
        permit=permit & PERMITS,
        decryption_keys=shared_path(f"corpora/{config['decryption_key']}").read_bytes() if config["decryption_key"] else (),
    )


def judge(case: dict[str, Any], permit: set[str]) -> federation.VerifiedIdentity | FederationError:
    token = base64.b64encode(shared_path(f"corpora/{case['file']}").read_bytes())
    try:
        provider = registered(case, permit)
    except RegistrationError as refusal:
        return refusal
    at = datetime.fromisoformat(case["config"]["instant"])
    report = federation.diagnose(token, provider, at=at)
    try:
        identity = federation.validate(token, provider, at=at)
    except FederationError as refusal:
        told = report.refusal()
        return refusal if told is not None and told.check == refusal.check else RuntimeError  # type: ignore[return-value]
    assert report.identity == identity
    return identity


@pytest.mark.parametrize("case", [case for case in CASES if case["expected"] == "accept"], ids=names)
def test_accepted(case: dict[str, Any]) -> None:
    verdict = judge(case, set(case["requires"]))
    if base_of(case) in REFUSED_ON_PURPOSE:
        assert isinstance(verdict, FederationError)
        assert verdict.check == REFUSED_ON_PURPOSE[base_of(case)][0]
        return
    assert isinstance(verdict, federation.VerifiedIdentity), verdict
    assert verdict.subject == case["expected_subject"]
    assert verdict.issuer == case["expected_issuer"]
    assert verdict.audience == case["config"]["sp_entity_id"]
    assert verdict.recipient == case["config"]["acs_url"]
    assert {name: list(values) for name, values in verdict.attributes.items()} == case["expected_attributes"]
    given = case["expected_subject_format"]
    assert verdict.subject_type == (given or "").removeprefix("urn:oasis:names:tc:SAML:2.0:nameid-format:")


@pytest.mark.parametrize("case", [case for case in CASES if case["expected"] == "reject"], ids=names)
def test_refused_for_a_reason_that_fits(case: dict[str, Any]) -> None:
    """With every weak thing permitted, so that what refuses is the fault and not the age of the sample."""
    verdict = judge(case, set(PERMITS))
    assert isinstance(verdict, FederationError), verdict
    if base_of(case) in REFUSED_ON_PURPOSE:
        return
    fitting = set().union(*(FITTING[reason] for reason in case["reasons"]))
    fitting |= set().union(*(checks for quirk, checks in QUIRKS.items() if any(q.startswith(quirk) for q in case["quirks"])))
    if base_of(case) in INCLUSIVE:
        fitting |= {"signature-algorithm"}
    if isinstance(verdict, RegistrationError):
        fitting |= {"key-type", "key-size"}  # the only trust anchor of the case is DSA or 512 bits: nothing to register
    if case["config"]["sp_entity_id"] is None:
        fitting |= {"sp-name-qualifier"}  # the case names no service provider, the NameID does
    if case["kind"] == "saml-assertion":
        fitting |= {"root"}  # a bare assertion is no response, whatever else it is
    if "spnamequalifier" in case["reasons"] or case["severity"] == "attack":
        fitting |= STRUCTURE | PROOF | {"status"}
    assert verdict.check in fitting, (verdict, case["reasons"], case["quirks"])


@pytest.mark.wide
@pytest.mark.parametrize("case", CASES, ids=names)
def test_nothing_weak_without_a_permit(case: dict[str, Any]) -> None:
    """`expected_default_policy`: what needs a permit is refused without it, what needs none is judged the same."""
    # CBC under a verified Response signature needs no permit here: nobody can change the ciphertext and ask (attack row E01).
    covered = case["requires"] == ["cbc"] and "response" in case["signed"]
    verdict = judge(case, set())
    accepted = isinstance(verdict, federation.VerifiedIdentity)
    assert accepted == (case["expected" if covered else "expected_default_policy"] == "accept"), verdict


@pytest.mark.parametrize("case", METADATA, ids=names)
def test_metadata(case: dict[str, Any]) -> None:
    """A file of identity providers registers each of those that has a signing key; one changed after signing registers nothing."""
    document = shared_path(f"corpora/{case['file']}").read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if case["expected"] == "reject":
            with pytest.raises(RegistrationError) as refused:
                read_metadata(document, permit=PERMITS, entity_id=next(iter(case["idp_entity_ids"]), None))
            assert refused.value.check in {"metadata-signature", "entity-id", "idp-descriptor"}
        elif len(case["idp_entity_ids"]) == 1 and case["idp_signing_certificates"]:
            metadata = read_metadata(document, permit=PERMITS)
            assert metadata.entity_id == case["idp_entity_ids"][0]
            assert len(metadata.keys) == case["idp_signing_certificates"]
            assert (case["valid_until"] is not None) == any("validUntil" in note for note in metadata.notes)
        elif len(case["idp_entity_ids"]) > 1:
            several(document, case)
        else:
            with pytest.raises(RegistrationError) as refused:
                read_metadata(document, permit=PERMITS)
            assert refused.value.check in {"idp-descriptor", "entity-id", "keys", "metadata"}


def read(document: bytes, entity_id: str) -> IdentityProviderMetadata | RegistrationError:
    try:
        return read_metadata(document, permit=PERMITS, entity_id=entity_id)
    except RegistrationError as refusal:
        return refusal


def several(document: bytes, case: dict[str, Any]) -> None:
    with pytest.raises(RegistrationError) as refused:
        read_metadata(document, permit=PERMITS)
    assert refused.value.check == "entity-id"
    registered_keys = 0
    for entity_id in case["idp_entity_ids"]:
        outcome = read(document, entity_id)
        if isinstance(outcome, RegistrationError):
            assert outcome.check in {"keys", "idp-descriptor", "entity-id"}, outcome  # no keys of its own, SAML 1 alone, named twice
        else:
            assert outcome.entity_id == entity_id
            registered_keys += len(outcome.keys)
    assert registered_keys <= case["idp_signing_certificates"]
