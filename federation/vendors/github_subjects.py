"""The mistakes in subjects of GitHub's tokens: pairs of a claim and its value, of which the usual ones are `repo` and the context."""

from __future__ import annotations

import re
from typing import Final

from federation.vendors.flaws import Flaw

CLAIMS: Final = frozenset(
    [
        "repo",
        "repository",
        "repository_id",
        "repository_owner",
        "repository_owner_id",
        "repository_visibility",
        "context",
        "environment",
        "environment_node_id",
        "ref",
        "ref_type",
        "ref_protected",
        "job_workflow_ref",
        "job_workflow_sha",
        "workflow",
        "workflow_ref",
        "workflow_sha",
        "actor",
        "actor_id",
        "event_name",
        "enterprise",
        "enterprise_id",
        "runner_environment",
        "base_ref",
        "head_ref",
        "check_run_id",
        "issuer_scope",
        "run_attempt",
        "run_id",
        "run_number",
        "sha",
    ]
)
"""Claims that a customised subject may have."""
PULL_REQUEST: Final = "pull_request"
"""The context without a value."""
_OF_ANYBODY: Final = frozenset(
    [
        "context",
        "environment",
        "ref",
        "ref_type",
        "ref_protected",
        "base_ref",
        "head_ref",
        "workflow",
        "event_name",
        "pull_request",
        "repository_visibility",
        "runner_environment",
        "sha",
        "job_workflow_sha",
        "workflow_sha",
        "run_attempt",
        "run_number",
    ]
)
"""Claims whose value every owner of a repository can bring about."""
_PROPERTY: Final = "repo_property_"
_REPOSITORY: Final = re.compile(r"[^/@]+(?:@(?P<owner>[^/@]+))?/[^/@]+(?:@(?P<name>[^/@]+))?")
_PULL_REQUEST: Final = re.compile("pulls?|prs?|(?:pull|merge)[-_ ]?requests?", re.IGNORECASE)
_KINDS: Final = {"branch": "refs/heads/", "tag": "refs/tags/"}
_ENVIRONMENTS: Final = frozenset({"env", "environments"})


def read(text: str, whole: bool) -> Flaw | None:  # noqa: FBT001 - the type `ReadFlaw`
    """Return the flaw of a subject, or of the beginning of one; None where a token can have it."""
    parts = text.split(":")
    at = 0
    while at < len(parts):
        name, cut = parts[at], at == len(parts) - 1 and not whole
        if at and name == PULL_REQUEST:
            at += 1
            continue
        if not (_begins(name) if cut else _is_claim(name)):
            return _no_claim(parts, at)
        if cut:
            return None
        if at + 1 == len(parts):
            return Flaw(f"ends after `{name}`, without its value")
        flaw = _of_value(parts, at, whole=whole or at + 2 < len(parts))
        if flaw is not None:
            return flaw
        at += 2
    if whole and parts[0] == "repo" and len(parts) == 2:  # noqa: PLR2004 - the repository alone
        return Flaw("ends after the repository, without the branch, the tag or the environment", customised=True)
    return None


def is_of_anybody(claim: str) -> bool:
    """Tell whether every owner of a repository can bring about any value of *claim*."""
    return claim in _OF_ANYBODY or claim.startswith(_PROPERTY)


def _is_claim(name: str) -> bool:
    return name in CLAIMS or name.startswith(_PROPERTY)


def _begins(name: str) -> bool:
    return any(claim.startswith(name) for claim in (*CLAIMS, PULL_REQUEST, _PROPERTY)) or name.startswith(_PROPERTY)


def _with(parts: list[str], at: int, *instead: str, over: int = 1) -> str:
    return ":".join([*parts[:at], *instead, *parts[at + over :]])


def _no_claim(parts: list[str], at: int) -> Flaw:
    """Return the flaw of *parts*, which have no claim where one belongs: the first slip that it is known as."""
    name = parts[at]
    for slip in (_in_capitals, _pull_request, _reference, _environment):
        flaw = slip(parts, at)
        if flaw is not None:
            return flaw
    if not at and name.startswith("http"):
        return Flaw("is a URL")
    return Flaw(f"has `{name[:64]}` where the name of a claim belongs" if name else "has two colons where a subject has one")


def _in_capitals(parts: list[str], at: int) -> Flaw | None:
    lower = parts[at].lower()
    if not (_is_claim(lower) or lower == PULL_REQUEST):
        return None
    return Flaw(f"has `{parts[at][:64]}`, which GitHub writes in lower case", ((_with(parts, at, lower), "in lower case"),))


def _pull_request(parts: list[str], at: int) -> Flaw | None:
    if _PULL_REQUEST.fullmatch(parts[at]) is None or not at:
        return None
    return Flaw(f"has `{parts[at]}` in place of `pull_request`", ((_with(parts, at, PULL_REQUEST), "for pull requests"),))


def _reference(parts: list[str], at: int) -> Flaw | None:
    name = parts[at]
    if name.startswith("refs/"):
        return Flaw("lacks `ref:` before the reference", ((_with(parts, at, "ref", name), "with `ref:`"),))
    if at + 1 == len(parts) or name.lower() not in _KINDS:
        return None
    ref = _KINDS[name.lower()] + parts[at + 1].removeprefix(_KINDS[name.lower()])
    mended = _with(parts, at, "ref", ref, over=2)
    return Flaw(f"has `{name}:`, where GitHub writes the reference in full", ((mended, f"for a {name.lower()}"),))


def _environment(parts: list[str], at: int) -> Flaw | None:
    name = parts[at]
    if name.lower() in _ENVIRONMENTS:
        return Flaw(f"has `{name}` in place of `environment`", ((_with(parts, at, "environment"), "for an environment"),))
    if at < 2 or parts[at - 2] != "environment":  # noqa: PLR2004 - a claim and its value in front
        return None
    mended = _with(parts, at - 1, f"{parts[at - 1]}%3A{name}", over=2)
    return Flaw("has a colon in the name of its environment, which GitHub writes as `%3A`", ((mended, "with `%3A`"),))


def _of_value(parts: list[str], at: int, *, whole: bool) -> Flaw | None:
    name, text = parts[at], parts[at + 1]
    if name in {"repo", "repository"} and whole:
        match = _REPOSITORY.fullmatch(text)
        if match is None:
            meant = "" if "/" in text else _with(parts, at + 1, f"<owner>/{text}")
            said = f"has `{text[:64]}` in place of an owner and a repository"
            return Flaw(said, ((meant, "with the owner"),) if meant else ())
        bad = next((number for number in match.groups() if number is not None and not (number.isascii() and number.isdigit())), None)
        return None if bad is None or "$" in bad else Flaw(f"has `@{bad[:64]}` in place of an id, which is a number")
    if name == "ref" and not (text.startswith("refs/") or (not whole and "refs/".startswith(text))):
        kinds = tuple((_with(parts, at + 1, prefix + text), f"refs/{prefix[5:]} for a {kind}") for kind, prefix in _KINDS.items())
        return Flaw(f"has the reference `{text[:64]}`, which GitHub writes in full", kinds)
    return Flaw("has two colons where a subject has one") if whole and not text else None
