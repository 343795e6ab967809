"""`federation explain`: why a federated login is granted or refused, and the edit that makes it succeed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

from federation import clock
from federation.cli.rendering.plain import print_json
from federation.cli.sts.aws_flags import OperationCommand, arns_of, session_policy
from federation.cli.support.completing import providers, roles, saml_arns
from federation.cli.support.given import given_option, read_given
from federation.cli.support.instants import instant_for, judged_at_option
from federation.cli.support.options import (
    complete_files,
    engine_option,
    json_option,
    no_account,
    one_output,
    pick_option,
    quiet_option,
    require_beside,
    said_beside,
    served_account_option,
    verbose_option,
)
from federation.cli.support.paths import PathType

if TYPE_CHECKING:
    from federation.explaining.sources import Sources
    from federation.judging.findings import Findings


@click.command(cls=OperationCommand)
@click.argument("token", required=False, shell_complete=complete_files)
@click.option(
    "--event",
    metavar="RECORD",
    shell_complete=complete_files,
    help="Instead of TOKEN: its CloudTrail record, in a file or folder, or - for standard input.",
)
@click.option("--event-id", help="With --event: which of several records, by its eventID. Default: the last login that was refused.")
@click.option(
    "--with",
    "documents",
    multiple=True,
    type=PathType(exists=True, path_type=Path),
    help="With --event: the role as this plan, template, answer of IAM or policy has it; repeatable. Without --account it is all there is.",
)
@given_option
@served_account_option
@click.option(
    "--role-arn",
    shell_complete=roles,
    help="The role to assume, by ARN or name. Default: the one of the call, where TOKEN is a whole call, or of the record.",
)
@click.option("--principal-arn", shell_complete=saml_arns, help="SAML: the provider. Default: the one that the response names.")
@click.option("--provider", shell_complete=providers, help="Name or ARN of the provider, instead of --principal-arn or --provider-id.")
@click.option("--provider-id", help="Only for access tokens: the server, e.g. www.amazon.com.")
@click.option("--role-session-name", help="Web identities: name of the session. Default: made from the time.")
@click.option("--duration-seconds", type=int, help="Requested duration of the session.")
@click.option("--policy", help="Inline session policy, or file://PATH.")
@click.option("--policy-arns", multiple=True, help="Managed session policies: arn=ARN …")
@click.option("--minimum-session-token-size", type=int, help="Pad the session token to at least this size.")
@click.option("--fix", "fixing", is_flag=True, help="Print the edited trust policy, and who else it lets in.")
@click.option("--write", is_flag=True, help="With --fix: write it to the account, and judge again.")
@pick_option
@judged_at_option
@verbose_option
@quiet_option
@engine_option
@json_option
def command(
    token: str | None,
    *,
    event: str | None,
    event_id: str | None,
    pick: int | None,
    documents: tuple[Path, ...],
    given: tuple[str, ...],
    account_path: Path | None,
    role_arn: str | None,
    policy: str | None,
    policy_arns: tuple[str, ...],
    fixing: bool,
    write: bool,
    at: datetime | str | None,
    verbose: bool,
    quiet: bool,
    as_json: bool,
    principal_arn: str | None,
    provider: str | None,
    provider_id: str | None,
    role_session_name: str | None,
    duration_seconds: int | None,
    minimum_session_token_size: int | None,
) -> None:
    """Show why the role is granted to TOKEN (a file, or - for standard input) or refused, and the edit that makes it succeed.

    The operation of `federation sts` judges, with the same parameters. The use of the token is not recorded.
    TOKEN may also be a HAR file, raw XML, or a whole call of STS, whose parameters are then those of the call.

    With --event the record that CloudTrail wrote of the login is enough. Conditions on what it does not say are told and not judged. The
    role is that of the account, or of the files in --with. Exit status 0: it is granted now.
    """
    if event is not None:
        _explain_event(event, event_id, account_path, role_arn, documents, given, verbose=verbose, quiet=quiet, as_json=as_json)
    if token is None:
        raise click.UsageError("give TOKEN, or the record of the login with --event")
    require_beside("--event", {"--event-id": event_id, "--with": documents, "--given": given})
    if not fixing:
        require_beside("--fix", {"--write": write})
    if account_path is None:
        raise no_account()
    one_output(verbose=verbose, quiet=quiet, as_json=as_json)
    if principal_arn is not None and provider_id is not None:
        raise click.UsageError("--principal-arn is for a SAML response, --provider-id for an access token: give one of them")
    from federation.account.reading.directory import load_account
    from federation.cli.explain.findings import exit_of
    from federation.cli.explain.fixing import fix
    from federation.cli.explain.presenting import present
    from federation.cli.rendering.working import working
    from federation.cli.support.providers import provider_of
    from federation.cli.support.roles import role_arn_of
    from federation.explaining.sources import Sources
    from federation.judging.call import bare_token, call_of
    from federation.judging.findings import Findings

    presented = present(token, pick, role_arn=role_arn)
    role = role_arn or presented.role_arn
    if role is None:
        raise click.UsageError("give the role with --role-arn; TOKEN is no call that names one")
    if principal_arn is None and provider_id is None and provider is None:
        principal_arn, provider_id = presented.principal_arn, presented.provider_id
    instant = clock.resolve(instant_for(at, bare_token(presented.text)))
    with working("reading the account"):
        account = load_account(account_path)
    call = call_of(
        account,
        presented.text,
        role_arn=role_arn_of(account, role),
        principal_arn=principal_arn,
        provider=None if provider is None else provider_of(account, bare_token(presented.text), provider),
        provider_id=provider_id,
        role_session_name=role_session_name or presented.role_session_name,
        at=instant,
        duration_seconds=duration_seconds,
        policy=session_policy(policy),
        policy_arns=arns_of(policy_arns),
        minimum_session_token_size=minimum_session_token_size,
    )
    findings = Findings.of(account, call, at=instant)
    if fixing and fix(findings, Sources(account_path, account), write=write, as_json=as_json, quiet=quiet):
        if not write:
            click.get_current_context().exit(exit_of(findings))
        findings = Findings.of(load_account(account_path), call, at=instant)
    _show(findings, Sources(account_path, findings.account), verbose=verbose, quiet=quiet, as_json=as_json)
    click.get_current_context().exit(exit_of(findings))


_OF_RECORDS: Final = frozenset({"event", "event_id", "documents", "given", "account_path", "role_arn", "verbose", "quiet", "as_json"})


def _explain_event(
    event: str,
    event_id: str | None,
    account_path: Path | None,
    role_arn: str | None,
    documents: tuple[Path, ...],
    given: tuple[str, ...],
    *,
    verbose: bool,
    quiet: bool,
    as_json: bool,
) -> NoReturn:
    """Explain a recorded login and end. A record has its own parameters and instant, and no token."""
    from federation.cli.explain.recorded import explain_recorded

    one_output(verbose=verbose, quiet=quiet, as_json=as_json)
    others = said_beside(_OF_RECORDS)
    if others:
        raise click.UsageError(f"--event takes no {', '.join(others)}: the record says all that is known")
    if account_path is None and not documents:
        raise no_account()
    if not documents:
        require_beside("--with", {"--given": given})
    status = explain_recorded(
        event,
        event_id=event_id,
        account_path=account_path,
        documents=documents,
        given=read_given(given),
        role=role_arn,
        verbose=verbose,
        quiet=quiet,
        as_json=as_json,
    )
    click.get_current_context().exit(status)


def _show(findings: Findings, sources: Sources, *, verbose: bool, quiet: bool, as_json: bool) -> None:
    from federation.cli.explain.findings import print_findings, verdict_of
    from federation.cli.rendering.results import console

    if as_json:
        print_json(findings.as_dict(sources))
    elif quiet:
        click.echo(verdict_of(findings))
    else:
        print_findings(findings, console(), sources, whole=verbose)
