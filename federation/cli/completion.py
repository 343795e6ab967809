"""`federation completion`: the script by which a shell completes verbs, options, their words, names of the account, and files."""

from __future__ import annotations

import os
from typing import Final

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete, add_completion_class, split_arg_string

from federation.cli.support.choices import Choice
from federation.cli.support.options import COMPLETION_VARIABLE

PROGRAM: Final = "federation"


class LineComplete(BashComplete):
    """Completion for bash by the whole line: bash splits words at colons, and every ARN has some."""

    source_template = """\
%(complete_func)s() {
    local line="${COMP_LINE:0:COMP_POINT}" kind value word file prefix=""
    word="${line##*[[:blank:]]}"
    [[ $word == --*=* ]] && word="${word#*=}"
    [[ $COMP_WORDBREAKS == *:* && $word == *:* ]] && prefix="${word%%"${word##*:}"}"
    COMPREPLY=()
    while IFS=, read -r kind value; do
        case $kind in
            plain) COMPREPLY+=("${value#"$prefix"}") ;;
            dir | file)
                compopt -o filenames 2>/dev/null
                while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -"${kind:0:1}" -- "$word") ;;
        esac
    done < <(COMP_LINE="$line" %(complete_var)s=bash_complete "$1" 2>/dev/null)
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""

    @staticmethod
    def _check_version() -> None:
        """Start no shell to ask for its version: the script needs nothing that bash 4.4 lacks."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one that is completed, and that one."""
        line = os.environ.get("COMP_LINE", "")
        words = split_arg_string(line)[1:]
        return (words, "") if not words or line[-1:].isspace() else (words[:-1], words[-1])


SHELLS: Final[dict[str, type[ShellComplete]]] = {"bash": LineComplete, "zsh": ZshComplete, "fish": FishComplete}


def register() -> None:
    """Make the completion of this module the one that the scripts call."""
    add_completion_class(LineComplete, "bash")


@click.command(
    epilog='\b\nbash   eval "$(federation completion bash)"  in ~/.bashrc\n'
    'zsh    eval "$(federation completion zsh)"   in ~/.zshrc, after compinit\n'
    "fish   federation completion fish | source   in config.fish"
)
@click.argument("shell", type=Choice(list(SHELLS)))
def command(shell: str) -> None:
    """Print the script that completes verbs, options, names of roles and providers, ARNs and files in SHELL."""
    root = click.get_current_context().find_root().command
    click.echo(SHELLS[shell](root, {}, PROGRAM, COMPLETION_VARIABLE).source(), nl=False)
