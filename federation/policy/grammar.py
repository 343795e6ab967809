"""The policy grammar: refuses every unknown element (attack row A16). `federation.policy.compiling` compiles what it accepts.

The two are apart, so that an account of many policies is checked when it is loaded, and a policy is compiled when it is first asked
(docs/adr/0044).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from federation import aws_texts
from federation.errors import MalformedPolicyDocument, show
from federation.policy.conditions import Condition
from federation.policy.document import Number, member
from federation.policy.operators import BINARY, OPERATORS, QUALIFIED
from federation.policy.variables import read_template
from federation.policy.wildcard import fold


class Kind(StrEnum):
    """The kind of a policy, by what it is attached to. The kind decides which elements a statement may have."""

    TRUST = "trust"
    IDENTITY = "identity"
    SESSION = "session"
    BOUNDARY = "boundary"
    RESOURCE = "resource"
    SERVICE_CONTROL = "service-control"
    RESOURCE_CONTROL = "resource-control"


CURRENT: Final = "2012-10-17"
LEGACY: Final = "2008-10-17"
_KINDS: Final[Mapping[str, Kind]] = {kind.value: kind for kind in Kind}
PRINCIPALED: Final = frozenset({Kind.TRUST, Kind.RESOURCE})
"""The kinds whose statements name principals, so that a request needs one."""
_FOR_ALL: Final = frozenset({Kind.RESOURCE_CONTROL})
"""The kinds whose statements have a Principal element that can only be everybody."""
_ANY_SID: Final = frozenset({Kind.RESOURCE, Kind.SERVICE_CONTROL, Kind.RESOURCE_CONTROL})
_EVERYBODY: Final = ("*", {"AWS": "*"}, {"AWS": ["*"]})
_DOCUMENT_MEMBERS: Final = ("Version", "Id", "Statement")
_STATEMENT_MEMBERS: Final = (
    "Sid", "Effect", "Condition", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource",
)  # fmt: skip
_PRINCIPAL_TYPES: Final = ("AWS", "Federated", "Service", "CanonicalUser")
_DOCUMENT: Final = frozenset(_DOCUMENT_MEMBERS)
_PRINCIPALS: Final = frozenset(_PRINCIPAL_TYPES)
_SID: Final = re.compile(r"[0-9A-Za-z]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a kind of policy asks of a statement.

    Attributes:
        principal: Whether it has a principal.
        everybody: Whether that principal can only be everybody.
        resource: Whether it has a resource.
        any_sid: Whether a Sid may have other characters than ASCII letters and digits.
        prohibited: The elements that it must not have.
        members: The elements that it may have.
    """

    principal: bool
    everybody: bool
    resource: bool
    any_sid: bool
    prohibited: tuple[str, ...]
    members: frozenset[str]

    @classmethod
    def of(cls, kind: Kind) -> _Rules:
        """Return the rules of *kind*."""
        everybody, resource = kind in _FOR_ALL, kind is not Kind.TRUST
        principal = kind in PRINCIPALED or everybody
        prohibited = (
            *(("NotPrincipal", "NotAction") if everybody else () if principal else ("Principal", "NotPrincipal")),
            *(() if resource else ("Resource", "NotResource")),
        )
        return cls(principal, everybody, resource, kind in _ANY_SID, prohibited, frozenset(_STATEMENT_MEMBERS) - set(prohibited))


_RULES: Final[Mapping[str, _Rules]] = {kind.value: _Rules.of(kind) for kind in Kind}


def fault(
    path: str, expected: str, found: object, *, message: str = aws_texts.policies.SYNTAX, remedy: str = "correct the document"
) -> MalformedPolicyDocument:
    """Return the refusal of a violation of the grammar at the JSON path *path*."""
    return MalformedPolicyDocument(path=path, expected=expected, found=show(found), remedy=remedy, message=message)


def read_kind(kind: object) -> Kind:
    """Return the `Kind` named *kind*."""
    known = _KINDS.get(kind) if isinstance(kind, str) else None
    if known is None:
        raise fault("$", f"a kind of policy: {', '.join(Kind)}", kind, remedy="pass one of these kinds")
    return known


def read_version(document: Mapping[str, Any]) -> str:
    """Return the version of *document*. Without one it is 2008-10-17, which has no policy variables (attack row A17)."""
    version = document.get("Version", LEGACY)
    if version not in (CURRENT, LEGACY) or not isinstance(version, str) or isinstance(version, Number):
        raise fault("$.Version", f"{CURRENT} or {LEGACY}", version, message=aws_texts.policies.VERSION)
    return version


def check_statements(document: dict[str, Any], kind: Kind) -> None:
    """Require that *document* follows the grammar of *kind*. Nothing is compiled, so that loading costs what reading costs.

    Raises:
        MalformedPolicyDocument: The document violates the grammar. ``path`` is the JSON path of the fault.
    """
    rules = _RULES[kind.value]
    if not document.keys() <= _DOCUMENT:
        raise _unknown_member(document, "$", _DOCUMENT_MEMBERS)
    variables = read_version(document) == CURRENT
    if "Id" in document:
        _check_strings([document["Id"]], "$", "Id")
    statements = document.get("Statement")
    if isinstance(statements, dict):
        _check_statement(statements, "$.Statement", rules, variables=variables)
    elif isinstance(statements, list) and statements:
        for index, each in enumerate(statements):
            _check_statement(each, f"$.Statement[{index}]", rules, variables=variables)
        if len(statements) > 1:
            _check_sids(statements)
    else:
        raise fault("$.Statement", "a statement or a list of them", statements)


def _check_statement(source: object, path: str, rules: _Rules, *, variables: bool) -> None:
    if not isinstance(source, dict):
        raise fault(path, "an object", source)
    if not source.keys() <= rules.members:
        for name in rules.prohibited:
            if name in source:
                raise _prohibited(path, name, rules)
        raise _unknown_member(source, path, _STATEMENT_MEMBERS)
    effect = source.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise fault(f"{path}.Effect", "`Allow` or `Deny`, in this case", effect)
    if "Sid" in source:
        _check_sid(source["Sid"], path, rules)
    if rules.principal:
        _check_principal(source, path, rules)
    _check_texts(source, path, "Action", missing=aws_texts.policies.NO_ACTIONS)
    if rules.resource:
        _check_resource(source, path, variables=variables)
    if "Condition" in source:
        _check_conditions(source["Condition"], f"{path}.Condition", variables=variables)


def _check_sid(sid: Any, path: str, rules: _Rules) -> None:  # noqa: ANN401 - any JSON
    _check_strings([sid], path, "Sid")
    if not rules.any_sid and not _SID.fullmatch(sid):
        raise fault(f"{path}.Sid", "ASCII letters and digits", sid, message=aws_texts.policies.SID_FORM)


def _prohibited(path: str, name: str, rules: _Rules) -> MalformedPolicyDocument:
    if name.endswith("Principal") and not rules.principal:
        return fault(f"{path}.{name}", "no principal", name, message=aws_texts.policies.PRINCIPAL_PROHIBITED)
    expected = f"{name.removeprefix('Not')} in its place" if rules.everybody else "no resource"
    return fault(f"{path}.{name}", expected, name, message=aws_texts.policies.prohibited(name))


def _check_sids(statements: list[dict[str, Any]]) -> None:
    seen: set[str] = set()
    for index, statement in enumerate(statements):
        # Older tools write an empty Sid in every statement, so it may repeat.
        sid = statement.get("Sid")
        if sid and sid in seen:
            raise fault(f"$.Statement[{index}].Sid", "a Sid of its own", sid, message=aws_texts.policies.SID_REPEATED)
        seen.add(sid or "")


def _named(source: dict[str, Any], path: str, name: str, *, missing: str) -> str:
    """Return which of *name* and its negation *source* has; it must be one of them."""
    negation = f"Not{name}"
    if name in source:
        if negation in source:
            raise fault(path, f"{name} or {negation}", f"{name} and {negation}")
        return name
    if negation not in source:
        raise _nothing(path, name, missing)
    return negation


def _nothing(path: str, name: str, missing: str) -> MalformedPolicyDocument:
    return fault(path, f"{name} or Not{name} with at least one {name.lower()}", None, message=missing)


def _check_principal(source: dict[str, Any], path: str, rules: _Rules) -> None:
    if "Principal" not in source and "NotPrincipal" not in source:
        raise fault(path, "Principal or NotPrincipal", None, message=aws_texts.policies.NO_PRINCIPALS)
    name = _named(source, path, "Principal", missing=aws_texts.policies.NO_PRINCIPALS)
    value = source[name]
    if isinstance(value, dict):
        if not value.keys() <= _PRINCIPALS:
            raise _unknown_member(value, f"{path}.{name}", _PRINCIPAL_TYPES)
        some = False
        for type_, each in value.items():
            if type(each) is not str:
                _check_strings(each, f"{path}.{name}", type_)
            some = some or each != []
        if not some:
            raise fault(f"{path}.{name}", "at least one principal", "none", message=aws_texts.policies.NO_PRINCIPALS)
    elif value != "*" or isinstance(value, Number):
        raise fault(f"{path}.{name}", "`*` or an object of principals by type", value)
    if rules.everybody and value not in _EVERYBODY:
        raise fault(f"{path}.{name}", "`*`, as a resource control policy is about everybody", "principals")


def _check_texts(source: dict[str, Any], path: str, name: str, *, missing: str) -> str:
    """Require that *source* has *name* or its negation with at least one text, and return which."""
    found = _named(source, path, name, missing=missing)
    if type(source[found]) is not str:
        _check_strings(source[found], path, found)
        if source[found] == []:
            raise _nothing(path, name, missing)
    return found


def _check_resource(source: dict[str, Any], path: str, *, variables: bool) -> None:
    name = _check_texts(source, path, "Resource", missing=aws_texts.policies.NO_RESOURCES)
    for text in listed(source, "Resource"):
        if variables and "${" in text:
            read_template(text, variables=True, path=f"{path}.{name}")


def _check_conditions(block: object, path: str, *, variables: bool) -> None:
    if not isinstance(block, dict):
        raise fault(path, "an object of condition operators", block)
    for name, tests in block.items():
        operator = QUALIFIED.get(name)
        if operator is None:
            raise fault(member(path, name), "a condition operator, in its exact case", name, remedy=_nearest_operator(name))
        if not isinstance(tests, dict):
            raise fault(member(path, name), "an object of condition keys", tests)
        family = operator.operator.family
        for key, values in tests.items():
            # Texts make a condition whatever they say, unless one has a variable or must be base64.
            if type(values) is not str or family is BINARY or (variables and "${" in values):
                at = member(member(path, name), key)
                Condition.compile(operator=operator, key=key, expected=condition_values(values, at), variables=variables, path=at)
        if len(tests) > 1:
            _check_keys(tests, member(path, name))


def _check_keys(tests: dict[str, object], path: str) -> None:
    seen: set[str] = set()
    for key in tests:
        folded = fold(key)
        if folded in seen:
            raise fault(member(path, key), "every key once, whatever its case", key)
        seen.add(folded)


def listed(source: dict[str, Any], name: str) -> tuple[str, ...]:
    """Return the texts of *name* or of its negation."""
    value = source[name] if name in source else source[f"Not{name}"]
    return tuple(value) if isinstance(value, list) else (value,)


def _nearest_operator(name: str) -> str:
    plain = name.rpartition(":")[2].removesuffix("IfExists").lower()
    near = next((each for each in OPERATORS if plain in (each.lower(), each.lower().removesuffix("s"), each.lower() + "s")), None)
    return f"did you mean {near}?" if near else "use an operator of the IAM reference"


def condition_values(value: object, path: str) -> tuple[str, ...]:
    """Return condition values as text. They may be text, numbers and booleans. An empty list is allowed (AWS, observed)."""
    texts = []
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, bool):
            texts.append("true" if each else "false")
        elif isinstance(each, str):
            texts.append(str(each))
        else:
            raise fault(path, "text, numbers or truth values", each)
    return tuple(texts)


def _check_strings(value: object, path: str, name: str) -> None:
    """Require that *value*, the member *name* at *path*, is a text or a list of texts."""
    for each in value if isinstance(value, list) else (value,):
        if type(each) is not str:
            raise fault(member(path, name), "text", each)


def _unknown_member(value: Mapping[str, Any], path: str, known: tuple[str, ...]) -> MalformedPolicyDocument:
    name = next(each for each in value if each not in known)
    near = next((each for each in known if each.lower() == name.lower()), None)
    return fault(path, f"members of {', '.join(known)}", name, remedy=f"write {near}" if near else "remove the member")
