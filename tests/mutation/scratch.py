"""A copy of the project to run mutants in: nothing that a mutant writes can reach the working tree."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SHARED = "shared"


@contextmanager
def copied(root: Path) -> Iterator[Path]:
    """Give a copy of the files of *root* that git knows or would take, gone afterwards; samples beside the project are beside it too."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root, check=True, capture_output=True
    )
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copy = Path(folder) / "project"
        for name in filter(None, listed.stdout.decode().split("\0")):
            source, target = root / name, copy / name
            if source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
        if (root.parent / _SHARED).is_dir():
            (copy.parent / _SHARED).symlink_to(root.parent / _SHARED, target_is_directory=True)
        yield copy
