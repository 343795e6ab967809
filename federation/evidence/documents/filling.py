"""Policies with values in the place of what is unknown, so that what holds for every such value can be told from what does not.

The values are chosen to differ in what rules look at: a name of its own, a wildcard, a usual value, nothing. What is found with each of
them does not rest on the unknown part. A statement whose structure is unknown (its effect, a block, the name of a key) is not judged: in
its place stands one that changes nothing, and then one that denies everything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from federation.evidence.documents.model import FoundDocument
from federation.evidence.documents.rendering import FIRST, placeholders
from federation.policy import Kind
from federation.policy.document import member, read_document
from federation.policy.grammar import PRINCIPALED

COUNT: Final = 4
"""Fillings of one policy."""
_WHOLE: Final[Mapping[str, tuple[str, ...]]] = {
    "Version": ("2012-10-17", "2008-10-17"),
    "Action": ("sts:AssumeRoleWithWebIdentity", "sts:TagSession", "*"),
    "NotAction": ("sts:AssumeRoleWithWebIdentity", "sts:TagSession"),
    "Federated": (
        "arn:aws:iam::{account}:oidc-provider/unknown-{n}.invalid",
        "arn:aws:iam::{account}:saml-provider/unknown-{n}",
        "arn:aws:iam::{account}:oidc-provider/{issuer}",
    ),
    "AWS": ("arn:aws:iam::{account}:role/unknown-{n}", "arn:aws:iam::{account}:root"),
    "Service": ("unknown-{n}.amazonaws.com", "ec2.amazonaws.com"),
    "CanonicalUser": ("{n:064x}",),
    "Resource": ("arn:aws:s3:::unknown-{n}", "*"),
    "NotResource": ("arn:aws:s3:::unknown-{n}", "*"),
    "Sid": ("Unknown{n}", "Unknown{n}a"),
    "Numeric": ("1", "1000000"),
    "Date": ("2030-01-01T00:00:00Z", "2000-01-01T00:00:00Z"),
    "Bool": ("true", "false"),
    "Null": ("true", "false"),
    "IpAddress": ("10.0.0.0/8", "192.0.2.1/32"),
    "NotIpAddress": ("10.0.0.0/8", "192.0.2.1/32"),
    "Arn": ("arn:aws:iam::{account}:role/unknown-{n}", "arn:aws:iam::*:role/*"),
    "Binary": ("dW5rbm93bg==",),
    "": ("unknown-{n}", "*", "repo:unknown-{n}/unknown-{n}:ref:refs/heads/unknown-{n}"),
}
"""What stands for a wholly unknown value, by the element, the type of principal or the family of operators that it belongs to."""
_PART: Final = ("unknown-{n}", "*", "unknown-{n}-other", "")
"""What stands for the unknown part of a value."""
_OF_PROVIDER: Final = ("unknown-{n}.invalid", "unknown-{n}", "{issuer}")
"""What stands for the unknown part of the name of a provider: at last the issuer whose keys the conditions name."""
_FIELDS: Final[Mapping[int, tuple[str, ...]]] = {1: ("aws", "aws-us-gov"), 3: ("eu-west-1", "us-east-1"), 4: ("{account}", "{other}")}
"""What stands for the unknown field of an ARN that has a form of its own: partition, region and account."""
_LONGEST_WORD: Final = 6
"""Longest filled text that is not told from a word of a message, such as ``true``."""
_ELEMENTS: Final = ("Action", "NotAction", "Resource", "NotResource", "Sid")
_IDLE: Final[Mapping[str, Any]] = {"StringEquals": {"aws:PrincipalTag/unknown": "unknown"}}


@dataclass(frozen=True)
class Filled:
    """A policy with values in the place of what is unknown.

    Attributes:
        text: Its JSON.
        shown: What stands for a filled text where it is shown to people: the text with the expressions in it.
    """

    text: str
    shown: Mapping[str, str]


@dataclass(frozen=True)
class Fillings:
    """The fillings of a policy.

    Attributes:
        each: Each of them; none where nothing of the policy can be judged.
        unjudged: JSON paths of the statements that are not judged.
        whole: JSON paths of the values of which nothing is known.
    """

    each: tuple[Filled, ...]
    unjudged: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()

    def rests_on_unknown(self, path: str) -> bool:
        """Whether what is at *path* is unknown, or in a statement that is not judged."""
        return any(path == each or path.startswith((f"{each}.", f"{each}[")) for each in (*self.unjudged, *self.whole))


def fillings(found: FoundDocument) -> Fillings:
    """Return the fillings of *found*: its own text where nothing is unknown.

    Raises:
        MalformedPolicyDocument: It is no JSON object.
    """
    if not found.unknowns:
        return Fillings((Filled(found.text, {}),))
    if not found.text.startswith("{"):  # nothing but an expression
        try:
            if isinstance(json.loads(found.text), str):
                return Fillings(())
        except ValueError:
            return Fillings(())
    document = read_document(found.text)[1]
    if isinstance(document.get("Statement"), str):
        return Fillings(())
    fillers = [_Filler(found, number) for number in range(COUNT)]
    each = tuple(filler.filled(document) for filler in fillers)
    return Fillings(each, tuple(fillers[0].unjudged), tuple(fillers[0].whole))


class _Filler:
    def __init__(self, found: FoundDocument, number: int) -> None:
        self._found, self._number = found, number
        self._kind = found.kind or Kind.TRUST
        self._account = next(text for text in _accounts(9) if text not in found.text)
        self._other = next(text for text in _accounts(8) if text not in found.text)
        self._issuer = ""
        self._shown: dict[str, str] = {}
        self.unjudged: list[str] = []
        self.whole: list[str] = []

    def filled(self, document: Mapping[str, Any]) -> Filled:
        members: dict[str, Any] = {}
        for name, value in document.items():
            if name == "Statement":
                listed = value if isinstance(value, list) else [value]
                paths = [f"$.Statement[{index}]" for index in range(len(listed))] if isinstance(value, list) else ["$.Statement"]
                statements = [self._statement(each, path) for each, path in zip(listed, paths, strict=True)]
                members[name] = statements if isinstance(value, list) else statements[0]
            else:
                members[name] = self._value(value, member("$", name), name if name == "Version" else "")
        return Filled(json.dumps(members, ensure_ascii=False), self._shown)

    def _statement(self, statement: object, path: str) -> object:
        if (isinstance(statement, str) and placeholders(statement)) or (isinstance(statement, dict) and not _structure_known(statement)):
            self.unjudged.append(path)
            return self._stand_in()
        if not isinstance(statement, dict):
            return statement
        self._issuer = _issuer(statement)
        filled: dict[str, object] = {}
        for name, value in statement.items():
            inside = member(path, name)
            if name in ("Principal", "NotPrincipal") and isinstance(value, dict):
                filled[name] = {kind: self._value(each, member(inside, kind), kind) for kind, each in value.items()}
            elif name == "Condition" and isinstance(value, dict):
                filled[name] = {operator: self._keys(keys, operator, member(inside, operator)) for operator, keys in value.items()}
            else:
                filled[name] = self._value(value, inside, name if name in _ELEMENTS else "")
        return filled

    def _keys(self, keys: object, operator: str, path: str) -> object:
        if not isinstance(keys, dict):
            return keys
        plain = operator.rpartition(":")[2]
        family = next((each for each in _WHOLE if each and plain.startswith(each)), "")
        return {key: self._value(value, member(path, key), family) for key, value in keys.items()}

    def _value(self, value: object, path: str, role: str) -> object:
        if isinstance(value, list):
            return [self._value(each, f"{path}[{index}]", role) for index, each in enumerate(value)]
        if isinstance(value, dict):
            return {name: self._value(each, member(path, name), role) for name, each in value.items()}
        if not isinstance(value, str) or not placeholders(value):
            return value
        if len(value) == 1:
            self.whole.append(path)
            options = _WHOLE[role]
            return self._put(value, lambda number: self._formed(options, number))
        return self._put(value, lambda number: self._formed(self._options(value, number, role), number))

    def _put(self, value: str, fill: Callable[[int], str]) -> str:
        parts, shown = [], []
        for character in value:
            number = ord(character) - FIRST if placeholders(character) else None
            parts.append(character if number is None else fill(number))
            shown.append(character if number is None else f"${{{self._found.unknowns[number].expression}}}")
            if number is not None and len(parts[-1]) > _LONGEST_WORD:
                self._shown[parts[-1]] = shown[-1]
        filled = "".join(parts)
        if len(filled) > _LONGEST_WORD:
            self._shown[filled] = "".join(shown)
        return filled

    def _options(self, value: str, number: int, role: str) -> tuple[str, ...]:
        """Return what can stand for the unknown part *number* of *value*."""
        mark = chr(FIRST + number)
        fields = value.split(":")
        place = next(index for index, each in enumerate(fields) if mark in each)
        part = _OF_PROVIDER if role == "Federated" else _PART
        return _FIELDS.get(place, part) if value.startswith("arn:") and fields[place] == mark else part

    def _formed(self, options: tuple[str, ...], number: int) -> str:
        chosen = options[min(self._number, len(options) - 1)]
        return chosen.format(n=number + 1, account=self._account, other=self._other, issuer=self._issuer or f"unknown-{number + 1}.invalid")

    def _stand_in(self) -> dict[str, Any]:
        """Return a statement in the place of one that is not judged."""
        if self._kind in PRINCIPALED:
            idle: dict[str, Any] = {"Principal": {"AWS": f"arn:aws:iam::{self._account}:root"}, "Action": "sts:AssumeRole"}
            denying: dict[str, Any] = {"Principal": "*", "Action": "*"}
        else:
            idle = {"Action": "sts:AssumeRole", "Resource": f"arn:aws:iam::{self._account}:role/unknown"}
            denying = {"Action": "*", "Resource": "*"}
        return {"Effect": "Deny", **denying} if self._number % 2 else {"Effect": "Deny", **idle, "Condition": _IDLE}


def _structure_known(statement: Mapping[str, Any]) -> bool:
    """Whether effect, names and blocks of *statement* are known."""
    effect, condition = statement.get("Effect", ""), statement.get("Condition", {})
    names = [*statement]
    for element in ("Principal", "NotPrincipal"):
        principal = statement.get(element, {})
        if isinstance(principal, str) and placeholders(principal):
            return False
        names += principal if isinstance(principal, dict) else ()
    if isinstance(condition, str) or (isinstance(effect, str) and placeholders(effect)):
        return not (isinstance(condition, str) and placeholders(condition)) and not placeholders(str(effect))
    for operator, keys in condition.items() if isinstance(condition, dict) else ():
        if isinstance(keys, str) and placeholders(keys):
            return False
        names += [operator, *(keys if isinstance(keys, dict) else ())]
    return not any(placeholders(name) for name in names)


def _issuer(statement: Mapping[str, Any]) -> str:
    """Return the issuer whose keys the conditions of *statement* name; empty where they name none."""
    condition = statement.get("Condition")
    for keys in condition.values() if isinstance(condition, dict) else ():
        for key in keys if isinstance(keys, dict) else ():
            issuer = key.rpartition(":")[0]
            if "." in issuer:
                return str(issuer)
    return ""


def _accounts(first: int) -> Iterator[str]:
    number = first * 10**11
    while True:
        number += 1
        yield str(number)
