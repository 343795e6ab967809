"""Tags in calls and in results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from federation import aws_texts
from federation.errors import RegistrationError
from federation.identity import SessionTag
from federation.sts.constraints import TAG


def given_tags(tags: Sequence[object]) -> tuple[SessionTag, ...]:
    """Return the tags of a call whose parameters are checked.

    Raises:
        RegistrationError: Check ``tags``: two keys differ by no more than case. They would be one condition key with two values.
    """
    given = tuple(SessionTag(str(TAG.member(each, "Key")), str(TAG.member(each, "Value"))) for each in tags)
    if len({tag.key.lower() for tag in given}) < len(given):
        raise RegistrationError(
            check="tags",
            expected="tag keys that differ by more than case",
            found="two that do not",
            remedy="name each tag once",
            message=aws_texts.sessions.REPEATED_TAG,
        )
    return given


def shown_tags(tags: Iterable[SessionTag]) -> list[dict[str, str]]:
    """Return *tags* as results list them."""
    return [{"Key": tag.key, "Value": tag.value} for tag in tags]
