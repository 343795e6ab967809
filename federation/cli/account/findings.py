"""What lint finds in what a command has just taken over. It is told and stops nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from federation.account.lint import lint_account
from federation.account.model import Account
from federation.account.reading.directory import load_account
from federation.account.reading.entities import GROUP, POLICY, ROLE, USER
from federation.cli.policy.linted import LintedFile, read_account
from federation.cli.rendering.findings import MOST_TOLD, print_in_short
from federation.cli.rendering.results import console
from federation.explaining.wording import command
from federation.policy.lint import SEVERITIES


class TakenOver:
    """The findings on what a command has taken over.

    Attributes:
        root: The account directory.
        account: The account as it is now.
        files: The files that were taken over, relative to the directory.
    """

    def __init__(self, root: Path, taken: Iterable[str]) -> None:
        """Find the files of what was *taken* over into the account in *root*: ARNs, or names of roles."""
        self.root, self.account = root, load_account(root)
        self.files = frozenset(_files(self.account, taken))

    def added_to(self, made: Mapping[str, Any]) -> dict[str, Any]:
        """Return *made*, the JSON that the command prints, with all ``findings``."""
        return {**made, "findings": [each for file in self._read(self.files) for each in file.listed()]}

    def show(self) -> None:
        """Print the worst findings in short. Only their files are explained, since an import can take thousands of roles."""
        placed = sorted(lint_account(self.account, files=self.files), key=lambda each: SEVERITIES.index(each.finding.severity))
        told = frozenset(each.file for each in placed[:MOST_TOLD])
        found = [(each, file) for file in self._read(told) for each in file.findings]
        more = command("federation", "policy", "lint", "--account", str(self.root)) or "federation policy lint --account DIR"
        print_in_short(found, console(), count=len(placed), more=f"{more} shows all")

    def _read(self, files: Collection[str]) -> Iterator[LintedFile]:
        return read_account(self.account, self.root, files=files, relative=True)


def _files(account: Account, taken: Iterable[str]) -> Iterator[str]:
    """Yield the files of what was *taken* over, relative to the account directory."""
    wanted = set(taken)
    yield from (ROLE.file_of(role.name) for arn, role in account.roles.items() if {arn, role.name} & wanted)
    yield from (managed.file or POLICY.file_of(managed.name) for arn, managed in account.policies.items() if arn in wanted)
    yield from (USER.file_of(user.name) for user in account.users.values() if user.arn in wanted)
    yield from (GROUP.file_of(group.name) for group in account.groups.values() if group.arn in wanted)
