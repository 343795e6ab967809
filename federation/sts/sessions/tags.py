"""Checks of session tags from tokens: alphabet and limits (docs/observed.md 5.2; attack row A18)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from federation import aws_texts
from federation.errors import InvalidParameterValue, ValidationError, show
from federation.identity import SessionTag
from federation.tags import fault_of


def check_tags(tags: Iterable[SessionTag], *, remedy: str) -> None:
    """Require that the *tags* of a token are valid session tags.

    Raises:
        ValidationError: Check ``principal-tags``: they are not.
    """
    fault = fault_of(tags)
    if fault is not None:
        raise refused_tags(fault[0], show(fault[1]), remedy=remedy)


def refused_tags(expected: str, found: str, *, remedy: str) -> ValidationError:
    """Return the refusal of the tags of a token."""
    return ValidationError(check="principal-tags", expected=expected, found=found, remedy=remedy, message=aws_texts.sessions.MALFORMED_TAGS)


def check_transitive_keys(keys: Sequence[str], tags: Iterable[SessionTag], *, remedy: str) -> None:
    """Require that *keys* are keys of *tags*, each once, without regard to case.

    Raises:
        InvalidParameterValue: Check ``transitive-tag-keys``: they are not.
    """
    if not keys:
        return
    known, folded = {tag.key.lower() for tag in tags}, [key.lower() for key in keys]
    if known.issuperset(folded) and len(set(folded)) == len(folded):
        return
    raise InvalidParameterValue(
        check="transitive-tag-keys",
        expected="the keys of passed tags, each once",
        found=", ".join(show(key) for key in keys if key.lower() not in known)[:1000] or "a repeated key",
        remedy=remedy,
        message=aws_texts.sessions.TRANSITIVE_WITHOUT_TAG,
    )
