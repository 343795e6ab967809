"""`federation policy who-can`: the identities of the world that a role's trust policy lets in."""

from __future__ import annotations

from pathlib import Path

import click

from federation.cli.policy.evidence import one_policy, read_files, role_option
from federation.cli.rendering.admissions import markdown_of, print_admissions
from federation.cli.rendering.plain import print_json
from federation.cli.rendering.results import console
from federation.cli.support.completing import roles as completed_roles
from federation.cli.support.exits import Exit
from federation.cli.support.given import given_option, read_given
from federation.cli.support.options import account_or_variable, json_option, other_account_option
from federation.cli.support.paths import PathType
from federation.cli.support.roles import role_in
from federation.policy import Policy


@click.command(epilog="Example:\n\n\b\n  federation policy who-can Deploy --account account")
@click.argument("name", metavar="[ROLE]", required=False, shell_complete=completed_roles)
@other_account_option("The account that has ROLE.")
@click.option("--policy", "document", type=PathType(path_type=Path), help="A file with a trust policy, instead of ROLE and --account.")
@role_option
@given_option
@click.option("--markdown", is_flag=True, help="Print Markdown, for a comment or a page.")
@json_option
def command(
    name: str | None,
    *,
    account_path: Path | None,
    document: Path | None,
    role: str | None,
    given: tuple[str, ...],
    markdown: bool,
    as_json: bool,
) -> None:
    """Say who can assume ROLE of an account, or a role with the trust policy in a file: identities, not statements.

    The file is a policy, or one that declares roles, such as a Terraform plan or a template; --role chooses one of several.

    Each way in is told once, without what other ways take in, and with a login that the evaluator lets in. Exit status 1 where part of it
    is not decided within the bound.
    """
    if as_json and markdown:
        raise click.UsageError("give one of --markdown and --json")
    account_path = account_or_variable(account_path, unless=document is not None)
    if document is not None and name is None and account_path is None:
        called, policy = one_policy(str(document), read_files((str(document),), read_given(given)), role)
    elif document is None and name is not None and account_path is not None and role is None and not given:
        called, policy = _of_account(account_path, name)
    else:
        raise click.UsageError("pass ROLE with --account, or --policy")
    # The analysis is loaded where it is asked for.
    from federation.policy.analysis import who_can  # noqa: PLC0415

    found = who_can(policy)
    if as_json:
        print_json({"of": called, **found.as_dict()})
    elif markdown:
        click.echo(markdown_of(found, called))
    else:
        print_admissions(found, called, console())
    click.get_current_context().exit(Exit.GRANTED if found.decided else Exit.REFUSED)


def _of_account(directory: Path, role: str) -> tuple[str, Policy]:
    from federation.account.reading.directory import load_account  # noqa: PLC0415 - loaded where an account is asked about

    arn = role_in(directory, role)
    account = load_account(directory)
    if arn not in account.roles:
        raise click.UsageError(f"the account has no role {arn!r}")
    return arn, account.roles[arn].trust_policy
