"""Captured tokens of many accounts: each is judged by the account whose role its call asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

from federation.account.many import AccountsDirectory
from federation.account.model import Account
from federation.arn import Arn
from federation.errors import FederationError, InvalidIdentityToken, show
from federation.judging.capture import Capture
from federation.judging.judge import Judge, Judgement, JudgingInstant, judged
from federation.judging.unverified_token import UnverifiedToken
from federation.sts.login.saml_attributes import ROLE

_REMEDY: Final = "write the role that the call asked for into the record, as role_arn, or name it with --role-arn"


class AccountsJudge:
    """Judges captured tokens for a directory of accounts (``docs/organizations.md``), which are loaded when a token is meant for them.

    What chooses the account is, in this order, the role in the record of the token, the role that is asked about every token, and the roles
    that a SAML response claims, where they are of one account. Whether a token is true is for the providers of that account to say.
    An account at fault refuses its own tokens alone.
    """

    __slots__ = ("_accounts", "_instant", "_role_arn", "_session_name")

    def __init__(
        self,
        directory: str | os.PathLike[str],
        *,
        instant: JudgingInstant | None = None,
        role_arn: str | None = None,
        role_session_name: str | None = None,
    ) -> None:
        """Judge for the accounts in *directory*; the rest as for `Judge`.

        Raises:
            AccountFaults: *directory* is no directory, or its organization is at fault.
        """
        self._instant = JudgingInstant() if instant is None else instant
        self._role_arn, self._session_name = role_arn, role_session_name
        self._accounts = AccountsDirectory(directory, self._made)

    def judge(self, capture: Capture) -> Judgement:
        """Return what becomes of *capture*; see `federation.judging.judge.TokenJudge`."""
        return judged(capture, self._instant, lambda unverified: self._of(capture, unverified))

    def _made(self, account: Account) -> Judge:
        return Judge(account, instant=self._instant, role_arn=self._role_arn, role_session_name=self._session_name)

    def _of(self, capture: Capture, unverified: UnverifiedToken) -> Judge:
        account = _account_of(capture.role_arn or self._role_arn, unverified)
        judge = self._accounts.find(account, self._accounts.tree())
        if judge is None:
            raise _refusal("an account of the directory", show(account), "add the account, or correct the role of the call")
        return judge


def _account_of(role_arn: str | None, unverified: UnverifiedToken) -> str:
    if role_arn is not None:
        return Arn.parse(role_arn, check="role-arn").account
    claimed = frozenset(_claimed(unverified))
    if len(claimed) != 1:
        found = f"roles of {len(claimed)} accounts" if claimed else "none"
        raise _refusal("a role that says which account the token was meant for", found, _REMEDY)
    return next(iter(claimed))


def _claimed(unverified: UnverifiedToken) -> Iterator[str]:
    """Yield the accounts of the roles that a SAML response claims: pairs of ARNs, in either order."""
    for value in unverified.values(ROLE):
        for part in value.split(","):
            try:
                arn = Arn.parse(part.strip())
            except FederationError:
                continue
            if arn.resource_type == "role":
                yield arn.account


def _refusal(expected: str, found: str, remedy: str) -> InvalidIdentityToken:
    return InvalidIdentityToken(check="account", expected=expected, found=found, remedy=remedy)
