"""What every test of the suite shares."""

import gc
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from federation.explaining.engine import explanation_of
from federation.explanation import install

# How long an example takes says more about the machine than about the code; growth has tests of its own.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

# A bug of an explainer is hidden from users, whom it must not cost the refusal. Here it is raised.
install(explanation_of)


def pytest_collection_finish() -> None:
    """Take the thousands of collected tests out of the sight of the garbage collector, which would walk over them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let processes that the test starts heed interrupts: a shell has its background jobs, and all they start, ignore them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
