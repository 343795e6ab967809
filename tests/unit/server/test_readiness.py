"""Whether a server is ready, and why it is not."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from threading import Event

import pytest

from federation.errors import AccountFault
from federation.server import readiness
from federation.server.hosts import ServedNames
from federation.server.messages import LoggedResponse, Request
from federation.server.readiness import Readiness
from federation.state import MemoryState

ASKED = Request("GET", "/ready", headers=(("host", "127.0.0.1"),))
FAULT = AccountFault(file="state", path="", expected="a state", found="none", remedy="start it", check="state")


class Asked(MemoryState):
    """A state that counts questions, and fails while it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.questions, self.fails = 0, False

    def may_have_forgotten(self, until: datetime) -> bool:
        self.questions += 1
        if self.fails:
            raise FAULT
        return super().may_have_forgotten(until)


def nothing() -> None:
    """An account that is loaded."""


def told(answers: list[LoggedResponse]) -> list[tuple[int, dict[str, str]]]:
    return [(answer.response.status, json.loads(answer.response.body)) for answer in answers]


def probed(state: MemoryState, *, draining: bool = False, current: Callable[[], object] = nothing, count: int = 1) -> list[LoggedResponse]:
    asked = Readiness(ServedNames(), state, draining=lambda: draining, current=current)

    async def probes() -> list[LoggedResponse]:
        return list(await asyncio.gather(*(asked.answer(ASKED) for _ in range(count))))

    return asyncio.run(probes())


def test_a_server_with_an_account_and_a_state_is_ready() -> None:
    assert told(probed(MemoryState())) == [(200, {"status": "ready"})]


def test_a_server_that_is_about_to_stop_is_not_ready() -> None:
    assert told(probed(MemoryState(), draining=True)) == [(503, {"status": "not ready", "reason": "draining"})]


def test_a_worker_without_the_account_is_not_ready() -> None:
    def current() -> object:
        raise FAULT

    assert told(probed(MemoryState(), current=current)) == [(503, {"status": "not ready", "reason": "account"})]


def test_a_server_whose_state_does_not_answer_is_not_ready_until_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "ASKED_SECONDS", 0)
    state = Asked()
    asked = Readiness(ServedNames(), state, draining=lambda: False, current=nothing)

    async def probes() -> list[LoggedResponse]:
        answers = []
        for state.fails in (False, True, False):
            answers.append(await asked.answer(ASKED))
        return answers

    ready = (200, {"status": "ready"})
    assert told(asyncio.run(probes())) == [ready, (503, {"status": "not ready", "reason": "state"}), ready]


def test_many_probes_are_one_question() -> None:
    state = Asked()
    assert len(probed(state, count=20)) == 20
    assert state.questions == 1


def test_a_state_that_hangs_holds_up_no_other_request() -> None:
    ended = Event()

    class Hanging(MemoryState):
        def may_have_forgotten(self, until: datetime) -> bool:
            return not ended.wait(60)

    asked = Readiness(ServedNames(), Hanging(), draining=lambda: False, current=nothing)

    async def others() -> tuple[bool, LoggedResponse]:
        probe = asyncio.ensure_future(asked.answer(ASKED))
        await asyncio.sleep(0.05)  # another request is answered meanwhile
        waiting = not probe.done()
        ended.set()
        return waiting, await probe

    waiting, answer = asyncio.run(others())
    assert (waiting, answer.response.status) == (True, 200)


def test_a_name_of_another_site_is_refused() -> None:
    asked = Readiness(ServedNames(), MemoryState(), draining=lambda: False, current=nothing)
    answer = asyncio.run(asked.answer(Request("GET", "/ready", headers=(("host", "evil.example"),))))
    assert (answer.response.status, answer.check) == (403, "host")


@pytest.mark.parametrize(("method", "path"), [("POST", "/ready"), ("GET", "/ready/"), ("GET", "/")])
def test_other_requests_are_not_its_own(method: str, path: str) -> None:
    assert not Readiness(ServedNames(), MemoryState(), draining=lambda: False, current=nothing).owns(Request(method, path))
