"""A subject that a workload probably has: its form, with the names that the policy of its role uses where the file has none."""

from __future__ import annotations

import re
from typing import Final

from federation.evidence.documents.workflows import ANY_BRANCH, ANY_REPOSITORY, ANY_TAG

_REPOSITORY: Final = re.compile(r"repo:(?P<name>[^:/\s\"\\]+/[^:/\s\"\\]+)", re.ASCII)
"""What a policy writes in the place of owner and repository."""
_WILD: Final = re.compile(r"\*+|\?")
_OPEN: Final = re.compile(r"[^\x21-\x7e]|\$")
_USUAL: Final = {ANY_BRANCH: "main", ANY_TAG: "v1.0.0", f"{ANY_REPOSITORY}:environment:*": "production"}


def likely_subject(form: str, policy: str) -> str | None:
    """Return a subject that matches the pattern *form*; None where the text *policy* names nobody who could have it.

    Args:
        form: The pattern, as of `ExpectedLogin`.
        policy: The text of the trust policy of the role.
    """
    usual = next((value for pattern, value in _USUAL.items() if form.startswith(pattern[:-1])), "app")
    if not form.startswith(ANY_REPOSITORY):
        return _WILD.sub("app", form)
    if form == ANY_REPOSITORY:
        return None
    names = (match["name"] for match in _REPOSITORY.finditer(policy))
    name = next((_WILD.sub("app", each) for each in names if not _OPEN.search(each)), None)
    if name is None:
        return None
    whole = form.endswith(("/*", ":*"))
    return of_repository(ANY_REPOSITORY + _WILD.sub(usual if whole else "1", form.removeprefix(ANY_REPOSITORY)), name)


def of_repository(form: str, name: str) -> str:
    """Return the pattern *form* with *name*, owner and repository, in the place of the star that stands for them."""
    return f"repo:{name}{form.removeprefix(ANY_REPOSITORY)}" if form.startswith(ANY_REPOSITORY) else form
