"""Signed requests: what an AWS client of the accounts in `tests.support.sts.callers` would send."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from federation.server.messages import Request
from federation.sts.sigv4.canonical import CredentialScope, canonical_request, signature_of, string_to_sign
from federation.sts.sigv4.request import SignedRequest
from tests.support.sts.callers import AT
from tests.support.world import KEY_ID, SECRET


def signed_request(
    parameters: Mapping[str, str],
    *,
    host: str = "sts.us-east-1.amazonaws.com",
    key_id: str = KEY_ID,
    secret: str = SECRET,
    token: str | None = None,
    at: datetime = AT,
    service: str = "sts",
    more: tuple[tuple[str, str], ...] = (),
) -> Request:
    """A request of the AWS Query interface, signed at the pinned instant; the headers *more* are not signed."""
    body = urlencode({"Version": "2011-06-15", **parameters}).encode()
    stamp = at.strftime("%Y%m%dT%H%M%SZ")
    headers = [("content-type", "application/x-www-form-urlencoded"), ("host", host), ("x-amz-date", stamp)]
    headers += [("x-amz-security-token", token)] if token is not None else []
    names = tuple(name for name, _ in headers)
    scope = CredentialScope(stamp[:8], "us-east-1", service)
    request = SignedRequest.of(method="POST", target="/", headers=headers, body=body)
    canonical = canonical_request(request, signed_headers=names, presigned=False, normalize_path=True)
    signature = signature_of(string_to_sign(canonical, timestamp=stamp, scope=scope), secret=secret, scope=scope)
    value = f"AWS4-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={';'.join(names)}, Signature={signature}"
    return Request("POST", "/", "", (*headers, *more, ("authorization", value)), body)
