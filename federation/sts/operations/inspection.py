"""GetCallerIdentity, GetAccessKeyInfo and DecodeAuthorizationMessage: who calls, whose key, why not (sts.md 1.5 to 1.7)."""

from __future__ import annotations

from federation.account.access_key_id import account_of
from federation.errors import FederationError
from federation.sts.authorization.authorize import refuse
from federation.sts.authorization.gate import check_caller
from federation.sts.authorization_message import decode
from federation.sts.operations import constraints
from federation.sts.operations.circumstances import Circumstances
from federation.sts.operations.results import AccessKeyInfo, CallerIdentity, DecodedMessage
from federation.sts.parameters import check_parameters


def get_caller_identity(there: Circumstances) -> CallerIdentity:
    """Say who calls. No policy can deny it."""
    caller = there.caller
    return CallerIdentity(user_id=caller.user_id, account=caller.account, arn=caller.arn)


def get_access_key_info(access_key_id: object, there: Circumstances) -> AccessKeyInfo:
    """Say which account an access key belongs to; what has become of the key takes no part.

    Raises:
        ValidationError: The parameter breaks its constraint, or the key carries no account and is none of this one's.
        AccessDenied: The caller may not ask.
    """
    check_parameters((constraints.ACCESS_KEY_ID, access_key_id))
    check_caller("GetAccessKeyInfo", there.caller)
    _check_allowed("sts:GetAccessKeyInfo", there)
    try:
        return AccessKeyInfo(account=account_of(access_key_id))
    except FederationError:
        if access_key_id in there.account.access_keys:  # an old id, which carries nothing, but is known here
            return AccessKeyInfo(account=there.account.id)
        raise


def decode_authorization_message(encoded_message: object, there: Circumstances) -> DecodedMessage:
    """Open the message of a denial.

    Raises:
        ValidationError: The parameter breaks its constraint.
        AccessDenied: The caller may not read such messages.
        InvalidAuthorizationMessageException: The message is not one of this account.
    """
    check_parameters((constraints.ENCODED_MESSAGE, encoded_message))
    check_caller("DecodeAuthorizationMessage", there.caller)
    _check_allowed("sts:DecodeAuthorizationMessage", there)
    return DecodedMessage(decoded_message=decode(encoded_message, there.sealer))


def _check_allowed(action: str, there: Circumstances) -> None:
    authorization = there.question({}).on_itself(action)
    if not authorization.allowed:
        raise refuse(authorization)
