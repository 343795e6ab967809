"""Streams for readers that need one."""

import io


def no_input() -> io.BytesIO:
    """Return a standard input that is empty."""
    return io.BytesIO()
