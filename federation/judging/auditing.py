"""An audit: a row for each captured token, and all of them counted. The processes that judge write their own rows and count."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Literal, NamedTuple, TypeAlias

from federation.judging.bulk import Bench, in_batches, octets_of_token
from federation.judging.capture import Capture
from federation.judging.chronicle import Chronicle
from federation.judging.judge import Judgement, TokenJudge
from federation.judging.tally import Tally

Counts: TypeAlias = "Tally | Chronicle"
Rendering = Literal["none", "lines", "columns"]
"""What becomes of judgements: nothing, lines of JSON, or Arrow columns (extra ``arrow``)."""


class AuditedBatch(NamedTuple):
    """Tokens that were judged: their rows, rendered, how many they are, and the octets read for them."""

    rows: bytes
    tokens: int
    octets: int


def audit_all(
    captures: Iterable[Capture], bench: Bench, counts: Counts, *, rendering: Rendering = "lines", workers: int = 1, at_once: bool = True
) -> Iterator[AuditedBatch]:
    """Judge *captures*, count what becomes of them in *counts*, and yield their rows in order.

    Args:
        captures: As for `judge_all`.
        bench: Likewise.
        counts: What is counted: a `Tally`, or a `Chronicle` where a report is wanted.
        rendering: Which rows are wanted.
        workers: As for `judge_all`.
        at_once: Whether one process yields each row as soon as its token is judged, and not with those that follow.

    Raises:
        FederationError: As for `judge_all`.
    """
    work = partial(_audit, kind=type(counts), rendering=rendering)
    for batch, (rows, theirs) in in_batches(captures, bench, work, octets_of=octets_of_token, workers=workers, at_once=at_once):
        counts.merge(theirs)  # type: ignore[arg-type] # both are of one kind
        yield AuditedBatch(rows, len(batch), sum(capture.octets for capture in batch))


def _audit(judge: TokenJudge, batch: list[Capture], *, kind: type[Counts], rendering: Rendering) -> tuple[bytes, Counts]:
    counts = kind()
    judgements = [judge.judge(capture) for capture in batch]
    for judgement in judgements:
        counts.count(judgement)
    return _rendered(judgements, rendering), counts


def _rendered(judgements: list[Judgement], rendering: Rendering) -> bytes:
    if rendering == "columns":
        from federation.judging.columns.parquet import packed  # noqa: PLC0415 - an extra

        return packed(judgements)
    if rendering == "lines":
        return "".join([json.dumps(judgement.as_dict()) + "\n" for judgement in judgements]).encode()
    return b""
