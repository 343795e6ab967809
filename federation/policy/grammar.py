"""The policy grammar: compiles plain data to statements and refuses every unknown element (attack row A16)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from federation import aws_texts
from federation.errors import MalformedPolicyDocument, show
from federation.policy.conditions import Condition
from federation.policy.document import Number, member
from federation.policy.operators import OPERATORS, QUALIFIED
from federation.policy.principal import PrincipalElement
from federation.policy.statement import ActionElement, ResourceElement, Statement
from federation.policy.variables import read_template


class Kind(StrEnum):
    """The kind of a policy, by what it is attached to. The kind decides which elements a statement may have."""

    TRUST = "trust"
    IDENTITY = "identity"
    SESSION = "session"
    BOUNDARY = "boundary"
    RESOURCE = "resource"


CURRENT: Final = "2012-10-17"
LEGACY: Final = "2008-10-17"
_KINDS: Final = frozenset(Kind)
PRINCIPALED: Final = frozenset({Kind.TRUST, Kind.RESOURCE})
"""The kinds whose statements have a Principal element."""
_PRINCIPAL_TYPES: Final = ("AWS", "Federated", "Service", "CanonicalUser")
_SID: Final = re.compile(r"[0-9A-Za-z]*", re.ASCII)


def fault(
    path: str, expected: str, found: object, *, message: str = aws_texts.policies.SYNTAX, remedy: str = "correct the document"
) -> MalformedPolicyDocument:
    """Return the refusal of a violation of the grammar at the JSON path *path*."""
    return MalformedPolicyDocument(path=path, expected=expected, found=show(found), remedy=remedy, message=message)


def read_kind(kind: object) -> Kind:
    """Return the `Kind` named *kind*."""
    if not isinstance(kind, str) or kind not in _KINDS:
        raise fault("$", f"a kind of policy: {', '.join(Kind)}", kind, remedy="pass one of these kinds")
    return Kind(kind)


def read_version(document: dict[str, Any]) -> str:
    """Return the version of *document*. Without one it is 2008-10-17, which has no policy variables (attack row A17)."""
    version = document.get("Version", LEGACY)
    if version not in (CURRENT, LEGACY) or not isinstance(version, str) or isinstance(version, Number):
        raise fault("$.Version", f"{CURRENT} or {LEGACY}", version, message=aws_texts.policies.VERSION)
    return version


def read_statements(document: dict[str, Any], kind: Kind) -> tuple[Statement, ...]:
    """Compile the statements of *document*.

    Raises:
        MalformedPolicyDocument: The document violates the grammar of *kind*. ``path`` is the JSON path of the fault.
    """
    _check_members(document, "$", ("Version", "Id", "Statement"))
    variables = read_version(document) == CURRENT
    if "Id" in document:
        _string(document["Id"], "$.Id")
    listed = document.get("Statement")
    if isinstance(listed, dict):
        pairs = [("$.Statement", listed)]
    elif isinstance(listed, list) and listed:
        pairs = [(f"$.Statement[{index}]", each) for index, each in enumerate(listed)]
    else:
        raise fault("$.Statement", "a statement or a list of them", listed)
    statements = tuple(_read_statement(each, index, path=path, kind=kind, variables=variables) for index, (path, each) in enumerate(pairs))
    _check_sids(statements)
    return statements


def _read_statement(source: object, index: int, *, path: str, kind: Kind, variables: bool) -> Statement:
    if not isinstance(source, dict):
        raise fault(path, "an object", source)
    _check_prohibited(source, path, kind)
    pairs = ("Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource")
    _check_members(source, path, ("Sid", "Effect", "Condition", *pairs))
    effect = source.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise fault(f"{path}.Effect", "`Allow` or `Deny`, in this case", effect)
    return Statement(
        index=index,
        sid=_read_sid(source, path, kind),
        effect=effect,
        principal=_read_principal(source, path, kind) if kind in PRINCIPALED else None,
        action=_read_action(source, path),
        resource=_read_resource(source, path=path, kind=kind, variables=variables),
        conditions=_read_conditions(source.get("Condition", {}), path=f"{path}.Condition", variables=variables),
        path=path,
        source=source,
    )


def _check_prohibited(source: dict[str, Any], path: str, kind: Kind) -> None:
    for name in ("Principal", "NotPrincipal") if kind not in PRINCIPALED else ():
        if name in source:
            raise fault(f"{path}.{name}", "no principal", name, message=aws_texts.policies.PRINCIPAL_PROHIBITED)
    for name in ("Resource", "NotResource") if kind is Kind.TRUST else ():
        if name in source:
            raise fault(f"{path}.{name}", "no resource", name, message=aws_texts.policies.prohibited(name))


def _read_sid(source: dict[str, Any], path: str, kind: Kind) -> str | None:
    if "Sid" not in source:
        return None
    sid = _string(source["Sid"], f"{path}.Sid")
    if kind is not Kind.RESOURCE and not _SID.fullmatch(sid):
        raise fault(f"{path}.Sid", "ASCII letters and digits", sid, message=aws_texts.policies.SID_FORM)
    return sid


def _check_sids(statements: tuple[Statement, ...]) -> None:
    seen: set[str] = set()
    for statement in statements:
        # Older tools write an empty Sid in every statement, so it may repeat.
        if statement.sid and statement.sid in seen:
            raise fault(f"{statement.path}.Sid", "a Sid of its own", statement.sid, message=aws_texts.policies.SID_REPEATED)
        seen.add(statement.sid or "")


def _one_of(source: dict[str, Any], path: str, name: str) -> str | None:
    both = [each for each in (name, f"Not{name}") if each in source]
    if len(both) > 1:
        raise fault(path, f"{name} or Not{name}", f"{name} and Not{name}")
    return both[0] if both else None


def _read_principal(source: dict[str, Any], path: str, kind: Kind) -> PrincipalElement:
    name = _one_of(source, path, "Principal")
    if name is None:
        raise fault(path, "Principal or NotPrincipal", None, message=aws_texts.policies.NO_PRINCIPALS)
    value, at = source[name], f"{path}.{name}"
    by_type: dict[str, frozenset[str]] = {}
    if value == "*" and not isinstance(value, Number):
        everyone, spelled = True, ["*"]
    elif isinstance(value, dict):
        _check_members(value, at, _PRINCIPAL_TYPES)
        by_type = {type_: frozenset(_strings(each, member(at, type_))) for type_, each in value.items()}
        spelled = [f"{type_}:{each}" for type_ in value for each in sorted(by_type[type_])]
        everyone = "*" in by_type.get("AWS", ())
    else:
        raise fault(at, "`*` or an object of principals by type", value)
    if not spelled:
        raise fault(at, "at least one principal", "none", message=aws_texts.policies.NO_PRINCIPALS)
    return PrincipalElement(
        negated=name == "NotPrincipal",
        everyone=everyone,
        spelled=tuple(spelled),
        names=by_type,
        denies=source["Effect"] == "Deny",
        anonymous=kind is Kind.RESOURCE,
    )


def _read_action(source: dict[str, Any], path: str) -> ActionElement:
    name = _one_of(source, path, "Action")
    spelled = _strings(source[name], f"{path}.{name}") if name else ()
    if not spelled:
        raise fault(path, "Action or NotAction with at least one action", None, message=aws_texts.policies.NO_ACTIONS)
    return ActionElement.compile(spelled, negated=name == "NotAction")


def _read_resource(source: dict[str, Any], *, path: str, kind: Kind, variables: bool) -> ResourceElement | None:
    if kind is Kind.TRUST:
        return None
    name = _one_of(source, path, "Resource")
    spelled = _strings(source[name], f"{path}.{name}") if name else ()
    if not spelled:
        raise fault(path, "Resource or NotResource with at least one resource", None, message=aws_texts.policies.NO_RESOURCES)
    templates = tuple(read_template(text, variables=variables, path=f"{path}.{name}") for text in spelled)
    return ResourceElement.compile(spelled, templates, negated=name == "NotResource")


def _read_conditions(block: object, *, path: str, variables: bool) -> tuple[Condition, ...]:
    if not isinstance(block, dict):
        raise fault(path, "an object of condition operators", block)
    conditions = []
    for name, tests in block.items():
        at = member(path, name)
        operator = QUALIFIED.get(name)
        if operator is None:
            raise fault(at, "a condition operator, in its exact case", name, remedy=_nearest_operator(name))
        if not isinstance(tests, dict):
            raise fault(at, "an object of condition keys", tests)
        seen: set[str] = set()
        for key, values in tests.items():
            expected = _values(values, member(at, key))
            condition = Condition.compile(operator=operator, key=key, expected=expected, variables=variables, path=member(at, key))
            if condition.folded in seen:
                raise fault(member(at, key), "every key once, whatever its case", key)
            seen.add(condition.folded)
            conditions.append(condition)
    return tuple(conditions)


def _nearest_operator(name: str) -> str:
    plain = name.rpartition(":")[2].removesuffix("IfExists").lower()
    near = next((each for each in OPERATORS if plain in (each.lower(), each.lower().removesuffix("s"), each.lower() + "s")), None)
    return f"did you mean {near}?" if near else "use an operator of the IAM reference"


def _values(value: object, path: str) -> tuple[str, ...]:
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


def _strings(value: object, path: str) -> tuple[str, ...]:
    return tuple(_string(each, path) for each in (value if isinstance(value, list) else [value]))


def _string(value: object, path: str) -> str:
    if not isinstance(value, str) or isinstance(value, Number):
        raise fault(path, "text", value)
    return value


def _check_members(value: Mapping[str, Any], path: str, known: tuple[str, ...]) -> None:
    for name in value:
        if name not in known:
            near = next((each for each in known if each.lower() == name.lower()), None)
            raise fault(path, f"members of {', '.join(known)}", name, remedy=f"write {near}" if near else "remove the member")
