"""Decoding of compact JWS (RFC 7515): three canonical base64url parts, a strict JSON header, and no extensions.

The result is unverified. Claims for decisions are read after the signature has been verified.
"""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping
from dataclasses import InitVar, dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from federation import aws_texts, limits
from federation.check_names import OidcCheck
from federation.errors import InternalFailure, InvalidIdentityToken, show
from federation.jose import base64url
from federation.jose.strictjson import Complaint, JsonObject, decode_object
from federation.portable import kept_here
from federation.records import record

_KEY_HINTS: Final = ("jwk", "jku", "x5u", "x5c")
_REMEDY: Final = "send the compact ID token exactly as the identity provider issued it: three base64url parts joined by dots"
_HEADER: Final = Complaint(InvalidIdentityToken, "json", "the JOSE header", _REMEDY, aws_texts.web_identity.NOT_A_JWT)
_CLAIMS: Final = Complaint(
    InvalidIdentityToken,
    "claims",
    "the claims set",
    "have the identity provider put a JSON object of claims into the token",
    aws_texts.web_identity.NOT_A_JWT,
)
_MEMOISED_HEADER_CHARS: Final = 1024
_PARTS: Final = 3
_JWE_PARTS: Final = 5


@dataclass(frozen=True, slots=True)
class Header:
    """A JOSE header whose critical parameters have the right types.

    Attributes:
        alg: Algorithm as written. Whether it is accepted is checked against the provider and its keys.
        kid: Key id as written, None where absent.
        typ: Type as written, None where absent.
        parameters: Every header parameter, read-only.
        key_hints: Names of parameters that contain a key or refer to one. They are reported and never used (attack rows J09, J10, J11).
        repeated: Names that occur more than once.
    """

    alg: str
    kid: str | None
    typ: str | None
    parameters: Mapping[str, Any]
    key_hints: tuple[str, ...]
    repeated: tuple[str, ...]


class Payload:
    """The payload of a token: its ``octets``, and the claims set, which is parsed on first use.

    It is unverified in a `RawToken` and verified in a `SignedToken`. The parsed claims set is used both to find the provider of the
    unverified issuer and to read the verified claims.
    """

    __slots__ = ("_claims", "octets")

    def __init__(self, octets: bytes) -> None:
        self.octets: bytes = octets
        self._claims: JsonObject | None = None

    def claims(self) -> JsonObject:
        """Return the claims set.

        Raises:
            InvalidIdentityToken: check ``claims``, the payload is not one strict JSON object.
        """
        if self._claims is None:
            self._claims = decode_object(self.octets, _CLAIMS)
        return self._claims


_MAKER: Final = object()


@record(repr=False)
class RawToken:
    """A decoded, unverified compact JWS. The signature covers ``signing_input``; ``payload`` is what that input encodes.

    Only `decode_token` constructs one, so that signature and claims always belong to the same token (row J53).
    """

    header: Header
    payload: Payload
    signing_input: bytes
    signature: bytes
    maker: InitVar[object]

    __reduce_ex__ = kept_here

    def __post_init__(self, maker: object) -> None:
        if maker is not _MAKER:
            raise InternalFailure(
                check="internal", expected="a token decoded by decode_token", found="one made elsewhere", remedy="call decode_token"
            )


def decode_token(token: object, *, max_chars: int = limits.WEB_IDENTITY_TOKEN_CHARS) -> RawToken:
    """Return the decoded compact JWS *token*, a `str` or `bytes` of at most *max_chars* characters. A `RawToken` is returned unchanged.

    Raises:
        InvalidIdentityToken: Checks ``type``, ``size``, ``form``, ``base64url``, ``json``, ``header``, ``crit``, ``b64``, ``zip``, ``cty``.
    """
    if isinstance(token, RawToken):
        return token
    text = _text(token, max_chars)
    header, _, rest = text.partition(".")
    payload, _, signature = rest.partition(".")
    if not (header and payload and signature) or "." in signature:
        raise _malformed_parts(text, text.split(".", _JWE_PARTS))
    return RawToken(
        _header(header) if len(header) <= _MEMOISED_HEADER_CHARS else _header.__wrapped__(header),
        Payload(decode_base64url(payload, "payload")),
        text[: len(header) + 1 + len(payload)].encode(),
        decode_base64url(signature, "signature"),
        _MAKER,
    )


def decode_base64url(text: str, part: str) -> bytes:
    """Return the octets of one part of a token: ASCII *text* in canonical base64url without padding (RFC 7515 section 2).

    Raises:
        InvalidIdentityToken: check ``base64url``.
    """
    octets = base64url.decode(text)
    if octets is None:
        raise InvalidIdentityToken(
            check="base64url",
            expected=f"the {part} in canonical unpadded base64url",
            found="another alphabet, padding, white space, spare bits or a part cut short",
            remedy=_look_alike(text) if part == "header" else _REMEDY,
            message=aws_texts.web_identity.NOT_A_JWT,
        )
    return octets


def _text(token: object, max_chars: int) -> str:
    if not isinstance(token, (str, bytes)):
        raise _refusal("type", "a token as str or bytes", type(token).__name__)
    if not token or len(token) > max_chars:
        found = f"more than {max_chars}" if token else "none"
        raise _refusal("size", f"1 to {max_chars} characters", found, "send the token itself, not a page or a file around it")
    if not token.isascii():
        marked = token.startswith("\ufeff") if isinstance(token, str) else token.startswith((BOM_UTF8, BOM_UTF16_LE, BOM_UTF16_BE))
        raise _refusal("form", "ASCII characters", "a byte order mark before the token" if marked else "others", _REMEDY)
    return token if isinstance(token, str) else token.decode("ascii")


def _malformed_parts(text: str, parts: list[str]) -> InvalidIdentityToken:
    if len(parts) == _PARTS and parts[0] and not parts[2] and _header(parts[0]).alg.strip().lower() == "none":
        return _refusal("alg", "a signed token", "alg none", "have the identity provider sign its tokens")
    found = f"{text.count('.') + 1} parts" if len(parts) != _PARTS else "an empty part"
    return _refusal("form", "a compact JWS: three non-empty parts joined by two dots", found, _resembles(text, parts))


def _resembles(text: str, parts: list[str]) -> str:
    """Return the remedy for a *text* that has the form of another kind of token."""
    if len(parts) == _JWE_PARTS:
        return "this is an encrypted token (JWE): register the client for signed ID tokens and send those"
    if len(parts) == _PARTS and not parts[2]:
        return "the token is not signed; have the identity provider sign it"
    return _look_alike(text)


def _look_alike(text: str) -> str:
    start = text.lstrip()[:16].lower()
    return next((remedy for beginnings, remedy in _LOOK_ALIKES if start.startswith(beginnings)), _REMEDY)


_LOOK_ALIKES: Final[tuple[tuple[tuple[str, ...], str], ...]] = (
    (("{", "["), "this is JSON: send the compact serialisation of the token, or the id_token member of a token response"),
    (("bearer ", "authorization:"), "remove the words before the token"),
    (('"', "'", "`"), "remove the quotation marks around the token"),
    (("<", "phnhbw", "pd94bw", "samlresponse="), "this looks like a SAML response: use AssumeRoleWithSAML"),
    (("atza",), "this is a Login with Amazon access token: send it with ProviderId www.amazon.com"),
)


@lru_cache(maxsize=256)
def _header(segment: str) -> Header:
    """Return the header of a segment. Results are cached, because the tokens of an issuer have the same few headers."""
    decoded = decode_object(decode_base64url(segment, "header"), _HEADER)
    parameters = decoded.members
    for name, why in _REFUSED_PARAMETERS.items():
        if name in parameters:
            raise _refusal(name, f"a header without {show(name)}", why)
    alg, kid, typ = parameters.get("alg"), parameters.get("kid"), parameters.get("typ")
    if not isinstance(alg, str) or not alg:
        raise _refusal("header", "alg as a non-empty string", show(alg) if "alg" in parameters else "no alg")
    if "kid" in parameters and (not isinstance(kid, str) or len(kid) > limits.KID_CHARS):
        raise _refusal("header", f"kid as a string of at most {limits.KID_CHARS} characters", show(kid))
    if "typ" in parameters and not isinstance(typ, str):
        raise _refusal("header", "typ as a string", show(typ))
    key_hints = tuple(name for name in _KEY_HINTS if name in parameters)
    return Header(alg, kid, typ, MappingProxyType(parameters), key_hints, decoded.repeated)


_REFUSED_PARAMETERS: Final[dict[OidcCheck, str]] = {
    "crit": "an extension that must be understood, and none is (RFC 7515 section 4.1.11)",
    "b64": "an unencoded or detached payload (RFC 7797)",
    "zip": "a compressed payload, which belongs to JWE",
    "cty": "a nested token (RFC 7519 section 5.2)",
}
"""Parameters that change the meaning of the payload (attack rows J16, J17, J20, J21). The name of the check is that of the parameter."""


def _refusal(check: OidcCheck, expected: str, found: str, remedy: str = _REMEDY) -> InvalidIdentityToken:
    return InvalidIdentityToken(check=check, expected=expected, found=found, remedy=remedy, message=aws_texts.web_identity.NOT_A_JWT)
