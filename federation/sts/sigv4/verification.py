"""Verifying Signature Version 4: who signed this request, or why nobody did.

The order of the checks is the one AWS was seen to answer in, so that a request with several faults hears of the same one here. The secret
enters one comparison only, and that takes the same time for every wrong signature.
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
from federation.sts.sigv4.canonical import Scope, canonical_request, signature_of, string_to_sign
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
"""Access key id and session token to secret access key; None when nobody owns the pair. May raise a `FederationError`."""


@dataclass(frozen=True, slots=True)
class VerifiedSignature:
    """Proof that the owner of an access key signed exactly this request.

    Attributes:
        access_key_id: The key.
        session_token: The session token presented and signed with it, or None for a long-term key.
        scope: Day, region and service the signature is good for.
        signed_headers: Headers it covers; a header not among them is anybody's.
        presigned: It stood in the query string, so the request may have passed through other hands.
        signed_at: The instant of signing, aware UTC.
    """

    access_key_id: str
    session_token: str | None = field(repr=False)
    scope: Scope
    signed_headers: tuple[str, ...]
    presigned: bool
    signed_at: datetime

    __reduce_ex__ = kept_here


def verify(
    request: SignedRequest,
    *,
    secret_of: SecretLookup,
    at: datetime,
    regions: AbstractSet[str] | None = None,
    service: str = "sts",
    rules: SignedHeaderRules = STS_RULES,
    normalize_path: bool = True,
) -> VerifiedSignature:
    """Verify the signature of *request*, in the Authorization header or presigned.

    A presigned request is good for fifteen minutes from its date like any other: STS was observed to heed no ``X-Amz-Expires``.
    ``UNSIGNED-PAYLOAD`` is refused: the body of an STS request is the request.

    Args:
        request: The request as received.
        secret_of: Finds the secret access key.
        at: The instant to judge at, aware.
        regions: Regions a signature may be scoped to; None takes the region the signer names.
        service: Service it must be scoped to.
        rules: Headers it must cover.
        normalize_path: False builds the path the way of S3.

    Raises:
        ValidationError: *request* is no `SignedRequest`.
        MissingAuthenticationToken: No signature.
        MalformedQueryString: The query string cannot be read.
        IncompleteSignature: A part of the signature is missing, malformed or there twice.
        InvalidClientTokenId: Nobody owns the access key, or the session token beside it.
        SignatureDoesNotMatch: Clock, scope, signed headers, payload hash or the signature itself.
        ExpiredToken: As *secret_of* says.
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
    check_clock(signed_at, clock.resolve(at))
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
