"""Where, when and for whom a signed operation is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from federation.account import Account
from federation.state import State
from federation.sts.authorization.own_actions import Context, OwnQuestion
from federation.sts.callers.caller import Caller
from federation.sts.callers.resolution import Callers
from federation.sts.sealing import Sealer


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What every signed operation is given beside its parameters.

    Attributes:
        account: The account that answers.
        sealer: Seals its session tokens and authorization messages.
        callers: Finds its principals.
        caller: Who calls.
        state: Memory of spent MFA codes and exchanged trade-in tokens.
        at: The instant to judge at, aware UTC.
    """

    account: Account
    sealer: Sealer
    callers: Callers
    caller: Caller
    state: State
    at: datetime

    def question(self, context: Context, *, caller: Caller | None = None) -> OwnQuestion:
        """Return what to ask of the policies: whether the caller, or *caller* in its place, may, given the condition keys *context*."""
        return OwnQuestion(caller=caller or self.caller, context=context, account=self.account, sealer=self.sealer, at=self.at)
