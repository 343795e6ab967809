"""Section 10 of the attack matrix, row by row: every one is refused, and by the check that is named for it."""

import base64
import hashlib
import hmac
import json
import socket
import zlib
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from federation import FederationError, OAuthProvider, OidcProvider, diagnose, validate
from federation.errors import ExpiredTokenException, RegistrationError
from federation.oidc import base64url
from federation.oidc.decode import decode_token
from federation.oidc.jwks import KeySet
from federation.testing.oidc import ABSENT, OidcForge, TokenKey
from tests.oidc_forge import AT, CLIENT, NOW, forge, key, provider, refusal, token

N256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def with_header(claims: dict[str, Any] | None = None, /, **parameters: Any) -> str:
    return forge().token(at=AT, audience=CLIENT, header=parameters, **(claims or {}))


def resigned(presented: str, signature: bytes) -> str:
    return presented.rpartition(".")[0] + "." + base64url.encode(signature)


def signature_of(presented: str) -> bytes:
    return base64.urlsafe_b64decode(presented.rpartition(".")[2] + "==")


def payload(**claims: Any) -> bytes:
    return json.dumps(forge().claims(at=AT, audience=CLIENT, **claims)).encode()


HEADER = json.dumps({"alg": "RS256", "kid": "key-1"}).encode()


@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "NONE", "none "])
@pytest.mark.parametrize("signature", ["", "AAAA"])
def test_j01_alg_none(alg: str, signature: str) -> None:
    unsigned = base64url.encode(json.dumps({"alg": alg}).encode()) + "." + base64url.encode(payload()) + "." + signature
    assert refusal(unsigned).check == "alg"
    assert refusal(unsigned, provider(profile="aws")).check == "alg"


@pytest.mark.parametrize("alg", [ABSENT, "", None, ["RS256"], 256, True, {"RS256": 1}])
def test_j02_alg_of_no_type(alg: object) -> None:
    assert refusal(with_header(alg=alg)).check == "header"


def secrets() -> list[bytes]:
    public = key().private.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    pkcs1 = public.public_bytes(Encoding.PEM, PublicFormat.PKCS1)
    numbers = public.public_numbers()
    return [
        pem,
        pem.strip(),
        pem.replace(b"\n", b"\r\n"),
        pkcs1,
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        json.dumps(key().jwk()).encode(),
        key().jwk()["n"].encode(),
        numbers.n.to_bytes(256),
        b"",
    ]


@pytest.mark.parametrize("secret", secrets(), ids=lambda s: hashlib.sha256(s).hexdigest()[:6])
@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_j03_j44_public_key_as_secret(alg: str, secret: bytes) -> None:
    signing_input = base64url.encode(json.dumps({"alg": alg, "kid": "key-1"}).encode()) + "." + base64url.encode(payload())
    forged = hmac.new(secret, signing_input.encode(), {"256": "sha256", "384": "sha384", "512": "sha512"}[alg[2:]]).digest()
    assert refusal(f"{signing_input}.{base64url.encode(forged)}").check == "alg"


@pytest.mark.parametrize(
    ("published", "used"), [("RS256", "PS256"), ("RS256", "RS512"), ("PS256", "RS256"), ("ES256", "ES384"), ("ES256", "EdDSA")]
)
def test_j04_algorithm_of_another_family(published: str, used: str) -> None:
    private = key(published).private
    disguised = OidcForge(key=TokenKey(used, private, "key-1")).token(at=AT, audience=CLIENT) if used[0] != "E" else None
    presented = disguised or forge(published).token(at=AT, audience=CLIENT, header={"alg": used})
    assert refusal(presented, provider(published)).check == "alg"


@pytest.mark.parametrize("alg", ["ES256", "ES384", "ES512"])
@pytest.mark.parametrize("other", ["ES256", "ES384", "ES512"])
def test_j05_curve_belongs_to_the_algorithm(alg: str, other: str) -> None:
    if alg != other:
        assert refusal(forge(other).token(at=AT, audience=CLIENT, header={"alg": alg}), provider(other)).check == "alg"


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
    assert hint in identity.notes[0]


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


@pytest.mark.parametrize(
    "extra", ['"sub":"a","sub":"b"', '"aud":"client-a","\\u0061ud":"client-a"', '"x":{"y":1,"y":2}', '"x":[{"y":1,"y":1}]']
)
def test_j25_repeated_members_in_claims(extra: str) -> None:
    assert refusal(forge().sign(HEADER, payload()[:-1] + b"," + extra.encode() + b"}")).check == "members"


def test_j25_repeated_members_in_the_header() -> None:
    assert refusal(forge().sign(b'{"alg":"none","alg":"RS256","kid":"key-1"}', payload())).check == "members"
    last_wins = forge().sign(HEADER, payload()[:-1] + b',"sub":"last"}')
    assert validate(last_wins, provider(profile="aws"), at=AT).subject == "last"


@pytest.mark.parametrize(
    "octets",
    [
        b"// x\n" + b"{}",
        b"{'a':1}",
        b'{"a":1,}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b"{} {}",
        b"{}x",
        b"[]",
        b'"x"',
        b"null",
        b"1",
        b"",
        b"{",
        b'{"a":"\xff"}',
        b'{"a":"\xc0\xaf"}',
        b'{"a":"\n"}',
        b'{"a":1e999}',
        b'{"a":01}',
        b'{"a":+1}',
        b'{"a":.5}',
    ],
)
def test_j26_lax_json(octets: bytes) -> None:
    assert refusal(forge().sign(HEADER, octets)).check in {"claims", "form"}
    assert refusal(forge().sign(octets, payload())).check in {"json", "form"}


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", [-1, 1.5, float(NOW), "x", str(NOW), True, False, None, [NOW], {}, 2**53, 2**63, 1e17])
def test_j27_j50_numbers(name: str, value: object) -> None:
    assert refusal(token(**{name: value})).check in {"numeric-date", "timestamp"}


def test_j27_digits_are_bounded() -> None:
    for digits in (b"9" * 21, b"9" * 10_000):
        assert refusal(forge().sign(HEADER, payload()[:-1] + b',"x":' + digits + b"}")).check == "claims"


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "exp", "iat"])
def test_j28_required_claims(name: str) -> None:
    assert refusal(token(**{name: ABSENT})).check == "required-claims"


def test_j28_the_end_is_exclusive() -> None:
    presented = token(exp=NOW + 60)
    assert validate(presented, provider(), at=AT + timedelta(seconds=59, microseconds=999_999)).subject
    error = refusal(presented, at=AT + timedelta(seconds=60))
    assert (error.check, type(error)) == ("exp", ExpiredTokenException)


@pytest.mark.parametrize(("claims", "check"), [({"nbf": NOW + 1}, "nbf"), ({"iat": NOW + 1}, "iat"), ({"iat": NOW, "exp": NOW - 1}, "exp")])
def test_j29_the_future(claims: dict[str, int], check: str) -> None:
    assert refusal(token(**claims)).check == check


def test_j29_issued_after_its_end() -> None:
    tolerant = forge().provider(client_ids=[CLIENT], clock_skew=timedelta(minutes=5))
    assert refusal(token(iat=NOW + 20, exp=NOW + 10), tolerant).check == "lifetime"


@pytest.mark.parametrize("skew", [timedelta(seconds=-1), timedelta(seconds=601), 300, None, timedelta(days=1)])
def test_j30_leeway_is_bounded(skew: Any) -> None:
    with pytest.raises(RegistrationError) as caught:
        forge().provider(client_ids=[CLIENT], clock_skew=skew)
    assert caught.value.check == "clock-skew"


@pytest.mark.parametrize(
    "aud", [f"my{CLIENT}", f"{CLIENT}-x", "client", "", [], {}, {CLIENT: 1}, 1, [1], [[CLIENT]], None, [CLIENT, 1], CLIENT.upper()]
)
def test_j31_aud(aud: object) -> None:
    assert refusal(token(aud=aud)).check == "audience"


@pytest.mark.parametrize(
    ("claims", "check"),
    [
        ({"aud": [CLIENT, "other"]}, "audience"),
        ({"aud": [CLIENT, "other"], "azp": "other"}, "audience"),
        ({"aud": [CLIENT, "other"], "azp": ""}, "audience"),
        ({"aud": CLIENT, "azp": "other"}, "audience"),
        ({"aud": CLIENT, "azp": [CLIENT]}, "audience"),
        ({"aud": CLIENT, "azp": None}, "audience"),
        ({"aud": "other", "azp": CLIENT}, "audience-trusted"),
    ],
)
def test_j32_several_audiences(claims: dict[str, Any], check: str) -> None:
    assert refusal(token(**claims)).check == check


@pytest.mark.parametrize(
    "iss",
    [
        "https://issuer.example.co",
        "https://issuer.example.com/",
        "https://issuer.example.com/x",
        "https://Issuer.example.com",
        "https://issuer.example.com:443",
        "http://issuer.example.com",
        "issuer.example.com",
        "https://user@issuer.example.com",
        "https://issuer%2eexample.com",
        "https://issuer\uff0eexample.com",
        " https://issuer.example.com",
        "",
        ["https://issuer.example.com"],
        {"https://issuer.example.com": 1},
        None,
        1,
        "https://issuer.example.com\0",
    ],
)
def test_j33_j34_issuer_is_exact(iss: object) -> None:
    assert refusal(token(iss=iss)).check == "issuer"


def test_j35_no_issuer_templates() -> None:
    with pytest.raises(RegistrationError, match="url"):
        OidcProvider(url="https://login.example.com/{tenantid}/v2.0?x", client_ids=[CLIENT], jwks=forge().jwks())
    templated = OidcProvider(url="https://login.example.com/{tenantid}", client_ids=[CLIENT], jwks=forge().jwks())
    assert refusal(token(iss="https://login.example.com/any"), templated).check == "issuer"


def test_j36_one_subject_at_two_issuers_is_two_identities() -> None:
    other = OidcForge(key=key(), issuer="https://other.example.com")
    first = validate(token(), provider(), at=AT)
    second = validate(other.token(at=AT, audience=CLIENT), other.provider(client_ids=[CLIENT]), at=AT)
    assert first.subject == second.subject
    assert (first.issuer, first.provider_arn) != (second.issuer, second.provider_arn)
    assert not set(first.context_keys) & set(second.context_keys)


@pytest.mark.parametrize("sub", [1, "", [], ["a"], {}, None, True, "x" * 256, "a\0b", 1.5])
def test_j37_sub(sub: object) -> None:
    assert refusal(token(sub=sub)).check == "subject"


def test_j38_email_is_no_identity() -> None:
    identity = validate(token(email="victim@example.com", email_verified="true"), provider(), at=AT)
    assert identity.subject == "workload-7"
    assert not any("email" in name for name in identity.context_keys)


@pytest.mark.parametrize(
    "typ", ["logout+jwt", "secevent+jwt", "dpop+jwt", "JWE", "token-introspection+jwt", "application/logout+jwt", "", "sd+jwt"]
)
def test_j39_typ(typ: str) -> None:
    assert refusal(with_header(typ=typ)).check == "typ"


def test_j39_provider_may_be_registered_for_id_tokens_alone() -> None:
    only = forge().provider(client_ids=[CLIENT], token_types=["JWT"])
    assert refusal(with_header(typ="at+jwt"), only).check == "typ"
    assert validate(with_header(typ="application/at+jwt"), provider(), at=AT).subject


@pytest.mark.parametrize("claims", [{"events": {}}, {"token_use": "access"}, {"token_use": None}, {"token_use": ["id"]}])
def test_j39_other_kinds_of_token(claims: dict[str, Any]) -> None:
    assert refusal(token(**claims)).check == "token-use"


def test_j41_replay_has_a_key_and_the_key_is_not_the_text() -> None:
    identity = validate(token(jti="once"), provider(), at=AT)
    assert (identity.issuer, identity.token_id) == (forge().url, "once")
    for jti in (1, "", None, ["once"], "a\0"):
        assert refusal(token(jti=jti)).check == "jti"


def test_j42_nothing_about_a_token_is_remembered() -> None:
    assert refusal(resigned(token(), bytes(256))).check == "signature"
    assert validate(token(), provider(), at=AT).subject
    assert refusal(resigned(token(), bytes(256))).check == "signature"


def rsa_jwk(n: int, e: int) -> dict[str, Any]:
    return {
        "kty": "RSA",
        "kid": "k",
        "n": base64url.encode(n.to_bytes((n.bit_length() + 7) // 8)),
        "e": base64url.encode(e.to_bytes((e.bit_length() + 7) // 8 or 1)),
    }


def modulus() -> int:
    public = key().private.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    return public.public_numbers().n


@pytest.mark.parametrize(
    ("n", "e"),
    [
        (modulus(), 1),
        (modulus(), 3),
        (modulus(), 65_536),
        (modulus(), 65_538),
        (modulus(), 2**65 + 1),
        (modulus() >> 1024 | 1, 65_537),
        (modulus() >> 1 | 1, 65_537),
        (modulus() << 1, 65_537),
        (modulus() ** 8 | 1, 65_537),
    ],
    ids=range(9),
)
def test_j45_weak_or_huge_rsa(n: int, e: int) -> None:
    with pytest.raises(RegistrationError) as caught:
        KeySet.parse({"keys": [rsa_jwk(n, e)]})
    assert caught.value.check in {"jwk-rsa", "jwk"}


@pytest.mark.parametrize(
    "change",
    [
        {"y": base64url.encode(bytes(32))},
        {"x": base64url.encode(bytes(33))},
        {"x": base64url.encode(bytes(31))},
        {"crv": "P-384"},
        {"crv": "secp256k1"},
        {"crv": None},
        {"x": 5},
        {"kty": "RSA"},
        {"x": "+/+/"},
    ],
)
def test_j46_invalid_points(change: dict[str, Any]) -> None:
    with pytest.raises(RegistrationError):
        KeySet.parse({"keys": [key("ES256").jwk() | change]})


@pytest.mark.parametrize("alg", ["ML-DSA-65", "ES256K", "Ed448", "RSA1_5", "rs256", "RS256 ", "RS1", "ES521", "EdDSA25519", "SHA256"])
def test_j47_unknown_algorithms(alg: str) -> None:
    assert refusal(with_header(alg=alg)).check == "alg"


@pytest.mark.parametrize("name", ["sub", "aud", "iss", "x"])
@pytest.mark.parametrize("escape", [rb"\ud800", rb"\udc00\ud800", rb"a\udfff"])
def test_j48_lone_surrogates(name: str, escape: bytes) -> None:
    assert refusal(forge().sign(HEADER, payload(**{name: ABSENT})[:-1] + b',"' + name.encode() + b'":"' + escape + b'"}')).check == "claims"


def test_j48_paired_surrogates_are_one_character() -> None:
    presented = forge().sign(HEADER, payload(sub=ABSENT)[:-1] + rb',"sub":"\ud83d\ude00"}')
    assert validate(presented, provider(), at=AT).subject == "\U0001f600"


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b"[{"])
def test_j49_deep_json(opening: bytes) -> None:
    deep = opening * 2_500
    assert refusal(forge().sign(HEADER, deep)).check == "claims"
    assert refusal(forge().sign(deep, payload())).check == "json"


def test_j49_brackets_in_text_are_not_depth() -> None:
    assert validate(token(x="[{" * 500), provider(), at=AT).attributes["x"] == "[{" * 500
    assert validate(token(x=[[]] * 40), provider(), at=AT).subject


@pytest.mark.parametrize("name", ["__proto__", "__class__", "__init__", "members"])
def test_j51_names_stay_names(name: str) -> None:
    assert validate(token(**{name: {"sub": "x"}}), provider(), at=AT).subject == "workload-7"


def test_j54_bound_tokens_are_not_bearer_tokens() -> None:
    assert refusal(token(cnf={"jkt": "x"})).check == "confirmation"


def test_j55_the_provider_fixes_the_kind() -> None:
    amazon = OAuthProvider(name="www.amazon.com", token_information={})
    with pytest.raises(FederationError) as caught:
        validate(token(), amazon, at=AT)
    assert caught.value.message == "Provided Token is not a Login With Amazon token"
    assert "ProviderId" in refusal("Atza|IQEBLjAsAhRFiXuW").remedy


@pytest.mark.parametrize("value", [None, 5, b"", "", object(), [], "x" * 20_001, b"\xff" * 50, "é.é.é", 3.5, "a.b.c", b"a.b.c"])
def test_any_input_is_refused_in_kind(value: object) -> None:
    error = refusal(value)
    report = diagnose(value, provider(), at=AT)
    assert not report.accepted
    assert error.check in {r.name for r in report.results if r.outcome == "refused"}


def test_m09_m11_bad_keys_spoil_the_set() -> None:
    good = key().jwk()
    private = key("EdDSA").private
    assert isinstance(private, ed25519.Ed25519PrivateKey)
    for bad, check in [
        ({"kty": "oct", "k": "AAAA"}, "jwk-symmetric"),
        (key("EdDSA").jwk() | {"kid": "p", "d": base64url.encode(private.private_bytes_raw())}, "jwk-private"),
        ({"kty": "RSA", "kid": "x", "n": good["n"]}, "jwk"),
        (good, "jwks-kid"),
        ({"kty": 1}, "jwk"),
        ({}, "jwk"),
        ("x", "jwk"),
    ]:
        with pytest.raises(RegistrationError) as caught:
            KeySet.parse({"keys": [good, bad]})
        assert caught.value.check == check
    assert len(KeySet.parse({"keys": [good, {"kty": "AKP", "alg": "ML-DSA-65", "pub": "AA"}]}).keys) == 1


@pytest.mark.parametrize("change", [{"use": "enc"}, {"key_ops": ["encrypt"]}, {"alg": "RS512"}, {"alg": "RSA-OAEP"}, {"key_ops": []}])
def test_m10_use_key_ops_and_alg_are_honoured(change: dict[str, Any]) -> None:
    marked = OidcProvider(url=forge().url, client_ids=[CLIENT], jwks={"keys": [key().jwk() | change]})
    assert refusal(token(), marked).check == "alg"
    assert refusal(with_header(kid=ABSENT), marked).check == "kid"


def test_m08_discovery_is_of_the_very_issuer() -> None:
    with pytest.raises(RegistrationError) as caught:
        OidcProvider(url="https://issuer.example.com/", client_ids=[CLIENT], jwks=forge().jwks(), discovery=forge().discovery())
    assert caught.value.check == "discovery"
    with pytest.raises(RegistrationError):
        OidcProvider.from_documents(discovery=forge().discovery() | {"jwks_uri": "http://x"}, jwks=forge().jwks(), client_ids=[CLIENT])


def test_private_keys_never_show() -> None:
    assert repr(key("ES256")) == "TokenKey(algorithm='ES256', kid='key-1')"


def test_tokens_never_show() -> None:
    presented = token()
    for text in presented.split("."):
        error = refusal(resigned(presented, bytes(256)))
        assert text not in str(error) + repr(error) + error.message
    assert repr(decode_token(presented)).startswith("<federation.oidc.decode.RawToken object")
