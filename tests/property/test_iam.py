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
from federation.iam.catalogue import OPERATIONS, VERSION
from federation.server.endpoint import Endpoint
from tests.support.iam import AT, READ, TRUST, Iam, allow
from tests.support.sigv4 import signed_request

NAMES = sorted({each.wire for row in OPERATIONS.values() for each in row.parameters})
SUFFIXES = ["", ".member.1", ".member.2", ".member.1.Key", ".member.1.Value", ".member.2.Key", ".member.01", ".Key", "."]
VALUES = st.one_of(
    st.sampled_from(["Deploy", "deploy", "Nobody", TRUST, READ, "true", "TRUE", "1", "-1", "v1", "/", "/ci/", "All"]),
    st.sampled_from(["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::123456789012:policy/p", "arn:aws:s3:::" + "x" * 20]),
    st.text(st.characters(codec="utf-8"), max_size=40),
)
PARAMETERS = st.dictionaries(st.tuples(st.sampled_from(NAMES), st.sampled_from(SUFFIXES)).map("".join), VALUES, max_size=6)
ARGUMENTS = st.dictionaries(
    st.sampled_from(NAMES),
    st.one_of(VALUES, st.none(), st.booleans(), st.integers(), st.lists(st.one_of(VALUES, st.dictionaries(st.text(max_size=5), VALUES)))),
    max_size=5,
)
MANY = tuned(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])


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
@given(action=st.sampled_from(sorted(OPERATIONS)), parameters=PARAMETERS)
def test_any_query_is_answered(iam: Iam, key: NewAccessKey, action: str, parameters: Mapping[str, str]) -> None:
    query = {**parameters, "Action": action, "Version": VERSION}
    request = signed_request(query, key_id=key.id, secret=key.secret, service="iam", at=AT)
    before = iam.files()
    answer = Endpoint(iam.service.sts, iam=iam.service).answer(request, at=AT)
    assert 200 <= answer.response.status < 500, answer.refusal
    if answer.code:
        assert iam.files() == before


@MANY
@given(action=st.sampled_from(sorted(OPERATIONS)), arguments=ARGUMENTS)
def test_any_arguments_are_answered(iam: Iam, action: str, arguments: Mapping[str, Any]) -> None:
    before = iam.files()
    known = {name: value for name, value in arguments.items() if name in {each.wire for each in OPERATIONS[action].parameters}}
    refusal: FederationError | None = None
    try:
        iam(action, **known)
    except FederationError as caught:
        refusal = caught
    if refusal is not None:
        assert refusal.http_status < 500, refusal
        assert iam.files() == before
