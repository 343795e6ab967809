"""Names in an account directory, by its files alone: nothing is judged, and a broken account has the names that it shows."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from federation.account.reading.entities import GROUP, JSON, POLICY, ROLE, USER
from federation.account.reading.names import name_of
from federation.account.reading.oauth_providers import OAUTH_PROVIDERS
from federation.account.reading.oidc_providers import OIDC_PROVIDERS
from federation.account.reading.saml_providers import SAML_PROVIDERS
from federation.account.reading.saml_providers import SETTINGS_FILE as PROVIDER_FILE
from federation.account.reading.settings import SETTINGS_FILE

_KINDS: Final = {kind.noun: kind for kind in (ROLE, USER, GROUP, POLICY)}


def names_of(root: Path | None, noun: str) -> Iterator[str]:
    """Yield the names of the entities of a kind: ``role``, ``user``, ``group`` or ``policy``."""
    if root is not None:
        yield from _listed(root / _KINDS[noun].directory, JSON)


def arns_of(root: Path | None, noun: str) -> Iterator[str]:
    """Yield the ARNs of the entities of a kind."""
    kind = _KINDS[noun]
    for name in names_of(root, noun):
        entity = {} if root is None else _json(root / kind.file_of(name))
        inner = entity.get(kind.member, entity)
        path = inner.get("Path", "/") if isinstance(inner, dict) else "/"
        yield f"{_owner(root)}:{noun}{path}{name}"


def provider_names(root: Path | None) -> Iterator[str]:
    """Yield the names of the providers of every kind."""
    if root is not None:
        yield from _listed(root / SAML_PROVIDERS)
        yield from _listed(root / OAUTH_PROVIDERS)
        yield from _nested(root / OIDC_PROVIDERS)


def saml_provider_arns(root: Path | None) -> Iterator[str]:
    """Yield the ARNs of the SAML providers."""
    if root is not None:
        yield from (f"{_owner(root)}:saml-provider/{name}" for name in _listed(root / SAML_PROVIDERS))


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
        if PROVIDER_FILE in found:
            yield "/".join(name_of(part) or part for part in Path(path).relative_to(directory).parts)


def _owner(root: Path | None) -> str:
    """Return the beginning of the ARNs of the account in *root*."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        settings = tomllib.loads((root / SETTINGS_FILE).read_text(encoding="utf-8")) if root else {}
        return f"arn:{settings.get('partition', 'aws')}:iam::{settings['id']}"
    return "arn:aws:iam::"


def _json(file: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError, RecursionError):
        found = json.loads(file.read_bytes())
        return found if isinstance(found, dict) else {}
    return {}
