"""Wycheproof's JWS, JWK and raw signature vectors, wherever their algorithm exists here."""

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key

from federation import FederationError
from federation.errors import RegistrationError
from federation.jose.algorithms import ALGORITHMS, SOUND
from federation.jose.decode import decode_token
from federation.jose.jwks import KeySet
from federation.jose.keys import PRIVATE_MEMBERS
from federation.jose.signature import verify_token
from federation.profiles import Profile
from tests.support.shared import manifest, needs_shared

pytestmark = needs_shared

VECTORS = "corpora/wycheproof/testvectors_v1-"
ERRATA = {c["file"].rpartition("-")[2]: c.get("errata", {}) for c in manifest("corpora/manifest.json") if "wycheproof" in c["file"]}
RAW = {
    "rsa_signature_2048_sha256_test.json": "RS256",
    "rsa_pss_2048_sha256_mgf1_32_test.json": "PS256",
    "ecdsa_secp256r1_sha256_p1363_test.json": "ES256",
    "ecdsa_secp384r1_sha384_p1363_test.json": "ES384",
    "ecdsa_secp521r1_sha512_p1363_test.json": "ES512",
    "ed25519_test.json": "EdDSA",
}


def jws_cases() -> Iterator[Any]:
    for name in ("json_web_signature_test.json", "json_web_key_test.json", "json_web_crypto_test.json"):
        for group in manifest(VECTORS + name, {"testGroups": []})["testGroups"]:
            for test in group["tests"]:
                if "jws" in test:
                    yield pytest.param(name, group, test, id=f"{name.removesuffix('_test.json')}-{test['tcId']}")


def published(group: dict[str, Any]) -> dict[str, Any]:
    """The group's public key set; where only private keys are given, their public halves."""
    given = group.get("public") or group["private"]
    keys = given.get("keys", [given])
    asymmetric = [{n: v for n, v in k.items() if n not in PRIVATE_MEMBERS} if k["kty"] != "oct" else k for k in keys]
    return {"keys": asymmetric}


def verifies(group: dict[str, Any], jws: str) -> bool:
    try:
        keys = KeySet.parse(published(group))
        verify_token(decode_token(jws), keys, algorithms=SOUND, profile=Profile.STRICT)
    except FederationError:
        return False
    return True


@pytest.mark.parametrize(("name", "group", "test"), list(jws_cases()))
def test_jws(name: str, group: dict[str, Any], test: dict[str, Any]) -> None:
    symmetric = any(key["kty"] == "oct" for key in published(group)["keys"])
    erratum = ERRATA[name].get(str(test["tcId"]), "")
    if test["comment"] == "emptyPayload":
        assert not verifies(group, test["jws"]), "a sound JWS, but a token without claims is none"
    elif symmetric:
        assert not verifies(group, test["jws"]), "nothing symmetric exists here"
    elif erratum:
        # Two vectors lost the character that made them invalid; the others name an algorithm that their key does not.
        assert verifies(group, test["jws"]) is ("accept" in erratum or (test["tcId"] > 370 and erratum.startswith("as 367")))
    else:
        assert verifies(group, test["jws"]) is (test["result"] == "valid"), test["comment"]


def raw_cases() -> Iterator[Any]:
    for name, alg in RAW.items():
        for position, group in enumerate(manifest(VECTORS + name, {"testGroups": []})["testGroups"]):
            yield pytest.param(alg, group, id=f"{alg}-{position}")


@pytest.mark.parametrize(("alg", "group"), list(raw_cases()))
def test_raw_signatures(alg: str, group: dict[str, Any]) -> None:
    der = bytes.fromhex(group["publicKeyDer"])
    key = load_der_public_key(der)
    for test in group["tests"]:
        verdict = ALGORITHMS[alg].verify(key, bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"]))
        assert verdict is (test["result"] == "valid") or test["result"] == "acceptable", (test["tcId"], test["comment"])


def test_the_key_vectors_name_what_is_wrong() -> None:
    checks = {}
    for group in manifest(VECTORS + "json_web_key_test.json")["testGroups"]:
        try:
            KeySet.parse(published(group))
        except RegistrationError as refusal:
            checks[group["comment"]] = refusal.check
    assert checks["jws_rsa_roca_key"] == checks["keysize_too_small"] == checks["exponentOne"] == "jwk-rsa"
    assert checks["jws_mixedSymmetryKeyset"] == "jwk-symmetric"
    assert checks["invalid_point"] == "jwk"
    assert checks["wrong_curve"] == "jwk-ec"
