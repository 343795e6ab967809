"""The page of the server: which requests are for it, and its answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from federation import limits
from federation.errors import MalformedInput, RegistrationError, UnknownOperationException, show
from federation.page.asked import PATH, PageQuestion
from federation.page.settings import PageSettings
from federation.server.hosts import Host, ServedNames, check_origin
from federation.server.messages import PAGE, LoggedResponse, Request, Response
from federation.server.multipart import read_form
from federation.sts.service import SecurityTokenService

if TYPE_CHECKING:  # templates are loaded with the first request for the page
    from federation.page.page import Page

HOME: Final = "/"
MAP_PATH: Final = f"{PATH}/map.svg"
OLD_PATH: Final = "/inspector"
_HTML: Final = "text/html"
_METHODS: Final = frozenset({"GET", "POST"})
_DIRECTIVES: Final = (
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
)
_MAP_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""Of the map, an SVG document with a style sheet of its own. The page shows it as an image, which runs and loads nothing."""
HEADERS: Final = (
    ("content-security-policy", "; ".join(_DIRECTIVES)),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),  # with "no-referrer" browsers would post the form with "Origin: null"
)


def is_for_page(request: Request) -> bool:
    """Tell whether *request* is for the page: below its path, or of a browser for ``/`` without an operation."""
    if request.path == HOME:
        return request.method == "GET" and _HTML in request.header("accept").lower() and "Action" not in _query(request)
    return request.path in (PATH, OLD_PATH) or request.path.startswith(f"{PATH}/")


class Pages:
    """Answers requests for the page. What it is asked is neither kept nor logged."""

    __slots__ = ("_made", "_names", "_settings")

    def __init__(self, names: ServedNames, settings: PageSettings) -> None:
        """Serve the page under *names*."""
        self._names, self._settings = names, settings
        self._made: tuple[SecurityTokenService, Page] | None = None

    def answer(
        self, request: Request, host: Host, service: SecurityTokenService, *, request_id: str, at: Callable[[], datetime]
    ) -> LoggedResponse:
        """Return the page that *request* asks for, for the account of *service*; *at* returns the present, aware UTC.

        Raises:
            FederationError: The request may not be answered, or cannot be read. A fault of the token is shown in the page instead.
        """
        self._names.require_own(host)
        if request.method not in _METHODS or (request.method == "POST" and request.path != PATH):
            raise _no_route(request)
        if request.path == OLD_PATH:
            return _respond(Response(303, "text/plain; charset=utf-8", request_id, b"", (("location", HOME), *HEADERS)))
        if request.path == MAP_PATH:
            return self._map(request, self._page(service), request_id)
        if request.path.startswith(f"{PATH}/"):
            return self._static(request, request_id)
        page = self._page(service)
        if request.method == "POST":
            check_origin(request, host)
            return _page_of(page.answer(PageQuestion.of_form(read_form(request)), now=at()), request_id)
        return _page_of(page.form(PageQuestion.of_link(_query(request))), request_id)

    def _static(self, request: Request, request_id: str) -> LoggedResponse:
        from federation.page.rendering import static_files  # noqa: PLC0415 - with the page

        file = static_files().get(request.path.removeprefix(f"{PATH}/"))
        if file is None:
            raise _no_route(request)
        return _respond(Response(200, file.content_type, request_id, file.octets, HEADERS))

    def _map(self, request: Request, page: Page, request_id: str) -> LoggedResponse:
        drawn = page.map_of(_query(request).get("account", ""))
        if drawn is None:
            raise _no_route(request)
        return _respond(Response(200, "image/svg+xml", request_id, drawn, (("content-security-policy", _MAP_POLICY), *HEADERS[1:])))

    def _page(self, service: SecurityTokenService) -> Page:
        made = self._made
        if made is None or made[0] is not service:
            made = self._made = service, _made(service, self._settings)
        return made[1]


def _made(service: SecurityTokenService, settings: PageSettings) -> Page:
    try:
        from federation.page.accounts import served_accounts  # noqa: PLC0415 - with the page
        from federation.page.page import Page  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise RegistrationError(
            check="server-extra",
            expected="the package jinja2, which renders the page",
            found=f"no module {show(missing.name)}",
            remedy="install it with `pip install 'sts-federation[server]'`, in a checkout with `pip install -e '.[server]'`",
        ) from missing
    return Page(served_accounts(service.accounts, settings.directories), settings)


def _query(request: Request) -> dict[str, str]:
    try:
        return dict(parse_qsl(request.query, keep_blank_values=True, max_num_fields=limits.REQUEST_PARAMETERS, errors="replace"))
    except ValueError:
        raise MalformedInput(
            check="parameter-count", expected=f"at most {limits.REQUEST_PARAMETERS} parameters", found="more", remedy="correct the link"
        ) from None


def _page_of(octets: bytes, request_id: str) -> LoggedResponse:
    return _respond(Response(200, f"{_HTML}; charset=utf-8", request_id, octets, HEADERS))


def _respond(response: Response) -> LoggedResponse:
    return LoggedResponse(response, operation=PAGE)


def _no_route(request: Request) -> UnknownOperationException:
    return UnknownOperationException(
        check="route",
        expected=f"GET {HOME}, GET or POST {PATH}, or a file below it",
        found=show(f"{request.method} {request.path}"),
        remedy="open the page itself",
    )
