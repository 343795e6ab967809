"""What one process counts: requests, stages, calls of the record of used tokens, and changes of the account."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from federation.server.access_log import AccessLog
from federation.server.messages import LoggedResponse
from federation.server.metrics import catalogue
from federation.server.metrics.slots import Slot
from federation.server.metrics.stages import Stopwatch

_FAULT_STATUS: Final = 500
_OPERATIONS: Final = {name: row for row, name in enumerate(catalogue.OPERATIONS)}
_NONE: Final = _OPERATIONS[catalogue.NONE]
_REQUESTS, _REQUESTS_WIDTH = catalogue.PLACES[catalogue.REQUESTS.name], catalogue.REQUESTS.width
_BOUNDS, _WIDTH = catalogue.STEPS, catalogue.REQUEST_SECONDS.width
_SUM: Final = _WIDTH - 1
_SECONDS: Final = catalogue.PLACES[catalogue.REQUEST_SECONDS.name]
_VERDICTS: Final = {verdict: column for column, verdict in enumerate(catalogue.REQUESTS.columns)}


class Meter:
    """Counts the requests of one worker."""

    __slots__ = ("_slot", "_stopwatch", "begin")

    def __init__(self, slot: Slot, stopwatch: Stopwatch) -> None:
        """Count in *slot*. *stopwatch* measures the stages; who answers a request calls `begin` first."""
        self._slot, self._stopwatch, self.begin = slot, stopwatch, stopwatch.begin

    def count(self, answer: LoggedResponse, nanoseconds: int) -> None:
        """Count a request that was answered by *answer* in *nanoseconds*, and the stages that it went through, where they were measured.

        This is on the way of every request, so it is `Slot.add` and `Slot.observe` with the places worked out beforehand.
        """
        words, row = self._slot.words, _OPERATIONS.get(answer.operation, _NONE)
        place = _REQUESTS + row * _REQUESTS_WIDTH + (_VERDICTS[verdict_of(answer)] if answer.code else 0)
        begin = _SECONDS + row * _WIDTH
        with self._slot.turn:
            words[place] += 1
            words[begin + bisect_left(_BOUNDS, nanoseconds)] += 1
            words[begin + _SUM] += nanoseconds
        if self._stopwatch.measures:
            self._stopwatch.end()
            for stage, spent in enumerate(self._stopwatch.spent[: len(catalogue.STAGES)]):
                if spent:
                    self._slot.observe(catalogue.STAGE_SECONDS, stage, spent)


def verdict_of(answer: LoggedResponse) -> tuple[str, str]:
    """Return the outcome and the check of *answer* as values of labels: of closed lists, whatever a plug-in calls its checks."""
    if not answer.code:
        return catalogue.GRANTED, ""
    outcome = catalogue.FAILED if answer.response.status >= _FAULT_STATUS else catalogue.REFUSED
    return outcome, answer.check if (outcome, answer.check) in _VERDICTS else catalogue.OTHER


_OUTCOMES: Final = {"account": catalogue.ACCOUNT_OUTCOMES, "certificate": catalogue.CERTIFICATE_OUTCOMES}


class CountedLog(AccessLog):
    """The log of the supervisor, which counts what became of changes of the account and of the certificate."""

    def __init__(self, slot: Slot) -> None:
        """Count in *slot*."""
        super().__init__()
        self._slot = slot

    def tell(self, event: str, **members: str | float) -> None:
        """Record *event*; see `AccessLog`."""
        metric, outcome = _OUTCOMES.get(event), members.get("outcome")
        if metric is not None and outcome in metric.rows:
            self._slot.add(metric, metric.rows.index(outcome))
        super().tell(event, **members)
