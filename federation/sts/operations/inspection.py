"""GetCallerIdentity, GetAccessKeyInfo and DecodeAuthorizationMessage (docs/observed.md 1.5 to 1.7)."""

from __future__ import annotations

from typing import ClassVar

from federation.account.access_key_id import account_of
from federation.calls.record import Call, call_record, check_parameters, parameter
from federation.errors import FederationError
from federation.sts import constraints
from federation.sts.authorization.authorize import refuse
from federation.sts.authorization.gate import check_caller
from federation.sts.authorization.message import decode
from federation.sts.operations.context import Context
from federation.sts.operations.results import AccessKeyInfo, CallerIdentity, DecodedMessage


@call_record
class GetCallerIdentity(Call):
    """GetCallerIdentity, which has no parameters."""

    operation: ClassVar[str] = "GetCallerIdentity"


@call_record
class GetAccessKeyInfo(Call):
    """The parameters of GetAccessKeyInfo."""

    operation: ClassVar[str] = "GetAccessKeyInfo"

    access_key_id: str = parameter(constraints.ACCESS_KEY_ID, audit="included")


@call_record
class DecodeAuthorizationMessage(Call):
    """The parameters of DecodeAuthorizationMessage."""

    operation: ClassVar[str] = "DecodeAuthorizationMessage"

    encoded_message: str = parameter(constraints.ENCODED_MESSAGE, audit="withheld")


def get_caller_identity(_call: GetCallerIdentity, context: Context) -> CallerIdentity:
    """Return account, ARN and id of the caller. No policy can deny this operation."""
    caller = context.caller
    return CallerIdentity(user_id=caller.user_id, account=caller.account, arn=caller.arn)


def get_access_key_info(call: GetAccessKeyInfo, context: Context) -> AccessKeyInfo:
    """Return the account of an access key. The state of the key is not considered.

    Raises:
        ValidationError: The parameter violates its constraint, or the key encodes no account and does not belong to this one.
        AccessDenied: The caller's policies do not allow the action.
    """
    check_parameters(call)
    check_caller(call, context.caller)
    _check_allowed("sts:GetAccessKeyInfo", context)
    try:
        return AccessKeyInfo(account=account_of(call.access_key_id))
    except FederationError:
        if call.access_key_id in context.account.access_keys:  # an id before 2019, which encodes no account
            return AccessKeyInfo(account=context.account.id)
        raise


def decode_authorization_message(call: DecodeAuthorizationMessage, context: Context) -> DecodedMessage:
    """Decode the message of a denial.

    Raises:
        ValidationError: The parameter violates its constraint.
        AccessDenied: The caller's policies do not allow the action.
        InvalidAuthorizationMessageException: The message is not of this account.
    """
    check_parameters(call)
    check_caller(call, context.caller)
    _check_allowed("sts:DecodeAuthorizationMessage", context)
    return DecodedMessage(decoded_message=decode(call.encoded_message, context.sealer))


def _check_allowed(action: str, context: Context) -> None:
    authorization = context.question({}).on_itself(action)
    if not authorization.allowed:
        raise refuse(authorization)
