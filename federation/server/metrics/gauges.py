"""What is true of the accounts and their keys at a scrape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from federation.account.model import Account
from federation.server.generations import Mark
from federation.server.metrics import catalogue
from federation.server.metrics.catalogue import Metric

_DAY: Final = timedelta(days=1)
_FINGERPRINT_CHARS: Final = 16
_EXPIRY_FILE: Final = "tls-expires"


class GaugeReading(NamedTuple):
    """The value of a gauge at a scrape, with those of its labels."""

    metric: Metric
    labels: tuple[str, ...]
    value: float


def readings(accounts: Sequence[Account], served: Mark, at: datetime) -> Iterator[GaugeReading]:
    """Yield the gauges of the generation *served*, with its *accounts*, at the instant *at*."""
    yield GaugeReading(catalogue.GENERATION, (), served.generation)
    yield GaugeReading(catalogue.CHANGES, (), served.changes)
    for account in accounts:
        yield from _saml_keys(account, at)
        for provider in account.oidc_providers.values():
            yield GaugeReading(catalogue.OIDC_KEYS, (account.id, provider.name), len(provider.keys.keys))
        retired = [ceased for ceased in account.keyring.retired.values() if ceased <= at]
        if retired:
            yield GaugeReading(catalogue.SEALING_KEY_AGE, (account.id,), (at - max(retired)) / _DAY)
        if account.keyring.seals_from is not None:
            labels = account.id, account.keyring.successor
            yield GaugeReading(catalogue.SEALING_KEY_BEGINS, labels, (account.keyring.seals_from - at) / _DAY)


def tell_expiry(shared: Path, expires_at: datetime) -> None:
    """Let workers that share the directory *shared* tell when the certificate of the server expires."""
    unfinished = shared / f"{_EXPIRY_FILE}.new"
    unfinished.write_text(str(expires_at.timestamp()), encoding="ascii")
    unfinished.replace(shared / _EXPIRY_FILE)


def expiry(shared: Path, at: datetime) -> Iterator[GaugeReading]:
    """Yield how long the certificate of the server is valid at the instant *at*, where it has one."""
    with suppress(FileNotFoundError):
        seconds = float((shared / _EXPIRY_FILE).read_text(encoding="ascii")) - at.timestamp()
        yield GaugeReading(catalogue.CERTIFICATE_EXPIRES, (), seconds / _DAY.total_seconds())


def _saml_keys(account: Account, at: datetime) -> Iterator[GaugeReading]:
    for arn, provider in account.saml_providers.items():
        for key in provider.keys:
            labels = account.id, arn.partition("/")[2], key.fingerprint[:_FINGERPRINT_CHARS]
            if key.not_before is not None:
                yield GaugeReading(catalogue.SAML_KEY_AGE, labels, (at - key.not_before) / _DAY)
            if key.not_after is not None:
                yield GaugeReading(catalogue.SAML_CERTIFICATE_EXPIRES, labels, (key.not_after - at) / _DAY)
