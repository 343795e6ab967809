"""Signed GetCallerIdentity requests as proof of identity: a client signs the request and sends it to a third party.

The receiver (Kubernetes on AWS, Vault) sends it to STS, whose response identifies the signer. The receiver must check that the request is
GetCallerIdentity, that it goes to STS, and that it was signed for this receiver; otherwise the client chooses operation and server. The
functions here check this and return the request. `federation.sts.sigv4.verify` then returns who signed it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Set as AbstractSet
from typing import Final
from urllib.parse import urlsplit

from federation import limits
from federation.check_names import StsCheck
from federation.errors import InvalidIdentityToken, show
from federation.sts.sigv4.authorization import parse_authorization
from federation.sts.sigv4.request import SignedRequest

EKS_PREFIX: Final = "k8s-aws-v1."
EKS_HEADER: Final = "x-k8s-aws-id"
VAULT_HEADER: Final = "x-vault-aws-iam-server-id"

_ACTION: Final = "GetCallerIdentity"
_VERSION: Final = "2011-06-15"
_SECONDS = re.compile(r"\d{1,6}", re.ASCII)
_AWS_HOST = re.compile(r"sts(-fips)?(\.[a-z]{2}(-[a-z]+)+-\d{1,2})?\.amazonaws\.com(\.cn)?", re.ASCII)
_QUESTION_PARAMETERS: Final = frozenset({"Action", "Version"})
_PRESIGNED_PARAMETERS: Final = _QUESTION_PARAMETERS | frozenset(
    {
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-Security-Token",
        "X-Amz-Signature",
        "X-Amz-SignedHeaders",
    }
)
_VAULT_HEADERS: Final = frozenset(
    {
        "accept-encoding",
        "authorization",
        "content-length",
        "content-type",
        "host",
        "user-agent",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-security-token",
        "x-amz-user-agent",
        VAULT_HEADER,
    }
)


def decode_eks_token(token: object, *, cluster_id: str, hosts: AbstractSet[str] | None = None) -> SignedRequest:
    """Return the request in the bearer token of a Kubernetes cluster on AWS.

    Args:
        token: ``k8s-aws-v1.`` and the base64url of a presigned URL, without padding.
        cluster_id: Name of this cluster, which the client must have signed in ``x-k8s-aws-id``.
        hosts: Authorities (host, and port where there is one) of the accepted STS endpoints; None for those of AWS, by https.

    Raises:
        InvalidIdentityToken: The token has another form, or contains another request.
        FederationError: The signature of the request is malformed; as for `parse_authorization`.
    """
    if not isinstance(token, str) or not token.startswith(EKS_PREFIX):
        raise _refused("proof-form", f"a token that begins with {EKS_PREFIX}", "another value")
    if len(token) > limits.IDENTITY_PROOF_CHARS:
        raise _refused("proof-size", f"at most {limits.IDENTITY_PROOF_CHARS} characters", f"{len(token)} characters")
    host, query = _read_url(_base64url(token.removeprefix(EKS_PREFIX)), hosts)
    request = SignedRequest.of(method="GET", target=f"/?{query}", headers=[("Host", host), (EKS_HEADER, cluster_id)])
    parameters = request.parameters()
    _check_question(parameters, allowed=_PRESIGNED_PARAMETERS)
    _check_audience_signed(request, EKS_HEADER)
    expires = dict(parameters).get("X-Amz-Expires", "")
    if _SECONDS.fullmatch(expires) is None or int(expires) > limits.PRESIGNED_EXPIRES_MAX_SECONDS:
        raise _refused("proof-expires", f"X-Amz-Expires of 0 to {limits.PRESIGNED_EXPIRES_MAX_SECONDS} seconds", show(expires))
    return request


def decode_vault_login(
    *, method: object, url: object, headers: object, body: object, server_id: str | None, hosts: AbstractSet[str] | None = None
) -> SignedRequest:
    """Return the request in a login of Vault's AWS auth method, type ``iam``. The caller has decoded the base64 of the parts.

    Args:
        method: ``iam_http_request_method``; must be POST.
        url: ``iam_request_url``.
        headers: ``iam_request_headers`` as a list of (name, value).
        body: ``iam_request_body``, octets.
        server_id: Value that the client must have signed in ``X-Vault-AWS-IAM-Server-ID``; None where the server requires none.
        hosts: Authorities of the accepted STS endpoints; None for those of AWS, by https.

    Raises:
        InvalidIdentityToken: The login contains another request.
        FederationError: The request or its signature is malformed; as for `SignedRequest.of` and `parse_authorization`.
    """
    if method != "POST":
        raise _refused("proof-method", "POST", show(method))
    if not isinstance(url, str) or len(url) > limits.IDENTITY_PROOF_CHARS:
        raise _refused("proof-form", "the URL of an STS endpoint", type(url).__name__)
    host, query = _read_url(url, hosts)
    if query or not isinstance(body, bytes) or len(body) > limits.IDENTITY_PROOF_CHARS:
        raise _refused("proof-form", "the question in the body alone", "a query string" if query else "no such body")
    # The body is a form, which has the syntax of a query string.
    form = SignedRequest.of(method="POST", target=b"/?" + body, headers=[]).parameters()
    _check_question(form, allowed=_QUESTION_PARAMETERS)
    request = SignedRequest.of(method="POST", target="/", headers=headers, body=body)
    if not _VAULT_HEADERS.issuperset(name for name, _ in request.headers):
        raise _refused("proof-headers", "the headers of a signed STS request", "others among them")
    if not request.header("host"):
        request = SignedRequest.of(method="POST", target="/", headers=[*request.headers, ("host", host)], body=body)
    if request.single_header("host") != host:
        raise _refused("proof-host", "one host in URL and header", "two")
    if server_id is not None:
        _check_audience_signed(request, VAULT_HEADER)
        if request.single_header(VAULT_HEADER) != server_id:
            raise _refused("proof-audience", f"{VAULT_HEADER} with the value of this server", "another value")
    return request


def _check_audience_signed(request: SignedRequest, header: str) -> None:
    """Require a signed *header*. Without it, every receiver of the request could use it as the client at other receivers."""
    if header not in parse_authorization(request).signed_headers:
        raise _refused("proof-audience", f"{header} among the signed headers", "a request signed for no receiver in particular")


def _check_question(parameters: list[tuple[str, str]], *, allowed: AbstractSet[str]) -> None:
    given = dict(parameters)
    if len(given) != len(parameters) or not given.keys() <= allowed:
        raise _refused("proof-parameters", "the parameters of a signed GetCallerIdentity request, each once", "others, or one twice")
    if (given.get("Action"), given.get("Version")) != (_ACTION, _VERSION):
        raise _refused("proof-action", f"{_ACTION} of version {_VERSION}", show(given.get("Action")))


def _read_url(url: str, hosts: AbstractSet[str] | None) -> tuple[str, str]:
    """Return authority and raw query of the URL of an STS endpoint."""
    # urlsplit removes white space and control characters, which other parsers keep.
    if not url.isascii() or not url.isprintable() or " " in url or "#" in url:
        raise _refused("proof-url", "a URL of printable ASCII without fragment", "another text")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _refused("proof-url", "the URL of an STS endpoint", "no URL") from None
    if parts.scheme not in ({"https"} if hosts is None else {"https", "http"}):
        raise _refused("proof-scheme", "https", show(parts.scheme))
    host = parts.netloc
    if _AWS_HOST.fullmatch(host) is None if hosts is None else host not in hosts:
        raise _refused("proof-host", "an STS endpoint", show(host))
    if parts.path not in {"", "/"}:
        raise _refused("proof-path", "/", show(parts.path))
    return host, parts.query


def _base64url(text: str) -> str:
    try:
        octets = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        decoded = octets.decode("ascii")
    except ValueError:
        raise _refused("proof-form", "base64url without padding", "another text") from None
    if base64.urlsafe_b64encode(octets).decode("ascii").rstrip("=") != text:
        raise _refused("proof-form", "base64url without padding", "a second spelling")
    return decoded


def _refused(check: StsCheck, expected: str, found: str) -> InvalidIdentityToken:
    return InvalidIdentityToken(
        check=check,
        expected=expected,
        found=found,
        remedy="let an AWS SDK sign a fresh GetCallerIdentity request for this receiver",
    )
