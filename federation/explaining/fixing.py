"""Changes of a JSON document: made to its data, or to its text so that the author's formatting stays."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from federation.errors import ValidationError, show
from federation.explaining.positions import Node, Step, locate, read_path, whole_name
from federation.explaining.widening import lets_in
from federation.explanation import ABSENT, Absent, Change, Json
from federation.policy.document import Number, read_document

__all__ = ["Replacement", "apply", "changed", "lets_in", "plain", "replacement"]

_DIGITS: Final = 4000
"""Digits up to which Python reads a number as an integer."""

_INDENT: Final = re.compile(r"\n([ \t]*)[^\n]*$")


class Replacement(NamedTuple):
    """One stretch of a text and what takes its place: offsets of its first character and of the one after its last."""

    start: int
    end: int
    written: str


def changed(document: Any, changes: Sequence[Change]) -> Any:  # noqa: ANN401 - JSON
    """Return *document* with *changes* made, in order; *document* itself stays as it is.

    Raises:
        ValidationError: Check ``edit``: a change finds another value than the one it replaces.
    """
    for change in changes:
        document = _changed(document, read_path(change.path), change)
    return document


def apply(text: str, changes: Sequence[Change], *, place: str = "$") -> str:
    """Return the JSON *text* with *changes* made, in order. What they do not touch keeps its formatting.

    Args:
        text: A policy document, or a file that holds one.
        changes: Changes of the policy document.
        place: JSON path of the policy document in *text*.

    Raises:
        MalformedPolicyDocument: *text* is no JSON object.
        ValidationError: Check ``edit``: a change finds another value than the one it replaces.
    """
    start, end, written = replacement(text, changes, place=place)
    return text[:start] + written + text[end:]


def replacement(text: str, changes: Sequence[Change], *, place: str = "$") -> Replacement:
    """Return the one stretch of *text* that `apply` writes anew, and what it writes there.

    Raises:
        MalformedPolicyDocument: As of `apply`.
        ValidationError: As of `apply`.
    """
    start, end, grown, made = len(text), len(text) if not changes else 0, 0, text
    for (begin, stop, written), after in _steps(text, changes, place):
        start, end = min(start, begin), max(end, stop - grown)
        grown, made = grown + len(written) - (stop - begin), after
    return Replacement(start, end, made[start : end + grown])


def _steps(text: str, changes: Sequence[Change], place: str) -> Iterator[tuple[Replacement, str]]:
    """Yield for each change what it replaces, and the text as it is then."""
    data = _read(text)
    for change in changes:
        path = place + change.path.removeprefix("$")
        wanted = _changed(data, read_path(path), change)
        step = _edited(text, data, wanted, path)
        text = text[: step.start] + step.written + text[step.end :]
        data = _read(text)
        if data != wanted:
            raise _misfit(path, "a text that says the same as the changed document", "another")
        yield step, text


def _read(text: str) -> Any:  # noqa: ANN401 - JSON
    return plain(read_document(text)[1])


def _changed(value: Any, steps: tuple[Step, ...], change: Change) -> Any:  # noqa: ANN401 - JSON
    if not steps:
        if plain(value) != plain(change.old):
            raise _misfit(change.path, _shown(change.old), _shown(value))
        return change.new
    step = steps[0]
    if isinstance(value, dict) and isinstance(step, str):
        name = whole_name(step, tuple(value)) or step
        inner = _changed(value.get(name, ABSENT), steps[1:], change)
        return {key: each for key, each in {**value, name: inner}.items() if not isinstance(each, Absent)}
    if isinstance(value, list) and isinstance(step, int) and step <= len(value):
        inner = _changed(value[step] if step < len(value) else ABSENT, steps[1:], change)
        return [each for each in (*value[:step], inner, *value[step + 1 :]) if not isinstance(each, Absent)]
    raise _misfit(change.path, "an object or a list on the way", _shown(value))


def _edited(text: str, old: Any, new: Any, path: str) -> Replacement:  # noqa: ANN401 - JSON
    """Return what of *text* is written anew where the documents *old* and *new* differ; *path* is named where it is at fault."""
    node = locate(text, "$")
    if node is None:
        raise _misfit(path, "JSON", "other text")
    return Replacement(*_difference(text, node, old, new))


def _difference(text: str, node: Node, old: Any, new: Any) -> tuple[int, int, str]:  # noqa: ANN401 - JSON
    """Return which stretch of *text* differs and what to write there: the smallest value that can be edited by itself."""
    if isinstance(old, dict) and isinstance(new, dict):
        edit = _object_difference(text, node, old, new)
    elif isinstance(old, list) and isinstance(new, list):
        edit = _list_difference(text, node, old, new)
    elif isinstance(new, list) and len(new) > 1 and new[0] == old:
        further = "".join(f", {_written(each, text, node.start)}" for each in new[1:])
        edit = (node.start, node.end, f"[{text[node.start : node.end]}{further}]")
    else:
        edit = None
    return edit or (node.start, node.end, _written(new, text, node.start))


def _object_difference(text: str, node: Node, old: dict[str, Any], new: dict[str, Any]) -> tuple[int, int, str] | None:
    names, wanted = list(old), list(new)
    children = dict(zip(node.names, node.children, strict=True))
    if names == wanted:
        differing = [name for name in names if old[name] != new[name]]
        if len(differing) == 1:
            return _difference(text, children[differing[0]], old[differing[0]], new[differing[0]])
        return None
    if wanted[:-1] == names and all(old[name] == new[name] for name in names):
        return _inserted(text, node, f"{json.dumps(wanted[-1], ensure_ascii=False)}: ", new[wanted[-1]])
    gone = [name for name in names if name not in new]
    if len(gone) == 1 and wanted == [name for name in names if name != gone[0]] and all(old[name] == new[name] for name in wanted):
        return _removed(node, names.index(gone[0]))
    return _renamed(text, node, old, new)


def _renamed(text: str, node: Node, old: dict[str, Any], new: dict[str, Any]) -> tuple[int, int, str] | None:
    """Return the edit where one member has another name, and perhaps another value."""
    names, wanted = list(old), list(new)
    places = [place for place, pair in enumerate(zip(names, wanted, strict=False)) if pair[0] != pair[1]]
    if len(names) != len(wanted) or len(places) != 1 or node.keys is None:
        return None
    [place] = places
    before, after = names[place], wanted[place]
    if any(old[name] != new[name] for name in names if name != before):
        return None
    key, child = node.keys[before], node.children[place]
    start, end, written = (child.start, child.start, "")
    if old[before] != new[after]:
        start, end, written = _difference(text, child, old[before], new[after])
    return key.start, end, json.dumps(after, ensure_ascii=False) + text[key.end : start] + written


def _list_difference(text: str, node: Node, old: list[Any], new: list[Any]) -> tuple[int, int, str] | None:
    if new[:-1] == old:
        return _inserted(text, node, "", new[-1])
    if len(old) == len(new):
        differing = [place for place, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]]
        if len(differing) == 1:
            return _difference(text, node.children[differing[0]], old[differing[0]], new[differing[0]])
    if len(new) == len(old) - 1:
        place = next((at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), len(new))
        if old[:place] + old[place + 1 :] == new:
            return _removed(node, place)
    return None


def _inserted(text: str, node: Node, label: str, value: Json) -> tuple[int, int, str]:
    """Return the edit that adds a member or an item as the last one of *node*, separated as the others are."""
    if not node.children:
        return node.start + 1, node.end - 1, label + _written(value, text, node.start)
    first = node.children[0].start if node.keys is None else next(iter(node.keys.values())).start
    space = text[node.start + 1 : first]
    separator = space if "\n" in space else " "
    last = node.children[-1].end
    at = first if "\n" in space else node.start
    return last, last, f",{separator}{label}{_written(value, text, at)}"


def _removed(node: Node, place: int) -> tuple[int, int, str]:
    """Return the edit that removes the member or item *place* of *node*, with its comma."""
    keys = list((node.keys or {}).values())
    starts = [span.start for span in keys] or [child.start for child in node.children]
    if len(starts) == 1:
        return node.start + 1, node.end - 1, ""
    if place == 0:
        return starts[0], starts[1], ""
    return node.children[place - 1].end, node.children[place].end, ""


def _written(value: Any, text: str, at: int) -> str:  # noqa: ANN401 - JSON
    """Return *value* as JSON in the style of *text*: indented where the text is, beginning at the offset *at*."""
    inline = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or (isinstance(value, list) and not any(isinstance(each, dict | list) for each in value)):
        return inline
    match = _INDENT.search(text[:at])
    unit = re.search(r"\n([ \t]+)\S", text)
    if match is None or unit is None:
        return inline
    return json.dumps(value, ensure_ascii=False, indent=unit[1]).replace("\n", f"\n{match[1]}")


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return *value* with the numbers of a policy document, which keep their spelling there, as numbers again."""
    if isinstance(value, Number):
        return json.loads(value, parse_int=int if len(value) <= _DIGITS else float)
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


def _shown(value: object) -> str:
    return "nothing" if isinstance(value, Absent) else show(json.dumps(plain(value), ensure_ascii=False)[:1024])


def _misfit(path: str, expected: str, found: str) -> ValidationError:
    return ValidationError(
        check="edit",
        expected=f"{expected} at {show(path)}",
        found=found,
        remedy="have the refusal explained again with the policy as it is now",
    )
