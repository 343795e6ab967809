"""Web identities: whatever is sent or claimed, the answer is a session or a refusal, and a changed token is never another's session."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from federation.errors import FederationError, InternalFailure
from federation.sts.login.web_identity_claims import ROLES, SOURCE_IDENTITY, TAGS
from federation.sts.results import WebIdentityRoleSession
from federation.testing.strategies import json_values, values_of_any_type
from tests.support.sts.web_identity import ACCESS_TOKEN, AMAZON, ROLE, World, mint

WORLD = World()
TOKEN = mint()
SUBJECT = WORLD.assume(TOKEN).subject

text = st.text(max_size=20)
JSON = json_values() | st.integers(-(2**70), 2**70)
tag_claims = st.fixed_dictionaries(
    {},
    optional={
        "principal_tags": st.dictionaries(text, st.lists(text, max_size=2) | JSON, max_size=3),
        "transitive_tag_keys": JSON,
    },
)
foreign = values_of_any_type()


def answer(token: object, **call: Any) -> WebIdentityRoleSession | FederationError:
    try:
        found: WebIdentityRoleSession | FederationError = WORLD.assume(token, **call)
    except FederationError as refusal:
        found = refusal
    assert not isinstance(found, InternalFailure), found
    assert isinstance(found, WebIdentityRoleSession) or len(str(found)) < 10_000
    return found


@given(foreign, foreign, foreign, foreign, foreign)
def test_any_arguments(token: object, name: object, provider: object, arns: object, duration: object) -> None:
    given_words = {"role_session_name": name, "provider_id": provider, "policy_arns": arns, "duration_seconds": duration}
    assert isinstance(answer(token if token is not None else "", **given_words), FederationError)
    for word, value in given_words.items():
        answer(TOKEN, **{word: value})
    answer(ACCESS_TOKEN, provider_id=AMAZON, role_session_name=name)


@given(st.data())
def test_a_changed_token_is_refused_or_the_same(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(TOKEN) - 1))
    changed = TOKEN[:place] + data.draw(st.characters(codec="ascii")) + TOKEN[place + data.draw(st.integers(0, 2)) :]
    found = answer(changed)
    assert isinstance(found, FederationError) or (changed == TOKEN and found.subject == SUBJECT)


@given(
    st.dictionaries(
        st.sampled_from([ROLES, TAGS, SOURCE_IDENTITY, f"{TAGS}/principal_tags/Team", f"{TAGS}/transitive_tag_keys", "amr", "azp", "jti"]),
        JSON | tag_claims | st.just(ROLE) | st.just([ROLE]),
        max_size=4,
    )
)
def test_any_claims(claims: dict[str, Any]) -> None:
    found = answer(mint(**claims))
    if isinstance(found, FederationError):
        return
    assert found.subject == SUBJECT
    named = claims.get(ROLES)
    assert named is None or ROLE in (
        [part.strip() for part in named.split(";")] if isinstance(named, str) else [str(r).strip() for r in named]
    )
