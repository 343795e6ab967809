"""The files that `federation policy lint` looks at, each with what it finds there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from federation.cli.rendering.places import line_numbers, line_of
from federation.errors import MalformedPolicyDocument
from federation.evidence.documents import DocumentFault, Region
from federation.evidence.documents.linting import LintedDocument
from federation.evidence.workloads import LintedWorkload
from federation.explaining.linting import ExplainedFinding, explain_policy, placed
from federation.explaining.linting.keys import TABLE as ABOUT_KEYS
from federation.explaining.linting.refusals import explain_unstorable
from federation.explaining.positions import locate, locate_name
from federation.explaining.roles import WRAPPED_ROLE
from federation.explaining.sources import Sources
from federation.explanation import Obstacle, Place
from federation.policy import Kind, Policy

if TYPE_CHECKING:  # accounts, and the key handling behind them, are loaded where one is asked about
    from federation.account import Account


@dataclass(frozen=True)
class LintedFile(Sources):
    """One file: the refusal of IAM to store it, if any, and every finding.

    Attributes:
        file: The file as one would type it here.
        content: Its text.
        whole: JSON path that the paths of the findings begin at.
        refusal: Why IAM would not store it; None where it would.
        obstacle: The same with its cause and edits, their places in the file.
        findings: The findings, likewise.
        policy: The policy; None where it is none, or where the file holds several.
        linted: The policy of a resource that the file declares; None where the file is the policy, or belongs to an account.
        workload: A workload of the file that asks for a role; None for others.
        fault: Why the file, or a resource of it, cannot be read; None where it can.
    """

    root: Path | None = Path()
    file: str = ""
    content: str = field(default="", repr=False)
    whole: str = "$"
    refusal: MalformedPolicyDocument | None = None
    obstacle: Obstacle | None = None
    findings: tuple[ExplainedFinding, ...] = ()
    policy: Policy | None = field(default=None, repr=False)
    linted: LintedDocument | None = field(default=None, repr=False)
    workload: LintedWorkload | None = field(default=None, repr=False)
    fault: DocumentFault | None = None

    @property
    def address(self) -> str:
        """The resource that has the policy, or the workload; empty where the file is the policy, or holds several."""
        if self.fault is not None:
            return self.fault.address
        if self.workload is not None:
            return self.workload.login.address
        return "" if self.linted is None else self.linted.found.address

    @property
    def accepted(self) -> bool | None:
        """Whether IAM would store it; None where the file does not say all of it, cannot be read, or has a workload and no policy."""
        if self.fault is not None or self.workload is not None:
            return None
        return self.refusal is None if self.linted is None else self.linted.accepted

    def named(self, file: str, account: str = "") -> str:
        """Return *file* as it is."""
        del account
        return file

    def text(self, file: str, account: str = "") -> str | None:
        """Return the text, of this file alone."""
        del account
        return self.content if file == self.file else None

    def _span(self, text: str, place: Place) -> tuple[int, int] | None:
        """Return where *place* is in *text*: the name of a condition key where the key is what a finding is about."""
        if self.workload is not None:
            return self.workload.login.written.start, self.workload.login.written.end
        if self.linted is not None:
            span = self.linted.found.span(place.path, name=place.path in self._keys)
            return span.start, span.end
        name = locate_name(text, self.whole + place.path[1:]) if place.path in self._keys else None
        return super()._span(text, place) if name is None else (name.start, name.end)

    def region(self, place: Place) -> Region | None:
        """Return lines and columns of *place* in the policy of a resource, or of the role of a workload; None for other files."""
        if self.workload is not None:
            return self.workload.login.source.region(self.workload.login.written)
        return None if self.linted is None else self.linted.found.region(place.path, name=place.path in self._keys)

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(each.finding.path for each in self.findings if each.finding.id in ABOUT_KEYS)

    @cached_property
    def _places(self) -> dict[str, str]:
        return {self.file: self.whole}

    def as_dict(self) -> dict[str, Any]:
        """Return the documented schema of ``--json``."""
        told = {
            "file": self.file,
            "accepted": self.accepted,
            "refusal": self._refused(),
            "findings": [{**each.as_dict(), "line": line_at(each)} for each in self.findings],
        }
        if self.fault is not None:
            return {**told, "address": self.address, "fault": self.fault.as_dict()}
        if self.workload is not None:
            return {**told, "address": self.address, "workload": self.workload.as_dict()}
        return told if self.linted is None else {**told, **self.linted.found.as_dict(), "unjudged": list(self.linted.unjudged)}

    def _refused(self) -> dict[str, Any] | None:
        if self.refusal is None or self.obstacle is None:
            return None
        explained = {"cause": self.obstacle.causes[0].as_dict(), "edits": [edit.as_dict() for edit in self.obstacle.edits]}
        return {**self.refusal.as_dict(), **explained}

    def listed(self) -> Iterator[dict[str, Any]]:
        """Yield the findings as plain data, each with its ``file``."""
        yield from ({"file": self.file, **each.as_dict(), "line": line_at(each)} for each in self.findings)


def line_at(explained: ExplainedFinding) -> int:
    """Return the line of a finding, whose cause has one in every file."""
    place = explained.obstacle.causes[0].place
    return 1 if place is None or place.line is None else place.line


def linted_text(name: str, text: str, kind: str, at: datetime | None = None) -> LintedFile:
    """Return the policy document *text* of the file *name*, looked at."""
    lines = line_numbers(text)

    def line(path: str) -> int:
        return line_of(lines, path)

    def refused(file: LintedFile, refusal: MalformedPolicyDocument) -> LintedFile:
        obstacle = placed(explain_unstorable(text, refusal, kind=kind), file=name, line_of=line)
        return replace(file, refusal=refusal, obstacle=obstacle)

    file = LintedFile(file=name, content=text)
    try:
        stored = Policy.stored(text, kind=kind)
    except MalformedPolicyDocument as refusal:
        return refused(file, refusal)
    found = tuple(each.placed(file=name, line_of=line) for each in explain_policy(stored, at=at))
    file = replace(file, findings=found, policy=stored)
    try:
        Policy.parse(text, kind=kind)
    except MalformedPolicyDocument as refusal:
        return refused(file, refusal)
    return file


def read_account(
    account: Account,
    root: Path,
    *,
    kinds: frozenset[Kind] = frozenset(Kind),
    files: Collection[str] | None = None,
    relative: bool = False,
    at: datetime | None = None,
) -> Iterator[LintedFile]:
    """Yield the files of the account in *root* that have findings. Whether IAM would store a policy is not checked: the account stores it.

    Args:
        account: The account, loaded from *root*.
        root: Its directory.
        kinds: The kinds of policies that are looked at.
        files: The files that are looked at, relative to *root*; None for all.
        relative: Whether files are named relative to *root*.
        at: When they are looked at, for conditions on the time; None where nothing is to be said of them.
    """
    from federation.explaining.linting.accounts import explain_account  # noqa: PLC0415 - loaded where it is used

    by_file: dict[str, list[tuple[str, ExplainedFinding]]] = {}
    for stored, explained in explain_account(account, kinds=kinds, files=files, at=at):
        by_file.setdefault(stored.file, []).append((stored.path, explained))
    for file, found in by_file.items():
        yield _of_account(file if relative else str(root / file), Sources(root).text(file) or "", found)


def _of_account(name: str, text: str, found: Sequence[tuple[str, ExplainedFinding]]) -> LintedFile:
    lines, whole = line_numbers(text), whole_of(text)

    def line(path: str) -> int:
        return line_of(lines, whole + path.removeprefix("$"))

    findings = tuple(each.placed(file=name, at=at, line_of=line) for at, each in found)
    return LintedFile(file=name, content=text, whole=whole, findings=findings)


def whole_of(text: str) -> str:
    """Return the JSON path of the role, user, group or policy in *text*, a file of the account."""
    return "$" if locate(text, WRAPPED_ROLE) is None else WRAPPED_ROLE
