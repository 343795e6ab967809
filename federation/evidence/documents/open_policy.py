"""A trust policy of which parts are unknown, in a form that is judged in three values.

An unknown part of a value of a condition becomes a policy variable that no request says: what a policy decides without it holds whatever it
is. An unknown principal of a login is taken as the one who asks, which refuses nothing; that it was taken so is told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, Final, TypeVar, cast

from federation.errors import MalformedPolicyDocument
from federation.evidence.documents.model import FoundDocument
from federation.evidence.documents.rendering import FIRST, placeholders
from federation.policy import Policy
from federation.policy.document import read_document
from federation.policy.grammar import CURRENT
from federation.policy.wildcard import Pattern, Piece, fold, units

_VARIABLE_FAMILIES: Final = ("String", "Arn")
"""Families of operators in whose values variables exist."""
_NOBODY: Final = "arn:aws:iam::000000000000:role/unknown"
_NO_PROVIDER: Final = "arn:aws:iam::000000000000:saml-provider/unknown"
_PRINCIPALS: Final = ("Principal", "NotPrincipal")


@dataclass(frozen=True, slots=True)
class OpenPolicy:
    """A trust policy that can be asked, whatever its file leaves open.

    Attributes:
        policy: The policy.
        expressions: What the file has in the place of each variable that no request says, by the name of the variable.
        taken: The expressions that are taken as the provider that asks.
    """

    policy: Policy
    expressions: Mapping[str, str] = field(default_factory=dict)
    taken: tuple[str, ...] = ()


def open_policy(found: FoundDocument, *, provider: str, actions: tuple[str, ...]) -> OpenPolicy:
    """Return the policy of *found* as a login by *provider* that takes *actions* is judged by it.

    Raises:
        ValidationError: Check ``document-unknown``: a part is unknown whose place has no third value, such as an action.
        MalformedPolicyDocument: It violates the grammar.
    """
    if not found.unknowns:
        return OpenPolicy(found.policy())
    try:
        document = read_document(found.text)[1]
    except MalformedPolicyDocument:
        return OpenPolicy(found.policy())  # which says what is unknown, and where
    parts = _OpenParts(provider)
    filled = parts.filled(document)
    if filled is None:
        return OpenPolicy(found.policy())
    policy = Policy.stored(json.dumps(filled, ensure_ascii=False))
    asked = [each.index for each in policy.statements if any(each.action.matches(fold(action)) for action in actions)]
    if not parts.closed.isdisjoint(asked):
        return OpenPolicy(found.policy())
    expressions = {chr(FIRST + number): each.expression for number, each in enumerate(found.unknowns)}
    taken = dict.fromkeys(shown(text, expressions) for index, text in parts.taken if index in asked)
    return OpenPolicy(policy, expressions, tuple(taken))


class _OpenParts:
    def __init__(self, provider: str) -> None:
        self._provider = provider
        self.closed: set[int] = set()
        """Statements that must not be asked: a principal in them has no third value."""
        self.taken: list[tuple[int, str]] = []

    def filled(self, document: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return *document* with nothing unknown in it but variables; None where that is not possible."""
        statements = document.get("Statement")
        if document.get("Version") != CURRENT or statements is None:
            return None
        listed = statements if isinstance(statements, list) else [statements]
        if not all(isinstance(each, dict) for each in listed):
            return None
        made = [self._statement(index, each) for index, each in enumerate(listed)]
        filled = {**document, "Statement": made if isinstance(statements, list) else made[0]}
        return None if any(_is_open(text) for text in _texts(filled)) else filled

    def _statement(self, index: int, statement: Mapping[str, Any]) -> dict[str, Any]:
        made = dict(statement)
        for name in _PRINCIPALS:
            if isinstance(principal := statement.get(name), dict):
                made[name] = {kind: _each(value, self._principal(index, statement, name, kind)) for kind, value in principal.items()}
        if isinstance(condition := statement.get("Condition"), dict):
            made["Condition"] = {operator: self._keys(operator, keys) for operator, keys in condition.items()}
        return made

    def _principal(self, index: int, statement: Mapping[str, Any], name: str, kind: str) -> Callable[[str], str]:
        def fill(value: str) -> str:
            if not placeholders(value):
                return value
            if name == "Principal" and kind == "Federated":
                if statement.get("Effect") == "Allow" and _may_be(value, self._provider):
                    self.taken.append((index, _as_variables(value)))
                    return self._provider
                if not _may_be(value, self._provider):
                    return _NO_PROVIDER
            self.closed.add(index)
            return _NO_PROVIDER if kind == "Federated" else _NOBODY

        return fill

    def _keys(self, operator: str, keys: object) -> object:
        if not isinstance(keys, dict) or not operator.rpartition(":")[2].startswith(_VARIABLE_FAMILIES):
            return keys
        return {key: _each(value, _as_variables) for key, value in keys.items()}


_T = TypeVar("_T")


def shown(told: _T, expressions: Mapping[str, str]) -> _T:
    """Return *told*, a text or data with texts, as the file of an `OpenPolicy` has it: the expressions in the place of the variables."""
    return told if not expressions else cast("_T", _shown(told, expressions))


def _shown(told: object, expressions: Mapping[str, str]) -> object:
    if isinstance(told, str):
        for mark, expression in expressions.items():  # as it is, or as `show` has written it out
            told = told.replace(mark, expression).replace(f"\\U{ord(mark):08x}", expression)
        return told
    if isinstance(told, tuple | list):
        return type(told)(_shown(each, expressions) for each in told)
    if isinstance(told, Mapping):
        return {_shown(name, expressions): _shown(each, expressions) for name, each in told.items()}
    if is_dataclass(told) and not isinstance(told, type):
        return replace(told, **{each.name: _shown(getattr(told, each.name), expressions) for each in fields(told) if each.init})
    return told


def _each(value: object, fill: Callable[[str], str]) -> object:
    if isinstance(value, list):
        return [_each(each, fill) for each in value]
    return fill(value) if isinstance(value, str) else value


def _as_variables(value: str) -> str:
    return value if value.isascii() else "".join(f"${{{each}}}" if placeholders(each) else each for each in value)


def _may_be(value: str, provider: str) -> bool:
    """Whether the unknown parts of *value* can be such that it is *provider*."""
    pieces = (Piece("*") if placeholders(each) else Piece(each, literal=True) for each in value)
    return Pattern.of(*pieces).matches(units(provider))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from _texts(each)


def _is_open(text: str) -> bool:
    """Whether an unknown part stands in *text* outside of a variable."""
    return any(placeholders(each) and text[place - 2 : place] != "${" for place, each in enumerate(text))
