"""Sealed tokens as they were once written: what a deployed keyring sealed opens after any change of the code, to the very same session.

`golden_tokens.json` holds one token of every kind for every version of the format. The entries of a version are never changed: a change of
the format raises `VERSION` and adds entries of its own.
"""

import base64
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from federation.account import Keyring
from federation.errors import InvalidClientTokenId
from federation.identity import SessionTag
from federation.sts.sessions.packing import open_items, seal_items
from federation.sts.sessions.role_session import RoleSession, open_session, seal_session
from federation.sts.sessions.sealing import VERSION, SealedToken, Sealer, kind_of
from federation.sts.sessions.user_sessions import (
    FEDERATED_USER_SESSION,
    ROOT_SESSION,
    USER_SESSION,
    FederatedUserSession,
    RootSession,
    UserSession,
)
from tests.support.world import ACCOUNT, ISSUED

GOLDEN = json.loads(Path(__file__).with_name("golden_tokens.json").read_text(encoding="utf-8"))
AT = ISSUED
END = AT + timedelta(hours=1)
SEALER = Sealer(Keyring(sealing="k1", keys=MappingProxyType({"k1": bytes(range(32))})), ACCOUNT)
SALT = bytes(range(16, 32))
TAGS = (SessionTag("team", "blau"), SessionTag("Kostenstelle", "ä 1"))
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}'


@dataclass(frozen=True)
class Kind:
    """A session, how it is sealed, and how its token is opened."""

    session: Any
    seal: Callable[[Any], SealedToken]
    open: Callable[[str, str], Any]


def role(token: str, key_id: str) -> RoleSession:
    return open_session(token, key_id, SEALER, partition="aws", account=ACCOUNT, at=AT)


def items(kind: bytes, shape: Any) -> tuple[Callable[[Any], SealedToken], Callable[[str, str], Any]]:
    return (
        lambda session: seal_items(session.items(), SEALER, kind=kind, named=dict),
        lambda token, key_id: shape.read(open_items(token, key_id, SEALER, kind=kind, count=shape.ITEMS)),
    )


def saml_session(**changes: Any) -> RoleSession:
    words = {
        "partition": "aws",
        "account": ACCOUNT,
        "role": "/division/Portal",
        "role_id": "AROAEXAMPLEEXAMPLE777",
        "name": "alice@example.com",
        "issued_at": AT,
        "expires_at": END,
        "federated_provider": f"arn:aws:iam::{ACCOUNT}:saml-provider/idp",
        "federated_keys": {"saml:sub": "alice", "saml:sub_type": "persistent", "saml:namequalifier": "q="},
    }
    return RoleSession(**{**words, **changes})


KINDS = {
    "role": Kind(saml_session(), lambda session: seal_session(session, SEALER), role),
    "role with everything": Kind(
        saml_session(
            federated_provider="accounts.google.com",
            federated_keys={
                "accounts.google.com:aud": "a",
                "accounts.google.com:sub": "b",
                "cognito-identity.amazonaws.com:amr": ("x", "y"),
            },
            tags=TAGS,
            transitive_tag_keys=("team",),
            source_identity="alice",
            policy=POLICY,
            policy_arns=("arn:aws:iam::aws:policy/ReadOnlyAccess",),
            mfa_at=AT - timedelta(seconds=90),
        ),
        lambda session: seal_session(session, SEALER),
        role,
    ),
    "role, padded": Kind(saml_session(), lambda session: seal_session(session, SEALER, minimum_size=600), role),
    "user": Kind(
        UserSession(user="/ops/alice", user_id="AIDAEXAMPLE", issued_at=AT, expires_at=END, mfa_at=AT), *items(USER_SESSION, UserSession)
    ),
    "federated user": Kind(
        FederatedUserSession(
            user="/alice", user_id="AIDAEXAMPLE", name="bob", issued_at=AT, expires_at=END, tags=TAGS, policy=POLICY, policy_arns=("a",)
        ),
        *items(FEDERATED_USER_SESSION, FederatedUserSession),
    ),
    "root": Kind(
        RootSession(
            account="111122223333",
            task_policy="arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials",
            issued_at=AT,
            expires_at=END,
            source_identity="al",
        ),
        *items(ROOT_SESSION, RootSession),
    ),
}


def text(payload: bytes) -> bytes:
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(payload[1:]) if payload.startswith(b"\1") else payload


@pytest.fixture
def salted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("federation.sts.sessions.sealing.os.urandom", lambda octets: SALT[:octets])


def test_every_kind_has_a_golden_token_of_the_present_version() -> None:
    assert GOLDEN[str(VERSION)].keys() == KINDS.keys()


@pytest.mark.parametrize("name", KINDS)
def test_a_golden_token_opens_to_its_session(name: str) -> None:
    golden, kind = GOLDEN[str(VERSION)][name], KINDS[name]
    assert kind.open(golden["token"], golden["access_key_id"]) == kind.session


@pytest.mark.parametrize("name", KINDS)
def test_the_same_session_under_the_same_salt_is_the_golden_token(name: str, salted: None) -> None:
    golden, kind = GOLDEN[str(VERSION)][name], KINDS[name]
    sealed = kind.seal(kind.session)
    assert (sealed.access_key_id, sealed.secret_access_key) == (golden["access_key_id"], golden["secret_access_key"])
    opened = SEALER.open(golden["token"], kind=kind_of(golden["token"]))
    assert text(sealed.payload) == text(opened.payload)
    # How small a text gets is the library's affair.
    assert sealed.payload == opened.payload or sealed.payload.startswith(b"\1")
    assert sealed.token == golden["token"] or sealed.payload.startswith(b"\1")


@pytest.mark.parametrize("name", KINDS)
def test_a_golden_token_of_another_version_is_none(name: str) -> None:
    golden = GOLDEN[str(VERSION)][name]
    for version in (b"\0", bytes((VERSION + 1,)), b"\xff"):
        octets = base64.b64decode(golden["token"])
        with pytest.raises(InvalidClientTokenId):
            KINDS[name].open(base64.b64encode(version + octets[1:]).decode(), golden["access_key_id"])
