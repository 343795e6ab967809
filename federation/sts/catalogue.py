"""The table of the eleven operations, for the server and the command line, which call them by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from federation import aws_texts
from federation.calls.record import Call, Parameter
from federation.names import kebab_case
from federation.sts.operations.assume_role import AssumeRole
from federation.sts.operations.assume_role_with_saml import AssumeRoleWithSaml
from federation.sts.operations.assume_role_with_web_identity import AssumeRoleWithWebIdentity
from federation.sts.operations.assume_root import AssumeRoot
from federation.sts.operations.delegated_access import GetDelegatedAccessToken
from federation.sts.operations.inspection import DecodeAuthorizationMessage, GetAccessKeyInfo, GetCallerIdentity
from federation.sts.operations.session_tokens import GetFederationToken, GetSessionToken
from federation.sts.operations.web_identity_token import GetWebIdentityToken
from federation.sts.service import SecurityTokenService
from federation.sts.trail import Answer

Precision = Literal["seconds", "milliseconds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation.

    Attributes:
        call: Its call record.
        method: The method of `SecurityTokenService` for it, unbound.
        global_refusal: Text by which AWS's global endpoint refuses it; None where the endpoint accepts it.
        precision: Precision of times in responses on the wire.
    """

    call: type[Call]
    method: Callable[..., Answer]
    global_refusal: str | None = None
    precision: Precision = "seconds"

    @property
    def name(self) -> str:
        """Name of the operation, as in the parameter ``Action``."""
        return self.call.operation

    @property
    def command(self) -> str:
        """Name of the operation on the command line."""
        return kebab_case(self.name)

    @property
    def signed(self) -> bool:
        """Whether the operation requires a signature. Other operations ignore a signature."""
        return self.call.signed

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters of the operation."""
        return self.call.parameters


_ALL: Final = (
    Operation(call=AssumeRole, method=SecurityTokenService.assume_role),
    Operation(call=AssumeRoleWithSaml, method=SecurityTokenService.assume_role_with_saml),
    Operation(call=AssumeRoleWithWebIdentity, method=SecurityTokenService.assume_role_with_web_identity),
    Operation(call=AssumeRoot, method=SecurityTokenService.assume_root, global_refusal=aws_texts.service.UNKNOWN_OPERATION),
    Operation(call=DecodeAuthorizationMessage, method=SecurityTokenService.decode_authorization_message),
    Operation(call=GetAccessKeyInfo, method=SecurityTokenService.get_access_key_info),
    Operation(call=GetCallerIdentity, method=SecurityTokenService.get_caller_identity),
    Operation(call=GetDelegatedAccessToken, method=SecurityTokenService.get_delegated_access_token),
    Operation(call=GetFederationToken, method=SecurityTokenService.get_federation_token),
    Operation(call=GetSessionToken, method=SecurityTokenService.get_session_token),
    Operation(
        call=GetWebIdentityToken,
        method=SecurityTokenService.get_web_identity_token,
        global_refusal=aws_texts.service.NOT_GLOBAL,
        precision="milliseconds",
    ),
)
OPERATIONS: Final[Mapping[str, Operation]] = MappingProxyType({operation.name: operation for operation in _ALL})
"""Every operation by name."""
