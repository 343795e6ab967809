"""Captured tokens for the engines: SAML and OIDC mixed, one in eight refused, in files of Parquet."""

from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from tests.support.paths import FIXTURES


def _text(name: str) -> str:
    return "".join((FIXTURES / name).read_text(encoding="ascii").split())


_KINDS: Final = tuple(map(_text, ("oidc/github.jwt", "saml/documented.b64", "oidc/github-branch.jwt", "saml/refused/tampered.b64")))
_ORDER: Final = (0, 1, 2, 1, 0, 1, 2, 3)
SECRETS: Final = tuple({token.split(".")[2][:40].encode() if "." in token else token[2000:2060].encode() for token in _KINDS})
"""A piece of each token, which nobody else writes."""
_ROWS: Final = 2_000
"""Rows of a file: the engines share files out."""


def write_tokens(directory: Path, count: int) -> None:
    """Write *count* captured tokens into *directory*."""
    for first in range(0, count, _ROWS):
        numbers = range(first, min(first + _ROWS, count))
        columns = {
            "token": [_KINDS[_ORDER[number % len(_ORDER)]] for number in numbers],
            "at": ["issued"] * len(numbers),
            "id": [f"{number:09}" for number in numbers],
        }
        pq.write_table(pa.table(columns), directory / f"captured-{first:09}.parquet", compression="zstd")
