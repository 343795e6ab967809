"""docs/observed.md has every section that the code cites and none that nothing cites; no comment leads to a page that a checkout lacks."""

import re
from collections.abc import Iterator

from tests.support.paths import REPOSITORY

HEADING = re.compile(r"^#{2,3} ([0-9]+(?:\.[0-9]+)?)\.? ", re.MULTILINE)
SECTIONS = HEADING.findall((REPOSITORY / "docs" / "observed.md").read_text(encoding="utf-8"))
CITATION = re.compile(r"observed\.md ([0-9.]+(?:(?:, | to | and )[0-9.]+)*)")
SOURCES = [path for directory in ("federation", "tests") for path in sorted((REPOSITORY / directory).rglob("*.py"))]


def cited(text: str) -> Iterator[str]:
    """Yield the sections that *text* cites; a range cites those that the page has between its ends."""
    for citation in CITATION.findall(text):
        for part in re.split(r", | and ", citation):
            ends = [end.rstrip(".") for end in part.split(" to ")]
            first, last = (SECTIONS.index(end) if end in SECTIONS else None for end in (ends[0], ends[-1]))
            yield from ends if first is None or last is None else SECTIONS[first : last + 1]


def test_every_cited_section_is_on_the_page_and_every_section_is_cited() -> None:
    found = {section: path for path in SOURCES for section in cited(path.read_text(encoding="utf-8"))}
    missing = {section: str(path.relative_to(REPOSITORY)) for section, path in found.items() if section not in SECTIONS}
    assert not missing, f"docs/observed.md lacks {missing}"
    idle = [one for one in SECTIONS if not any(each == one or each.startswith(f"{one}.") for each in found)]
    assert not idle, f"nothing cites {idle} of docs/observed.md: cite it or remove it"


def test_no_section_stands_twice() -> None:
    assert len(SECTIONS) == len(set(SECTIONS))


def test_citations_are_read_as_written() -> None:
    assert list(cited("(docs/observed.md 1.0 to 1.2, 4.3).")) == ["1.0", "1.1", "1.2", "4.3"]
    assert list(cited("docs/observed.md " + "9.9; attack row A22")) == ["9.9"]


FOLDERS = [REPOSITORY / "docs", *(REPOSITORY / "docs" / name for name in ("tutorials", "how-to", "explanation", "reference"))]


def test_pages_that_the_code_names_are_in_the_repository() -> None:
    """Those of the shared material, which a test names with `shared_path` and skips without, are in no checkout."""
    absent = {
        name: str(path.relative_to(REPOSITORY))
        for path in SOURCES
        for name in re.findall(r"(?<![\w./-])(?<!shared_path\(\")(?:docs/)?[a-z][\w-]*(?:/[\w-]+)*\.md\b", path.read_text(encoding="utf-8"))
        if not any((base / name).is_file() for base in (REPOSITORY, path.parent, *FOLDERS))
    }
    assert not absent, f"a checkout lacks {absent}"
