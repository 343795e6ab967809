"""The algorithms of XML signatures: what each verifies, and which of them are weak."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from federation.saml.signature.algorithms import DIGESTS, SIGNATURES, DigestMethod, SignatureMethod, permitted, weaknesses
from tests.support.signatures import registered, signing_key

MORE, MORE_2007 = "http://www.w3.org/2001/04/xmldsig-more#", "http://www.w3.org/2007/05/xmldsig-more#"
HASHES: dict[str, hashes.HashAlgorithm] = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
MESSAGE = b"message"


def signed(kind: str, name: str) -> bytes:
    """A signature over `MESSAGE` by the key of that kind, in the form that XML Signature gives it."""
    private = signing_key(kind).private
    size = name[-3:] if name.startswith(("rsa", "ecdsa")) else name[3:6]
    if isinstance(private, ec.EllipticCurvePrivateKey):
        octets = (private.key_size + 7) // 8
        return b"".join(n.to_bytes(octets, "big") for n in decode_dss_signature(private.sign(MESSAGE, ec.ECDSA(HASHES[size]))))
    assert isinstance(private, rsa.RSAPrivateKey)
    algorithm = HASHES[size]
    pss = padding.PSS(padding.MGF1(algorithm), algorithm.digest_size)
    return private.sign(MESSAGE, pss if "MGF1" in name else padding.PKCS1v15(), algorithm)


METHODS = [("rsa-2048", f"{MORE}rsa-sha{size}") for size in HASHES] + [("rsa-2048", f"{MORE_2007}sha{size}-rsa-MGF1") for size in HASHES]
METHODS += [(kind, f"{MORE}ecdsa-sha{size}") for kind in ("p256", "p384", "p521") for size in HASHES]


@pytest.mark.parametrize(("kind", "method"), METHODS)
def test_a_signature_over_this_message_by_this_key_and_no_other(kind: str, method: str) -> None:
    (key,), signature = registered(signing_key(kind)), signed(kind, method.rpartition("#")[2])
    verifies = SIGNATURES[method].verifies
    assert verifies(key, signature, MESSAGE) is True
    assert verifies(key, signature, MESSAGE + b"!") is False
    for wrong in (
        b"",
        signature[:-1],
        signature + b"\0",
        b"\0" + signature,
        signature + signature,
        signature[:-1] + bytes([signature[-1] ^ 1]),
    ):
        assert verifies(key, wrong, MESSAGE) is False


def test_weak_is_what_is_named_so_and_no_other() -> None:
    rsa_2048, p256 = (registered(signing_key(kind))[0] for kind in ("rsa-2048", "p256"))
    (rsa_1024,) = registered(signing_key("rsa-1024"), permit=frozenset({"rsa-1024"}))
    strong, weak = SIGNATURES[f"{MORE}rsa-sha256"], SIGNATURES["http://www.w3.org/2000/09/xmldsig#rsa-sha1"]
    assert weaknesses(rsa_2048, strong) == ()
    assert weaknesses(p256, SIGNATURES[f"{MORE}ecdsa-sha256"]) == ()
    assert weaknesses(rsa_1024, strong) == ("rsa-1024",)
    assert weaknesses(rsa_2048, weak, DIGESTS["http://www.w3.org/2000/09/xmldsig#sha1"]) == ("rsa-sha1", "sha1")
    assert weaknesses(p256, SIGNATURES[f"{MORE}ecdsa-sha1"]) == ("ecdsa-sha1",)


def test_weak_methods_are_permitted_each_by_its_own_name() -> None:
    methods: list[SignatureMethod | DigestMethod] = [*SIGNATURES.values(), *DIGESTS.values()]
    for method in methods:
        for permit in ("sha1", "rsa-sha1", "ecdsa-sha1", ""):
            assert permitted(method, frozenset({permit})) is (method.permit in {"", permit})


def test_digests_are_those_of_their_names() -> None:
    lengths = {identifier.rpartition("#")[2]: len(method.digest(b"")) for identifier, method in DIGESTS.items()}
    assert lengths == {"sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}
