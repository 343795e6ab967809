"""Turn one request into one response: find the operation, authenticate the caller, call the service.

This module is synchronous and independent of the HTTP server. A call takes a fraction of a millisecond, which a thread pool would not
shorten.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, Protocol

from federation import aws_texts, clock, limits
from federation.calls.record import Parameter
from federation.errors import FederationError, InvalidAction, MissingAction, UnknownOperationException, show
from federation.iam.catalogue import VERSION as IAM_VERSION
from federation.iam.service import IdentityAndAccessManagement, operation_named
from federation.page.asked import PATH as PAGE_PATH
from federation.page.settings import PageSettings
from federation.server.failures import as_failure, refused
from federation.server.hosts import GLOBAL_HOST, Host, ServedNames, read_host
from federation.server.messages import METRICS, LoggedResponse, Request, Response
from federation.server.metrics.page import PATH as METRICS_PATH
from federation.server.metrics.page import MetricsPage
from federation.server.pages import Pages, is_for_page
from federation.server.published import HEALTH_PATH, published
from federation.server.render import IAM_NAMESPACE, JSON, NAMESPACE, accepted_type, render_result
from federation.server.wire import read_arguments, read_parameters
from federation.state import Origin
from federation.sts.catalogue import OPERATIONS, Operation
from federation.sts.service import SecurityTokenService
from federation.sts.sigv4.request import SignedRequest

VERSION: Final = "2011-06-15"
OPERATIONS_PATH: Final = "/"
_IAM: Final = "iam"
_METHODS: Final = frozenset({"GET", "POST"})


class TestControl(Protocol):
    """What tests ask of the server beside AWS's interfaces; see `federation.server.control`."""

    def owns(self, request: Request) -> bool:
        """Return whether *request* is for the control."""
        ...

    def takes_body(self, request: Request) -> bool:
        """Return whether *request* is for the control and may have a body."""
        ...

    def now(self) -> datetime:
        """Return the time by which the server judges, aware UTC."""
        ...

    def answer(self, request: Request, *, request_id: str) -> LoggedResponse:
        """Answer *request*. Never raises."""
        ...


@dataclass(slots=True)
class _Underway:
    """What is known of a request so far: its refusal is rendered and logged with it."""

    content_type: str
    request_id: str
    namespace: str = NAMESPACE
    operation: str = ""
    principal: str = ""

    def refused(self, refusal: FederationError) -> LoggedResponse:
        """Return the response to the request, which *refusal* refuses."""
        return refused(
            refusal,
            content_type=self.content_type,
            request_id=self.request_id,
            operation=self.operation,
            principal=self.principal,
            namespace=self.namespace,
        )


class Endpoint:
    """Answers the AWS Query interfaces of STS and, where it is served, of IAM.

    Args:
        service: Runs the operations of STS. Its ``outbound_documents()``, if any, are published; the page judges by its accounts.
        names: Host names under which the server may be addressed without a signature.
        iam: Runs the operations of IAM; its account is that of *service*, whose place its own `sts` takes. None serves STS alone.
        control: Answers the requests of tests, and has the clock by which all others are judged; None for none.
        operations: The operations of STS that are served, by name.
        page: What the page is told of the server.
        metrics: Answers scrapes; None for none.
    """

    def __init__(
        self,
        service: SecurityTokenService,
        names: ServedNames | None = None,
        *,
        iam: IdentityAndAccessManagement | None = None,
        control: TestControl | None = None,
        operations: Mapping[str, Operation] = OPERATIONS,
        page: PageSettings | None = None,
        metrics: MetricsPage | None = None,
    ) -> None:
        self._given, self._iam, self._operations = service, iam, operations
        self._names = ServedNames() if names is None else names
        self._control, self._metrics = control, metrics
        self._published = published(service)
        self._pages = Pages(self._names, PageSettings() if page is None else page)

    def takes_body(self, request: Request) -> bool:
        """Return whether *request* may have a body: a POST, and what the test control takes by PUT."""
        return request.method == "POST" or (self._control is not None and self._control.takes_body(request))

    def longest_body(self, request: Request) -> int:
        """Return how many octets the body of *request* may have: more for the page, which takes files."""
        return limits.PAGE_OCTETS if request.path == PAGE_PATH else limits.REQUEST_OCTETS

    def answer(self, request: Request, *, at: datetime | None = None) -> LoggedResponse:
        """Answer *request* as of the instant *at* (now when None). Never raises: every error becomes a response."""
        underway = _Underway(accepted_type(request.header("accept")), str(uuid.uuid4()))
        if self._control is not None and self._control.owns(request):
            return self._control.answer(request, request_id=underway.request_id)
        try:
            host = read_host(request)
            at = self._control.now() if at is None and self._control is not None else at
            if is_for_page(request):
                present = partial(clock.resolve, at)
                return self._pages.answer(request, host, self._service, request_id=underway.request_id, at=present)
            document = self._document(request, host, underway, at=at)
            if document is not None:
                return document
            _check_route(request)
            parameters = read_parameters(request)
            if self._iam is not None and parameters.get("Version") == IAM_VERSION:
                underway.namespace = IAM_NAMESPACE
                response = self._iam_response(self._iam, request, host, parameters, underway, at=clock.resolve(at))
            else:
                response = self._sts_response(request, host, parameters, underway, at=clock.resolve(at))
        except FederationError as refusal:
            return underway.refused(refusal)
        except Exception as bug:  # noqa: BLE001 - the last handler before the client: a bug becomes InternalFailure, without detail
            return underway.refused(as_failure(bug))
        return LoggedResponse(response, operation=underway.operation, principal=underway.principal)

    def _sts_response(self, request: Request, host: Host, parameters: Mapping[str, str], underway: _Underway, *, at: datetime) -> Response:
        operation = self._operation(parameters)
        underway.operation = operation.name
        _check_endpoint(operation, host)
        given = _arguments(operation.parameters, parameters)
        # An absent required one is passed as None, so that the service refuses it.
        arguments = {each.name: given.get(each.wire) for each in operation.parameters if each.wire in given or each.required}
        service = self._service.at_once()
        if operation.signed:
            caller = service.authenticate(_signed(request), at=at, signers_clock=self._clients_clock)
            arguments["caller"], underway.principal = caller, caller.arn
        else:
            self._names.require_own_or_aws(host)
        answer = operation.method(service, **arguments, at=at, origin=_origin(request, host, underway.request_id))
        result = answer.to_dict()
        underway.principal = underway.principal or str(result.get("AssumedRoleUser", {}).get("Arn", ""))
        return render_result(
            operation.name,
            result,
            precision=operation.precision,
            content_type=underway.content_type,
            request_id=underway.request_id,
        )

    def _iam_response(
        self,
        iam: IdentityAndAccessManagement,
        request: Request,
        host: Host,
        parameters: Mapping[str, str],
        underway: _Underway,
        *,
        at: datetime,
    ) -> Response:
        operation = operation_named(_action(parameters))
        underway.operation = operation.name
        arguments = _arguments(operation.parameters, parameters)
        caller = iam.sts.authenticate(_signed(request), at=at, signers_clock=self._clients_clock, service=_IAM)
        underway.principal = caller.arn
        answer = iam.answer(operation.name, arguments, caller=caller, at=at, origin=_origin(request, host, underway.request_id))
        return render_result(
            operation.name,
            answer.result,
            namespace=IAM_NAMESPACE,
            content_type=underway.content_type,
            request_id=underway.request_id,
        )

    @property
    def _clients_clock(self) -> datetime | None:
        """The clock that clients sign by, where tests may have set another one for the server."""
        return None if self._control is None else clock.resolve(None)

    @property
    def _service(self) -> SecurityTokenService:
        """The security token service of the account as it is now."""
        return self._given if self._iam is None else self._iam.sts

    def _document(self, request: Request, host: Host, underway: _Underway, *, at: datetime | None) -> LoggedResponse | None:
        """Return the document at the path of *request*; None where there is none."""
        if request.path == OPERATIONS_PATH or request.method != "GET":
            return None
        if self._metrics is not None and request.path == METRICS_PATH:
            underway.operation = METRICS
            return self._metrics.answer(request, host, self._service.accounts, request_id=underway.request_id, at=clock.resolve(at))
        if self._published.service is not self._service:
            self._published = published(self._service)
        document = self._published.documents.get(request.path)
        if document is None:
            return None
        self._names.require_own_or_aws(host)
        return LoggedResponse(Response(200, JSON, underway.request_id, document))

    def _operation(self, parameters: Mapping[str, str]) -> Operation:
        action, version = _action(parameters), parameters.get("Version")
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


def _action(parameters: Mapping[str, str]) -> str:
    """Return the name of the operation.

    Raises:
        MissingAction: The request names none.
    """
    action = parameters.get("Action")
    if not action:
        raise MissingAction(
            check="action",
            expected="an operation in the parameter Action",
            found="none",
            remedy=f"send Action=…&Version={VERSION} as a form, or use an AWS SDK",
            message=aws_texts.requests.MISSING_ACTION,
        )
    return action


def _arguments(declared: tuple[Parameter, ...], parameters: Mapping[str, str]) -> dict[str, object]:
    """Return the values of the *declared* parameters of an operation, by wire name."""
    return {**read_arguments(parameters, {each.wire: each.constraint for each in declared})}


def _signed(request: Request) -> SignedRequest:
    target = f"{request.path}?{request.query}" if request.query else request.path
    return SignedRequest.of(method=request.method, target=target, headers=request.headers, body=request.body)


def _check_route(request: Request) -> None:
    if request.path != OPERATIONS_PATH or request.method not in _METHODS:
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
    return Origin(request_id=request_id, source_ip=request.address, user_agent=agent, region=host.region)


def _echo(text: str) -> str:
    """Return a name as AWS's text repeats it, shortened and without control characters (attack rows D04, T08)."""
    return show(text).strip("`")
