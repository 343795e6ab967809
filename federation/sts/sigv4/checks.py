"""The checks of a signature before its computation, one function each, in the observed order of AWS."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

from federation import limits
from federation.aws_texts import requests as texts
from federation.check_names import StsCheck
from federation.errors import IncompleteSignature, InvalidClientTokenId, SignatureDoesNotMatch, show
from federation.sts.sigv4.authorization import Signature
from federation.sts.sigv4.canonical import TERMINATOR, CredentialScope, payload_hash
from federation.sts.sigv4.request import SignedRequest, echo

_SKEW: Final = timedelta(seconds=limits.SIGNATURE_CLOCK_SKEW_SECONDS)
_BASIC_FORMAT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z", re.ASCII)
_HTTP_DATE_CHARS: Final = 31
_ACCESS_KEY_ID = re.compile(r"\w{1,128}", re.ASCII)
_HEADER_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]{1,256}", re.ASCII)
_REGION = re.compile(r"[a-z0-9-]{1,32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class SignedHeaderRules:
    """The headers that a signature must cover in addition to ``host``.

    Attributes:
        always: Names that must be signed in every request.
        if_present: Names that must be signed when the request has them.
        prefixes: Lower-case prefixes of headers that must be signed. AWS: ``x-amz-``, which does not include ``x-amzn-trace-id``.
    """

    always: tuple[str, ...] = ()
    if_present: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ("x-amz-",)


STS_RULES: Final = SignedHeaderRules()


def check_signed_headers(request: SignedRequest, signed: tuple[str, ...], rules: SignedHeaderRules) -> None:
    """Refuse a signature that does not cover the headers of *rules*, because anybody could change an unsigned header."""
    if "host" not in signed:
        raise _unsigned("'Host' or ':authority'")
    present = dict.fromkeys(name for name, _ in request.headers)
    demanded = (
        *rules.always,
        *(name for name in rules.if_present if name.lower() in present),
        *(name for name in present if name.startswith(rules.prefixes)),
    )
    covered = frozenset(signed)
    for name in demanded:
        if name.lower() not in covered:
            raise _unsigned(f"'{echo(name)}'")


def read_timestamp(claimed: Signature) -> datetime:
    """Return the time of signing: ISO 8601 basic format, or in a Date header also the format of e-mail and HTTP."""
    text = claimed.timestamp
    moment = _iso_basic(text)
    if moment is None and not claimed.presigned:
        moment = _http_date(text)
    if moment is None:
        raise IncompleteSignature(
            check="signature-date",
            expected="a date in ISO 8601 basic format, YYYYMMDDThhmmssZ",
            found=show(text),
            remedy="send X-Amz-Date as an AWS SDK writes it",
            message=texts.date_form(echo(text)),
        )
    return moment


def check_clock(signed_at: datetime, at: datetime) -> None:
    """Refuse a request dated more than `limits.SIGNATURE_CLOCK_SKEW_SECONDS` before or after *at*, in whole seconds as AWS counts."""
    now = at.replace(microsecond=0)
    date, present = basic_format(signed_at), basic_format(now)
    if now - signed_at > _SKEW:
        text = texts.signature_expired(date, basic_format(now - _SKEW), present)
    elif signed_at - now > _SKEW:
        text = texts.signature_not_current(date, basic_format(now + _SKEW), present)
    else:
        return
    raise SignatureDoesNotMatch(
        check="signature-clock",
        expected=f"a date within 15 minutes of {present}",
        found=f"{date}, {abs(int((now - signed_at).total_seconds()))} seconds away",
        remedy="set the clock of the signing machine; a presigned request lives 15 minutes whatever its X-Amz-Expires",
        message=text,
    )


def read_scope(credential: str, signed_at: datetime, *, regions: AbstractSet[str] | None, service: str) -> tuple[str, CredentialScope]:
    """Return access key id and scope of *credential*. The scope must be of *service*, of *regions*, and of the day of *signed_at*."""
    parts = credential.split("/", 5)
    if len(parts) != 5:  # noqa: PLR2004 - key id, date, region, service, terminator
        raise IncompleteSignature(
            check="credential",
            expected="an access key id and its scope: key/date/region/service/aws4_request",
            found="fewer parts" if len(parts) < 5 else "more parts",  # noqa: PLR2004
            remedy="sign the request with an AWS SDK",
            message=texts.credential_form(echo(credential)),
        )
    access_key_id, date, region, claimed_service, terminator = parts
    instant = basic_format(signed_at)
    faults = []
    if _REGION.fullmatch(region) is None or (regions is not None and region not in regions):
        faults.append(texts.scope_region(echo(region)))
    if claimed_service != service:
        faults.append(texts.scope_service(service))
    if terminator != TERMINATOR:
        faults.append(texts.scope_terminator(TERMINATOR, echo(terminator)))
    if date != instant[:8]:
        faults.append(texts.scope_date(echo(date), instant[:8], instant))
    if faults:
        raise SignatureDoesNotMatch(
            check="credential-scope",
            expected=f"{instant[:8]}, a region served here, {service}, {TERMINATOR}",
            found=show("/".join(parts[1:])),
            remedy="sign for the service and region that the request is sent to",
            message=texts.all_of(faults),
        )
    if _ACCESS_KEY_ID.fullmatch(access_key_id) is None:
        raise unknown_access_key(access_key_id)
    return access_key_id, CredentialScope(date, region, claimed_service)


def check_payload_hash(request: SignedRequest, *, presigned: bool) -> None:
    """Require that a declared hash is that of the body. ``UNSIGNED-PAYLOAD`` and ``STREAMING-…`` are refused."""
    declared = [value.strip() for value in request.header("x-amz-content-sha256")]
    if presigned:
        declared += [value.encode("utf-8") for name, value in request.parameters() if name == "X-Amz-Content-Sha256"]
    actual = payload_hash(request).encode("ascii")
    if any(value != actual for value in declared):
        raise mismatch("payload-hash", "X-Amz-Content-Sha256 to be the SHA-256 of the body", "another value")


def check_header_list(request: SignedRequest, signed: tuple[str, ...]) -> None:
    """Refuse a list of signed headers that is unsorted, has a repeated name, or names a header that the request does not have.

    Otherwise an absent and an empty header would have the same canonical request.
    """
    if any(_HEADER_TOKEN.fullmatch(name) is None for name in signed) or list(signed) != sorted(frozenset(signed)):
        raise mismatch("signed-header-list", "lower-case header names, sorted, each once", "another list")
    present = frozenset(name for name, _ in request.headers)
    if not present.issuperset(signed):
        raise mismatch("signed-header-absent", "every signed header in the request", "one that is not there")
    if len(request.header("host")) != 1:
        raise mismatch("host", "one Host header", "several")


def unknown_access_key(access_key_id: str) -> InvalidClientTokenId:
    """Return the refusal of an unknown access key or session token."""
    return InvalidClientTokenId(
        check="access-key",
        expected="an active access key of this account, with its own session token where it is temporary (ASIA…)",
        found=show(access_key_id),
        remedy="use current credentials; temporary ones need their session token",
        message=texts.UNKNOWN_TOKEN,
    )


def mismatch(check: StsCheck, expected: str, found: str) -> SignatureDoesNotMatch:
    """Return the refusal of a signature. Its message on the wire is the same for every cause."""
    return SignatureDoesNotMatch(
        check=check,
        expected=expected,
        found=found,
        remedy="check the secret access key, and that nothing between signer and service rewrites the request",
        message=texts.MISMATCH,
    )


def basic_format(instant: datetime) -> str:
    """Return an aware UTC datetime in ISO 8601 basic format."""
    return instant.replace(tzinfo=None).isoformat(timespec="seconds").replace("-", "").replace(":", "") + "Z"


def _unsigned(name: str) -> SignatureDoesNotMatch:
    return SignatureDoesNotMatch(
        check="signed-headers",
        expected=f"{name} among the signed headers",
        found="a signature that leaves it out",
        remedy="sign the header, or do not send it",
        message=texts.unsigned_header(name),
    )


def _iso_basic(text: str) -> datetime | None:
    match = _BASIC_FORMAT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _http_date(text: str) -> datetime | None:
    """Return the time of an HTTP date; None unless formatting it gives the same text, because the parser is lenient."""
    if len(text) > _HTTP_DATE_CHARS:
        return None
    try:
        moment = parsedate_to_datetime(text).replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    written = (format_datetime(moment, usegmt=True), format_datetime(moment.replace(tzinfo=None)))
    return moment if text in written else None
