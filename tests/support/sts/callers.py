"""A small account with users, keys and roles, for tests of signed operations; every instant is pinned."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from federation.account import Account, ManagedPolicy, Role
from federation.account.mfa_device import MfaDevice
from federation.account.model import AccessKey, User
from federation.errors import FederationError
from federation.identity import SessionTag
from federation.policy import Policy
from federation.profiles import Profile
from federation.sts.service import SecurityTokenService
from tests.support.world import ACCOUNT, CALLED, KEY_ID, KEYRING, SECRET, USER

AT = CALLED
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/Reader"
ROOT_KEY_ID = "AKIARZPUZDIKGB2VALC5"
MFA = f"arn:aws:iam::{ACCOUNT}:mfa/DevAdmin"
MFA_SECRET = b"12345678901234567890"
MFA_DEVICE = MfaDevice(MFA, MFA_SECRET)
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}

Document = Mapping[str, Any]


def document(*statements: Document) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def identity(*statements: Document) -> Policy:
    return Policy.parse(document(*statements), kind="identity")


def trusts(*names: str, actions: Sequence[str] = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"), **more: Any) -> Policy:
    statement = {"Effect": "Allow", "Principal": {"AWS": list(names)}, "Action": list(actions), **more}
    return Policy.stored(document(statement), kind="trust")


def user(arn: str = USER, *statements: Document, **more: Any) -> User:
    path, _, name = arn.partition(":user")[2].rpartition("/")
    inline = {"inline": identity(*statements)} if statements else {}
    return User(arn=arn, name=name, path=f"{path}/", user_id="AIDACKCEVSQ6C2EXAMPLE", inline_policies=inline, **more)


def role(arn: str = ROLE, *, trust: Policy | None = None, allow: Sequence[Document] = (EVERYTHING,), **more: Any) -> Role:
    path, _, name = arn.partition(":role")[2].rpartition("/")
    return Role(
        arn=arn,
        name=name,
        path=f"{path}/",
        role_id="AROA123456789EXAMPLE",
        trust_policy=trusts(ROOT) if trust is None else trust,
        max_session_duration=more.pop("longest", 14_400),
        inline_policies={"inline": identity(*allow)} if allow else {},
        **more,
    )


def account(*, users: Sequence[User] = (), roles: Sequence[Role] = (), managed: Mapping[str, Policy] | None = None, **more: Any) -> Account:
    people = users or (user(USER, EVERYTHING),)
    return Account(
        id=more.pop("id", ACCOUNT),
        partition="aws",
        profile=Profile.STRICT,
        keyring=more.pop("keyring", KEYRING),
        users={each.arn: each for each in people},
        roles={each.arn: each for each in roles or (role(),)},
        policies={arn: ManagedPolicy(arn=arn, name=arn.rpartition("/")[2], path="/", policy=p) for arn, p in (managed or {}).items()},
        access_keys={
            KEY_ID: AccessKey(id=KEY_ID, secret=SECRET, user=people[0].arn),
            ROOT_KEY_ID: AccessKey(id=ROOT_KEY_ID, secret=SECRET, user=None),
        },
        mfa_devices={people[0].arn: {MFA: MFA_DEVICE}},
        **more,
    )


def service(held: Account | None = None, **more: Any) -> SecurityTokenService:
    return SecurityTokenService(account() if held is None else held, **more)


def refused(answer: Any, *arguments: Any, **keywords: Any) -> FederationError:
    """The refusal of a call at the pinned instant; a test asserts its ``check``."""
    with pytest.raises(FederationError) as caught:
        answer(*arguments, **{"at": AT, **keywords})
    return caught.value


def tag(key: str, value: str = "v") -> SessionTag:
    return SessionTag(key, value)


def with_roles(held: Account, *roles: Role) -> Account:
    return replace(held, roles={each.arn: each for each in roles})
