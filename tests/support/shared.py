"""Paths of captured tokens, corpora and recordings that are not part of this repository, and the skip of tests without them."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.paths import REPOSITORY

SHARED = Path(os.environ.get("FEDERATION_CORPORA") or REPOSITORY.parent / "shared")

needs_shared = pytest.mark.skipif(
    not (SHARED / "captures" / "manifest.json").is_file(),
    reason=f"captured tokens, other projects' corpora and recorded answers of AWS are no part of this repository, and not at {SHARED}: "
    "set FEDERATION_CORPORA to the directory that holds captures/, corpora/ and recordings/",
)


def shared_path(relative: str) -> Path:
    """Path of *relative* under the shared directory; skips the running test where it is absent."""
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"{relative} is absent under {SHARED}: set FEDERATION_CORPORA")
    return path


def manifest(relative: str, default: Any = ()) -> Any:
    """Parsed JSON file for parametrising at collection time; *default* where it is absent (mark the test with `needs_shared`)."""
    path = SHARED / relative
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else default
