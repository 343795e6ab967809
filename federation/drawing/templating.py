"""The templates of pictures and reports. Every value is escaped; a name that the template does not get is an error."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from federation import extras
from federation.errors import printable

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, **values: Any) -> str:  # noqa: ANN401 - whatever the template shows
    """Return *template*, a file of ``templates/``, with *values*, each escaped as text of XML and HTML.

    Raises:
        RegistrationError: Check ``report-extra``: the package jinja2 is not installed.
    """
    require("jinja2")
    return _environment().get_template(template).render(values)


def require(package: str) -> None:
    """Require *package*, which the extra ``report`` installs.

    Raises:
        RegistrationError: Check ``report-extra``: it is not installed.
    """
    extras.require(package, extra="report", check="report-extra")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - an extra

    made = Environment(
        loader=PackageLoader("federation.drawing"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["printable"] = printable
    return made
