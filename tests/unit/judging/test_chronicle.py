"""The story of many judgements is exact while it is small, and bounded however long it gets."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.identity import timestamp
from federation.judging.chronicle import ACCEPTED, MOST_KEYS, MOST_SPANS, SAMPLES, SPANS, BoundedCounter, Chronicle, Spans
from federation.judging.judge import Judgement, ProfileVerdict
from tests.support.chronicles import told
from tests.support.world import ISSUED as AT


def refused(check: str = "audience", *, at: datetime | None = AT, **members: Any) -> Judgement:
    refusal = {"check": check, "code": "InvalidIdentityToken", "expected": "e", "found": "f", "remedy": f"mend {check}"}
    verdicts = {"aws": ProfileVerdict(accepted=True), "strict": ProfileVerdict(accepted=False, check=check)}
    given_ = {"id": "a", "kind": "oidc-id-token", "provider": "p", "verdicts": verdicts, "refusal": refusal, **members}
    return Judgement(accepted=False, at=None if at is None else timestamp(at), **given_)


def accepted(*, at: datetime = AT, **members: Any) -> Judgement:
    verdicts = {profile: ProfileVerdict(accepted=True) for profile in ("aws", "strict")}
    return Judgement(**{"id": "a", "kind": "k", "provider": "p", "verdicts": verdicts, "accepted": True, "at": timestamp(at), **members})


def test_what_is_counted() -> None:
    chronicle = Chronicle()
    role = {"arn": "r", "effect": "Allow"}
    for judgement in (
        accepted(role=role),
        refused(at=AT + timedelta(days=1)),
        refused(at=AT - timedelta(days=1), claimed={"issuer": "i", "subject": "s"}),
        refused("provider", provider=None, claimed={"issuer": "stranger", "subject": None}),
    ):
        chronicle.count(judgement)
    found = chronicle.refusals["audience", "InvalidIdentityToken"]
    assert (found.count, found.first, found.last) == (2, AT - timedelta(days=1), AT + timedelta(days=1))
    assert [(sample.issuer, sample.subject, sample.found) for sample in found.samples] == [(None, None, "f"), ("i", "s", "f")]
    assert chronicle.providers.most_common(9) == ([(("p", False), 2), (("p", True), 1), ((None, False), 1)], 0)
    assert chronicle.issuers.most_common(9) == ([("stranger", 1)], 0)
    assert chronicle.profiles == {("aws", True): 4, ("strict", True): 1, ("strict", False): 3}
    assert chronicle.lenient.most_common(9) == ([("audience", 2), ("provider", 1)], 0)
    assert chronicle.roles.most_common(9) == ([(("r", "Allow"), 1)], 0)
    assert chronicle.remedies.most_common(1) == ([(("audience", "mend audience"), 2)], 1)
    assert (chronicle.tally.accepted, chronicle.tally.refused) == (1, 3)


def test_a_token_without_an_instant_is_in_no_span() -> None:
    chronicle = Chronicle()
    chronicle.count(refused(at=None))
    assert list(chronicle.spans) == []
    assert chronicle.refusals["audience", "InvalidIdentityToken"].first is None


def test_everything_that_strangers_choose_is_bounded() -> None:
    chronicle = Chronicle()
    for number in range(MOST_KEYS + 10):
        claimed = {"issuer": f"i{number}", "subject": None}
        chronicle.count(refused(f"check-{number}", provider=None, claimed=claimed, role={"arn": f"r{number}", "effect": "Allow"}))
    assert len(chronicle.refusals) <= MOST_KEYS + 1
    assert chronicle.refusals["others", ""].count == 10
    assert all(len(each.samples) <= SAMPLES for each in chronicle.refusals.values())
    for counter in (chronicle.issuers, chronicle.roles, chronicle.remedies):
        listed, others = counter.most_common(5)
        assert (len(listed), others) == (5, MOST_KEYS + 5)


def test_the_samples_are_the_first() -> None:
    chronicle = Chronicle()
    for number in range(SAMPLES + 5):
        chronicle.count(refused(id=str(number)))
    assert [sample.id for sample in chronicle.refusals["audience", "InvalidIdentityToken"].samples] == ["0", "1", "2"]


@given(st.lists(st.datetimes(timezones=st.just(UTC)), min_size=1, max_size=60))
def test_spans_are_few_and_lose_nothing(instants: list[datetime]) -> None:
    spans = Spans()
    for number, at in enumerate(instants):
        spans.add(at, ACCEPTED if number % 3 else "check")
    found = list(spans)
    assert len(found) <= MOST_SPANS
    assert sum(span.accepted + sum(span.refused.values()) for span in found) == len(instants)
    assert all(span.start <= max(instants) for span in found)
    assert found[0].start <= min(instants) < found[0].start + spans.length
    again = Spans()
    for number, at in reversed(list(enumerate(instants))):
        again.add(at, ACCEPTED if number % 3 else "check")
    assert list(again) == found, "in whatever order they come"


JUDGEMENTS = st.builds(
    lambda check, at, name: (
        accepted(at=at) if check is None else refused(check, at=at, id=name, provider=None, claimed={"issuer": name, "subject": None})
    ),
    st.none() | st.sampled_from(["audience", "time", "provider"]),
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from(["a", "b", "c"]),
)


@given(st.lists(st.lists(JUDGEMENTS, max_size=8), max_size=8))
def test_batches_that_are_merged_tell_what_one_chronicle_tells(batches: list[list[Judgement]]) -> None:
    whole, merged = Chronicle(), Chronicle()
    for batch in batches:
        part = Chronicle()
        for judgement in batch:
            whole.count(judgement)
            part.count(judgement)
        merged.merge(part)
    assert told(merged) == told(whole)


@pytest.mark.parametrize("place", range(1, len(SPANS)))
def test_each_length_is_a_multiple_of_the_one_before(place: int) -> None:
    assert SPANS[place] % SPANS[place - 1] == timedelta()


def test_the_counter_keeps_counting_what_it_knows() -> None:
    counter: BoundedCounter[int] = BoundedCounter()
    for number in [*range(MOST_KEYS + 3), 0, 0]:
        counter.add(number)
    assert counter[0] == 3
    assert counter.most_common(1) == ([(0, 3)], MOST_KEYS + 2)
    later: BoundedCounter[int] = BoundedCounter()
    for number in (0, MOST_KEYS + 5):
        later.add(number)
    counter.merge(later)
    assert (counter[0], counter.others) == (4, 4)
