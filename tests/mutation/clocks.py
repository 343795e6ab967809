"""Tests that measure time judge no mutant: on a busy machine they fail whatever the code is, and would seem to notice anything."""

from __future__ import annotations

from types import CodeType, FunctionType
from typing import Final

import pytest

_CLOCKS: Final = frozenset({"process_time", "thread_time", "perf_counter", "monotonic"})


class WithoutClocks:
    """The plug-in that leaves such tests out."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if not measures_time(getattr(item, "function", None))]


def measures_time(test: object) -> bool:
    """Whether *test*, or a function of the tests that it calls by name, reads a clock of `time`."""
    waiting, seen = [test], set[int]()
    while waiting:
        function = waiting.pop()
        if not isinstance(function, FunctionType) or id(function) in seen or not function.__module__.startswith("tests."):
            continue
        seen.add(id(function))
        names = _names(function.__code__)
        if names & _CLOCKS:
            return True
        waiting += [function.__globals__.get(name) for name in names]
    return False


def _names(code: CodeType) -> set[str]:
    inside = [each for each in code.co_consts if isinstance(each, CodeType)]
    return set(code.co_names).union(*map(_names, inside))
