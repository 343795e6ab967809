"""Words that a shell completes: names and ARNs of the account at hand, by the names of its files, and paths.

Nothing is judged here, and a broken account completes what it can.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

from federation.account.reading.entities import GROUP, JSON, POLICY, ROLE, USER, EntityKind
from federation.account.reading.names import name_of
from federation.account.reading.oauth_providers import OAUTH_PROVIDERS
from federation.account.reading.oidc_providers import OIDC_PROVIDERS
from federation.account.reading.saml_providers import SAML_PROVIDERS, SETTINGS_FILE
from federation.account.reading.settings import SETTINGS_FILE as ACCOUNT_FILE
from federation.cli.support.options import ACCOUNT_VARIABLE

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

_MOST: Final = 1000
"""Words that are offered."""
_SAFE: Final = re.compile(r"[\w+=,.@:/%-]+", re.ASCII)
"""A word that no shell and no terminal takes for anything else; others are not offered."""
_ARN: Final = "arn:"


def entities(kind: EntityKind) -> Completer:
    """Return what completes the name of an entity of *kind*."""
    return lambda ctx, param, incomplete: _offered(_names(ctx, param, kind), incomplete)


def arns(kind: EntityKind) -> Completer:
    """Return what completes the ARN of an entity of *kind*."""
    return lambda ctx, param, incomplete: _offered(_arns(ctx, param, kind), incomplete)


def roles(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a role, or its ARN where one is begun."""
    if incomplete.startswith(_ARN):
        return _offered(_arns(ctx, param, ROLE), incomplete)
    prefix = "role/" if incomplete.startswith("role/") else ""
    return _offered((prefix + name for name in _names(ctx, param, ROLE)), incomplete)


def providers(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a provider of any kind."""
    root = _root(ctx, param)
    names = (*_listed(root / SAML_PROVIDERS), *_listed(root / OAUTH_PROVIDERS), *_nested(root / OIDC_PROVIDERS)) if root else ()
    return _offered(names, incomplete)


def saml_arns(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the ARN of a SAML provider."""
    root = _root(ctx, param)
    names = _listed(root / SAML_PROVIDERS) if root else ()
    return _offered((f"{_owner(root)}:saml-provider/{name}" for name in names), incomplete)


ROLE_ARNS: Final = arns(ROLE)
USER_ARNS: Final = arns(USER)
POLICY_ARNS: Final = arns(POLICY)
NAMES: Final = {kind.noun: entities(kind) for kind in (ROLE, USER, GROUP, POLICY)}


def _offered(words: Iterable[str], incomplete: str) -> list[CompletionItem]:
    fitting = (word for word in words if word.startswith(incomplete) and _SAFE.fullmatch(word))
    return [CompletionItem(word) for word in sorted(islice(fitting, _MOST))]


def _root(ctx: click.Context, param: click.Parameter) -> Path | None:
    """Return the account directory of the line that is typed, else the one in the environment."""
    del param
    given = ctx.params.get("account_path") or os.environ.get(ACCOUNT_VARIABLE)
    return Path(given) if given else None


def _names(ctx: click.Context, param: click.Parameter, kind: EntityKind) -> Iterator[str]:
    root = _root(ctx, param)
    return _listed(root / kind.directory, JSON) if root else iter(())


def _arns(ctx: click.Context, param: click.Parameter, kind: EntityKind) -> Iterator[str]:
    root = _root(ctx, param)
    for name in _names(ctx, param, kind) if root else ():
        entity = _json(root / kind.file_of(name)) if root else {}
        entity = entity.get(kind.member, entity)
        path = entity.get("Path", "/") if isinstance(entity, dict) else "/"
        yield f"{_owner(root)}:{kind.noun}{path}{name}"


def _listed(directory: Path, suffix: str = "") -> Iterator[str]:
    """Yield the names that the entries of *directory* stand for."""
    with suppress(OSError):
        for entry in sorted(os.listdir(directory)):  # noqa: PTH208 - names are enough
            name = name_of(entry, suffix)
            if name is not None:
                yield name


def _nested(directory: Path) -> Iterator[str]:
    """Yield the providers below *directory*: hosts, and paths below them."""
    for path, _, found in os.walk(directory):
        if SETTINGS_FILE in found:
            yield "/".join(name_of(part) or part for part in Path(path).relative_to(directory).parts)


def _owner(root: Path | None) -> str:
    """Return the beginning of the ARNs of the account in *root*."""
    with suppress(OSError, ValueError, TypeError):
        settings = tomllib.loads((root / ACCOUNT_FILE).read_text(encoding="utf-8")) if root else {}
        return f"{_ARN}{settings.get('partition', 'aws')}:iam::{settings['id']}"
    return f"{_ARN}aws:iam::"


def _json(file: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError, RecursionError):
        found = json.loads(file.read_bytes())
        return found if isinstance(found, dict) else {}
    return {}
