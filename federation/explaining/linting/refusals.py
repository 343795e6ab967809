"""Why IAM would not store a policy document, and the edit that mends it where the document itself tells what is meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count, islice
from typing import Any, Final

from federation.errors import FederationError, MalformedPolicyDocument
from federation.explaining.fixing import changed, plain
from federation.explaining.nearest import edits
from federation.explaining.positions import read_path, scan
from federation.explaining.rewriting import shown
from federation.explaining.roles import trust_policy_in
from federation.explaining.widening import lets_in
from federation.explanation import ABSENT, Cause, Change, Edit, Obstacle, Place
from federation.policy import Policy
from federation.policy.document import read_document
from federation.policy.grammar import CURRENT, Kind
from federation.policy.lint import lint
from federation.policy.operators import QUALIFIED
from federation.policy.wildcard import fold
from federation.policy.writes import ASSUME_ACTIONS

__all__ = ["explain_unstorable"]

_MEMBERS: Final = {
    "$": ("Version", "Id", "Statement"),
    "Principal": ("AWS", "Federated", "Service", "CanonicalUser"),
    "Statement": ("Sid", "Effect", "Condition", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource"),
}
"""The members of each object of a policy document."""
_MOST_TRIED: Final = 4
"""Corrections of one kind that are tried: the refusal is about the first of its kind."""
_OPERATORS: Final = {name.lower(): name for name in QUALIFIED}
_PRINTED: Final = "`aws iam get-role --query Role.AssumeRolePolicyDocument`"
_WHOLE: Final = "whoever meets the policy: as it stands, IAM does not store it"
_SCHEME: Final = re.compile("https?://")

Repair = Callable[[Any, str, Kind], Iterator[tuple[str, Change]]]
"""Yields what to do and the change, of the value that the refusal is about, its JSON path, and the kind of policy."""


def explain_unstorable(text: str, refusal: MalformedPolicyDocument, *, kind: str) -> Obstacle:
    """Return the cause of *refusal*, by which IAM would not store the policy document *text*, and what to write instead."""
    place = Place(owner="policy", path=refusal.path)
    sentence = f"IAM would not store the document: expected {refusal.expected}, found {refusal.found}"
    cause = Cause(check=refusal.check, sentence=sentence, place=place)
    edit = _held(text) or _repaired(text, refusal, Kind(kind)) or Edit(place=place, instruction=refusal.remedy)
    return Obstacle(causes=(cause,), edits=(edit,))


def _held(text: str) -> Edit | None:
    """Return what to pass instead of *text*, the answer of ``aws iam get-role``; None where it is none."""
    try:
        held = trust_policy_in(scan(text))
    except (ValueError, IndexError, RecursionError):
        return None
    if held is None:
        return None
    path, node = held
    # IAM answers with the URL-encoded text, which the AWS CLI and SDKs decode; others keep the JSON as a string
    asked = {"{": "pass this member alone", '"': "decode the string that stands here and pass the policy in it alone"}.get(text[node.start])
    return None if asked is None else Edit(place=Place(owner="policy", path=path), instruction=f"{asked}, as {_PRINTED} prints it")


def _repaired(text: str, refusal: MalformedPolicyDocument, kind: Kind) -> Edit | None:
    """Return the first edit after which the document is not refused so any more; None where the document does not tell what is meant."""
    try:
        document = plain(read_document(text)[1])
    except MalformedPolicyDocument:
        return None
    for repair in _REPAIRS:
        for instruction, change in islice(repair(document, refusal.path, kind), _MOST_TRIED):
            if _mends(document, change, refusal, kind):
                old, new = (None if value is ABSENT else shown(value) for value in (change.old, change.new))
                place = Place(owner="policy", path=change.path)
                if isinstance(change.old, dict) and isinstance(change.new, dict):  # a name: its whole object would say nothing
                    old, new = (shown(next(name for name in one if name not in other)) for one, other in _both(change.old, change.new))
                edit = Edit(place=place, instruction=instruction, old=old, new=new)
                return _offered(document, edit, change, kind)
    return None


def _offered(document: Any, edit: Edit, change: Change, kind: Kind) -> Edit:  # noqa: ANN401 - JSON
    """Return *edit* with its *change*, unless the policy, which IAM stores then, lets in more than its author can mean."""
    before, after = _stored(document, kind), _stored(changed(document, (change,)), kind)
    if _errors(after) > _errors(before):
        return edit
    whom = "" if after is None else _WHOLE if before is None else lets_in(before, after)
    return replace(edit, changes=(change,), lets_in=whom)


def _stored(document: Any, kind: Kind) -> Policy | None:  # noqa: ANN401 - JSON
    try:
        return Policy.stored(document, kind=kind)
    except FederationError:
        return None


def _errors(policy: Policy | None) -> int:
    return 0 if policy is None else sum(finding.severity == "error" for finding in lint(policy))


def _both(old: dict[str, Any], new: dict[str, Any]) -> tuple[tuple[dict[str, Any], dict[str, Any]], ...]:
    return (old, new), (new, old)


def _mends(document: Any, change: Change, refusal: MalformedPolicyDocument, kind: Kind) -> bool:  # noqa: ANN401 - JSON
    try:
        Policy.parse(changed(document, (change,)), kind=kind)
    except MalformedPolicyDocument as left:
        return (left.check, left.path, left.found) != (refusal.check, refusal.path, refusal.found)
    except FederationError:
        return False
    return True


def _names(document: Any, path: str, kind: Kind) -> Iterator[tuple[str, Change]]:  # noqa: ANN401 - JSON
    """Yield the correction of a member whose name is misspelt."""
    del kind
    value = _value(document, path)
    last = path.rpartition(".")[2].removeprefix("Not")
    known = _MEMBERS.get("$" if path == "$" else last.partition("[")[0], ())
    for name in value if isinstance(value, dict) else ():
        near = [each for each in known if each not in value and _alike(name, each)]
        if name not in known and len(near) == 1:
            yield _renamed(path, value, name, near[0])


def _operators(document: Any, path: str, kind: Kind) -> Iterator[tuple[str, Change]]:  # noqa: ANN401 - JSON
    """Yield the correction of an operator that is spelt in another case, or in the singular or plural."""
    del kind
    if path == "$":
        return
    *steps, name = read_path(path)
    at = path[: -len(str(name)) - 1] if path.endswith(f".{name}") else path.rpartition("[")[0]
    block = _value(document, at)
    if isinstance(name, str) and isinstance(block, dict) and steps and name in block:
        folded = name.lower()
        for spelling in (folded, f"{folded}s", folded.removesuffix("s")):
            if spelling in _OPERATORS and _OPERATORS[spelling] not in block:
                yield _renamed(at, block, name, _OPERATORS[spelling])


def _effect(document: Any, path: str, kind: Kind) -> Iterator[tuple[str, Change]]:  # noqa: ANN401 - JSON
    del kind
    value = _value(document, path)
    if isinstance(value, str) and value.capitalize() in ("Allow", "Deny"):
        yield f"write {value.capitalize()}", Change(path=path, old=value, new=value.capitalize())


def _sid(document: Any, path: str, kind: Kind) -> Iterator[tuple[str, Change]]:  # noqa: ANN401 - JSON
    """Yield a Sid of letters and digits that no other statement has."""
    del kind
    value, listed = _value(document, path), document.get("Statement")
    if path.endswith(".Sid") and isinstance(value, str):
        taken = {each.get("Sid") for each in listed if isinstance(each, dict)} if isinstance(listed, list) else set()
        letters = re.sub("[^0-9A-Za-z]", "", value)
        new = _numbered(letters, taken) if letters in taken else letters
        yield f"write the Sid {new}", Change(path=path, old=value, new=new)


def _numbered(sid: str, taken: set[Any]) -> str:
    return next(each for number in count(2) if (each := f"{sid}{number}") not in taken)


def _version(document: Any, path: str, kind: Kind) -> Iterator[tuple[str, Change]]:  # noqa: ANN401 - JSON
    del kind
    if path == "$.Version":
        yield f'write "Version": "{CURRENT}"', Change(path=path, old=document.get("Version", ABSENT), new=CURRENT)


def _resource(document: Any, path: str, kind: Kind) -> Iterator[tuple[str, Change]]:  # noqa: ANN401 - JSON
    """Yield the removal of the resource of a trust policy, whose resource is its role."""
    if kind is Kind.TRUST and path.endswith((".Resource", ".NotResource")):
        yield "remove the member: the resource of a trust policy is its role", Change(path=path, old=_value(document, path), new=ABSENT)


def _action(document: Any, path: str, kind: Kind) -> Iterator[tuple[str, Change]]:  # noqa: ANN401 - JSON
    """Yield an action of a trust policy in the case that IAM demands."""
    value = _value(document, f"{path}.Action")
    listed = value if isinstance(value, list) else [value]
    exact = {fold(each): each for each in ASSUME_ACTIONS}
    for old in listed if kind is Kind.TRUST else ():
        new = exact.get(fold(old)) if isinstance(old, str) else None
        if new is not None and new != old:
            written = [new if each == old else each for each in listed] if isinstance(value, list) else new
            yield f"write {new}", Change(path=f"{path}.Action", old=value, new=written)


def _key(document: Any, path: str, kind: Kind) -> Iterator[tuple[str, Change]]:  # noqa: ANN401 - JSON
    """Yield a condition key without the scheme of its provider's URL."""
    del kind
    steps = read_path(path)
    if len(steps) > 1 and isinstance(steps[-1], str) and _SCHEME.match(steps[-1]):
        at = path.rpartition('["')[0]
        block = _value(document, at)
        new = _SCHEME.sub("", steps[-1], count=1)
        if isinstance(block, dict) and steps[-1] in block and new not in block:
            yield _renamed(at, block, steps[-1], new)


_REPAIRS: Final[tuple[Repair, ...]] = (_names, _operators, _effect, _sid, _version, _resource, _action, _key)


def _alike(name: str, known: str) -> bool:
    """Whether *name* is *known* in another case, or with a letter or two wrong: no two members are that alike but by their Not."""
    one, other = name.lower(), known.lower()
    return one.startswith("not") is other.startswith("not") and edits(one, other) <= min(2, len(other) // 3)


def _renamed(path: str, value: dict[str, Any], old: str, new: str) -> tuple[str, Change]:
    renamed = {new if name == old else name: each for name, each in value.items()}
    return f"write {new}", Change(path=path, old=value, new=renamed)


def _value(document: Any, path: str) -> Any:  # noqa: ANN401 - JSON
    """Return the value at *path*; None where there is none."""
    for step in read_path(path):
        inside = isinstance(document, dict) if isinstance(step, str) else isinstance(document, list) and step < len(document)
        document = (document.get(step) if isinstance(document, dict) else document[step]) if inside else None
    return document
