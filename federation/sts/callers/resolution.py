"""Resolution of credentials and ARNs to callers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from federation import aws_texts
from federation.account import Account
from federation.account.access_key_id import TEMPORARY, account_of
from federation.account.model import User
from federation.errors import FederationError, InvalidClientTokenId, ValidationError, show
from federation.sts.callers import principals
from federation.sts.callers.caller import Caller
from federation.sts.sessions.packing import check_not_ended, open_items
from federation.sts.sessions.role_session import ROLE_SESSION, open_session
from federation.sts.sessions.sealing import Sealer, invalid_token, kind_of
from federation.sts.sessions.user_sessions import (
    FEDERATED_USER_SESSION,
    ROOT_SESSION,
    USER_SESSION,
    FederatedUserSession,
    RootSession,
    UserSession,
)

S = TypeVar("S", UserSession, FederatedUserSession, RootSession)

_SESSION_KINDS: Final = {USER_SESSION, FEDERATED_USER_SESSION}


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """The owner of an access key, and its secret access key, which is not in the repr."""

    caller: Caller
    secret: str = field(repr=False)


class Callers:
    """The callers of one account. It is immutable."""

    __slots__ = ("_account", "_members", "_sealer")

    def __init__(self, account: Account, sealer: Sealer) -> None:
        self._account, self._sealer = account, sealer
        members = account.organization.root_access if account.organization is not None else ()
        # A root session acts in the member account, so its access key id encodes that account; it is sealed with this account's keyring.
        self._members = {member: Sealer(account.keyring, member) for member in members}

    def member_sealer(self, account: str) -> Sealer:
        """Return the sealer of root sessions in the member *account*, whose root this account may assume."""
        return self._members[account]

    def holder_of(self, access_key_id: object, session_token: object | None, *, at: datetime) -> KeyHolder:
        """Return the owner of the credentials.

        Raises:
            InvalidClientTokenId: The key is unknown or inactive, the token does not belong to it, or the principal no longer exists.
            ExpiredToken: The session has ended.
        """
        if session_token is None:
            return self._long_term(access_key_id)
        kind = kind_of(session_token)
        if kind == ROLE_SESSION:
            return self._role_session(session_token, access_key_id, at)
        if kind in _SESSION_KINDS:
            return self._user_session(kind, session_token, access_key_id, at)
        if kind == ROOT_SESSION:
            return self._root_session(session_token, access_key_id, at)
        raise invalid_token()

    def named(self, arn: object) -> Caller:
        """Return the caller for the ARN of a user, the root, or a role session. Such a session has neither session policies nor tags.

        Raises:
            ValidationError: The account has no such principal.
        """
        account = self._account
        if isinstance(arn, str):
            if arn == account.root_arn:
                return principals.root(account)
            named = account.users.get(arn)
            if named is not None:
                return principals.user(account, named)
            found = principals.session_named(account, arn)
            if found is not None:
                return found
        raise ValidationError(
            check="caller",
            expected=f"the ARN of a user, the root or a role session of account {account.id}, or a Caller",
            found=show(arn) if isinstance(arn, str) else type(arn).__name__,
            remedy="correct the ARN, path included; `federation account show` lists users and roles",
        )

    def _long_term(self, access_key_id: object) -> KeyHolder:
        key = self._account.access_keys.get(access_key_id) if isinstance(access_key_id, str) else None
        if key is None or not key.active:
            raise _no_such_key(self._account, access_key_id, inactive=key is not None)
        owner = principals.root(self._account) if key.user is None else principals.user(self._account, self._account.users[key.user])
        return KeyHolder(owner, key.secret)

    def _role_session(self, token: object, access_key_id: object, at: datetime) -> KeyHolder:
        account = self._account
        session = open_session(token, access_key_id, self._sealer, partition=account.partition, account=account.id, at=at)
        role = account.roles.get(session.role_arn)
        if role is None or role.role_id != session.role_id:
            raise invalid_token()
        return KeyHolder(principals.role_session(account, role, session), self._secret(token, ROLE_SESSION))

    def _user_session(self, kind: bytes, token: object, access_key_id: object, at: datetime) -> KeyHolder:
        account = self._account
        if kind == USER_SESSION:
            session = _open(UserSession, token, access_key_id, self._sealer, kind=kind, at=at)
            owner = self._owner(session.user, session.user_id)
            return KeyHolder(principals.user_session(account, owner, session), self._secret(token, kind))
        federated = _open(FederatedUserSession, token, access_key_id, self._sealer, kind=kind, at=at)
        owner = self._owner(federated.user, federated.user_id)
        return KeyHolder(principals.federated_user(account, owner, federated), self._secret(token, kind))

    def _root_session(self, token: object, access_key_id: object, at: datetime) -> KeyHolder:
        sealer = self._members.get(_account_or_none(access_key_id))
        if sealer is None:
            raise invalid_token()
        session = _open(RootSession, token, access_key_id, sealer, kind=ROOT_SESSION, at=at)
        return KeyHolder(principals.root_session(self._account, session), sealer.open(token, kind=ROOT_SESSION).secret_access_key)

    def _owner(self, path_and_name: str, user_id: str) -> User | None:
        """Return the user of a session; None for the root."""
        account = self._account
        if not path_and_name:
            return None
        owner = account.users.get(f"arn:{account.partition}:iam::{account.id}:user{path_and_name}")
        if owner is None or owner.user_id != user_id:
            raise invalid_token()
        return owner

    def _secret(self, token: object, kind: bytes) -> str:
        return self._sealer.open(token, kind=kind).secret_access_key


def _no_such_key(account: Account, access_key_id: object, *, inactive: bool) -> InvalidClientTokenId:
    """Return the refusal of an access key without a session token. On the wire it is equal for all unknown credentials."""
    shown, of = show(access_key_id), _account_or_none(access_key_id)
    if isinstance(access_key_id, str) and access_key_id.startswith(TEMPORARY):
        found, remedy = f"the temporary key {shown} without its session token", "send the session token that came with the key"
    elif inactive:
        found, remedy = f"the inactive key {shown}", "set its Status to Active in access-keys/, or use another key"
    elif of not in ("", account.id):
        found, remedy = f"{shown}, a key of account {of}", "use a key of this account, or serve that account, too (--neighbour DIR)"
    else:
        found = f"{shown}, which has no file in access-keys/"
        remedy = "make a key with `federation account create-access-key --account DIR --user-name NAME` and give that to the client"
    return InvalidClientTokenId(
        check="access-key",
        expected=f"an active access key of account {account.id}",
        found=found,
        remedy=remedy,
        message=aws_texts.requests.UNKNOWN_TOKEN,
    )


def _open(form: type[S], token: object, access_key_id: object, sealer: Sealer, *, kind: bytes, at: datetime) -> S:
    items: list[Any] = open_items(token, access_key_id, sealer, kind=kind, count=form.ITEMS)
    session = form.read(items)
    check_not_ended(session.expires_at, at)
    return session


def _account_or_none(access_key_id: object) -> str:
    try:
        return account_of(access_key_id)
    except FederationError:
        return ""
