"""Ages of the keys of an account, and what will stop working."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from federation.account.model import Account

SOON: Final = timedelta(days=30)
"""Time before its end in which a certificate is warned of."""


def key_ages(account: Account, now: datetime) -> dict[str, str]:
    """Return the age of every SAML signing key, and the OpenID Connect providers that have no keys.

    A key still proves after its certificate has expired, but should be replaced.
    """
    ages = {name: _age(start, end, now) for name, start, end in _signing_keys(account)}
    return ages | {provider.name: note for provider in account.oidc_providers.values() for note in provider.notes}


def warnings(account: Account, now: datetime) -> Iterator[str]:
    """Yield what does not work or is about to change: certificates that expire soon or have expired, issuers without keys."""
    for name, start, end in _signing_keys(account):
        if end is not None and end - now < SOON:
            yield f"signing key {name} is {_age(start, end, now)}"
    for provider in account.oidc_providers.values():
        yield from (f"{provider.name}: {note}" for note in provider.notes)


def _signing_keys(account: Account) -> Iterator[tuple[str, datetime | None, datetime | None]]:
    """Yield every SAML signing key: provider and beginning of its fingerprint, and the dates of its certificate."""
    for arn, provider in account.saml_providers.items():
        for key in provider.keys:
            yield f"{arn.rpartition('/')[2]} {key.fingerprint[:16]}", key.not_before, key.not_after


def _age(start: datetime | None, end: datetime | None, now: datetime) -> str:
    if start is None or end is None:
        return "a key without a certificate, so without dates"
    words = f"{(now - start).days} days old, certificate until {end:%Y-%m-%d}"
    if end <= now:
        return f"{words}: expired; it still proves, request the next key"
    return f"{words}: expires soon" if end - now < SOON else words
