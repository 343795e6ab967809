"""The kind of a token, by its form alone. It selects the decoder and the provider, and proves nothing."""

from __future__ import annotations

import re
from typing import Final

from federation.errors import FederationError
from federation.oauth.registry import decode_access_token
from federation.oidc.inspection import looks_like_jwt

SAML: Final = "saml2-response"
OIDC: Final = "oidc-id-token"
OAUTH: Final = "oauth-access-token"
KINDS: Final = {
    SAML: "a SAML response",
    OIDC: "a JWT of an OpenID Connect issuer",
    OAUTH: "an opaque OAuth 2.0 access token",
}

_JOSE: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?[\s\"'`]*(?:(?:[Aa]uthorization:\s*)?[Bb]earer\s+)?e[w-z0-9_-][A-Za-z0-9_\s-]*\.[A-Za-z0-9_\s-]*\."
)
"""Base64url of a text that begins with a brace, and two dots at least: signed or encrypted, whole or cut, whatever stands around it."""
_MARKUP: Final = re.compile(rb"P[A-P]|UE[Q-X]|77u|H4sI|<|SAMLResponse=")
"""Base64 of XML, plain or encoded twice, with a byte order mark, gzipped; XML itself; a form."""
_SHORT: Final = 512
"""Characters up to which what is no JWT and no markup is an access token; responses are longer."""


def kind_of(token: bytes) -> str:
    """Return the kind that *token* looks like: anything in the beginnings of a JWT, anything an access token could be, else SAML."""
    if looks_like_jwt(token) or _JOSE.match(token):
        return OIDC
    if _MARKUP.match(token) or (len(token) > _SHORT and b"|" not in token and b"%7C" not in token.upper()):
        return SAML
    try:
        decode_access_token(token)
    except FederationError:
        return SAML
    return OAUTH
