"""Whatever is passed to a signed operation: an answer or a refusal of the taxonomy, never anything else, and no secret in it."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.errors import FederationError, InternalFailure
from federation.sts.service import SecurityTokenService
from federation.testing.strategies import values_of_any_type
from tests.support.sts.callers import AT, ROLE, ROOT
from tests.support.sts.services import TASK, TRADE_IN, managing
from tests.support.world import KEY_ID, SECRET, USER

WORDS = st.sampled_from(
    [USER, ROOT, ROLE, TASK, TRADE_IN, KEY_ID, "session", "RS256", "aws:x", "{}", "a" * 3000, "\ud800", "\0", "", "123456"]
)
TAGS = st.lists(st.fixed_dictionaries({"Key": st.text(max_size=4) | WORDS, "Value": st.text(max_size=4)}), max_size=3)
VALUE = values_of_any_type() | WORDS | TAGS | st.integers(-1, 130_000)
PARAMETERS: dict[str, tuple[str, ...]] = {
    "assume_role": (
        "role_arn", "role_session_name", "policy_arns", "policy", "duration_seconds", "tags", "transitive_tag_keys", "external_id",
        "serial_number", "token_code", "source_identity", "provided_contexts", "minimum_session_token_size",
    ),
    "assume_root": ("target_principal", "task_policy_arn", "duration_seconds", "minimum_session_token_size"),
    "decode_authorization_message": ("encoded_message",),
    "get_access_key_info": ("access_key_id",),
    "get_caller_identity": (),
    "get_delegated_access_token": ("trade_in_token",),
    "get_federation_token": ("name", "policy", "policy_arns", "duration_seconds", "tags", "minimum_session_token_size"),
    "get_session_token": ("duration_seconds", "serial_number", "token_code", "minimum_session_token_size"),
    "get_web_identity_token": ("audience", "signing_algorithm", "duration_seconds", "tags"),
    "authorize": ("principal", "action", "resource", "context", "resource_policy", "resource_account"),
}  # fmt: skip
REQUIRED: dict[str, dict[str, Any]] = {
    "assume_role": {"role_arn": ROLE, "role_session_name": "session"},
    "assume_root": {"target_principal": "111122223333", "task_policy_arn": TASK},
    "decode_authorization_message": {"encoded_message": "AAAA"},
    "get_access_key_info": {"access_key_id": KEY_ID},
    "get_caller_identity": {},
    "get_delegated_access_token": {"trade_in_token": TRADE_IN},
    "get_federation_token": {"name": "Bob"},
    "get_session_token": {},
    "get_web_identity_token": {"audience": ["a"], "signing_algorithm": "RS256"},
    "authorize": {"principal": USER, "action": "s3:GetObject", "resource": "*"},
}


@pytest.fixture(scope="module")
def sts() -> SecurityTokenService:
    return managing()


@pytest.mark.parametrize("operation", PARAMETERS)
@settings(max_examples=60)
@given(data=st.data())
def test_arguments_of_any_kind(sts: SecurityTokenService, operation: str, data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(PARAMETERS[operation] or ("",)), max_size=3, unique=True))
    call = {**REQUIRED[operation], **{name: data.draw(VALUE) for name in names if name}}
    if operation != "authorize":
        call["caller"] = data.draw(st.sampled_from([USER, ROOT]) | values_of_any_type())
    assert SECRET not in told(getattr(sts, operation), **call)


def told(operation: Callable[..., object], *arguments: object, **keywords: object) -> str:
    """What is shown of an answer or a refusal; a bug is neither."""
    try:
        return repr(operation(*arguments, **keywords, at=AT))
    except InternalFailure as bug:
        raise AssertionError(arguments, keywords) from bug
    except FederationError as refusal:
        return f"{refusal} {refusal.message}"


@given(key_id=values_of_any_type() | WORDS, token=values_of_any_type() | WORDS)
def test_credentials_of_any_kind(sts: SecurityTokenService, key_id: Any, token: Any) -> None:
    assert SECRET not in told(sts.caller_for_key, key_id, token)
