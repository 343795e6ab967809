"""The tokens and accounts that are shipped with the package, for verbs that need no input."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import federation
from federation.errors import AccountFault


@dataclass(frozen=True, slots=True)
class Fixtures:
    """The shipped inputs: their directory, and the instant at which each token is judged."""

    root: Path
    instants: dict[str, datetime]

    @classmethod
    def find(cls) -> Fixtures:
        """Return the fixtures of the installed package, or of the checkout."""
        package = Path(federation.__file__).parent
        for root in (package / "_fixtures", package.parent / "fixtures"):
            manifest = root / "manifest.json"
            if manifest.is_file():
                kinds = json.loads(manifest.read_text(encoding="utf-8"))
                entries = (*kinds["saml"], *kinds["oidc"])
                return cls(root, {entry["file"]: datetime.fromisoformat(entry["instant"]) for entry in entries})
        raise AccountFault(
            file="fixtures/manifest.json", path="", expected="the shipped fixtures", found="none", remedy="install the package again"
        )


def shown(path: Path) -> str:
    """Return *path* as a user would type it in the working directory."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
