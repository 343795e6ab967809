"""A subject that a workload probably has: its form, with the names that the policy of its role uses where the file has none."""

from __future__ import annotations

import re
from typing import Final

_REPOSITORY: Final = re.compile(r"repo:(?P<name>[^:/\s\"\\]+/[^:/\s\"\\]+)", re.ASCII)
"""What a policy writes in the place of owner and repository."""
_WILD: Final = re.compile(r"\*+|\?")
_OPEN: Final = re.compile(r"[^\x21-\x7e]|\$")
_OF_GITHUB: Final = "repo:*"
_USUAL: Final = {"repo:*:ref:refs/heads/*": "main", "repo:*:ref:refs/tags/*": "v1.0.0", "repo:*:environment:*": "production"}


def likely_subject(form: str, policy: str) -> str | None:
    """Return a subject that matches the pattern *form*; None where the text *policy* names nobody who could have it.

    Args:
        form: The pattern, as of `ExpectedLogin`.
        policy: The text of the trust policy of the role.
    """
    usual = next((value for pattern, value in _USUAL.items() if form.startswith(pattern[:-1])), "app")
    if not form.startswith(_OF_GITHUB):
        return _WILD.sub("app", form)
    if form == _OF_GITHUB:
        return None
    names = (match["name"] for match in _REPOSITORY.finditer(policy))
    name = next((_WILD.sub("app", each) for each in names if not _OPEN.search(each)), None)
    if name is None:
        return None
    whole = form.endswith(("/*", ":*"))
    return of_repository(_OF_GITHUB + _WILD.sub(usual if whole else "1", form.removeprefix(_OF_GITHUB)), name)


def of_repository(form: str, name: str) -> str:
    """Return the pattern *form* with *name*, owner and repository, in the place of the star that stands for them."""
    return f"repo:{name}{form.removeprefix(_OF_GITHUB)}" if form.startswith(_OF_GITHUB) else form
