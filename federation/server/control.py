"""The test control: what tests ask of the server beside AWS's interfaces, as JSON below ``/_federation/``. It is off by default.

Whoever reaches it can do anything to the account. It is served on the loopback address alone, and a browser must not be able to drive it
for a page of somebody else: the Host is a loopback name (DNS rebinding), a request that changes something has the content type of JSON,
which a page of another site cannot send without asking, and a request that a browser marks as another site's is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, unquote

from federation.account.live import LiveAccount
from federation.errors import (
    AccessDenied,
    FederationError,
    MalformedInput,
    NoSuchEntity,
    UnknownOperationException,
    show,
)
from federation.report import kept
from federation.server.control_bodies import (
    CLOCK,
    LOGIN,
    MFA,
    MINT_EKS,
    MINT_OIDC,
    MINT_SAML,
    NAMED,
    read_body,
    read_number,
)
from federation.server.failures import as_failure
from federation.server.hosts import check_origin, read_host
from federation.server.messages import TEST_CONTROL, LoggedResponse, Request, Response
from federation.server.render import JSON
from federation.state import AuditSink, State
from federation.testing.workbench import START, DirectoryShelf, Workbench
from federation.testing.workbench.issuers import Issuers

PREFIX: Final = "/_federation/"
_SHELF: Final = "control"
_METADATA: Final = "application/samlmetadata+xml"
_BODY: Final = frozenset({"POST", "PUT"})
_FROM_HERE: Final = frozenset({"", "none", "same-origin"})
_MOST_EVENTS: Final = 1_000
_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_JWKS: Final = "/jwks"
_SAML_METADATA: Final = "/metadata"


class ControlRequest(NamedTuple):
    """A request of the control.

    Attributes:
        query: The parameters of the query string.
        body: The body.
    """

    query: Mapping[str, str]
    body: bytes


ControlAnswer = dict[str, Any] | bytes
"""JSON, or a document of XML."""
Route = Callable[[Workbench, ControlRequest], ControlAnswer]


class Control:
    """Answers requests below `PREFIX` with a workbench, which all workers of the server share."""

    def __init__(self, bench: Workbench) -> None:
        """Answer with *bench*."""
        self._bench = bench

    @classmethod
    def shared(cls, live: LiveAccount, directory: Path, *, state: State | None = None) -> Control:
        """Return the control of one process for the account *live*; all processes that share the private *directory* agree.

        The process that makes the first one takes the snapshot to which `reset` returns.
        """
        return cls(Workbench(live, shelf=DirectoryShelf(directory / _SHELF), state=state))

    @property
    def events(self) -> AuditSink:
        """Takes the events that the control tells."""
        return self._bench.events

    def key_set_of(self, url: str) -> str | None:
        """Return the key set of the issuer *url*, as JSON text, where it has signed here or its key set was put here; else None."""
        return self._bench.oidc.key_set_of(url)

    def owns(self, request: Request) -> bool:
        """Return whether *request* is for the control."""
        return request.path.startswith(PREFIX)

    def takes_body(self, request: Request) -> bool:
        """Return whether *request* is for the control and may have a body."""
        return self.owns(request) and request.method in _BODY

    def now(self) -> datetime:
        """Return the time by which the server judges, aware UTC."""
        return self._bench.clock.now()

    def answer(self, request: Request, *, request_id: str) -> LoggedResponse:
        """Answer *request*. Never raises: every error becomes a response."""
        try:
            _check_sender(request)
            route = _route(request.method, request.path.removeprefix(PREFIX))
            told = route(self._bench, ControlRequest(_query(request.query), request.body))
            # The answer is read by programs: a document is the one exception, and it is what the identity provider publishes.
            content = (_METADATA, told) if isinstance(told, bytes) else (JSON, _json(told))
            return LoggedResponse(Response(200, content[0], request_id, content[1]), operation=TEST_CONTROL)
        except FederationError as refusal:
            return _refused(refusal, request_id)
        except Exception as bug:  # noqa: BLE001 - the last handler before the client, as that of the endpoint
            return _refused(as_failure(bug), request_id)


def _snapshot(bench: Workbench, asked: ControlRequest) -> ControlAnswer:
    return {"name": bench.snapshot(**read_body(asked.body, NAMED))}


def _reset(bench: Workbench, asked: ControlRequest) -> ControlAnswer:
    given = read_body(asked.body, NAMED)
    bench.reset(**given)
    return {"name": given.get("name", START)}


def _clock(bench: Workbench, _: ControlRequest) -> ControlAnswer:
    return bench.clock.as_dict()


def _set_clock(bench: Workbench, asked: ControlRequest) -> ControlAnswer:
    ticking = bench.clock
    given = {} if asked.body.strip() == b"null" else read_body(asked.body, CLOCK)
    if len(given) > 1:
        raise MalformedInput(
            check="control-body",
            expected="one of at, offset and move, or null",
            found=show(", ".join(given)),
            remedy="set the clock by one of them",
        )
    change: Mapping[str, Callable[[Any], None]] = {"at": ticking.fix, "offset": ticking.offset, "move": ticking.move}
    for name, value in given.items():
        change[name](value)
    if not given:
        ticking.release()
    return ticking.as_dict()


def _mint_oidc(bench: Workbench, asked: ControlRequest) -> ControlAnswer:
    return bench.oidc.mint(**read_body(asked.body, MINT_OIDC)).as_dict()


def _mint_eks(bench: Workbench, asked: ControlRequest) -> ControlAnswer:
    return bench.eks.mint(**read_body(asked.body, MINT_EKS)).as_dict()


def _mint_saml(bench: Workbench, asked: ControlRequest) -> ControlAnswer:
    return bench.saml.mint(**read_body(asked.body, MINT_SAML, required=LOGIN)).as_dict()


def _access_key(bench: Workbench, asked: ControlRequest) -> ControlAnswer:
    made = bench.access_key(**read_body(asked.body, {}))
    return {"access_key_id": made.id, "secret_access_key": made.secret}


def _mfa_code(bench: Workbench, asked: ControlRequest) -> ControlAnswer:
    return {"code": bench.mfa_code(**read_body(asked.body, MFA, required=tuple(MFA)))}


def _publish(bench: Workbench, asked: ControlRequest) -> ControlAnswer:
    if asked.query.keys() != {"issuer"}:
        raise _query_refusal("issuer=URL", asked.query)
    return {"provider_arn": bench.oidc.publish(asked.query["issuer"], asked.body)}


def _events(bench: Workbench, asked: ControlRequest) -> ControlAnswer:
    query = {"last": "1", "refused": "false", **asked.query}
    if query.keys() - {"last", "refused"} or query["refused"] not in {"true", "false"}:
        raise _query_refusal("last=N, and refused=true for refused calls alone", asked.query)
    return {"events": bench.events.last(read_number(query["last"], most=_MOST_EVENTS), refused=query["refused"] == "true")}


ROUTES: Final[Mapping[tuple[str, str], Route]] = {
    ("POST", "snapshot"): _snapshot,
    ("POST", "reset"): _reset,
    ("GET", "clock"): _clock,
    ("PUT", "clock"): _set_clock,
    ("POST", "mint/oidc"): _mint_oidc,
    ("POST", "mint/eks"): _mint_eks,
    ("POST", "mint/saml"): _mint_saml,
    ("POST", "mint/access-key"): _access_key,
    ("POST", "mint/mfa-code"): _mfa_code,
    ("PUT", "jwks"): _publish,
    ("GET", "events"): _events,
}
"""Method and path to what answers; documents of issuers and metadata have the name of the issuer or provider in their path besides."""


def _route(method: str, path: str) -> Route:
    route = ROUTES.get((method, path))
    if route is not None:
        return route
    kind, _, rest = path.partition("/")
    if method == "GET" and kind == "issuers" and rest.endswith(_WELL_KNOWN):
        return partial(_document, f"https://{rest.removesuffix(_WELL_KNOWN)}", Issuers.discovery)
    if method == "GET" and kind == "issuers" and rest.endswith(_JWKS):
        return partial(_document, f"https://{rest.removesuffix(_JWKS)}", Issuers.jwks)
    if method == "GET" and kind == "saml" and rest.endswith(_SAML_METADATA):
        return partial(_metadata, unquote(rest.removesuffix(_SAML_METADATA)))
    known = ", ".join(f"{each} {name}" for each, name in ROUTES)
    raise UnknownOperationException(
        check="route",
        expected=f"one of {known}, GET issuers/…{_WELL_KNOWN}, GET issuers/…{_JWKS}, GET saml/…{_SAML_METADATA}, below {PREFIX}",
        found=show(f"{method} {path}"),
        remedy="correct method and path",
    )


def _document(issuer: str, find: Callable[[Issuers, str], dict[str, Any] | None], bench: Workbench, _: ControlRequest) -> ControlAnswer:
    found = find(bench.oidc, issuer)
    if found is None:
        raise NoSuchEntity(
            file="issuer",
            path="",
            expected="an issuer that has signed here, or whose key set was put here",
            found=show(issuer),
            remedy=f"mint a token of it, or PUT its key set to {PREFIX}jwks?issuer=URL",
            check="issuer",
        )
    return found


def _metadata(provider: str, bench: Workbench, asked: ControlRequest) -> ControlAnswer:
    if asked.query.keys() - {"shape", "issuer"}:
        raise _query_refusal("shape=NAME and issuer=ENTITY-ID", asked.query)
    return bench.saml.metadata(provider, **asked.query)


def _check_sender(request: Request) -> None:
    """Require a request that no page of another site can have sent.

    Raises:
        AccessDenied: Checks ``host``, ``origin``: it may come from a page of another site.
        MalformedInput: Checks ``host``, ``content-type``, ``request-body``.
    """
    host = read_host(request)
    if not host.is_loopback:
        raise AccessDenied(
            check="host",
            expected="a loopback name or address",
            found=show(host.name),
            remedy="address the server as 127.0.0.1 or localhost",
        )
    check_origin(request, host)
    site = request.header("sec-fetch-site").strip().lower()
    if site not in _FROM_HERE:
        raise AccessDenied(
            check="origin", expected="a request of no page, or of this server's own", found=show(site), remedy="send it from a test"
        )
    kind = request.header("content-type").partition(";")[0].strip().lower()
    if request.method in _BODY and kind != JSON:
        raise MalformedInput(check="content-type", expected=JSON, found=show(kind) if kind else "none", remedy=f"send Content-Type: {JSON}")
    if request.method not in _BODY and request.body:
        raise MalformedInput(check="request-body", expected="no body", found="one", remedy="send it with POST or PUT")


def _query(text: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=8, errors="strict") if text else []
    except ValueError:
        raise _query_refusal("name=value, percent-encoded UTF-8", {}) from None
    query = dict(pairs)
    if len(query) != len(pairs):
        raise _query_refusal("every name once", query)
    return query


def _query_refusal(expected: str, query: Mapping[str, str]) -> MalformedInput:
    found = show(", ".join(query)) if query else "none"
    return MalformedInput(check="control-query", expected=expected, found=found, remedy="correct the query string")


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def _refused(refusal: FederationError, request_id: str) -> LoggedResponse:
    explanation = refusal.explanation
    told = {**refusal.as_dict(), "cause": explanation.cause, "edits": [edit.as_dict() for edit in explanation.edits]}
    response = Response(refusal.http_status, JSON, request_id, _json({"error": told}))
    return LoggedResponse(response, TEST_CONTROL, code=refusal.code, check=refusal.check, refusal=str(refusal), raised=kept(refusal))
