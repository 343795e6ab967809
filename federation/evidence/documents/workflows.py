"""Workflows of GitHub that ask for a role of AWS: the role, the audience, and the forms of subject that its triggers give.

The repository is not in the file, and its place in a subject is a star. A customised subject, or one with ids, is another form.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from federation.evidence.documents.collecting import Collected, known_text
from federation.evidence.documents.model import ExpectedLogin
from federation.evidence.documents.source import SourceFile
from federation.evidence.documents.values import DocumentValue, ListValue, MapValue, ScalarValue, TextValue

ACTION: Final = "aws-actions/configure-aws-credentials@"
ISSUER: Final = "https://token.actions.githubusercontent.com"
DEFAULT_AUDIENCE: Final = "sts.amazonaws.com"
_PULL_REQUEST: Final = frozenset({"pull_request", "pull_request_review", "pull_request_review_comment"})
_TAGGED: Final = frozenset({"release"})


def is_workflow(root: MapValue) -> bool:
    """Whether *root* is a workflow."""
    return isinstance(root.get("jobs"), MapValue) and root.get("on") is not None


def read_workflow(root: MapValue, source: SourceFile, collected: Collected) -> None:
    """Record the logins of the jobs of the workflow *root*."""
    jobs, on = root.get("jobs"), root.get("on")
    for address, job in jobs.known_members() if isinstance(jobs, MapValue) else ():
        if not isinstance(job, MapValue) or not _may_ask(job.get("permissions") or root.get("permissions")):
            continue
        for step in _list(job.get("steps")):
            uses = known_text(step.get("uses")) if isinstance(step, MapValue) else None
            given = step.get("with") if isinstance(step, MapValue) else None
            if uses is None or not uses.startswith(ACTION) or not isinstance(given, MapValue) or given.get("role-to-assume") is None:
                continue
            role, audience = given.get("role-to-assume"), given.get("audience")
            collected.logins.append(
                ExpectedLogin(
                    file=source.name,
                    line=source.line((role or step).start),
                    address=f"job {address}",
                    role=_plain(role),
                    issuer=ISSUER,
                    subjects=tuple(dict.fromkeys(_subjects(job.get("environment"), on))),
                    audience=DEFAULT_AUDIENCE if audience is None else _plain(audience),
                )
            )


def _may_ask(permissions: DocumentValue | None) -> bool:
    """Whether a job with *permissions* gets a token: only where it is told so."""
    if isinstance(permissions, TextValue):
        return permissions.known == "write-all"
    return isinstance(permissions, MapValue) and known_text(permissions.get("id-token")) == "write"


def _subjects(environment: DocumentValue | None, on: DocumentValue | None) -> Iterator[str]:
    if environment is not None:
        named = environment.get("name") if isinstance(environment, MapValue) else environment
        name = _plain(named)
        yield f"repo:*:environment:{'*' if name is None else quote(name, safe=_UNQUOTED)}"
        return
    for trigger, settings in _triggers(on):
        if trigger in _PULL_REQUEST:
            yield "repo:*:pull_request"
        elif trigger == "push":
            yield from _pushed(settings)
        elif trigger in _TAGGED:
            yield "repo:*:ref:refs/tags/*"
        elif trigger == "workflow_call":
            yield "repo:*"
        else:
            yield "repo:*:ref:refs/heads/*"


def _pushed(settings: DocumentValue | None) -> Iterator[str]:
    """Yield the subjects of a push: of each branch and tag that starts the workflow, of all where none is named."""
    branches = settings.get("branches") if isinstance(settings, MapValue) else None
    tags = settings.get("tags") if isinstance(settings, MapValue) else None
    for kind, names, other in (("heads", branches, tags), ("tags", tags, branches)):
        if names is None:
            if other is None:
                yield f"repo:*:ref:refs/{kind}/*"
            continue
        for each in _list(names) or (names,):
            name = _plain(each)
            # A pattern of a workflow has more signs than a star; what is behind the first is open.
            yield f"repo:*:ref:refs/{kind}/{_anchored(name)}"


def _anchored(name: str | None) -> str:
    if name is None or name.startswith("!"):
        return "*"
    plain = next((index for index, character in enumerate(name) if character in "*?+[!"), len(name))
    return name if plain == len(name) else f"{name[:plain]}*"


def _triggers(on: DocumentValue | None) -> Iterator[tuple[str, DocumentValue | None]]:
    match on:
        case TextValue():
            yield on.known or "", None
        case ListValue(items=items):
            yield from ((known_text(each) or "", None) for each in items)
        case MapValue():
            yield from on.known_members()


def _plain(value: DocumentValue | None) -> str | None:
    """Return a string without expressions; None for others."""
    text = value.text if isinstance(value, ScalarValue) else known_text(value)
    return None if text is None or "${{" in text else text


def _list(value: DocumentValue | None) -> tuple[DocumentValue, ...]:
    return value.items if isinstance(value, ListValue) else ()


_UNQUOTED: Final = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) not in ":%")
"""Only a colon in an environment's name is encoded."""
