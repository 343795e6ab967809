"""Subjects that no token of a vendor has: the order of the parts, and the mistakes that authors of policies make in it.

A reader looks at a whole subject, or at what stands before the first wildcard of a pattern. It finds a flaw only where no text after the
wildcard could make a subject of the vendor.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple


@dataclass(frozen=True, slots=True)
class Flaw:
    """A reason that no token has a subject.

    Attributes:
        said: What is wrong, as a clause.
        mended: The beginnings that may be meant instead, each with what it is; none where the author alone knows.
        customised: Whether a token has the subject where its owner customised the form of subjects.
    """

    said: str
    mended: tuple[tuple[str, str], ...] = ()
    customised: bool = False


class SubjectPart(NamedTuple):
    """A part of a subject: one of some words, or a value by its name and regular expression."""

    words: tuple[str, ...] = ()
    name: str = ""
    pattern: str = r".+"

    @property
    def shown(self) -> str:
        """What stands there, for messages."""
        return " or ".join(f"`{word}`" for word in self.words) or self.name

    def takes(self, text: str) -> bool:
        """Tell whether the part can be *text*."""
        return text in self.words if self.words else re.fullmatch(self.pattern, text, re.DOTALL) is not None

    def begins(self, text: str) -> bool:
        """Tell whether the part can begin with *text*; of a value that is not asked."""
        return not self.words or any(word.startswith(text) for word in self.words)


ReadFlaw = Callable[[str, bool], Flaw | None]
"""Returns the flaw of a subject, or of the beginning of one (False); None where a token can have it."""


def word(*words: str) -> SubjectPart:
    """Return a part that is one of *words*."""
    return SubjectPart(words)


def value(name: str, pattern: str = r".+") -> SubjectPart:
    """Return a part that is a value."""
    return SubjectPart((), name, pattern)


def unflawed(text: str, whole: bool) -> Flaw | None:  # noqa: FBT001 - the type `ReadFlaw`
    """Find no flaw: nothing is known of the form."""
    del text, whole
    return None


def in_order(*forms: tuple[SubjectPart, ...], separator: str = ":", only: str = "", customised: int = 0) -> ReadFlaw:
    """Return the reader of subjects whose parts stand in the order of one of *forms*.

    Args:
        forms: The parts of each form.
        separator: The text between the parts.
        only: Subjects that do not begin so, in whatever case, are not judged: customers may choose them.
        customised: How many parts a whole subject must have at least to be one of a customised form.
    """

    def read(text: str, whole: bool) -> Flaw | None:  # noqa: FBT001 - the type `ReadFlaw`
        if only and not text.lower().startswith(only):
            return None
        parts = text.split(separator)
        flaws = [_misplaced(parts, form, whole=whole) for form in forms]
        if None in flaws:
            return None
        at, said, mended = max((each for each in flaws if each is not None), key=lambda each: each[0])
        cut = whole and said.startswith("ends") and 0 < customised <= at
        return Flaw(said, ((separator.join([*parts[:at], mended, *parts[at + 1 :]]), "in lower case"),) if mended else (), customised=cut)

    return read


def _misplaced(parts: list[str], form: tuple[SubjectPart, ...], *, whole: bool) -> tuple[int, str, str] | None:
    """Return where *parts* leave *form*, what is wrong there, and the word that is meant; None where they do not."""
    for at, text in enumerate(parts):
        if at == len(form):
            return at, f"goes on with `{text[:64]}` after its last part", ""
        part, last = form[at], at == len(parts) - 1 and not whole
        if not (part.begins(text) if last else part.takes(text)):
            meant = text.lower() if text.lower() in part.words else ""
            return at, f"has `{text[:64]}` in place of {part.shown}", meant
    if whole and len(parts) < len(form):
        return len(parts), f"ends before {form[len(parts)].shown}", ""
    return None


_LABEL: Final = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
KUBERNETES: Final = in_order(
    (
        word("system"),
        word("serviceaccount"),
        value("a namespace, which is in lower case", _LABEL),
        value("a service account, which is in lower case", rf"{_LABEL}(?:\.{_LABEL})*"),
    )
)
GITLAB: Final = in_order(
    *(
        (word("project_path"), value("a group and a project", r"[^/]+(?:/[^/]+)+"), *rest)
        for rest in (
            (word("ref_type"), word("branch", "tag"), word("ref"), value("a branch or a tag")),
            (word("ref"), value("a branch or a tag"), word("ref_type"), word("branch", "tag")),
        )
    ),
    customised=2,
)
_ORGANIZATION: Final = (word("organization"), value("an organization"))
TERRAFORM: Final = in_order(
    *(
        (*_ORGANIZATION, word("project"), value("a project"), *rest)
        for rest in (
            (word("workspace"), value("a workspace"), word("run_phase"), value("a phase")),
            (word("stack"), value("a stack"), word("deployment"), value("a deployment"), word("operation"), value("an operation")),
        )
    )
)
BUILDKITE: Final = in_order(
    *(
        (*_ORGANIZATION, word("pipeline"), value("a pipeline"), word("ref"), value("a reference"), *rest, *(value("a step"),) * steps)
        for rest in ((word("commit"), value("a commit"), word("step")),)
        # The key of a step may hold colons.
        for steps in range(1, 5)
    ),
    only="organization",
)
_UUID: Final = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_JOB: Final = (word("org"), value("a UUID", _UUID), word("project"), value("a UUID", _UUID), word("user"), value("a UUID", _UUID))


def circleci(text: str, whole: bool) -> Flaw | None:  # noqa: FBT001 - the type `ReadFlaw`
    """Return the flaw of a subject of CircleCI, whose origin and reference hold slashes themselves."""
    parts = text.split("/")
    beginning = "/".join(parts[: len(_JOB)])
    return in_order(_JOB, separator="/")(beginning, whole or len(parts) > len(_JOB))


VERCEL: Final = in_order(
    (word("owner"), value("a team"), word("project"), value("a project"), word("environment"), value("an environment"))
)
