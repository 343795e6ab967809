"""docs/how-to/page.md names the parts and fields of the page as the page itself does."""

import re

import pytest

from tests.support.paths import REPOSITORY

GUIDE = (REPOSITORY / "docs" / "how-to" / "page.md").read_text(encoding="utf-8")
TEMPLATES = "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "federation" / "page" / "templates").glob("*.html"))


@pytest.mark.parametrize("label", sorted(set(re.findall(r"\*\*(.+?)\*\*", GUIDE))))
def test_every_label_is_on_the_page(label: str) -> None:
    assert re.search(rf"[>\"] ?{re.escape(label)}[<\"]", TEMPLATES), f"the page has no {label!r}"
