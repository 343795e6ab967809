"""An audit writes and counts the same, however many processes judge."""

import json
from collections.abc import Iterator

import pytest

from federation.judging.auditing import audit_all
from federation.judging.bulk import BATCH_TOKENS, Bench
from federation.judging.capture import Capture
from federation.judging.chronicle import Chronicle
from federation.judging.judge import JudgingInstant
from federation.judging.tally import Tally
from tests.support.chronicles import told
from tests.support.paths import REPOSITORY
from tests.support.world import JUDGED

TOKEN = (REPOSITORY / "fixtures" / "oidc" / "github.jwt").read_bytes().strip()
BENCH = Bench(account=REPOSITORY / "fixtures" / "account", instant=JudgingInstant(at=JUDGED))
COUNT = 3 * BATCH_TOKENS + 1


def captures() -> Iterator[Capture]:
    return (Capture(id=str(number), token=TOKEN if number % 3 else b"?", octets=number) for number in range(COUNT))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_line_for_each_token_in_order(workers: int) -> None:
    batches = list(audit_all(captures(), BENCH, tally := Tally(), workers=workers))
    lines = [json.loads(line) for batch in batches for line in batch.rows.splitlines()]
    assert [(line["id"], line["accepted"]) for line in lines] == [(str(n), bool(n % 3)) for n in range(COUNT)]
    assert (tally.accepted, tally.refused) == (COUNT - len(range(0, COUNT, 3)), len(range(0, COUNT, 3)))
    assert (sum(batch.tokens for batch in batches), sum(batch.octets for batch in batches)) == (COUNT, sum(range(COUNT)))


def test_several_processes_tell_the_story_that_one_tells() -> None:
    one, several = Chronicle(), Chronicle()
    assert {batch.rows for batch in audit_all(captures(), BENCH, one, rendering="none")} == {b""}
    assert {batch.rows for batch in audit_all(captures(), BENCH, several, rendering="none", workers=2)} == {b""}
    assert told(several) == told(one)
