"""Which kinds of credentials may call which operation, before any policy is evaluated (docs/observed.md 1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from federation import aws_texts
from federation.calls.record import Call
from federation.errors import AccessDenied
from federation.sts.callers.caller import Caller, CallerKind

_SESSIONS: Final = (CallerKind.ROLE_SESSION, CallerKind.USER_SESSION, CallerKind.FEDERATED_USER, CallerKind.ROOT_SESSION)
_NOBODY: Final[Mapping[CallerKind, str]] = {}


def _plain(*kinds: CallerKind) -> dict[CallerKind, str]:
    return dict.fromkeys(kinds, "")


REFUSED: Final[Mapping[str, Mapping[CallerKind, str]]] = {
    "AssumeRole": {
        CallerKind.ROOT: aws_texts.authorization.ROOT_CALLER,
        CallerKind.ROOT_SESSION: aws_texts.authorization.ROOT_CALLER,
        **_plain(CallerKind.FEDERATED_USER),
    },
    "AssumeRoot": _plain(CallerKind.ROOT, CallerKind.ROOT_SESSION, CallerKind.FEDERATED_USER),
    "DecodeAuthorizationMessage": _plain(CallerKind.USER_SESSION, CallerKind.FEDERATED_USER),
    "GetAccessKeyInfo": _plain(CallerKind.USER_SESSION, CallerKind.FEDERATED_USER),
    "GetCallerIdentity": _NOBODY,
    "GetDelegatedAccessToken": _plain(CallerKind.USER_SESSION, CallerKind.FEDERATED_USER, CallerKind.ROOT_SESSION),
    "GetFederationToken": dict.fromkeys(_SESSIONS, aws_texts.authorization.session_caller("GetFederationToken")),
    "GetSessionToken": dict.fromkeys(_SESSIONS, aws_texts.authorization.session_caller("GetSessionToken")),
    "GetWebIdentityToken": {
        CallerKind.FEDERATED_USER: aws_texts.authorization.FEDERATED_USER_CALLER,
        **_plain(CallerKind.ROOT_SESSION),
    },
}
"""Operation to the kinds of callers that it always refuses, with AWS's text where that is known."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A refusal that no policy can change: ``reason``, and AWS's text where that is known."""

    reason: str
    message: str = ""


def barred(operation: str, caller: Caller) -> Bar | None:
    """Return why *operation* always refuses credentials of the kind of *caller*; None where it does not."""
    refused = REFUSED[operation]
    kind = CallerKind.ROOT if caller.kind is CallerKind.USER_SESSION and caller.is_root and CallerKind.ROOT in refused else caller.kind
    if kind not in refused:
        return None
    message = refused[kind] or aws_texts.authorization.signed(caller.arn, f"sts:{operation}", None)
    return Bar(f"because {operation} does not answer {kind}", message)


def check_caller(call: Call, caller: Caller) -> None:
    """Require that *caller* has credentials of a kind that the operation of *call* accepts.

    Raises:
        AccessDenied: It has not. No policy can change that.
    """
    bar = barred(call.operation, caller)
    if bar is not None:
        raise AccessDenied(
            check="caller-kind",
            expected=f"a caller other than {', '.join(REFUSED[call.operation])}",
            found=str(caller.kind),
            remedy="use the credentials of a user or of a role, as the operation asks",
            message=bar.message,
        )
