"""`federation policy lint --fix`: a policy with every edit made that a program can make, printed or written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from federation.cli.policy.linted import LintedFile, linted_text, whole_of
from federation.cli.rendering.explanations import edit_rows, print_rows
from federation.cli.rendering.plain import print_json, tell
from federation.cli.rendering.results import stderr_console
from federation.cli.rendering.rows import ScreenRow, field_rows
from federation.explaining.linting.mending import Mended, mend
from federation.explaining.sources import Sources
from federation.explanation import Edit
from federation.policy import Kind
from federation.policy.document import read_document

_NOTHING: Final = "lint finds nothing that a program can mend"


def is_document(file: LintedFile) -> bool:
    """Whether *file* holds a policy that can be mended: a JSON object."""
    return file.refusal is None or file.refusal.check not in ("policy-json", "policy-size")


def print_mended(file: LintedFile, kind: str, *, as_json: bool) -> None:
    """Print the policy of *file* with the edits made; what they are, and what is left, is said on standard error."""
    mended = mend(file.content, kind=kind)
    tell(lambda: _say(linted_text(file.file, mended.text, kind), mended.edits, written=False))
    if as_json:
        document = read_document(mended.text)[1]
        print_json({"file": file.file, "edits": [edit.as_dict() for edit in mended.edits], "policy": document})
    else:
        click.echo(mended.text, nl=not mended.text.endswith("\n"))


def write_mended(files: Sequence[LintedFile], kind: str) -> None:
    """Write each of *files* with the edits made.

    Raises:
        ValidationError: Check ``edit``: a file is not what was looked at any more.
        AccountFault: A file cannot be written.
    """
    from federation.account.writing.rewriting import rewrite_policy  # noqa: PLC0415 - loaded where something is written

    for file in files:
        mended = mend(file.content, kind=kind) if is_document(file) else Mended(file.content, ())
        if not mended.edits:
            continue
        rewrite_policy(Path(file.file), known=file.content, text=mended.text)
        tell(lambda file=file, mended=mended: _say(linted_text(file.file, mended.text, kind), mended.edits, written=True))  # type: ignore[misc]


def write_mended_account(root: Path, kinds: frozenset[Kind]) -> None:
    """Write the files of the account in *root* with the edits of their policies made, all of them or none.

    Raises:
        ValidationError: Check ``edit``: a file is not what was looked at any more.
        AccountFaults: The changed account would be at fault, or cannot be written.
    """
    # Accounts, and the key handling behind them, are loaded where one is asked about.
    from federation.account.lint import providers_of, stored_policies  # noqa: PLC0415
    from federation.account.reading.directory import load_account  # noqa: PLC0415
    from federation.account.writing.draft import drafting  # noqa: PLC0415
    from federation.account.writing.rewriting import rewrite_file  # noqa: PLC0415

    account, sources = load_account(root), Sources(root)
    providers = providers_of(account)
    texts: dict[str, str] = {}
    made: list[tuple[str, Edit]] = []
    for stored in stored_policies(account):
        text = texts.get(stored.file) or sources.text(stored.file)
        if text is None or stored.policy.kind not in kinds:
            continue
        mended = mend(text, kind=stored.policy.kind, place=whole_of(text) + stored.path[1:], account=account, providers=providers)
        if mended.edits:
            texts[stored.file] = mended.text
            made += [(stored.file, edit) for edit in mended.edits]
    with drafting(root) as draft:
        for file, text in texts.items():
            rewrite_file(draft, file=file, known=sources.text(file) or "", text=text)
    tell(lambda: _say_written(made))


def _say(after: LintedFile, edits: Sequence[Edit], *, written: bool) -> None:
    """Say which edits were made, who else they let in, and what no program can mend."""
    out = stderr_console()
    rows: list[ScreenRow] = []
    for edit in edits:
        rows += _made(replace(edit, place=replace(edit.place, file=after.file)), after, written=written)
    if after.obstacle is not None:
        rows += edit_rows(after.obstacle.edits[0], after, out.shows, label="by hand")
    for explained in after.findings:
        rows += edit_rows(explained.edits[0], after, out.shows, label="by hand")
    print_rows(rows or field_rows("fix", _NOTHING, out.shows), out)


def _say_written(made: Sequence[tuple[str, Edit]]) -> None:
    out = stderr_console()
    rows: list[ScreenRow] = []
    for file, edit in made:
        rows += _made(replace(edit, place=replace(edit.place, file=file)), Sources(), written=True)
    print_rows(rows or field_rows("fix", _NOTHING, out.shows), out)


def _made(edit: Edit, sources: Sources, *, written: bool) -> tuple[ScreenRow, ...]:
    screen = stderr_console().shows
    rows = edit_rows(edit, sources, screen, label="written" if written else "edit")
    return rows if edit.lets_in else (*rows, *field_rows("lets in", "nobody else", screen))
