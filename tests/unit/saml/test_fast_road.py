"""The fast engine beside the Python one: it proves the same, or steps aside."""

import pickle
import re
from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest

import federation
from federation import limits
from federation.engines import chosen
from federation.profiles import Profile
from federation.saml.decode import RawResponse
from federation.saml.registration.provider import SamlProvider
from federation.saml.road.fast import prove_fast
from federation.saml.road.proving import examine, prove
from federation.saml.signature.proof import SignedValues, verify_proposal
from tests.support.engines import extension, needs_fast, propose
from tests.support.signatures import LOGIN, Keys, encryption, forge, genuine, own_decryption_key, registered, signing_key

pytestmark = needs_fast

SIGNED = ["assertion", "response", "both"]


def by_python(octets: bytes, keys: Keys) -> Any:
    with chosen("python"):
        return prove(RawResponse(octets), keys)


def same(octets: bytes, keys: Keys) -> Any:
    """The proof of the fast engine, once it was found equal to that of the Python one."""
    with chosen("fast"):
        fast = prove_fast(RawResponse(octets), keys)
    assert fast is not None
    python = by_python(octets, keys)
    assert fast._replace(engine="python", signed=python.signed) == python
    for name in ("octets", "element", "element_id", "key", "weak"):
        assert getattr(fast.signed, name) == getattr(python.signed, name)
    return fast


@pytest.mark.parametrize("sign", SIGNED)
def test_both_engines_prove_the_same(sign: str) -> None:
    fast = same(genuine(sign), Keys())
    assert fast.engine == "fast"
    assert fast.envelope.signed is (sign != "assertion")


@pytest.mark.parametrize(
    ("kind", "algorithm", "digest"),
    [
        ("rsa-2048", "rsa-sha256", "sha256"),
        ("rsa-2048", "rsa-sha512", "sha512"),
        ("rsa-2048", "sha256-rsa-MGF1", "sha256"),
        ("p256", "ecdsa-sha256", "sha256"),
        ("p384", "ecdsa-sha384", "sha384"),
    ],
)
def test_every_algorithm_of_the_provider_is_proved(kind: str, algorithm: str, digest: str) -> None:
    idp = forge(kind)
    same(idp.response(LOGIN, signing=idp.signing(algorithm=algorithm, digest=digest)), Keys(registered(signing_key(kind))))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<saml2:Issuer", b"<!-- a --><saml2:Issuer"),
        (b"<saml2p:Status>", b"<?a b?><saml2p:Status>"),
        (b"<saml2p:Status>", b"\r\n<saml2p:Status>"),
        (b"<saml2p:Status>", b"<saml2p:Extensions/><saml2p:Status>"),
        (b"<saml2p:Status>", b"<saml2p:Status xml:lang='en'>"),
        (b"<saml2p:Response", b"<!DOCTYPE saml2p:Response><saml2p:Response"),
        (b"<?xml", b"\xef\xbb\xbf<?xml"),
        (b'version="1.0"', b'version="1.1"'),
        (b"</saml2p:Response>", b"<saml2p:Response/></saml2p:Response>"),
        (b"</saml2p:Response>", b"</saml2p:Response>x"),
        (b"</saml2p:Response>", b"</saml2p:Response >&#32;"),
        (b"<saml2p:Status>", b"<saml2p:Status><![CDATA[ ]]>"),
        (b"<saml2p:Status>", b"<saml2p:Status>&unknown;"),
        (b"<saml2p:Status>", b"<saml2p:Status>]]>"),
        (b"<saml2p:Status>", b"<saml2p:Status>\xff"),
        (b"<saml2p:Status>", b"<saml2p:Status>\x01"),
        (b"<saml2p:Status>", b"<saml2p:Status>\xef\xbf\xbf"),
    ],
)
def test_whatever_is_unusual_is_left_to_the_python_engine(before: bytes, after: bytes) -> None:
    octets = genuine()
    assert propose(octets) is not None
    edited = octets.replace(before, after, 1)
    assert edited != octets
    assert propose(edited) is None


def test_an_encrypted_assertion_is_left_to_the_python_engine() -> None:
    octets, keys = genuine("assertion", encryption()), Keys(decryption_keys=(own_decryption_key(),))
    assert propose(octets) is None
    with chosen("fast"):
        assert prove(RawResponse(octets), keys).engine == "python"


@pytest.mark.parametrize("sign", SIGNED)
def test_a_signature_that_does_not_hold_is_left_to_the_python_engine(sign: str) -> None:
    octets = genuine(sign)
    others = Keys(registered(signing_key("rsa-2048", "another")))
    value = re.search(rb"SignatureValue>([^<]+)<", octets)
    assert value is not None
    changed = octets.replace(value[1], value[1][::-1].lstrip(b"=") + value[1][len(value[1].rstrip(b"=")) :], 1)
    for message, keys in ((octets, others), (changed, Keys()), (octets.replace(b"alice", b"malory"), Keys())):
        with chosen("fast"):
            assert prove_fast(RawResponse(message), keys) is None


@pytest.mark.parametrize(
    ("sign", "rule"),
    [
        ("response", {"signed": "assertion"}),
        ("assertion", {"signed": "response"}),
        ("response", {"profile": Profile.AWS}),
        ("both", {"encryption": "required"}),
        ("both", {"verifier": "signxml"}),
    ],
)
def test_what_the_provider_demands_is_never_overlooked(sign: str, rule: dict[str, Any]) -> None:
    with chosen("fast"):
        assert prove_fast(RawResponse(genuine(sign)), Keys()) is not None
        assert prove_fast(RawResponse(genuine(sign)), replace(Keys(), **rule)) is None


def test_a_diagnosis_of_both_profiles_takes_the_python_engine_where_they_differ() -> None:
    for sign, engine in (("assertion", "fast"), ("both", "fast"), ("response", "python")):
        with chosen("fast"):
            results, proved, _ = examine(RawResponse(genuine(sign)), Keys())
        with chosen("python"):
            expected, _, _ = examine(RawResponse(genuine(sign)), Keys())
        assert proved is not None
        assert proved.engine == engine
        assert [(r.name, r.outcome) for r in results] == [(r.name, r.outcome) for r in expected]


def test_a_report_says_which_engine_read_the_token() -> None:
    key = signing_key()
    provider = SamlProvider(arn="arn:aws:iam::123456789012:saml-provider/idp", entity_ids="urn:idp", certificates=key.certificate_pem())
    token = b64encode(genuine()).decode()
    for name in ("fast", "python"):
        with chosen(name):
            assert federation.diagnose(token, provider).as_dict()["engine"] == name


def test_signed_values_are_made_by_a_proof_alone() -> None:
    proved = verify_proposal(propose(genuine()), keys=Keys().keys, permit=frozenset())
    with pytest.raises(TypeError, match="read out of SignedOctets"):
        SignedValues(object(), proved.values.values, proved.values.signed)
    with pytest.raises(AttributeError):
        proved.values.signed = proved.values.signed
    with pytest.raises(TypeError):
        pickle.dumps(proved.values)
    assert "alice" not in repr(proved.values)


def test_no_bound_of_the_fast_engine_exceeds_the_limit_of_its_name() -> None:
    module = extension()
    for name, bound in module.BOUNDS.items():
        assert 0 < bound <= getattr(limits, name), name
    assert module.OCTETS_PER_ELEMENT >= limits.XML_OCTETS_PER_ELEMENT
