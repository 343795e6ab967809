"""`federation account`: create, check, show and change an account directory."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from federation.account import init_account
from federation.account.reading.directory import load_account
from federation.cli.account import entities, issuing, mapping, principals, roles, saml, taking_over, web_identity
from federation.cli.account.checking import check_all
from federation.cli.account.commands import say
from federation.cli.account.summary import counts, print_account, summary
from federation.cli.policy.linted import read_account
from federation.cli.rendering.findings import print_finding
from federation.cli.rendering.outputs import OUTPUTS, plain, print_output
from federation.cli.rendering.plain import print_json
from federation.cli.rendering.results import DIM, GOOD, console, facts
from federation.cli.rendering.working import working
from federation.cli.support.choices import Choice
from federation.cli.support.options import (
    account_option,
    account_or_accounts,
    accounts_option,
    json_option,
    one_output,
    quiet_option,
    served_account_option,
    verbose_option,
)
from federation.cli.support.paths import PathType
from federation.errors import ValidationError
from federation.policy import Kind
from federation.profiles import Profile


class AccountVerbs(click.Group):
    """A group whose arguments all come from the user, so a malformed one is an error of usage."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except ValidationError as fault:
            raise click.UsageError(f"{fault.check}: expected {fault.expected}, found {fault.found}; {fault.remedy}") from fault


@click.group(cls=AccountVerbs)
def command() -> None:
    """Create, check, show and change an account directory."""


@command.command(epilog="Example:\n\n\b\n  federation account init account --account-id 123456789012")
@click.argument("directory", type=PathType(path_type=Path))
@click.option("--account-id", required=True, help="Twelve digits.")
@click.option("--partition", default="aws", show_default=True)
@click.option("--profile", type=Choice([p.value for p in Profile]), default=Profile.STRICT.value, show_default=True)
@json_option
def init(directory: Path, *, account_id: str, partition: str, profile: str, as_json: bool) -> None:
    """Create an account with a new keyring in DIRECTORY."""
    made = init_account(directory, account_id=account_id, partition=partition, profile=profile)
    say(f"created the account {account_id} in {made}", {"directory": str(made), "account_id": account_id}, as_json=as_json)


@command.command(epilog="Example:\n\n\b\n  federation account check --account account")
@served_account_option
@accounts_option
@verbose_option
@quiet_option
@json_option
def check(*, account_path: Path | None, accounts_path: Path | None, verbose: bool, quiet: bool, as_json: bool) -> None:
    """Read all files and report every fault with its file and place; then show the findings of lint in the trust policies.

    With --accounts: read the organization and each account, and report the faults of all.
    """
    one_output(verbose=verbose, quiet=quiet, as_json=as_json)
    directory = account_or_accounts(account_path, accounts_path)
    if accounts_path is not None:
        if verbose:
            raise click.UsageError("--accounts goes without --verbose")
        check_all(directory, quiet=quiet, as_json=as_json)
        return
    check_one(directory, verbose=verbose, quiet=quiet, as_json=as_json)


def check_one(account_path: Path, *, verbose: bool, quiet: bool, as_json: bool) -> None:
    """Check the account directory *account_path*."""
    with working("reading the account"):
        account = load_account(account_path)
        files = () if quiet else tuple(read_account(account, account_path, kinds=frozenset({Kind.TRUST}), relative=True))
    if as_json:
        print_json({"sound": True, **summary(account), "findings": [each for file in files for each in file.listed()]})
        return
    out = console()
    out.print(Text(f"✓ account {account.id} has no faults", style=GOOD), Text(f"({counts(account)})", style=DIM))
    if quiet:
        return
    if verbose:
        print_account(account)
    else:
        out.print(facts(("note", note) for note in account.notes))
    for file in files:
        for each in file.findings:
            print_finding(each, file, out)


@command.command(epilog="Example:\n\n\b\n  federation account show --account account")
@account_option
@click.option("--output", type=Choice(OUTPUTS), help="Print it as the AWS CLI would, instead of for reading.")
@json_option
def show(*, account_path: Path, output: str | None, as_json: bool) -> None:
    """Show providers, keys, roles, users, groups and policies of the account."""
    if as_json and output is not None:
        raise click.UsageError("give one of --json and --output")
    with working("reading the account"):
        account = load_account(account_path)
    if output is not None:
        print_output(plain(summary(account)), output, title="Account")
        return
    if as_json:
        print_json(summary(account))
        return
    print_account(account)


for each in (mapping, saml, web_identity, roles, principals, entities, issuing, taking_over):
    for writer in each.COMMANDS:
        command.add_command(writer)
