"""Words that a shell completes: names and ARNs of the account at hand.

Options are completed without an account, so what reads its names is imported where a name is completed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from federation.cli.support.options import ACCOUNT_VARIABLE

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Completer = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]

_MOST: Final = 1000
"""Words that are offered."""
_SAFE: Final = re.compile(r"[\w+=,.@:/%-]+", re.ASCII)
"""A word that no shell and no terminal takes for anything else; others are not offered."""
_ARN: Final = "arn:"


def names(noun: str) -> Completer:
    """Return what completes the name of a ``role``, ``user``, ``group`` or ``policy``."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from federation.cli.support.account_names import names_of

        del param
        return _offered(names_of(_root(ctx), noun), incomplete)

    return complete


def arns(noun: str) -> Completer:
    """Return what completes the ARN of a ``role``, ``user`` or ``policy``."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from federation.cli.support.account_names import arns_of

        del param
        return _offered(arns_of(_root(ctx), noun), incomplete)

    return complete


def roles(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a role, or its ARN where one is begun."""
    from federation.cli.support.account_names import names_of

    if incomplete.startswith(_ARN):
        return arns("role")(ctx, param, incomplete)
    prefix = "role/" if incomplete.startswith("role/") else ""
    return _offered((prefix + name for name in names_of(_root(ctx), "role")), incomplete)


def providers(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a provider of any kind."""
    from federation.cli.support.account_names import provider_names

    del param
    return _offered(provider_names(_root(ctx)), incomplete)


def saml_arns(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the ARN of a SAML provider."""
    from federation.cli.support.account_names import saml_provider_arns

    del param
    return _offered(saml_provider_arns(_root(ctx)), incomplete)


def _offered(words: Iterable[str], incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    fitting = (word for word in words if word.startswith(incomplete) and _SAFE.fullmatch(word))
    return [CompletionItem(word) for word in sorted(islice(fitting, _MOST))]


def _root(ctx: click.Context) -> Path | None:
    """Return the account directory of the line that is typed, else the one in the environment."""
    given = ctx.params.get("account_path") or os.environ.get(ACCOUNT_VARIABLE)
    return Path(given) if given else None
