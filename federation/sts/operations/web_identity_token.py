"""GetWebIdentityToken: the account as an OpenID Connect issuer (docs/observed.md 1.11)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from federation import aws_texts, limits
from federation.account.model import OutboundIssuer
from federation.calls.record import Call, call_record, check_parameters, parameter
from federation.errors import (
    JWTPayloadSizeExceededException,
    OutboundWebIdentityFederationDisabledException,
    SessionDurationEscalationException,
    ValidationError,
    show,
)
from federation.identity import ContextValue, SessionTag, timestamp
from federation.sts import constraints
from federation.sts.authorization.authorize import refuse
from federation.sts.authorization.gate import check_caller
from federation.sts.callers.caller import Caller
from federation.sts.operations.context import Context
from federation.sts.operations.requested_tags import read_tags, tag_keys
from federation.sts.operations.results import WebIdentityToken
from federation.sts.sessions.lifetime import check_calendar

CLAIMS: Final = "https://sts.amazonaws.com/"
KEY_KINDS: Final[Mapping[str, str]] = {"RS256": "RSA_", "ES384": "EC384_"}
"""Signing algorithm to the prefix of the ids of its keys (observed: ``RSA_0``, ``EC384_0``)."""
DISCOVERY_PATH: Final = "/.well-known/openid-configuration"
JWKS_PATH: Final = "/.well-known/jwks.json"


@call_record
class GetWebIdentityToken(Call):
    """The parameters of GetWebIdentityToken."""

    operation: ClassVar[str] = "GetWebIdentityToken"

    audience: Sequence[str] = parameter(constraints.AUDIENCE, audit="included")
    duration_seconds: int | None = parameter(constraints.TOKEN_DURATION, audit="included", default=None)
    signing_algorithm: str = parameter(constraints.SIGNING_ALGORITHM, audit="included")
    tags: Sequence[object] = parameter(constraints.TAGS, audit="included", default=())


def get_web_identity_token(call: GetWebIdentityToken, context: Context) -> WebIdentityToken:
    """Issue a signed token that identifies the caller to other services.

    Raises:
        FederationError: The first step that refuses.
    """
    # 1. The parameters satisfy the service model.
    check_parameters(call)
    _check_algorithm(call)
    tags = read_tags(call.tags, reserved=None)
    seconds = limits.WEB_IDENTITY_TOKEN_DEFAULT_SECONDS if call.duration_seconds is None else call.duration_seconds
    # 2. The caller has credentials of an accepted kind, and its policies allow the token and the tags.
    check_caller(call, context.caller)
    _check_allowed(call, tags, seconds, context)
    # 3. The account has outbound federation enabled.
    issuer = _issuer(context)
    # 4. The token expires before the calling session.
    check_calendar(context.at)
    end = context.at + timedelta(seconds=seconds)
    _check_not_longer(context.caller, end)
    # 5. It is signed, and its size is within the limit.
    claims = _claims(call, tags, context, issuer=issuer, end=end)
    return WebIdentityToken(
        web_identity_token=_signed(claims, issuer, call.signing_algorithm),
        expiration=end.replace(microsecond=end.microsecond // 1000 * 1000),
    )


def discovery_document(issuer: OutboundIssuer) -> dict[str, Any]:
    """Return the discovery document of the issuer, for ``<issuer>/.well-known/openid-configuration``."""
    return {
        "issuer": issuer.url,
        "jwks_uri": issuer.url + JWKS_PATH,
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(KEY_KINDS),
        "claims_supported": ["aud", "exp", "iat", "iss", "jti", "sub", CLAIMS],
    }


def jwks_document(issuer: OutboundIssuer) -> dict[str, Any]:
    """Return the key set of the issuer, for ``<issuer>/.well-known/jwks.json``, with every public key."""
    return {"keys": [_jwk(kid, issuer) for kid in sorted(issuer.keys)]}


def _jwk(kid: str, issuer: OutboundIssuer) -> dict[str, Any]:
    key = issuer.keys[kid]
    if isinstance(key, RSAPrivateKey):
        public, algorithm = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "RS256"
    else:
        public, algorithm = ECAlgorithm.to_jwk(key.public_key(), as_dict=True), "ES384"
    named = {name: value for name, value in public.items() if name != "key_ops"}
    return {**named, "kid": kid, "use": "sig", "alg": algorithm}


def _check_algorithm(call: GetWebIdentityToken) -> None:
    if call.signing_algorithm not in KEY_KINDS:
        found = aws_texts.parameters.shown(call.signing_algorithm)
        violation = aws_texts.parameters.violation(found, "signingAlgorithm", aws_texts.parameters.one_of(KEY_KINDS))
        raise ValidationError(
            check="signing-algorithm",
            expected=" or ".join(KEY_KINDS),
            found=show(call.signing_algorithm),
            remedy="correct the parameter",
            message=aws_texts.parameters.violations([violation]),
        )


def _check_allowed(call: GetWebIdentityToken, tags: Sequence[SessionTag], seconds: int, context: Context) -> None:
    keys: dict[str, ContextValue] = {
        "sts:IdentityTokenAudience": tuple(call.audience),
        "sts:SigningAlgorithm": call.signing_algorithm,
        "sts:DurationSeconds": str(seconds),
        **tag_keys(tags),
    }
    question = context.question(keys)
    for action in ("sts:GetWebIdentityToken", *(("sts:TagGetWebIdentityToken",) if tags else ())):
        authorization = question.on_itself(action)
        if not authorization.allowed:
            raise refuse(authorization)


def _issuer(context: Context) -> OutboundIssuer:
    issuer = context.account.outbound
    if issuer is None:
        raise OutboundWebIdentityFederationDisabledException(
            check="outbound",
            expected="an account that issues web identity tokens",
            found="an account that issues none",
            remedy="switch it on with `federation account enable-outbound`",
            message=aws_texts.service.OUTBOUND_DISABLED,
        )
    return issuer


def _check_not_longer(caller: Caller, end: datetime) -> None:
    if caller.expires_at is not None and end > caller.expires_at:
        raise SessionDurationEscalationException(
            check="session-duration",
            expected=f"a token that ends by {timestamp(caller.expires_at)}, as the calling session does",
            found=f"one that would end at {timestamp(end)}",
            remedy="ask for a shorter DurationSeconds, or obtain a fresh session first",
        )


def _claims(
    call: GetWebIdentityToken, tags: Sequence[SessionTag], context: Context, *, issuer: OutboundIssuer, end: datetime
) -> dict[str, Any]:
    caller, organization = context.caller, context.caller.organization
    about: dict[str, Any] = {
        "aws_account": caller.account,
        "source_region": caller.region,
        "principal_id": caller.principal_arn,
        "org_id": None if organization is None else organization.id,
        "ou_path": None if organization is None else list(organization.paths),
        "principal_tags": {tag.key: tag.value for tag in caller.tags},
        "request_tags": {tag.key: tag.value for tag in tags},
        "original_session_exp": timestamp(caller.expires_at),
        "source_identity": caller.source_identity,
        "federated_provider": caller.federated_provider,
    }
    audience = list(call.audience)
    return {
        "aud": audience[0] if len(audience) == 1 else audience,
        "sub": caller.principal_arn,
        CLAIMS: {name: value for name, value in about.items() if value},
        "iss": issuer.url,
        "iat": int(context.at.timestamp()),
        "exp": int(end.timestamp()),
        "jti": str(uuid.uuid4()),
    }


def _signed(claims: dict[str, Any], issuer: OutboundIssuer, algorithm: str) -> str:
    kind = KEY_KINDS[algorithm]
    kid = max((kid for kid in issuer.keys if kid.startswith(kind)), key=lambda kid: int(kid.removeprefix(kind)))
    token = jwt.encode(claims, issuer.keys[kid], algorithm=algorithm, headers={"kid": kid})
    if len(token) > limits.WEB_IDENTITY_TOKEN_CHARS:
        raise JWTPayloadSizeExceededException(
            check="token-size",
            expected=f"a token of at most {limits.WEB_IDENTITY_TOKEN_CHARS} characters",
            found=f"{len(token)} characters",
            remedy="pass fewer or shorter tags",
        )
    return token
