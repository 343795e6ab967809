"""Workflows of GitHub that ask for a role of AWS: the role, the audience, and the forms of subject that its triggers give.

The repository is not in the file, and its place in a subject is a star. A customised subject, or one with ids, is another form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import quote

from federation.evidence.documents.collecting import Collected, known_text, number_of
from federation.evidence.documents.model import ExpectedLogin
from federation.evidence.documents.source import SourceFile
from federation.evidence.documents.values import DocumentValue, ListValue, MapValue, ScalarValue, TextValue
from federation.explaining.positions import TextSpan
from federation.policy.document import member

ACTION: Final = "aws-actions/configure-aws-credentials@"
ISSUER: Final = "https://token.actions.githubusercontent.com"
DEFAULT_AUDIENCE: Final = "sts.amazonaws.com"
_PULL_REQUEST: Final = frozenset({"pull_request", "pull_request_review", "pull_request_review_comment"})
_TAGGED: Final = frozenset({"release"})
_ON_BRANCH: Final = frozenset({"merge_group", "repository_dispatch", "schedule", "workflow_run"})
_BASE: Final = "pull_request_target"
"""It runs for a pull request, on the branch that the request is made to."""
ANY_REPOSITORY: Final = "repo:*"
"""The beginning of every subject that is told here: the file does not say the repository."""
ANY_BRANCH: Final = f"{ANY_REPOSITORY}:ref:refs/heads/*"
ANY_TAG: Final = f"{ANY_REPOSITORY}:ref:refs/tags/*"
_CALLED: Final = "workflow_call"
_ROLE: Final = "role-to-assume"
_WITHOUT_TOKEN: Final = ("aws-access-key-id", "web-identity-token-file", "role-chaining")
"""Inputs of the action with which it proves itself by something else than a token of GitHub."""
_HOSTED: Final = ("ubuntu-", "windows-", "macos-")
"""Beginnings of the labels of GitHub's own runners."""
_EXPRESSION: Final = re.compile(r"\$\{\{\s*([^{}]*?)\s*\}\}")


def is_workflow(root: MapValue) -> bool:
    """Whether *root* is a workflow."""
    return isinstance(root.get("jobs"), MapValue) and root.get("on") is not None


def read_workflow(root: MapValue, source: SourceFile, collected: Collected) -> None:
    """Record the logins of the jobs of the workflow *root*."""
    jobs, on = root.get("jobs"), root.get("on")
    called = any(trigger == _CALLED for trigger, _ in _triggers(on))
    for name, job in jobs.known_members() if isinstance(jobs, MapValue) else ():
        if not isinstance(job, MapValue):
            continue
        own = job.get("permissions")
        may_ask = _may_ask(root.get("permissions") if own is None else own, called=called)
        if not may_ask and not _is_hosted(job.get("runs-on")):  # its machine may have credentials, and the action takes those
            continue
        for number, step in enumerate(_list(job.get("steps"))):
            uses = known_text(step.get("uses")) if isinstance(step, MapValue) else None
            given = step.get("with") if isinstance(step, MapValue) else None
            role = given.get(_ROLE) if isinstance(given, MapValue) else None
            if uses is None or not uses.startswith(ACTION) or not isinstance(given, MapValue) or role is None:
                continue
            if any(_scalar(given.get(other)) not in (None, "", "false") for other in _WITHOUT_TOKEN):
                continue
            said = _Expressions(collected.given, (step, job, root))
            audience = _present(given.get("audience"))
            collected.logins.append(
                ExpectedLogin(
                    source=source,
                    path=member(f"{member('$.jobs', name)}.steps[{number}].with", _ROLE),
                    written=TextSpan(role.start, role.end),
                    address=f"job {name}",
                    role=said.text(role),
                    issuer=ISSUER,
                    subjects=tuple(dict.fromkeys(_subjects(_present(job.get("environment")), on, _Expressions(collected.given)))),
                    audience=DEFAULT_AUDIENCE if audience is None else said.text(audience),
                    duration=number_of(given.get("role-duration-seconds")),
                    may_ask=may_ask,
                )
            )


def _may_ask(permissions: DocumentValue | None, *, called: bool) -> bool:
    """Whether a job with *permissions* gets a token: only where it is told so, by its own file or by the workflow that calls it."""
    if permissions is None:
        return called
    if isinstance(permissions, TextValue):
        return permissions.known == "write-all"
    return isinstance(permissions, MapValue) and known_text(permissions.get("id-token")) == "write"


def _is_hosted(runner: DocumentValue | None) -> bool:
    """Whether the job runs on a machine of GitHub, as far as the file says."""
    labels = _list(runner) or (() if runner is None else (runner,))
    return all((known_text(each) or "").startswith(_HOSTED) for each in labels)


class _Expressions:
    """What the values of a workflow are once their expressions are known: those that were given, and ``env`` of the file itself."""

    def __init__(self, given: Mapping[str, str], around: Sequence[DocumentValue] = ()) -> None:
        self._given = given
        self._environments = [each.get("env") for each in around if isinstance(each, MapValue)]

    def text(self, value: DocumentValue | None) -> str | None:
        """Return the string that *value* is; None where an expression in it is not known."""
        text = _scalar(value)
        if text is None:
            return None
        found = {match[1]: self._value(match[1]) for match in _EXPRESSION.finditer(text)}
        if None in found.values():
            return None
        text = _EXPRESSION.sub(lambda match: found[match[1]] or "", text)
        return None if "${{" in text else text

    def _value(self, expression: str) -> str | None:
        if expression in self._given:
            return self._given[expression]
        name = expression.removeprefix("env.")
        if name == expression:
            return None
        for each in self._environments:
            value = each.get(name) if isinstance(each, MapValue) else None
            if value is not None:  # the innermost counts; what is itself an expression is not followed
                text = _scalar(value)
                return None if text is None or "${{" in text else text
        return None


def _subjects(environment: DocumentValue | None, on: DocumentValue | None, said: _Expressions) -> Iterator[str]:
    if environment is not None:
        named = environment.get("name") if isinstance(environment, MapValue) else environment
        name = said.text(named)
        yield f"{ANY_REPOSITORY}:environment:{'*' if name is None else quote(name, safe=_UNQUOTED)}"
        return
    for trigger, settings in _triggers(on):
        if trigger in _PULL_REQUEST:
            yield f"{ANY_REPOSITORY}:pull_request"
        elif trigger == "push":
            yield from _pushed(settings, said)
        elif trigger in _TAGGED:
            yield ANY_TAG
        elif trigger == _CALLED:
            yield ANY_REPOSITORY
        elif trigger == _BASE:
            yield from (f"{ANY_REPOSITORY}:pull_request", ANY_BRANCH)
        elif trigger in _ON_BRANCH:
            yield ANY_BRANCH
        else:  # by hand a workflow is started on a tag as well
            yield from (ANY_BRANCH, ANY_TAG)


def _pushed(settings: DocumentValue | None, said: _Expressions) -> Iterator[str]:
    """Yield the subjects of a push: of each branch and tag that starts the workflow, of all where none is named."""
    branches = settings.get("branches") if isinstance(settings, MapValue) else None
    tags = settings.get("tags") if isinstance(settings, MapValue) else None
    for kind, names, other in (("heads", branches, tags), ("tags", tags, branches)):
        if names is None:
            if other is None:
                yield f"{ANY_REPOSITORY}:ref:refs/{kind}/*"
            continue
        for each in _list(names) or (names,):
            name = said.text(each)
            # A pattern of a workflow has more signs than a star; what is behind the first is open.
            yield f"{ANY_REPOSITORY}:ref:refs/{kind}/{_anchored(name)}"


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


def _present(value: DocumentValue | None) -> DocumentValue | None:
    """Return *value*; None for a member without a value."""
    return None if isinstance(value, ScalarValue) and value.text == "null" else value


def _scalar(value: DocumentValue | None) -> str | None:
    return value.text if isinstance(value, ScalarValue) else known_text(value)


def _list(value: DocumentValue | None) -> tuple[DocumentValue, ...]:
    return value.items if isinstance(value, ListValue) else ()


_UNQUOTED: Final = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) not in ":%")
"""Only a colon in an environment's name is encoded."""
