"""The page: its form, and below it the answer to what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from federation.account.access import map_access
from federation.drawing.account_map import map_as_svg
from federation.errors import AccountFaults, FederationError
from federation.judging.pasted import find_tokens
from federation.page.accounts import PageAccount
from federation.page.answer import PageAnswer, answer_of, listed_tokens
from federation.page.asked import PATH, PageQuestion
from federation.page.dropped import DOCUMENTS
from federation.page.judged import judge
from federation.page.rendering import render
from federation.page.settings import PageSettings
from federation.report import kept

_DIGITS: Final = 4
_LISTED: Final = 500
"""Roles and providers that the form lists. A longer list would make every page long; any other one can be typed."""


class FormLists(NamedTuple):
    """What the form offers to choose from.

    Attributes:
        accounts: Key and label of each account.
        roles: ARNs of roles.
        providers: ARNs or names of providers.
        complete: Whether all roles and providers are listed.
    """

    accounts: tuple[tuple[str, str], ...]
    roles: tuple[str, ...]
    providers: tuple[str, ...]
    complete: bool


class Unanswered(NamedTuple):
    """Why a question has no answer: the check that refuses, and its refusals, several for documents with several faults."""

    check: str
    faults: tuple[FederationError, ...]

    @classmethod
    def of(cls, refusal: FederationError) -> Unanswered:
        """Return what the page says of *refusal*."""
        return cls(refusal.check, tuple(refusal.faults) if isinstance(refusal, AccountFaults) else (refusal,))


class Page:
    """Renders the page for some accounts. It keeps nothing of what is asked."""

    __slots__ = ("_accounts", "_lists", "_maps", "_settings")

    def __init__(self, accounts: Sequence[PageAccount], settings: PageSettings | None = None) -> None:
        """Serve *accounts*, the first of which judges where none is chosen."""
        self._accounts = tuple(accounts)
        self._settings = PageSettings() if settings is None else settings
        self._lists = _lists(self._accounts)
        self._maps: dict[str, bytes] = {}

    def form(self, asked: PageQuestion) -> bytes:
        """Return the page with its form filled in as *asked*."""
        return self._render(asked)

    def answer(self, asked: PageQuestion, *, now: datetime) -> bytes:
        """Return the page with the answer to *asked*; *now* is the present, aware UTC."""
        if not asked.pasted.strip():
            return self._render(asked, fault="Paste or choose a token first.")
        pasted = find_tokens(asked.pasted.encode("utf-8", "surrogatepass"))
        if not pasted.tokens:
            return self._render(asked, fault=f"There is no token in {pasted.container}. {pasted.unread}".strip())
        chosen = int(asked.chosen) if asked.chosen.isascii() and asked.chosen.isdigit() and len(asked.chosen) < _DIGITS else 1
        chosen = chosen if 1 <= chosen <= len(pasted.tokens) else 1
        try:
            judged = judge(asked, self._accounts, pasted.tokens[chosen - 1], now=now)
            answer = answer_of(judged, tokens=listed_tokens(pasted.tokens, chosen), container=str(pasted.container))
            return self._render(asked, answer=answer)
        except FederationError as refusal:
            return self._render(asked, unanswered=kept(refusal))

    def map_of(self, account: str) -> bytes | None:
        """Return the map of the account with the id *account* as SVG; None where the page has no such account.

        It is drawn once: with 10 000 roles that takes seconds, in which the worker serves nothing else.

        Raises:
            FederationError: The map cannot be drawn.
        """
        if account not in self._maps:
            held = next((each for each in self._accounts if each.account.id == account), None)
            if held is None:
                return None
            self._maps[account] = map_as_svg(map_access(held.account)).encode("utf-8", "replace")
        return self._maps[account]

    def _render(
        self,
        asked: PageQuestion,
        *,
        answer: PageAnswer | None = None,
        fault: str = "",
        unanswered: FederationError | None = None,
    ) -> bytes:
        return render(
            "page.html",
            path=PATH,
            asked=asked,
            documents=DOCUMENTS,
            lists=self._lists,
            answer=answer,
            fault=fault,
            recent=None if self._settings.recent is None else self._settings.recent.calls(),
            workers=self._settings.workers,
            unanswered=None if unanswered is None else Unanswered.of(unanswered),
        )


def _lists(accounts: Sequence[PageAccount]) -> FormLists:
    roles = [arn for each in accounts for arn in sorted(each.account.roles)]
    providers = [arn for each in accounts for arn in sorted(each.providers)]
    return FormLists(
        tuple((each.account.id, each.label) for each in accounts),
        tuple(roles[:_LISTED]),
        tuple(providers[:_LISTED]),
        complete=max(len(roles), len(providers)) <= _LISTED,
    )
