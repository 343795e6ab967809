"""What a session token says, sealed and opened again, item by item."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest

from federation.account import Keyring
from federation.errors import ExpiredToken, ExpiredTokenException, InvalidClientTokenId, PackedPolicyTooLarge, ValidationError
from federation.identity import SessionTag
from federation.sts.sessions import sealing
from federation.sts.sessions.lifetime import session_period
from federation.sts.sessions.role_session import RoleSession, _named, open_session, seal_session
from federation.sts.sessions.sealing import Sealer
from tests.support.world import ACCOUNT, ISSUED

BEGIN = ISSUED
SEALER = Sealer(Keyring(sealing="k1", keys=MappingProxyType({"k1": bytes(32)})), ACCOUNT)
PLAIN: Mapping[str, Any] = {
    "partition": "aws",
    "account": ACCOUNT,
    "role": "/team/Reader",
    "role_id": "AROA123456789EXAMPLE",
    "name": "session",
    "issued_at": BEGIN,
    "expires_at": BEGIN + timedelta(hours=1),
}
SAML = {"saml:sub": "s", "saml:sub_type": "persistent", "saml:namequalifier": "q"}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"federated_provider": f"arn:aws:iam::{ACCOUNT}:saml-provider/P", "federated_keys": SAML},
        {"federated_provider": f"arn:aws:iam::{ACCOUNT}:oidc-provider/idp.example.com/a"},
        {"federated_provider": "accounts.google.com", "federated_keys": {"accounts.google.com:sub": "1"}},
        {"federated_provider": "saml-providers", "federated_keys": {"saml:sub": "s"}},
        {"federated_keys": {"cognito-identity.amazonaws.com:amr": ("a", "b"), "saml:sub": "s"}},
        {"tags": (SessionTag("a", "b"), SessionTag("c", "")), "transitive_tag_keys": ("a",)},
        {"source_identity": "alice"},
        {"policy": "{}", "policy_arns": ("arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/B")},
        {"mfa_at": BEGIN},
        {"mfa_at": BEGIN - timedelta(seconds=1)},
        {"mfa_at": BEGIN - timedelta(hours=30)},
        {"expires_at": BEGIN + timedelta(seconds=1)},
    ],
)
def test_a_session_opens_as_it_was_sealed(more: Mapping[str, Any]) -> None:
    session = RoleSession(**{**PLAIN, **more})
    sealed = seal_session(session, SEALER)
    opened = open_session(sealed.token, sealed.access_key_id, SEALER, partition="aws", account=ACCOUNT, at=BEGIN)
    assert opened == session


def test_a_session_has_ended_at_its_end() -> None:
    session = RoleSession(**PLAIN)
    sealed = seal_session(session, SEALER)

    def opened(at: datetime) -> RoleSession:
        return open_session(sealed.token, sealed.access_key_id, SEALER, partition="aws", account=ACCOUNT, at=at)

    assert opened(session.expires_at - timedelta(microseconds=1)) == session
    with pytest.raises(ExpiredToken):
        opened(session.expires_at)


def test_a_refusal_names_what_takes_room() -> None:
    everything = RoleSession(
        **PLAIN,
        federated_provider="idp",
        federated_keys={"a": "sub", "b": ("x", "y")},
        tags=(SessionTag("k", "v"), SessionTag("l", "w")),
        transitive_tag_keys=("k", "l"),
        source_identity="alice",
        policy="{}",
        policy_arns=("a:b", "c:d"),
    )
    assert _named(everything) == {
        "session policy": "{}",
        "managed policy ARNs": "a:bc:d",
        "session tags": "kvlw",
        "transitive tag keys": "kl",
        "subject and provider": "idpsubxy",
        "source identity": "alice",
    }
    assert set(_named(RoleSession(**PLAIN)).values()) == {""}
    with pytest.raises(PackedPolicyTooLarge) as refused:
        seal_session(everything._replace(policy="".join(map(chr, range(0x4E00, 0x4E00 + 2_000)))), SEALER)
    assert "session policy 6000" in refused.value.found


def test_a_token_of_another_version_is_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sealing, "_VERSION", b"\x02")
        token = SEALER.seal(b"payload", kind=b"R").token
        with pytest.raises(InvalidClientTokenId):
            SEALER.open(token, kind=b"R")
    with pytest.raises(InvalidClientTokenId):
        SEALER.open(token, kind=b"R")
    assert SEALER.open(SEALER.seal(b"payload", kind=b"R").token, kind=b"R").payload == b"payload"


@pytest.mark.parametrize("kind", [b"", b"M", b"RR"])
def test_a_token_opens_as_the_kind_it_is(kind: bytes) -> None:
    with pytest.raises(InvalidClientTokenId):
        SEALER.open(SEALER.seal(b"payload", kind=b"R").token, kind=kind)


def test_the_length_of_a_token_is_known_beforehand() -> None:
    for octets in range(12):
        assert len(SEALER.seal(bytes(octets), kind=b"R").token) == SEALER.token_chars(octets)
    for chars in range(60, 90):
        octets = SEALER.payload_octets(chars)
        assert SEALER.token_chars(octets - 3) < chars <= SEALER.token_chars(octets)


def test_the_last_year_in_which_a_session_begins() -> None:
    def period(at: datetime) -> tuple[datetime, datetime]:
        return session_period(asked=None, role_maximum=3600, attribute=None, not_on_or_after=None, at=at)

    last = datetime(9998, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    assert period(last) == (last.replace(microsecond=0), last.replace(microsecond=0) + timedelta(hours=1))
    with pytest.raises(ValidationError) as refused:
        period(datetime(9999, 1, 1, tzinfo=UTC))
    assert refused.value.check == "clock"


def test_a_role_gives_as_much_as_it_says_and_no_second_more() -> None:
    def asked(seconds: int) -> datetime:
        return session_period(asked=seconds, role_maximum=3600, attribute=None, not_on_or_after=None, at=BEGIN)[1]

    assert asked(3600) == BEGIN + timedelta(hours=1)
    with pytest.raises(ValidationError) as refused:
        asked(3601)
    assert refused.value.check == "duration"


def test_a_session_that_ends_now_is_none() -> None:
    with pytest.raises(ExpiredTokenException):
        session_period(asked=None, role_maximum=3600, attribute=None, not_on_or_after=BEGIN, at=BEGIN)
