"""`federation policy compare`: whether a change of trust policies lets somebody new in, proved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from federation.cli.policy.evidence import one_policy, plain_policy, read_files, role_option
from federation.cli.rendering.admissions import comparison_as_markdown, print_comparison
from federation.cli.rendering.plain import print_json
from federation.cli.rendering.results import console
from federation.cli.rendering.role_changes import print_role_changes, role_changes_as_markdown
from federation.cli.support.exits import Exit
from federation.cli.support.given import given_option, read_given
from federation.cli.support.options import complete_files, json_option, one_output, quiet_option

if TYPE_CHECKING:  # the analysis is loaded where it is asked for
    from federation.policy.analysis.comparing import TrustComparison


@click.command(epilog="Example:\n\n\b\n  federation policy compare trust.before.json trust.json")
@click.argument("old", metavar="OLD", shell_complete=complete_files)
@click.argument("new", metavar="[NEW]", required=False, shell_complete=complete_files)
@role_option
@given_option
@click.option("--markdown", is_flag=True, help="Print Markdown, for a comment on the change.")
@quiet_option
@json_option
def command(old: str, new: str | None, *, role: str | None, given: tuple[str, ...], markdown: bool, quiet: bool, as_json: bool) -> None:
    """Say whether the trust policy NEW is equal to OLD, narrower, wider or both, with a login for each difference.

    Files that declare roles (Terraform plans, templates, answers of IAM, directories) are compared role by role, or one --role of them. A
    Terraform plan alone is compared with what it replaces; an added role is somebody new.

    Exit status 0 where it is proved that nobody new gets in, 1 where somebody does or where it is not decided.
    """
    one_output(quiet=quiet, as_json=as_json)
    if markdown and (as_json or quiet):
        raise click.UsageError("give one of --markdown, --quiet and --json")
    values = read_given(given)
    before = read_files((old,), values)
    after = before if new is None else read_files((new,), values)
    if new is None and (role is not None or not any(each.format == "terraform-plan" for each in before.documents)):
        raise click.UsageError("pass OLD and NEW; a Terraform plan alone is compared as a whole")
    # The analysis is loaded where it is asked for.
    from federation.evidence.documents.comparing import compare_plan, compare_roles  # noqa: PLC0415
    from federation.policy.analysis import compare  # noqa: PLC0415

    if new is not None and (role is not None or any(plain_policy(each) is not None for each in (before, after))):
        found = compare(one_policy(old, before, role)[1], one_policy(new, after, role)[1])
        _print(found, markdown=markdown, quiet=quiet, as_json=as_json)
        click.get_current_context().exit(Exit.GRANTED if found.lets_nobody_new_in else Exit.REFUSED)
    changes = compare_plan(before) if new is None else compare_roles(before, after)
    faults = (*before.faults, *(() if new is None else after.faults))
    nobody_new = not faults and all(each.lets_nobody_new_in for each in changes)
    if as_json:
        told = {"roles": [each.as_dict() for each in changes], "faults": [each.as_dict() for each in faults]}
        print_json({"nobody_new": nobody_new, **told})
    elif markdown:
        click.echo(role_changes_as_markdown(changes, faults))
    else:
        print_role_changes(changes, faults, console(), whole=not quiet)
    click.get_current_context().exit(Exit.GRANTED if nobody_new else Exit.REFUSED)


def _print(found: TrustComparison, *, markdown: bool, quiet: bool, as_json: bool) -> None:
    if as_json:
        print_json(found.as_dict())
    elif markdown:
        click.echo(comparison_as_markdown(found))
    else:
        print_comparison(found, console(), whole=not quiet)
