"""Reading of ``account.toml``: the account and the defaults of its providers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from federation import limits
from federation.account.model import ACCOUNT_ID, PARTITION
from federation.account.organization import Organization
from federation.account.reading.faults import Faults
from federation.account.reading.fields import Fields
from federation.account.reading.files import Tree
from federation.errors import show
from federation.profiles import Profile, Replay

SETTINGS_FILE: Final = "account.toml"
KEYRING_FILE: Final = "keyring.json"
PROFILE: Final = re.compile("|".join(Profile))
REPLAY: Final = re.compile("|".join(Replay))
_ORGANIZATION_ID: Final = re.compile(r"o-[a-z0-9]{10,32}", re.ASCII)
_ORGANIZATION_PATH: Final = re.compile(r"o-[a-z0-9]{10,32}/r-[a-z0-9]{4,32}/(?:ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}/)*", re.ASCII)
ACCOUNT_ALIAS: Final = re.compile(r"[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9]", re.ASCII)
_PLAIN_NAME: Final = re.compile(r"[\w-][\w.-]{0,127}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The content of ``account.toml``.

    Attributes:
        id: Account id, twelve digits.
        partition: ``aws`` when absent.
        profile: ``strict`` when absent.
        replay: ``once`` when absent.
        keyring: Name of the keyring file in the account directory.
        clock_skew: Default clock skew of the providers.
        audiences: Default audiences of SAML providers; None for those of AWS.
        recipients: Default recipients of SAML providers; None for those of AWS.
        organization: The organization of the account, or None.
        plugins: Names of the plug-ins that the account enables.
        alias: Alias of the account, or None.
    """

    id: str
    partition: str
    profile: Profile
    replay: Replay
    keyring: str
    clock_skew: timedelta
    audiences: tuple[str, ...] | None
    recipients: tuple[str, ...] | None
    organization: Organization | None = None
    plugins: tuple[str, ...] = ()
    alias: str | None = None


def read_settings(tree: Tree, faults: Faults) -> Settings | None:
    """Return the content of ``account.toml``; None after recording faults."""
    before = len(faults)
    document = tree.toml(SETTINGS_FILE)
    if document is None:
        return None
    fields = Fields(document, file=SETTINGS_FILE, faults=faults)
    account = fields.text("id", required=True, pattern=ACCOUNT_ID)
    partition = fields.text("partition", pattern=PARTITION) or "aws"
    profile = fields.text("profile", pattern=PROFILE) or Profile.STRICT
    replay = fields.text("replay", pattern=REPLAY) or Replay.ONCE
    keyring = fields.text("keyring", pattern=_PLAIN_NAME) or KEYRING_FILE
    skew = fields.integer("clock_skew", low=0, high=limits.MAX_CLOCK_SKEW_SECONDS) or 0
    audiences, recipients = names(fields, "audiences"), names(fields, "recipients")
    organization, plugins = _organization(fields), names(fields, "plugins") or ()
    alias = fields.text("alias", pattern=ACCOUNT_ALIAS)
    fields.finish()
    if account is None or len(faults) > before:
        return None
    return Settings(
        id=account,
        partition=partition,
        profile=Profile(profile),
        replay=Replay(replay),
        keyring=keyring,
        clock_skew=timedelta(seconds=skew),
        audiences=audiences,
        recipients=recipients,
        organization=organization,
        plugins=plugins,
        alias=alias,
    )


def _organization(fields: Fields) -> Organization | None:
    table = fields.object("organization")
    if table is None:
        return None
    name = table.text("id", required=True, pattern=_ORGANIZATION_ID)
    paths, members = table.texts("paths") or (), table.texts("root_access") or ()
    for path in paths:
        if _ORGANIZATION_PATH.fullmatch(path) is None or not path.startswith(f"{name}/"):
            table.fault("paths", "o-…/r-…/ou-…/, beginning with the id", show(path), "copy the path of the account's parent")
    for member in members:
        if ACCOUNT_ID.fullmatch(member) is None:
            table.fault("root_access", "member accounts of twelve digits", show(member), "correct the account id")
    table.finish()
    return None if name is None else Organization(id=name, paths=paths, root_access=frozenset(members))


def names(fields: Fields, member: str) -> tuple[str, ...] | None:
    """Return the list *member*. An empty list is a fault, so that it can never be taken for "any value"."""
    values = fields.texts(member)
    if values == ():
        fields.fault(member, "at least one text", "an empty list", "name what is accepted, or remove the member for AWS's defaults")
        return None
    return values
