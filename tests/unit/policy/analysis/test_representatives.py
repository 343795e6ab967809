"""Numbers, instants and addresses that stand for all others."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.policy.addresses import read_address, read_network
from federation.policy.analysis.representatives import UNREADABLE, representatives
from federation.policy.values import read_date, read_number

NUMBERS = st.lists(
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-3, max_value=3).map(str).map(read_number), max_size=4
)


@given(NUMBERS, st.decimals(allow_nan=False, allow_infinity=False, min_value=-5, max_value=5))
def test_each_number_has_one_that_compares_alike(operands: list[Any], number: Any) -> None:
    found = representatives("Numeric", operands)
    assert found.complete
    read = [read_number(text) for text in found.texts if text != UNREADABLE]
    assert any(
        all((each < one) is (each < number) and (each > one) is (each > number) for each in operands) for one in read if one is not None
    )


@given(st.lists(st.integers(-3000, 3000), max_size=3), st.integers(-5000, 5000))
def test_each_instant_has_one_that_compares_alike(operands: list[int], instant: int) -> None:
    found = representatives("Date", operands)
    read = [read_date(text) for text in found.texts]
    assert found.complete
    assert any(
        all((each < one) is (each < instant) and (each > one) is (each > instant) for each in operands) for one in read if one is not None
    )


NETWORKS = [
    "10.0.0.0/8",
    "10.1.0.0/16",
    "10.1.2.3",
    "0.0.0.0/0",
    "::/0",
    "2001:db8::/32",
    "2001:db8::/128",
    "::ffff:0:0/96",
    "::ffff:10.0.0.0/104",
]
ADDRESSES = [
    "10.1.2.3",
    "10.1.2.4",
    "10.2.0.0",
    "11.0.0.0",
    "::1",
    "2001:db8::",
    "2001:db8::1",
    "2001:db9::",
    "::ffff:10.1.2.3",
    "::fffe:0:0",
]


@given(st.lists(st.sampled_from(NETWORKS), max_size=4), st.sampled_from(ADDRESSES))
def test_each_address_has_one_in_the_same_networks(networks: list[str], address: str) -> None:
    known = [network for network in map(read_network, networks) if network is not None]
    found = representatives("IpAddress", known)
    there = read_address(address)
    assert there is not None
    read = [one for one in map(read_address, found.texts) if one is not None]
    assert any(all(network.contains(one) is network.contains(there) for network in known) for one in read)


def test_numbers_that_no_middle_is_calculated_of() -> None:
    found = representatives("Numeric", [read_number("1e999999999")])
    assert (found.complete, found.texts[-1]) == (False, UNREADABLE)


@pytest.mark.parametrize("text", ["999999999999", "-999999999999", "9999-12-31T23:59:59.999Z", "0001-01-01"])
def test_instants_beyond_the_calendar(text: str) -> None:
    read = [read_date(each) for each in representatives("Date", [read_date(text)]).texts[:-1]]
    assert None not in read
    assert read_date(text) in read
