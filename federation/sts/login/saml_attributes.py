"""Checks of AWS on the attributes of an assertion, and the session request that they contain.

Source: IAM user guide, "Configure SAML assertions"; docs/observed.md 2.2.

`CHECKS` has the observed order of AWS. `read_session_request` reads the attributes afterwards. All values come from the verified identity
and hence from signed octets (attack row P25). A single-valued attribute with several values is refused (row T12).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from federation import aws_texts, limits
from federation.errors import FederationError, InvalidIdentityToken, show
from federation.identity import SessionTag
from federation.report import BOTH, Check
from federation.sts.login.verified_login import SessionRequest, VerifiedLogin
from federation.sts.sessions.tags import check_tags, check_transitive_keys, refused_tags

PREFIX: Final = "https://aws.amazon.com/SAML/Attributes/"
ROLE: Final = f"{PREFIX}Role"
ROLE_SESSION_NAME: Final = f"{PREFIX}RoleSessionName"
SESSION_DURATION: Final = f"{PREFIX}SessionDuration"
PRINCIPAL_TAG: Final = f"{PREFIX}PrincipalTag:"
TRANSITIVE_TAG_KEYS: Final = f"{PREFIX}TransitiveTagKeys"
SOURCE_IDENTITY: Final = f"{PREFIX}SourceIdentity"

_NAME: Final = re.compile(r"[a-zA-Z_0-9+=,.@-]{2,64}", re.ASCII)
_SECONDS: Final = re.compile(r"[0-9]{1,10}", re.ASCII)
_CORRECT_TAGS: Final = "correct the PrincipalTag attributes at the identity provider"
_OFFERED: Final = 3
"""Most role pairs of the assertion that a refusal repeats."""


def attribute(login: VerifiedLogin, name: str) -> tuple[str, ...]:
    """Return the values of all Attributes of the name *name*; empty where there is none."""
    values: tuple[str, ...] = login.identity.attributes.get(name, ())
    return values


def check_role_pair(login: VerifiedLogin) -> None:
    """Require a Role value that is exactly the pair of the call, in either order (attack row P24)."""
    role, provider = login.role_arn, login.provider_arn
    offered = attribute(login, ROLE)
    if f"{role},{provider}" in offered or f"{provider},{role}" in offered:
        return
    near = [pair for pair in offered if role in pair or provider in pair] or list(offered)
    raise InvalidIdentityToken(
        check="role-pair",
        expected=f"attribute {ROLE} with the value {show(f'{role},{provider}')}",
        found=", ".join(show(pair) for pair in near[:_OFFERED]) + (f" and {len(near) - _OFFERED} more" if len(near) > _OFFERED else "")
        or "no value",
        remedy="ask for a pair the assertion offers, or correct the attribute at the identity provider: no spaces, exact case",
        message=aws_texts.saml.ROLE_PAIR,
    )


def check_session_name(login: VerifiedLogin) -> None:
    """Require exactly one RoleSessionName of 2 to 64 characters."""
    values = attribute(login, ROLE_SESSION_NAME)
    if len(values) == 1 and _NAME.fullmatch(values[0]) is not None:
        return
    raise InvalidIdentityToken(
        check="role-session-name",
        expected=f"attribute {ROLE_SESSION_NAME} with one value matching {_NAME.pattern}",
        found=_found(values),
        remedy="map a user name or e-mail address to it at the identity provider",
        message=aws_texts.saml.session_name_form(_NAME.pattern) if values else aws_texts.saml.NO_SESSION_NAME,
    )


def check_session_duration(login: VerifiedLogin) -> None:
    """Require that SessionDuration, when present, is one integer of 900 to 43200 seconds."""
    values = attribute(login, SESSION_DURATION)
    if not values:
        return
    low, high = limits.ROLE_SESSION_MIN_SECONDS, limits.ROLE_SESSION_MAX_SECONDS
    if len(values) == 1 and _SECONDS.fullmatch(values[0]) is not None and low <= int(values[0]) <= high:
        return
    raise InvalidIdentityToken(
        check="session-duration",
        expected=f"attribute {SESSION_DURATION} with one integer from {low} to {high}, or none",
        found=_found(values),
        remedy="correct or remove the attribute at the identity provider",
    )


def check_principal_tags(login: VerifiedLogin) -> None:
    """Require that every PrincipalTag has one value, and that keys and values are tags (attack row A18)."""
    for name, values in _tag_attributes(login):
        if len(values) != 1:
            raise refused_tags("one AttributeValue for each PrincipalTag", f"{len(values)} values for {show(name)}", remedy=_CORRECT_TAGS)
    check_tags(_tags(login), remedy=_CORRECT_TAGS)


def check_transitive_tag_keys(login: VerifiedLogin) -> None:
    """Require that TransitiveTagKeys names tags of this very assertion, each once."""
    keys = attribute(login, TRANSITIVE_TAG_KEYS)
    check_transitive_keys(keys, _tags(login) if keys else (), remedy="send a PrincipalTag for every transitive key")


def check_source_identity(login: VerifiedLogin) -> None:
    """Require that SourceIdentity, when present, is one name (attack row A19). The pattern itself excludes a beginning ``aws:``."""
    values = attribute(login, SOURCE_IDENTITY)
    if not values or (len(values) == 1 and _NAME.fullmatch(values[0]) is not None):
        return
    raise InvalidIdentityToken(
        check="source-identity",
        expected=f"attribute {SOURCE_IDENTITY} with one value matching {_NAME.pattern}, or none",
        found=_found(values),
        remedy="map a user name or e-mail address to it at the identity provider",
        message=aws_texts.saml.source_identity_form(_NAME.pattern),
    )


_GUIDE: Final = "IAM user guide, SAML assertions"

CHECKS: Final[tuple[Check[VerifiedLogin], ...]] = (
    Check("role-pair", f"{_GUIDE}: Role; attack row P24", BOTH, check_role_pair),
    Check("role-session-name", f"{_GUIDE}: RoleSessionName; attack row T12", BOTH, check_session_name),
    Check("session-duration", f"{_GUIDE}: SessionDuration", BOTH, check_session_duration),
    Check("principal-tags", f"{_GUIDE}: PrincipalTag; attack row A18", BOTH, check_principal_tags),
    Check("transitive-tag-keys", f"{_GUIDE}: TransitiveTagKeys", BOTH, check_transitive_tag_keys),
    Check("source-identity", f"{_GUIDE}: SourceIdentity; attack row A19", BOTH, check_source_identity),
)
"""The checks of the exchange on the attributes, in the observed order of AWS."""


def read_session_request(login: VerifiedLogin) -> SessionRequest:
    """Return the session request of an exchange that passed `CHECKS`."""
    duration, source = attribute(login, SESSION_DURATION), attribute(login, SOURCE_IDENTITY)
    return SessionRequest(
        name=attribute(login, ROLE_SESSION_NAME)[0],
        duration=int(duration[0]) if duration else None,
        tags=_tags(login),
        transitive_tag_keys=attribute(login, TRANSITIVE_TAG_KEYS),
        source_identity=source[0] if source else None,
    )


def read_what_holds(login: VerifiedLogin) -> SessionRequest:
    """Return the session request with only the parts whose check passes. It is for explanations and never for issuing."""

    def holds(check: Callable[[VerifiedLogin], None]) -> bool:
        try:
            check(login)
        except FederationError:
            return False
        return True

    named, tagged, source = holds(check_session_name), holds(check_principal_tags), attribute(login, SOURCE_IDENTITY)
    return SessionRequest(
        name=attribute(login, ROLE_SESSION_NAME)[0] if named else None,
        tags=_tags(login) if tagged else (),
        transitive_tag_keys=attribute(login, TRANSITIVE_TAG_KEYS) if tagged and holds(check_transitive_tag_keys) else (),
        source_identity=source[0] if source and holds(check_source_identity) else None,
    )


def _tags(login: VerifiedLogin) -> tuple[SessionTag, ...]:
    return tuple([SessionTag(name.removeprefix(PRINCIPAL_TAG), values[0]) for name, values in _tag_attributes(login) if values])


def _tag_attributes(login: VerifiedLogin) -> list[tuple[str, tuple[str, ...]]]:
    """Return the PrincipalTag attributes in order. Most assertions have none, which one search in all names finds out."""
    attributes = login.identity.attributes
    if PRINCIPAL_TAG not in "\n".join(attributes):
        return []
    return [(name, values) for name, values in attributes.items() if name.startswith(PRINCIPAL_TAG)]


def _found(values: tuple[str, ...]) -> str:
    return "none" if not values else show(values[0]) if len(values) == 1 else f"{len(values)} values"
