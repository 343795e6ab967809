"""The QR code that an authenticator scans to take over the seed of a new MFA device."""

from __future__ import annotations

from importlib.util import find_spec
from io import BytesIO
from typing import Final

_SCALE: Final = 4
"""Pixels of one module: cameras read a code of about 200 pixels from a screen."""


def png_of(text: str) -> bytes | None:
    """Return the QR code (ISO/IEC 18004, error correction level M) of *text* as PNG; None where the package segno is not installed."""
    if find_spec("segno") is None:
        return None
    import segno  # noqa: PLC0415 - an optional part of the installation

    picture = BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="png", scale=_SCALE)
    return picture.getvalue()
