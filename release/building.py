"""Building the distributions, twice: a build that depends on its place, its time or its user is no release."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
from pathlib import Path


def build(tree: Path, into: Path, *, epoch: int, umask: int = 0o022) -> dict[str, Path]:
    """Build the source distribution and the wheel of *tree*.

    Args:
        tree: A checkout, or an unpacked source distribution.
        into: The directory that they are written to.
        epoch: The time that the archives state, in seconds since 1970.
        umask: The rights that the builder takes from new files.

    Returns:
        Name to file.

    Raises:
        subprocess.CalledProcessError: The build failed.
    """
    words = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", str(into)]
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(epoch)}
    subprocess.run(words, cwd=tree, env=environment, check=True, umask=umask, capture_output=True)
    return {path.name: path for path in sorted(into.iterdir())}


def unpack(sdist: Path, into: Path) -> Path:
    """Return the directory of the unpacked *sdist*, as the tree was that it was made of."""
    with tarfile.open(sdist) as archive:
        if hasattr(tarfile, "data_filter"):  # not before Python 3.11.4
            archive.extractall(into, filter="data")
        else:
            archive.extractall(into)  # noqa: S202 - this build made it
    tree = into / sdist.name.removesuffix(".tar.gz")
    (tree / "PKG-INFO").unlink()  # written by the build, from pyproject.toml
    return tree


def last_change(tree: Path) -> int:
    """Return the time of the last commit of *tree*, in seconds since 1970; SOURCE_DATE_EPOCH goes first."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    return int(subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=tree, check=True, capture_output=True, text=True).stdout)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
