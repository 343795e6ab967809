"""Templates have no way to write markup that comes from a value, and nothing that the Content-Security-Policy would have to allow."""

import re

import pytest
from jinja2 import Environment
from jinja2.nodes import EvalContextModifier, Filter, Name
from markupsafe import Markup

from federation.page.rendering import STATIC, TEMPLATES, Lines, lines, prose, render, static_files

FILES = sorted(TEMPLATES.glob("*.html"))
TREES = {file.name: Environment(autoescape=True).parse(file.read_text("utf-8")) for file in FILES}
ALLOWED = {"length", "lines", "prose", "verbatim"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_template_escapes_every_value(file: object) -> None:
    tree = TREES[file.name]  # type: ignore[attr-defined]
    assert {each.name for each in tree.find_all(Filter)} <= ALLOWED
    assert list(tree.find_all(EvalContextModifier)) == [], "autoescape is not switched"
    assert not {each.name for each in tree.find_all(Name)} & {"Markup", "escape"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_template_has_no_style_script_or_handler_of_its_own(file: object) -> None:
    text = file.read_text("utf-8")  # type: ignore[attr-defined]
    assert re.search(r"<style|style=|\son[a-z]+=|javascript:|https?://(?!token\.actions)", text) is None
    assert [each for each in re.findall(r"<script[^>]*>.*?</script>", text) if "src=" not in each or not each.endswith("></script>")] == []


def test_static_files_load_nothing_from_elsewhere() -> None:
    assert {"page.css", "icon.svg"} <= set(static_files())
    for name in static_files():
        text = (STATIC / name).read_text("utf-8")
        assert re.search(r"@import|url\(|https?://(?!www\.w3\.org/2000/svg)", text) is None, name


HOSTILE = "\"><script>alert(1)</script><img src=x onerror='a'>\u202e\x1b[31m\x00✓ `x` {{ 7*7 }} {% raw %}"


def test_a_sentence_with_code_is_escaped() -> None:
    made = prose(f"found `{HOSTILE}`")
    assert isinstance(made, Markup)
    assert "<script" not in made
    assert "\u202e" not in made
    assert prose("a ` b") == "a ` b"
    assert prose("is `a`, not `b`") == "is <code><bdi>a</bdi></code>, not <code><bdi>b</bdi></code>"


def test_lines_keep_their_ends_and_nothing_else() -> None:
    made = lines("a\r\n\u202eb\n\x1bc")
    assert (type(made), str(made)) == (Lines, "a\n\\u202eb\n\\x1bc")


def test_values_are_no_templates() -> None:
    assert b"49" not in render("unanswered.html", unanswered={"check": "{{ 7*7 }}", "faults": ()})
