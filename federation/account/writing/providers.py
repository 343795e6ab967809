"""Common parts of the writers of providers. A provider has a directory with its material and ``provider.toml``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from federation import clock
from federation.account.reading.faults import Faults
from federation.account.writing.atomic import PUBLIC_MODE
from federation.account.writing.attachments import Tags, left_tags, merged_tags
from federation.account.writing.draft import Draft
from federation.account.writing.entities import no_such_entity
from federation.account.writing.toml import NONE, toml_octets
from federation.errors import EntityAlreadyExists, ValidationError, show
from federation.identity import SessionTag

SETTINGS_FILE: Final = "provider.toml"


def require_no_provider(draft: Draft, directory: str, marker: str, name: str, *, message: str | None = None) -> None:
    """Require that *directory* holds no provider. The file *marker* exists for every provider; *message* is AWS's text.

    Raises:
        EntityAlreadyExists: Check ``write``: there is one.
    """
    if marker in draft.entries(directory):
        raise EntityAlreadyExists(
            file=directory,
            path="",
            expected="a provider that is not registered yet",
            found=f"the provider {show(name)}",
            remedy="update it, or delete it first",
            check="write",
            message=message,
        )


def require_provider(draft: Draft, directory: str, marker: str, name: str) -> None:
    """Require that *directory* holds a provider. The file *marker* exists for every provider.

    Raises:
        NoSuchEntity: Check ``write``: there is none.
    """
    if marker not in draft.entries(directory):
        raise no_such_entity(directory, f"a registered provider {show(name)}", "none")


def write_settings(draft: Draft, directory: str, given: Mapping[str, Any], *, unset: Collection[str] = (), keep: bool = False) -> None:
    """Write *given* to ``provider.toml`` and remove *unset* from it. An empty file is removed unless *keep*.

    Raises:
        RegistrationError: A value cannot be written as TOML.
        ValidationError: Check ``unset``: the file does not have one of these settings.
        AccountFaults: The file cannot be read.
    """
    file, present = f"{directory}/{SETTINGS_FILE}", settings_of(draft, directory)
    missing = [name for name in unset if name not in present]
    if missing:
        known = ", ".join(present) or "nothing"
        raise ValidationError(
            check="unset",
            expected=f"one of what the provider sets: {known}",
            found=show(missing[0]),
            remedy="name a setting that the provider has",
        )
    settings = {**{name: value for name, value in present.items() if name not in unset}, **_as_written(given)}
    if settings or keep:
        draft.write(file, toml_octets(settings), mode=PUBLIC_MODE)
    else:
        draft.remove(file)


def settings_of(draft: Draft, directory: str) -> dict[str, Any]:
    """Return what ``provider.toml`` states; empty where there is none.

    Raises:
        AccountFaults: The file cannot be read.
    """
    faults = Faults()
    present: Any = draft.tree(faults).toml(f"{directory}/{SETTINGS_FILE}") if SETTINGS_FILE in draft.entries(directory) else {}
    if len(faults):
        raise faults.error()
    return dict(present)


def tag_provider(draft: Draft, directory: str, tags: Tags) -> None:
    """Add *tags* to the provider of *directory*. A tag whose key differs only by case is replaced.

    Raises:
        ValidationError: A tag is invalid, or the provider would have more than 50 tags.
    """
    write_settings(draft, directory, {"tags": tag_table(merged_tags(_tags_of(draft, directory), tags))})


def untag_provider(draft: Draft, directory: str, keys: Iterable[str]) -> None:
    """Remove the tags with *keys*, without regard to case, from the provider of *directory*. Missing keys are ignored."""
    write_settings(draft, directory, {"tags": tag_table(left_tags(_tags_of(draft, directory), keys))})


def tag_table(tags: Tags) -> dict[str, str]:
    """Return *tags* in the form of ``provider.toml``."""
    return {tag.key: tag.value for tag in tags}


def _tags_of(draft: Draft, directory: str) -> Tags:
    return [SessionTag(key, str(value)) for key, value in settings_of(draft, directory).get("tags", {}).items()]


def delete_files(draft: Draft, directory: str, names: Collection[str]) -> None:
    """Remove the files *names* of *directory*. An empty directory is removed too."""
    for name in names:
        draft.remove(f"{directory}/{name}")


def _as_written(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments of a provider in the form of ``provider.toml``: durations in whole seconds, no limit as ``none``."""
    written = dict(given)
    if "clock_skew" in written:
        written["clock_skew"] = int(clock.skew(written["clock_skew"]).total_seconds())
    if "max_age" in written:
        age = clock.age(written["max_age"])
        written["max_age"] = NONE if age is None else int(age.total_seconds())
    return {name: str(value) if isinstance(value, str) else value for name, value in written.items()}
