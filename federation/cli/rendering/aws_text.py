"""``--output text`` of the AWS CLI: a line of tab-separated values for each object, after the name of its member in capitals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def text_lines(value: object, name: str | None = None, columns: Sequence[str] | None = None) -> Iterator[list[str]]:
    """Yield the cells of each line.

    Args:
        value: Plain data.
        name: The member that holds it; None for the whole answer.
        columns: The members that every object of the same list shows, one that lacks a member an empty cell; None for its own scalars.
    """
    if isinstance(value, Mapping):
        yield from _object_lines(value, name, columns)
    elif isinstance(value, list):
        yield from _list_lines(value, name)
    else:
        yield [str(value)]


def _object_lines(value: Mapping[str, object], name: str | None, columns: Sequence[str] | None) -> Iterator[list[str]]:
    shown = sorted(key for key, inner in value.items() if not _nested(inner)) if columns is None else columns
    if shown:
        yield [*([] if name is None else [name.upper()]), *(str(value.get(key, "")) for key in shown)]
    for key in sorted(value.keys() - set(shown)):
        yield from text_lines(value[key], key)


def _list_lines(value: Sequence[object], name: str | None) -> Iterator[list[str]]:
    objects = [each for each in value if isinstance(each, Mapping)]
    scalars = [str(each) for each in value if not _nested(each)]
    if scalars:
        yield from ([[name.upper(), each] for each in scalars] if name is not None else [scalars])
    columns = sorted({key for each in objects for key, inner in each.items() if not _nested(inner)})
    for each in value:
        if _nested(each):
            yield from text_lines(each, name, columns if isinstance(each, Mapping) else None)


def _nested(value: object) -> bool:
    return isinstance(value, Mapping | list)
