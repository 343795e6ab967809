"""The table of operations is the service model, member by member."""

from typing import Any

import botocore.session  # type: ignore[import-untyped]
import pytest
from botocore import xform_name

from federation.server.operations import OPERATIONS, Operation, served, snake_case
from federation.server.shapes import Integer, ListOf, Shape, Structure, Text, Timestamp

MODEL = botocore.session.get_session().get_service_model("sts")
KINDS = {"string": Text, "integer": Integer, "timestamp": Timestamp, "structure": Structure, "list": ListOf}


def assert_same(ours: Shape, theirs: Any, path: str) -> None:
    assert isinstance(ours, KINDS[theirs.type_name]), path
    if isinstance(ours, Structure):
        assert set(ours.members) == set(theirs.members), path
        for name, member in ours.members.items():
            assert_same(member, theirs.members[name], f"{path}.{name}")
    if isinstance(ours, ListOf):
        assert_same(ours.element, theirs.member, f"{path}[]")


def test_every_operation_has_a_row() -> None:
    assert [row.name for row in OPERATIONS] == sorted(MODEL.operation_names)


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.name)
def test_a_row_is_the_model(row: Operation) -> None:
    model = MODEL.operation_model(row.name)
    if model.input_shape is None:
        assert row.parameters == {}
    else:
        assert_same(Structure(row.parameters), model.input_shape, row.name)
        assert set(row.required) == set(model.input_shape.required_members)
    assert_same(row.result, model.output_shape, row.name)
    assert row.signed is (model.auth_type != "none")


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.name)
def test_names_are_those_of_boto3(row: Operation) -> None:
    assert row.method == xform_name(row.name)
    assert row.keywords == {name: xform_name(name) for name in row.parameters}


def test_snake_case_of_saml() -> None:
    assert (snake_case("SAMLAssertion"), snake_case("AssumeRoleWithSAML")) == ("saml_assertion", "assume_role_with_saml")


def test_only_what_the_service_offers_is_served() -> None:
    class Unsigned:
        def assume_role_with_saml(self) -> None: ...
        def get_caller_identity(self) -> None: ...

    class Signed(Unsigned):
        def authenticate(self) -> None: ...

    assert set(served(Unsigned())) == {"AssumeRoleWithSAML"}
    assert set(served(Signed())) == {"AssumeRoleWithSAML", "GetCallerIdentity"}
