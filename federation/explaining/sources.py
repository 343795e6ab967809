"""The lines of an account's files to which an explanation refers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

from federation.account.model import Account
from federation.account.reading.files import ACCOUNT_FILE_OCTETS
from federation.explaining.positions import TextSpan, locate
from federation.explanation import Explanation, Obstacle, Owner, Place

OWNERS: Final[Mapping[Owner, str]] = {
    "policy": "policy",
    "provider": "registration of the provider",
    "account": "account",
    "identity-provider": "identity provider",
    "workflow": "workflow",
    "call": "call",
    "token": "token",
    "clock": "clock",
}
"""Who holds a place, in words."""


class Excerpt(NamedTuple):
    """One line of a file.

    Attributes:
        file: The path of the file as a user would type it.
        line: Number of the line, from 1.
        text: The line, without its end.
        start: Offset of the first selected character.
        end: Offset after the last selected character.
    """

    file: str
    line: int
    text: str
    start: int
    end: int


class PlacedPolicy(NamedTuple):
    """A trust policy that is part of a file of another form.

    Attributes:
        text: The text of the file.
        span: Returns where a JSON path of the policy stands in it.
    """

    text: str
    span: Callable[[str], TextSpan]


def excerpt_of(text: str, start: int, end: int, *, file: str) -> Excerpt:
    """Return the line of *text* in which what is meant begins, at offset *start*; it ends at *end*, perhaps in a later line."""
    begin = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", start)
    line = text[begin : len(text) if stop < 0 else stop].rstrip("\r")
    return Excerpt(file, text.count("\n", 0, start) + 1, line, start - begin, min(end - begin, len(line)))


@dataclass(frozen=True)
class Sources:
    """The files of an account.

    Attributes:
        root: Its directory; None where there is none.
        account: The account that was loaded from it; None where there is none.
        others: Directories of further accounts, by account id.
        texts: The files of an account in memory, by name, where it has no directory.
        placed: Policies that are parts of other files, by the path of the file as a user would type it.
    """

    root: Path | None = None
    account: Account | None = None
    others: Mapping[str, Path] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    placed: Mapping[str, PlacedPolicy] = field(default_factory=dict)

    def named(self, file: str, account: str = "") -> str:
        """Return the path of *file* of the account, or of the other one with the id *account*, as a user would type it."""
        root = None if file in self.placed and not account else self._root_of(account)
        return file if root is None or not file else str(root / file)

    def excerpt(self, place: Place | None) -> Excerpt | None:
        """Return the line at *place*; None where it is not in a file, or no longer there."""
        if place is None or not place.file:
            return None
        text = self.text(place.file, place.account)
        span = None if text is None else self._span(text, place)
        if text is None or span is None:
            return None
        return excerpt_of(text, *span, file=self.named(place.file, place.account))

    def where(self, place: Place | None) -> str:
        """Return *place* in words: file and line as a user would type them, or the setting with its documentation; empty for None."""
        if place is None:
            return ""
        if place.setting:
            return f"{OWNERS[place.owner]}: {place.setting}" + (f" ({place.source})" if place.source else "")
        excerpt = self.excerpt(place)
        line = place.line if excerpt is None else excerpt.line
        file = self.named(place.file, place.account)
        if file:
            return (f"{file}:{line}" if line is not None else file) + (f"  {place.path}" if place.path and line is None else "")
        return " ".join(part for part in (OWNERS[place.owner], place.path, place.source and f"({place.source})") if part)

    def place_of(self, file: str, path: str) -> str:
        """Return ``file:line`` of *path* in the trust policy in *file*; empty where it is not in the file."""
        found = self.excerpt(Place(owner="policy", file=file, path=path))
        return "" if found is None else f"{found.file}:{found.line}"

    def text(self, file: str, account: str = "") -> str | None:
        """Return the text of *file* of the account, or of the other one with the id *account*; None where it cannot be read."""
        if file in self.placed and not account:
            return self.placed[file].text
        root = self._root_of(account)
        if root is None:
            return None if account else self.texts.get(file)
        try:
            with (root / file).open("rb") as stream:
                return stream.read(ACCOUNT_FILE_OCTETS).decode("utf-8-sig")
        except (OSError, ValueError):
            return None

    def with_lines(self, explanation: Explanation) -> Explanation:
        """Return *explanation* with the line number of each place that is in a file of the account."""
        first, later = self._obstacle(explanation.first), tuple(map(self._obstacle, explanation.later))
        return replace(explanation, first=first, later=later)

    def _obstacle(self, obstacle: Obstacle) -> Obstacle:
        causes = tuple(each if each.place is None else replace(each, place=self._lined(each.place)) for each in obstacle.causes)
        others = tuple(each if each.place is None else replace(each, place=self._lined(each.place)) for each in obstacle.others)
        edits = tuple(replace(each, place=self._lined(each.place)) for each in obstacle.edits)
        return replace(obstacle, causes=causes, edits=edits, others=others)

    def _lined(self, place: Place) -> Place:
        excerpt = self.excerpt(place) if place.line is None else None
        return place if excerpt is None else replace(place, line=excerpt.line)

    def _span(self, text: str, place: Place) -> tuple[int, int] | None:
        if place.file in self.placed and not place.account:
            found = self.placed[place.file].span(place.path)
            return found.start, found.end
        if place.file.endswith(".toml"):
            key = re.search(rf"^[ \t]*({re.escape(place.path)})[ \t]*=", text, re.MULTILINE) if place.path else None
            return None if key is None else key.span(1)
        if not place.path.startswith("$"):
            return None
        root = "$" if place.owner == "account" else self._places.get(place.file, "$")
        node = locate(text, root + place.path[1:])
        return None if node is None else (node.start, node.end)

    def _root_of(self, account: str) -> Path | None:
        """Return the directory of the account with the id *account*; empty for the account that was asked."""
        return self.others.get(account) if account else self.root

    @cached_property
    def _places(self) -> dict[str, str]:
        """The JSON path of the trust policy in the file of each role."""
        return {} if self.account is None else {role.file: role.place for role in self.account.roles.values() if role.file}
