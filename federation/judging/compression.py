"""Files that are compressed by gzip or zstd, read as if they were not, a piece at a time."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path
from typing import BinaryIO, Final, cast

from federation import extras

GZIP: Final = b"\x1f\x8b"
ZSTD: Final = b"\x28\xb5\x2f\xfd"
PARQUET: Final = b"PAR1"
_BUFFER: Final = 1_048_576

FAULTS: Final = (OSError, EOFError, zlib.error)
"""What reading a compressed file raises that is damaged or cut off."""


def uncompressed(stream: BinaryIO) -> BinaryIO:
    """Return *stream*, or what it is the compression of. Which one, its first octets say.

    Raises:
        RegistrationError: check ``arrow-extra``: it is compressed by zstd, which pyarrow reads.
    """
    start = beginning(stream)
    if start.startswith(GZIP):
        return cast(BinaryIO, io.BufferedReader(gzip.GzipFile(fileobj=stream), _BUFFER))
    if start.startswith(ZSTD):
        extras.require("pyarrow", extra="arrow", check="arrow-extra")
        import pyarrow as pa  # noqa: PLC0415 - an extra

        return cast(BinaryIO, io.BufferedReader(pa.CompressedInputStream(pa.PythonFile(stream, mode="r"), "zstd"), _BUFFER))
    return stream


def beginning(stream: BinaryIO) -> bytes:
    """Return the first octets of *stream*, which stay unread."""
    return stream.peek(4)[:4] if isinstance(stream, io.BufferedReader) else b""


def compressed(path: Path, *, like: Path) -> BinaryIO:
    """Open the file *path* for writing: compressed by gzip or zstd where the name of *like* ends in ``.gz`` or ``.zst``.

    Raises:
        RegistrationError: check ``arrow-extra``, for zstd.
        OSError: The file system refuses.
    """
    if like.suffix == ".gz":
        return cast(BinaryIO, gzip.open(path, "wb", compresslevel=6))
    if like.suffix == ".zst":
        extras.require("pyarrow", extra="arrow", check="arrow-extra")
        import pyarrow as pa  # noqa: PLC0415 - an extra

        return cast(BinaryIO, pa.CompressedOutputStream(pa.OSFile(str(path), "wb"), "zstd"))
    return path.open("wb")
