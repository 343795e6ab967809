"""The edits that make a SAML login succeed: at the identity provider, in the registration, in the call, or a new response."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Final

from federation import limits
from federation.account.reading.saml_providers import METADATA_FILE, SETTINGS_FILE, provider_directory
from federation.errors import printable, show
from federation.explaining.saml.evidence import Evidence, plain
from federation.explanation import Edit, Owner, Place
from federation.saml.registration.provider import SamlProvider
from federation.vendors.identity_providers import Topic

_NAMED: Final[dict[Topic, str]] = {
    "audience": "the audience (the entity id of the service provider)",
    "recipient": "the assertion consumer URL (recipient and destination)",
    "role": "the attribute for roles",
    "session-name": "the attribute for the session name",
    "name-id-format": "the format of the NameID",
    "authn-statement": "the AuthnStatement",
    "lifetime": "the lifetime of assertions",
    "not-before": "the time from which assertions hold",
    "signing": "what is signed",
    "algorithm": "the signature algorithm",
    "canonicalisation": "the canonicalisation",
    "encryption": "the encryption of assertions",
    "certificate": "the signing certificate",
}
"""What a setting decides, for products whose name for it is not known."""
_LONGEST: Final = 2 * limits.ARN_CHARS + 1
"""Characters of a text to write: a pair of ARNs is the longest."""


def at_identity_provider(evidence: Evidence, instruction: str, *, path: str, old: str | None = None, new: str | None = None) -> Edit:
    """Return an edit of the identity provider for which no setting is known."""
    place = Place(owner="identity-provider", path=path)
    return Edit(place=place, instruction=f"At {evidence.product.name}, {instruction}.", old=_shown(old), new=_exact(new))


def setting(
    evidence: Evidence, topic: Topic, *, path: str, old: str | None = None, new: str | None = None, why: str = "", to: str | None = None
) -> Edit:
    """Return an edit of a setting of the identity provider, by the name on its screen where that is known.

    Args:
        evidence: The refused response.
        topic: What the setting decides.
        path: What it decides in the response, such as ``Conditions/AudienceRestriction/Audience``.
        old: What the response has now.
        new: What it must have.
        why: What follows in the instruction.
        to: The value to choose in words, where it is not *new*.
    """
    known = evidence.product.settings.get(topic)
    place = Place(owner="identity-provider", path=path, setting=known.name if known else "", source=known.source if known else "")
    name = f"“{known.name}”" if known else _NAMED[topic]
    chosen = known.choice if known and known.choice else to if to is not None else show(new) if new is not None else "its right value"
    instruction = f"At {evidence.product.name}, set {name} to {chosen}{why}."
    return Edit(place=place, instruction=instruction, old=_shown(old), new=_exact(new))


def in_call(parameter: str, old: str, new: str, *, flag: str) -> Edit:
    """Return an edit of a parameter of the call, by its name in the API and its flag on the command line."""
    place = Place(owner="call", path=parameter)
    return Edit(place=place, instruction=f"Pass {show(new)} as {flag}.", old=_shown(old), new=_exact(new))


def in_settings(
    evidence: Evidence, key: str, instruction: str, *, old: str | None, new: str, flags: Iterable[str], lets_in: str = ""
) -> Edit:
    """Return an edit of a setting of the registration: a key of ``provider.toml``."""
    return Edit(
        place=Place(owner="provider", file=file_of(evidence, SETTINGS_FILE), path=key),
        instruction=instruction,
        old=_shown(old),
        new=_exact(new),
        command=update_command(evidence, flags),
        lets_in=lets_in,
    )


def in_metadata(evidence: Evidence, instruction: str, *, path: str, old: str | None, new: str | None, lets_in: str = "") -> Edit:
    """Return the edit that puts other metadata in the place of what is registered."""
    provider = evidence.provider
    at_aws = (
        ""
        if provider is None
        else f" At AWS: aws iam update-saml-provider --saml-provider-arn {provider.arn} --saml-metadata-document file://metadata.xml"
    )
    return Edit(
        place=Place(owner="provider", file=file_of(evidence, METADATA_FILE), path=path),
        instruction=instruction + at_aws,
        old=_shown(old),
        new=_exact(new),
        command=update_command(evidence, ("--metadata", "metadata.xml")),
        lets_in=lets_in,
    )


def new_response(instruction: str, *, path: str = "", old: str | None = None, owner: Owner = "token") -> Edit:
    """Return the edit that has the identity provider asked again."""
    return Edit(place=Place(owner=owner, path=path), instruction=instruction, old=_shown(old))


def name_of(provider: SamlProvider) -> str:
    """Return the name of *provider* as in its ARN."""
    return provider.doc.partition("/")[2]


def file_of(evidence: Evidence, file: str) -> str:
    """Return the path of *file* of the provider in the account directory; empty where there is no account."""
    provider = evidence.provider
    return "" if evidence.account is None or provider is None else f"{provider_directory(name_of(provider))}/{file}"


def update_command(evidence: Evidence, flags: Iterable[str]) -> str:
    """Return the command that changes the registration; empty where there is no account."""
    provider = evidence.provider
    if evidence.account is None or provider is None:
        return ""
    return shlex.join(["federation", "account", "update-saml-provider", "--name", name_of(provider), *flags])


def _exact(text: str | None) -> str | None:
    """Return the text to write: whole, as far as it can be written."""
    return None if text is None else printable(text[:_LONGEST])


def _shown(text: str | None) -> str | None:
    return None if text is None else plain(text)
