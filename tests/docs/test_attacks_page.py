"""docs/attacks.toml has every row that the code and the tests cite, and each of its rows has a test or says why not."""

import re
from itertools import pairwise

import pytest

from docs.building.attack_rows import areas, citations, cited, named_tests
from tests.support.paths import REPOSITORY

ROWS = {row.id: row for area in areas() for row in area.rows}


def test_no_id_is_given_twice_and_none_is_left_out() -> None:
    for area in areas():
        ids = [row.id for row in area.rows]
        assert ids[0][1:] == "01"
        for one, next_one in pairwise(ids):
            assert (next_one[0], int(next_one[1:])) == (one[0], int(one[1:]) + 1), f"docs/attacks.toml: {next_one} follows {one}"
    assert len(ROWS) == sum(len(area.rows) for area in areas())


@pytest.mark.parametrize("directory", ["federation", "tests"])
def test_every_cited_row_is_in_the_table(directory: str) -> None:
    unknown = {row: files for row, files in citations(REPOSITORY / directory).items() if row not in ROWS}
    assert not unknown, f"docs/attacks.toml lacks {unknown}"


def test_every_test_belongs_to_a_row_of_the_table() -> None:
    unknown = {row: files for row, files in named_tests().items() if row not in ROWS}
    assert not unknown, f"docs/attacks.toml lacks {unknown}"


def test_every_row_has_a_test_or_says_why_not() -> None:
    tested = named_tests()
    bare = [row.id for row in ROWS.values() if row.id not in tested and not row.untested]
    assert not bare, f"no test is named after {bare}: add test_{bare[0]}_… to tests/attacks, or `untested` to docs/attacks.toml"
    excused = [row.id for row in ROWS.values() if row.id in tested and row.untested]
    assert not excused, f"docs/attacks.toml calls {excused} untested, but tests are named after them"


def test_every_row_says_attack_and_rule_in_sentences() -> None:
    for row in ROWS.values():
        for text in (row.attack, row.rule):
            assert re.fullmatch(r"[A-Z`].{5,220}\.", text), f"docs/attacks.toml, {row.id}: {text!r}"


def test_rules_that_refer_to_another_row_name_one_that_exists() -> None:
    for row in ROWS.values():
        assert set(cited(row.rule)) <= ROWS.keys() - {row.id}, f"docs/attacks.toml, {row.id}"


def test_a_range_cites_every_row_between_its_ends() -> None:
    assert list(cited("(rows S12, K05 to K07 and X30); P-256, HS256, 2026-11-29T08:00")) == ["S12", "K05", "K06", "K07", "X30"]
