"""Which trace a request belongs to: what a client sends is taken where the recommendation allows it, and is digits alone."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.server.messages import Request
from federation.server.trace_context import TraceContext, trace_of

REQUEST_ID = "7d4f3f6e-58c5-4fb0-9a3a-0b1f6f6f7d52"
NEW = TraceContext("7d4f3f6e58c54fb09a3a0b1f6f6f7d52")
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def asked(*values: str) -> TraceContext:
    return trace_of(Request("POST", "/", headers=tuple(("traceparent", value) for value in values)), REQUEST_ID)


@pytest.mark.parametrize(("flags", "sampled"), [("00", False), ("01", True), ("03", True), ("02", False)])
def test_a_valid_one_is_taken(flags: str, sampled: bool) -> None:  # noqa: FBT001
    assert asked(f"00-{TRACE}-{PARENT}-{flags}") == TraceContext(TRACE, PARENT, sampled=sampled)


def test_later_versions_may_have_more() -> None:
    assert asked(f"cc-{TRACE}-{PARENT}-01-what-the-future-brings").parent_id == PARENT


@pytest.mark.parametrize(
    "value",
    [
        "",
        f"00-{TRACE}-{PARENT}",
        f"00-{TRACE}-{PARENT}-01-more",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-0g",
        f"00-{TRACE[:-1]}-{PARENT}-01",
        f"00-{TRACE}\n-{PARENT}-01",
        f"cc-{TRACE}-{PARENT}-01-{'x' * 600}",
    ],
)
def test_another_one_is_replaced(value: str) -> None:
    assert asked(value) == NEW


def test_two_are_none() -> None:
    assert asked(f"00-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}-01") == NEW
    assert asked() == NEW


@given(st.text(max_size=80) | st.from_regex(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", fullmatch=True))
def test_whatever_is_sent_the_trace_is_digits(value: str) -> None:
    context = asked(value)
    assert len(context.trace_id) == 32
    assert set(context.trace_id + context.parent_id) <= set(string.hexdigits.lower())
