"""Every row of IAM's catalogue beside the newest service model of botocore: parameters, constraints, results, errors."""

import re
from collections.abc import Iterator
from typing import Any

import botocore.session  # type: ignore[import-untyped]
import pytest
from botocore import xform_name

from federation import errors
from federation.calls.constraints import (
    BooleanConstraint,
    Constraint,
    EnumConstraint,
    IntegerConstraint,
    StructureConstraint,
    StructureListConstraint,
    TextConstraint,
    TextListConstraint,
)
from federation.errors import FederationError
from federation.iam.catalogue import OPERATIONS, VERSION, IamOperation
from federation.server.render import IAM_NAMESPACE

MODEL = botocore.session.get_session().get_service_model("iam")
ROWS = pytest.mark.parametrize("row", OPERATIONS.values(), ids=lambda row: row.name)
UNMODELLED = {"CreateRole": {"NoSuchEntity"}, "GetAccessKeyLastUsed": {"NoSuchEntity"}}
"""Codes that are sent although the model does not list them: of a permissions boundary, and of a key, that is not there."""
CLASSES = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, FederationError)]


def bounds(ours: Constraint) -> tuple[str, dict[str, Any]]:
    """The type of a constraint in the model, and its bounds under the names of the model."""
    match ours:
        case EnumConstraint(values=values):
            return "string", {"enum": list(values)}
        case TextConstraint(shortest=shortest, longest=longest, written=written):
            return "string", {"min": shortest, "max": longest, **({"pattern": written} if written else {})}
        case IntegerConstraint(lowest=lowest, highest=highest):
            return "integer", {"min": lowest, "max": highest}
        case TextListConstraint(most=most) | StructureListConstraint(most=most):
            return "list", {"max": most}
        case BooleanConstraint():
            return "boolean", {}
        case _:
            return "structure", {}


def differences(ours: Constraint, theirs: Any, path: str) -> Iterator[str]:
    """Yield where a constraint is not that of the model. A length that the model does not bound is bounded by us."""
    kind, own = bounds(ours)
    modelled = {name: value for name, value in theirs.metadata.items() if name in ("min", "max", "pattern", "enum")}
    free = {"min", "max"} - modelled.keys()
    if (kind, {name: value for name, value in own.items() if name not in free}) != (theirs.type_name, modelled):
        yield f"{path}: {theirs.type_name} {modelled}"
    elif isinstance(ours, TextListConstraint | StructureListConstraint):
        yield from differences(ours.element, theirs.member, f"{path}[]")
    elif isinstance(ours, StructureConstraint):
        if set(theirs.required_members) != (set(ours.members) if ours.required else set()) or ours.members.keys() != theirs.members.keys():
            yield f"{path}: members {sorted(theirs.members)}, required {theirs.required_members}"
        for name in ours.members.keys() & theirs.members.keys():
            yield from differences(ours.members[name], theirs.members[name], f"{path}.{name}")


def test_the_version_and_the_namespace_are_those_of_the_model() -> None:
    assert MODEL.api_version == VERSION
    assert MODEL.metadata["xmlNamespace"] == IAM_NAMESPACE


@ROWS
def test_a_call_is_that_of_the_model(row: IamOperation) -> None:
    shape = MODEL.operation_model(row.name).input_shape
    wanted = {} if shape is None else shape.members
    assert [each.wire for each in row.parameters] == list(wanted), "declare the parameters in the order of the model"
    assert {each.wire for each in row.parameters if each.required} == set(() if shape is None else shape.required_members)
    assert {each.name for each in row.parameters} == {xform_name(each.wire) for each in row.parameters}
    assert [text for each in row.parameters for text in differences(each.constraint, wanted[each.wire], each.wire)] == []


@ROWS
def test_an_operation_is_named_as_in_boto3(row: IamOperation) -> None:
    assert row.run.__name__ == xform_name(row.name)
    assert row.call.__name__ == row.name
    assert row.call.service == "iam"


@ROWS
def test_an_operation_has_a_result_where_the_model_has_one(row: IamOperation) -> None:
    said = row.run.__annotations__["return"]
    assert said == ("None" if MODEL.operation_model(row.name).output_shape is None else "Result")


@pytest.mark.parametrize("shape", [name for name in MODEL.shape_names if MODEL.shape_for(name).metadata.get("error")])
def test_an_error_has_code_and_status_of_the_model(shape: str) -> None:
    error = MODEL.shape_for(shape).metadata["error"]
    ours = [kind for kind in CLASSES if kind.code == error["code"]]
    assert {kind.http_status for kind in ours} <= {error["httpStatusCode"]}


@ROWS
def test_what_an_operation_says_it_refuses_is_of_the_model(row: IamOperation) -> None:
    """The classes in a docstring are errors of the operation in the model, or errors that every operation of AWS has."""
    common = {"ValidationError", "AccessDenied"}
    said = set(re.findall(r"^ {4,8}(\w+): ", (row.run.__doc__ or "").partition("Raises:")[2], re.MULTILINE))
    codes = {getattr(errors, name).code for name in said} - common
    modelled = {shape.metadata.get("error", {}).get("code", shape.name) for shape in MODEL.operation_model(row.name).error_shapes}
    assert codes - UNMODELLED.get(row.name, set()) <= modelled
