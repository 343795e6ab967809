"""Texts that are in some languages and not in others, held against all short texts."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.policy.analysis.automaton import walk
from federation.policy.analysis.budget import UNDECIDED, Budget, BudgetSpentError
from federation.policy.analysis.language import ARN_SHAPE, Language, of_arn, of_caseless, of_pattern, of_text
from federation.policy.analysis.texts import Index, Unwanted, find_text
from federation.policy.values import ArnPattern
from federation.policy.wildcard import Pattern, Piece

STEPS = 1_000_000
SHORT = ["".join(each) for length in range(5) for each in product("abx", repeat=length)]
"""Texts that tell apart whatever patterns of four characters over ``ab*?`` do."""


def like(text: str) -> Language:
    return of_pattern(Pattern.read(text))


def arn(text: str) -> Language:
    pattern = ArnPattern.of((Piece(text),))
    assert pattern is not None
    return of_arn(pattern)


def find(wanted: list[list[Language]], unwanted: list[Language]) -> Any:
    return find_text([tuple(each) for each in wanted], Unwanted((Index(unwanted),)), Budget(STEPS))


patterns = st.text(alphabet="ab*?", max_size=4).map(like)


@given(st.lists(st.lists(patterns, min_size=1, max_size=2), max_size=2), st.lists(patterns, max_size=3))
def test_a_text_is_found_wherever_there_is_one(wanted: list[list[Language]], unwanted: list[Language]) -> None:
    found = find(wanted, unwanted)
    fitting = [text for text in SHORT if all(any(each.accepts(text) for each in union) for union in wanted)]
    fitting = [text for text in fitting if not any(each.accepts(text) for each in unwanted)]
    if found is None:
        assert fitting == []
    else:
        assert isinstance(found, str)
        assert all(any(each.accepts(found) for each in union) for union in wanted)
        assert not any(each.accepts(found) for each in unwanted)


@given(st.lists(patterns, min_size=1, max_size=2), st.lists(patterns, max_size=2))
def test_the_automaton_agrees_with_the_evaluator(wanted: list[Language], unwanted: list[Language]) -> None:
    found = walk(wanted, unwanted, "x", Budget(STEPS))
    fitting = [text for text in SHORT if all(each.accepts(text) for each in wanted) and not any(each.accepts(text) for each in unwanted)]
    if found is None:
        assert fitting == []
    else:
        assert isinstance(found, str)
        assert all(each.accepts(found) for each in wanted)
        assert not any(each.accepts(found) for each in unwanted)
        assert not fitting or len(found) <= min(map(len, fitting)), "a shortest one"


@pytest.mark.parametrize(
    ("wanted", "unwanted", "found"),
    [
        ([of_text("a")], [], "a"),
        ([of_text("a")], [like("?")], None),
        ([of_caseless("kx")], [of_text("kx"), of_text("KX"), of_text("kX"), of_text("Kx")], "\u212aX"),
        ([ARN_SHAPE], [arn("arn:aws:*:*:*:*")], "arn:x:x:x:x:x"),
        ([like("arn:aws:*")], [ARN_SHAPE], "arn:aws:x"),
        ([arn("arn:*:b:c:d:e")], [like("arn:*:*:b:c:d:e")], "arn:x:b:c:d:e"),
        ([like("arn:a:*:b:c:d:e")], [arn("arn:a:*:b:c:d:*")], "arn:a:::b:c:d:e"),
        ([arn("arn:a:?:c:d:e")], [like("arn:a:?:c:d:e")], None),
        ([like("a\U0001f600*")], [], "a\ud83d\ude00x"),
    ],
)
def test_other_languages(wanted: list[Language], unwanted: list[Language], found: str | None) -> None:
    assert find([[each] for each in wanted], unwanted) == found


def test_a_lower_case_that_depends_on_the_neighbours_has_no_language() -> None:
    assert of_caseless("o\u03c3") is None


@pytest.mark.parametrize("count", [14, 40])
def test_an_automaton_that_grows_beyond_all_bounds_is_given_up(count: int) -> None:
    wanted, unwanted = (
        [like("*a" + "?" * count + "*"), like("*b" + "?" * count + "*")],
        [like("*a" + "?" * (count - 1) + "b*"), like("*b*a*")],
    )
    assert walk(wanted, unwanted, "x", Budget(10**9)) in (UNDECIDED, "b" + "a" * count)
    with pytest.raises(BudgetSpentError):
        walk(wanted, unwanted, "x", Budget(100))


@settings(max_examples=10)
@given(st.integers(1, 5))
def test_the_budget_counts_down(steps: int) -> None:
    budget = Budget(steps)
    budget.spend(steps)
    with pytest.raises(BudgetSpentError):
        budget.spend(1)
