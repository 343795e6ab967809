"""Token information of access tokens: Login with Amazon, Facebook ``debug_token``, and introspection (RFC 7662).

Responses are registered, never fetched, and parsed at registration. A signed response (RFC 9701) is then verified with the server's keys.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from federation import limits
from federation.errors import FederationError, RegistrationError, show
from federation.jose.algorithms import SOUND
from federation.jose.decode import decode_token
from federation.jose.jwks import KeySet
from federation.jose.signature import verify_token
from federation.jose.strictjson import Complaint, decode_object
from federation.oidc.claims import read_claims
from federation.oidc.inspection import looks_like_jwt
from federation.profiles import Profile
from federation.vendors import AMAZON, FACEBOOK

SIGNED_ANSWER_TYPE: Final = "token-introspection+jwt"
_MAX_SECONDS: Final = 253_402_300_799
_COMPLAINT: Final = Complaint(RegistrationError, "token-information", "token information", "register the server's answer as it stands")


@dataclass(frozen=True, slots=True)
class TokenInformation:
    """The token information of one access token in a common form. Times are seconds since 1970.

    Attributes:
        active: Whether the token is valid by the server.
        issuer: Issuer in the response; None where there is none.
        subject: Subject of the token; the client where no user is involved.
        audiences: Audiences of the token; the client id where the response has no ``aud``.
        app_id: Application id in responses of Amazon and Facebook.
        issued_at: Time of issue; None where unknown.
        not_before: Start of validity; None where unknown.
        expires_at: End of validity; None where the response has none. Amazon returns the remaining seconds, which are counted from ``iat``.
        token_id: ``jti`` of an introspection response.
        members: The whole response as decoded JSON.
        signed: Whether the response was signed and its signature verified.
    """

    active: bool
    issuer: str | None = None
    subject: str | None = None
    audiences: tuple[str, ...] = ()
    app_id: str | None = None
    issued_at: int | None = None
    not_before: int | None = None
    expires_at: int | None = None
    token_id: str | None = None
    members: Mapping[str, Any] = field(default_factory=dict)
    signed: bool = False


@dataclass(frozen=True, slots=True)
class AnswerKeys:
    """The server's keys for signed responses, and the accepted values of ``aud`` (RFC 9701 section 5)."""

    keys: KeySet
    resource_servers: frozenset[str]


def read_answer(server: str, answer: object, signed_by: AnswerKeys | None) -> TokenInformation:
    """Return the token information of one registered response of *server*.

    Args:
        server: Name of the server: `AMAZON`, `FACEBOOK`, or the host of an RFC 7662 server.
        answer: Decoded JSON, JSON text, or the compact JWT of a signed response.
        signed_by: Keys for signed responses. With it, unsigned responses are refused.

    Raises:
        RegistrationError: check ``token-information`` or ``signed-introspection``.
    """
    if signed_by is not None:
        return _read_introspection(_open_signed(server, answer, signed_by), signed=True)
    members = _decoded(answer)
    if server == AMAZON:
        return _read_amazon(members)
    if server == FACEBOOK:
        return _read_facebook(members)
    return _read_introspection(members, signed=False)


def _open_signed(server: str, answer: object, signed_by: AnswerKeys) -> Mapping[str, Any]:
    """Return ``token_introspection`` of a signed response after verifying type, signature, issuer and audience (RFC 9701)."""
    try:
        raw = decode_token(answer, max_chars=limits.JWKS_OCTETS)
        claims = read_claims(verify_token(raw, signed_by.keys, algorithms=SOUND, profile=Profile.STRICT))
        issuer, audiences = claims.required("iss"), claims.audiences()
    except FederationError as fault:
        raise RegistrationError(check="signed-introspection", expected=fault.expected, found=fault.found, remedy=fault.remedy) from None
    if claims.repeated or claims.header.repeated:
        raise _fault("every member named once", "a repeated member")
    typ = (claims.header.typ or "").lower().removeprefix("application/")
    if typ != SIGNED_ANSWER_TYPE:
        # Without the check of the type an ID token of the server would be accepted (RFC 9701 section 8.1).
        raise _fault(f"typ {SIGNED_ANSWER_TYPE}", show(claims.header.typ))
    if issuer not in {server, f"https://{server}"}:
        raise _fault(f"iss https://{server}", show(issuer))
    if signed_by.resource_servers.isdisjoint(audiences):
        raise _fault(f"aud {', '.join(sorted(signed_by.resource_servers))}", show(audiences[0]))
    introspection = claims.members.get("token_introspection")
    if not isinstance(introspection, dict):
        raise _fault("the object token_introspection", show(introspection))
    return introspection


def _decoded(answer: object) -> Mapping[str, Any]:
    if isinstance(answer, Mapping):
        return answer
    if not isinstance(answer, (str, bytes)) or len(answer) > limits.JWKS_OCTETS:
        raise _COMPLAINT.refusal("JSON", type(answer).__name__ if not isinstance(answer, (str, bytes)) else f"{len(answer)} octets")
    if looks_like_jwt(answer):
        raise _COMPLAINT.refusal("JSON, or a signed answer with the server's key set registered beside it", "a JWT without a key set")
    decoded = decode_object(answer.encode("utf-8", "surrogatepass") if isinstance(answer, str) else answer, _COMPLAINT)
    if decoded.repeated:
        raise _COMPLAINT.refusal("JSON that names every member once", show(decoded.repeated[0]))
    return decoded.members


def _read_amazon(members: Mapping[str, Any]) -> TokenInformation:
    """Read ``https://api.amazon.com/auth/o2/tokeninfo``. The response of ``/user/profile`` may be a member ``profile``."""
    if "error" in members:
        return TokenInformation(active=False, members=members)
    subject, profile = _text(members, "user_id"), members.get("profile")
    if isinstance(profile, Mapping) and profile.get("user_id") != subject:
        raise _COMPLAINT.refusal("a profile of the token's user_id", show(profile.get("user_id")))
    issued_at, left = _seconds(members, "iat"), _seconds(members, "exp")
    return TokenInformation(
        active=True,
        issuer=AMAZON if _text(members, "iss") in {None, AMAZON, f"https://{AMAZON}"} else _text(members, "iss"),
        subject=subject,
        audiences=_texts(members, "aud"),
        app_id=_text(members, "app_id"),
        issued_at=issued_at,
        expires_at=issued_at + left if issued_at is not None and left is not None else None,
        members=members,
    )


def _read_facebook(members: Mapping[str, Any]) -> TokenInformation:
    """Read ``https://graph.facebook.com/debug_token``: all members are in ``data``; ``expires_at`` 0 means never."""
    data = members.get("data")
    if not isinstance(data, Mapping):
        raise _COMPLAINT.refusal("an object with the object data", show(data))
    app_id = _text(data, "app_id")
    return TokenInformation(
        active=data.get("is_valid") is True and "error" not in data,
        issuer=FACEBOOK,
        subject=_text(data, "user_id"),
        audiences=(app_id,) if app_id else (),
        app_id=app_id,
        issued_at=_seconds(data, "issued_at"),
        expires_at=_seconds(data, "expires_at") or None,
        members=members,
    )


def _read_introspection(members: Mapping[str, Any], *, signed: bool) -> TokenInformation:
    """Read an introspection response (RFC 7662 section 2.2). Without ``sub``, the client is the subject."""
    if not isinstance(members.get("active"), bool):
        raise _COMPLAINT.refusal("an object with the boolean active", show(members.get("active")))
    client_id = _text(members, "client_id")
    return TokenInformation(
        active=members["active"] is True,
        issuer=_text(members, "iss"),
        subject=_text(members, "sub") or client_id,
        audiences=_texts(members, "aud") or ((client_id,) if client_id else ()),
        issued_at=_seconds(members, "iat"),
        not_before=_seconds(members, "nbf"),
        expires_at=_seconds(members, "exp"),
        token_id=_text(members, "jti"),
        members=members,
        signed=signed,
    )


def _text(members: Mapping[str, Any], name: str) -> str | None:
    value = members.get(name)
    if value is None or (isinstance(value, str) and value and "\0" not in value):
        return value
    raise _COMPLAINT.refusal(f"{name} as a non-empty string", show(value))


def _texts(members: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = members.get(name)
    values = (value,) if isinstance(value, str) else () if value is None else value
    if not isinstance(values, (list, tuple)) or not all(isinstance(text, str) and text for text in values):
        raise _COMPLAINT.refusal(f"{name} as a string or a list of them", show(value))
    return tuple(values)


def _seconds(members: Mapping[str, Any], name: str) -> int | None:
    value = members.get(name)
    if value is None or (type(value) is int and 0 <= value <= _MAX_SECONDS):
        return value
    raise _COMPLAINT.refusal(f"{name} as an integer of seconds", show(value))


def _fault(expected: str, found: str) -> RegistrationError:
    return RegistrationError(
        check="signed-introspection",
        expected=f"a signed introspection answer with {expected}",
        found=found,
        remedy="register the JWT that the server answered with",
    )


def answers(
    server: str, token_information: Mapping[str, Any], keys: KeySet | None, resource_servers: Collection[str]
) -> dict[str, TokenInformation]:
    """Return the token information of every registered response of *server*, by `token_key`.

    Raises:
        RegistrationError: as `read_answer`; check ``token-information`` for a key that is not 64 lower-case hex digits.
    """
    signed_by = None if keys is None else AnswerKeys(keys, frozenset(resource_servers))
    read = {}
    for key, answer in token_information.items():
        if not isinstance(key, str) or len(key) != _KEY_CHARS or not _HEX.issuperset(key):
            raise _COMPLAINT.refusal("keyed by SHA-256 of the token, 64 lower-case hex digits (`token_key` computes it)", "another key")
        read[key] = read_answer(server, answer, signed_by)
    return read


_KEY_CHARS: Final = 64
_HEX: Final = frozenset("0123456789abcdef")
