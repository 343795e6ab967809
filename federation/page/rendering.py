"""Templates and static files of the page.

Every value that a template writes is first made `printable`, so that it cannot reorder the text around it or imitate a verdict (attack row
T08), and then escaped for HTML. `Lines` alone keep their line ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from federation.errors import printable

HOME: Final = Path(__file__).parent
TEMPLATES: Final = HOME / "templates"
STATIC: Final = HOME / "static"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_LONGEST: Final = 8_192
"""Characters of one value that are shown."""


class StaticFile(NamedTuple):
    """A static file of the page."""

    content_type: str
    octets: bytes


class Lines(str):
    """Text of several lines, each of them `printable`. It is written as it is, escaped for HTML."""

    __slots__ = ()


class Verbatim(str):
    """Text that goes back into a field of the form exactly as it came, escaped for HTML."""

    __slots__ = ()


def lines(text: str) -> Lines:
    """Return *text* with every line `printable`."""
    return Lines("\n".join(printable(line.expandtabs(4)) for line in text.replace("\r\n", "\n").split("\n")))


def prose(text: str) -> Markup:
    """Return a sentence of the engine as HTML: what is in backticks is code. Everything in it is `printable` and escaped."""
    pieces = str(_final(text)).split("`")
    code = (Markup("<code><bdi>{}</bdi></code>").format(piece) for piece in pieces[1::2])
    if len(pieces) % 2 == 0:  # a backtick without its partner: no code at all
        return escape("`".join(pieces))
    return Markup("").join(each for pair in zip_longest(pieces[::2], code, fillvalue="") for each in pair)


@cache
def static_files() -> Mapping[str, StaticFile]:
    """Return the static files by name."""
    found = (file for file in sorted(STATIC.iterdir()) if file.suffix in _TYPES)
    return {file.name: StaticFile(_TYPES[file.suffix], file.read_bytes()) for file in found}


def render(template: str, **values: object) -> bytes:
    """Return the page that *template* makes of *values*, in UTF-8."""
    # A lone surrogate has no UTF-8 form; only a field that goes back as it came can hold one.
    return _environment().get_template(template).render(**values).encode("utf-8", "replace")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        finalize=_final,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["lines"] = lines
    environment.filters["prose"] = prose
    environment.filters["verbatim"] = Verbatim
    environment.globals["scripts"] = [name for name in static_files() if name.endswith(".js")]
    return environment


def _final(value: Any) -> Any:  # noqa: ANN401 - jinja's
    if isinstance(value, Markup | Lines | Verbatim):
        return value
    text = str(value)
    return printable(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
