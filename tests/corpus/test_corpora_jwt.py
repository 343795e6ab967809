"""JWTs out of other projects' tests, with their keys: the signature layer decides as it should, and nothing symmetric passes."""

import json
from typing import Any

import pytest

from federation import FederationError
from federation.errors import RegistrationError
from federation.jose.algorithms import SOUND
from federation.jose.decode import decode_token
from federation.jose.jwks import KeySet
from federation.jose.signature import verify_token
from federation.oidc.claims import read_claims
from federation.profiles import Profile
from tests.support.shared import manifest, needs_shared, shared_path

CASES = [case for case in manifest("corpora/manifest.json") if case["kind"] == "jwt"]

pytestmark = needs_shared


def text(relative: str) -> str:
    return shared_path(f"corpora/{relative}").read_text(encoding="utf-8").strip()


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
def test_corpora(case: dict[str, Any]) -> None:
    jwk = json.loads(text(case["jwk"]))
    if jwk.get("kty") == "oct":
        with pytest.raises(RegistrationError) as caught:
            KeySet.parse({"keys": [jwk]})
        assert caught.value.check == "jwk-symmetric"
        return
    keys = KeySet.parse({"keys": [jwk]}, profile=Profile.STRICT)
    allowed = frozenset(case["algorithms"]) & SOUND
    if case["expected_jws"] == "reject":
        with pytest.raises(FederationError):
            verify_token(decode_token(text(case["file"])), keys, algorithms=allowed, profile=Profile.STRICT)
        return
    signed = verify_token(decode_token(text(case["file"])), keys, algorithms=allowed, profile=Profile.STRICT)
    if case["expected_claims"] == "accept":
        assert dict(read_claims(signed).members) == case["claims"]
