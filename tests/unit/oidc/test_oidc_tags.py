"""Session tags, transitive keys, source identity and the roles claim, read from a proved identity."""

from typing import Any

import pytest

from federation.errors import InvalidIdentityToken
from federation.identity import SessionTag, VerifiedIdentity
from federation.oidc.tags import ROLES, SOURCE_IDENTITY, TAGS, SessionClaims, authorize_role, read_session_claims

ROLE = "arn:aws:iam::123456789012:role/Deploy"


def read(**claims: Any) -> SessionClaims:
    return read_session_claims(VerifiedIdentity(kind="oidc-id-token", provider_arn="x", issuer="x", subject="x", attributes=claims))


def refused(claims: dict[str, Any]) -> InvalidIdentityToken:
    with pytest.raises(InvalidIdentityToken) as caught:
        read(**claims)
    return caught.value


def test_both_shapes_give_the_same() -> None:
    nested = read(**{TAGS: {"principal_tags": {"Project": ["A"], "CostCenter": ["1"]}, "transitive_tag_keys": ["Project"]}})
    flat = read(
        **{f"{TAGS}/principal_tags/Project": "A", f"{TAGS}/principal_tags/CostCenter": "1", f"{TAGS}/transitive_tag_keys": ["Project"]}
    )
    assert nested == flat == SessionClaims((SessionTag("Project", "A"), SessionTag("CostCenter", "1")), ("Project",))


def test_nothing_is_asked() -> None:
    assert read(sub="x") == SessionClaims()
    assert authorize_role(read(), ROLE) is False


@pytest.mark.parametrize("value", ["v", [], ["a", "b"], [1], [["a"]], None, {"a": 1}, True])
def test_nested_values_are_lists_of_one_string(value: object) -> None:
    error = refused({TAGS: {"principal_tags": {"Team": value}}})
    assert (error.check, error.message) == ("principal-tags", "principal_tags passed in claim is not in correct format.")


@pytest.mark.parametrize("tags", ["x", [], 5, None, {"principal_tags": []}, {"principal_tags": None}, {"principal_tags": "x"}])
def test_malformed_tag_claims(tags: object) -> None:
    assert refused({TAGS: tags}).check == "principal-tags"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aws:x", "v"),
        ("AWS:x", "v"),
        ("", "v"),
        ("k" * 129, "v"),
        ("k", "v" * 257),
        ("k<", "v"),
        ("k", "a\nb"),
        ("k\0", "v"),
        ("k", "\U0001f600"),
    ],
)
def test_limits_of_tags(key: str, value: str) -> None:
    assert refused({TAGS: {"principal_tags": {key: [value]}}}).check == "principal-tags"
    assert refused({f"{TAGS}/principal_tags/{key}": value}).check == "principal-tags"


def test_tags_are_counted_and_unique_whatever_their_case() -> None:
    assert refused({TAGS: {"principal_tags": {f"k{n}": ["v"] for n in range(51)}}}).check == "principal-tags"
    assert refused({TAGS: {"principal_tags": {"Team": ["a"], "team": ["b"]}}}).check == "principal-tags"
    assert refused({TAGS: {"principal_tags": {"Team": ["a"]}}, f"{TAGS}/principal_tags/TEAM": "b"}).check == "principal-tags"
    assert len(read(**{TAGS: {"principal_tags": {f"k{n}": [""] for n in range(50)}}}).tags) == 50


@pytest.mark.parametrize("keys", ["Team", [1], {}, 5, ["Other"]])
def test_transitive_keys_are_keys_of_the_tags(keys: object) -> None:
    assert refused({TAGS: {"principal_tags": {"Team": ["a"]}, "transitive_tag_keys": keys}}).check == "transitive-tag-keys"


@pytest.mark.parametrize("value", ["", "a", "x" * 65, "a b", 5, [], "aws:x", "a\n"])
def test_source_identity(value: object) -> None:
    assert refused({SOURCE_IDENTITY: value}).check == "source-identity"
    assert read(**{SOURCE_IDENTITY: "alice@example.com"}).source_identity == "alice@example.com"


@pytest.mark.parametrize(
    "role",
    [
        "arn:aws:iam::123456789012:role/*",
        "arn:aws:iam::123456789012:role/",
        "arn:aws:iam::12345678901:role/a",
        "arn:aws:iam::123456789012:user/a",
        "arn:aws:iam::\u0661\u0662\u0663456789012:role/a",
        f"{ROLE}\nx",
        f"{ROLE},{ROLE}",
        "role/Deploy",
    ],
)
def test_what_is_no_role_arn(role: str) -> None:
    assert refused({ROLES: [role]}).message == "The roles claim contains no valid role ARNs"


def test_authorized_role() -> None:
    session = read(**{ROLES: f"x; {ROLE} ;arn:aws-us-gov:iam::123456789012:role/a/b/C"})
    assert authorize_role(session, ROLE) is True
    assert authorize_role(session, "arn:aws-us-gov:iam::123456789012:role/a/b/C") is True
    for other in (ROLE + "x", ROLE.lower(), "x"):
        with pytest.raises(InvalidIdentityToken, match="roles-claim"):
            authorize_role(session, other)
