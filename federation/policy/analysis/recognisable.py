"""Subjects that a reader recognises, in place of those that a search made up: ``repo:a/b:ref:refs/heads/main`` for ``repo:a/bx``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from federation.vendors import find_vendor

_PARTS: Final = re.compile(r"(?=[:/])|(?<=[:/])")
_MOST: Final = 4
"""Subjects of the vendor's forms that are offered."""


def recognisable(issuer: str, subject: str) -> Iterator[str]:
    """Yield subjects of the usual form of the vendor of *issuer* that begin like *subject*.

    None where it has a form itself of which the vendor says how to get such a token: a customised subject can be nearly any text.
    """
    vendor = find_vendor(issuer)
    usual = None if vendor.shape is None else vendor.subjects.read(vendor.shape.subject)
    own = vendor.subjects.read(subject)
    if vendor.shape is None or usual is None or (own is not None and own.form.obtain):
        return
    shown = vendor.shape.subject
    starts = {match.start() for match in _PARTS.finditer(shown)} - {0}
    endings = [shown[start:] for start in sorted(starts, key=lambda start: (shown[start] not in ":/", start))]
    made = (beginning + ending for ending in endings for beginning in (subject[:-1], subject))
    yield from islice((text for text in made if (read := vendor.subjects.read(text)) is not None and read.form is usual.form), _MOST)
