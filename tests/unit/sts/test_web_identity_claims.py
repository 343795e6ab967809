"""Session tags, transitive keys, source identity and the roles claim, read from a proved identity."""

from typing import Any

import pytest

from federation.errors import FederationError
from federation.identity import SessionTag, _verified
from federation.report import collect, enforce
from federation.sts.login.verified_login import SessionRequest, VerifiedLogin
from federation.sts.login.web_identity_claims import CHECKS, ROLES, SOURCE_IDENTITY, TAGS, read_session_request, read_what_holds

ROLE = "arn:aws:iam::123456789012:role/Deploy"


def asking(claims: dict[str, Any], role: str = ROLE) -> VerifiedLogin:
    identity = _verified(kind="oidc-id-token", provider_arn="x", issuer="x", subject="x", attributes=claims)
    return VerifiedLogin(identity, role, "x", "session")


def read(claims: dict[str, Any], role: str = ROLE) -> SessionRequest:
    exchange = asking(claims, role)
    enforce(CHECKS, exchange)
    assert read_what_holds(exchange) == read_session_request(exchange)
    return read_session_request(exchange)


def refused(claims: dict[str, Any], role: str = ROLE) -> FederationError:
    """The refusal; what is explained of such a token leaves out no more than the parts at fault."""
    with pytest.raises(FederationError) as caught:
        read(claims, role)
    results = collect(CHECKS, asking(claims, role))
    assert {r.name for r in results if r.outcome == "refused"} == {r.refusal.check for r in results if r.refusal}
    assert read_what_holds(asking(claims, role)).name == "session"
    return caught.value


def test_both_shapes_give_the_same() -> None:
    nested = read({TAGS: {"principal_tags": {"Project": ["A"], "CostCenter": ["1"]}, "transitive_tag_keys": ["Project"]}})
    flat = read(
        {f"{TAGS}/principal_tags/Project": "A", f"{TAGS}/principal_tags/CostCenter": "1", f"{TAGS}/transitive_tag_keys": ["Project"]}
    )
    assert nested == flat
    assert (nested.tags, nested.transitive_tag_keys) == ((SessionTag("Project", "A"), SessionTag("CostCenter", "1")), ("Project",))


def test_nothing_is_asked() -> None:
    assert read({"sub": "x"}) == SessionRequest(name="session", authorized_by_idp=False)


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
    assert len(read({TAGS: {"principal_tags": {f"k{n}": [""] for n in range(50)}}}).tags) == 50


@pytest.mark.parametrize("keys", ["Team", [1], {}, 5, ["Other"]])
def test_transitive_keys_are_keys_of_the_tags(keys: object) -> None:
    assert refused({TAGS: {"principal_tags": {"Team": ["a"]}, "transitive_tag_keys": keys}}).check == "transitive-tag-keys"


@pytest.mark.parametrize("value", ["", "a", "x" * 65, "a b", 5, [], "aws:x", "a\n"])
def test_source_identity(value: object) -> None:
    assert refused({SOURCE_IDENTITY: value}).check == "source-identity"
    assert read({SOURCE_IDENTITY: "alice@example.com"}).source_identity == "alice@example.com"


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
    claims = {ROLES: f"x; {ROLE} ;arn:aws-us-gov:iam::123456789012:role/a/b/C"}
    assert read(claims).authorized_by_idp is True
    assert read(claims, "arn:aws-us-gov:iam::123456789012:role/a/b/C").authorized_by_idp is True
    for other in (ROLE + "x", ROLE.lower(), "x"):
        assert refused(claims, other).check == "roles-claim"
        assert read_what_holds(asking(claims, other)).authorized_by_idp is False
