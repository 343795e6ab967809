"""Creation, deactivation and deletion of access keys."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from federation import aws_texts, clock, limits
from federation.account.access_key_id import LONG_TERM, VARIABLE_OCTETS, access_key_id
from federation.account.reading.credentials import ACCESS_KEY, ACCESS_KEY_ID, ACCESS_KEYS, secret_of
from federation.account.reading.entities import JSON, USER
from federation.account.reading.faults import Faults
from federation.account.writing.atomic import PRIVATE_MODE
from federation.account.writing.attachments import check_quota
from federation.account.writing.documents import check_name, document_octets
from federation.account.writing.draft import Draft, Target, drafting
from federation.account.writing.entities import no_such_entity, require_entity
from federation.account.writing.users import secrets_of
from federation.errors import ValidationError, show
from federation.identity import timestamp

Status = Literal["Active", "Inactive"]

_SECRET_OCTETS: Final = 30  # 40 characters of base64, as the secrets of AWS


@dataclass(frozen=True, slots=True)
class NewAccessKey:
    """A new access key. Its secret is in this object only, and not in the repr.

    Attributes:
        id: Access key id, ``AKIA…``.
        secret: The secret access key.
        user: Name of the user; None for the root of the account.
        created_at: Time of creation, aware UTC, whole seconds.
    """

    id: str
    secret: str = field(repr=False)
    user: str | None
    created_at: datetime

    def to_dict(self) -> dict[str, Any]:
        """Return the dict that boto3 returns for CreateAccessKey, with the secret. That of the root has no ``UserName``."""
        return {
            ACCESS_KEY: {
                **({} if self.user is None else {"UserName": self.user}),
                "AccessKeyId": self.id,
                "Status": "Active",
                "SecretAccessKey": self.secret,
                "CreateDate": self.created_at,
            }
        }


def create_access_key(account: Target, *, user: str | None, at: datetime | None = None) -> NewAccessKey:
    """Create an access key for a user or the root of the account.

    Args:
        account: The account directory, or a draft of it.
        user: Name of the user; None for the root.
        at: Time of creation, aware; the present time when None.

    Raises:
        NoSuchEntity: The account has no such user.
        LimitExceeded: The owner has `limits.ACCESS_KEYS_PER_USER` keys.
        AccountFault: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        if user is not None:
            require_entity(draft, USER, user)
        present = sum(1 for file in secrets_of(draft, user) if file.startswith(ACCESS_KEYS))
        check_quota("AccessKeysPerUser", present + 1, limits.ACCESS_KEYS_PER_USER, file=ACCESS_KEYS)
        key_id = access_key_id(draft.settings.id, secrets.token_bytes(VARIABLE_OCTETS), prefix=LONG_TERM)
        secret = base64.b64encode(secrets.token_bytes(_SECRET_OCTETS)).decode("ascii")
        key = NewAccessKey(key_id, secret, user, clock.resolve(at).replace(microsecond=0))
        answer = key.to_dict()[ACCESS_KEY]
        document = {ACCESS_KEY: {**answer, "CreateDate": timestamp(key.created_at)}}
        draft.write(f"{ACCESS_KEYS}/{key_id}{JSON}", document_octets(document), mode=PRIVATE_MODE)
        return key


def update_access_key(account: Target, *, access_key_id: str, status: Status) -> None:
    """Deactivate or activate an access key.

    Args:
        account: The account directory, or a draft of it.
        access_key_id: Id of the key.
        status: ``Active`` or ``Inactive``.

    Raises:
        NoSuchEntity: The account has no such key.
        ValidationError: An argument is invalid.
        AccountFault: The account directory is at fault, or cannot be written.
    """
    if status not in ("Active", "Inactive"):
        raise ValidationError(check="status", expected="Active or Inactive", found=show(status), remedy="choose one of them")
    with drafting(account) as draft:
        file = _key_file(draft, access_key_id)
        faults = Faults()
        document = secret_of(draft.tree(faults).json(file), ACCESS_KEY)
        if len(faults):
            raise faults.error()
        draft.write(file, document_octets({ACCESS_KEY: {**document, "Status": status}}), mode=PRIVATE_MODE)


def delete_access_key(account: Target, *, access_key_id: str) -> None:
    """Delete an access key. Sessions that it requested remain valid, as in AWS.

    Raises:
        NoSuchEntity: The account has no such key.
        ValidationError: The id is invalid.
        AccountFault: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        draft.remove(_key_file(draft, access_key_id))


def _key_file(draft: Draft, access_key_id: str) -> str:
    check_name("access-key-id", access_key_id, ACCESS_KEY_ID)
    file = f"{ACCESS_KEYS}/{access_key_id}{JSON}"
    if not draft.tree(Faults()).holds(file):
        raise no_such_entity(file, "an access key of that id", "none", message=aws_texts.iam.no_such_key(access_key_id))
    return file
