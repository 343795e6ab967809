"""GetSessionToken and GetFederationToken: how long, for whom, with what."""

from datetime import timedelta
from typing import Any

import pytest

from federation.sts.service import SecurityTokenService
from federation.testing.mfa import mfa_code
from tests.support.sts import callers
from tests.support.sts.callers import AT, EVERYTHING, MFA, ROLE, ROOT, account, refused, service, user
from tests.support.world import ACCOUNT, USER

START = AT.replace(microsecond=0)
POLICY = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'


@pytest.mark.parametrize(
    ("caller", "asked", "seconds"),
    [(USER, None, 43_200), (USER, 900, 900), (USER, 129_600, 129_600), (ROOT, None, 3600), (ROOT, 900, 900), (ROOT, 129_600, 3600)],
)
@pytest.mark.parametrize("operation", ["get_session_token", "get_federation_token"])
def test_how_long(operation: str, caller: str, asked: int | None, seconds: int) -> None:
    more: dict[str, Any] = {"name": "Bob"} if operation == "get_federation_token" else {}
    answer = getattr(service(), operation)(caller=caller, duration_seconds=asked, at=AT, **more)
    assert answer.credentials.expiration == START + timedelta(seconds=seconds)


@pytest.mark.parametrize("seconds", [899, 129_601])
def test_bounds_of_the_duration(seconds: int) -> None:
    assert refused(service().get_session_token, caller=USER, duration_seconds=seconds).check == "duration-seconds"


def test_a_session_is_its_user() -> None:
    sts = service()
    session = sts.get_session_token(caller=USER, at=AT)
    assert session.to_dict().keys() == {"Credentials", "SessionTokenSize", "SessionTokenUtilization"}
    identity = sts.get_caller_identity(caller=session.credentials, at=AT)
    assert identity == sts.get_caller_identity(caller=USER, at=AT)
    caller = sts.caller_for_key(session.credentials.access_key_id, session.credentials.session_token, at=AT)
    keys = caller.context_keys(AT)
    assert keys["aws:TokenIssueTime"] == "2026-11-24T12:00:30Z"
    assert (keys["aws:username"], keys["aws:MultiFactorAuthPresent"]) == ("DevAdmin", "false")
    assert sts.authorize(session.credentials, action="s3:GetObject", resource="*", at=AT).allowed


def test_no_permission_is_needed_and_none_can_be_taken() -> None:
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    assert service(account(users=(user(USER, deny),))).get_session_token(caller=USER, at=AT).credentials.access_key_id


def test_a_second_factor() -> None:
    sts = service()
    answer = sts.get_session_token(caller=USER, serial_number=MFA, token_code=mfa_code(callers.MFA_DEVICE, at=AT), at=AT).credentials
    later = AT + timedelta(minutes=5)
    keys = sts.caller_for_key(answer.access_key_id, answer.session_token, at=later).context_keys(later)
    assert (keys["aws:MultiFactorAuthPresent"], keys["aws:MultiFactorAuthAge"]) == ("true", "300")
    assert refused(sts.get_session_token, caller=USER, serial_number=MFA, token_code="000000").check == "mfa-code"
    assert refused(sts.get_session_token, caller=ROOT, serial_number=MFA, token_code="000000").check == "mfa-device"


@pytest.mark.parametrize("kind", ["get_session_token", "get_federation_token", "assume_role"])
@pytest.mark.parametrize("operation", ["get_session_token", "get_federation_token"])
def test_sessions_beget_no_sessions(kind: str, operation: str) -> None:
    sts = service()
    issue: dict[str, dict[str, Any]] = {
        "get_session_token": {},
        "get_federation_token": {"name": "Bob", "policy": POLICY},
        "assume_role": {"role_arn": ROLE, "role_session_name": "session"},
    }
    session = getattr(sts, kind)(caller=USER, at=AT, **issue[kind]).credentials
    refusal = refused(getattr(sts, operation), caller=session, **issue[operation])
    wanted = {"get_session_token": "GetSessionToken", "get_federation_token": "GetFederationToken"}[operation]
    assert refusal.check == "caller-kind"
    assert refusal.message == f"Cannot call {wanted} with session credentials"


def test_a_federated_user() -> None:
    sts = service()
    answer = sts.get_federation_token(caller=USER, name="Bob", policy=POLICY, tags=[{"Key": "team", "Value": "blue"}], at=AT)
    arn = f"arn:aws:sts::{ACCOUNT}:federated-user/Bob"
    assert answer.to_dict()["FederatedUser"] == {"FederatedUserId": f"{ACCOUNT}:Bob", "Arn": arn}
    assert answer.to_dict()["PackedPolicySize"] == answer.session_token_utilization
    identity = sts.get_caller_identity(caller=answer.credentials, at=AT)
    assert (identity.user_id, identity.arn) == (f"{ACCOUNT}:Bob", arn)
    caller = sts.caller_for_key(answer.credentials.access_key_id, answer.credentials.session_token, at=AT)
    keys = caller.context_keys(AT)
    assert (keys["aws:PrincipalType"], keys["aws:PrincipalTag/team"]) == ("FederatedUser", "blue")
    assert "aws:username" not in keys


@pytest.mark.parametrize(
    ("allowed", "call", "action"),
    [
        ((), {}, "sts:GetFederationToken"),
        (("sts:GetFederationToken",), {"tags": [{"Key": "a", "Value": ""}]}, "sts:TagSession"),
        (("sts:GetFederationToken",), {}, None),
    ],
)
def test_who_may_federate(allowed: tuple[str, ...], call: dict[str, Any], action: str | None) -> None:
    arn = f"arn:aws:sts::{ACCOUNT}:federated-user/Bob"
    statements = [{"Effect": "Allow", "Action": list(allowed), "Resource": arn}] if allowed else []
    sts = service(account(users=(user(USER, *statements),)))
    if action is None:
        sts.get_federation_token(caller=USER, name="Bob", at=AT, **call)
        assert refused(sts.get_federation_token, caller=USER, name="Eve").check == "authorization"
        return
    refusal = refused(sts.get_federation_token, caller=USER, name="Bob", **call)
    reason = f"because no identity-based policy allows the {action} action"
    assert refusal.message == f"User: {USER} is not authorized to perform: {action} on resource: {arn} {reason}"


@pytest.mark.parametrize("name", ["", "x", "a b", "x" * 33, None])
def test_names_that_are_none(name: Any) -> None:
    assert refused(service().get_federation_token, caller=USER, name=name).check == "name"


def test_a_session_ends_with_its_user() -> None:
    sts = service(account(users=(user(USER, EVERYTHING),)))
    sessions = [
        sts.get_session_token(caller=USER, at=AT).credentials,
        sts.get_federation_token(caller=USER, name="Bob", at=AT).credentials,
    ]
    again = SecurityTokenService(account(users=(user(USER + "2", EVERYTHING),)))
    for session in sessions:
        assert refused(again.caller_for_key, session.access_key_id, session.session_token).check == "session-token"
        ended = AT + timedelta(hours=12)
        assert refused(sts.caller_for_key, session.access_key_id, session.session_token, at=ended).check == "session-expiration"


def test_padding() -> None:
    answer = service().get_session_token(caller=USER, minimum_session_token_size=4096, at=AT)
    assert (answer.session_token_size, answer.session_token_utilization) == (4096, 100)
    assert service().caller_for_key(answer.credentials.access_key_id, answer.credentials.session_token, at=AT).arn == USER
