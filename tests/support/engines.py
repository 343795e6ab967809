"""The two engines of the road of a SAML response, for tests that compare them."""

import os
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

from federation.engines import EXTENSION, VARIABLE

INSTALLED = find_spec(EXTENSION) is not None
needs_fast = pytest.mark.skipif(
    not INSTALLED or os.environ.get(VARIABLE) == "python", reason=f"the fast engine is not installed (make core), or {VARIABLE} excludes it"
)


def extension() -> Any:
    return import_module(EXTENSION)


def propose(octets: bytes) -> Any:
    proposing: Callable[[bytes], Any] = extension().propose
    return proposing(octets)
