"""One request in, one response out: which operation it is, who calls, what the service says.

Synchronous and free of any HTTP server: a call is a fraction of a millisecond of work, which no thread pool makes shorter.
"""

from __future__ import annotations

import json
import traceback
import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePath
from typing import Any, Final, Protocol, runtime_checkable

from federation import clock
from federation.account import Account
from federation.errors import FederationError, InternalFailure, InvalidAction, MissingAction, UnknownOperationException, show
from federation.server.hosts import GLOBAL_HOST, Host, ServedNames, check_origin, read_host
from federation.server.inspector import INSPECTOR_PATH, Inspector
from federation.server.messages import Exchange, Request, Response
from federation.server.operations import Operation, served
from federation.server.render import JSON, accepted_type, render_refusal, render_result
from federation.server.wire import read_arguments, read_parameters
from federation.state import Origin, received_from
from federation.sts.operations.web_identity_token import DISCOVERY_PATH, JWKS_PATH
from federation.sts.sigv4.request import SignedRequest

VERSION: Final = "2011-06-15"
HEALTH_PATH: Final = "/health"
_METHODS: Final = frozenset({"GET", "POST"})


@runtime_checkable
class Issuer(Protocol):
    """A service that issues web identity tokens."""

    def outbound_documents(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return discovery document and key set, or None while it issues no tokens."""
        ...


class Endpoint:
    """Answers the AWS Query interface of STS with a `SecurityTokenService`, or anything that has its methods.

    Args:
        service: Its methods named as in `operations.OPERATIONS` are served; signed ones need ``authenticate(request, at=…)``, which
            returns the principal they take as ``caller``. Its ``outbound_documents()``, if any, are published; its ``account``, if any, is
            what the inspector page judges by.
        names: Names by which the server may be addressed without a signature.
    """

    def __init__(self, service: object, names: ServedNames | None = None) -> None:
        self._service: Any = service
        self._names = ServedNames() if names is None else names
        self._operations = served(service)
        self._documents = _documents(service)
        account = getattr(service, "account", None)
        self._inspector = Inspector(account) if isinstance(account, Account) else None

    def answer(self, request: Request, *, at: datetime | None = None) -> Exchange:
        """Answer *request*, judged at *at* (the present when None). Never raises: whatever happens becomes a response."""
        request_id = str(uuid.uuid4())
        content_type = accepted_type(request.header("accept"))
        try:
            host = read_host(request)
        except FederationError as refusal:
            return refused(refusal, content_type=content_type, request_id=request_id)
        with received_from(_origin(request, host, request_id)):
            return self._answer(request, host, at=at, content_type=content_type, request_id=request_id)

    def _answer(self, request: Request, host: Host, *, at: datetime | None, content_type: str, request_id: str) -> Exchange:
        name = principal = ""
        try:
            page = self._page(request, host, at=at, request_id=request_id)
            if page is not None:
                return page
            _check_route(request)
            parameters = read_parameters(request)
            row = self._operation(parameters)
            name, instant = row.name, clock.resolve(at)
            _check_endpoint(row, host)
            if not row.signed:
                self._names.require_own_or_aws(host)
            caller = self._caller(request, at=instant) if row.signed else None
            principal = str(getattr(caller, "arn", ""))
            result = self._call(row, parameters, caller=caller, at=instant)
            principal = principal or str(result.get("AssumedRoleUser", {}).get("Arn", ""))
            response = render_result(name, result, row.result, content_type=content_type, request_id=request_id)
        except FederationError as refusal:
            return refused(refusal, content_type=content_type, request_id=request_id, operation=name, principal=principal)
        except Exception as bug:  # noqa: BLE001 - the last line before the client: a bug is answered as one, without detail
            failure = as_failure(bug)
            return refused(failure, content_type=content_type, request_id=request_id, operation=name, principal=principal)
        return Exchange(response, operation=name, principal=principal)

    def _page(self, request: Request, host: Host, *, at: datetime | None, request_id: str) -> Exchange | None:
        """Answer what a browser asks for; None where *request* is meant for the interface of STS."""
        document = self._documents.get(request.path)
        if document is not None and request.method == "GET":
            self._names.require_own_or_aws(host)
            return Exchange(Response(200, JSON, request_id, document))
        if self._inspector is None or request.path != INSPECTOR_PATH or request.method not in _METHODS:
            return None
        self._names.require_own(host)
        if request.method == "POST":
            check_origin(request, host)
        return self._inspector.answer(request, request_id=request_id, at=clock.resolve(at))

    def _operation(self, parameters: Mapping[str, str]) -> Operation:
        action, version = parameters.get("Action"), parameters.get("Version")
        if not action:
            raise MissingAction(
                check="action",
                expected="an operation of STS in the parameter Action",
                found="none",
                remedy=f"send Action=…&Version={VERSION} as a form, or use an AWS SDK",
                message="The request is missing an action or a required parameter.",
            )
        row = self._operations.get(action)
        if row is None or version != VERSION:
            raise InvalidAction(
                check="action" if row is None else "version",
                expected=f"one of {', '.join(self._operations)}" if row is None else f"Version={VERSION}",
                found=show(action) if row is None else "none" if version is None else show(version),
                remedy="correct the request",
                message=f"Could not find operation {_echo(action)} for version {_echo(version or 'NO_VERSION_SPECIFIED')}",
            )
        return row

    def _caller(self, request: Request, *, at: datetime) -> object:
        target = f"{request.path}?{request.query}" if request.query else request.path
        signed = SignedRequest.of(method=request.method, target=target, headers=request.headers, body=request.body)
        return self._service.authenticate(signed, at=at)

    def _call(self, row: Operation, parameters: Mapping[str, str], *, caller: object, at: datetime) -> Mapping[str, Any]:
        given = read_arguments(parameters, row.parameters)
        arguments: dict[str, object] = {
            keyword: given.get(name) for name, keyword in row.keywords.items() if name in given or name in row.required
        }
        if row.signed:
            arguments["caller"] = caller
        result: Mapping[str, Any] = getattr(self._service, row.method)(**arguments, at=at).to_dict()
        return result


def _documents(service: object) -> dict[str, bytes]:
    """What anybody may read, by its path: that the server lives, and how to verify the web identity tokens it issues."""
    documents = {HEALTH_PATH: b'{"status":"ok"}'}
    published = service.outbound_documents() if isinstance(service, Issuer) else None
    if published is not None:
        for path, document in zip((DISCOVERY_PATH, JWKS_PATH), published, strict=True):
            documents[path] = json.dumps(document, separators=(",", ":")).encode("ascii")
    return documents


def refused(refusal: FederationError, *, content_type: str, request_id: str, operation: str = "", principal: str = "") -> Exchange:
    """Return the exchange that ends in *refusal*: AWS's message for the client, the explanation for the log."""
    response = render_refusal(refusal, content_type=content_type, request_id=request_id)
    return Exchange(response, operation, principal, code=refusal.code, check=refusal.check, refusal=str(refusal))


def _check_route(request: Request) -> None:
    if request.path != "/" or request.method not in _METHODS:
        raise UnknownOperationException(
            check="route",
            expected=f"POST / or GET /, or GET {HEALTH_PATH}",
            found=show(f"{request.method} {request.path}"),
            remedy="point the client at the root of this server",
        )


def _check_endpoint(row: Operation, host: Host) -> None:
    if row.global_refusal is not None and host.name == GLOBAL_HOST:
        raise InvalidAction(
            check="global-endpoint",
            expected="a regional endpoint",
            found=show(GLOBAL_HOST),
            remedy="point the client at a regional endpoint",
            message=row.global_refusal,
        )


def _origin(request: Request, host: Host, request_id: str) -> Origin:
    agent = request.header("user-agent") or None
    return Origin(request_id=request_id, source_ip=_address(request.peer), user_agent=agent, region=host.region)


def _address(peer: str) -> str | None:
    """Return the address of *peer* without the port behind it; an IPv6 address that has one stands in brackets."""
    bracketed, _, _ = peer.removeprefix("[").partition("]")
    if peer.startswith("["):
        return bracketed
    return (peer.partition(":")[0] if peer.count(":") == 1 else peer) or None


def _echo(text: str) -> str:
    """A name as AWS's text repeats it, cut and cleaned (attack rows D04, T08)."""
    return show(text).strip("`")


def as_failure(bug: Exception) -> InternalFailure:
    """A bug by its kind and place alone: its text may hold what the client sent."""
    frame = traceback.extract_tb(bug.__traceback__)[-1]
    return InternalFailure(
        check="internal",
        expected="an answer",
        found=f"{type(bug).__name__} at {PurePath(frame.filename).name}:{frame.lineno}",
        remedy="report this as a bug, with this line",
    )
