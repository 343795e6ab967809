"""Where the judgements of an audit go: a stream, one file that appears whole, or a directory of parts that a later run continues."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Protocol, TextIO

from federation import extras
from federation.account.writing.atomic import sync_directory
from federation.errors import RegistrationError, show
from federation.judging.auditing import AuditedBatch, Rendering
from federation.judging.compression import FAULTS, compressed, uncompressed
from federation.judging.judge import Judgement

PART_TOKENS: Final = 50_000
"""Tokens of a part, at least: what an interrupted run loses at most, but for one batch."""
MANIFEST: Final = "audit.json"
_PARTIAL: Final = ".partial"
_VERSION: Final = 1


class ResultForm(StrEnum):
    """How judgements are written: the end of a file's name."""

    LINES = "jsonl"
    GZIP = "jsonl.gz"
    ZSTD = "jsonl.zst"
    PARQUET = "parquet"

    @property
    def rendering(self) -> Rendering:
        """What the judging processes hand over for it."""
        return "columns" if self is ResultForm.PARQUET else "lines"

    @classmethod
    def of(cls, path: Path) -> ResultForm | None:
        """Return the form that the name of *path* ends in; None where it is that of a directory."""
        return next((form for form in reversed(cls) if path.name.endswith(f".{form}")), None)


class Results(AbstractContextManager["Results"]):
    """Takes judgements in order, and drops them.

    Attributes:
        rendering: What the judging processes hand over.
        at_once: Whether somebody may wait for each row.
    """

    rendering: Rendering = "none"
    at_once: bool = True

    def judged(self) -> Iterator[Judgement]:
        """Yield the judgements that are there already, in order: what is to be counted, and not to be judged again."""
        return iter(())

    def write(self, batch: AuditedBatch) -> None:
        """Write the judgements of *batch*.

        Raises:
            RegistrationError: check ``results``: the file system refuses.
        """

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the results; after an error without the row, file or part that was begun."""


class StreamResults(Results):
    """Writes lines into an open stream."""

    rendering = "lines"

    def __init__(self, stream: TextIO) -> None:
        """Write into *stream*."""
        self._stream = stream

    def write(self, batch: AuditedBatch) -> None:
        """See `Results.write`."""
        self._stream.write(batch.rows.decode())

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """See `Results`."""
        self._stream.flush()


class FileResults(Results):
    """Writes one file. It has its name when it is whole and on the disk; after an error there is none."""

    at_once = False

    def __init__(self, path: Path, form: ResultForm) -> None:
        """Write the file *path* in *form*.

        Raises:
            RegistrationError: check ``arrow-extra``: the form is of an extra that is not installed; ``results``: the file system refuses.
        """
        self._path, self._beside = path, path.with_name(f"{path.name}{_PARTIAL}")
        with _as_refusal(path):
            self._file = _opened(self._beside, path, form)
        self.rendering = form.rendering

    def write(self, batch: AuditedBatch) -> None:
        """See `Results.write`."""
        with _as_refusal(self._path):
            self._file.write(batch.rows)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """See `Results`."""
        try:
            if kind is None:
                with _as_refusal(self._path):
                    self._file.close()
                    _publish(self._beside, self._path)
            else:
                with suppress(OSError):  # the first error is the one that is told
                    self._file.close()
        finally:
            self._beside.unlink(missing_ok=True)


def settings_at(directory: Path) -> Mapping[str, Any] | None:
    """Return the settings of the audit whose results are in *directory*; None where there are none.

    Raises:
        RegistrationError: check ``results``: they cannot be read.
    """
    try:
        told = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        told = None
    if not isinstance(told, dict):
        raise _refused(directory, f"the file {MANIFEST} as an audit has written it", "another", "name another directory")
    return told


class PartedResults(Results):
    """Writes a directory of parts. Each appears whole, so that an interrupted audit goes on after the last one."""

    at_once = False

    def __init__(self, directory: Path, form: ResultForm, settings: Mapping[str, Any], *, resume: bool) -> None:
        """Write into *directory*, in *form*.

        Args:
            directory: Made where it is missing.
            form: Of each part.
            settings: What the judgements depend on, as plain data: the same in every run that continues this one.
            resume: Whether to go on after the parts that are there.

        Raises:
            RegistrationError: check ``results``: the directory has parts and *resume* is False, they are of other settings, or the file
                system refuses.
        """
        self._directory, self._form = directory, form
        self.rendering = form.rendering
        with _as_refusal(directory):
            self._open(settings, resume=resume)
        self._parts = sorted(directory.glob(f"part-*.{form}"))
        self._part: FileResults | None = None
        self._tokens = 0

    def _open(self, settings: Mapping[str, Any], *, resume: bool) -> None:
        directory, form = self._directory, self._form
        directory.mkdir(parents=True, exist_ok=True)
        before, told = settings_at(directory), {"version": _VERSION, "form": form.value, **settings}
        if before is not None and not resume:
            raise _refused(directory, "an empty directory, or --resume", "results of an audit", "name another directory, or continue it")
        if before is not None:
            _check_settings(directory, before, told)
        elif any(directory.iterdir()):
            raise _refused(directory, "an empty directory", "other files", "name another directory")
        else:
            _write(directory / MANIFEST, json.dumps(told, indent=2) + "\n")
        for left in directory.glob(f"*{_PARTIAL}"):
            left.unlink()

    def judged(self) -> Iterator[Judgement]:
        """See `Results.judged`."""
        for part in self._parts:
            try:
                yield from _read(part, self._form)
            except (*FAULTS, ValueError, LookupError, TypeError) as fault:
                remedy = "remove it and every later part, then continue"
                raise _refused(part, "a part as an audit has written it", type(fault).__name__, remedy) from fault

    def write(self, batch: AuditedBatch) -> None:
        """See `Results.write`."""
        if self._part is None:
            name = self._directory / f"part-{len(self._parts):06}.{self._form}"
            self._parts.append(name)
            self._part = FileResults(name, self._form)
        self._part.write(batch)
        self._tokens += batch.tokens
        if self._tokens >= PART_TOKENS:
            self._end_part(None)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """See `Results`."""
        self._end_part(kind)

    def _end_part(self, kind: type[BaseException] | None) -> None:
        part, self._part, self._tokens = self._part, None, 0
        if part is not None:
            part.__exit__(kind, None, None)


class _OpenFile(Protocol):
    def write(self, rows: bytes, /) -> object: ...
    def close(self) -> None: ...


def _opened(beside: Path, path: Path, form: ResultForm) -> _OpenFile:
    if form is ResultForm.PARQUET:
        extras.require("pyarrow", extra="arrow", check="arrow-extra")
        from federation.judging.columns.parquet import ParquetWriter  # noqa: PLC0415 - an extra

        return ParquetWriter(beside)
    return compressed(beside, like=path)


def _read(part: Path, form: ResultForm) -> Iterator[Judgement]:
    if form is ResultForm.PARQUET:
        extras.require("pyarrow", extra="arrow", check="arrow-extra")
        from federation.judging.columns.parquet import read_judgements  # noqa: PLC0415 - an extra

        yield from read_judgements(part)
        return
    with part.open("rb") as file:
        stream: BinaryIO = uncompressed(file)
        for line in stream:
            yield Judgement.from_dict(json.loads(line))


def _check_settings(directory: Path, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    other = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
    if other:
        remedy = "run it as before, or name another directory"
        raise _refused(directory, "an audit of the same tokens, account and options", f"another {', '.join(map(show, other))}", remedy)


def _write(path: Path, text: str) -> None:
    beside = path.with_name(f"{path.name}{_PARTIAL}")
    beside.write_text(text, encoding="utf-8")
    _publish(beside, path)


def _publish(beside: Path, path: Path) -> None:
    """Give *beside* the name *path* once its octets are on the disk, and wait until the name is."""
    with beside.open("rb") as file:
        os.fsync(file.fileno())
    beside.replace(path)
    sync_directory(path.parent)


@contextmanager
def _as_refusal(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise _refused(
            path, "a place that can be written", fault.strerror or type(fault).__name__, "make room, or name another place"
        ) from fault


def _refused(directory: Path, expected: str, found: str, remedy: str) -> RegistrationError:
    return RegistrationError(check="results", expected=f"in {show(str(directory))}: {expected}", found=found, remedy=remedy)
