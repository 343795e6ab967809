"""Whatever a client sends has one reading or none; what botocore sends has the reading botocore meant."""

from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import unescape

import botocore.session  # type: ignore[import-untyped]
import pytest
from botocore.serialize import QuerySerializer  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from federation.calls.constraints import (
    Constraint,
    IntegerConstraint,
    StructureConstraint,
    StructureListConstraint,
    TextListConstraint,
)
from federation.errors import FederationError
from federation.server.endpoint import Endpoint
from federation.server.messages import LoggedResponse, Request
from federation.server.wire import read_arguments, read_parameters
from federation.sts.catalogue import OPERATIONS, Operation
from federation.sts.service import SecurityTokenService
from tests.support.paths import REPOSITORY

MODEL = botocore.session.get_session().get_service_model("sts")
FORM = ("content-type", "application/x-www-form-urlencoded; charset=utf-8")
HOST = ("host", "localhost")
WORDS = ["Action", "Version", "2011-06-15", *OPERATIONS, *(each.wire for row in OPERATIONS.values() for each in row.parameters)]
PIECES = [*WORDS, ".member.1", ".Key", ".Value", ".arn", "=", "&", "%", "+", "%41", "%ff", "\x00", ".", "0", "1", "é", "\u202e", "arn:aws:"]


def values(shape: Constraint) -> st.SearchStrategy[Any]:
    if isinstance(shape, (TextListConstraint, StructureListConstraint)):
        return st.lists(values(shape.element), max_size=12)
    if isinstance(shape, StructureConstraint):
        return st.fixed_dictionaries({name: values(member) for name, member in shape.members.items()})
    if isinstance(shape, IntegerConstraint):
        return st.integers(-(2**31), 2**31 - 1)
    return st.text(st.characters(codec="utf-8"), max_size=40)


def calls(row: Operation) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={each.wire: values(each.constraint) for each in row.parameters})


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Requests near enough to good ones to reach every room, and far enough to be wrong in each."""
    soup = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40).map("".join)
    form = st.dictionaries(st.sampled_from(WORDS) | soup, st.sampled_from(WORDS) | soup, max_size=8).map(urlencode)
    action = st.sampled_from([f"Action={name}&Version=2011-06-15&" for name in list(OPERATIONS)[:4]] + [""])
    body = draw(
        st.builds(str.__add__, action, form | soup).map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=80)
    )
    headers = draw(
        st.lists(
            st.sampled_from([FORM, FORM, FORM, ("accept", "application/json"), ("authorization", "AWS4-HMAC-SHA256 x")])
            | st.tuples(st.text(max_size=8), st.text(max_size=8)),
            max_size=5,
        )
    )
    headers += draw(st.sampled_from([[HOST], [HOST], [HOST], [("host", "sts.amazonaws.com")], [("host", "evil.example")], []]))
    query = draw(st.just("") | st.just("") | soup)
    method, path = draw(st.sampled_from(["POST", "POST", "POST", "GET", "HEAD", "é"])), draw(st.sampled_from(["/", "/", "/", "/x", ""]))
    return Request(method, path, query, tuple(headers), body)


@pytest.fixture(scope="module")
def endpoint() -> Endpoint:
    return Endpoint(SecurityTokenService.open(REPOSITORY / "fixtures" / "account"))


@pytest.mark.parametrize("row", OPERATIONS.values(), ids=lambda row: row.name)
def test_what_botocore_sends_is_what_we_read(row: Operation) -> None:
    model = MODEL.operation_model(row.name)

    @tuned(max_examples=25, deadline=None)
    @given(calls(row))
    def check(call: dict[str, Any]) -> None:
        sent = QuerySerializer().serialize_to_request(call, model)["body"]
        parameters = read_parameters(Request("POST", "/", "", (FORM,), urlencode(sent).encode()))
        constraints = {each.wire: each.constraint for each in row.parameters}
        assert read_arguments(parameters, constraints) == {name: value for name, value in call.items() if value != {}}

    check()


@given(st.binary(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=30).map(lambda pieces: "".join(pieces).encode()))
def test_any_octets_have_one_reading_or_none(body: bytes) -> None:
    request = Request("POST", "/", "", (FORM,), body)
    try:
        parameters = read_parameters(request)
    except FederationError as refusal:
        assert refusal.http_status == 400  # noqa: PT017 - a refusal is one of two good outcomes
        return
    assert read_parameters(Request("POST", "/", "", (FORM,), urlencode(parameters).encode())) == parameters


def assert_nothing_explained(exchange: LoggedResponse) -> None:
    """What to do about a refusal does not reach the client. What was expected and found may, where AWS's own text says it."""
    _, _, remedy = exchange.refusal.rpartition("; ")
    assert not remedy or remedy not in unescape(exchange.response.body.decode("utf-8"))


def hammer(endpoint: Endpoint, examples: int) -> None:
    @tuned(max_examples=examples, deadline=None)
    @given(requests())
    def check(request: Request) -> None:
        exchange = endpoint.answer(request)
        assert 200 <= exchange.response.status < 500, exchange.refusal
        assert exchange.response.body
        assert len(exchange.response.body) < 10_000
        assert_nothing_explained(exchange)

    check()


def test_no_request_finds_a_bug(endpoint: Endpoint) -> None:
    hammer(endpoint, 500)


@pytest.mark.long
def test_ten_thousand_requests_find_no_bug(endpoint: Endpoint) -> None:
    hammer(endpoint, 10_000)
