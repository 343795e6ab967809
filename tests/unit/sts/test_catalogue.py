"""The call records are the service model, member by member; flags and documentation are complete."""

import inspect
import re
from typing import Any

import botocore.session  # type: ignore[import-untyped]
import click
import pytest
from botocore import xform_name

from federation.calls.constraints import (
    Constraint,
    IntegerConstraint,
    StructureConstraint,
    StructureListConstraint,
    TextConstraint,
    TextListConstraint,
)
from federation.calls.record import Call, Parameter
from federation.cli.sts import command
from federation.names import kebab_case, lower_first, pascal_case, snake_case
from federation.sts.answering import Answering
from federation.sts.catalogue import OPERATIONS, Operation
from tests.support.sts import callers

MODEL = botocore.session.get_session().get_service_model("sts")
PARAMETERS = [pytest.param(row, each, id=f"{row.name}.{each.wire}") for row in OPERATIONS.values() for each in row.parameters]


def record_file(row: Operation) -> str:
    """The file that declares the call record of the operation."""
    return f"{row.call.__module__.replace('.', '/')}.py"


def assert_same(ours: Constraint, theirs: Any, path: str) -> None:
    """Require the shape of the model, and its bounds where it has some and AWS was not seen to ask more."""
    if isinstance(ours, (TextListConstraint, StructureListConstraint)):
        assert theirs.type_name == "list", path
        assert ours.most == theirs.metadata.get("max", ours.most), path
        assert_same(ours.element, theirs.member, f"{path}[]")
    elif isinstance(ours, StructureConstraint):
        assert theirs.type_name == "structure", path
        assert set(ours.members) == set(theirs.members), path
        for name, member in ours.members.items():
            assert_same(member, theirs.members[name], f"{path}.{name}")
    elif isinstance(ours, IntegerConstraint):
        assert theirs.type_name == "integer", path
        assert (ours.lowest, ours.highest) == (theirs.metadata.get("min"), theirs.metadata.get("max", ours.highest)), path
    else:
        assert isinstance(ours, TextConstraint), path
        assert theirs.type_name == "string", path
        assert ours.shortest == theirs.metadata.get("min", ours.shortest), path
        assert ours.longest == theirs.metadata.get("max", ours.longest), path


def test_every_operation_has_a_row() -> None:
    assert sorted(OPERATIONS) == sorted(MODEL.operation_names)


@pytest.mark.parametrize("row", OPERATIONS.values(), ids=lambda row: row.name)
def test_a_record_is_the_model(row: Operation) -> None:
    model = MODEL.operation_model(row.name)
    wanted = {} if model.input_shape is None else model.input_shape.members
    assert {each.wire for each in row.parameters} == set(wanted), f"declare each parameter in {record_file(row)}, and no other"
    for each in row.parameters:
        assert_same(each.constraint, wanted[each.wire], f"{row.name}.{each.wire}")
    assert {each.wire for each in row.parameters if each.required} == set(getattr(model.input_shape, "required_members", ()))
    assert row.signed is (model.auth_type != "none")


@pytest.mark.parametrize("row", OPERATIONS.values(), ids=lambda row: row.name)
def test_the_method_takes_the_parameters_under_the_names_of_boto3(row: Operation) -> None:
    assert row.method.__name__ == xform_name(row.name)
    assert {each.name: xform_name(each.wire) for each in row.parameters} == {each.name: each.name for each in row.parameters}
    taken = inspect.signature(row.method).parameters
    own = {"self", "at", "origin"} | ({"caller"} if row.signed else set())
    assert taken.keys() - own == {each.name for each in row.parameters}, "add the parameter to the method in federation/sts/service.py"
    assert {each.name: each.required for each in row.parameters} == {
        name: parameter.default is inspect.Parameter.empty for name, parameter in taken.items() if name not in own
    }


@pytest.mark.parametrize(("row", "parameter"), PARAMETERS)
def test_a_parameter_has_a_flag(row: Operation, parameter: Parameter) -> None:
    assert isinstance(command, click.Group)
    flags = {flag for option in command.commands[row.command].params for flag in option.opts}
    assert f"--{parameter.flag}" in flags, (
        f"add --{parameter.flag} to {row.command} in federation/cli/sts/{'signed.py' if row.signed else 'web_identity.py'}"
    )


@pytest.mark.parametrize(("row", "parameter"), PARAMETERS)
def test_a_parameter_is_documented(row: Operation, parameter: Parameter) -> None:
    documented = inspect.getdoc(row.method) or ""
    assert re.search(rf"^ +{parameter.name}: ", documented, re.MULTILINE), (
        f"describe {parameter.name} in {row.method.__qualname__} of federation/sts/service.py"
    )


@pytest.mark.parametrize("row", OPERATIONS.values(), ids=lambda row: row.name)
def test_the_method_passes_every_parameter_on(row: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each parameter reaches the call record under its own name."""
    made: list[Call] = []
    sts = callers.service()
    for step in ("login", "signed"):
        monkeypatch.setattr(Answering, step, lambda _, call, *rest, **more: made.append(call))
    given = {each.name: object() for each in row.parameters}
    row.method(sts, **given, **({"caller": "nobody"} if row.signed else {}))
    [call] = made
    for each in row.parameters:
        assert getattr(call, each.name) is given[each.name], (
            f"pass {each.name} on in {row.method.__qualname__} of federation/sts/service.py"
        )


def test_no_token_and_no_code_is_in_an_event() -> None:
    withheld = {each.name for row in OPERATIONS.values() for each in row.parameters if each.audit == "withheld"}
    assert withheld == {"saml_assertion", "web_identity_token", "trade_in_token", "token_code", "provided_contexts", "encoded_message"}


@pytest.mark.parametrize(("row", "parameter"), PARAMETERS)
def test_no_secret_is_in_an_event(row: Operation, parameter: Parameter) -> None:
    assert not (parameter.secret and parameter.audit == "included"), f"{row.name}.{parameter.name}: audit=withheld"


def test_a_record_shows_no_parameter() -> None:
    record = OPERATIONS["GetDelegatedAccessToken"].call
    assert repr(record(trade_in_token="s3cr3t")) == "<GetDelegatedAccessToken>"  # type: ignore[call-arg]


@pytest.mark.parametrize("name", [*OPERATIONS, *(each.wire for row in OPERATIONS.values() for each in row.parameters)])
def test_names_are_spelled_in_one_way(name: str) -> None:
    assert snake_case(name) == xform_name(name)
    assert kebab_case(name) == xform_name(name, "-")
    assert lower_first(name)[1:] == name[1:]
    assert "SAML" in name or pascal_case(snake_case(name)) == name
