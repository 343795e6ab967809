"""What a signed operation is answered with beside its parameters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from federation.account import Account
from federation.state import State
from federation.sts.authorization.own_actions import OwnQuestion, RequestKeys
from federation.sts.callers.caller import Caller
from federation.sts.callers.resolution import Callers
from federation.sts.sealing import Sealer


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The account, the caller and the instant of one call of a signed operation.

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

    def question(self, keys: RequestKeys, *, caller: Caller | None = None) -> OwnQuestion:
        """Return what to ask of the policies: whether the caller, or *caller* in its place, may, given the condition *keys*."""
        return OwnQuestion(caller=caller or self.caller, context=keys, account=self.account, sealer=self.sealer, at=self.at)
