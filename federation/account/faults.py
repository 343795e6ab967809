"""Faults are gathered, not thrown: whoever repairs an account directory wants to see all of them at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from federation.errors import AccountFault, AccountFaults, FederationError, MalformedPolicyDocument, printable

MAX_FAULTS = 1000
"""Faults kept; a directory with more is not an account directory."""


class Faults:
    """Gathers the faults of one account directory while it is read."""

    __slots__ = ("_faults",)

    def __init__(self) -> None:
        self._faults: list[AccountFault] = []

    def __len__(self) -> int:
        return len(self._faults)

    def __iter__(self) -> Iterator[AccountFault]:
        return iter(self._faults)

    def add(self, file: str, path: str, expected: str, found: str, remedy: str, *, check: str = "account") -> None:
        """Record one fault of *file* at *path* inside it."""
        if len(self._faults) < MAX_FAULTS:
            self._faults.append(AccountFault(file=file, path=path, expected=expected, found=found, remedy=remedy, check=check))

    def add_refusal(self, file: str, path: str, refusal: FederationError) -> None:
        """Record what another room found wrong with the content of *file*; a policy's own JSON path continues *path*."""
        inner = refusal.path.removeprefix("$") if isinstance(refusal, MalformedPolicyDocument) else ""
        self.add(file, path + inner, refusal.expected, refusal.found, refusal.remedy, check=refusal.check)

    def forget(self, known: Faults) -> None:
        """Drop the faults that *known* has, too."""
        seen = {str(fault) for fault in known}
        self._faults = [fault for fault in self._faults if str(fault) not in seen]

    def error(self) -> AccountFaults:
        """Return the recorded faults, of which there must be one, as the error to raise."""
        return AccountFaults(tuple(self._faults))


def located(faults: AccountFaults, directory: Path) -> AccountFaults:
    """Return *faults* with each file named from the root of the file system: several directories are read, and one log tells of all."""
    return AccountFaults(
        tuple(
            AccountFault(
                file=printable(str(directory.absolute() / fault.file)),
                path=fault.path,
                expected=fault.expected,
                found=fault.found,
                remedy=fault.remedy,
                check=fault.check,
            )
            for fault in faults.faults
        )
    )
