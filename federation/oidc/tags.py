"""Session data that an identity provider puts into a token: tags, source identity, and the roles it allows (spec 3.5).

Pure readers of a proved identity, used by the exchange; validation itself does not look at these claims.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from federation import limits
from federation.errors import InvalidIdentityToken, show
from federation.identity import SessionTag, VerifiedIdentity
from federation.oidc import messages

TAGS: Final = "https://aws.amazon.com/tags"
SOURCE_IDENTITY: Final = "https://aws.amazon.com/source_identity"
ROLES: Final = "https://aws.amazon.com/roles"
_FLAT_TAG: Final = f"{TAGS}/principal_tags/"
_FLAT_TRANSITIVE: Final = f"{TAGS}/transitive_tag_keys"

# IAM's role ARN: an optional path of /-separated segments, then the name. Anchored, so a list glued with commas is not one role.
_ROLE_ARN: Final = re.compile(r"arn:aws(?:-[a-z]+)*:iam::[0-9]{12}:role(?:/[A-Za-z0-9_+=,.@-]+)+", re.ASCII)
_SOURCE_IDENTITY: Final = re.compile(r"[A-Za-z0-9_+=,.@-]{2,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class SessionClaims:
    """What a token asks for its session.

    Attributes:
        tags: Principal tags in order of the token.
        transitive_tag_keys: Keys of those tags that pass along a chain of roles.
        source_identity: The source identity to set, None where the token sets none.
        roles: Role ARNs that the identity provider lets this token assume, None where it does not say.
    """

    tags: tuple[SessionTag, ...] = ()
    transitive_tag_keys: tuple[str, ...] = ()
    source_identity: str | None = None
    roles: tuple[str, ...] | None = None


def read_session_claims(identity: VerifiedIdentity) -> SessionClaims:
    """Read the session claims of a proved web identity.

    Raises:
        InvalidIdentityToken: checks ``principal-tags``, ``transitive-tag-keys``, ``source-identity``, ``roles-claim``.
    """
    claims = identity.attributes
    tags = tuple(_nested_tags(claims)) + tuple(_flat_tags(claims))
    _check_tags(tags)
    return SessionClaims(tags, _transitive_tag_keys(claims, tags), _source_identity(claims), _roles(claims))


def authorize_role(session: SessionClaims, role_arn: str) -> bool:
    """Return the value of ``sts:RoleAuthorizedByIdp``: True where the token names *role_arn*, False where it names no roles at all.

    Asked before the trust policy, which is never reached for a role the identity provider does not list.

    Raises:
        InvalidIdentityToken: check ``roles-claim``, the token names roles but not this one.
    """
    if session.roles is None:
        return False
    if role_arn not in session.roles:
        raise _refusal(
            "roles-claim", f"{show(role_arn)} in the claim {ROLES}", f"{len(session.roles)} other roles", messages.ROLES_MISMATCH
        )
    return True


def _nested_tags(claims: Mapping[str, Any]) -> Iterator[SessionTag]:
    """``{"principal_tags": {"Key": ["value"]}}``: every value a list of exactly one string."""
    if TAGS not in claims:
        return
    tags = claims[TAGS]
    if not isinstance(tags, dict):
        raise _refusal("principal-tags", f"{TAGS} as an object", show(tags), messages.MALFORMED_SESSION_TAGS)
    principal_tags = tags.get("principal_tags", {})
    if not isinstance(principal_tags, dict):
        raise _refusal("principal-tags", "principal_tags as an object", show(principal_tags), messages.MALFORMED_PRINCIPAL_TAGS)
    for key, value in principal_tags.items():
        if not isinstance(value, list) or len(value) != 1 or not isinstance(value[0], str):
            raise _refusal(
                "principal-tags", f"a list of one string for the tag {show(key)}", show(value), messages.MALFORMED_PRINCIPAL_TAGS
            )
        yield SessionTag(key, value[0])


def _flat_tags(claims: Mapping[str, Any]) -> Iterator[SessionTag]:
    """``"https://aws.amazon.com/tags/principal_tags/Key": "value"``: for issuers that cannot nest claims."""
    for name, value in claims.items():
        if name.startswith(_FLAT_TAG):
            if not isinstance(value, str):
                raise _refusal("principal-tags", f"{show(name)} as a string", show(value), messages.MALFORMED_PRINCIPAL_TAGS)
            yield SessionTag(name.removeprefix(_FLAT_TAG), value)


def _check_tags(tags: tuple[SessionTag, ...]) -> None:
    """Apply the limits of session tags (spec 5.2; attack row J52); keys that differ only in case are one key."""
    if len(tags) > limits.SESSION_TAGS:
        raise _refusal("principal-tags", f"at most {limits.SESSION_TAGS} tags", f"{len(tags)}", messages.MALFORMED_PRINCIPAL_TAGS)
    seen: set[str] = set()
    for tag in tags:
        folded = tag.key.casefold()
        if not 0 < len(tag.key) <= limits.TAG_KEY_CHARS or len(tag.value) > limits.TAG_VALUE_CHARS or not _is_tag_text(tag.key + tag.value):
            expected = f"a key of 1 to {limits.TAG_KEY_CHARS} and a value of at most {limits.TAG_VALUE_CHARS} letters, digits and _.:/=+-@"
            raise _refusal("principal-tags", expected, show(tag.key), messages.MALFORMED_PRINCIPAL_TAGS)
        if folded.startswith("aws:"):
            raise _refusal("principal-tags", "a key without the reserved prefix aws:", show(tag.key), messages.MALFORMED_PRINCIPAL_TAGS)
        if folded in seen:
            raise _refusal("principal-tags", "every key once, whatever its case", show(tag.key), messages.MALFORMED_PRINCIPAL_TAGS)
        seen.add(folded)


def _is_tag_text(text: str) -> bool:
    return all(c in "_.:/=+-@" or c.isalnum() or unicodedata.category(c)[0] in "LNZ" for c in text)


def _transitive_tag_keys(claims: Mapping[str, Any], tags: tuple[SessionTag, ...]) -> tuple[str, ...]:
    nested = claims.get(TAGS)
    given = [source for source in ((nested or {}).get("transitive_tag_keys"), claims.get(_FLAT_TRANSITIVE)) if source is not None]
    keys: list[str] = []
    for source in given:
        if not isinstance(source, list) or not all(isinstance(key, str) for key in source):
            raise _refusal("transitive-tag-keys", "transitive_tag_keys as a list of strings", show(source), messages.MALFORMED_SESSION_TAGS)
        keys += source
    known = {tag.key.casefold() for tag in tags}
    for key in keys:
        if key.casefold() not in known:
            raise _refusal("transitive-tag-keys", "keys of the token's own tags", show(key), messages.MALFORMED_SESSION_TAGS)
    return tuple(dict.fromkeys(keys))


def _source_identity(claims: Mapping[str, Any]) -> str | None:
    value = claims.get(SOURCE_IDENTITY)
    if value is None:
        return None
    if not isinstance(value, str) or not _SOURCE_IDENTITY.fullmatch(value) or value.lower().startswith("aws:"):
        raise _refusal("source-identity", "a source identity of 2 to 64 characters from A-Z a-z 0-9 _+=,.@-", show(value))
    return value


def _roles(claims: Mapping[str, Any]) -> tuple[str, ...] | None:
    """AWS, observed: a list, or one string split at semicolons; blanks around entries go, entries that are no role ARN are skipped."""
    value = claims.get(ROLES)
    if value is None:
        return None
    if not isinstance(value, (str, list)):
        raise _refusal("roles-claim", f"{ROLES} as a list of strings or one string", show(value), messages.ROLES_FORMAT)
    entries = value.split(";") if isinstance(value, str) else [entry for entry in value if isinstance(entry, str)]
    roles = tuple(role for role in (entry.strip() for entry in entries) if _ROLE_ARN.fullmatch(role))
    if not roles:
        raise _refusal("roles-claim", f"at least one role ARN in the claim {ROLES}", "none", messages.ROLES_EMPTY)
    return roles


def _refusal(check: str, expected: str, found: str, message: str | None = None) -> InvalidIdentityToken:
    return InvalidIdentityToken(
        check=check, expected=expected, found=found, remedy="correct the claim in the identity provider's token mapping", message=message
    )
