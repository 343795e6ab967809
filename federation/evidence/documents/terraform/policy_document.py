"""The policy that the data source ``aws_iam_policy_document`` renders from its arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from federation.evidence.documents.values import (
    DocumentValue,
    ListValue,
    MapMember,
    MapValue,
    ScalarValue,
    TextValue,
    UnknownValue,
    text_at,
)
from federation.explaining.positions import TextSpan
from federation.policy.grammar import CURRENT

_ELEMENTS: Final = {
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}
_PRINCIPALS: Final = {"principals": "Principal", "not_principals": "NotPrincipal"}


def policy_document(arguments: MapValue) -> DocumentValue:
    """Return the policy of the data source with *arguments*, its blocks as lists under their names.

    ``source_policy_documents`` stand before its own statements, unread; ``override_policy_documents`` may replace any of them, so that
    no statement is known.
    """
    own = TextSpan(arguments.start, arguments.end)
    listed = arguments.get("statement")
    statements = [_statement(each) for each in _items(listed)]
    before, over = (
        _given(arguments, *names) for names in (("source_policy_documents", "source_json"), ("override_policy_documents", "override_json"))
    )
    if before is not None:
        statements.insert(0, UnknownValue(before.start, before.end, "source_policy_documents"))
    whole: DocumentValue = own_list(listed or arguments, statements)
    if over is not None:
        whole = UnknownValue(over.start, over.end, "override_policy_documents")
    version = _given(arguments, "version")
    members = [MapMember(text_at(own, "Version"), version or text_at(own, CURRENT))]
    policy_id = _given(arguments, "policy_id")
    if policy_id is not None:
        members.append(MapMember(text_at(policy_id, "Id"), policy_id))
    return MapValue(own.start, own.end, (*members, MapMember(text_at(whole, "Statement"), whole)))


def own_list(span: TextSpan, items: Iterable[DocumentValue]) -> ListValue:
    """Return the list of *items* at *span*."""
    return ListValue(span.start, span.end, tuple(items))


def _statement(block: DocumentValue) -> DocumentValue:
    if not isinstance(block, MapValue):
        return _opaque(block, "statement")
    members = []
    sid = _given(block, "sid")
    if sid is not None and not (isinstance(sid, TextValue) and sid.known == ""):
        members.append(MapMember(text_at(sid, "Sid"), sid))
    effect = _given(block, "effect")
    members.append(MapMember(text_at(effect or block, "Effect"), effect or text_at(block, "Allow")))
    for name, element in _PRINCIPALS.items():
        members += _member(element, block.get(name), _principals)
    for name, element in _ELEMENTS.items():
        value = _given(block, name)
        if value is not None and not (isinstance(value, ListValue) and not value.items):
            members.append(MapMember(text_at(value, element), _variables(_single(value))))
    members += _member("Condition", block.get("condition"), _conditions)
    return MapValue(block.start, block.end, tuple(members))


def _member(element: str, blocks: DocumentValue | None, read: Callable[[tuple[DocumentValue, ...]], DocumentValue]) -> Iterator[MapMember]:
    """Yield the element that *blocks* make, where there are any."""
    if isinstance(blocks, UnknownValue):
        yield MapMember(text_at(blocks, element), blocks)
    elif _items(blocks):
        yield MapMember(text_at(_items(blocks)[0], element), read(_items(blocks)))


def _principals(blocks: tuple[DocumentValue, ...]) -> DocumentValue:
    """Return the element of ``principals`` blocks: those of one type together, type ``*`` alone as everybody."""
    merged: dict[str, tuple[TextSpan, list[DocumentValue]]] = {}
    for block in blocks:
        kind = block.get("type") if isinstance(block, MapValue) else None
        names = block.get("identifiers") if isinstance(block, MapValue) else None
        if not isinstance(kind, TextValue) or kind.known is None or names is None:
            return _opaque(block, "principals")
        merged.setdefault(kind.known, (kind, []))[1].extend(_items(names))
    everybody = merged.get("*")
    if everybody is not None and len(merged) == 1:
        return text_at(everybody[1][0] if everybody[1] else everybody[0], "*")
    return _merged(blocks[0], merged)


def _conditions(blocks: tuple[DocumentValue, ...]) -> DocumentValue:
    """Return the element of ``condition`` blocks: those of one operator together, and in it those of one key."""
    merged: dict[str, tuple[TextSpan, dict[str, tuple[TextSpan, list[DocumentValue]]]]] = {}
    unknown = []
    for block in blocks:
        test, key, values = (block.get(name) if isinstance(block, MapValue) else None for name in ("test", "variable", "values"))
        if not isinstance(test, TextValue) or test.known is None or values is None or not isinstance(key, TextValue | UnknownValue):
            return _opaque(block, "condition")
        if not isinstance(key, TextValue) or key.known is None:
            unknown.append(block)
            continue
        merged.setdefault(test.known, (test, {}))[1].setdefault(key.known, (key, []))[1].extend(_items(values))
    if unknown:
        return UnknownValue(unknown[0].start, unknown[0].end, "condition")
    operators = tuple(MapMember(text_at(span, name), _merged(span, keys)) for name, (span, keys) in merged.items())
    return MapValue(blocks[0].start, blocks[-1].end, operators)


def _opaque(block: DocumentValue, words: str) -> UnknownValue:
    """Return *block*, which says less than is needed, as an unknown value."""
    return block if isinstance(block, UnknownValue) else UnknownValue(block.start, block.end, words)


def _merged(span: TextSpan, lists: dict[str, tuple[TextSpan, list[DocumentValue]]]) -> MapValue:
    members = []
    for name, (at, values) in lists.items():
        items = own_list(TextSpan(values[0].start, values[-1].end) if values else at, values)
        members.append(MapMember(text_at(at, name), _variables(_single(items))))
    return MapValue(span.start, span.end, tuple(members))


def _single(value: DocumentValue) -> DocumentValue:
    """Return the only item of a list, as Terraform writes it, or the list."""
    return value.items[0] if isinstance(value, ListValue) and len(value.items) == 1 else value


def _variables(value: DocumentValue) -> DocumentValue:
    """Return *value* with ``&{`` as ``${``: the data source's spelling of policy variables."""
    match value:
        case ListValue(items=items):
            return replace(value, items=tuple(_variables(each) for each in items))
        case TextValue(pieces=pieces) if any(piece.known and "&{" in piece.text for piece in pieces):
            # The place of each character is lost where its spelling differs; that of the whole string stays.
            written = (replace(each, text=each.text.replace("&{", "${"), spelling=None) if each.known else each for each in pieces)
            return replace(value, pieces=tuple(written))
    return value


def _items(value: DocumentValue | None) -> tuple[DocumentValue, ...]:
    if value is None or (isinstance(value, ScalarValue) and value.text == "null"):
        return ()
    return value.items if isinstance(value, ListValue) else (value,)


def _given(arguments: MapValue, *names: str) -> DocumentValue | None:
    """Return the first of the arguments *names* that is there; null, and an empty list of documents, is none."""
    for name in names:
        value = arguments.get(name)
        if value is not None and _items(value):
            return value
    return None
