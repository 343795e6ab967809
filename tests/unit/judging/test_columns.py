"""The judge as one function from columns to columns says what a line of an audit says, and takes columns of any type without a crash."""

import json
import pickle
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from federation.errors import FederationError
from federation.judging.bulk import Bench
from federation.judging.captures import Form, read_captures
from federation.judging.columns.judge import ColumnJudge, judge_batch
from federation.judging.columns.parquet import ParquetWriter, packed, read_judgements
from federation.judging.columns.schema import TOKENS, VERDICTS, captures_of, judgements_of
from federation.judging.judge import JudgingInstant, TokenJudge
from tests.support.paths import REPOSITORY
from tests.support.streams import no_input
from tests.support.world import JUDGED, JUDGED_TEXT

GITHUB = (REPOSITORY / "fixtures" / "oidc" / "github.jwt").read_text(encoding="ascii").strip()
TAMPERED = (REPOSITORY / "fixtures" / "saml" / "refused" / "tampered.b64").read_text(encoding="ascii").strip()
ROWS: list[dict[str, Any]] = [
    {"token": GITHUB, "at": JUDGED_TEXT, "id": "a"},
    {"token": f"\n{TAMPERED} ", "at": "issued", "id": None},
    {"token": "?", "at": None, "id": "c"},
    {"token": GITHUB, "at": "yesterday", "id": "d"},
    {"token": GITHUB, "at": "9999-12-31T23:59:59-14:00", "id": "e"},
]
BENCH = Bench(account=REPOSITORY / "fixtures" / "account", instant=JudgingInstant(at=JUDGED))


def judge() -> TokenJudge:
    return BENCH.judge()


def batch(rows: list[dict[str, Any]] = ROWS, schema: pa.Schema = TOKENS) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(rows, schema=schema)


def test_a_row_says_what_a_line_says() -> None:
    judged = judge_batch(batch(), judge())
    assert judged.schema == VERDICTS
    lines = [judge().judge(capture).as_dict() for capture in captures_of(batch())]
    assert [each.as_dict() for each in judgements_of(judged)] == lines
    assert [(line["id"], line["accepted"], (line["refusal"] or {}).get("check")) for line in lines] == [
        ("a", True, None),
        ("", False, "signature-digest"),
        ("c", False, "base64"),
        ("d", False, "capture"),
        ("e", False, "capture"),
    ]


def test_the_role_of_a_row_is_asked() -> None:
    role = "arn:aws:iam::123456789012:role/GitHubDeploy"
    rows = [{"token": GITHUB, "at": JUDGED_TEXT, "role_arn": name} for name in (role, None)]
    asked, unasked = judge_batch(batch(rows), judge()).to_pylist()
    assert (asked["role"], unasked["role"]) == ({"arn": role, "effect": "Allow"}, None)


def test_no_column_holds_a_token() -> None:
    judged = str(judge_batch(batch(), judge()).to_pylist())
    assert GITHUB not in judged
    assert GITHUB.split(".")[2] not in judged
    assert TAMPERED[:60] not in judged


def test_columns_that_are_absent_or_of_other_types_that_say_the_same() -> None:
    plain = judge_batch(batch([{"token": GITHUB}], pa.schema([("token", pa.string())])), judge())
    assert plain.column("accepted").to_pylist() == [True]
    instants = pa.array([datetime(2026, 11, 24, 13, 0, 30, tzinfo=UTC)], pa.timestamp("ns", tz="+01:00"))
    others = pa.RecordBatch.from_arrays(
        [pa.array([GITHUB.encode()]).dictionary_encode(), instants, pa.array([7], pa.int16()), pa.array([{"x": 1}])],
        ["token", "at", "id", "more"],
    )
    (only,) = captures_of(others)
    assert (only.id, only.at, only.token) == ("7", datetime(2026, 11, 24, 13, 0, 30, tzinfo=UTC), GITHUB.encode())


@pytest.mark.parametrize(
    "columns",
    [
        {"other": pa.array(["x"])},
        {"token": pa.array([1])},
        {"token": pa.array([["x"]])},
        {"token": pa.array(["x"]), "at": pa.array([datetime(2026, 1, 1)], pa.timestamp("us"))},  # noqa: DTZ001 - without a zone is the case
        {"token": pa.array(["x"]), "id": pa.array([1.5])},
    ],
)
def test_columns_that_are_not_read_are_refused(columns: dict[str, pa.Array]) -> None:
    with pytest.raises(FederationError) as caught:
        judge_batch(pa.RecordBatch.from_arrays(list(columns.values()), list(columns)), judge())
    assert caught.value.check == "columns"


def test_two_columns_of_one_name_are_refused() -> None:
    twice = pa.RecordBatch.from_arrays([pa.array([GITHUB]), pa.array(["x"])], ["token", "token"])
    with pytest.raises(FederationError) as caught:
        judge_batch(twice, judge())
    assert caught.value.check == "columns"


def test_the_judge_travels_and_takes_tables_and_batches() -> None:
    travelled = pickle.loads(pickle.dumps(ColumnJudge(BENCH)))  # noqa: S301 - made here
    assert "account" in repr(travelled.__reduce__())
    table = travelled(pa.Table.from_batches([batch(), batch()]))
    assert table.num_rows == 2 * len(ROWS)
    assert [each.num_rows for each in travelled.over([batch(), batch([])])] == [len(ROWS), 0]
    assert travelled(batch()).schema == VERDICTS


def test_parquet_is_read_and_written(tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_batches([batch()]), tmp_path / "tokens.parquet", row_group_size=2)
    captures = list(read_captures([tmp_path / "tokens.parquet"], standard_input=no_input()))
    assert [capture.id for capture in captures] == ["a", f"{tmp_path}/tokens.parquet:2", "c", "d", "e"]
    size = (tmp_path / "tokens.parquet").stat().st_size
    assert size - len(captures) < sum(capture.octets for capture in captures) <= size, "what progress is measured by"
    judgements = [judge().judge(capture) for capture in captures]
    writer = ParquetWriter(tmp_path / "verdicts.parquet")
    for judgement in judgements:
        writer.write(packed([judgement]))
    writer.close()
    assert list(read_judgements(tmp_path / "verdicts.parquet")) == judgements
    line = json.dumps(judgements[0].as_dict())
    assert json.loads(line)["at"] == JUDGED_TEXT


@pytest.mark.parametrize("octets", [b"", b"PAR1", b"PAR1" + bytes(64) + b"PAR1", b"PAR1\xff\xff\xff\x7fPAR1"])
def test_parquet_that_is_damaged_is_one_fault(octets: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_bytes(octets)
    (capture,) = read_captures([tmp_path / "x.parquet"], standard_input=no_input(), form=Form.PARQUET)
    assert capture.fault is not None
    assert capture.fault.expected == "a Parquet file that can be read"
