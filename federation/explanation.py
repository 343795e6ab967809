"""What an explanation consists of: causes, edits, and the question that was refused. The room `explaining` makes them.

Everything here is plain, immutable data, so that the command line, the server's log, the page, ``--json``, lint and SARIF show the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

__all__ = [
    "ABSENT",
    "Absent",
    "Cause",
    "Change",
    "Comparison",
    "Edit",
    "Explanation",
    "Json",
    "Listing",
    "Obstacle",
    "Owner",
    "Place",
    "Question",
]

Owner = Literal["policy", "provider", "account", "identity-provider", "workflow", "call", "token", "clock"]
"""Who or what an edit changes: a policy document, the registration of a provider, another file of the account, a setting of the identity
provider, a workflow of a build service, a parameter of the call, the token to be sent, or a clock."""

Json = dict[str, Any] | list[Any] | str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is written.

    Attributes:
        owner: Who or what holds it.
        file: The file, relative to the account directory, or as it was given; empty where there is none.
        line: The line in that file, from 1; None where it is not known.
        account: Id of the account whose directory has the file; empty for the account that was asked.
        path: JSON path in a policy, or in the file where the owner is ``account``; key in a TOML file, attribute of an assertion, claim
            of a token, or parameter of the call by its name in the API.
        setting: The setting by the name on the vendor's screen, such as ``Assertion Lifespan``.
        source: URL of the documentation that names the setting.
    """

    owner: Owner
    file: str = ""
    line: int | None = None
    path: str = ""
    setting: str = ""
    source: str = ""
    account: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the place as plain data, stable names; what is empty is left out."""
        parts = {
            "owner": self.owner,
            "account": self.account,
            "file": self.file,
            "line": self.line,
            "path": self.path,
            "setting": self.setting,
            "source": self.source,
        }
        return {name: value for name, value in parts.items() if value}


@dataclass(frozen=True, slots=True)
class Absent:
    """Stands in a `Change` for a value that is not there."""


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of a JSON document.

    Attributes:
        path: JSON path of the value, as `federation.policy.document.member` writes paths.
        old: The value as it stands there; `ABSENT` where one is added.
        new: The value that takes its place; `ABSENT` where it is removed.
    """

    path: str
    old: Json | Absent
    new: Json | Absent

    def as_dict(self) -> dict[str, Any]:
        """Return the change as plain data: ``old`` and ``new`` are left out where they are absent."""
        values = {"old": self.old, "new": self.new}
        return {"path": self.path, **{name: value for name, value in values.items() if not isinstance(value, Absent)}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What to change so that the login succeeds.

    Attributes:
        place: Where.
        instruction: One imperative sentence.
        old: What stands there now; None where something is added.
        new: What to write instead; None where something is removed, or where only the reader can know it.
        changes: The same for a program, in order: changes of the trust policy, or of the JSON document in the file of ``place`` where its
            owner is ``account``. Empty where no program can make the edit.
        command: A command that makes the edit; empty where there is none.
        lets_in: Who else can log in after the edit, in one sentence; empty where nobody can.
    """

    place: Place
    instruction: str
    old: str | None = None
    new: str | None = None
    changes: tuple[Change, ...] = ()
    command: str = ""
    lets_in: str = ""

    @property
    def applicable(self) -> bool:
        """Whether ``federation explain --fix`` can make the edit."""
        return bool(self.changes)

    def as_dict(self) -> dict[str, Any]:
        """Return the edit as plain data, stable names."""
        return {
            "place": self.place.as_dict(),
            "instruction": self.instruction,
            "old": self.old,
            "new": self.new,
            "applicable": self.applicable,
            "changes": [change.as_dict() for change in self.changes],
            "command": self.command or None,
            "lets_in": self.lets_in or None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two strings to be read one above the other, such as the policy's value and the token's.

    Attributes:
        expected: What was demanded.
        found: What was there.
        expected_from: Where ``expected`` comes from, in a word or two: ``policy``, ``registered``.
        found_from: Where ``found`` comes from: ``token``, ``call``.
    """

    expected: str
    found: str
    expected_from: str
    found_from: str

    def as_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data, stable names."""
        return {
            "expected": self.expected,
            "found": self.found,
            "expected_from": self.expected_from,
            "found_from": self.found_from,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A set that was searched, such as the registered audiences.

    Attributes:
        label: What the members are.
        members: The members, most alike first.
        nearest: The member that is most alike to what was presented; None where none is alike.
    """

    label: str
    members: tuple[str, ...]
    nearest: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the listing as plain data, stable names."""
        return {"label": self.label, "members": list(self.members), "nearest": self.nearest}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a check or a condition refuses.

    Attributes:
        check: The check, or ``condition``, ``principal``, ``action`` for the parts of a statement.
        sentence: What is true here, in one sentence.
        place: Where the demand is written; None where the rule is in no file.
        comparisons: The strings that differ.
        listings: The sets that were searched.
        unverified: Whether it rests on what an unproved token says of itself.
    """

    check: str
    sentence: str
    place: Place | None = None
    comparisons: tuple[Comparison, ...] = ()
    listings: tuple[Listing, ...] = ()
    unverified: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the cause as plain data, stable names."""
        return {
            "check": self.check,
            "sentence": self.sentence,
            "place": None if self.place is None else self.place.as_dict(),
            "comparisons": [each.as_dict() for each in self.comparisons],
            "listings": [each.as_dict() for each in self.listings],
            "unverified": self.unverified,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """A check or statement that refuses, explained.

    Attributes:
        causes: Why it refuses, at least one.
        edits: What to change; of alternatives the one that lets in least comes first.
        alternatives: Whether one of the edits is enough; otherwise all of them are needed, in order.
        others: What else could have been enough and refuses as well, one cause each: the other Allow statements. The edits are not theirs.
    """

    causes: tuple[Cause, ...]
    edits: tuple[Edit, ...] = ()
    alternatives: bool = True
    others: tuple[Cause, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the obstacle as plain data, stable names."""
        return {
            "causes": [each.as_dict() for each in self.causes],
            "edits": [each.as_dict() for each in self.edits],
            "alternatives": self.alternatives,
            "others": [each.as_dict() for each in self.others],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a login is refused, and what makes it succeed.

    Attributes:
        first: What refuses first.
        later: What would refuse after that, in order.
        aws_accepts: Whether only the profile ``strict`` refuses, so that AWS would accept.
        aws_message: The text that AWS shows for it; None where AWS shows none, or where it is not known.
        aws_shown_by: Who shows that text: ``API``, or ``console`` for the sign-in page.
    """

    first: Obstacle
    later: tuple[Obstacle, ...] = ()
    aws_accepts: bool = False
    aws_message: str | None = None
    aws_shown_by: Literal["API", "console"] = "API"

    @property
    def cause(self) -> str:
        """The sentence of the first cause."""
        return self.first.causes[0].sentence

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The edits of what refuses first, then of what would refuse later."""
        return tuple(edit for each in (self.first, *self.later) for edit in each.edits)

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as plain data: the documented schema of ``--json``."""
        return {
            "cause": self.cause,
            "first": self.first.as_dict(),
            "later": [each.as_dict() for each in self.later],
            "aws_accepts": self.aws_accepts,
            "aws_message": self.aws_message,
            "aws_shown_by": self.aws_shown_by if self.aws_message is not None else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """What was asked when a refusal was raised. It is kept so that the refusal can be explained when somebody asks for that.

    It holds the token, so it is never shown, pickled or written anywhere.

    Attributes:
        at: The instant it was judged at, aware UTC.
        token: The token as it was given to `validate` or `diagnose`; None for an operation, whose call holds it.
        provider: The provider it was judged by; None for an operation, which finds one.
        account: The account that was asked, `federation.account.Account`; for AssumeRole that of the role. None for `validate` and
            `diagnose`.
        call: The call record of the operation; None for `validate` and `diagnose`.
        caller: Who signed the call, where the operation wants it signed and the caller is known.
        callers_account: The account of the caller; None where the caller is not known.
    """

    at: datetime
    token: object = field(default=None, repr=False)
    provider: object = field(default=None, repr=False)
    account: object = field(default=None, repr=False)
    call: object = field(default=None, repr=False)
    caller: object = field(default=None, repr=False)
    callers_account: object = field(default=None, repr=False)


_engine: list[Callable[[Any], Explanation]] = []


def install(engine: Callable[[Any], Explanation]) -> None:
    """Have *engine* explain refusals. The package does it once, when it is imported: the engine stands above what it explains."""
    _engine[:] = [engine]


def explained(refusal: object) -> Explanation:
    """Return what the installed engine says of *refusal*."""
    return _engine[0](refusal)
