"""``GET /ready``: whether a load balancer may send requests to this server. ``GET /health`` tells only that it runs."""

from __future__ import annotations

import asyncio
import json
import uuid
from asyncio import Future
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from time import monotonic
from typing import Final

from federation.errors import FederationError
from federation.server.failures import refused
from federation.server.hosts import ServedNames, read_host
from federation.server.messages import LoggedResponse, Request, Response
from federation.server.render import JSON
from federation.state import State

READY_PATH: Final = "/ready"
ASKED_SECONDS: Final = 1.0
"""How long the answer of the state is told again, so that many probes are one question."""
DRAINING, ACCOUNT, STATE = "draining", "account", "state"
"""Why a server is not ready: it is about to stop; this worker cannot load the account; the record of used tokens cannot be reached."""
_UNAVAILABLE: Final = 503
_ANY_INSTANT: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Readiness:
    """Answers for one worker. The state is asked by a thread of its own: while it does not answer, the worker serves what needs none."""

    def __init__(self, names: ServedNames, state: State, *, draining: Callable[[], bool], current: Callable[[], object]) -> None:
        """Answer under *names*; ready unless *draining*, where *current* returns what serves a request, and *state* answers."""
        self._names, self._state, self._draining, self._current = names, state, draining, current
        self._asking: Future[bool] | None = None
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="readiness")
        self._ends = 0.0

    def owns(self, request: Request) -> bool:
        """Return whether *request* asks whether the server is ready."""
        return request.path == READY_PATH and request.method == "GET"

    async def answer(self, request: Request) -> LoggedResponse:
        """Answer *request*. Never raises."""
        request_id = str(uuid.uuid4())
        try:
            self._names.require_own_or_aws(read_host(request))
        except FederationError as refusal:
            return refused(refusal, content_type=JSON, request_id=request_id)
        reason = await self._reason()
        body = {"status": "not ready", "reason": reason} if reason else {"status": "ready"}
        status = _UNAVAILABLE if reason else 200
        return LoggedResponse(Response(status, JSON, request_id, json.dumps(body, separators=(",", ":")).encode("ascii")))

    async def _reason(self) -> str:
        """Return why the server is not ready; empty where it is."""
        if self._draining():
            return DRAINING
        try:
            self._current()
        except FederationError:
            return ACCOUNT
        if self._asking is None or (self._asking.done() and monotonic() >= self._ends):
            self._asking = asyncio.get_running_loop().run_in_executor(self._threads, self._reaches)
        return "" if await asyncio.shield(self._asking) else STATE

    def _reaches(self) -> bool:
        try:
            self._state.may_have_forgotten(_ANY_INSTANT)  # a question that changes nothing, and needs the state that was opened
        except FederationError:
            return False
        finally:
            self._ends = monotonic() + ASKED_SECONDS
        return True
