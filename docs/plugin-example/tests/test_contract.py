"""The plug-in keeps the contract of validators, and each of its checks refuses what it should."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from federation import FederationError, diagnose, validate
from federation.testing.validator_contract import CONTRACT, Clause, Specimen

from acme_ticket import TicketProvider, sign_ticket

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NOW = int(AT.timestamp())
HOST, AUDIENCE = "tickets.acme.example", "sts"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PROVIDER = TicketProvider(HOST, AUDIENCE, (KEY.public_key(),))
CLAIMS: dict[str, str | int] = {"iss": HOST, "sub": "alice", "aud": AUDIENCE, "id": "t-1", "iat": NOW - 60, "exp": NOW + 600}
SPECIMEN = Specimen(
    provider=PROVIDER,
    same_name=TicketProvider(HOST, AUDIENCE, (Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key(),)),
    same_key=TicketProvider("tickets.other.example", AUDIENCE, (KEY.public_key(),)),
    token=sign_ticket(CLAIMS, KEY),
    at=AT,
    expired_at=AT + timedelta(hours=1),
    misaddressed=sign_ticket({**CLAIMS, "aud": "somebody-else"}, KEY),
    oversized=sign_ticket({**CLAIMS, "id": "t" * 1_000_000}, KEY),
    refused={"claims": sign_ticket({**CLAIMS, "sub": ""}, KEY), "issued": sign_ticket({**CLAIMS, "iat": NOW + 1}, KEY)},
)


@pytest.mark.parametrize("clause", CONTRACT, ids=str)
def test_contract(clause: Clause) -> None:
    clause.check(SPECIMEN)


def test_who() -> None:
    identity = validate(SPECIMEN.token, PROVIDER, at=AT)
    assert (identity.kind, identity.subject, identity.context_keys[f"{HOST}:sub"]) == ("acme-ticket", "alice", "alice")


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"iss": "tickets.evil.example"}, "issuer"),
        ({"aud": "somebody-else"}, "audience"),
        ({"iat": NOW + 1}, "issued"),
        ({"exp": NOW}, "expiry"),
        ({"sub": ""}, "claims"),
        ({"admin": 1}, "claims"),
        ({"exp": str(NOW + 600)}, "claims"),
    ],
)
def test_each_check_refuses(changes: dict[str, str | int], check: str) -> None:
    token = sign_ticket({**CLAIMS, **changes}, KEY)
    with pytest.raises(FederationError) as refusal:
        validate(token, PROVIDER, at=AT)
    assert refusal.value.check == check
    report = diagnose(token, PROVIDER, at=AT)
    assert [result.name for result in report.results if result.outcome == "refused"] == [check]
