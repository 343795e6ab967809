"""Key sets: which key a token may be verified with."""

import pytest

from federation.errors import InvalidIdentityToken
from federation.oidc.jwks import KeySet
from federation.profiles import Profile
from tests.oidc_forge import key


def test_a_kid_that_two_keys_bear_names_none_of_them_under_strict() -> None:
    """A set that was loaded as AWS loads it has such key ids; under strict they are refused when they are used, too."""
    twice = KeySet.parse({"keys": [key("RS256").jwk(), key("ES256").jwk(), key("RS256", "other").jwk()]}, profile=Profile.AWS)
    assert twice.ambiguous == {"key-1"}
    for alg in ("RS256", "ES256"):
        with pytest.raises(InvalidIdentityToken) as refused:
            twice.candidates(alg, "key-1", profile=Profile.STRICT)
        assert refused.value.check == "kid"
    assert twice.candidates("ES256", "key-1", profile=Profile.AWS) == (twice.keys[1],)  # the last of a kid, as observed
    assert twice.candidates("RS256", "other", profile=Profile.STRICT) == (twice.keys[2],)
