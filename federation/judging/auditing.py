"""An audit: a line of JSON for each captured token, and all of them counted. The processes that judge write their own lines and count."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial
from typing import NamedTuple, TypeAlias

from federation.judging.bulk import Bench, in_batches
from federation.judging.captures import Capture
from federation.judging.chronicle import Chronicle
from federation.judging.judge import Judge
from federation.judging.tally import Tally

Counts: TypeAlias = "Tally | Chronicle"


class AuditedBatch(NamedTuple):
    """Tokens that were judged: their lines of JSON, empty where none are wanted, how many they are, and the octets read for them."""

    lines: str
    tokens: int
    octets: int


def audit_all(captures: Iterable[Capture], bench: Bench, counts: Counts, *, lines: bool = True, workers: int = 1) -> Iterator[AuditedBatch]:
    """Judge *captures*, count what becomes of them in *counts*, and yield their lines in order.

    Args:
        captures: As for `judge_all`.
        bench: Likewise.
        counts: What is counted: a `Tally`, or a `Chronicle` where a report is wanted.
        lines: Whether lines are wanted.
        workers: As for `judge_all`.

    Raises:
        FederationError: As for `judge_all`.
    """
    work = partial(_audit, kind=type(counts), lines=lines)
    for batch, (text, theirs) in in_batches(captures, bench, work, workers=workers):
        counts.merge(theirs)  # type: ignore[arg-type] # both are of one kind
        yield AuditedBatch(text, len(batch), sum(capture.octets for capture in batch))


def _audit(judge: Judge, batch: list[Capture], *, kind: type[Counts], lines: bool) -> tuple[str, Counts]:
    counts, written = kind(), []
    for capture in batch:
        judgement = judge.judge(capture)
        counts.count(judgement)
        if lines:
            written.append(json.dumps(judgement.as_dict()) + "\n")
    return "".join(written), counts
