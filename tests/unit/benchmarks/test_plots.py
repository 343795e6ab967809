"""The tables of the benchmarks are plotted with what they were measured on and by."""

import json
from pathlib import Path

import pytest
from lxml import etree

from benchmarks.plots import machine, write_plot
from benchmarks.timing import Timing

for peer in ("xmlsec", "joserfc", "botocore"):
    pytest.importorskip(peer)
from benchmarks import __main__ as benchmarks  # noqa: E402 - it needs its peers

FOUND = {"floor": Timing(100.0, 90.0), "ours: <all> of it": Timing(250.4, 200.0)}


def test_a_table_becomes_a_chart_and_data(tmp_path: Path) -> None:
    chart, data = write_plot(tmp_path / "new", "A token, 1.2 KB", FOUND, measure="floor", command="python -m benchmarks x")
    assert (chart.name, data.name) == ("bench-a-token-1-2-kb.svg", "bench-a-token-1-2-kb.json")
    tree = etree.fromstring(chart.read_bytes())
    written = [str(text) for text in tree.itertext()]
    assert {"floor", "ours: <all> of it", "A token, 1.2 KB", "100", "250.4"} <= set(written)
    assert f"{machine()}; python -m benchmarks x" in " ".join(written)
    assert "prefers-color-scheme: dark" in "".join(written)
    assert json.loads(data.read_text(encoding="utf-8")) == {
        "title": "A token, 1.2 KB",
        "machine": machine(),
        "command": "python -m benchmarks x",
        "measure": "floor",
        "rows": {
            "floor": {"median_us": 100.0, "best_us": 90.0, "times": 1.0},
            "ours: <all> of it": {"median_us": 250.4, "best_us": 200.0, "times": 2.504},
        },
    }


def test_the_command_plots_each_of_its_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmarks, "tables", lambda kinds: iter([(kinds[0], "One", FOUND, "floor"), (kinds[0], "Two", FOUND, "floor")]))
    benchmarks.main(["saml", "--plots", str(tmp_path)])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bench-one.json", "bench-one.svg", "bench-two.json", "bench-two.svg"]


def test_an_unknown_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        benchmarks.main(["sml"])
    assert "no such kind: sml" in capsys.readouterr().err
