"""Creation of an account directory."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from federation.account.model import ACCOUNT_ID, PARTITION
from federation.account.reading.entities import POLICY, ROLE
from federation.account.reading.faults import Faults
from federation.account.reading.files import FileContent
from federation.account.reading.keyring import Keyring
from federation.account.reading.saml_providers import SAML_PROVIDERS
from federation.account.reading.settings import ACCOUNT_ALIAS, KEYRING_FILE, PROFILE, SETTINGS_FILE
from federation.account.writing.atomic import PRIVATE_MODE, PUBLIC_MODE, write_directory
from federation.account.writing.documents import check_name, document_octets
from federation.account.writing.draft import Target, drafting
from federation.check_names import AccountCheck
from federation.errors import ValidationError, show
from federation.profiles import Profile

_ALIAS: Final = re.compile(r"^alias[ \t]*=[^\n]*(?:\n|\Z)", re.MULTILINE)
"""The line of ``account.toml`` that states the alias: a text of the reader's form, so it has no line of its own within."""
DIRECTORIES: Final = (SAML_PROVIDERS, ROLE.directory, POLICY.directory)


def init_account(path: str | os.PathLike[str], *, account_id: str, partition: str = "aws", profile: Profile | str = Profile.STRICT) -> Path:
    """Create an account directory with a new keyring and return its path.

    Args:
        path: A directory that does not exist, or an empty one. Its parent must exist.
        account_id: Twelve digits.
        partition: ``aws``, ``aws-cn``, ``aws-us-gov`` …
        profile: The default profile of the account's providers.

    Raises:
        ValidationError: An argument is invalid.
        AccountFault: The directory is not empty, or cannot be written.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise ValidationError(check="path", expected="a path", found=type(path).__name__, remedy="pass the directory to make")
    files = new_account_files(account_id=account_id, partition=partition, profile=profile)
    target = Path(path)
    write_directory(target, files, directories=DIRECTORIES)
    return target


def new_account_files(*, account_id: str, partition: str = "aws", profile: Profile | str = Profile.STRICT) -> dict[str, FileContent]:
    """Return the files of a new account by name. The arguments are those of `init_account`.

    Raises:
        ValidationError: An argument is invalid.
    """
    checks: tuple[tuple[AccountCheck, object, re.Pattern[str]], ...] = (
        ("account-id", account_id, ACCOUNT_ID),
        ("partition", partition, PARTITION),
        ("profile", profile, PROFILE),
    )
    for check, value, pattern in checks:
        if not isinstance(value, str) or pattern.fullmatch(value) is None:
            raise ValidationError(check=check, expected=f"text matching {pattern.pattern}", found=show(value), remedy="correct the value")
    settings = f'id = "{account_id}"\npartition = "{partition}"\nprofile = "{Profile(profile).value}"\nkeyring = "{KEYRING_FILE}"\n'
    return {
        SETTINGS_FILE: FileContent(settings.encode(), PUBLIC_MODE),
        KEYRING_FILE: FileContent(document_octets(Keyring.generate().as_document()), PRIVATE_MODE),
    }


def set_account_alias(account: Target, *, alias: str | None) -> None:
    """Set the alias of the account in ``account.toml``; None removes it. Everything else of the file stays as it is written.

    Raises:
        ValidationError: The alias is invalid.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    if alias is not None:
        check_name("account-alias", alias, ACCOUNT_ALIAS)
    with drafting(account) as draft:
        faults = Faults()
        text = draft.tree(faults).text(SETTINGS_FILE)
        if text is None:
            raise faults.error()
        line = "" if alias is None else f'alias = "{alias}"\n'
        draft.write(SETTINGS_FILE, (line + _ALIAS.sub("", text, count=1)).encode("utf-8"))
