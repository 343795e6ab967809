"""GetCallerIdentity, GetAccessKeyInfo and DecodeAuthorizationMessage: who calls, whose key, why not (docs/observed.md 1.5 to 1.7)."""

from __future__ import annotations

from typing import ClassVar

from federation.account.access_key_id import account_of
from federation.errors import FederationError
from federation.sts.authorization.authorize import refuse
from federation.sts.authorization.gate import check_caller
from federation.sts.authorization_message import decode
from federation.sts.operations.context import Context
from federation.sts.operations.results import AccessKeyInfo, CallerIdentity, DecodedMessage
from federation.sts.parameters import model
from federation.sts.parameters.record import Call, call_record, check_parameters, parameter


@call_record
class GetCallerIdentity(Call):
    """GetCallerIdentity, which has no parameters."""

    operation: ClassVar[str] = "GetCallerIdentity"


@call_record
class GetAccessKeyInfo(Call):
    """The parameters of GetAccessKeyInfo."""

    operation: ClassVar[str] = "GetAccessKeyInfo"

    access_key_id: str = parameter(model.ACCESS_KEY_ID, audit="included")


@call_record
class DecodeAuthorizationMessage(Call):
    """The parameters of DecodeAuthorizationMessage."""

    operation: ClassVar[str] = "DecodeAuthorizationMessage"

    encoded_message: str = parameter(model.ENCODED_MESSAGE, audit="withheld")


def get_caller_identity(_call: GetCallerIdentity, context: Context) -> CallerIdentity:
    """Say who calls. No policy can deny it."""
    caller = context.caller
    return CallerIdentity(user_id=caller.user_id, account=caller.account, arn=caller.arn)


def get_access_key_info(call: GetAccessKeyInfo, context: Context) -> AccessKeyInfo:
    """Say which account an access key belongs to; what has become of the key takes no part.

    Raises:
        ValidationError: The parameter breaks its constraint, or the key carries no account and is none of this one's.
        AccessDenied: The caller may not ask.
    """
    check_parameters(call)
    check_caller(call, context.caller)
    _check_allowed("sts:GetAccessKeyInfo", context)
    try:
        return AccessKeyInfo(account=account_of(call.access_key_id))
    except FederationError:
        if call.access_key_id in context.account.access_keys:  # an old id, which carries nothing, but is known here
            return AccessKeyInfo(account=context.account.id)
        raise


def decode_authorization_message(call: DecodeAuthorizationMessage, context: Context) -> DecodedMessage:
    """Open the message of a denial.

    Raises:
        ValidationError: The parameter breaks its constraint.
        AccessDenied: The caller may not read such messages.
        InvalidAuthorizationMessageException: The message is not one of this account.
    """
    check_parameters(call)
    check_caller(call, context.caller)
    _check_allowed("sts:DecodeAuthorizationMessage", context)
    return DecodedMessage(decoded_message=decode(call.encoded_message, context.sealer))


def _check_allowed(action: str, context: Context) -> None:
    authorization = context.question({}).on_itself(action)
    if not authorization.allowed:
        raise refuse(authorization)
