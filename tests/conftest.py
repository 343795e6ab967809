"""What every test of the suite shares."""

import gc
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

from federation.explaining.engine import explanation_of
from federation.explanation import install
from tests.support.scratch import scratch
from tests.support.shown import SHOWN
from tests.support.warm import Commands

# How long an example takes says more about the machine than about the code; growth has tests of its own.
# The suite tries the same examples each time, so that what fails is what was changed. `make search` looks for others.
settings.register_profile("suite", deadline=None, max_examples=30, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=1_000)
settings.load_profile("suite")

# Set here, it is also where the workers, and the programs that tests start, write.
if "TMPDIR" not in os.environ and (place := scratch()) is not None:
    os.environ["TMPDIR"] = tempfile.tempdir = str(place)

# A bug of an explainer is hidden from users, whom it must not cost the refusal. Here it is raised.
install(explanation_of)


# Thousands of tests are collected, and none of them is garbage: the collector need not walk over them again and again.
gc.disable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin what takes minutes first, so that nothing waits for it in the end."""
    items.sort(key=lambda item: item.get_closest_marker("minutes") is None)


def pytest_collection_finish() -> None:
    """Take the collected tests out of the garbage collector's sight, and let it begin."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests measured: a process of xdist has no terminal."""
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, text in getattr(report, "user_properties", ()):
            if name == SHOWN and report.when == "call":
                terminalreporter.write_line(f"{report.nodeid}\n{text}")


@pytest.fixture(scope="session")
def programs() -> Iterator[Path]:
    """A folder for PATH with `federation`, and `aws` where it is installed; on Linux they spend no time on imports."""
    if sys.platform != "linux":
        yield Path(sys.executable).parent
        return
    with Commands("federation", *(["aws"] if find_spec("awscli") else [])) as warm:
        yield warm.folder


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let processes that the test starts heed interrupts: a shell has its background jobs, and all they start, ignore them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
