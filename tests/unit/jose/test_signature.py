"""The proof of a token serves every profile that selects the same key, and no other token."""

import pytest

from federation.errors import InvalidIdentityToken
from federation.jose.decode import decode_token
from federation.jose.signature import SignedToken, verify_token
from federation.oidc.provider import OidcProvider
from federation.profiles import Profile
from tests.support.oidc import CLIENT, forge, key, provider, resigned, token


def verified(presented: str, registered: OidcProvider, proved: SignedToken | None = None) -> SignedToken:
    raw = decode_token(presented)
    return verify_token(raw, registered.keys, algorithms=registered.algorithms, profile=Profile.AWS, proved=proved)


def test_a_proof_serves_another_profile() -> None:
    raw, registered = decode_token(token()), provider()
    strict = verify_token(raw, registered.keys, algorithms=registered.algorithms, profile=Profile.STRICT)
    assert verify_token(raw, registered.keys, algorithms=registered.algorithms, profile=Profile.AWS, proved=strict) is strict


def test_the_proof_of_one_token_proves_no_other() -> None:
    proved = verified(token(), provider())
    for forged in (resigned(token(), b"\0" * 256), resigned(token(sub="somebody-else"), b"\0" * 256)):
        with pytest.raises(InvalidIdentityToken) as caught:
            verified(forged, provider(), proved)
        assert caught.value.check == "signature"
    other = verified(token(sub="somebody-else"), provider(), proved)
    assert other.payload.claims().members["sub"] == "somebody-else"


def test_the_proof_by_one_key_is_none_by_another() -> None:
    raw, registered = decode_token(token()), provider()
    proved = verify_token(raw, registered.keys, algorithms=registered.algorithms, profile=Profile.STRICT)
    stranger = key("RS256", "key-2").jwk() | {"kid": "key-1"}
    rotated = OidcProvider(url=forge().url, client_ids=[CLIENT], jwks={"keys": [stranger]})
    with pytest.raises(InvalidIdentityToken) as caught:
        verify_token(raw, rotated.keys, algorithms=rotated.algorithms, profile=Profile.AWS, proved=proved)
    assert caught.value.check == "signature"
