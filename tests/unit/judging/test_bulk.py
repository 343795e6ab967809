"""Many tokens: order, bounded memory, several processes."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from federation.errors import AccountFault
from federation.judging.bulk import BATCH_TOKENS, BATCHES_PER_WORKER, Bench, judge_all
from federation.judging.capture import Capture
from federation.judging.judge import JudgingInstant
from federation.judging.tally import Tally
from tests.support.paths import REPOSITORY
from tests.support.world import JUDGED

ACCOUNT = REPOSITORY / "fixtures" / "account"
AT = JUDGED
TOKEN = (REPOSITORY / "fixtures" / "oidc" / "github.jwt").read_bytes().strip()
BENCH = Bench(account=ACCOUNT, instant=JudgingInstant(at=AT))


def captures(count: int) -> Iterator[Capture]:
    return (Capture(id=str(number), token=TOKEN if number % 3 else b"?") for number in range(count))


@pytest.mark.parametrize("workers", [1, 2])
def test_every_token_in_order(workers: int) -> None:
    count = 3 * BATCH_TOKENS + 1
    judged = list(judge_all(captures(count), BENCH, workers=workers))
    assert [(capture.id, judgement.id) for capture, judgement in judged] == [(str(n), str(n)) for n in range(count)]
    assert [judgement.accepted for _, judgement in judged] == [bool(n % 3) for n in range(count)]


def test_no_more_is_read_than_can_soon_be_judged() -> None:
    read = 0

    def counted() -> Iterator[Capture]:
        nonlocal read
        for capture in captures(100 * BATCH_TOKENS):
            read += 1
            yield capture

    judged = judge_all(counted(), BENCH, workers=2)
    next(judged)
    assert read <= 2 * BATCHES_PER_WORKER * BATCH_TOKENS
    judged.close()  # type: ignore[attr-defined]


def test_an_account_at_fault_is_said_before_anything_is_judged(tmp_path: Path) -> None:
    with pytest.raises(AccountFault):
        next(judge_all(captures(1), Bench(account=tmp_path, instant=JudgingInstant()), workers=2))


def test_the_tally() -> None:
    tally = Tally()
    for _, judgement in judge_all(captures(10), BENCH):
        tally.count(judgement)
    assert tally.as_dict() == {
        "accepted": 6,
        "refused": 4,
        "kinds": {"oidc-id-token": {"accepted": 6, "refused": 0}, "saml2-response": {"accepted": 0, "refused": 4}},
        "checks": [{"check": "base64", "code": "InvalidIdentityToken", "refused": 4}],
    }


PEAK = """
import resource, sys
from federation.cli.main import cli
status = cli(["audit", "-", "--account", sys.argv[1], "--at", "2026-11-24T12:00:30Z"], standalone_mode=False)
print(status, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def peak(count: int) -> int:
    """The largest resident set of a run over *count* tokens, KiB."""
    done = subprocess.run([sys.executable, "-c", PEAK, str(ACCOUNT)], input=(TOKEN + b"\n") * count, capture_output=True, check=True)
    assert done.stdout.count(b"\n") == count
    status, kibibytes = done.stderr.splitlines()[-1].split()
    assert status == b"0"
    return int(kibibytes)


@pytest.mark.growth
def test_memory_does_not_grow_with_the_number_of_tokens() -> None:
    assert peak(4_000) < peak(40) + 4_096
