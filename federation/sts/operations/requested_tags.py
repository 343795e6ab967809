"""Session tags in request parameters: checks, and their condition keys (docs/observed.md 1.1, 5.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from federation import aws_texts
from federation.errors import InvalidParameterValue, ValidationError, show
from federation.identity import ContextValue, SessionTag
from federation.sts.constraints import TAG
from federation.tags import RESERVED_PREFIX

_REMEDY: Final = "correct the tags of the call"


def read_tags(given: Sequence[object] | None, *, reserved: str | None = RESERVED_PREFIX) -> tuple[SessionTag, ...]:
    """Return the tags of the parameter Tags, which satisfies its constraint.

    Args:
        given: Mappings with ``Key`` and ``Value``, as in boto3, or `SessionTag` values.
        reserved: Prefix that no key may have; None where the operation allows every prefix.

    Raises:
        InvalidParameterValue: Two keys differ only by case.
        ValidationError: A key has the reserved prefix.
    """
    tags = tuple(SessionTag(str(TAG.member(item, "Key")), str(TAG.member(item, "Value"))) for item in given or ())
    seen: set[str] = set()
    for tag in tags:
        folded = tag.key.lower()
        if folded in seen:
            raise InvalidParameterValue(
                check="tags",
                expected="tag keys that differ by more than case",
                found=show(tag.key),
                remedy=_REMEDY,
                message=aws_texts.sessions.REPEATED_TAG,
            )
        if reserved is not None and folded.startswith(reserved):
            raise ValidationError(check="tags", expected=f"no tag key that begins with {reserved}", found=show(tag.key), remedy=_REMEDY)
        seen.add(folded)
    return tags


def tag_keys(tags: Sequence[SessionTag]) -> dict[str, ContextValue]:
    """Return the condition keys of a request that passes *tags*."""
    if not tags:
        return {}
    return {**{f"aws:RequestTag/{tag.key}": tag.value for tag in tags}, "aws:TagKeys": tuple(tag.key for tag in tags)}
