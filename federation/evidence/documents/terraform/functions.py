"""A few pure functions of Terraform, of known arguments. None of them reads a file, the clock or the environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from federation.evidence.documents.collecting import known_text
from federation.evidence.documents.values import DocumentValue, EncodedValue, ListValue, TextPiece, joined, pieces_of, text_at
from federation.explaining.positions import TextSpan

_Function = Callable[[Sequence[DocumentValue], TextSpan], DocumentValue | None]


def called(name: str, arguments: Sequence[DocumentValue], span: TextSpan) -> DocumentValue | None:
    """Return what the function *name* returns; None where it is not one of these, or its arguments are not known."""
    function = _FUNCTIONS.get(name)
    return None if function is None else function(arguments, span)


def _of_texts(count: int, function: Callable[..., str]) -> _Function:
    """Return *function* of *count* strings."""

    def of(arguments: Sequence[DocumentValue], span: TextSpan) -> DocumentValue | None:
        texts = [known_text(each) for each in arguments]
        return text_at(span, function(*texts)) if len(texts) == count and None not in texts else None

    return of


def _same(arguments: Sequence[DocumentValue], span: TextSpan) -> DocumentValue | None:
    del span
    return arguments[0] if len(arguments) == 1 else None


def _encode(arguments: Sequence[DocumentValue], span: TextSpan) -> DocumentValue | None:
    return EncodedValue(span.start, span.end, arguments[0]) if len(arguments) == 1 else None


def _replace(arguments: Sequence[DocumentValue], span: TextSpan) -> DocumentValue | None:
    pattern = known_text(arguments[1]) if len(arguments) == 3 else None  # noqa: PLR2004 - text, what is replaced, by what
    if pattern is None or (pattern != "/" and pattern.startswith("/") and pattern.endswith("/")):  # a regular expression
        return None
    return _of_texts(3, str.replace)(arguments, span)


def _concat(arguments: Sequence[DocumentValue], span: TextSpan) -> DocumentValue | None:
    items: list[DocumentValue] = []
    for each in arguments:
        if not isinstance(each, ListValue):
            return None
        items += each.items
    return ListValue(span.start, span.end, tuple(items))


def _format(arguments: Sequence[DocumentValue], span: TextSpan) -> DocumentValue | None:
    """Return ``format`` of strings: no verb but ``%s``."""
    parts = (known_text(arguments[0]) or "%").split("%s") if arguments else ["%"]
    if len(parts) != len(arguments) or "%" in "".join(parts):
        return None
    between = [text_at(span, part) for part in parts]
    return _written([each for pair in zip(between, (*arguments[1:], text_at(span, "")), strict=True) for each in pair], span)


def _join(arguments: Sequence[DocumentValue], span: TextSpan) -> DocumentValue | None:
    if len(arguments) != 2 or known_text(arguments[0]) is None or not isinstance(arguments[1], ListValue):  # noqa: PLR2004
        return None
    items = [each for item in arguments[1].items for each in (arguments[0], item)]
    return _written(items[1:], span)


def _written(values: Sequence[DocumentValue], span: TextSpan) -> DocumentValue | None:
    """Return the string of *values* one after the other."""
    pieces: list[TextPiece] = []
    for each in values:
        inner = pieces_of(each, span)
        if inner is None:
            return None
        pieces += inner
    return joined(span, pieces)


_FUNCTIONS: Final[Mapping[str, _Function]] = {
    "concat": _concat,
    "format": _format,
    "join": _join,
    "jsonencode": _encode,
    "lower": _of_texts(1, str.lower),
    "nonsensitive": _same,
    "replace": _replace,
    "tolist": _same,
    "toset": _same,
    "tostring": _same,
    "trimprefix": _of_texts(2, str.removeprefix),
    "trimsuffix": _of_texts(2, str.removesuffix),
}
