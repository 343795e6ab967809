"""Section 10 of the attack matrix, form, algorithms and signatures: every one is refused, and by the check that is named for it."""

import base64
import json
import socket
import zlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from federation import FederationError, OidcProvider, validate
from federation.errors import RegistrationError
from federation.jose import base64url
from federation.jose.decode import decode_token
from federation.jose.jwks import KeySet
from federation.profiles import Profile
from federation.testing.mutating.jwt import HMACS, NONES, by_hmac, hmac_secrets
from federation.testing.oidc import ABSENT, OidcForge, TokenKey
from tests.support.oidc import AT, CLIENT, HEADER, forge, key, payload, provider, refusal, resigned, token, with_header

N256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def signature_of(presented: str) -> bytes:
    return base64.urlsafe_b64decode(presented.rpartition(".")[2] + "==")


@pytest.mark.parametrize("alg", NONES)
@pytest.mark.parametrize("signature", ["", "AAAA"])
def test_j01_alg_none(alg: str, signature: str) -> None:
    unsigned = base64url.encode(json.dumps({"alg": alg}).encode()) + "." + base64url.encode(payload()) + "." + signature
    assert refusal(unsigned).check == "alg"
    assert refusal(unsigned, provider(profile="aws")).check == "alg"


@pytest.mark.parametrize("alg", [ABSENT, "", None, ["RS256"], 256, True, {"RS256": 1}])
def test_j02_alg_of_no_type(alg: object) -> None:
    assert refusal(with_header(alg=alg)).check == "header"


def test_j03_every_form_of_an_rsa_key_is_tried_as_a_secret() -> None:
    public = key().private.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    assert hmac_secrets(key().jwk())["modulus"] == public.public_numbers().n.to_bytes(256)
    assert hmac_secrets(key().jwk())["PEM"] == public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert len(set(hmac_secrets(key().jwk()).values())) == 8


@pytest.mark.parametrize("form", [*hmac_secrets(key().jwk()), "nothing"])
@pytest.mark.parametrize("alg", HMACS)
def test_j03_j44_public_key_as_secret(alg: str, form: str) -> None:
    secret = hmac_secrets(key().jwk()).get(form, b"")
    assert refusal(by_hmac({"alg": alg, "kid": "key-1"}, base64url.encode(payload()), secret)).check == "alg"


@pytest.mark.parametrize(
    ("published", "used"), [("RS256", "PS256"), ("RS256", "RS512"), ("PS256", "RS256"), ("ES256", "ES384"), ("ES256", "EdDSA")]
)
def test_j04_algorithm_of_another_family(published: str, used: str) -> None:
    private = key(published).private
    disguised = OidcForge(key=TokenKey(used, private, "key-1")).token(at=AT, audience=CLIENT) if used[0] != "E" else None
    presented = disguised or forge(published).token(at=AT, audience=CLIENT, header={"alg": used})
    assert refusal(presented, provider(published)).check == "alg"


DIGESTS: dict[str, tuple[int, hashes.HashAlgorithm]] = {
    "ES256": (32, hashes.SHA256()),
    "ES384": (48, hashes.SHA384()),
    "ES512": (66, hashes.SHA512()),
}


def on_another_curve(alg: str, private: ec.EllipticCurvePrivateKey, kid: str) -> str:
    """A token in the form of *alg* that verifies under *private* wherever its curve is not looked at."""
    octets, digest = DIGESTS[alg]
    signing_input = base64url.encode(json.dumps({"alg": alg, "kid": kid}).encode()) + "." + base64url.encode(payload())
    while True:
        r, s = decode_dss_signature(private.sign(signing_input.encode(), ec.ECDSA(digest)))
        if max(r, s).bit_length() <= 8 * octets:
            return f"{signing_input}.{base64url.encode(r.to_bytes(octets) + s.to_bytes(octets))}"
        if private.key_size - 8 * octets > 16:
            return f"{signing_input}.{base64url.encode(bytes(2 * octets))}"  # no signature of this curve fits the form


@pytest.mark.parametrize("profile", ["strict", "aws"])
@pytest.mark.parametrize(("alg", "other"), [(a, b) for a in DIGESTS for b in DIGESTS if a != b])
def test_j05_curve_belongs_to_the_algorithm(alg: str, other: str, profile: str) -> None:
    """Provider and key allow every algorithm: what refuses is that the key is on another curve."""
    registered = OidcProvider.from_documents(
        discovery=forge(other).discovery(),
        jwks={"keys": [{name: value for name, value in key(other).jwk().items() if name != "alg"}]},
        client_ids=[CLIENT],
        algorithms=frozenset(DIGESTS),
        profile=Profile(profile),
    )
    assert validate(token(other), registered, at=AT).subject
    private = key(other).private
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    refused = refusal(on_another_curve(alg, private, "key-1"), registered)
    assert refused.check == "alg"
    assert refused.expected == f"an algorithm of the named key: {other}"


@pytest.mark.parametrize("crv", ["secp256k1", "P-256K", "P-224", "brainpoolP256r1"])
def test_j05_other_curves_are_no_keys(crv: str) -> None:
    numbers = ec.generate_private_key(ec.SECP256K1()).public_key().public_numbers()
    jwk = {
        "kty": "EC",
        "crv": crv,
        "kid": "k1",
        "x": base64url.encode(numbers.x.to_bytes(32)),
        "y": base64url.encode(numbers.y.to_bytes(32)),
    }
    with pytest.raises(RegistrationError) as caught:
        KeySet.parse({"keys": [jwk]})
    assert caught.value.check == "jwks"
    beside = KeySet.parse({"keys": [jwk, key("ES256").jwk()]})
    assert [known.kid for known in beside.keys] == ["key-1"]
    with pytest.raises(FederationError) as unknown:
        beside.strict_candidates("ES256", "k1")
    assert unknown.value.check == "kid"


@pytest.mark.parametrize(
    ("r", "s"), [(0, 0), (0, 1), (1, 0), (N256, 1), (1, N256), (N256, N256), (N256 + 1, N256 + 1), (2**256 - 1, 2**256 - 1)]
)
def test_j06_psychic_signatures(r: int, s: int) -> None:
    presented = resigned(token("ES256"), r.to_bytes(32) + s.to_bytes(32))
    assert refusal(presented, provider("ES256")).check == "signature"


def test_j07_ecdsa_has_one_form() -> None:
    good = token("ES256")
    raw = signature_of(good)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    for malformed in (der, raw + b"\0", b"\0" + raw, raw[:-1], raw[:32] + b"\0" + raw[32:], raw * 2):
        assert refusal(resigned(good, malformed), provider("ES256")).check == "signature"


def test_j08_a_malleated_signature_is_the_same_identity() -> None:
    """``s`` and ``n - s`` both verify: so nothing about an identity may depend on the token's text."""
    good = token("ES256")
    raw = signature_of(good)
    flipped = resigned(good, raw[:32] + (N256 - int.from_bytes(raw[32:])).to_bytes(32))
    assert validate(flipped, provider("ES256"), at=AT) == validate(good, provider("ES256"), at=AT)


def test_j08_ed25519_order_is_checked() -> None:
    good = token("EdDSA")
    raw = signature_of(good)
    order = 2**252 + 27742317777372353535851937790883648493
    shifted = raw[:32] + (int.from_bytes(raw[32:], "little") + order).to_bytes(32, "little")
    assert refusal(resigned(good, shifted), provider("EdDSA")).check == "signature"


@pytest.mark.parametrize("kid", ["key-1", ABSENT, "x"])
def test_j09_embedded_jwk_is_never_used(kid: object) -> None:
    attacker = OidcForge(key=key("RS256", kid="x"))
    presented = attacker.token(at=AT, audience=CLIENT, header={"jwk": attacker.key.jwk(), "kid": kid})
    assert refusal(presented).check == ("kid" if kid == "x" else "signature")


@pytest.mark.parametrize("hint", ["jku", "x5u", "x5c", "x5t", "x5t#S256", "jwk"])
def test_j10_j11_key_hints_are_reported_and_never_followed(hint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_socket(*_: object, **__: object) -> None:
        pytest.fail("a socket was opened")

    monkeypatch.setattr(socket, "socket", no_socket)
    identity = validate(with_header(**{hint: "https://attacker.example/keys"}), provider(), at=AT)
    assert hint.startswith("x5t") or hint in identity.notes[0], "a thumbprint brings no key and is not worth a note"


@pytest.mark.parametrize("kid", ["../../dev/null", "' UNION SELECT 'x", "key-1\0", "KEY-1", "", "key-1 "])
def test_j12_kid_is_only_looked_up(kid: str) -> None:
    assert refusal(with_header(kid=kid)).check == "kid"


@pytest.mark.parametrize("kid", [1, ["key-1"], {}, True, None, "k" * 10_240])
def test_j12_kid_of_the_wrong_type_or_size(kid: object) -> None:
    raw = json.dumps({"alg": "RS256", "kid": kid}).encode()
    assert refusal(forge().sign(raw, payload())).check == "header"


def test_j13_without_kid_fitting_keys_are_tried_up_to_a_bound() -> None:
    keys = [key("RS256", kid=f"other-{n}").jwk() for n in range(3)]
    few = OidcProvider(url=forge().url, client_ids=[CLIENT], jwks={"keys": [key("ES256").jwk() | {"kid": "ec"}, *keys, key().jwk()]})
    assert validate(with_header(kid=ABSENT), few, at=AT).subject == "workload-7"
    many = OidcProvider(url=forge().url, client_ids=[CLIENT], jwks={"keys": [key().jwk() | {"kid": f"k{n}"} for n in range(11)]})
    assert refusal(with_header(kid=ABSENT), many).check == "kid"


def test_j14_keys_belong_to_one_issuer() -> None:
    neighbour = OidcForge(key=key("RS256", kid="key-1"), issuer="https://other.example.com")
    stranger = OidcForge(key=TokenKey.generate("RS256", kid="key-1"), issuer=forge().url)
    assert refusal(neighbour.token(at=AT, audience=CLIENT)).check == "issuer"
    assert refusal(stranger.token(at=AT, audience=CLIENT)).check == "signature"


def test_j15_a_removed_key_is_gone() -> None:
    rotated = OidcProvider(url=forge().url, client_ids=[CLIENT], jwks={"keys": [key("RS256", kid="key-2").jwk()]})
    assert refusal(token(), rotated).check == "kid"


@pytest.mark.parametrize("crit", [["x"], [], ["alg"], "x", None, ["exp"], ["b64"], {}])
def test_j16_any_crit_is_refused(crit: object) -> None:
    assert refusal(with_header(crit=crit, x="yes")).check == "crit"
    assert refusal(with_header(crit=crit, x="yes"), provider(profile="aws")).check == "crit"


@pytest.mark.parametrize("b64", [False, True, "false"])
def test_j17_unencoded_payload(b64: object) -> None:
    assert refusal(with_header(b64=b64)).check == "b64"
    assert refusal(with_header(b64=b64, crit=["b64"])).check == "crit"


def serialisations() -> list[str]:
    header, claims, signature = token().split(".")
    flattened = {"protected": header, "payload": claims, "signature": signature}
    general = {"payload": claims, "signatures": [{"protected": header, "signature": signature}]}
    return [f"{header}..{signature}", json.dumps(flattened), json.dumps(general), token() + json.dumps(flattened), f".{claims}.{signature}"]


@pytest.mark.parametrize("text", serialisations(), ids=range(5))
def test_j18_j43_other_serialisations(text: str) -> None:
    assert refusal(text).check in {"form", "base64url"}


def test_j19_encrypted_tokens() -> None:
    error = refusal(".".join([base64url.encode(b'{"alg":"RSA-OAEP","enc":"A256GCM"}'), "AAAA", "AAAA", "AAAA", "AAAA"]))
    assert error.check == "form"
    assert "JWE" in error.remedy


@pytest.mark.parametrize("cty", ["JWT", "jwt", "json", None])
def test_j20_nested_tokens(cty: object) -> None:
    assert refusal(with_header(cty=cty)).check == "cty"
    assert refusal(forge().sign(HEADER, token().encode())).check == "claims"


def test_j21_compressed_payload() -> None:
    raw = json.dumps({"alg": "RS256", "kid": "key-1", "zip": "DEF"}).encode()
    assert refusal(forge().sign(raw, zlib.compress(b" " * 1_000_000 + payload())[2:-4])).check == "zip"


def test_j22_key_derivation_headers_cost_nothing() -> None:
    assert refusal(with_header(alg="PBES2-HS512+A256KW", p2c=2**31)).check == "alg"


@pytest.mark.parametrize("part", [0, 1, 2])
@pytest.mark.parametrize("junk", ["=", "==", " ", "\n", "\t", "+", "/", "٣", "A", "\r\n", ",", "\0"])
def test_j23_sloppy_base64url(part: int, junk: str) -> None:
    parts = token().split(".")
    for changed in (parts[part] + junk, junk + parts[part], parts[part][:8] + junk + parts[part][8:]):
        presented = ".".join([*parts[:part], changed, *parts[part + 1 :]])
        assert refusal(presented).check in {"base64url", "form", "json", "signature"}


def test_j23_spare_bits() -> None:
    parts = token("ES256").split(".")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = alphabet[alphabet.index(parts[2][-1]) ^ 1]
    assert refusal(f"{parts[0]}.{parts[1]}.{parts[2][:-1]}{twin}", provider("ES256")).check == "base64url"


@pytest.mark.parametrize("change", ["{}.", "{}.AAAA", ".{}", "{}..", "{}AAAA", "{}\n", " {}", "Bearer {}", '"{}"'])
def test_j24_segments(change: str) -> None:
    assert refusal(change.format(token())).check in {"form", "base64url", "signature"}


def test_j42_nothing_about_a_token_is_remembered() -> None:
    assert refusal(resigned(token(), bytes(256))).check == "signature"
    assert validate(token(), provider(), at=AT).subject
    assert refusal(resigned(token(), bytes(256))).check == "signature"


@pytest.mark.parametrize("alg", ["ML-DSA-65", "ES256K", "Ed448", "RSA1_5", "rs256", "RS256 ", "RS1", "ES521", "EdDSA25519", "SHA256"])
def test_j47_unknown_algorithms(alg: str) -> None:
    assert refusal(with_header(alg=alg)).check == "alg"


def test_tokens_never_show() -> None:
    presented = token()
    for text in presented.split("."):
        error = refusal(resigned(presented, bytes(256)))
        assert text not in str(error) + repr(error) + error.message
    assert repr(decode_token(presented)).startswith("<federation.jose.decode.RawToken object")
