"""The eleven operations of the AWS Security Token Service (service model 2011-06-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.lazy import lazily

if TYPE_CHECKING:
    from federation.sts.authorization.authorize import Authorization, Told
    from federation.sts.authorization.evaluation import Evaluation, Layer, LayerDecision, Opinion
    from federation.sts.authorization.gate import Bar
    from federation.sts.callers.caller import Caller, CallerKind
    from federation.sts.callers.permissions import Attached, Permissions
    from federation.sts.operations.results import (
        AccessKeyInfo,
        AssumedRole,
        AssumedRoot,
        CallerIdentity,
        DecodedMessage,
        DelegatedAccessToken,
        FederationToken,
        SessionToken,
        WebIdentityToken,
    )
    from federation.sts.results import AssumedRoleSession, AssumedRoleUser, Credentials, WebIdentityRoleSession
    from federation.sts.service import SecurityTokenService
    from federation.sts.sessions.role_session import RoleSession
    from federation.sts.sigv4.request import SignedRequest

__all__ = [
    "AccessKeyInfo",
    "AssumedRole",
    "AssumedRoleSession",
    "AssumedRoleUser",
    "AssumedRoot",
    "Attached",
    "Authorization",
    "Bar",
    "Caller",
    "CallerIdentity",
    "CallerKind",
    "Credentials",
    "DecodedMessage",
    "DelegatedAccessToken",
    "Evaluation",
    "FederationToken",
    "Layer",
    "LayerDecision",
    "Opinion",
    "Permissions",
    "RoleSession",
    "SecurityTokenService",
    "SessionToken",
    "SignedRequest",
    "Told",
    "WebIdentityRoleSession",
    "WebIdentityToken",
]

_HOMES: Final = {
    "AccessKeyInfo": "operations.results",
    "AssumedRole": "operations.results",
    "AssumedRoleSession": "results",
    "AssumedRoleUser": "results",
    "AssumedRoot": "operations.results",
    "Attached": "callers.permissions",
    "Authorization": "authorization.authorize",
    "Bar": "authorization.gate",
    "Caller": "callers.caller",
    "CallerIdentity": "operations.results",
    "CallerKind": "callers.caller",
    "Credentials": "results",
    "DecodedMessage": "operations.results",
    "DelegatedAccessToken": "operations.results",
    "Evaluation": "authorization.evaluation",
    "FederationToken": "operations.results",
    "Layer": "authorization.evaluation",
    "LayerDecision": "authorization.evaluation",
    "Opinion": "authorization.evaluation",
    "Permissions": "callers.permissions",
    "RoleSession": "sessions.role_session",
    "SecurityTokenService": "service",
    "SessionToken": "operations.results",
    "SignedRequest": "sigv4.request",
    "Told": "authorization.authorize",
    "WebIdentityRoleSession": "results",
    "WebIdentityToken": "operations.results",
}

if not TYPE_CHECKING:  # a checker would take any name from it
    __getattr__ = lazily(__name__, _HOMES)
