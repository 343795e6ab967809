"""A file written anew as a text, so that the author's formatting can stay."""

from __future__ import annotations

from pathlib import Path

from federation.account.reading.faults import Faults
from federation.account.writing.atomic import PUBLIC_MODE, as_faults, replace_file
from federation.account.writing.draft import Target, drafting
from federation.errors import ValidationError, show


def rewrite_file(account: Target, *, file: str, known: str, text: str) -> None:
    """Replace the content of *file*, relative to the account directory.

    Args:
        account: The account directory, or a draft of it.
        file: The file, such as that of a role.
        known: What the file holds, as the caller read it.
        text: What it shall hold.

    Raises:
        ValidationError: Check ``edit``: the file holds something else than *known* by now.
        AccountFaults: The account directory would be at fault, or cannot be written.
    """
    with drafting(account) as draft:
        tree = draft.tree(faults := Faults())
        octets = tree.read(file)
        if octets is None:
            raise faults.error()
        _check_known(octets, known, file)
        draft.write(file, text.encode("utf-8"), mode=tree.mode(file) or PUBLIC_MODE)


def rewrite_policy(path: Path, *, known: str, text: str) -> None:
    """Replace the content of the policy document in *path*, which is in no account directory.

    Args:
        path: The file.
        known: What the file holds, as the caller read it.
        text: What it shall hold.

    Raises:
        ValidationError: Check ``edit``: the file holds something else than *known* by now.
        AccountFault: It cannot be read or written.
    """
    with as_faults(path):
        target = path.resolve()
        octets, mode = target.read_bytes(), target.stat().st_mode & 0o777
    _check_known(octets, known, str(path))
    replace_file(target, text.encode("utf-8"), mode=mode)


def _check_known(octets: bytes, known: str, file: str) -> None:
    if octets.decode("utf-8-sig", "replace") != known:
        raise ValidationError(
            check="edit", expected=f"{show(file)} as it was read", found="another content", remedy="read it again, and repeat the change"
        )
