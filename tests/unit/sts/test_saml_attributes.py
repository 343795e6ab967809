from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from federation.errors import (
    FederationError,
    InvalidIdentityToken,
    InvalidParameterValue,
    ValidationError,
)
from federation.identity import SessionTag
from tests.support.sts.saml_login import AT, PROVIDER, ROLE, World, attributes, login, mint, provider
from tests.support.world import ACCOUNT

PAIR = "SAML Assertion doesn't contain the requested Role and Metadata in the attributes"
NAME = "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"
SOURCE = 'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"'
TAGS = "Unable to validate tags"

REFUSED: list[tuple[str, dict[str, Sequence[str] | None], type[FederationError], str, str | None]] = [
    ("no role", {"Role": None}, InvalidIdentityToken, "role-pair", PAIR),
    ("other role", {"Role": [f"{ROLE}2,{PROVIDER}"]}, InvalidIdentityToken, "role-pair", PAIR),
    ("other provider", {"Role": [f"{ROLE},{PROVIDER}2"]}, InvalidIdentityToken, "role-pair", PAIR),
    ("P24 wildcard", {"Role": [f"arn:aws:iam::{ACCOUNT}:role/*,{PROVIDER}"]}, InvalidIdentityToken, "role-pair", PAIR),
    ("P24 space", {"Role": [f"{ROLE}, {PROVIDER}"]}, InvalidIdentityToken, "role-pair", PAIR),
    ("P24 comma", {"Role": [f"{ROLE},{PROVIDER},"]}, InvalidIdentityToken, "role-pair", PAIR),
    ("P24 case", {"Role": [f"{ROLE.upper()},{PROVIDER}"]}, InvalidIdentityToken, "role-pair", PAIR),
    ("P24 halves apart", {"Role": [ROLE, PROVIDER]}, InvalidIdentityToken, "role-pair", PAIR),
    ("no name", {"RoleSessionName": None}, InvalidIdentityToken, "role-session-name", "RoleSessionName is required in AuthnResponse"),
    ("short name", {"RoleSessionName": ["a"]}, InvalidIdentityToken, "role-session-name", NAME),
    ("long name", {"RoleSessionName": ["a" * 65]}, InvalidIdentityToken, "role-session-name", NAME),
    ("space in name", {"RoleSessionName": ["a b"]}, InvalidIdentityToken, "role-session-name", NAME),
    ("line end in name", {"RoleSessionName": ["alice\n"]}, InvalidIdentityToken, "role-session-name", NAME),
    ("letters beyond ASCII", {"RoleSessionName": ["alicé"]}, InvalidIdentityToken, "role-session-name", NAME),
    ("T12 two names", {"RoleSessionName": ["alice", "bob"]}, InvalidIdentityToken, "role-session-name", NAME),
    ("short duration", {"SessionDuration": ["899"]}, InvalidIdentityToken, "session-duration", None),
    ("long duration", {"SessionDuration": ["43201"]}, InvalidIdentityToken, "session-duration", None),
    ("duration text", {"SessionDuration": ["1h"]}, InvalidIdentityToken, "session-duration", None),
    ("other digits", {"SessionDuration": ["９００"]}, InvalidIdentityToken, "session-duration", None),  # noqa: RUF001
    ("two durations", {"SessionDuration": ["900", "900"]}, InvalidIdentityToken, "session-duration", None),
    ("tag twice", {"PrincipalTag_team": ["a", "b"]}, ValidationError, "principal-tags", TAGS),
    ("A18 case twins", {"PrincipalTag_Admin": ["no"], "PrincipalTag_admin": ["yes"]}, ValidationError, "principal-tags", TAGS),
    ("long value", {"PrincipalTag_team": ["x" * 257]}, ValidationError, "principal-tags", TAGS),
    ("long key", {f"PrincipalTag_{'k' * 129}": ["x"]}, ValidationError, "principal-tags", TAGS),
    ("no key", {"PrincipalTag_": ["x"]}, ValidationError, "principal-tags", TAGS),
    ("foreign character", {"PrincipalTag_team": ["a;b"]}, ValidationError, "principal-tags", TAGS),
    ("reserved key", {"PrincipalTag_aws:team": ["x"]}, ValidationError, "principal-tags", TAGS),
    ("51 tags", {f"PrincipalTag_k{n}": ["x"] for n in range(51)}, ValidationError, "principal-tags", TAGS),
    ("transitive without tag", {"TransitiveTagKeys": ["team"]}, InvalidParameterValue, "transitive-tag-keys", None),
    (
        "transitive twice",
        {"PrincipalTag_team": ["x"], "TransitiveTagKeys": ["team", "Team"]},
        InvalidParameterValue,
        "transitive-tag-keys",
        None,
    ),
    ("short source", {"SourceIdentity": ["s"]}, InvalidIdentityToken, "source-identity", SOURCE),
    ("A19 aws: source", {"SourceIdentity": ["aws:alice"]}, InvalidIdentityToken, "source-identity", SOURCE),
    ("two sources", {"SourceIdentity": ["alice", "bob"]}, InvalidIdentityToken, "source-identity", SOURCE),
]


@pytest.mark.parametrize("profile", ["strict", "aws"])
@pytest.mark.parametrize(("changes", "error", "check", "message"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_attributes_refused(changes: dict[str, Any], error: type[FederationError], check: str, message: str | None, profile: str) -> None:
    with pytest.raises(error) as refused:
        World(provider=provider(profile=profile)).assume(mint(login(attributes=attributes(**changes))))
    assert refused.value.check == check
    assert message is None or refused.value.message == message


def test_attributes_accepted() -> None:
    values = attributes(
        Role=["nonsense", f"{PROVIDER},{ROLE}"],
        PrincipalTag_team=["engineering é ½"],
        PrincipalTag_empty=[""],
        TransitiveTagKeys=["TEAM"],
        SourceIdentity=["source-123"],
        SessionDuration=["900"],
    )
    world = World()
    session = world.assume(mint(login(attributes=values)))
    assert session.source_identity == "source-123"
    assert session.credentials.expiration == AT.replace(microsecond=0) + timedelta(seconds=900)
    issued = world.sts.session_of(session.credentials.access_key_id, session.credentials.session_token, at=AT)
    assert issued.tags == (SessionTag("team", "engineering é ½"), SessionTag("empty", ""))
    assert issued.transitive_tag_keys == ("TEAM",)
    assert issued.source_identity == "source-123"
