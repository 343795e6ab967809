"""Subjects that a reader recognises, in place of those that a search made up: ``repo:a/b:ref:refs/heads/main`` for ``repo:a/bx``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from federation.vendors import Vendor, find_vendor
from federation.vendors.subjects import SubjectForm

_PARTS: Final = re.compile(r"(?=[:/])|(?<=[:/])")
_MOST: Final = 4
"""Subjects of the vendor's forms that are offered, of each branch."""
_BRANCH: Final = "main"
"""The branch of the vendors' examples."""
_ANOTHER: Final = "develop"
"""One to show where a policy is about that branch."""


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
    yield from _begun(shown, subject, vendor, usual.form)
    if shown.endswith(_BRANCH):
        yield from _begun(shown.removesuffix(_BRANCH) + _ANOTHER, subject, vendor, usual.form)


def _begun(shown: str, subject: str, vendor: Vendor, form: SubjectForm) -> Iterator[str]:
    """Yield texts of *form* that begin like *subject* and end like *shown*."""
    starts = {match.start() for match in _PARTS.finditer(shown)} - {0}
    endings = [shown[start:] for start in sorted(starts, key=lambda start: (shown[start] not in ":/", start))]
    made = (beginning + ending for ending in endings for beginning in (subject[:-1], subject))
    yield from islice((text for text in made if (read := vendor.subjects.read(text)) is not None and read.form is form), _MOST)
