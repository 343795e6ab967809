"""What is particular to a state on Redis: which servers are refused, and the form of its URL."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from federation.errors import AccountFault, RegistrationError
from federation.state import open_state
from tests.support.paths import REPOSITORY
from tests.support.stores import PASSWORD, Store, TlsRedisStore, started
from tests.support.world import ISSUED

redis_state = pytest.importorskip("federation.state.redis_state", reason="the package redis is not installed")
AT = ISSUED
UNTIL = AT + timedelta(minutes=5)
SOUND = {"redis_version": "7.0.15", "redis_mode": "standalone", "role": "master", "aof_enabled": 1, "maxmemory_policy": "noeviction"}


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ({}, None),
        ({"redis_version": "6.2.0"}, None),
        ({"redis_version": "6.0.16"}, "Redis 6.2 or later"),
        ({"redis_version": "unstable"}, "Redis 6.2 or later"),
        ({"redis_mode": "cluster"}, "a server with redis_mode standalone"),
        ({"redis_mode": "sentinel"}, "a server with redis_mode standalone"),
        ({"role": "slave"}, "a server with role master"),
        ({"aof_enabled": 0}, "a server with aof_enabled 1"),
        ({"maxmemory_policy": "allkeys-lru"}, "a server with maxmemory_policy noeviction"),
        ({"maxmemory_policy": "volatile-ttl"}, "a server with maxmemory_policy noeviction"),
    ],
)
def test_a_server_that_might_forget_is_refused(says: dict[str, Any], expected: str | None) -> None:
    found = [each[0] for each in redis_state._shortcomings({**SOUND, **says})]
    assert found == ([] if expected is None else [expected])
    missing = [each[1] for each in redis_state._shortcomings({})]
    assert missing == ["version none", *["nothing"] * 4]


@pytest.mark.parametrize(("setting", "value", "usual"), [("maxmemory-policy", "allkeys-lru", "noeviction"), ("appendonly", "no", "yes")])
def test_a_real_server_that_might_forget_is_refused(redis: Store, setting: str, value: str, usual: str) -> None:
    redis.clear()
    redis.ask("CONFIG", "SET", setting, value)
    try:
        with pytest.raises(AccountFault) as caught:
            open_state(redis.url)
    finally:
        redis.ask("CONFIG", "SET", setting, usual)
    assert caught.value.check == "state"
    assert setting in caught.value.remedy


def test_a_replica_is_refused(redis: Store) -> None:
    redis.clear()
    with closing(open_state(redis.url)) as state:  # type: ignore[type-var]
        redis.ask("REPLICAOF", "127.0.0.1", "1")
        try:
            with pytest.raises(AccountFault, match="name the primary"):
                open_state(redis.url)
            with pytest.raises(AccountFault, match="read only replica"):
                state.claim("device", 1)
        finally:
            redis.ask("REPLICAOF", "NO", "ONE")
        assert state.claim("device", 1)


@pytest.mark.parametrize("kept", ["federation-state 2 0123", "something"])
def test_the_keys_of_another_program_or_version_are_left_alone(redis: Store, kept: str) -> None:
    redis.clear()
    redis.ask("SET", "federation:state", kept)
    with pytest.raises(AccountFault, match="of another program, or of another version of the format"):
        open_state(redis.url)
    assert redis.ask("KEYS", "*") == [b"federation:state"]
    redis.clear()
    redis.ask("SET", "federation:used", "a string")
    with closing(open_state(redis.url)) as state, pytest.raises(AccountFault, match="WRONGTYPE"):  # type: ignore[type-var]
        len(state)  # type: ignore[arg-type]


@pytest.mark.stores
def test_a_certificate_that_does_not_verify_is_refused() -> None:
    with started(TlsRedisStore) as store:
        assert isinstance(store, TlsRedisStore)
        url = f"rediss://127.0.0.1:{store.tls_port}/0"
        with closing(open_state(f"{url}?ssl_ca_certs={store.certificate}")) as state:  # type: ignore[type-var]
            assert state.claim("device", 1)
            assert not state.claim("device", 1)
        other_name = f"{url.replace('127.0.0.1', 'localhost')}?ssl_ca_certs={store.certificate}"
        plain = f"rediss://127.0.0.1:{store.port}/0?ssl_ca_certs={store.certificate}"
        for refused in (url, other_name, plain, f"{url}?ssl_ca_certs={store.folder}/absent.pem"):
            with pytest.raises(AccountFault) as caught:
                open_state(refused)
            assert caught.value.check == "state"


def test_the_user_of_the_documentation_is_enough(redis: Store) -> None:
    redis.clear()
    page = (REPOSITORY / "docs" / "how-to" / "several-machines.md").read_text(encoding="utf-8")
    [rule] = [line for line in page.splitlines() if line.startswith("ACL SETUSER federation ")]
    redis.ask("SET", "elsewhere", "x")
    redis.ask(*rule.replace("PASSWORD", PASSWORD).split())
    url = redis.url.replace("://", f"://federation:{PASSWORD}@")
    with closing(open_state(url)) as state, closing(open_state(redis.url)) as other:  # type: ignore[type-var]
        assert state.first_use("idp", "_1", until=UNTIL, at=AT)
        assert not other.first_use("idp", "_1", until=UNTIL, at=AT)
        assert state.first_use("idp", "_2", until=UNTIL + timedelta(days=1), at=UNTIL)
        assert state.may_have_forgotten(UNTIL)
        assert [state.claim("device", 1), state.first_exchange("1"), len(state)] == [True, True, 1]  # type: ignore[arg-type]
        state.forget_all()
        with pytest.raises(Exception, match="permission"):
            state._client.get("elsewhere")  # type: ignore[attr-defined]
    redis.ask("ACL", "DELUSER", "federation")


def test_a_database_that_is_not_there_is_refused(redis: Store) -> None:
    with pytest.raises(AccountFault, match="out of range"):
        open_state(redis.url.removesuffix("0") + "99")


@pytest.mark.parametrize(
    "url",
    [
        "redis://",
        "redis:///0",
        "redis://host/name",
        "redis://host/0/1",
        "redis://host/-1",
        "redis://host/\u0661",
        "redis://host/99999",
        "redis://host:port/0",
        "redis://host:99999/0",
        "redis://[::1/0",
        "redis://host/0#x",
        "redis://host/0?db=1",
        "redis://host/0?ssl_cert_reqs=none",
        "redis://host/0?socket_timeout=1000000",
        "redis://host/0?ssl_ca_certs=ca.pem",
        "rediss://host/0?ssl_check_hostname=False",
        "rediss://host/0?ssl_ca_certs",
    ],
)
def test_a_url_of_another_form_is_refused(url: str) -> None:
    secret = url.replace("://", "://user:hunter2@", 1)
    for each in (url, secret):
        with pytest.raises(RegistrationError) as caught:
            open_state(each)
        assert caught.value.check == "state-url"
        assert "hunter2" not in str(caught.value)


def test_what_a_url_names() -> None:
    address = redis_state.RedisAddress.parse("rediss://a%40b:hunter2@[::1]:7000/5?ssl_ca_certs=/etc/ca.pem")
    assert (address.user, address.password, address.host, address.port) == ("a@b", "hunter2", "::1", 7000)
    assert (address.database, address.tls, address.authorities) == (5, True, "/etc/ca.pem")
    assert address.shown == "rediss://[::1]:7000/5"
    assert not re.search("hunter2", repr(address))
    options = address.client().connection_pool.connection_kwargs
    assert (options["ssl_cert_reqs"], options["ssl_check_hostname"]) == ("required", True)
    assert redis_state.RedisAddress.parse("redis://host").shown == "redis://host:6379/0"
