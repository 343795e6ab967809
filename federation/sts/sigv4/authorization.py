"""Parsing of a signature in the Authorization header or in a presigned query. The result is unverified."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from federation.aws_texts import requests as texts
from federation.check_names import StsCheck
from federation.errors import MAX_SHOWN, FederationError, IncompleteSignature, MissingAuthenticationToken, SignatureDoesNotMatch, show
from federation.sts.sigv4.canonical import ALGORITHM, SIGNATURE_PARAMETER
from federation.sts.sigv4.request import SignedRequest

_SCHEME = re.compile(r"AWS[0-9A-Z-]{1,32}|[A-Za-z]{1,12}", re.ASCII)
_RESIGN: Final = "sign the request with an AWS SDK; check that no proxy rewrites its headers"
_HEADER_PARAMETERS: Final = ("Credential", "Signature", "SignedHeaders")
_QUERY_PARAMETERS: Final = ("X-Amz-Credential", SIGNATURE_PARAMETER, "X-Amz-SignedHeaders", "X-Amz-Date")
_QUERY_SINGLE: Final = frozenset({*_QUERY_PARAMETERS, "X-Amz-Algorithm", "X-Amz-Expires", "X-Amz-Security-Token", "X-Amz-Content-Sha256"})


@dataclass(frozen=True, slots=True)
class Signature:
    """The unverified signature of a request.

    Attributes:
        credential: ``<access key id>/<date>/<region>/<service>/aws4_request``, unchecked.
        signed_headers: Names in the order of the signature, unchecked.
        value: The signature in hexadecimal.
        timestamp: The time of signing as written.
        session_token: The session token of temporary credentials, or None.
        presigned: Whether the signature is in the query string.
    """

    credential: str
    signed_headers: tuple[str, ...]
    value: str = field(repr=False)
    timestamp: str
    session_token: str | None = field(repr=False)
    presigned: bool


def parse_authorization(request: SignedRequest) -> Signature:
    """Return the signature of *request*.

    Repeated parameters, headers and signatures are refused, because two readers of the request could then see two callers. AWS uses the
    first or the last one.

    Raises:
        MalformedQueryString: The query string is malformed.
        MissingAuthenticationToken: There is no signature.
        IncompleteSignature: A part is missing, malformed or repeated, or the algorithm is not ``AWS4-HMAC-SHA256``.
        SignatureDoesNotMatch: There are two signatures, in header and query.
    """
    parameters = request.parameters()
    authorization = request.single_header("authorization")
    algorithms = [value for name, value in parameters if name == "X-Amz-Algorithm"]
    if authorization and algorithms:
        raise SignatureDoesNotMatch(
            check="one-signature",
            expected="a signature in the Authorization header or in the query string",
            found="both",
            remedy="send one of them",
            message=texts.TWO_SIGNATURES,
        )
    if authorization:
        return _from_header(request, authorization)
    if algorithms:
        return _from_query(request, parameters)
    raise MissingAuthenticationToken(
        check="signature-missing",
        expected="an Authorization header or a presigned query",
        found="neither",
        remedy="sign the request with an access key (AWS Signature Version 4)",
        message=texts.MISSING_TOKEN,
    )


def _from_header(request: SignedRequest, authorization: str) -> Signature:
    algorithm, _, rest = authorization.partition(" ")
    _check_algorithm(algorithm)
    given = _header_parameters(authorization, rest)
    timestamp = request.single_header("x-amz-date") or request.single_header("date")
    missing = [texts.header_lacks(name) for name in _HEADER_PARAMETERS if not _present(given, name)]
    if not timestamp:
        missing.append(texts.NO_DATE)
    if missing or not timestamp:
        raise _incomplete(
            "authorization-parts",
            " and ".join(_HEADER_PARAMETERS) + " and a date",
            [*missing, texts.authorization_is(ALGORITHM)],
        )
    if len(given) != len(_HEADER_PARAMETERS):
        raise _refused("authorization-unknown", " and ".join(_HEADER_PARAMETERS) + " alone", "another parameter")
    return Signature(
        credential=given["Credential"],
        signed_headers=tuple(given["SignedHeaders"].split(";")),
        value=given["Signature"],
        timestamp=timestamp,
        session_token=request.single_header("x-amz-security-token"),
        presigned=False,
    )


def _header_parameters(authorization: str, rest: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in rest.split(","))):
        name, equals, value = part.partition("=")
        if not equals:
            raise _not_a_pair(part, authorization)
        if name in given:
            raise _refused("authorization-duplicate", "each parameter of the Authorization header once", show(name))
        given[name] = value
    return given


def _from_query(request: SignedRequest, parameters: list[tuple[str, str]]) -> Signature:
    given: dict[str, str] = {}
    for name, value in parameters:
        if name in given and name in _QUERY_SINGLE:
            raise _refused("query-duplicate", "each parameter of the signature once", show(name))
        given[name] = value
    _check_algorithm(given["X-Amz-Algorithm"])
    missing = [texts.query_lacks(name) for name in _QUERY_PARAMETERS if not _present(given, name)]
    if missing:
        raise _incomplete("query-parts", " and ".join(_QUERY_PARAMETERS), [*missing, texts.EXAMINE_QUERY])
    if request.header("x-amz-security-token"):
        raise _refused("token-place", "the session token of a presigned request in its query string", "a header beside it")
    return Signature(
        credential=given["X-Amz-Credential"],
        signed_headers=tuple(given["X-Amz-SignedHeaders"].split(";")),
        value=given[SIGNATURE_PARAMETER],
        timestamp=given["X-Amz-Date"],
        session_token=given.get("X-Amz-Security-Token"),
        presigned=True,
    )


def _present(given: Mapping[str, str], name: str) -> bool:
    """Return whether a part is present. An empty list of signed headers is present and refused later; other empty parts are missing."""
    return name in given if name.endswith("SignedHeaders") else bool(given.get(name))


def _check_algorithm(algorithm: str) -> None:
    if algorithm != ALGORITHM:
        # The header may be a token without a scheme, which must not be repeated.
        named = _SCHEME.fullmatch(algorithm) is not None
        raise IncompleteSignature(
            check="signature-algorithm",
            expected=ALGORITHM,
            found=show(algorithm) if named else "no name of an algorithm",
            remedy=_RESIGN,
            message=texts.unsupported_algorithm(algorithm) if named else texts.UNNAMED_ALGORITHM,
        )


def _not_a_pair(part: str, authorization: str) -> FederationError:
    """Return the refusal of a malformed part. It repeats a short header, as AWS does, and never a long one (attack row D04)."""
    if len(authorization) <= MAX_SHOWN and authorization.isprintable():
        text = texts.not_a_pair(part, authorization)
    else:
        digest = base64.b64encode(hashlib.sha256(authorization.encode("utf-8", "replace")).digest()).decode("ascii")
        text = texts.not_pairs(digest)
    return IncompleteSignature(
        check="authorization-pairs",
        expected="key=value pairs separated by commas",
        found="a part without an equal-sign",
        remedy=_RESIGN,
        message=text,
    )


def _incomplete(check: StsCheck, expected: str, missing: Iterable[str]) -> IncompleteSignature:
    return IncompleteSignature(check=check, expected=expected, found="not all of them", remedy=_RESIGN, message=texts.all_of(missing))


def _refused(check: StsCheck, expected: str, found: str) -> IncompleteSignature:
    return IncompleteSignature(check=check, expected=expected, found=found, remedy=_RESIGN)
