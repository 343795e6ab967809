"""Charts by pygal as SVG that runs no script, refers to nothing and takes its colours from CSS variables.

A chart shows what a table beside it lists. The variables stand in ``templates/chart-colours.css``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from federation.drawing.templating import render, require
from federation.errors import printable

if TYPE_CHECKING:
    from pygal.graph.graph import Graph

SERIES: Final = 8
"""Series of a chart at most: as many as there are colours that differ."""
_CHARACTERS: Final = 46
_BAR: Final = 26
_FRAME: Final = 90
_LEGEND: Final = 44
_NOTE: Final = 30
_WIDTH: Final = 900
_FEW_LABELS: Final = 12


def bars(name: str, title: str, rows: Sequence[tuple[str, Mapping[str, float]]], *, unit: str = "", first: int = 1, note: str = "") -> str:
    """Return horizontal bars, stacked by series, the first row on top.

    Args:
        name: Letters and hyphens that no other chart of the document has.
        title: What the chart shows.
        rows: The label of each bar, and its value for each series.
        unit: What stands after each value.
        first: Number of the colour of the first series, from 1.
        note: A line below the chart.

    Raises:
        RegistrationError: Check ``report-extra``: the package pygal is not installed.
    """
    pygal = _pygal()

    series = list(dict.fromkeys(each for _, values in rows for each in values))
    upwards = list(reversed(rows))  # pygal begins at the bottom
    chart = pygal.HorizontalStackedBar(
        **_looks(title, len(series), first),
        height=_FRAME + _BAR * max(len(rows), 1) + (_LEGEND if len(series) > 1 else 0) + (_NOTE if note else 0),
        print_values=len(series) == 1,
        formatter=lambda value: f"{value:,.4g}{unit}" if value % 1 else f"{value:,.0f}{unit}",
        show_y_guides=False,
        show_x_guides=True,
        x_title=printable(note) or None,
    )
    chart.x_labels = [_cut(label) for label, _ in upwards]
    for each in series:
        chart.add(_cut(each), [values.get(each, 0) for _, values in upwards])
    return _written(chart, name)


def columns(name: str, title: str, labels: Sequence[str], series: Mapping[str, Sequence[int]], *, first: int = 1) -> str:
    """Return columns from left to right, stacked by series; *labels* and every sequence of *series* are equally long.

    The other arguments are those of `bars`.

    Raises:
        RegistrationError: Check ``report-extra``: the package pygal is not installed.
    """
    pygal = _pygal()

    chart = pygal.StackedBar(
        **_looks(title, len(series), first),
        height=340,
        formatter=lambda value: f"{value:,.0f}",
        x_label_rotation=25 if len(labels) > 1 else 0,
        show_minor_x_labels=len(labels) <= _FEW_LABELS,
        x_labels_major_count=_FEW_LABELS,
        y_labels_major_count=5,
        show_minor_y_labels=True,
    )
    chart.x_labels = list(labels)
    for each, values in series.items():
        chart.add(_cut(each), list(values))
    return _written(chart, name)


def as_document(chart: str) -> str:
    """Return *chart*, a result of this module, as an SVG document of its own, light or dark as its reader prefers."""
    tree = etree.fromstring(chart)
    style = etree.SubElement(tree, f"{{{etree.QName(tree).namespace}}}style")
    style.text = str(render("chart-document.css"))
    return etree.tostring(tree, encoding="unicode") + "\n"


def _pygal() -> ModuleType:
    """Return the module pygal, without the hook for its plug-ins that it adds to every import of the process."""
    require("jinja2")
    require("pygal")
    import pygal  # noqa: PLC0415 - an extra

    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != pygal.__name__]
    module: ModuleType = pygal
    return module


def _looks(title: str, series: int, first: int) -> dict[str, Any]:
    from pygal.style import Style  # noqa: PLC0415 - an extra

    style = Style(
        background="transparent",
        plot_background="transparent",
        foreground="var(--quiet)",
        foreground_strong="var(--ink)",
        foreground_subtle="var(--rule)",
        guide_stroke_color="var(--rule)",
        major_guide_stroke_color="var(--rule)",
        guide_stroke_dasharray="none",
        major_guide_stroke_dasharray="none",
        font_family="system-ui, sans-serif",
        label_font_size=13,
        major_label_font_size=13,
        value_font_size=13,
        legend_font_size=13,
        title_font_size=14,
        opacity="1",
        opacity_hover="1",
        transition="none",
        colors=tuple(f"var(--series-{(number + first - 1) % SERIES + 1})" for number in range(SERIES)),
        value_colors=("var(--on-series)",) * SERIES,
    )
    return {
        "style": style,
        "js": [],
        "title": title,
        "width": _WIDTH,
        "margin": 12,
        "margin_bottom": 34 if series > 1 else 12,
        "spacing": 8,
        "show_legend": series > 1,
        "legend_at_bottom": True,
        "legend_at_bottom_columns": 3,
        "legend_box_size": 12,
        "truncate_label": -1,
        "truncate_legend": -1,
        "no_data_text": "nothing to show",
        "disable_xml_declaration": True,
    }


def _cut(text: str) -> str:
    """Return *text* without control characters and no longer than a label may be."""
    shown = printable(text)
    return shown if len(shown) <= _CHARACTERS else f"{shown[: _CHARACTERS - 1]}…"


def _written(chart: Graph, name: str) -> str:
    """Return *chart* as markup, without what a script would need and without the date that pygal notes."""
    from markupsafe import Markup  # noqa: PLC0415 - part of jinja2

    chart.uuid = name  # pygal would draw a random one
    tree = etree.fromstring(chart.render())
    for element in list(tree.iter(etree.Comment, etree.ProcessingInstruction, "{*}script")):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    for element in tree.iterdescendants("{*}g"):
        element.attrib.pop("id", "")  # for a script to find; several charts of one document would share them
    tree.set("role", "img")
    etree.cleanup_namespaces(tree)
    return Markup(etree.tostring(tree, encoding="unicode"))  # noqa: S704 - written from a tree, in which all text is text
