"""Refusals of files and of what is in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from federation.check_names import EngineCheck
from federation.errors import FederationError, ValidationError

_REMEDY: Final = "pass the file as the tool wrote it"


@dataclass(frozen=True, slots=True)
class DocumentFault:
    """A file, or a resource of it, that cannot be read; the rest is.

    Attributes:
        file: The file.
        address: The resource; empty for the file as a whole.
        line: Its line, from 1.
        refusal: What is wrong with it.
        text: The text of the file; empty where it has none.
    """

    file: str
    address: str
    line: int
    refusal: FederationError
    text: str = field(default="", repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the fault as plain data, stable names."""
        return {"file": self.file, "address": self.address, "line": self.line, "error": self.refusal.as_dict()}


def broken(check: EngineCheck, expected: str, found: str, *, remedy: str = _REMEDY) -> ValidationError:
    """Return the refusal of a document."""
    return ValidationError(check=check, expected=expected, found=found, remedy=remedy)
