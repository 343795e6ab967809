"""The entry point of the command line: it loads the verb, and turns every result and error into an exit status.

Nothing that is slow to import is imported here: the module of a verb is loaded when the verb is called, so that `federation inspect` loads
no tables and `federation --help` no cryptography.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

from federation import __version__
from federation.cli.rendering.lines import narrowest
from federation.cli.rendering.plain import print_json, safe, tell
from federation.cli.support.choices import meant
from federation.cli.support.exits import Exit, status_of
from federation.cli.support.options import COMPLETION_VARIABLE, note_json, noted_account, noted_neighbours, wants_json
from federation.errors import AccountFaults, FederationError, InternalFailure
from federation.wrapping import Line

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_ERROR: Final = "Error: "
"""What click prints before an error of usage."""
VERBS: Final = {
    "demo": "The main use on shipped input: prove, explain, edit.",
    "inspect": "Decode a token and show its claims, unverified.",
    "validate": "Verify a token, check by check.",
    "explain": "Show why a role is granted to a token or refused, and what to edit.",
    "page": "Open the page in a browser: paste a token, see why it is refused.",
    "sts": "Run STS operations, with the flags and the JSON of the AWS CLI.",
    "account": "Create, check, show and change an account directory.",
    "policy": "Lint and evaluate policy documents.",
    "serve": "Serve STS over HTTP, for AWS clients.",
    "audit": "Judge captured tokens in bulk.",
    "mint": "Make signed tokens for tests, with throw-away keys.",
    "completion": "Print the script for completion in a shell.",
    "doctor": "Show versions, plug-ins, ages of keys, and the clock.",
}
"""The verbs, in the order in which a newcomer needs them; each is a module of this package with a ``command``."""


class Verbs(click.Group):
    """Loads a verb when it is called, and turns every exception into an exit status."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs, in the order of `VERBS`."""
        del ctx
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of *cmd_name* and return its command; None for a verb that does not exist."""
        del ctx
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"federation.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a verb, or an option of the program, without importing the verbs."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - shells alone need it

        verbs = [CompletionItem(name, help=text) for name, text in VERBS.items() if name.startswith(incomplete)]
        return [*verbs, *click.Command.shell_complete(self, ctx, incomplete)]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Record whether ``--json`` is anywhere among *args*, before an error of usage can be raised."""
        note_json(ctx, args)
        with usage_reported(ctx):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the verb; print a refusal and exit with its status."""
        try:
            with usage_reported(ctx):
                return super().invoke(ctx)
        except FederationError as refusal:
            _fail(ctx, refusal)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            ctx.exit(Exit.UNHEARD)  # click would exit with 1
        except OSError as fault:
            _report(ctx, {"code": "OSError", "message": str(fault)}, f"error: {fault}")
            ctx.exit(Exit.FAULT)
        except Exception as bug:  # noqa: BLE001 - the last handler: a bug is reported without a traceback
            _fail(ctx, _as_failure(bug))


@contextmanager
def usage_reported(ctx: click.Context) -> Iterator[None]:
    """Print an error of usage as JSON with ``--json``, and wrapped on a terminal: a name in it may come from an attacker."""
    try:
        yield
    except click.UsageError as usage:
        words = _suggested(usage, usage.ctx or ctx)
        if wants_json(ctx):
            print_json({"error": {"code": "UsageError", "message": words}})
            ctx.exit(Exit.USAGE)
        columns = narrowest(sys.stderr)
        if isinstance(usage, click.exceptions.NoArgsIsHelpError):  # a help text already has its lines
            raise
        if columns is None:
            columns = sys.maxsize
        lines = [part for line in f"{_ERROR}{words}".split("\n") for part in Line(safe(line), 0, "    ").wrapped(columns)]
        raise click.UsageError("\n".join(lines).removeprefix(_ERROR), ctx=usage.ctx) from usage


def _suggested(usage: click.UsageError, ctx: click.Context) -> str:
    """Return the message of *usage*; for a verb or an option that does not exist, with the one that was probably meant."""
    if isinstance(usage, click.exceptions.NoSuchCommand) and isinstance(ctx.command, click.Group):
        return f"{usage.message}{meant(usage.command_name, ctx.command.list_commands(ctx)) or _elsewhere(usage.command_name, ctx)}"
    if isinstance(usage, click.NoSuchOption):
        return f"{usage.message}{meant(usage.option_name, (name for each in ctx.command.get_params(ctx) for name in each.opts))}"
    return usage.format_message()


def _elsewhere(name: str, ctx: click.Context) -> str:
    """Return the question whether a command of one of the verbs was meant, as by ``federation assume-role-with-saml``."""
    root = ctx.find_root().command
    for verb in VERBS:
        inner = root.get_command(ctx, verb) if isinstance(root, click.Group) else None
        if isinstance(inner, click.Group) and name in inner.list_commands(ctx):
            return f" Did you mean {f'{verb} {name}'!r}?"
    return ""


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="federation %(version)s")
def cli() -> None:
    """Prove federated AWS logins offline.

    Exit status: 0 valid or granted, 1 refused, 2 usage, 3 fault in account or configuration, 70 a bug in this program.
    """


def main() -> NoReturn:
    """Run the command line of the process."""
    _open_missing_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # The verdict must be printed even where the terminal cannot show one of its characters.
            stream.reconfigure(errors="backslashreplace")
    if COMPLETION_VARIABLE in os.environ:
        from federation.cli.completion import register  # noqa: PLC0415 - shells alone need it

        register()
    try:
        status = cli.main(prog_name="federation", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as usage:
        tell(usage.show)
        sys.exit(usage.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(Exit.INTERRUPTED)
    except BrokenPipeError:
        # The reader closed the pipe (`federation … | head`): print nothing more, and keep the interpreter from flushing.
        _leave_output()
        sys.exit(Exit.UNHEARD)
    except OSError as fault:
        # The output is full, so the verdict was not written: exit with a fault.
        _leave_output()
        reason = fault.strerror or type(fault).__name__
        tell(lambda: click.echo(f"error: {reason}", err=True))
        sys.exit(Exit.FAULT)
    sys.exit(status if isinstance(status, int) else Exit.GRANTED)


def _open_missing_streams() -> None:
    """Replace streams that the shell closed (``>&-``) by the null device."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - open as long as the process


def _leave_output() -> None:
    """Redirect output to the null device, so that the interpreter's last flush does not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(ctx: click.Context, refusal: FederationError) -> NoReturn:
    status = status_of(refusal)
    if wants_json(ctx):
        faults = [fault.as_dict() for fault in refusal.faults] if isinstance(refusal, AccountFaults) else []
        _report(ctx, {**refusal.as_dict(), **({"faults": faults} if faults else {})}, "")
    else:
        from federation.cli.rendering.refusals import print_refused  # noqa: PLC0415 - loaded where it is used

        tell(lambda: print_refused(refusal, noted_account(ctx), noted_neighbours(ctx)))
    ctx.exit(status)


def _report(ctx: click.Context, error: Mapping[str, object], text: str) -> None:
    if wants_json(ctx):
        print_json({"error": error})
    else:
        tell(lambda: click.echo(text, err=True))


def _as_failure(bug: Exception) -> InternalFailure:
    """Return *bug* without its message, which may hold secrets."""
    house = Path(__file__).parent.parent
    ours = [frame for frame in traceback.extract_tb(bug.__traceback__) if Path(frame.filename).is_relative_to(house)]
    place = f"{Path(ours[-1].filename).relative_to(house.parent)}:{ours[-1].lineno}" if ours else "an unknown place"
    return InternalFailure(
        check="internal",
        expected="no internal error",
        found=f"{type(bug).__name__} at {place}",
        remedy="report this as a bug, with this line",
    )
