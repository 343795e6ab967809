"""Choices on the command line, with the most alike where a word is none of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click


class Choice(click.Choice[str]):
    """One of several words."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:  # noqa: ANN401 - click's signature
        """Return why *value* is refused, and which choice it probably was."""
        return f"{super().get_invalid_choice_message(value, ctx)}{meant(str(value), map(str, self.choices))}"


def meant(wanted: str, members: Iterable[str]) -> str:
    """Return the question whether one of *members* was meant by *wanted*, after a blank; empty where none is alike.

    The only one that begins with *wanted* is meant, however long it is.
    """
    from federation.explaining.nearest import nearest  # noqa: PLC0415 - only where a word is refused

    several = list(members)
    begun = [each for each in several if each.casefold().startswith(wanted.casefold())] if wanted else []
    found = begun[0] if len(begun) == 1 else nearest(wanted, several)
    return "" if found is None else f" Did you mean {found!r}?"
