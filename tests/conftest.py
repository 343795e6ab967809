"""What every test of the suite shares."""

import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

# How long an example takes says more about the machine than about the code; growth has tests of its own.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let processes that the test starts heed interrupts: a shell has its background jobs, and all they start, ignore them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
