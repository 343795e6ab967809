"""``python -m release [--version X.Y.Z] [--upload]``: build what an index is given into dist/, and refuse what is not fit for it."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Final

from federation import __version__
from release.building import build, digest, last_change, unpack
from release.changes import disagreements
from release.sbom import bill

TREE: Final = Path(__file__).parents[1]
DIST: Final = TREE / "dist"
TOOLS: Final = Path(sys.executable).parent
PRIVATE: Final = 0o077


def main(words: list[str]) -> int:
    """Return 0 where dist/ holds a release, 1 where something stands against it."""
    parser = argparse.ArgumentParser(prog="python -m release", description=__doc__)
    parser.add_argument("--version", help="the version that is released; refused where package and changelog do not agree")
    parser.add_argument("--upload", action="store_true", help="for an index: refused where the project has no address")
    asked = parser.parse_args(words)
    changelog = (TREE / "CHANGELOG.md").read_text(encoding="utf-8")
    refused = disagreements(asked.version, __version__, changelog) if asked.version else []
    if asked.upload and not address():
        refused.append("the project has no address: write it in [tool.hatch.metadata.hooks.custom] of pyproject.toml")
    if refused:
        print(*(f"release: {each}" for each in refused), sep="\n", file=sys.stderr)
        return 1
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    return publishable()


def address() -> str:
    """Return the public address of the project; empty where it has none."""
    return str(
        tomllib.loads((TREE / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["metadata"]["hooks"]["custom"]["address"]
    )


def publishable() -> int:
    """Fill dist/; return 1 where two builds differ or a check of the index's own tools fails."""
    epoch = last_change(TREE)
    first = build(TREE, DIST, epoch=epoch)
    [sdist] = [path for path in first.values() if path.name.endswith(".tar.gz")]
    with tempfile.TemporaryDirectory() as folder:
        second = build(unpack(sdist, Path(folder, "tree")), Path(folder, "dist"), epoch=epoch, umask=PRIVATE)
        differing = sorted(name for name in first.keys() | second.keys() if not _alike(first.get(name), second.get(name)))
    if differing:
        print(f"release: two builds differ: {', '.join(differing)}", file=sys.stderr)
        return 1
    wheels = [path for path in first.values() if path.suffix == ".whl"]
    subprocess.run([TOOLS / "twine", "--no-color", "check", "--strict", *first.values()], check=True)
    subprocess.run([TOOLS / "check-wheel-contents", *wheels], check=True, cwd=TREE)
    sbom = DIST / f"{sdist.name.removesuffix('.tar.gz')}.cdx.json"
    sbom.write_text(bill(TREE, __version__), encoding="utf-8")
    for path in (*first.values(), sbom):
        print(f"{digest(path)}  {path.relative_to(TREE)}")
    print("built twice, with the same octets: in this tree, and from its source distribution in another place under another umask")
    return 0


def _alike(one: Path | None, other: Path | None) -> bool:
    return one is not None and other is not None and digest(one) == digest(other)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
