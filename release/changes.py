"""The version of a release: what the package says of itself, and what the changelog says of it."""

from __future__ import annotations

import re
from typing import Final

NEXT: Final = "Unreleased"
HEADING: Final = re.compile(r"^## (.+)$", re.MULTILINE)
RELEASED: Final = re.compile(r"(?P<version>\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?) - (?P<day>\d{4}-\d{2}-\d{2})")


def disagreements(wanted: str, packaged: str, changelog: str) -> list[str]:
    """Return what stands against a release of *wanted*, each with what to do; empty where nothing does.

    Args:
        wanted: The version of the tag.
        packaged: ``__version__`` of the package.
        changelog: The text of CHANGELOG.md.
    """
    found = []
    if packaged != wanted:
        found.append(f"the package is version {packaged}: write {wanted} in federation/__init__.py")
    sections = _sections(changelog)
    if sections.get(NEXT, "").strip():
        found.append(f"CHANGELOG.md has entries under `## {NEXT}`: move them below `## {wanted} - YYYY-MM-DD`")
    titles = [title for title in sections if title != NEXT]
    newest = RELEASED.fullmatch(titles[0]) if titles else None
    if newest is None or newest["version"] != wanted:
        shown = f"`## {titles[0]}`" if titles else "no release"
        found.append(f"the newest release of CHANGELOG.md is {shown}: write `## {wanted} - YYYY-MM-DD`")
    return found


def _sections(changelog: str) -> dict[str, str]:
    """Return what stands below each heading of a release."""
    parts = HEADING.split(changelog)
    return dict(zip(parts[1::2], parts[2::2], strict=True))
