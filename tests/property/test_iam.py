"""Any input to IAM gives an answer or a refusal, never a bug, and a refused call leaves no trace on disk."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from federation.account.writing.credentials import NewAccessKey
from federation.errors import FederationError
from federation.iam.catalogue import OPERATIONS, VERSION, IamOperation
from federation.server.endpoint import Endpoint
from tests.support.iam import AT, READ, ROOT, TRUST, Iam, allow
from tests.support.sigv4 import signed_request

SUFFIXES = ["", ".member.1", ".member.2", ".member.1.Key", ".member.1.Value", ".member.2.Key", ".member.01", ".Key", "."]
VALUES = st.one_of(
    st.sampled_from(["Deploy", "deploy", "Nobody", TRUST, READ, "true", "TRUE", "1", "-1", "v1", "/", "/ci/", "All"]),
    st.sampled_from(["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::123456789012:policy/p", "arn:aws:s3:::" + "x" * 20]),
    st.text(st.characters(codec="utf-8"), max_size=40),
)
ARGUMENT = st.one_of(
    VALUES, st.none(), st.booleans(), st.integers(), st.lists(st.one_of(VALUES, st.dictionaries(st.text(max_size=5), VALUES)))
)


def names(row: IamOperation) -> st.SearchStrategy[str]:
    """A parameter of the operation, or one that it does not have."""
    return st.sampled_from([*(each.wire for each in row.parameters), "Other"])


@st.composite
def queries(draw: st.DrawFn) -> dict[str, str]:
    """Parameters of one operation in the form of the wire, most of them malformed."""
    row = OPERATIONS[draw(st.sampled_from(sorted(OPERATIONS)))]
    flat = st.tuples(names(row), st.sampled_from(SUFFIXES)).map("".join)
    return {**draw(st.dictionaries(flat, VALUES, max_size=6)), "Action": row.name, "Version": VERSION}


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """An operation, and arguments of any type."""
    row = OPERATIONS[draw(st.sampled_from(sorted(OPERATIONS)))]
    return row.name, draw(st.dictionaries(names(row), ARGUMENT, max_size=6))


MANY = tuned(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def iam(tmp_path: Path) -> Iam:
    made = Iam(tmp_path)
    made("CreateRole", RoleName="Deploy", AssumeRolePolicyDocument=TRUST)
    return made


@pytest.fixture
def key(iam: Iam) -> NewAccessKey:
    iam.user("Alice", allow("*"))
    return iam.key("Alice")


@MANY
@given(query=queries())
def test_any_query_is_answered(iam: Iam, key: NewAccessKey, query: Mapping[str, str]) -> None:
    request = signed_request(query, key_id=key.id, secret=key.secret, service="iam", at=AT)
    before = iam.files()
    answer = Endpoint(iam.service.sts, iam=iam.service).answer(request, at=AT)
    assert 200 <= answer.response.status < 500, answer.refusal
    if answer.code:
        assert iam.files() == before


@MANY
@given(call=calls())
def test_any_arguments_are_answered(iam: Iam, call: tuple[str, Mapping[str, Any]]) -> None:
    before, (name, arguments) = iam.files(), call
    refusal: FederationError | None = None
    try:
        iam.service.answer(name, arguments, caller=ROOT, at=AT)
    except FederationError as caught:
        refusal = caught
    if refusal is not None:
        assert refusal.http_status < 500, refusal
        assert refusal.explanation.cause
        assert iam.files() == before
