"""A `State` on a Redis server, which several machines share (attack row P10). ADR 45 has the reasons."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from federation.errors import AccountFault
from federation.state import redis_scripts as scripts
from federation.state.records import MICROSECONDS_PER_HOUR, hashed, micros, used_token
from federation.state.servers import ANSWER_SECONDS, password_for, unusable, url_fault

OLDEST: Final = (6, 2)
"""The oldest release of Redis that is supported."""
_FORMAT: Final = "federation-state 1 "
_MILLISECOND: Final = 1000
_HOUR: Final = MICROSECONDS_PER_HOUR // _MILLISECOND
_FORM: Final = "redis://[USER@]HOST[:PORT][/NUMBER], or rediss:// with TLS, whose certificates ?ssl_ca_certs=FILE may verify"
_REMEDY: Final = "correct the server, the network between or --state"
_FAILURES: Final = (redis.RedisError, OSError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisAddress:
    """Where a Redis server is, and how to log in to it."""

    host: str
    port: int
    database: int
    user: str | None
    password: str | None = field(repr=False)
    tls: bool
    authorities: str | None

    @classmethod
    def parse(cls, url: str) -> RedisAddress:
        """Read *url*, such as ``rediss://app@redis.example.com:6379/0``.

        Raises:
            RegistrationError: It has another form. The text of the URL, which may hold a password, is not shown.
        """
        scheme = url.partition("://")[0]
        try:
            parts = urlsplit(url)
            host, port, number = parts.hostname, parts.port, parts.path.removeprefix("/") or "0"
            options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
        except ValueError:
            host, port, number, options, parts = None, None, "", {}, SplitResult("", "", "", "", "")
        authorities = options.pop("ssl_ca_certs", None)
        plain = scheme == "redis" and authorities is not None
        # No further option: redis-py takes some that switch certificates or time limits off.
        if not host or options or plain or parts.fragment or not (number.isascii() and number.isdecimal()) or len(number) > 4:  # noqa: PLR2004
            raise url_fault(scheme, expected=_FORM, found="another form", remedy="correct --state")
        return cls(
            host=host,
            port=6379 if port is None else port,
            database=int(number),
            user=unquote(parts.username) if parts.username else None,
            password=password_for(scheme, unquote(parts.password) if parts.password else None),
            tls=scheme == "rediss",
            authorities=authorities,
        )

    @property
    def shown(self) -> str:
        """The URL without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'rediss' if self.tls else 'redis'}://{host}:{self.port}/{self.database}"

    def client(self) -> redis.Redis:
        """Return a client that waits `ANSWER_SECONDS` at most and asks nothing twice: the use whose answer was lost may be recorded."""
        security: dict[str, Any] = {"ssl": True, "ssl_ca_certs": self.authorities} if self.tls else {}
        return redis.Redis(
            host=self.host,
            port=self.port,
            db=self.database,
            username=self.user,
            password=self.password,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),
            **security,
        )


class RedisState:
    """A `State` on a Redis server. It is thread-safe, and may be used in a forked process.

    Tokens and devices are there as SHA-256. Instants are rounded up to milliseconds, which are exact in Lua. A record may be deleted a
    millisecond early; the mark that it leaves is rounded alike, so that its token is not taken again.
    """

    __slots__ = ("__weakref__", "_address", "_client", "_identity")

    def __init__(self, url: str) -> None:
        """Open the state on the server of *url*, and create it where there is none.

        Raises:
            RegistrationError: *url* has another form than `RedisAddress.parse` takes.
            AccountFault: The server cannot be reached or used, or might forget what it recorded.
        """
        self._address = RedisAddress.parse(url)
        self._client = self._address.client()
        try:
            self._require_lasting(self._client.info())
            self._client.set(scripts.STATE, _FORMAT + secrets.token_hex(16), nx=True)
            identity = self._client.get(scripts.STATE)
            if not isinstance(identity, bytes) or not identity.startswith(_FORMAT.encode()):
                raise self._unusable(f"{scripts.STATE} of another program, or of another version of the format")
        except _FAILURES as cause:
            self._client.close()
            raise self._unusable(str(cause) or type(cause).__name__) from None
        except AccountFault:
            self._client.close()
            raise
        self._identity = identity

    def __len__(self) -> int:
        """Number of used tokens in the record."""
        return self._run(scripts.COUNT)

    def first_use(self, issuer: str, token_id: str, *, until: datetime, at: datetime) -> bool:
        """Record the use of a token and return whether it was the first; see `federation.state.ReplayCache`.

        Raises:
            AccountFault: The server cannot be used. A call whose use cannot be recorded is not granted.
        """
        ends = _millis(until)
        return self._run(scripts.USE, used_token(issuer, token_id), ends, _millis(at), ends // _HOUR, _HOUR) == 1

    def may_have_forgotten(self, until: datetime) -> bool:
        """Return whether a record may have been deleted; see `federation.state.ReplayCache`. The latest end is kept for each hour.

        Raises:
            AccountFault: The server cannot be used.
        """
        ends = _millis(until)
        return self._run(scripts.MARKED, ends, ends // _HOUR) == 1

    def claim(self, serial_number: str, step: int) -> bool:
        """Record the use of an MFA code; see `federation.state.UsedCodes`.

        Raises:
            AccountFault: The server cannot be used.
        """
        return self._run(scripts.SPEND, hashed(serial_number), step) == 1

    def first_exchange(self, digest: str) -> bool:
        """Record the exchange of a trade-in token; see `federation.state.State`.

        Raises:
            AccountFault: The server cannot be used.
        """
        return self._run(scripts.EXCHANGE, hashed(digest)) == 1

    def forget_all(self) -> None:
        """Forget everything; see `federation.state.State`.

        Raises:
            AccountFault: The server cannot be used.
        """
        self._run(scripts.FORGET)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _run(self, script: str, *arguments: bytes | int) -> int:
        try:
            answer = self._client.eval(script, len(scripts.KEYS), *scripts.KEYS, self._identity, *arguments)
        except _FAILURES as cause:
            raise self._unusable(str(cause) or type(cause).__name__) from None
        if type(answer) is not int or answer == scripts.ANOTHER:
            raise self._unusable("another state than the one that was opened", remedy="find out who emptied the server, and start again")
        return answer

    def _require_lasting(self, server: Mapping[str, Any]) -> None:
        """Require a server that keeps what it recorded."""
        for expected, found, remedy in _shortcomings(server):
            raise self._unusable(found, expected=expected, remedy=remedy)

    def _unusable(self, found: str, *, expected: str = "a Redis server that records uses", remedy: str = _REMEDY) -> AccountFault:
        return unusable(self._address.shown, found, expected=expected, remedy=remedy, password=self._address.password)


def _shortcomings(server: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what is expected of a server, what it says of itself instead, and the remedy."""
    release = str(server.get("redis_version", "none"))
    if tuple(int(part) for part in release.split(".")[:2] if part.isdecimal()) < OLDEST:
        yield f"Redis {'.'.join(map(str, OLDEST))} or later", f"version {release}", "update the server"
    demands = (
        ("redis_mode", "standalone", "name one server: nodes of a cluster and sentinels do not share one record"),
        ("role", "master", "name the primary: a replica records nothing"),
        ("aof_enabled", "1", "set `appendonly yes`: without the log a restart forgets what was used"),
        ("maxmemory_policy", "noeviction", "set `maxmemory-policy noeviction`: evicted records are forgotten"),
    )
    for name, value, remedy in demands:
        found = str(server.get(name, "nothing"))
        if found != value:
            yield f"a server with {name} {value}", found, remedy


def _millis(instant: datetime) -> int:
    return -(-micros(instant) // _MILLISECOND)
