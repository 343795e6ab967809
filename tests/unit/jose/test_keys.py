"""JSON Web Keys: bounds from both sides, and moduli of the generator of CVE-2017-15361."""

import base64
import math
from datetime import UTC, datetime
from functools import reduce
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from federation.errors import RegistrationError
from federation.jose import base64url
from federation.jose.keys import read_key
from federation.profiles import Profile
from federation.testing.keys import SigningKey
from tests.support.oidc import key

# The primes by which the vulnerable generator is told (Nemec et al. 2017): 65537 generates a small subgroup modulo each.
PRIMES = (11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157)


def modulus() -> int:
    public = key("RS256").private.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    return public.public_numbers().n


def jwk(n: int, e: int = 65_537, **members: Any) -> dict[str, Any]:
    octets = {"n": n.to_bytes((n.bit_length() + 7) // 8), "e": e.to_bytes((e.bit_length() + 7) // 8 or 1)}
    return {"kty": "RSA", "kid": "k", **{name: base64url.encode(value) for name, value in octets.items()}, **members}


def congruent(residues: dict[int, int]) -> int:
    """An odd number of 2048 bits with these residues (Chinese remainder theorem)."""
    residues = {2: 1, **residues}
    product = math.prod(residues)
    least = (
        reduce(lambda total, prime: total + residues[prime] * (product // prime) * pow(product // prime, -1, prime), residues, 0) % product
    )
    return least + ((1 << 2047) // product + 1) * product


def fault(members: dict[str, Any]) -> RegistrationError:
    with pytest.raises(RegistrationError) as caught:
        read_key(members, "keys[0]")
    return caught.value


@pytest.mark.parametrize("power", [1, 2, 3, 5, 7, 11, 100])
def test_moduli_of_the_vulnerable_generator_are_refused(power: int) -> None:
    weak = congruent({prime: pow(65_537, power, prime) for prime in PRIMES})
    assert weak.bit_length() == 2048
    assert "CVE-2017-15361" in str(fault(jwk(weak)))


@pytest.mark.parametrize("odd", PRIMES)
def test_a_modulus_that_misses_one_group_is_sound(odd: int) -> None:
    group = {pow(65_537, power, odd) for power in range(odd)}
    outside = next(residue for residue in range(1, odd) if residue not in group)
    found = read_key(jwk(congruent({prime: outside if prime == odd else 65_537 % prime for prime in PRIMES})), "keys[0]")
    assert found is not None
    assert found.kty == "RSA"


@pytest.mark.parametrize(
    ("e", "sound"), [(65_537, True), (65_539, True), (65_535, False), (65_538, False), (2**63 + 1, True), (2**64 + 1, False), (1, False)]
)
def test_exponents(e: int, *, sound: bool) -> None:
    if sound:
        assert read_key(jwk(modulus(), e), "keys[0]") is not None
    else:
        assert fault(jwk(modulus(), e)).check in {"jwk-rsa", "jwk"}


def test_sizes_of_moduli() -> None:
    for bits, sound in ((2047, False), (2048, True), (8192, True), (8193, False)):
        odd = (1 << (bits - 1)) + 12_345
        if sound:
            assert read_key(jwk(odd | 1), "keys[0]") is not None
        else:
            assert fault(jwk(odd | 1)).check == "jwk-rsa" if bits < 8193 else fault(jwk(odd | 1)).check in {"jwk-rsa", "jwk"}
    assert fault(jwk(1 << 2047)).check == "jwk-rsa"


def own_certificate() -> tuple[SigningKey, str]:
    signing = SigningKey.generate("rsa-2048", common_name="x5c", at=datetime(2026, 1, 1, tzinfo=UTC))
    return signing, base64.b64encode(signing.certificate.public_bytes(Encoding.DER)).decode()


def test_the_first_certificate_holds_the_very_key() -> None:
    signing, encoded = own_certificate()
    assert isinstance(signing.private, rsa.RSAPrivateKey)
    own = signing.private.public_key().public_numbers().n
    for sound in ([encoded], (encoded,), [encoded, "anything"]):
        assert read_key(jwk(own, x5c=sound), "keys[0]") is not None
    others: list[Any] = [[], (), "", encoded, None, {}, {0: encoded}, [None], [[encoded]], ["anything", encoded], [encoded.encode()]]
    for chain in others:
        assert fault(jwk(own, x5c=chain)).check == "jwk-x5c"
    assert fault(jwk(modulus(), x5c=[encoded])).check == "jwk-x5c"


@pytest.mark.parametrize(
    ("members", "strict", "aws"),
    [
        ({}, True, True),
        ({"use": "sig"}, True, True),
        ({"use": "enc"}, False, False),
        ({"key_ops": ["verify"]}, True, False),
        ({"key_ops": ["sign", "verify"]}, True, False),
        ({"key_ops": ["encrypt"]}, False, False),
        ({"key_ops": []}, False, False),
        ({"alg": "RS256"}, True, True),
        ({"alg": "RS512"}, False, True),
        ({"alg": "RSA-OAEP"}, False, True),
    ],
)
def test_what_a_key_says_of_its_use(members: dict[str, Any], *, strict: bool, aws: bool) -> None:
    found = read_key(jwk(modulus(), **members), "keys[0]")
    assert found is not None
    assert ("RS256" in found.usable[Profile.STRICT], "RS256" in found.usable[Profile.AWS]) == (strict, aws)


@pytest.mark.parametrize(
    "members", [{"use": 1}, {"key_ops": "verify"}, {"key_ops": [1]}, {"alg": None}, {"kid": 7}, {"kid": None}, {"kid": "k" * 513}]
)
def test_members_of_other_types(members: dict[str, Any]) -> None:
    assert fault(jwk(modulus(), **members)).check == "jwk"


def test_a_kid_may_be_as_long_as_the_limit() -> None:
    found = read_key(jwk(modulus(), kid="k" * 512), "keys[0]")
    assert found is not None
    assert found.kid == "k" * 512


@pytest.mark.parametrize("alg", ["EdDSA", "Ed25519"])
def test_the_two_names_of_one_algorithm(alg: str) -> None:
    found = read_key({**key("EdDSA").jwk(), "alg": alg}, "keys[0]")
    assert found is not None
    assert found.usable[Profile.STRICT] == {"EdDSA", "Ed25519"}


@pytest.mark.parametrize(("curve", "octets"), [("P-256", 32), ("P-384", 48), ("P-521", 66)])
def test_coordinates_have_the_length_of_the_curve(curve: str, octets: int) -> None:
    made: dict[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}
    numbers = ec.generate_private_key(made[curve]).public_key().public_numbers()

    def members(x: bytes, y: bytes) -> dict[str, Any]:
        return {"kty": "EC", "crv": curve, "x": base64url.encode(x), "y": base64url.encode(y)}

    x, y = numbers.x.to_bytes(octets), numbers.y.to_bytes(octets)
    assert read_key(members(x, y), "keys[0]") is not None
    for wrong in (members(b"\0" + x, y), members(x, b"\0" + y), members(x[1:], y), members(x, y[1:])):
        assert fault(wrong).check == "jwk-ec"
    assert fault(members(x, x)).check == "jwk"  # no point of the curve


@pytest.mark.parametrize("name", ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"])
def test_no_member_of_a_private_key_is_read(name: str) -> None:
    for public in (jwk(modulus()), key("ES256").jwk(), key("EdDSA").jwk(), {"kty": "unknown"}):
        assert fault({**public, name: "AA"}).check == "jwk-private"
    assert fault({"kty": "oct", name: "AA"}).check == "jwk-symmetric"


@pytest.mark.parametrize(
    ("members", "check", "expected"),
    [
        ({}, "jwk", "kty as a string"),
        ({"kty": None}, "jwk", "kty as a string"),
        ({"kty": ["RSA"]}, "jwk", "kty as a string"),
        ({"kty": "oct"}, "jwk-symmetric", "public keys only"),
        ({"kty": "EC"}, "jwk-ec", "crv P-256, P-384 or P-521"),
        ({"kty": "EC", "crv": None}, "jwk-ec", "crv P-256, P-384 or P-521"),
        ({"kty": "EC", "crv": ["P-256"]}, "jwk-ec", "crv P-256, P-384 or P-521"),
        ({"kty": "EC", "crv": "P-256"}, "jwk", "x as a base64url string"),
        ({"kty": "EC", "crv": "P-256", "x": "A" * 43}, "jwk", "y as a base64url string"),
        ({"kty": "EC", "crv": "P-256", "x": "A" * 42}, "jwk-ec", "x of 32 octets for P-256"),
        ({"kty": "OKP", "crv": "Ed25519"}, "jwk", "x as a base64url string"),
        ({"kty": "OKP", "crv": "Ed25519", "x": "A" * 42}, "jwk-okp", "x of 32 octets"),
        ({"kty": "OKP", "crv": "Ed25519", "x": "A" * 44}, "jwk-okp", "x of 32 octets"),
        ({"kty": "RSA"}, "jwk", "n as a base64url string"),
        ({"kty": "RSA", "n": "AQAB"}, "jwk", "e as a base64url string"),
        ({"kty": "RSA", "n": "é" * 4, "e": "AQAB"}, "jwk", "n as a base64url string"),
        ({"kty": "RSA", "n": b"AQAB", "e": "AQAB"}, "jwk", "n as a base64url string"),
        ({"kty": "RSA", "n": "AQA=", "e": "AQAB"}, "jwk", "n in canonical base64url"),
        ({"kty": "RSA", "n": "", "e": "AQAB"}, "jwk", "n in canonical base64url"),
        ({"kty": "RSA", "n": "_" * 2048, "e": "AQAB"}, "jwk-rsa", "a modulus of 2048 to 8192 bits"),
        ({"kty": "RSA", "n": "_" * 2052, "e": "AQAB"}, "jwk", "n as a base64url string"),
    ],
)
def test_what_is_wrong_with_a_key_is_said(members: dict[str, Any], check: str, expected: str) -> None:
    found = fault(members)
    assert (found.check, found.expected) == (check, f"{expected} at keys[0]")


@pytest.mark.parametrize("members", [{"kty": "AKP"}, {"kty": "EC", "crv": "secp256k1"}, {"kty": "OKP"}, {"kty": "OKP", "crv": "Ed448"}])
def test_other_kinds_of_key_are_ignored(members: dict[str, Any]) -> None:
    assert read_key(members, "keys[0]") is None


@pytest.mark.parametrize(
    ("e", "expected"), [(2**64 + 1, "an odd public exponent from 65537"), (65_536, "an odd public exponent from 65537")]
)
def test_exponents_are_refused_before_any_library_sees_them(e: int, expected: str) -> None:
    found = fault(jwk(modulus(), e))
    assert (found.check, found.expected) == ("jwk-rsa", f"{expected} at keys[0]")


@pytest.mark.parametrize("n", [1 << 2047, (1 << 2047) + 2, modulus() - 1], ids=["a power of two", "a little more", "of a key, less one"])
def test_even_moduli(n: int) -> None:
    assert fault(jwk(n)).expected == "a sound modulus at keys[0]"


def test_a_certificate_is_base64_without_anything_else() -> None:
    signing, encoded = own_certificate()
    assert isinstance(signing.private, rsa.RSAPrivateKey)
    own = signing.private.public_key().public_numbers().n
    for spoilt in (
        f"{encoded[:64]}\n{encoded[64:]}",
        f" {encoded}",
        encoded.rstrip("=") if encoded.endswith("=") else f"{encoded}=",
        "AAAA",
    ):
        assert fault(jwk(own, x5c=[spoilt])).expected == "x5c of base64 DER certificates at keys[0]"


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"use": 1}, "use as a string"),
        ({"use": None}, "use as a string"),
        ({"key_ops": "verify"}, "key_ops as a list of strings"),
        ({"key_ops": {"verify": 1}}, "key_ops as a list of strings"),
        ({"key_ops": None}, "key_ops as a list of strings"),
        ({"key_ops": ["verify", 1]}, "key_ops as a list of strings"),
        ({"alg": None}, "alg as a string"),
        ({"alg": 1}, "alg as a string"),
        ({"kid": 7}, "kid as a string of at most 512 characters"),
    ],
)
def test_what_a_key_may_not_say_of_its_use(members: dict[str, Any], expected: str) -> None:
    found = fault(jwk(modulus(), **members))
    assert (found.check, found.expected) == ("jwk", f"{expected} at keys[0]")


def test_what_a_key_verifies_is_what_fits_it_under_each_profile() -> None:
    every_rsa = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
    for members, strict, aws in (
        ({}, every_rsa, {"RS256", "RS384", "RS512"}),
        ({"alg": "PS256"}, {"PS256"}, {"RS256", "RS384", "RS512"}),
        ({"alg": "ES256"}, set(), {"RS256", "RS384", "RS512"}),
        ({"use": "enc", "key_ops": ["verify"]}, set(), set()),
        ({"use": "sig", "key_ops": ("verify",)}, every_rsa, set()),
    ):
        found = read_key(jwk(modulus(), **members), "keys[0]")
        assert found is not None
        assert (set(found.usable[Profile.STRICT]), set(found.usable[Profile.AWS])) == (strict, aws)
