"""Tags, transitive tags and source identity of a new role session, passed and inherited (docs/observed.md 1.1, 5.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from federation import aws_texts
from federation.errors import AccessDenied, InvalidParameterValue, ValidationError, show
from federation.identity import SessionTag
from federation.sts.callers.caller import Caller
from federation.sts.operations.requested_tags import read_tags
from federation.sts.sessions.tags import check_transitive_keys
from federation.tags import RESERVED_PREFIX, fault_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """Tags and source identity of the new session.

    Attributes:
        requested: Tags of the call.
        tags: Tags of the call and inherited transitive tags.
        transitive_tag_keys: Keys of the tags that pass to chained sessions.
        source_identity: The passed or inherited SourceIdentity; None where there is none.
    """

    requested: tuple[SessionTag, ...]
    tags: tuple[SessionTag, ...]
    transitive_tag_keys: tuple[str, ...]
    source_identity: str | None


def read_session_facts(
    caller: Caller, *, tags: Sequence[object], transitive_tag_keys: Sequence[str], source_identity: str | None
) -> SessionFacts:
    """Return tags and source identity of a call, merged with those of the calling session.

    Raises:
        InvalidParameterValue: A key occurs twice, a transitive key has no tag, or a tag conflicts with an inherited one.
        ValidationError: A key has a reserved prefix, or there are too many tags.
        AccessDenied: The source identity differs from that of the calling session.
    """
    requested = read_tags(tags)
    inherited_keys = {key.lower() for key in caller.transitive_tag_keys}
    inherited = tuple(tag for tag in caller.session_tags if tag.key.lower() in inherited_keys)
    _check_no_conflict([*(tag.key for tag in requested), *transitive_tag_keys], inherited_keys)
    check_transitive_keys(transitive_tag_keys, requested, remedy="pass a tag for every transitive key, each once")
    fault = fault_of((*inherited, *requested))
    if fault is not None:
        raise ValidationError(check="tags", expected=fault[0], found=show(fault[1]), remedy="pass fewer tags; inherited ones count")
    return SessionFacts(
        requested=requested,
        tags=(*inherited, *requested),
        transitive_tag_keys=(*(tag.key for tag in inherited), *transitive_tag_keys),
        source_identity=_source_identity(caller, source_identity),
    )


def _check_no_conflict(keys: Sequence[str], inherited: set[str]) -> None:
    taken = next((key for key in keys if key.lower() in inherited), None)
    if taken is not None:
        raise InvalidParameterValue(
            check="transitive-tag-conflict",
            expected="no key that the calling session has as a transitive tag",
            found=show(taken),
            remedy="leave the tag out: its inherited value stays for the whole chain",
            message=aws_texts.sessions.TRANSITIVE_CONFLICT,
        )


def _source_identity(caller: Caller, asked: str | None) -> str | None:
    """Return the source identity, which chained sessions cannot change."""
    if asked is not None and asked.lower().startswith(RESERVED_PREFIX):
        raise ValidationError(
            check="source-identity",
            expected=f"a name that does not begin with {RESERVED_PREFIX}",
            found=show(asked),
            remedy="choose another",
        )
    if asked is not None and caller.source_identity is not None and asked != caller.source_identity:
        raise AccessDenied(
            check="source-identity-chain",
            expected=f"the source identity of the calling session, {show(caller.source_identity)}, or none",
            found=show(asked),
            remedy="leave SourceIdentity out: it cannot change along a chain of roles",
        )
    return caller.source_identity if asked is None else asked
