"""Checks of AWS on the claims of a web identity token for the session: roles, tags, source identity.

Source: IAM user guide, "Pass session tags"; docs/observed.md 3.5.

`CHECKS` are the checks, and `read_session_request` reads the claims afterwards. All values come from the verified identity.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from federation import aws_texts
from federation.check_names import StsCheck
from federation.errors import FederationError, InvalidIdentityToken, show
from federation.identity import SessionTag
from federation.report import BOTH, Check, enforce
from federation.sts.login.verified_login import SessionRequest, VerifiedLogin
from federation.sts.sessions.tags import check_tags, check_transitive_keys

PREFIX: Final = "https://aws.amazon.com/"
ROLES: Final = f"{PREFIX}roles"
TAGS: Final = f"{PREFIX}tags"
SOURCE_IDENTITY: Final = f"{PREFIX}source_identity"
_FLAT_TAG: Final = f"{TAGS}/principal_tags/"
_FLAT_TRANSITIVE: Final = f"{TAGS}/transitive_tag_keys"
_REMEDY: Final = "correct the claim in the identity provider's token mapping"

# A role ARN of IAM: an optional path and the name. It is anchored, so that a list joined by commas is not one role.
_ROLE_ARN: Final = re.compile(r"arn:aws(?:-[a-z]+)*:iam::[0-9]{12}:role(?:/[A-Za-z0-9_+=,.@-]+)+", re.ASCII)
_SOURCE_IDENTITY: Final = re.compile(r"[A-Za-z0-9_+=,.@-]{2,64}", re.ASCII)


def check_roles_claim(login: VerifiedLogin) -> None:
    """Require that a token which names the roles it may assume names this one; asked before the trust policy, which is never reached."""
    roles = _roles(login.identity.attributes)
    if roles is not None and login.role_arn not in roles:
        raise _malformed(
            "roles-claim",
            f"{show(login.role_arn)} in the claim {ROLES}",
            f"{len(roles)} other roles",
            aws_texts.web_identity.ROLES_MISMATCH,
        )


def check_principal_tags(login: VerifiedLogin) -> None:
    """Require of the tags, in either shape, the form and the limits of session tags (attack row J52)."""
    check_tags(_tags(login.identity.attributes), remedy=_REMEDY)


def check_transitive_tag_keys(login: VerifiedLogin) -> None:
    """Require that the transitive keys are a list of keys of the token's own tags, each once."""
    claims = login.identity.attributes
    keys = _transitive_tag_keys(claims)
    try:
        tags = _tags(claims) if keys else ()
    except InvalidIdentityToken:  # check_principal_tags refuses malformed tags
        return
    check_transitive_keys(keys, tags, remedy=_REMEDY)


def check_source_identity(login: VerifiedLogin) -> None:
    """Require that the source identity, when present, is one name (attack row A19). The pattern itself excludes a beginning ``aws:``."""
    value = login.identity.attributes.get(SOURCE_IDENTITY)
    if value is None or (isinstance(value, str) and _SOURCE_IDENTITY.fullmatch(value) is not None):
        return
    raise InvalidIdentityToken(
        check="source-identity",
        expected=f"claim {SOURCE_IDENTITY} matching {_SOURCE_IDENTITY.pattern}, or none",
        found=show(value),
        remedy=_REMEDY,
    )


_GUIDE: Final = "IAM user guide, session tags with OpenID Connect"

CHECKS: Final[tuple[Check[VerifiedLogin], ...]] = (
    Check("roles-claim", "AWS, observed: the roles claim", BOTH, check_roles_claim),
    Check("principal-tags", f"{_GUIDE}; attack row J52", BOTH, check_principal_tags),
    Check("transitive-tag-keys", _GUIDE, BOTH, check_transitive_tag_keys),
    Check("source-identity", "IAM user guide, source identity; attack row A19", BOTH, check_source_identity),
)
"""The checks of the exchange on the claims."""


def session_request(login: VerifiedLogin) -> SessionRequest:
    """Run `CHECKS` and return the session request of the claims.

    Raises:
        FederationError: The first of `CHECKS` that refuses.
    """
    if PREFIX not in "\n".join(login.identity.attributes):  # most tokens have no claim of AWS
        return SessionRequest(name=login.session_name, authorized_by_idp=False)
    enforce(CHECKS, login)
    return read_session_request(login)


def read_session_request(login: VerifiedLogin) -> SessionRequest:
    """Return the session request of an exchange that passed `CHECKS`."""
    claims = login.identity.attributes
    return SessionRequest(
        name=login.session_name,
        tags=_tags(claims),
        transitive_tag_keys=_transitive_tag_keys(claims),
        source_identity=claims.get(SOURCE_IDENTITY),
        authorized_by_idp=_roles(claims) is not None,
    )


def read_what_holds(login: VerifiedLogin) -> SessionRequest:
    """Return the session request with only the parts whose check passes. It is for explanations and never for issuing."""
    claims, held = login.identity.attributes, set()
    for check in CHECKS:
        try:
            check.run(login)
        except FederationError:
            continue
        held.add(check.name)
    return SessionRequest(
        name=login.session_name,
        tags=_tags(claims) if "principal-tags" in held else (),
        transitive_tag_keys=_transitive_tag_keys(claims) if {"principal-tags", "transitive-tag-keys"} <= held else (),
        source_identity=claims.get(SOURCE_IDENTITY) if "source-identity" in held else None,
        authorized_by_idp="roles-claim" in held and _roles(claims) is not None,
    )


def _tags(claims: Mapping[str, Any]) -> tuple[SessionTag, ...]:
    """Return the tags of both forms. Issuers that cannot nest claims write each tag as a separate claim."""
    tags = [SessionTag(key, value) for key, value in _nested_tags(claims).items()]
    for name, value in claims.items():
        if name.startswith(_FLAT_TAG):
            if not isinstance(value, str):
                raise _malformed(
                    "principal-tags", f"{show(name)} as a string", show(value), aws_texts.web_identity.MALFORMED_PRINCIPAL_TAGS
                )
            tags.append(SessionTag(name.removeprefix(_FLAT_TAG), value))
    return tuple(tags)


def _nested_tags(claims: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags of ``{"principal_tags": {"Key": ["value"]}}``. Every value is a list of exactly one string."""
    tags = claims.get(TAGS, {})
    if not isinstance(tags, dict):
        raise _malformed("principal-tags", f"{TAGS} as an object", show(tags), aws_texts.web_identity.MALFORMED_SESSION_TAGS)
    principal_tags = tags.get("principal_tags", {})
    if not isinstance(principal_tags, dict):
        raise _malformed(
            "principal-tags", "principal_tags as an object", show(principal_tags), aws_texts.web_identity.MALFORMED_PRINCIPAL_TAGS
        )
    for key, value in principal_tags.items():
        if not isinstance(value, list) or len(value) != 1 or not isinstance(value[0], str):
            raise _malformed(
                "principal-tags",
                f"a list of one string for the tag {show(key)}",
                show(value),
                aws_texts.web_identity.MALFORMED_PRINCIPAL_TAGS,
            )
    return {key: value[0] for key, value in principal_tags.items()}


def _transitive_tag_keys(claims: Mapping[str, Any]) -> tuple[str, ...]:
    nested = claims.get(TAGS)
    given = (nested.get("transitive_tag_keys") if isinstance(nested, dict) else None, claims.get(_FLAT_TRANSITIVE))
    keys: list[str] = []
    for source in given:
        if source is None:
            continue
        if not isinstance(source, list) or not all(isinstance(key, str) for key in source):
            raise _malformed(
                "transitive-tag-keys",
                "transitive_tag_keys as a list of strings",
                show(source),
                aws_texts.web_identity.MALFORMED_SESSION_TAGS,
            )
        keys += source
    return tuple(dict.fromkeys(keys))


def _roles(claims: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the roles of the claim: a list, or one string split at semicolons. Blanks are trimmed and invalid ARNs skipped (observed)."""
    value = claims.get(ROLES)
    if value is None:
        return None
    if not isinstance(value, (str, list)):
        raise _malformed("roles-claim", f"{ROLES} as a list of strings or one string", show(value), aws_texts.web_identity.ROLES_FORMAT)
    entries = value.split(";") if isinstance(value, str) else [entry for entry in value if isinstance(entry, str)]
    roles = tuple(role for role in (entry.strip() for entry in entries) if _ROLE_ARN.fullmatch(role))
    if not roles:
        raise _malformed("roles-claim", f"at least one role ARN in the claim {ROLES}", "none", aws_texts.web_identity.ROLES_EMPTY)
    return roles


def _malformed(check: StsCheck, expected: str, found: str, message: str) -> InvalidIdentityToken:
    return InvalidIdentityToken(check=check, expected=expected, found=found, remedy=_REMEDY, message=message)
