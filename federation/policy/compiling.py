"""Compilation of statements that the grammar accepts. It is done when a policy is first asked (docs/adr/0044)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from federation.policy.conditions import Condition
from federation.policy.document import member
from federation.policy.grammar import CURRENT, PRINCIPALED, Kind, condition_values, listed, read_version
from federation.policy.operators import QUALIFIED
from federation.policy.principal import PrincipalElement
from federation.policy.statement import ActionElement, ResourceElement, Statement
from federation.policy.variables import read_template


def compile_statements(document: dict[str, Any], kind: Kind) -> tuple[Statement, ...]:
    """Compile the statements of *document*, which `federation.policy.grammar.check_statements` has accepted."""
    variables, statements = read_version(document) == CURRENT, document["Statement"]
    placed = (
        [("$.Statement", statements)]
        if isinstance(statements, dict)
        else [(f"$.Statement[{index}]", each) for index, each in enumerate(statements)]
    )
    return tuple(
        Statement(
            index=index,
            sid=source.get("Sid"),
            effect=source["Effect"],
            principal=_principal(source, kind) if kind in PRINCIPALED else None,
            action=ActionElement.compile(listed(source, "Action"), negated="NotAction" in source),
            resource=None if kind is Kind.TRUST else _resource(source, path=path, variables=variables),
            conditions=tuple(_conditions(source.get("Condition", {}), path=f"{path}.Condition", variables=variables)),
            path=path,
            source=source,
        )
        for index, (path, source) in enumerate(placed)
    )


def _principal(source: dict[str, Any], kind: Kind) -> PrincipalElement:
    negated = "NotPrincipal" in source
    value = source["NotPrincipal" if negated else "Principal"]
    by_type: dict[str, frozenset[str]] = {}
    spelled, everyone = ["*"], True
    if isinstance(value, dict):
        by_type = {type_: frozenset((each,) if isinstance(each, str) else each) for type_, each in value.items()}
        spelled = [f"{type_}:{each}" for type_ in value for each in sorted(by_type[type_])]
        everyone = "*" in by_type.get("AWS", ())
    return PrincipalElement(
        negated=negated,
        everyone=everyone,
        spelled=tuple(spelled),
        names=by_type,
        denies=source["Effect"] == "Deny",
        anonymous=kind is Kind.RESOURCE,
    )


def _resource(source: dict[str, Any], *, path: str, variables: bool) -> ResourceElement:
    spelled, negated = listed(source, "Resource"), "NotResource" in source
    place = f"{path}.NotResource" if negated else f"{path}.Resource"
    templates = tuple(read_template(text, variables=variables, path=place) for text in spelled)
    return ResourceElement.compile(spelled, templates, negated=negated)


def _conditions(block: dict[str, Any], *, path: str, variables: bool) -> Iterator[Condition]:
    for name, tests in block.items():
        at = member(path, name)
        for key, values in tests.items():
            place = member(at, key)
            expected = condition_values(values, place)
            yield Condition.compile(operator=QUALIFIED[name], key=key, expected=expected, variables=variables, path=place)
