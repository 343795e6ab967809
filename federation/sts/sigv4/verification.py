"""Verification of Signature Version 4.

The checks have the observed order of AWS, so that a request with several faults gets the same refusal. The signature is compared in
constant time.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from federation import clock
from federation.errors import ValidationError
from federation.portable import kept_here
from federation.sts.sigv4.authorization import parse_authorization
from federation.sts.sigv4.canonical import CredentialScope, canonical_request, signature_of, string_to_sign
from federation.sts.sigv4.checks import (
    STS_RULES,
    SignedHeaderRules,
    basic_format,
    check_clock,
    check_header_list,
    check_payload_hash,
    check_signed_headers,
    mismatch,
    read_scope,
    read_timestamp,
    unknown_access_key,
)
from federation.sts.sigv4.request import SignedRequest

SecretLookup = Callable[[str, str | None], str | None]
"""Returns the secret access key of an access key id and session token; None where they are unknown. It may raise a `FederationError`."""


@dataclass(frozen=True, slots=True)
class VerifiedSignature:
    """Proof that the owner of an access key signed this request.

    Attributes:
        access_key_id: The access key id.
        session_token: The session token of the request; None for a long-term key.
        scope: Day, region and service of the signature.
        signed_headers: The headers that the signature covers.
        presigned: Whether the signature was in the query string, so that others may have forwarded the request.
        signed_at: The time of signing, aware UTC.
    """

    access_key_id: str
    session_token: str | None = field(repr=False)
    scope: CredentialScope
    signed_headers: tuple[str, ...]
    presigned: bool
    signed_at: datetime

    __reduce_ex__ = kept_here


def verify(
    request: SignedRequest,
    *,
    secret_of: SecretLookup,
    at: datetime,
    signers_clock: datetime | None = None,
    regions: AbstractSet[str] | None = None,
    service: str = "sts",
    rules: SignedHeaderRules = STS_RULES,
    normalize_path: bool = True,
) -> VerifiedSignature:
    """Verify the signature of *request*, in the Authorization header or presigned.

    A presigned request is accepted for fifteen minutes around its date, like any other: STS ignores ``X-Amz-Expires`` (observed).
    ``UNSIGNED-PAYLOAD`` is refused, because the body holds the parameters.

    Args:
        request: The request as received.
        secret_of: Returns the secret access key.
        at: The time to judge at, aware.
        signers_clock: The time on the clock that the request was signed by, aware, where that is another one; None where it is not.
        regions: Accepted regions of the scope; None for any.
        service: Required service of the scope.
        rules: Headers that the signature must cover.
        normalize_path: Whether the path is normalised; False for S3.

    Raises:
        ValidationError: *request* is no `SignedRequest`.
        MissingAuthenticationToken: There is no signature.
        MalformedQueryString: The query string is malformed.
        IncompleteSignature: A part of the signature is missing, malformed or repeated.
        InvalidClientTokenId: The access key or the session token is unknown.
        SignatureDoesNotMatch: Time, scope, signed headers, payload hash or the signature is wrong.
        ExpiredToken: *secret_of* raises it.
    """
    if not isinstance(request, SignedRequest):
        raise ValidationError(
            check="request",
            expected="a SignedRequest",
            found=type(request).__name__,
            remedy="build one from the request as it was received",
        )
    claimed = parse_authorization(request)
    check_signed_headers(request, claimed.signed_headers, rules)
    signed_at = read_timestamp(claimed)
    clocks = [clock.resolve(each) for each in (at, signers_clock) if each is not None]
    check_clock(signed_at, min(clocks, key=lambda each: abs(each - signed_at)))
    access_key_id, scope = read_scope(claimed.credential, signed_at, regions=regions, service=service)
    secret = secret_of(access_key_id, claimed.session_token)
    if secret is None:
        raise unknown_access_key(access_key_id)
    check_header_list(request, claimed.signed_headers)
    check_payload_hash(request, presigned=claimed.presigned)
    canonical = canonical_request(
        request, signed_headers=claimed.signed_headers, presigned=claimed.presigned, normalize_path=normalize_path
    )
    expected = signature_of(string_to_sign(canonical, timestamp=basic_format(signed_at), scope=scope), secret=secret, scope=scope)
    if not hmac.compare_digest(expected.encode("ascii"), claimed.value.encode("utf-8")):
        raise mismatch("signature", "the signature of this request under the secret of this key", "another one")
    return VerifiedSignature(access_key_id, claimed.session_token, scope, claimed.signed_headers, claimed.presigned, signed_at)
