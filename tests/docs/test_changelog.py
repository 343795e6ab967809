"""CHANGELOG.md is merged by union, which keeps what two branches wrote alike twice."""

import re
from collections import Counter

from tests.support.paths import REPOSITORY

RELEASES = re.split(r"^## ", (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
"""Those of Keep a Changelog, in its order."""


def entries(release: str) -> list[str]:
    return [" ".join(entry.split()) for entry in re.findall(r"^- (.*?)(?=^- |^#|\Z)", release, re.MULTILINE | re.DOTALL)]


def test_no_entry_stands_twice() -> None:
    assert RELEASES
    for release in RELEASES:
        beginnings = Counter(entry[:60] for entry in entries(release))
        assert [beginning for beginning, times in beginnings.items() if times > 1] == []


def test_the_kinds_of_a_release_stand_once_and_in_order() -> None:
    for release in RELEASES:
        kinds = re.findall(r"^### (.*)$", release, re.MULTILINE)
        assert kinds == [kind for kind in KINDS if kind in kinds]
