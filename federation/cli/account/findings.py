"""What lint finds in what a command has just taken over. It is told and stops nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from federation.account.model import Account
from federation.account.reading.directory import load_account
from federation.account.reading.entities import GROUP, POLICY, ROLE, USER
from federation.cli.policy.linted import LintedFile, read_account
from federation.cli.rendering.findings import print_in_short
from federation.cli.rendering.results import console
from federation.explaining.wording import command


class TakenOver:
    """The findings on what a command has taken over.

    Attributes:
        root: The account directory.
        files: The files that have findings.
    """

    def __init__(self, root: Path, taken: Iterable[str]) -> None:
        """Look at what was *taken* over into the account in *root*: ARNs, or names of roles."""
        account = load_account(root)
        self.root = root
        self.files: tuple[LintedFile, ...] = tuple(read_account(account, root, files=frozenset(_files(account, taken)), relative=True))

    def added_to(self, made: Mapping[str, Any]) -> dict[str, Any]:
        """Return *made*, what the command prints as JSON, with the ``findings``."""
        return {**made, "findings": [each for file in self.files for each in file.listed()]}

    def show(self) -> None:
        """Print the findings in short: place, cause, and the first edit."""
        found = [(each, file) for file in self.files for each in file.findings]
        more = command("federation", "policy", "lint", "--account", str(self.root)) or "federation policy lint --account DIR"
        print_in_short(found, console(), more=f"{more} shows all")


def _files(account: Account, taken: Iterable[str]) -> Iterator[str]:
    """Yield the files of what was *taken* over, relative to the account directory."""
    wanted = set(taken)
    yield from (ROLE.file_of(role.name) for arn, role in account.roles.items() if {arn, role.name} & wanted)
    yield from (managed.file or POLICY.file_of(managed.name) for arn, managed in account.policies.items() if arn in wanted)
    yield from (USER.file_of(user.name) for user in account.users.values() if user.arn in wanted)
    yield from (GROUP.file_of(group.name) for group in account.groups.values() if group.arn in wanted)
