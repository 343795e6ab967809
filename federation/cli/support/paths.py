"""Paths on the command line."""

from __future__ import annotations

from typing import Any

import click


class PathType(click.Path):
    """A path. click asks the system about it, which takes no NUL character."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's signature
        """Return *value* as a path.

        Raises:
            click.BadParameter: It is none, or not one of the kind that the option takes.
        """
        try:
            return super().convert(value, param, ctx)
        except ValueError:
            self.fail("expected a path, which holds no NUL character", param, ctx)
