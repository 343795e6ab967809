"""Turn one request into one response: find the operation, authenticate the caller, call the service.

This module is synchronous and independent of the HTTP server. A call takes a fraction of a millisecond, which a thread pool would not
shorten.
"""

from __future__ import annotations

import json
import traceback
import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePath
from typing import Final

from federation import aws_texts, clock
from federation.errors import FederationError, InternalFailure, InvalidAction, MissingAction, UnknownOperationException, show
from federation.report import kept
from federation.server.hosts import GLOBAL_HOST, Host, ServedNames, check_origin, read_host
from federation.server.inspector import INSPECTOR_PATH, Inspector
from federation.server.messages import LoggedResponse, Request, Response
from federation.server.render import JSON, accepted_type, render_refusal, render_result
from federation.server.wire import read_arguments, read_parameters
from federation.state import Origin
from federation.sts.callers.caller import Caller
from federation.sts.catalogue import OPERATIONS, Operation
from federation.sts.operations.web_identity_token import DISCOVERY_PATH, JWKS_PATH
from federation.sts.service import SecurityTokenService
from federation.sts.sigv4.request import SignedRequest

VERSION: Final = "2011-06-15"
HEALTH_PATH: Final = "/health"
_METHODS: Final = frozenset({"GET", "POST"})


class Endpoint:
    """Answers the AWS Query interface of STS with a `SecurityTokenService`.

    Args:
        service: Runs the operations. Its ``outbound_documents()``, if any, are published; the inspector page uses its account.
        names: Host names under which the server may be addressed without a signature.
        operations: The operations that are served, by name.
    """

    def __init__(
        self, service: SecurityTokenService, names: ServedNames | None = None, *, operations: Mapping[str, Operation] = OPERATIONS
    ) -> None:
        self._service, self._operations = service, operations
        self._names = ServedNames() if names is None else names
        self._documents = _documents(service)
        self._inspector = Inspector(service.account)

    def answer(self, request: Request, *, at: datetime | None = None) -> LoggedResponse:
        """Answer *request* as of the instant *at* (now when None). Never raises: every error becomes a response."""
        request_id = str(uuid.uuid4())
        content_type = accepted_type(request.header("accept"))
        try:
            host = read_host(request)
        except FederationError as refusal:
            return refused(refusal, content_type=content_type, request_id=request_id)
        return self._answer(request, host, at=at, content_type=content_type, request_id=request_id)

    def _answer(self, request: Request, host: Host, *, at: datetime | None, content_type: str, request_id: str) -> LoggedResponse:
        name = principal = ""
        try:
            page = self._page(request, host, at=at, request_id=request_id)
            if page is not None:
                return page
            _check_route(request)
            parameters = read_parameters(request)
            operation = self._operation(parameters)
            name, instant = operation.name, clock.resolve(at)
            _check_endpoint(operation, host)
            arguments = _arguments(operation, parameters)
            if operation.signed:
                caller = self._caller(request, at=instant)
                arguments["caller"], principal = caller, caller.arn
            else:
                self._names.require_own_or_aws(host)
            answer = operation.method(self._service, **arguments, at=instant, origin=_origin(request, host, request_id))
            result = answer.to_dict()
            principal = principal or str(result.get("AssumedRoleUser", {}).get("Arn", ""))
            response = render_result(name, result, precision=operation.precision, content_type=content_type, request_id=request_id)
        except FederationError as refusal:
            return refused(refusal, content_type=content_type, request_id=request_id, operation=name, principal=principal)
        except Exception as bug:  # noqa: BLE001 - the last handler before the client: a bug becomes InternalFailure, without detail
            failure = as_failure(bug)
            return refused(failure, content_type=content_type, request_id=request_id, operation=name, principal=principal)
        return LoggedResponse(response, operation=name, principal=principal)

    def _page(self, request: Request, host: Host, *, at: datetime | None, request_id: str) -> LoggedResponse | None:
        """Return the page or document at the path of *request*; None where the request is for the interface of STS."""
        document = self._documents.get(request.path)
        if document is not None and request.method == "GET":
            self._names.require_own_or_aws(host)
            return LoggedResponse(Response(200, JSON, request_id, document))
        if request.path != INSPECTOR_PATH or request.method not in _METHODS:
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
                message=aws_texts.requests.MISSING_ACTION,
            )
        operation = self._operations.get(action)
        if operation is None or version != VERSION:
            raise InvalidAction(
                check="action" if operation is None else "version",
                expected=f"one of {', '.join(self._operations)}" if operation is None else f"Version={VERSION}",
                found=show(action) if operation is None else "none" if version is None else show(version),
                remedy="correct the request",
                message=aws_texts.requests.no_such_operation(_echo(action), _echo(version or aws_texts.requests.NO_VERSION)),
            )
        return operation

    def _caller(self, request: Request, *, at: datetime) -> Caller:
        target = f"{request.path}?{request.query}" if request.query else request.path
        signed = SignedRequest.of(method=request.method, target=target, headers=request.headers, body=request.body)
        return self._service.authenticate(signed, at=at)


def _arguments(operation: Operation, parameters: Mapping[str, str]) -> dict[str, object]:
    """Return the arguments of the operation's method. An absent required one is passed as None, so that the service refuses it."""
    given = read_arguments(parameters, {each.wire: each.constraint for each in operation.parameters})
    return {each.name: given.get(each.wire) for each in operation.parameters if each.wire in given or each.required}


def _documents(service: SecurityTokenService) -> dict[str, bytes]:
    """Return the public documents by path: the health check, and discovery document and key set of the web identity tokens."""
    documents = {HEALTH_PATH: b'{"status":"ok"}'}
    published = service.outbound_documents()
    if published is not None:
        for path, document in zip((DISCOVERY_PATH, JWKS_PATH), published, strict=True):
            documents[path] = json.dumps(document, separators=(",", ":")).encode("ascii")
    return documents


def refused(refusal: FederationError, *, content_type: str, request_id: str, operation: str = "", principal: str = "") -> LoggedResponse:
    """Return the response to a refused request: AWS's message for the client, and *refusal* itself for the log."""
    response = render_refusal(refusal, content_type=content_type, request_id=request_id)
    return LoggedResponse(
        response, operation, principal, code=refusal.code, check=refusal.check, refusal=str(refusal), raised=kept(refusal)
    )


def _check_route(request: Request) -> None:
    if request.path != "/" or request.method not in _METHODS:
        raise UnknownOperationException(
            check="route",
            expected=f"POST / or GET /, or GET {HEALTH_PATH}",
            found=show(f"{request.method} {request.path}"),
            remedy="point the client at the root of this server",
        )


def _check_endpoint(operation: Operation, host: Host) -> None:
    if operation.global_refusal is not None and host.name == GLOBAL_HOST:
        raise InvalidAction(
            check="global-endpoint",
            expected="a regional endpoint",
            found=show(GLOBAL_HOST),
            remedy="point the client at a regional endpoint",
            message=operation.global_refusal,
        )


def _origin(request: Request, host: Host, request_id: str) -> Origin:
    agent = request.header("user-agent") or None
    return Origin(request_id=request_id, source_ip=_address(request.peer), user_agent=agent, region=host.region)


def _address(peer: str) -> str | None:
    """Return the address of *peer* without its port; an IPv6 address with a port is in brackets."""
    bracketed, _, _ = peer.removeprefix("[").partition("]")
    if peer.startswith("["):
        return bracketed
    return (peer.partition(":")[0] if peer.count(":") == 1 else peer) or None


def _echo(text: str) -> str:
    """Return a name as AWS's text repeats it, shortened and without control characters (attack rows D04, T08)."""
    return show(text).strip("`")


def as_failure(bug: Exception) -> InternalFailure:
    """Return *bug* as a refusal that names its type and source line only: its text may hold what the client sent."""
    frame = traceback.extract_tb(bug.__traceback__)[-1]
    return InternalFailure(
        check="internal",
        expected="no internal error",
        found=f"{type(bug).__name__} at {PurePath(frame.filename).name}:{frame.lineno}",
        remedy="report this as a bug, with this line",
    )
