"""The bill of materials: what an installation without extras brings, from the locked requirements, as CycloneDX 1.6."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

ROOT: Final = "root-component"
"""How cyclonedx-py refers to the package itself."""


def bill(tree: Path, version: str) -> str:
    """Return the bill of the package in *tree* as JSON: the same for the same tree, without serial number and time.

    Raises:
        ValueError: The bill is not valid by the schema of CycloneDX.
        subprocess.CalledProcessError: The requirements cannot be read.
    """
    from cyclonedx.schema import SchemaVersion  # noqa: PLC0415 - of the group release, which the other tests do without
    from cyclonedx.validation.json import JsonStrictValidator  # noqa: PLC0415

    command: list[str | Path] = [Path(sys.executable).with_name("cyclonedx-py"), "requirements", tree / "requirements" / "base.txt"]
    options: list[str | Path] = [
        "--pyproject",
        tree / "pyproject.toml",
        "--mc-type",
        "library",
        "--spec-version",
        "1.6",
        "--output-reproducible",
    ]
    made = subprocess.run([*command, *options, "--of", "JSON", "-o", "-"], check=True, capture_output=True, text=True)
    document = json.loads(made.stdout)
    _complete(document, version, _direct(tree))
    text = json.dumps(document, indent=2, sort_keys=True) + "\n"
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if fault is not None:
        raise ValueError(f"the bill of materials is not valid: {fault}")
    return text


def _complete(document: dict[str, Any], version: str, direct: set[str]) -> None:
    """Write what pyproject.toml does not state: the version, and what the package itself depends on."""
    document["metadata"]["component"]["version"] = version
    for component in document["components"]:
        # It repeats the line of the requirement, all hashes included, which externalReferences hold.
        component.pop("description", None)
    references = {_normal(component["name"]): component["bom-ref"] for component in document["components"]}
    for entry in document["dependencies"]:
        if entry["ref"] == ROOT:
            entry["dependsOn"] = sorted(references[name] for name in direct)


def _direct(tree: Path) -> set[str]:
    lines = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    return {_normal(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in lines}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
