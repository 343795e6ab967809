"""From the instant of its successor on, no operation seals with the former key."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

import pytest

from federation.account.model import TradeInToken
from federation.sts.service import SecurityTokenService
from federation.sts.sessions.sealing import Sealer
from tests.support.oidc import token
from tests.support.sts import services
from tests.support.sts.callers import AT, EVERYTHING, ROLE, account, identity, refused, service, user
from tests.support.sts.web_identity import PROVIDER, URL, provider, trust
from tests.support.sts.web_identity import ROLE as DEPLOY
from tests.support.world import KEYRING, OTHER, USER

BEGINS = AT + timedelta(minutes=1)
NEW = bytes(range(1, 33))
RING = replace(KEYRING, keys=MappingProxyType({**KEYRING.keys, "k2": NEW}), successor="k2", seals_from=BEGINS)


def everything() -> SecurityTokenService:
    """An account in which each operation that seals can be called."""
    given = account(
        users=(user(USER, EVERYTHING),),
        keyring=RING,
        organization=services.ORGANIZATION,
        managed={services.TASK: identity(services.AUDIT, services.ALLOW_AUDIT)},
        trade_in_tokens={
            hashlib.sha256(services.TRADE_IN.encode()).hexdigest(): TradeInToken(
                role_arn=ROLE, session_name="product", duration=900, expires_at=AT + timedelta(minutes=5)
            )
        },
        oidc_providers={PROVIDER: provider()},
    )
    deploy = replace(given.roles[ROLE], arn=DEPLOY, name="Deploy", trust_policy=trust())
    return service(replace(given, roles={**given.roles, DEPLOY: deploy}))


SEALING: dict[str, Callable[[SecurityTokenService, datetime], str]] = {
    "a role": lambda sts, at: sts.assume_role(role_arn=ROLE, role_session_name="xx", caller=USER, at=at).credentials.session_token,
    "a web identity": lambda sts, at: (
        sts.assume_role_with_web_identity(
            role_arn=DEPLOY, role_session_name="xx", web_identity_token=token(iss=URL), at=at
        ).credentials.session_token
    ),
    "a user": lambda sts, at: sts.get_session_token(caller=USER, at=at).credentials.session_token,
    "a federated user": lambda sts, at: sts.get_federation_token(name="bob", caller=USER, at=at).credentials.session_token,
    "a root": lambda sts, at: (
        sts.assume_root(target_principal=OTHER, task_policy_arn=services.TASK, caller=USER, at=at).credentials.session_token
    ),
    "a trade-in token": lambda sts, at: (
        sts.get_delegated_access_token(trade_in_token=services.TRADE_IN, caller=USER, at=at).credentials.session_token
    ),
}


def key_of(sealed: str) -> str:
    """The id of the key that sealed a token or message; it is in clear."""
    octets = base64.b64decode(sealed.translate(str.maketrans("-_", "+/")) + "=" * (-len(sealed) % 4))
    return octets[3 : 3 + octets[2]].decode()


@pytest.mark.parametrize("seal", SEALING.values(), ids=SEALING)
def test_the_successor_seals_from_its_instant_on(seal: Callable[[SecurityTokenService, datetime], str]) -> None:
    assert [key_of(seal(everything(), at)) for at in (BEGINS - timedelta(microseconds=1), BEGINS)] == ["k1", "k2"]


def test_messages_of_denials_follow() -> None:
    sts = service(account(users=(user(USER),), keyring=RING))
    for at, key in ((BEGINS - timedelta(seconds=1), "k1"), (BEGINS, "k2")):
        decision = sts.authorize(USER, action="s3:GetObject", resource="*", at=at)
        assert decision.encoded_message is not None
        assert key_of(decision.encoded_message) == key


def test_a_sealer_of_an_instant_opens_what_both_keys_sealed() -> None:
    sealer = Sealer(RING, OTHER)
    before, after = sealer.at(AT), sealer.at(BEGINS)
    assert after.at(BEGINS) is after
    for one in (before, after):
        sealed = one.seal(b"payload", kind=b"R")
        assert len(sealed.token) == one.token_chars(7)
        assert {each.open(sealed.token, kind=b"R") for each in (sealer, before, after)} == {sealed}
    assert refused(lambda at: Sealer(KEYRING, OTHER).open(after.seal(b"", kind=b"R").token, kind=b"R")).check == "session-token"
