"""The committed corpus of the fuzzers: both engines agree on every input, and on its re-signed form."""

import pytest

from tests.fuzz.comparing import judge, mutated, resigned
from tests.support.engines import needs_fast
from tests.support.paths import REPOSITORY

CORPUS = sorted((REPOSITORY / "core" / "fuzz" / "corpus" / "propose").iterdir())

pytestmark = needs_fast


def test_the_corpus_is_small() -> None:
    assert len(CORPUS) > 20
    assert sum(path.stat().st_size for path in CORPUS) < 300_000


@pytest.mark.parametrize("start", range(0, len(CORPUS), 50))
def test_the_engines_agree_on_the_corpus(start: int) -> None:
    found = [comparison for path in CORPUS[start : start + 50] for comparison in judge(path.read_bytes())]
    assert found


def test_a_seed_is_proved_when_it_is_signed_again() -> None:
    seeds = [path.read_bytes() for path in CORPUS if path.name.startswith("form-")]
    assert sum(judge(resigned(seed))[0].fast for seed in seeds) > len(seeds) // 2


def test_a_mutation_follows_from_its_seed() -> None:
    octets = CORPUS[0].read_bytes()
    assert [mutated(octets, 9_999, seed) for seed in range(30)] == [mutated(octets, 9_999, seed) for seed in range(30)]
    assert len({mutated(octets, 9_999, seed) for seed in range(30)}) > 5
