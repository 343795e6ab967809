"""The algorithms: each verifies what its RFC says and nothing beside it, up to the edges of its numbers."""

import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS

from federation import validate
from federation.jose.algorithms import ALGORITHMS, AWS, SOUND, fitting
from tests.support.oidc import AT, key, provider, token

MESSAGE = b"header.payload"
RSA = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
CURVES: dict[str, tuple[ec.EllipticCurve, int, int]] = {
    "ES256": (ec.SECP256R1(), 32, 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551),
    "ES384": (
        ec.SECP384R1(),
        48,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    ),
    "ES512": (ec.SECP521R1(), 66, 2**521 - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7),
}


def test_which_algorithms_there_are_and_which_keys_they_fit() -> None:
    assert set(SOUND) == RSA | set(CURVES) | {"EdDSA", "Ed25519"}, "say here which keys the algorithm fits"
    assert set(AWS) == {"RS256", "RS384", "RS512", "ES256", "ES384", "ES512"}
    assert fitting("RSA", "") == RSA
    assert [fitting("EC", crv) for crv in ("P-256", "P-384", "P-521")] == [{"ES256"}, {"ES384"}, {"ES512"}]
    assert fitting("OKP", "Ed25519") == {"EdDSA", "Ed25519"}
    for kty, crv in (("EC", ""), ("RSA", "P-256"), ("OKP", "P-256"), ("EC", "Ed25519"), ("OKP", ""), ("oct", "")):
        assert fitting(kty, crv) == frozenset()


@pytest.mark.parametrize("name", sorted(SOUND))
def test_a_signature_verifies_and_no_other_octets_do(name: str) -> None:
    signing = key("RS256") if name in RSA else key(name)
    try:
        signature = type(signing)(name, signing.private).signature(MESSAGE)
    except KeyError:
        signature = b""
    verify = ALGORITHMS[name].verify
    public = signing.private.public_key()
    assert verify(public, signature, MESSAGE) is True, f"let TokenKey.signature of federation/testing/oidc.py sign with {name}"
    for changed, message in ((signature[:-1] + bytes([signature[-1] ^ 1]), MESSAGE), (signature, MESSAGE + b"x"), (b"", MESSAGE)):
        assert verify(public, changed, message) is False


@pytest.mark.parametrize("profile", ["strict", "aws"])
@pytest.mark.parametrize("name", ["RS256", "ES256", "ES384", "ES512"])
def test_tokens_of_each_kind_of_key_that_both_profiles_take(name: str, profile: str) -> None:
    assert validate(token(name), provider(name, profile), at=AT).subject == "workload-7"


@pytest.mark.parametrize(("name", "salt"), [("PS256", 32), ("PS384", 48), ("PS512", 64)])
def test_the_salt_is_as_long_as_the_digest(name: str, salt: int) -> None:
    private = key("RS256").private
    assert isinstance(private, rsa.RSAPrivateKey)
    digest = {32: hashes.SHA256(), 48: hashes.SHA384(), 64: hashes.SHA512()}[salt]
    for length in (salt, salt - 1, salt + 1, 0):
        signature = private.sign(MESSAGE, PSS(MGF1(digest), length), digest)
        assert ALGORITHMS[name].verify(private.public_key(), signature, MESSAGE) is (length == salt)


def digest_of(name: str) -> int:
    return int.from_bytes(hashlib.new(f"sha{name[2:]}", MESSAGE).digest())


def key_that_signs_with(name: str, s: int) -> tuple[Any, int]:
    """The public key under which MESSAGE has a signature of this ``s``, and the ``r`` of it: ``d = (s k - z) / r`` for the nonce 7."""
    curve, _, order = CURVES[name]
    r = ec.derive_private_key(7, curve).public_key().public_numbers().x % order
    d = (s * 7 - digest_of(name)) * pow(r, -1, order) % order
    return ec.derive_private_key(d, curve).public_key(), r


@pytest.mark.parametrize("name", CURVES)
def test_s_may_be_any_number_below_the_order(name: str) -> None:
    _, octets, order = CURVES[name]
    for s in (1, 2, order - 2, order - 1):
        public, r = key_that_signs_with(name, s)
        assert ALGORITHMS[name].verify(public, r.to_bytes(octets) + s.to_bytes(octets), MESSAGE)
        for wrong in (0, order, (s + order) % 2 ** (8 * octets)):
            assert not ALGORITHMS[name].verify(public, r.to_bytes(octets) + wrong.to_bytes(octets), MESSAGE)
            assert not ALGORITHMS[name].verify(public, wrong.to_bytes(octets) + s.to_bytes(octets), MESSAGE)


def test_r_may_be_one() -> None:
    """P-521 has a point whose x is 1, and under this key MESSAGE has the signature (1, 1)."""
    x = 0x1B90FBDFA74B2CC18198F2E99C65E43CA1585085E33D622B9FA35D284F074A5107F << 256
    x |= 0x0CBDE9BDD0B13F69BAE2B13282E1E8E07C7D3D5D25D73BEC4BE222A52095F98C
    y = 0x12DB5315825D88C379F873073A0057EBF77E8BFD82C9519B7D4C0989C30D6EF526 << 256
    y |= 0xFDC8A08842F7C9D1F6AFDFB1E576C3240339D51FE926E870172A313F7A28ACC6
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP521R1()).public_key()
    one = (1).to_bytes(66)
    assert ALGORITHMS["ES512"].verify(public, one + one, MESSAGE)
    assert not ALGORITHMS["ES512"].verify(public, one[1:] + one[1:], MESSAGE)
