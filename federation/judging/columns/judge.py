"""The judge as one function from columns to columns: this machine, Ray and Spark call the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from federation.judging.bulk import Bench
from federation.judging.columns.schema import VERDICTS, batch_of, captures_of
from federation.judging.judge import TokenJudge


def judge_batch(batch: pa.RecordBatch, judge: TokenJudge) -> pa.RecordBatch:
    """Return what becomes of the captured tokens of *batch*: a row of `VERDICTS` for each row of `TOKENS`, in order.

    Args:
        batch: The captured tokens.
        judge: For whom they are judged.

    Raises:
        RegistrationError: check ``columns``: a column is missing or of another type. Whatever a row holds is judged.
    """
    return batch_of(judge.judge(capture) for capture in captures_of(batch))


class ColumnJudge:
    """A `Bench` as a function from columns to columns. It travels to other processes, each of which loads the account once.

    `schema` is that of its results.
    """

    schema: pa.Schema = VERDICTS

    def __init__(self, bench: Bench) -> None:
        """Judge for *bench*. The account is loaded when the first batch comes."""
        self._bench = bench
        self._judge: TokenJudge | None = None

    def __call__(self, tokens: pa.Table | pa.RecordBatch) -> pa.Table:
        """Return what becomes of *tokens*, a table of the columns of `TOKENS`: what ``map_batches`` of Ray Data wants.

        Raises:
            FederationError: The account is at fault, or the columns, check ``columns``.
        """
        batches = [tokens] if isinstance(tokens, pa.RecordBatch) else tokens.to_batches()
        return pa.Table.from_batches(self.over(batches), schema=VERDICTS)

    def over(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield what becomes of each of *batches*: what ``mapInArrow`` of Spark wants.

        Raises:
            FederationError: As for a call.
        """
        if self._judge is None:
            self._judge = self._bench.judge()
        for batch in batches:
            yield judge_batch(batch, self._judge)

    def __reduce__(self) -> tuple[type[ColumnJudge], tuple[Bench]]:
        return type(self), (self._bench,)
