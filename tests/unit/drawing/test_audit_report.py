"""The report of an audit is one file without script and references, in which foreign text is text; charts repeat what tables list."""

import re
import sys
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from lxml import etree, html

from federation.drawing.audit_report import ROWS, audit_report
from federation.drawing.charts import bars, columns
from federation.errors import RegistrationError
from federation.identity import timestamp
from federation.judging.chronicle import Chronicle
from federation.judging.judge import Judgement, ProfileVerdict
from tests.support.large_account import HOSTILE
from tests.support.world import ISSUED as AT


def parsed(text: str) -> Any:
    return html.fromstring(text)


def chronicle(count: int) -> Chronicle:
    """A chronicle in which everything that a stranger can choose is hostile."""
    found = Chronicle()
    for number in range(count):
        strict = ProfileVerdict(accepted=False, check=HOSTILE)
        refusal = {"check": ("audience", HOSTILE)[number % 2], "code": "c", "expected": HOSTILE, "found": HOSTILE, "remedy": HOSTILE}
        refused = number % 3 == 0
        found.count(
            Judgement(
                id=HOSTILE,
                kind=HOSTILE,
                provider=None if number % 5 == 0 else f"arn:aws:iam::123456789012:saml-provider/{HOSTILE}{number % 40}",
                at=timestamp(AT + timedelta(hours=number)),
                accepted=not refused,
                verdicts={"aws": ProfileVerdict(accepted=True), "strict": strict},
                claimed={"issuer": f"{HOSTILE}{number}", "subject": HOSTILE},
                role={"arn": HOSTILE, "effect": "Deny"},
                refusal=refusal if refused else None,
            )
        )
    return found


@cache
def report(count: int) -> str:
    return audit_report(chronicle(count), of="account 123456789012")


def test_hostile_text_is_text_everywhere() -> None:
    tree = parsed(report(400))
    assert (
        tree.xpath("//script | //iframe | //object | //img | //form | //*[local-name()='foreignObject'] | //*[local-name()='image']") == []
    )
    attributes = {name for element in tree.iter() if isinstance(element.tag, str) for name in element.attrib}
    assert not any(name.startswith("on") or name in {"src", "srcdoc", "action", "xlink:href"} for name in attributes)
    assert all(link.startswith("#") for link in tree.xpath("//@href"))
    assert "\u202e" not in report(400)
    cells = {cell.text_content() for cell in tree.xpath("//td")}
    assert HOSTILE.replace("\u202e", "\\u202e") in cells


def test_it_refers_to_nothing_outside_itself() -> None:
    text = report(400)
    assert set(re.findall(r"https?://[^\"' <]+", text)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"url\(|@import|<link|pygal\.org", text)
    assert "default-src 'none'" in text


def test_every_chart_is_repeated_as_a_table() -> None:
    tree = parsed(report(400))
    charts = tree.xpath("//section[.//*[local-name()='svg']]")
    assert [section.get("id") for section in charts] == ["time", "checks", "providers"]
    assert all(section.xpath(".//table//td") for section in charts)
    assert all(table.xpath("./caption") and table.xpath(".//th[@scope='col']") for table in tree.xpath("//table"))
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_numbers_agree() -> None:
    found = chronicle(400)
    tree = parsed(report(400))
    figures = [each.text_content() for each in tree.xpath("//dl[@class='figures']//dd")]
    assert figures == ["400", str(found.tally.accepted), str(found.tally.refused)]
    for section, column in (("checks", 3), ("time", 3), ("change", 3)):
        cells = tree.xpath(f"//section[@id='{section}']//table[1]//td[{column}]")
        assert sum(int(cell.text_content().replace(",", "")) for cell in cells) == found.tally.refused, section


def test_long_tables_end_with_the_others() -> None:
    tree = parsed(report(400))
    rows = tree.xpath("//section[@id='providers']//table")[0].xpath(".//tbody/tr")
    assert len(rows) == ROWS + 1
    assert rows[-1].text_content().strip().startswith("others")


def test_the_report_is_the_same_every_time() -> None:
    assert audit_report(chronicle(60), of="account 123456789012") == audit_report(chronicle(60), of="account 123456789012")


def test_an_audit_in_which_nothing_is_refused() -> None:
    found = Chronicle()
    verdicts = {profile: ProfileVerdict(accepted=True) for profile in ("aws", "strict")}
    found.count(Judgement(id="a", kind="k", provider="p", at=timestamp(AT), accepted=True, verdicts=verdicts))
    tree = parsed(audit_report(found, of="account 1"))
    assert [section.get("id") for section in tree.xpath("//section")] == ["time", "providers", "profiles"]


@pytest.mark.parametrize("missing", ["jinja2", "pygal"])
def test_a_missing_extra_is_told(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setattr("federation.extras.find_spec", lambda name: None if name == missing else name)
    with pytest.raises(RegistrationError) as refused:
        audit_report(chronicle(10), of="account 1")
    assert (refused.value.check, refused.value.expected) == ("report-extra", f"the package {missing}")


def test_a_chart_is_an_image_of_svg_without_script() -> None:
    rows = [(HOSTILE, {"one": 1.5, "two": 2.0}), ("b", {"two": 3.0})]
    for chart in (bars("a", HOSTILE, rows), columns("b", HOSTILE, [HOSTILE], {HOSTILE: [3]}), columns("c", "empty", [], {})):
        tree = etree.fromstring(str(chart))
        assert tree.get("role") == "img"
        assert {etree.QName(element).localname for element in tree.iter()} <= {
            "svg", "defs", "style", "title", "g", "rect", "path", "line", "text", "desc", "tspan", "circle",
        }  # fmt: skip
        assert "date" not in chart


def test_no_hook_of_the_charts_stays_in_the_imports_of_the_process() -> None:
    bars("a", "a", [("a", {"b": 1.0})])
    assert [finder for finder in sys.meta_path if type(finder).__module__.startswith("pygal")] == []
