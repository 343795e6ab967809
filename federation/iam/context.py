"""The input of an operation beside its parameters, and the authorization of its caller."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from federation.account import Account
from federation.account.live import LiveAccount
from federation.condition_keys import ConditionValues
from federation.identity import SessionTag
from federation.sts.authorization.authorize import refuse
from federation.sts.callers.caller import Caller
from federation.sts.service import SecurityTokenService

NO_KEYS: Final[Mapping[str, str]] = {}
KeySetOf = Callable[[str], str | None]
"""Returns the key set that the issuer of a URL publishes, as JSON text; None where it is not known. It takes the place of fetching it."""


def unknown_key_set(url: str) -> str | None:
    """Return None: the key set of no issuer is known before it is registered."""
    del url
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class IamContext:
    """The account, the caller and the time of one call.

    Attributes:
        live: The account as it changes. An operation that changes it passes ``live.changing()`` to the writers of the account.
        sts: The security token service of the account as it was when the call began.
        caller: The caller, of this account.
        at: The time to judge at, aware UTC.
        key_set_of: The key sets that are known of issuers without a provider.
    """

    live: LiveAccount
    sts: SecurityTokenService
    caller: Caller
    at: datetime
    key_set_of: KeySetOf = unknown_key_set

    @property
    def account(self) -> Account:
        """The account as it was when the call began."""
        return self.sts.account

    def arn(self, resource: str) -> str:
        """Return the ARN of a resource of the account, such as ``role/Deploy``."""
        return f"arn:{self.account.partition}:iam::{self.account.id}:{resource}"

    def authorize(self, action: str, resource: str, *, named: str | None = None, keys: ConditionValues = NO_KEYS) -> None:
        """Require that the policies of the caller allow *action*.

        Args:
            action: The action without the prefix of the service: ``CreateRole``.
            resource: ARN of the resource, or ``*``.
            named: What AWS calls the resource in the text of the denial, such as ``role Deploy``; its ARN when None.
            keys: Condition keys of the action and its resource.

        Raises:
            AccessDenied: They do not.
        """
        decision = self.sts.authorize(
            self.caller, action=f"iam:{action}", resource=resource, resource_account=self.account.id, context=keys, at=self.at
        )
        if not decision.allowed:
            raise refuse(replace(decision, named=named))


def request_tags(tags: Iterable[SessionTag]) -> dict[str, str | list[str]]:
    """Return the condition keys of the tags that a call would set; none where it sets none."""
    given = tuple(tags)
    keys: dict[str, str | list[str]] = {f"aws:RequestTag/{tag.key}": tag.value for tag in given}
    return keys | tag_keys(tag.key for tag in given)


def tag_keys(keys: Iterable[str]) -> dict[str, str | list[str]]:
    """Return the condition key of the tag keys that a call names; none where it names none."""
    named = list(keys)
    return {"aws:TagKeys": named} if named else {}


def resource_tags(tags: Iterable[SessionTag]) -> dict[str, str]:
    """Return the condition keys of the tags of the resource."""
    return {f"{prefix}:ResourceTag/{tag.key}": tag.value for tag in tags for prefix in ("aws", "iam")}
