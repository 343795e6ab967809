"""Results appear whole or not at all, and an interrupted audit goes on after its last part."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from federation.errors import RegistrationError
from federation.judging import results
from federation.judging.auditing import AuditedBatch, audit_all
from federation.judging.bulk import Bench
from federation.judging.capture import Capture
from federation.judging.captures import fingerprint
from federation.judging.judge import JudgingInstant
from federation.judging.results import MANIFEST, FileResults, PartedResults, ResultForm, Results, settings_at
from federation.judging.tally import Tally
from tests.support.paths import REPOSITORY
from tests.support.world import JUDGED

TOKEN = (REPOSITORY / "fixtures" / "oidc" / "github.jwt").read_bytes().strip()
BENCH = Bench(account=REPOSITORY / "fixtures" / "account", instant=JudgingInstant(at=JUDGED))
SETTINGS = {"tokens": "x", "at": None}


def batches(form: ResultForm, first: int, last: int) -> Iterator[AuditedBatch]:
    captures = (Capture(id=str(number), token=TOKEN) for number in range(first, last))
    return audit_all(captures, BENCH, Tally(), rendering=form.rendering)


def write_and_fail(into: Results, written: Iterator[AuditedBatch], failure: type[BaseException]) -> None:
    with into:
        for batch in written:
            into.write(batch)
        raise failure


@pytest.mark.parametrize("form", ResultForm)
def test_an_interrupted_audit_goes_on(form: ResultForm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "PART_TOKENS", 3)
    directory = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        write_and_fail(PartedResults(directory, form, SETTINGS, resume=False), batches(form, 0, 8), KeyboardInterrupt)
    assert sorted(path.name for path in directory.iterdir()) == [MANIFEST, f"part-000000.{form}", f"part-000001.{form}"]
    with PartedResults(directory, form, SETTINGS, resume=True) as parts:
        assert [judgement.id for judgement in parts.judged()] == ["0", "1", "2", "3", "4", "5"]
        for batch in batches(form, 6, 10):
            parts.write(batch)
    with PartedResults(directory, form, SETTINGS, resume=True) as parts:
        assert [judgement.id for judgement in parts.judged()] == [str(number) for number in range(10)]
        assert all(judgement.accepted for judgement in parts.judged())


@pytest.mark.parametrize("form", ResultForm)
def test_a_file_appears_whole_or_not_at_all(form: ResultForm, tmp_path: Path) -> None:
    path = tmp_path / f"out.{form}"
    with pytest.raises(ZeroDivisionError):
        write_and_fail(FileResults(path, form), batches(form, 0, 2), ZeroDivisionError)
    assert list(tmp_path.iterdir()) == []
    with FileResults(path, form) as file:
        for batch in batches(form, 0, 2):
            file.write(batch)
        assert not path.exists()
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_part_that_was_begun_when_the_process_was_killed_is_forgotten(tmp_path: Path) -> None:
    with PartedResults(tmp_path / "out", ResultForm.LINES, SETTINGS, resume=False):
        (tmp_path / "out" / "part-000000.jsonl.partial").write_bytes(b'{"id": "0", "acc')
    with PartedResults(tmp_path / "out", ResultForm.LINES, SETTINGS, resume=True) as parts:
        assert list(parts.judged()) == []
    assert [path.name for path in (tmp_path / "out").iterdir()] == [MANIFEST]


@pytest.mark.parametrize("form", ResultForm)
def test_a_damaged_part_is_refused_and_not_counted(form: ResultForm, tmp_path: Path) -> None:
    with PartedResults(tmp_path / "out", form, SETTINGS, resume=False) as parts:
        for batch in batches(form, 0, 2):
            parts.write(batch)
    part = tmp_path / "out" / f"part-000000.{form}"
    part.write_bytes(part.read_bytes()[:-9])
    with PartedResults(tmp_path / "out", form, SETTINGS, resume=True) as parts, pytest.raises(RegistrationError) as caught:
        list(parts.judged())
    assert caught.value.check == "results"
    assert "a part as an audit has written it" in caught.value.expected


def test_parts_of_parquet_without_pyarrow_say_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with PartedResults(tmp_path / "out", ResultForm.PARQUET, SETTINGS, resume=False) as parts:
        for batch in batches(ResultForm.PARQUET, 0, 1):
            parts.write(batch)
    monkeypatch.setattr("federation.extras.find_spec", lambda _: None)
    with PartedResults(tmp_path / "out", ResultForm.PARQUET, SETTINGS, resume=True) as parts, pytest.raises(RegistrationError) as caught:
        list(parts.judged())
    assert caught.value.check == "arrow-extra"


def test_results_of_another_audit_are_not_continued(tmp_path: Path) -> None:
    with PartedResults(tmp_path / "out", ResultForm.LINES, SETTINGS, resume=False):
        told = settings_at(tmp_path / "out")
    assert told == {"version": 1, "form": "jsonl", **SETTINGS}
    for form, settings, resume, found in (
        (ResultForm.LINES, SETTINGS, False, "results of an audit"),
        (ResultForm.GZIP, SETTINGS, True, "another `form`"),
        (ResultForm.LINES, {"tokens": "y", "at": "now"}, True, "another `at`, `tokens`"),
    ):
        with pytest.raises(RegistrationError) as caught:
            PartedResults(tmp_path / "out", form, settings, resume=resume)
        assert (caught.value.check, caught.value.found) == ("results", found)


@pytest.mark.parametrize("text", ["", "[]", "{", "\udcff"])
def test_a_manifest_that_cannot_be_read_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(RegistrationError) as caught:
        PartedResults(tmp_path, ResultForm.LINES, SETTINGS, resume=True)
    assert caught.value.check == "results"


def test_a_directory_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("", encoding="utf-8")
    with pytest.raises(RegistrationError) as caught:
        PartedResults(tmp_path, ResultForm.LINES, SETTINGS, resume=False)
    assert caught.value.found == "other files"
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_the_fingerprint_tells_a_changed_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1", encoding="utf-8")
    before = fingerprint([tmp_path])
    assert fingerprint([tmp_path]) == before
    (tmp_path / "b").write_text("", encoding="utf-8")
    after = fingerprint([tmp_path])
    assert after != before
    assert json.dumps(after)
    assert fingerprint([tmp_path, "-"]) != after
