"""The real input that is shipped with the package, for the verbs that show something without being given a token."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import federation
from federation.errors import AccountFault


@dataclass(frozen=True, slots=True)
class Fixtures:
    """The shipped inputs: where they are and the instant at which a token is to be judged."""

    root: Path
    instants: dict[str, datetime]

    @classmethod
    def find(cls) -> Fixtures:
        """Return the fixtures of the installed package, or of the checkout it runs from."""
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
    """Return *path* as one would type it here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
