"""`diagnose` gives for each profile the verdict to which `validate` comes under that profile, whatever the message."""

import json
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, get_args

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from federation import OidcProvider
from federation.jose import base64url
from federation.oauth.registry import token_key
from federation.profiles import Profile
from federation.saml.registration.provider import EncryptionRule, Signed
from federation.testing import to_base64
from federation.testing.oidc import TokenKey
from tests.support import oidc, saml
from tests.support.sts import web_identity
from tests.support.verdicts import check_both_verdicts

quick = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

CONTENTS = (None, "aes256-gcm", "aes256-cbc")
TRANSPORTS = ("rsa-oaep-mgf1p", "rsa-1_5")
PERMITS = ((), ("cbc",), ("rsa1_5",), ("cbc", "rsa1_5"))
EDITS: dict[str, saml.Hook] = {
    "nothing": lambda _: None,
    "no audience": saml.say("Audience", "https://other.example.com"),
    "two lines of NameID": saml.say("NameID", "a\nb"),
    "recipient": saml.put("SubjectConfirmationData", Recipient="https://other.example.com"),
    "expired": saml.put("Conditions", NotOnOrAfter="2026-09-15T11:00:00Z"),
    "not yet": saml.put("Conditions", NotBefore="2026-09-15T13:00:00Z"),
    "old NameID format": saml.put("NameID", Format="urn:x"),
    "no confirmation": saml.drop("SubjectConfirmation"),
    "no status": saml.drop("StatusCode"),
    "no subject": saml.drop("Subject"),
    "no conditions": saml.drop("Conditions"),
    "foreign issuer": saml.say("Issuer", "https://other.example.com"),
}


@lru_cache(maxsize=512)
def response(sign: Any, content: str | None, transport: str, edit: str, key: str, after: str) -> str:
    encryption = None if content is None else saml.to_service_provider(content=content, transport=transport)
    octets = saml.forge(key).response(
        saml.good_login(), sign=sign, encryption=encryption, before_signing=EDITS[edit], after_signing=AFTER[after]
    )
    return to_base64(octets)


def flip_ciphertext(response: Any) -> None:
    """Change octets near the end of the last CipherValue, where there is one. AES-CBC alone does not notice."""
    values = list(response.iter("{*}CipherValue"))
    if values:
        text = values[-1].text
        values[-1].text = text[:-12] + ("AAAA" if text[-12:-8] != "AAAA" else "BBBB") + text[-8:]


AFTER: dict[str, Callable[[Any], None] | None] = {
    "nothing": None,
    "another ciphertext": flip_ciphertext,
    "another destination": saml.put("Response", Destination="https://other.example.com"),
}


Message = tuple[str | None, str | None, str, str, str, str]
messages = st.tuples(
    st.sampled_from((None, "assertion", "response", "both")),
    st.sampled_from(CONTENTS),
    st.sampled_from(TRANSPORTS),
    st.sampled_from(sorted(EDITS)),
    st.sampled_from(("idp-rsa2048", "sp-decryption-rsa2048")),
    st.sampled_from(sorted(AFTER)),
)
SOUND: Message = ("assertion", "aes256-cbc", "rsa-oaep-mgf1p", "nothing", "idp-rsa2048", "nothing")


@quick
@given(messages, st.sampled_from(PERMITS), st.sampled_from(get_args(Signed)), st.sampled_from(get_args(EncryptionRule)))
@example(SOUND, (), "either", "allowed")
@example((None, *SOUND[1:]), (), "either", "allowed")
@example((*SOUND[:2], "rsa-1_5", *SOUND[3:]), (), "either", "allowed")
@example((*SOUND[:4], "sp-decryption-rsa2048", "nothing"), (), "either", "allowed")
@example((*SOUND[:5], "another ciphertext"), (), "either", "allowed")
@example(("response", *SOUND[1:3], "expired", *SOUND[4:]), (), "either", "required")
@example(("both", SOUND[1], "rsa-1_5", *SOUND[3:]), ("rsa1_5",), "either", "allowed")
def test_saml(message: Message, permit: Any, signed: Any, encryption: Any) -> None:
    provider = saml.provider(permit=permit, decryption_keys=saml.decryption_pem(), signed=signed, encryption=encryption)
    check_both_verdicts(response(*message), provider, saml.AT)


@cache
def keys() -> tuple[TokenKey, ...]:
    return tuple(oidc.key(alg, kid) for alg in ("RS256", "ES256", "EdDSA") for kid in ("a", "b"))


KEY_CHANGES: tuple[dict[str, Any], ...] = (
    {},
    {"kid": None},
    {"kid": ""},
    {"kid": "a"},
    {"alg": None},
    {"alg": "RS512"},
    {"alg": 7},
    {"use": "enc"},
    {"use": None},
    {"key_ops": ["verify"]},
    {"key_ops": ["sign"]},
    {"x5c": ["!"]},
    {"n": "AQAB", "x": "AA"},
)
jwks = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(KEY_CHANGES)), max_size=4)
headers = st.fixed_dictionaries(
    {},
    optional={
        "alg": st.sampled_from(("RS256", "RS512", "PS256", "ES256", "EdDSA", "Ed25519", "HS256", "none")),
        "kid": st.sampled_from(("a", "b", "", "other")),
        "typ": st.sampled_from(("JWT", "at+jwt", "logout+jwt")),
    },
)
claims = st.fixed_dictionaries(
    {},
    optional={
        "sub": st.sampled_from(("", 7, None, "alice")),
        "exp": st.sampled_from((oidc.NOW, oidc.NOW - 299, oidc.NOW - 301, str(oidc.NOW + 9), 1.5)),
        "iat": st.sampled_from((oidc.NOW + 299, oidc.NOW + 301, "x")),
        "aud": st.sampled_from((["client-a", "client-b"], "other", [])),
        "azp": st.sampled_from(("client-a", "other")),
        "cnf": st.just({}),
    },
)


def key_set(entries: list[tuple[int, dict[str, Any]]]) -> dict[str, Any]:
    changed = [{**keys()[place].jwk(), **change} for place, change in entries]
    return {"keys": [{name: value for name, value in jwk.items() if value is not None} for jwk in changed]}


@quick
@given(jwks, st.integers(0, 5), headers, claims, st.sampled_from((None, ("RS256",), ("EdDSA", "ES256"))))
@example([(0, {}), (1, {"kid": None})], 1, {"alg": "RS256"}, {}, None)  # the key without kid, which aws does not index
@example([(0, {}), (1, {})], 0, {"alg": "RS256"}, {}, None)  # no kid, two keys
@example([(4, {})], 4, {"alg": "EdDSA", "kid": "a"}, {}, None)  # an algorithm of strict alone
@example([(0, {}), (1, {"kid": "a"})], 1, {"alg": "RS256", "kid": "a"}, {}, None)  # one kid twice
@example([(0, {}), (1, {"n": "AQAB"})], 0, {"alg": "RS256", "kid": "a"}, {}, None)  # a malformed key beside the sound one
@example([(0, {"kid": ""})], 0, {"alg": "RS256", "kid": ""}, {}, None)
@example([(0, {"key_ops": ["verify"]})], 0, {"alg": "RS256", "kid": "a"}, {}, None)
@example([], 0, {"alg": "RS256"}, {}, None)
def test_oidc(
    entries: list[tuple[int, dict[str, Any]]], signer: int, header: dict[str, Any], changes: dict[str, Any], algorithms: Any
) -> None:
    forge = oidc.forge()
    provider = OidcProvider(
        url=forge.url, client_ids=["client-a", "client-b"], jwks=key_set(entries), algorithms=algorithms, profile=Profile.AWS
    )
    payload = json.dumps(forge.claims(at=oidc.AT, audience="client-a", **changes)).encode()
    octets = b".".join(base64url.encode(part).encode() for part in (json.dumps({"alg": "RS256", **header}).encode(), payload))
    token = f"{octets.decode()}.{base64url.encode(keys()[signer].signature(octets))}"
    check_both_verdicts(token, provider, oidc.AT)


@quick
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "exp": st.sampled_from((0, 1, 3600)),
            "iat": st.sampled_from(tuple(oidc.NOW + offset for offset in (-3601, -10, 299, 301))),
            "aud": st.sampled_from(("other", ["client", "other"])),
            "iss": st.just("https://other.example.com"),
            "user_id": st.sampled_from(("a" * 256, "b")),
        },
    ),
    st.sampled_from((None, ("client",))),
    st.sampled_from((0, 60)),
)
def test_oauth(changes: dict[str, Any], client_ids: Any, skew: int) -> None:
    token = web_identity.ACCESS_TOKEN
    answers = {token_key(token): {**web_identity.AMAZON_ANSWER, **changes}}
    check_both_verdicts(token, web_identity.amazon(token_information=answers, client_ids=client_ids, clock_skew=skew), oidc.AT)
