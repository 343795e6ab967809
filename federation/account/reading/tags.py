"""Reading of tags: the list ``Tags`` of IAM's JSON, and the table ``tags`` of a provider's TOML."""

from __future__ import annotations

from collections.abc import Iterable

from federation import limits
from federation.account.reading.fields import Fields
from federation.errors import show
from federation.identity import SessionTag


def read_tags(fields: Fields) -> tuple[SessionTag, ...]:
    """Return the tags in the list ``Tags``, ``{"Key": …, "Value": …}`` each; empty when absent."""
    tags = []
    for tag in fields.objects("Tags"):
        key = tag.text("Key", required=True, longest=limits.TAG_KEY_CHARS)
        value = tag.text("Value", required=True, longest=limits.TAG_VALUE_CHARS)
        tag.finish()
        if key is not None:
            tags.append((tag, "Key", SessionTag(key, value or "")))
    return _once_each(tags) if tags else ()


def read_tag_table(fields: Fields) -> tuple[SessionTag, ...]:
    """Return the tags in the table ``tags``, key to value; empty when absent."""
    table = fields.object("tags")
    if table is None:
        return ()
    tags = []
    for key in table:
        value = table.text(key, longest=limits.TAG_VALUE_CHARS)
        if len(key) > limits.TAG_KEY_CHARS:
            table.fault("?", f"keys of at most {limits.TAG_KEY_CHARS} characters", show(key), "shorten the key")
        elif value is not None:
            tags.append((table, "?", SessionTag(key, value)))
    return _once_each(tags)


def _once_each(tags: Iterable[tuple[Fields, str, SessionTag]]) -> tuple[SessionTag, ...]:
    found: dict[str, SessionTag] = {}
    for fields, member, tag in tags:
        if tag.key.lower() in found:
            fields.fault(member, "keys that differ by more than case", show(tag.key), "tag keys are case-insensitive")
        else:
            found[tag.key.lower()] = tag
    return tuple(found.values())
