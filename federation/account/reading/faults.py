"""Collection of the faults of an account directory, so that one error lists all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from federation.check_names import CheckName
from federation.errors import AccountFault, AccountFaults, FederationError, MalformedPolicyDocument, check_of, printable

MAX_FAULTS = 1000
"""Most faults that are kept."""


class Faults:
    """The faults of one account directory, collected while it is read."""

    __slots__ = ("_faults",)

    def __init__(self) -> None:
        self._faults: list[AccountFault] = []

    def __len__(self) -> int:
        return len(self._faults)

    def __iter__(self) -> Iterator[AccountFault]:
        return iter(self._faults)

    def add(self, file: str, path: str, expected: str, found: str, remedy: str, *, check: CheckName = "account") -> None:
        """Record a fault of *file* at *path* inside it."""
        if len(self._faults) < MAX_FAULTS:
            self._faults.append(AccountFault(file=file, path=path, expected=expected, found=found, remedy=remedy, check=check))

    def add_refusal(self, file: str, path: str, refusal: FederationError) -> None:
        """Record *refusal* as a fault of *file*. The JSON path of a policy's refusal is appended to *path*."""
        inner = refusal.path.removeprefix("$") if isinstance(refusal, MalformedPolicyDocument) else ""
        self.add(file, path + inner, refusal.expected, refusal.found, refusal.remedy, check=check_of(refusal))

    def forget(self, known: Faults) -> None:
        """Remove the faults that *known* also has."""
        seen = {str(fault) for fault in known}
        self._faults = [fault for fault in self._faults if str(fault) not in seen]

    def error(self) -> AccountFaults:
        """Return the recorded faults, at least one, as an error."""
        return AccountFaults(tuple(self._faults))


def located(faults: AccountFaults, directory: Path) -> AccountFaults:
    """Return *faults* with absolute file names, for logs on several account directories."""
    return AccountFaults(
        tuple(
            AccountFault(
                file=printable(str(directory.absolute() / fault.file)),
                path=fault.path,
                expected=fault.expected,
                found=fault.found,
                remedy=fault.remedy,
                check=check_of(fault),
            )
            for fault in faults.faults
        )
    )
