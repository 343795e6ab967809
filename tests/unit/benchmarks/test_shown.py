"""Tables are shown alike on the terminal, on the page, in the charts and as JSON."""

import json
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from lxml import etree
from rich.console import Console

if find_spec("pygal") is None:
    pytest.skip("pygal is not installed", allow_module_level=True)
from benchmarks.matrix import pages, stored
from benchmarks.matrix.results import Cell, Table, machine
from benchmarks.matrix.terminal import show
from tests.support.paths import REPOSITORY

PAGE = (REPOSITORY / "docs" / "benchmarks.md").read_text(encoding="utf-8")
LONG = "longer than the operation accepts"
TABLE = Table(
    name="saml-size",
    title="A response, by its size",
    told="What the rows do.",
    command="python -m benchmarks saml-size",
    unit="µs",
    base="lxml floor",
    charted="8 KB",
    columns=("8 KB", "127 KB"),
    rows={
        "lxml floor": (Cell(100.04, 90.0, 1.0), Cell(2_000_000.0, 1.0, 1.0)),
        "federation.validate, python engine": (Cell(235.6, 200.0, 2.3), Cell(150_000.0, 1.0, 0.075)),
        "the <whole> exchange": (Cell(3.21, 3.0, 12.34), LONG),
        "absent": ("absent is not installed",) * 2,
    },
    machine={"processor": "CPU", "cores": "2", "system": "Linux, x86_64", "python": "3.11.7", "load": "0.5", "day": "2026-12-01"},
    versions={"lxml": "6.0", "npm:jose": "6.2"},
)


def test_a_table_as_markdown() -> None:
    assert list(pages.markdown(TABLE)) == [
        "| µs | 8 KB | 127 KB |",
        "| --- | ---: | ---: |",
        "| **lxml floor** | 100 (1.00) | 2.00 s (1.00) |",
        "| federation.validate, python engine | 236 (2.30) | 150 ms (0.07) |",
        "| the <whole> exchange | 3.2 (12.3) | - |",
    ]


def test_a_section_names_machine_command_versions_and_who_was_skipped() -> None:
    page = pages.benchmarks_page([TABLE])
    assert page.startswith(pages.HEAD)
    assert "`python -m benchmarks saml-size` ([data](images/bench-saml-size.json)): CPU, 2 cores, Linux, x86_64, Python 3.11.7" in page
    assert "Versions: lxml 6.0, jose 6.2." in page
    assert f"- the <whole> exchange (127 KB): {LONG}\n- absent: absent is not installed\n" in page


def test_rates_are_compared_as_rates() -> None:
    rates = Table(**{name: getattr(TABLE, name) for name in TABLE.__dataclass_fields__} | {"unit": "requests/s"})
    assert "| the <whole> exchange | 311526 (0.08) | - |" in list(pages.markdown(rates))


def test_the_goals_are_written_between_their_marks() -> None:
    page = pages.with_goals(f"before\n{pages.BEGIN}\nold\n{pages.END}\nafter\n", [TABLE])
    assert page.startswith(f"before\n{pages.BEGIN}\n\n|")
    assert page.endswith(f"|\n\n{pages.END}\nafter\n")
    assert "| federation.validate, python engine, 8 KB | 2.30 times lxml floor | 2.35 | met |" in page
    assert "old" not in page
    assert pages.with_goals(page, [TABLE]) == page


def test_a_table_on_the_terminal_is_narrow() -> None:
    console = Console(width=100, record=True, quiet=False, file=Path("/dev/null").open("w", encoding="utf-8"))  # noqa: SIM115
    show(console, TABLE)
    text = console.export_text()
    console.file.close()
    assert max(map(len, text.splitlines())) <= 100
    assert re.search(r"the <whole> exchange +3\.2 x12\.3 +-", text)
    assert "skipped: absent: absent is not installed" in text


def test_a_table_becomes_a_chart_and_data(tmp_path: Path) -> None:
    stored.store(TABLE, tmp_path / "new")
    assert stored.stored("saml-size", tmp_path / "new") == Table(**{name: getattr(TABLE, name) for name in TABLE.__dataclass_fields__})
    assert stored.stored("jwt", tmp_path / "new") is None
    tree = etree.fromstring((tmp_path / "new" / "bench-saml-size.svg").read_bytes())
    written = [str(text) for text in tree.itertext()]
    assert {"lxml floor", "the <whole> exchange", "A response, by its size: 8 KB, µs", "235.6"} <= set(written)
    assert "python -m benchmarks saml-size" in " ".join(written)
    assert "prefers-color-scheme: dark" in "".join(written)


def test_the_machine_is_described_without_its_name() -> None:
    assert set(machine()) == {"processor", "cores", "system", "python", "load", "day"}
    assert machine()["processor"]


@pytest.mark.parametrize("name", pages.NAMES)
def test_the_page_has_every_table_with_chart_data_and_command(name: str) -> None:
    found = stored.stored(name)
    assert found is not None, f"run `python -m benchmarks {name} --docs`"
    section = PAGE.partition(f"\n## {found.title}\n")[2].partition("\n## ")[0]
    assert "\n".join(pages.markdown(found)) in section
    assert f"`python -m benchmarks {name}`" in section
    assert f"(images/bench-{name}.svg)" in section
    assert [label for label in found.skipped() if f"- {label}: " not in section] == []
    assert (stored.IMAGES / f"bench-{name}.svg").exists()
    assert not re.search(r"/(home|root|work|tmp|Users)/", json.dumps(found.as_json())), "no path of a machine"
