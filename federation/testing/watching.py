"""Observation of side effects: use of the network and the clock, memory, and output. pytest is not required."""

from __future__ import annotations

import io
import logging
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from typing import Any, Final

_OUTSIDE: Final = (
    "socket.bind",
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostby",
    "socket.getnameinfo",
    "socket.send",
    "subprocess.",
    "os.exec",
    "os.posix_spawn",
    "os.system",
)
"""Prefixes of the audit events of Python (PEP 578) for access beyond the process."""

_listening: Final[list[list[str]]] = []


@contextmanager
def network_closed() -> Iterator[list[str]]:
    """Refuse connections, name lookups and new processes; yield the attempts, also those whose failure the code hides."""
    _install()
    tried: list[str] = []
    _listening.append(tried)
    try:
        yield tried
    finally:
        _listening.remove(tried)


@cache
def _install() -> None:
    sys.addaudithook(_hear)  # Python cannot remove a hook; it is inactive outside of `network_closed`


def _hear(event: str, _arguments: tuple[object, ...]) -> None:
    if _listening and event.startswith(_OUTSIDE):
        for tried in _listening:
            tried.append(event)
        raise PermissionError(f"{event} is not allowed here")


@contextmanager
def clock_replaced(present: datetime) -> Iterator[list[str]]:
    """Replace the clock functions in all loaded modules by ones that return *present* (UTC); yield the names of the called ones.

    `logging` may read the clock, because its records have a time.
    """
    asked: list[str] = []
    stand_ins = _stand_ins(present, asked)
    replaced = [
        (names, name, value)
        for module in list(sys.modules.values())
        if (names := getattr(module, "__dict__", None)) is not None and names is not globals()
        for name, value in list(names.items())
        if id(value) in stand_ins
    ]
    try:
        for names, name, value in replaced:
            names[name] = stand_ins[id(value)]
        yield asked
    finally:
        for names, name, value in replaced:
            names[name] = value


def _stand_ins(present: datetime, asked: list[str]) -> dict[int, object]:
    """Return the replacement of each function or class that reads the clock, by its ``id()``."""
    seconds, parts = present.timestamp(), present.timetuple()
    answers: dict[str, tuple[Callable[[tuple[Any, ...]], bool], Callable[[tuple[Any, ...]], object]]] = {
        "time": (_always, lambda _: seconds),
        "time_ns": (_always, lambda _: int(seconds) * 10**9),
        "clock_gettime": (_of_day, lambda _: seconds),
        "clock_gettime_ns": (_of_day, lambda _: int(seconds) * 10**9),
        "asctime": (_without_moment, lambda _: time.asctime(parts)),
        "ctime": (_without_moment, lambda _: time.asctime(parts)),
        "gmtime": (_without_moment, lambda _: parts),
        "localtime": (_without_moment, lambda _: parts),
        "strftime": (lambda given: len(given) == 1, lambda given: time.strftime(given[0], parts)),
    }
    found: dict[int, object] = {id(datetime): _datetime(present, asked), id(date): _date(present, asked)}
    for name, (tells, answer) in answers.items():
        real = getattr(time, name, None)  # Windows has no clock_gettime
        if real is not None:
            found[id(real)] = _function(f"time.{name}", real, tells, answer, asked)
    return found


def _always(_given: tuple[Any, ...]) -> bool:
    return True


def _of_day(given: tuple[Any, ...]) -> bool:
    return given == (time.CLOCK_REALTIME,)


def _without_moment(given: tuple[Any, ...]) -> bool:
    return given in {(), (None,)}


def _function(
    name: str,
    real: Callable[..., Any],
    tells: Callable[[tuple[Any, ...]], bool],
    answer: Callable[[tuple[Any, ...]], object],
    asked: list[str],
) -> Callable[..., object]:
    def stand_in(*given: Any) -> object:  # noqa: ANN401 - the arguments of any function
        if not tells(given) or sys._getframe(1).f_globals.get("__name__") == "logging":  # noqa: SLF001 - nothing public names the caller
            return real(*given)
        asked.append(name)
        return answer(given)

    return stand_in


class _StandIn(type):
    """A metaclass whose classes count as their base in ``isinstance`` and ``issubclass``."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.__base__ or object)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, cls.__base__ or object)


def _datetime(present: datetime, asked: list[str]) -> type:
    class Datetime(datetime, metaclass=_StandIn):
        def __new__(cls, *given: Any, **named: Any) -> datetime:  # type: ignore[misc]  # noqa: ANN401 - whatever is made is a real one
            return datetime(*given, **named)  # noqa: DTZ001 - with the zone it is given

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            asked.append("datetime.now")
            return present.replace(tzinfo=None) if tz is None else present.astimezone(tz)

        @classmethod
        def utcnow(cls) -> datetime:  # type: ignore[override]
            asked.append("datetime.utcnow")
            return present.replace(tzinfo=None)

        @classmethod
        def today(cls) -> datetime:  # type: ignore[override]
            asked.append("datetime.today")
            return present.replace(tzinfo=None)

    return Datetime


def _date(present: datetime, asked: list[str]) -> type:
    class Date(date, metaclass=_StandIn):
        def __new__(cls, *given: Any, **named: Any) -> date:  # type: ignore[misc]  # noqa: ANN401
            return date(*given, **named)

        @classmethod
        def today(cls) -> date:  # type: ignore[override]
            asked.append("date.today")
            return present.date()

    return Date


def memory_peak(work: Callable[[], object]) -> int:
    """Return the peak of memory that *work* allocated, in octets. Allocations of native code are not included."""
    tracing = tracemalloc.is_tracing()
    if not tracing:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        work()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if not tracing:
            tracemalloc.stop()


@contextmanager
def overheard() -> Iterator[io.StringIO]:
    """Yield a buffer that receives all log records, warnings, and text on standard output and error."""
    said = io.StringIO()
    handler, root = logging.StreamHandler(said), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.NOTSET)
    try:
        with warnings.catch_warnings(record=True) as warned, redirect_stdout(said), redirect_stderr(said):
            warnings.simplefilter("always")
            yield said
            said.writelines(f"{each.message}\n" for each in warned)
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


FAR: Final = (datetime(1999, 12, 31, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC))
"""Two times, one before and one after the validity of all present tokens."""
