"""``python -m release.licences``: docs/licences.md, the licences of what an installation brings, with and without extras."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

TREE: Final = Path(__file__).parents[1]
PAGE: Final = TREE / "docs" / "licences.md"
BASE: Final = "always"
OURS: Final = "sts-federation"
"""What the names of this project's own wheels begin with: they are not of the list, and may be absent where they are built."""
PATCHED: Final = f"{sys.version_info.major}.{sys.version_info.minor}.99"
"""What only earlier patches of this Python need is not of the list, which would otherwise differ from machine to machine."""
PERMISSIVE: Final = {
    "0BSD",
    "3-Clause BSD License",
    "Apache 2.0",
    "Apache-2.0",
    "Apache Software License",
    "BSD",
    "BSD License",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "CNRI-Python",
    "ISC",
    "MIT",
    "MIT License",
    "MIT-0",
    "PSF-2.0",
    "Python Software Foundation License",
    "Zlib",
}
"""What may be combined with Apache-2.0 and passed on with any program, under its SPDX name and under that of the trove classifier."""
OBLIGED: Final = {
    "certifi": "MPL-2.0 asks that changed files of the library stay under it. signxml, of the extra `testing`, imports it unchanged.",
    "hypothesis": "MPL-2.0 likewise. The extra `fuzzing` imports it unchanged.",
    "psycopg": "LGPL-3.0 asks that users can replace the library. The extra `postgresql` imports it as published.",
    "psycopg-binary": "LGPL-3.0 likewise, of the same extra; it contains libpq and OpenSSL under their own, permissive licences.",
    "pygal": "LGPL-3.0-or-later asks that users can replace the library. The extra `report` imports it as published.",
}
"""Libraries that ask for more, with what they ask and why it is met."""

HEAD: Final = """# Licences

<!-- Written by release/licences.py: run `python -m release.licences` after `make lock`. -->

The licences of all that `pip install sts-federation` brings, and of what each extra adds, from the metadata of the locked versions. The
package itself is under Apache-2.0 and contains no code of them. What development uses is not passed on, and not listed.

"""


def page() -> str:
    """Return docs/licences.md."""
    told = licences(brought())
    rows = [f"| {name} | {licence} | {', '.join(f'`{by}`' if by != BASE else by for by in bringers)} |" for name, licence, bringers in told]
    asking = [f"- {name}: {OBLIGED[name]}" for name, _, _ in told if name in OBLIGED]
    table = ["| library | licence | brought by |", "| --- | --- | --- |", *rows]
    return HEAD + "\n".join((*table, "", "Some ask for more than that their text is passed on:", "", *asking, ""))


def brought() -> dict[str, list[str]]:
    """Return the libraries, each with what brings it: an installation without extras, or the extras."""
    project = tomllib.loads((TREE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, list[str]] = {name: [BASE] for name in _closure(project["dependencies"])}
    for extra, lines in project["optional-dependencies"].items():
        for name in _closure(lines):
            if found.get(name) != [BASE]:
                found.setdefault(name, []).append(extra)
    return found


def _closure(lines: Iterable[str]) -> set[str]:
    """Return the names of requirements, and of what they require on this system."""
    found: set[str] = set()
    waiting = [Requirement(line) for line in lines]
    while waiting:
        requirement = waiting.pop()
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        if name in found or name.startswith(OURS):
            continue
        found.add(name)
        try:
            inner = map(Requirement, requires(requirement.name) or ())
        except PackageNotFoundError:
            raise SystemExit(f"{requirement.name} is not installed: run `make release`") from None
        extras = requirement.extras or {""}
        waiting += [
            each
            for each in inner
            if each.marker is None or any(each.marker.evaluate({"extra": extra, "python_full_version": PATCHED}) for extra in extras)
        ]
    return found


def licences(names: dict[str, list[str]]) -> list[tuple[str, str, list[str]]]:
    """Return name, licence and bringers, by name."""
    command = [str(Path(sys.executable).with_name("pip-licenses")), "--from=mixed", "--format=json", "--packages", *names]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    found = {re.sub(r"[-_.]+", "-", each["Name"]).lower(): each["License"] for each in told}
    return [(name, found.get(name, "UNKNOWN"), sorted(names[name])) for name in sorted(names)]


def permissive(licence: str) -> bool:
    """Return whether an expression, or a list of classifiers, asks for no more than its text."""
    alternatives = [part.split(" AND ") for part in licence.replace("; ", " AND ").split(" OR ")]
    return any(all(name.strip(" ()") in PERMISSIVE for name in part) for part in alternatives)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
