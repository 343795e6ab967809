"""The map of an account as a picture: nothing overlaps, nothing is lost without being counted, and foreign text stays text."""

import re
import shutil
import subprocess
from functools import cache
from itertools import combinations

import pytest
from lxml import etree

from federation.account import AccessMap, map_access
from federation.account.access import AccessSource, IdentityGroup
from federation.drawing.account_map import map_as_dot, map_as_mermaid, map_as_svg
from federation.drawing.layout import COLUMNS, MARGIN, lay_out
from federation.drawing.map_text import map_as_text
from federation.drawing.nodes import GROUPS, ROLE_BOXES, draw_map
from federation.errors import RegistrationError
from federation.wrapping import cells
from tests.support.large_account import HOSTILE, large_account

SVG = "{http://www.w3.org/2000/svg}"
KNOWN = {"svg", "title", "desc", "style", "rect", "text", "g", "path"}


@cache
def found(count: int) -> AccessMap:
    return map_access(large_account(count))


@cache
def picture(count: int) -> str:
    return map_as_svg(found(count))


@pytest.mark.parametrize("count", [0, 5, 500])
def test_no_box_is_on_another_and_every_row_fits_its_box(count: int) -> None:
    layout = lay_out(draw_map(found(count)))
    for one, other in combinations(layout.boxes, 2):
        apart = one.x != other.x or one.y + one.height <= other.y or other.y + other.height <= one.y
        assert apart, f"{one.rows} and {other.rows} overlap"
    for box in layout.boxes:
        assert box.right <= layout.width - MARGIN + 0.1
        assert box.y + box.height < layout.height
        columns = COLUMNS[layout.columns.index(box.x)]
        assert all(cells(row.text) <= columns for row in box.rows)


def test_five_hundred_roles_are_grouped_and_counted() -> None:
    drawing = draw_map(found(500))
    assert len(drawing.groups) <= GROUPS
    assert len(drawing.roles) <= ROLE_BOXES
    counted = [re.fullmatch(r"(\d+) roles", line.text) for box in drawing.roles for line in box.lines]
    several = [int(match[1]) for match in counted if match]
    assert sum(several) + len(drawing.roles) - len(several) == 505
    assert "505 roles, 1 of which nobody can assume" in drawing.summary
    joined = {group for group, _ in drawing.to_roles}
    assert joined == set(range(len(drawing.groups))), "each group leads to a role"


def test_few_roles_are_all_shown_with_their_conditions() -> None:
    drawing = draw_map(found(0))
    shown = {line.text for box in (*drawing.sources, *drawing.groups, *drawing.roles) for line in box.lines}
    assert {"open-to-all", "EVERYBODY", "STRANGERS", "sub is like `repo:acme*`", "NOBODY CAN COME IN"} <= shown
    assert any(text.startswith("statement 2 denies everything to everybody where aws:SourceIp does not lie in") for text in shown)
    assert any("cannot come in by statement 1: it allows `sts:AssumeRole`" in text for text in shown)


def test_everybody_is_loud() -> None:
    drawing = draw_map(found(500))
    loud = [box for box in drawing.groups if box.loud]
    assert sum(any(line.text == "EVERYBODY" for line in box.lines) for box in loud) == 1
    assert sum(any(line.text.startswith("STRANGERS") for line in box.lines) for box in loud) >= 1


def test_very_many_sources_of_a_kind_are_one() -> None:
    sources = tuple(AccessSource(f"account:{number:012}", "account", f"{number:012}", "", registered=True) for number in range(400))
    groups = tuple(
        IdentityGroup(source.id, f"arn:aws:iam::{source.name}:root", "sts:AssumeRole", (), (), None, "", (), ()) for source in sources
    )
    drawing = draw_map(AccessMap("123456789012", sources, groups, ()))
    assert [box.lines[0].text for box in drawing.sources] == ["400 AWS accounts"]
    assert len(drawing.groups) <= GROUPS


def test_the_picture_is_the_same_every_time() -> None:
    assert map_as_svg(map_access(large_account(40))) == map_as_svg(map_access(large_account(40)))


@pytest.mark.parametrize("count", [0, 500])
def test_hostile_names_stay_text_of_the_svg(count: int) -> None:
    tree = etree.fromstring(picture(count).encode())
    assert {str(element.tag).removeprefix(SVG) for element in tree.iter()} == KNOWN
    attributes = {str(name) for element in tree.iter() for name in element.attrib}
    assert not any(name.startswith("on") or "href" in name for name in attributes)
    written = "".join(str(text) for text in tree.itertext())
    assert "<script>alert(1)</script>&lt;" in written
    assert "{{ 7*7 }}" in written
    assert "\u202e" not in picture(count)


def test_the_svg_refers_to_nothing_and_can_be_read_aloud() -> None:
    svg = picture(500)
    assert not re.search(r"url\(|@import|<script|<image|<foreignObject|javascript:", svg.replace("&lt;script", ""))
    tree = etree.fromstring(svg.encode())
    assert [child.tag.removeprefix(SVG) for child in tree][:2] == ["title", "desc"]
    assert tree.get("aria-labelledby") == "map-title map-desc"
    assert "prefers-color-scheme: dark" in svg


LABEL = r'"[^"]*"'
NODE = rf"(?:source|group|role)\d+\[{LABEL}\](?::::loud)?"
EDGE = r"(?:source|group)\d+ --> (?:group|role)\d+"
MERMAID = re.compile(rf"  (?:{NODE}|{EDGE}|accTitle: [\w ]+|classDef loud [\w:,#-]+)")
CODED = re.compile(r"#\d+;|<br/>")


@pytest.mark.parametrize("count", [0, 500])
def test_every_line_of_mermaid_is_one_of_its_grammar(count: int) -> None:
    first, *lines = map_as_mermaid(found(count)).splitlines()
    assert first == "flowchart LR"
    assert [line for line in lines if not MERMAID.fullmatch(line)] == []
    for label in re.findall(LABEL, "\n".join(lines)):
        plain = CODED.sub("", label[1:-1])
        assert re.fullmatch(r"[A-Za-z0-9 ,()=…./:-]*", plain), "what is left needs no code"
        assert not re.search(r"://|(?i:www)\.|^-|^\d+\.", plain), "neither a link nor a list"


@pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz")
@pytest.mark.parametrize("count", [0, 60])
def test_graphviz_reads_the_dot_with_every_text_as_it_was(count: int) -> None:
    drawn = subprocess.run(["dot", "-Tsvg"], input=map_as_dot(found(count)), capture_output=True, text=True, check=True, timeout=60)
    written = "\n".join("".join(map(str, element.itertext())) for element in etree.fromstring(drawn.stdout.encode()).iter(f"{SVG}text"))
    for box in draw_map(found(count)).groups:
        for line in box.lines:
            assert line.text in written.replace("\u00a0", " ")


def test_dot_has_no_quotation_mark_that_is_not_escaped() -> None:
    for line in map_as_dot(found(0)).splitlines():
        bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", line)
        assert '"' not in bare
        assert "script" not in bare


def test_the_text_is_whole_and_no_wider_than_the_terminal() -> None:
    text = map_as_text(found(500), columns=80)
    assert all(cells(line) <= 80 for line in text.splitlines())
    flat = re.sub(r"\s+", "", text)
    assert all(role.name in flat for role in found(500).roles)
    assert "\u202e" not in text
    assert HOSTILE.split("`")[0] in flat


def test_a_missing_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("federation.extras.find_spec", lambda _: None)
    with pytest.raises(RegistrationError) as refused:
        map_as_svg(found(0))
    assert (refused.value.check, refused.value.expected) == ("report-extra", "the package jinja2")
    assert "flowchart LR" in map_as_mermaid(found(0))
