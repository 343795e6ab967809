"""Which test reaches which function, and how long it takes: so that a mutant is judged by those tests alone, the quickest first."""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

from tests.mutation.mutants import ROOT

_CACHE: Final = Path(tempfile.gettempdir()) / "federation-mutation"


@dataclass(slots=True)
class Reached:
    """What one test did without a mutant: whether it passed, seconds of the processor, ``file:first line`` of the functions it entered."""

    passed: bool
    seconds: float
    functions: frozenset[str] = field(default_factory=frozenset)


class Recorder:
    """Notes every function of *files* that is entered; module bodies are none."""

    def __init__(self, files: Iterable[str]) -> None:
        self._files = {str(ROOT / file): file for file in files}
        self._seen: set[CodeType] = set()

    def start(self) -> None:
        """Forget what was entered and begin to note, in every thread."""
        self._seen = set()
        threading.settrace(self._trace)
        sys.settrace(self._trace)

    def stop(self) -> frozenset[str]:
        """Stop noting; return what was entered."""
        sys.settrace(None)
        threading.settrace(None)
        return frozenset(f"{self._files[code.co_filename]}:{code.co_firstlineno}" for code in self._seen)

    def _trace(self, frame: FrameType, _event: str, _argument: Any) -> None:
        code = frame.f_code
        if code not in self._seen and code.co_filename in self._files:
            self._seen.add(code)


def fingerprint(test_file: str, files: Iterable[str]) -> str:
    """Return what tells whether notes about *test_file* still hold: its octets, those of its helpers, of all that is mutated, and of how
    notes are taken."""
    digest = hashlib.sha256()
    helpers = sorted((ROOT / "tests" / "support").rglob("*.py"))
    for path in (
        ROOT / test_file,
        *helpers,
        *(ROOT / file for file in sorted(files)),
        Path(__file__),
        Path(__file__).with_name("session.py"),
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def remembered(mark: str) -> dict[str, Reached] | None:
    """Return the notes kept under *mark*, None where there are none."""
    path = _CACHE / f"{mark}.json"
    if not path.is_file():
        return None
    kept: dict[str, tuple[bool, float, list[str]]] = json.loads(path.read_text(encoding="utf-8"))
    return {name: Reached(passed, seconds, frozenset(functions)) for name, (passed, seconds, functions) in kept.items()}


def remember(mark: str, notes: Mapping[str, Reached]) -> None:
    """Keep *notes* under *mark* for the next run."""
    _CACHE.mkdir(exist_ok=True)
    text = json.dumps({name: (note.passed, note.seconds, sorted(note.functions)) for name, note in notes.items()})
    partial = _CACHE / f"{mark}.{threading.get_native_id()}.tmp"
    partial.write_text(text, encoding="utf-8")
    partial.replace(_CACHE / f"{mark}.json")
