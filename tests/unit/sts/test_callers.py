"""Credentials and the callers behind them, and what operations say of callers, keys and messages."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from federation.account.access_key_id import access_key_id
from federation.account.model import AccessKey
from federation.errors import InvalidClientTokenId
from federation.server.messages import Request
from federation.sts.sigv4.request import SignedRequest
from tests.support.sigv4 import signed_request
from tests.support.sts import callers
from tests.support.sts.callers import AT, EVERYTHING, ROLE, ROOT, ROOT_KEY_ID, account, refused, service, user
from tests.support.world import ACCOUNT, KEY_ID, OTHER, SECRET, USER


def presented(request: Request) -> SignedRequest:
    return SignedRequest.of(method=request.method, target=request.path, headers=request.headers, body=request.body)


def test_a_signed_request_has_a_caller() -> None:
    caller = service().authenticate(presented(signed_request({"Action": "GetCallerIdentity"})), at=AT)
    assert (caller.arn, caller.region) == (USER, "us-east-1")


def test_a_request_signed_with_issued_credentials_closes_the_circle() -> None:
    sts = service()
    issued = sts.assume_role(caller=USER, role_arn=ROLE, role_session_name="session", at=AT).credentials
    keys: dict[str, Any] = {"key_id": issued.access_key_id, "secret": issued.secret_access_key, "token": issued.session_token}
    caller = sts.authenticate(presented(signed_request({"Action": "GetCallerIdentity"}, **keys)), at=AT)
    assert caller.arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/Reader/session"
    wrong = signed_request({"Action": "GetCallerIdentity"}, **{**keys, "secret": SECRET})
    assert refused(sts.authenticate, presented(wrong)).check == "signature"
    without = signed_request({"Action": "GetCallerIdentity"}, **{**keys, "token": None})
    assert refused(sts.authenticate, presented(without)).code == "InvalidClientTokenId"
    late = signed_request({"Action": "GetCallerIdentity"}, **keys, at=AT + timedelta(hours=1))
    assert refused(sts.authenticate, presented(late), at=AT + timedelta(hours=1)).check == "session-expiration"


@pytest.mark.parametrize(
    ("key_id", "token"),
    [
        ("AKIARZPUZDIKGB2VALC9", None),
        ("AKIAIOSFODNN7EXAMPLE", None),
        (KEY_ID, "token"),
        ("ASIARZPUZDIKGB2VALC4", None),
        ("", None),
        (None, None),
        (1, None),
        (KEY_ID, ""),
        (KEY_ID, b"x"),
        (KEY_ID, "A" * 100_000),
        (KEY_ID, "AUEA"),
    ],
)
def test_keys_of_nobody(key_id: Any, token: Any) -> None:
    refusal = refused(service().caller_for_key, key_id, token)
    assert (refusal.code, refusal.message) == ("InvalidClientTokenId", "The security token included in the request is invalid.")


def test_an_inactive_key_is_nobodys() -> None:
    held = account()
    inactive = AccessKey(id=KEY_ID, secret=SECRET, user=USER, active=False)
    refusal = refused(service(replace(held, access_keys={KEY_ID: inactive})).caller_for_key, KEY_ID)
    assert (refusal.check, refusal.found) == ("access-key", f"the inactive key `{KEY_ID}`")


@pytest.mark.parametrize(
    ("key_id", "found", "remedy"),
    [
        (f"{KEY_ID[:-1]}7", "which has no file in access-keys/", "federation account create-access-key"),
        ("AKIAIOSFODNN7EXAMPLE", "which has no file in access-keys/", "federation account create-access-key"),
        (access_key_id("999988887777", bytes(5), prefix="AKIA"), "a key of account 999988887777", "--neighbour"),
        (access_key_id(ACCOUNT, bytes(5)), "without its session token", "session token that came with the key"),
    ],
)
def test_a_key_that_nobody_holds_is_named_with_what_to_do(key_id: str, found: str, remedy: str) -> None:
    refusal = refused(service().caller_for_key, key_id)
    assert (refusal.code, refusal.check, refusal.message) == ("InvalidClientTokenId", "access-key", InvalidClientTokenId.text)
    assert key_id in refusal.found
    assert found in refusal.found
    assert remedy in refusal.remedy


@pytest.mark.parametrize("secret", ["", SECRET[:-1], SECRET.lower(), None, "ü" * 40])
def test_a_key_is_known_by_its_secret(secret: Any) -> None:
    sts = service()
    assert sts.caller_for_credentials(KEY_ID, SECRET, at=AT).arn == USER
    refusal = refused(sts.caller_for_credentials, KEY_ID, secret)
    assert (refusal.code, refusal.check) == ("SignatureDoesNotMatch", "secret-access-key")
    assert SECRET not in str(refusal)


def test_the_root_by_its_key() -> None:
    sts = service()
    root = sts.caller_for_key(ROOT_KEY_ID, at=AT)
    assert sts.get_caller_identity(caller=root, at=AT).to_dict() == {"UserId": ACCOUNT, "Account": ACCOUNT, "Arn": ROOT}
    assert root.context_keys(AT)["aws:PrincipalType"] == "Account"


def test_no_secret_is_in_a_repr() -> None:
    sts = service()
    issued = sts.get_session_token(caller=USER, at=AT)
    shown = repr(sts.account) + repr(sts.caller_for_key(KEY_ID, at=AT)) + repr(issued)
    for secret in (SECRET, issued.credentials.secret_access_key, issued.credentials.session_token):
        assert secret not in shown


def test_tokens_of_one_kind_or_account_open_as_no_other() -> None:
    sts, other = service(), service(account(id=OTHER, users=(user(f"arn:aws:iam::{OTHER}:user/DevAdmin", EVERYTHING),)))
    issued = sts.get_session_token(caller=USER, at=AT).credentials
    assert refused(other.caller_for_key, issued.access_key_id, issued.session_token).check == "session-token"
    assert refused(sts.session_of, issued.access_key_id, issued.session_token).check == "session-token"
    for place in (1, 20, len(issued.session_token) // 2):
        flipped = "B" if issued.session_token[place] != "B" else "C"
        damaged = issued.session_token[:place] + flipped + issued.session_token[place + 1 :]
        assert refused(sts.caller_for_key, issued.access_key_id, damaged).check == "session-token"


def test_a_caller_of_another_service_is_nobody_here() -> None:
    elsewhere = service(account(id=OTHER, users=(user(USER.replace(ACCOUNT, OTHER), EVERYTHING),)))
    here = service()
    for stranger in (f"arn:aws:iam::{OTHER}:root", USER.replace(ACCOUNT, OTHER)):
        caller = elsewhere.caller_for_arn(stranger)
        for operation in (here.get_session_token, here.get_caller_identity):
            assert refused(operation, caller=caller).check == "caller"
        assert refused(here.get_federation_token, caller=caller, name="Bob").check == "caller"


def test_neighbours_call_and_are_called() -> None:
    guest = f"arn:aws:iam::{OTHER}:user/Guest"
    other = account(
        id=OTHER, users=(user(guest, EVERYTHING),), roles=(callers.role(f"arn:aws:iam::{OTHER}:role/Away", trust=callers.trusts(ROOT)),)
    )
    home = account(roles=(callers.role(trust=callers.trusts(guest)),))
    sts = service(home, neighbours=[other])
    inward = sts.assume_role(caller=guest, role_arn=ROLE, role_session_name="session", at=AT).credentials
    assert sts.get_caller_identity(caller=inward, at=AT).account == ACCOUNT
    outward = sts.assume_role(caller=USER, role_arn=f"arn:aws:iam::{OTHER}:role/Away", role_session_name="session", at=AT).credentials
    assert sts.get_caller_identity(caller=outward, at=AT).account == OTHER
    assert sts.get_access_key_info(caller=USER, access_key_id=outward.access_key_id, at=AT).account == OTHER
    with pytest.raises(Exception, match="neighbours"):
        service(home, neighbours=[home])


@pytest.mark.parametrize(
    ("key_id", "account_id"),
    [("ASIAY34FZKBOKMUTVV7A", "609629065308"), ("AKIARZPUZDIKGB2VALC4", ACCOUNT), ("ASIAQAAAAAAAGMKEM7X5", "000000000000")],
)
def test_whose_key(key_id: str, account_id: str) -> None:
    assert service().get_access_key_info(caller=USER, access_key_id=key_id, at=AT).to_dict() == {"Account": account_id}


def test_whose_key_nobody_can_tell() -> None:
    assert refused(service().get_access_key_info, caller=USER, access_key_id="AKIAIOSFODNN7EXAMPLE").check == "access-key-id"
    assert refused(service().get_access_key_info, caller=USER, access_key_id="short").check == "access-key-id"
    old = replace(account(), access_keys={"AKIAIOSFODNN7EXAMPLE": AccessKey(id="AKIAIOSFODNN7EXAMPLE", secret=SECRET, user=USER)})
    assert service(old).get_access_key_info(caller=USER, access_key_id="AKIAIOSFODNN7EXAMPLE", at=AT).account == ACCOUNT


@pytest.mark.parametrize("operation", ["get_access_key_info", "decode_authorization_message"])
def test_who_may_ask(operation: str) -> None:
    call = {"access_key_id": KEY_ID} if operation == "get_access_key_info" else {"encoded_message": "AAAA"}
    nobody = service(account(users=(user(USER),)))
    assert refused(getattr(nobody, operation), caller=USER, **call).check == "authorization"
    sts = service()
    assert refused(getattr(sts, operation), caller=sts.get_session_token(caller=USER, at=AT).credentials, **call).check == "caller-kind"


@pytest.mark.parametrize("message", ["garbage", "A" * 10_240, "é", "AUQJ"])
def test_messages_that_are_none(message: str) -> None:
    refusal = refused(service().decode_authorization_message, caller=USER, encoded_message=message)
    assert (refusal.code, refusal.message) == ("InvalidAuthorizationMessageException", "Message is not valid")


def test_a_message_of_another_account_is_none() -> None:
    guest = f"arn:aws:iam::{OTHER}:user/Guest"
    other = service(account(id=OTHER, users=(user(guest),)))
    message = other.authorize(guest, action="s3:GetObject", resource="*", at=AT).encoded_message
    assert refused(service().decode_authorization_message, caller=USER, encoded_message=message).check == "authorization-message"


def test_an_old_key_of_a_neighbour() -> None:
    guest = f"arn:aws:iam::{OTHER}:user/Guest"
    old = {"AKIAIOSFODNN7EXAMPLE": AccessKey(id="AKIAIOSFODNN7EXAMPLE", secret=SECRET, user=guest)}
    other = replace(account(id=OTHER, users=(user(guest, EVERYTHING),)), access_keys=old)
    assert service(neighbours=[other]).caller_for_key("AKIAIOSFODNN7EXAMPLE", at=AT).arn == guest
