"""The known OAuth 2.0 servers, their ProviderId, and the names of registered responses."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from typing import Final

from federation import aws_texts, limits
from federation.check_names import OAuthCheck
from federation.errors import AccessDenied, IDPRejectedClaim, InvalidIdentityToken, show
from federation.oidc.inspection import looks_like_jwt
from federation.vendors import AMAZON, BUILT_IN_OAUTH, FACEBOOK

_MIN_CHARS: Final = 4
# VSCHAR (RFC 6749 appendix A.12) without the space, which bearer tokens cannot contain (RFC 6750 section 2.1).
_TOKEN: Final = re.compile(r"[\x21-\x7e]+")
_ENCODED_BAR: Final = re.compile(r"%7[Cc]")


def decode_access_token(token: object) -> str:
    """Return an opaque access token without percent-encoding: the ``|`` of Login with Amazon tokens may be encoded.

    Raises:
        InvalidIdentityToken: checks ``type``, ``size``, ``form``.
    """
    if not isinstance(token, (str, bytes)):
        raise _refusal("type", "a token as str or bytes", type(token).__name__)
    if not _MIN_CHARS <= len(token) <= limits.WEB_IDENTITY_TOKEN_CHARS:
        found = "fewer" if len(token) < _MIN_CHARS else f"more than {limits.WEB_IDENTITY_TOKEN_CHARS}"
        raise _refusal("size", f"{_MIN_CHARS} to {limits.WEB_IDENTITY_TOKEN_CHARS} characters", found)
    text = token.decode("latin-1") if isinstance(token, bytes) else token
    if not _TOKEN.fullmatch(text):
        raise _refusal("form", "visible ASCII characters without spaces", "others")
    return _ENCODED_BAR.sub("|", text)


def token_key(token: str | bytes) -> str:
    """Return the name of the registered response for *token*: SHA-256 of its decoded form, lower-case hex.

    So no token is stored, and both spellings of ``|`` have the same name.

    Raises:
        InvalidIdentityToken: as `decode_access_token`.
    """
    return hashlib.sha256(decode_access_token(token).encode("ascii")).hexdigest()


def check_provider_id(provider_id: str, token: object, *, registered: Collection[str] = ()) -> None:
    """Check the ProviderId of AssumeRoleWithWebIdentity with its token, as AWS does (docs/observed.md 3.9).

    Args:
        provider_id: The parameter as sent: a host, no scheme, no port.
        token: The WebIdentityToken.
        registered: Names of the account's OAuth servers, in addition to `BUILT_IN_OAUTH`.

    Raises:
        AccessDenied: check ``provider-id``, nobody of that name is known.
        InvalidIdentityToken: check ``provider-id``, an ID token was sent as a Login with Amazon token.
        IDPRejectedClaim: check ``provider-id``, an ID token was sent as a Facebook token, which Facebook would reject.
    """
    if provider_id not in BUILT_IN_OAUTH and provider_id not in registered:
        raise AccessDenied(
            check="provider-id",
            expected=f"{', '.join(sorted({*BUILT_IN_OAUTH, *registered}))}, or no ProviderId for OpenID Connect ID tokens",
            found=show(provider_id),
            remedy="leave ProviderId out when the token is a JWT",
            message=aws_texts.web_identity.UNRECOGNIZED_PROVIDER,
        )
    if provider_id == AMAZON and looks_like_jwt(token):
        raise InvalidIdentityToken(
            check="provider-id",
            expected="a Login with Amazon access token",
            found="a JWT",
            remedy="leave ProviderId out when the token is a JWT",
            message=aws_texts.web_identity.NOT_LOGIN_WITH_AMAZON,
        )
    if provider_id == FACEBOOK and looks_like_jwt(token):
        raise IDPRejectedClaim(
            check="provider-id",
            expected="a Facebook access token",
            found="a JWT",
            remedy="leave ProviderId out when the token is a JWT",
        )


def _refusal(check: OAuthCheck, expected: str, found: str) -> InvalidIdentityToken:
    return InvalidIdentityToken(check=check, expected=expected, found=found, remedy="send the access token as the server issued it")
