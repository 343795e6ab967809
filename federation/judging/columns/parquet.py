"""Parquet: captured tokens read, and judgements written, a batch at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from federation.errors import RegistrationError
from federation.judging.capture import Capture, CaptureFault
from federation.judging.columns.schema import TOKENS, VERDICTS, batch_of, captures_of, judgements_of
from federation.judging.judge import Judgement

_ROWS: Final = 256
"""Rows that are read at once."""
_GROUP: Final = 16_384
"""Judgements that are written together."""


def read_tokens(stream: BinaryIO, name: str) -> Iterator[Capture]:
    """Yield the captured tokens of the Parquet file *stream*, whose columns are those of `TOKENS`; its own faults too.

    Args:
        stream: The file; it can seek.
        name: What stands before the number of a row in the id of one that has none.
    """
    rows = 0
    try:
        with pq.ParquetFile(stream) as file:
            share = os.fstat(stream.fileno()).st_size // max(1, file.metadata.num_rows)  # of progress: compressed octets of a row
            wanted = [column for column in file.schema_arrow.names if column in TOKENS.names]
            for batch in file.iter_batches(batch_size=_ROWS, columns=wanted):
                yield from (capture._replace(octets=share) for capture in captures_of(batch, name=name, first=rows + 1))
                rows += batch.num_rows
    except RegistrationError as refusal:
        yield Capture(id=name, fault=CaptureFault(refusal.expected, refusal.found))
    except (pa.ArrowException, OSError, ValueError) as fault:
        yield Capture(id=name, fault=CaptureFault("a Parquet file that can be read", type(fault).__name__))


class ParquetWriter:
    """Writes judgements into one Parquet file, compressed by zstd."""

    def __init__(self, path: Path) -> None:
        """Make the file *path*."""
        self._writer = pq.ParquetWriter(path, VERDICTS, compression="zstd")
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0

    def write(self, rows: bytes) -> None:
        """Write the judgements that `packed` has packed. They wait until they fill a row group."""
        with pa.ipc.open_stream(rows) as stream:
            batches = list(stream)
        self._waiting += batches
        self._rows += sum(batch.num_rows for batch in batches)
        if self._rows >= _GROUP:
            self._flush()

    def close(self) -> None:
        """Write what waits, and the end of the file."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting))
            self._waiting, self._rows = [], 0


def packed(judgements: list[Judgement]) -> bytes:
    """Return *judgements* as octets, for another process or `ParquetWriter`."""
    batch = batch_of(judgements)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, VERDICTS) as stream:
        stream.write_batch(batch)
    octets: bytes = sink.getvalue().to_pybytes()
    return octets


def read_judgements(path: Path) -> Iterator[Judgement]:
    """Yield the judgements of the file *path*, which `ParquetWriter` has written."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=_ROWS):
            yield from judgements_of(batch)
