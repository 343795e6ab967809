"""One finding of lint with all that is at hand about it: what the explanation of a rule looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from federation.errors import printable
from federation.explaining.fixing import plain
from federation.explaining.rewriting import adding, shown
from federation.explanation import Cause, Change, Edit, Listing, Obstacle, Place
from federation.policy import Policy, Statement
from federation.policy.conditions import Condition
from federation.policy.keys import RequestKeys
from federation.policy.lint import Finding
from federation.policy.lint.linted_statement import LintedStatement
from federation.policy.lint.vocabulary import provider_of
from federation.vendors import ANY, Vendor, find_vendor

if TYPE_CHECKING:  # accounts, and the key handling behind them, are loaded by who has one
    from federation.account import Account

APPLIES: Final = "whoever meets the changed statement and did not meet it before"
"""Whom an edit lets in that makes a statement apply, where its conditions tell no more."""
_MAX_SHOWN: Final = 2_048
_OIDC_PROVIDER: Final = ":oidc-provider/"

Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True)
class LintCase:
    """What is at hand.

    Attributes:
        policy: The policy.
        linted: The statement as the rule saw it.
        finding: What the rule found.
        account: The account that holds the policy; None where it is not known.
    """

    policy: Policy
    linted: LintedStatement
    finding: Finding
    account: Account | None = None

    @property
    def statement(self) -> Statement:
        """The statement."""
        return self.linted.statement

    @cached_property
    def condition(self) -> Condition | None:
        """The condition that the finding is about; None where it is about another part of the statement."""
        return next((each for each in self.statement.conditions if each.path == self.finding.path), None)

    @property
    def opens(self) -> bool:
        """Whether a condition that no request decides now, once it does, makes an Allow grant or a Deny stop nobody as it did."""
        condition = self.condition
        return condition is not None and (condition.holds(RequestKeys()) is True) is not self.linted.allows

    def source(self, name: str) -> Any:  # noqa: ANN401 - JSON
        """Return the member *name* of the statement as the document has it."""
        return plain(self.statement.source.get(name))

    def provider_arns(self) -> Iterator[str]:
        """Yield the principals of the statement that are OIDC providers with an ARN."""
        element = self.statement.principal
        names = element.names.get("Federated", ()) if element is not None else ()
        yield from (name for name in sorted(names) if _OIDC_PROVIDER in name)

    def registered(self, part: str) -> tuple[str, ...]:
        """Return the ARNs of the account's providers that contain *part*, such as ``:saml-provider/``; none where it is not known."""
        return tuple(sorted(name for name in self.linted.account or () if part in name))

    def explained(self, *edits: Edit, listings: Iterable[Listing] = ()) -> Obstacle:
        """Return the finding as a cause with its *edits*, of which each is enough; *listings* are the sets that were searched."""
        finding = self.finding
        place = Place(owner="policy", path=finding.path)
        cause = Cause(check=finding.id, sentence=finding.message, place=place, listings=tuple(listings))
        return Obstacle(causes=(cause,), edits=edits)

    def edit(
        self,
        changes: Sequence[Change] = (),
        *,
        old: str | None = None,
        new: str | None = None,
        instruction: str = "",
        path: str = "",
        lets_in: str = "",
        command: str = "",
    ) -> Edit:
        """Return an edit of the policy.

        Args:
            changes: What a program changes; none where it cannot know what to write.
            old: What stands there now.
            new: What to write; with ``<…>`` for what the reader must fill in.
            instruction: What to do; the remedy of the finding where it is not said.
            path: Where; the place of the finding where it is not said.
            lets_in: Who is let in, where the edit makes a statement apply that does not now. Who reads the edit sees it in full.
            command: A command that makes the edit.
        """
        return Edit(
            place=Place(owner="policy", path=path or self.finding.path),
            instruction=instruction or self.finding.remedy,
            old=_bounded(old),
            new=_bounded(new),
            changes=tuple(changes),
            command=command,
            lets_in=lets_in if changes else "",
        )

    def demanding(self, operator: str, key: str, value: str, *, known: bool, instruction: str = "") -> Edit:
        """Return the edit by which the statement demands a value; *known* says whether it is the right one, or an example."""
        changes = adding(self.statement, operator, key, value) if known else ()
        new = f'"{operator}": {shown({key: value})}'
        if "Condition" not in self.statement.source:
            new = f'"Condition": {{{new}}}'
        return self.edit(changes, new=new, instruction=instruction, path=f"{self.statement.path}.Condition")


def about(case: LintCase, found: Found | None) -> Found:
    """Return *found*, which the rule saw when it made the finding.

    Raises:
        LookupError: The finding is not of the statement.
    """
    if found is None:
        raise LookupError(case.finding.id)
    return found


def vendor_of(case: LintCase) -> Vendor:
    """Return the vendor of the provider whose key the finding is about."""
    provider = provider_of(case.linted, about(case, case.condition))
    return ANY if provider is None else find_vendor(provider)


def pair(condition: Condition, value: object, *, key: str = "") -> str:
    """Return a condition's key and *value* as the document writes them."""
    return shown({key or condition.key: value})[1:-1]


def placeholder(example: str) -> str:
    """Return *example* in angle brackets where it describes a value and is none itself."""
    return f"<{example}>" if " " in example and "<" not in example else example


def _bounded(text: str | None) -> str | None:
    if text is None:
        return None
    safe = printable(text[:_MAX_SHOWN])
    return safe if len(text) <= _MAX_SHOWN else f"{safe}… ({len(text)} characters)"


ExplainFinding = Callable[[LintCase], Obstacle]
"""Explains the findings of one rule."""
