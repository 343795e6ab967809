"""The input of a signed operation beside its parameters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from federation.account import Account
from federation.condition_keys import ConditionValues
from federation.state import State
from federation.sts.authorization.own_actions import OwnQuestion
from federation.sts.callers.caller import Caller
from federation.sts.callers.resolution import Callers
from federation.sts.sessions.sealing import Sealer


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The account, the caller and the time of one call of a signed operation.

    Attributes:
        account: The account of the operation.
        sealer: Seals its session tokens and authorization messages.
        callers: Resolves its principals.
        caller: The caller.
        state: Record of used MFA codes and exchanged trade-in tokens.
        at: The time to judge at, aware UTC.
    """

    account: Account
    sealer: Sealer
    callers: Callers
    caller: Caller
    state: State
    at: datetime

    def question(self, keys: ConditionValues, *, caller: Caller | None = None) -> OwnQuestion:
        """Return the authorization request of the caller, or of *caller* instead, with the condition *keys*."""
        return OwnQuestion(caller=caller or self.caller, context=keys, account=self.account, sealer=self.sealer, at=self.at)
