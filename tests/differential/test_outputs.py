"""``--output text`` and ``table`` are, character by character, what the AWS CLI's own formatters write of the same answer."""

import io
from argparse import Namespace
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from federation.cli.rendering.aws_table import _cells, table_lines
from federation.cli.rendering.aws_text import text_lines
from federation.cli.rendering.outputs import _yaml

formatter = pytest.importorskip("awscli.formatter", reason="the AWS CLI is not installed")
awscli_table = pytest.importorskip("awscli.table", reason="the AWS CLI is not installed")

NAMES = st.text("ABCdef", min_size=1, max_size=8)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-10, 10**12), st.text("abc xyz-/:é漢", max_size=40))
ANSWERS = st.dictionaries(
    NAMES,
    st.recursive(
        SCALARS,
        lambda inner: st.one_of(
            st.dictionaries(NAMES, inner, max_size=4),
            st.lists(SCALARS, max_size=3),
            st.lists(st.dictionaries(NAMES, inner, max_size=4), max_size=3),
        ),
        max_leaves=12,
    ),
    max_size=5,
)
CREDENTIALS = {
    "Credentials": {
        "AccessKeyId": "ASIAEXAMPLE",
        "SecretAccessKey": "x" * 40,
        "SessionToken": "y" * 400,
        "Expiration": "2026-11-24T13:00:30+00:00",
    },
    "AssumedRoleUser": {"AssumedRoleId": "AROA:x", "Arn": "arn:aws:sts::123456789012:assumed-role/x/y"},
    "PackedPolicySize": 6,
}
ROLES = {"Roles": [{"Name": "a", "Tags": [{"Key": "k", "Value": "v"}], "Path": "/"}, {"Name": "b" * 70}], "IsTruncated": False}


def by_the_cli(form: str, answer: object, columns: int = 80) -> str:
    """What the AWS CLI prints of *answer* at a width of *columns*."""
    written = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(awscli_table, "determine_terminal_width", lambda: columns)
        made = formatter.get_formatter(form, Namespace(query=None, color="off"))
        made._format_response(*(() if form == "text" else ("ListRoles",)), answer, written)
    return written.getvalue()


def ours(form: str, answer: object, columns: int = 80) -> str:
    if form == "text":
        return "".join("\t".join(cells) + "\n" for cells in text_lines(answer))
    return "".join(f"{line}\n" for line in table_lines("ListRoles", answer, columns=columns, narrow=False))


@example(CREDENTIALS)
@example(ROLES)
@settings(max_examples=40)
@given(ANSWERS)
def test_text(answer: dict[str, Any]) -> None:
    assert ours("text", answer) == by_the_cli("text", answer)


@example(CREDENTIALS, 80)
@example(ROLES, 80)
@settings(max_examples=40)
@given(ANSWERS, st.sampled_from([20, 60, 80, 200]))
def test_table(answer: dict[str, Any], columns: int) -> None:
    assert ours("table", answer, columns) == by_the_cli("table", answer, columns)


@pytest.mark.parametrize("answer", ["", "text", 7, None, [], ["a", "b"], [["a", 1], ["b", 2]], [["a"], "b"], {}])
@pytest.mark.parametrize("form", ["text", "table"])
def test_results_of_a_query(answer: object, form: str) -> None:
    assert ours(form, answer) == by_the_cli(form, answer)


@settings(max_examples=40)
@given(ANSWERS, st.integers(20, 60))
def test_a_table_on_a_terminal_holds_to_its_width(answer: dict[str, Any], columns: int) -> None:
    deepest = 12  # levels; each takes two columns of edges, and a cell has two columns at least
    lines = list(table_lines("T", answer, columns=columns + 4 * deepest, narrow=True))
    assert all(len(line) <= columns + 4 * deepest + sum(map(len, answer)) for line in lines)
    assert len({_cells(line) for line in lines}) <= 1


@pytest.mark.parametrize("columns", [20, 40, 80])
def test_long_values_take_several_rows_on_a_terminal(columns: int) -> None:
    answer = {"Name": "n" * 300, "Arns": ["a" * 200, "b"], "Roles": [{"Id": "c" * 99, "Path": "d" * 99}] * 2, "e" * 90: ["f"]}
    lines = list(table_lines("ListRoles", answer, columns=columns, narrow=True))
    assert {_cells(line) for line in lines} == {min(columns, len(lines[0]))}
    shown = "".join(each for line in lines for each in line)
    assert (shown.count("n"), shown.count("c"), shown.count("d")) >= (300, 198, 198)


@given(st.one_of(ANSWERS, SCALARS, st.lists(SCALARS)))
def test_yaml_reads_back_as_the_answer(answer: object) -> None:
    assert yaml.safe_load(_yaml(answer)) == answer
