"""Addresses and networks as AWS reads them, at every edge of their numbers."""

import ipaddress

import pytest

from federation.policy.addresses import Address, Network, read_address, read_network


@pytest.mark.parametrize(
    ("text", "version", "number"),
    [
        ("000.0.0.0", 4, 0),
        ("255.255.255.255", 4, 2**32 - 1),
        ("001.02.3.004", 4, 0x01020304),
        ("::", 6, 0),
        ("::1", 6, 1),
        ("1::", 6, 1 << 112),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 6, 2**128 - 1),
        ("1:2:3:4:5:6:7:8", 6, int(ipaddress.IPv6Address("1:2:3:4:5:6:7:8"))),
        ("1:2:3:4:5:6:7::", 6, int(ipaddress.IPv6Address("1:2:3:4:5:6:7:0"))),
        ("::2:3:4:5:6:7:8", 6, int(ipaddress.IPv6Address("0:2:3:4:5:6:7:8"))),
        ("2001:db8::a:b", 6, int(ipaddress.IPv6Address("2001:db8::a:b"))),
        ("::ffff:1.2.3.4", 4, 0x01020304),
        ("0:0:0:0:0:ffff:1.2.3.4", 4, 0x01020304),
        ("::ffff:102:304", 4, 0x01020304),
        ("::ffff:0:0", 4, 0),
        ("::ffff:255.255.255.255", 4, 2**32 - 1),
        ("::1:ffff:0:0", 6, 0x1FFFF << 32),
        ("::fffe:102:304", 6, 0xFFFE01020304),
        ("::1:fffe:102:304", 6, 0x1FFFE01020304),
    ],
)
def test_addresses(text: str, version: int, number: int) -> None:
    assert read_address(text) == Address(version, number)


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.1.1.256", "1.2.3.0004", "-1.2.3.4", " 1.2.3.4", "1.2.3.4 ", "\u0661.2.3.4"),
        *("::fffe:1.2.3.4", "::1.2.3.4", "1::ffff:1.2.3.4", "::ffff:1.2.3.256", ":1.2.3.4", "x:1.2.3.4", "::ffff:1.2.3.4:5"),
        *("1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4::5:6:7:8", "::1:2:3:4:5:6:7:8", "12345::", "g::", "::g", "1:2:3:4:5:6:7:g"),
        *("0000:0000:0000:0000:0000:0000:0000:00000", "1::2::3", "fe80::1%1"),
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert read_address(text) is None


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("0.0.0.0/0", Network(4, 0, 32)),
        ("1.2.3.4", Network(4, 0x01020304, 0)),
        ("1.2.3.4/32", Network(4, 0x01020304, 0)),
        ("1.2.3.4/31", Network(4, 0x01020304 >> 1, 1)),
        ("1.2.3.4/1", Network(4, 0, 31)),
        ("::/0", Network(6, 0, 128)),
        ("::1", Network(6, 1, 0)),
        ("::1/128", Network(6, 1, 0)),
        ("::2/127", Network(6, 1, 1)),
        ("::3/127", None),
        ("8000::/1", Network(6, 1, 127)),
        ("2001:db8:", None),
        ("2001:db8::", Network(6, 0x20010DB8 << 96, 0)),
        ("1:2:3:4:5:6:7:8:", Network(6, int(ipaddress.IPv6Address("1:2:3:4:5:6:7:8")), 0)),
        ("1:2:3:4:5:6:7:8:/128", Network(6, int(ipaddress.IPv6Address("1:2:3:4:5:6:7:8")), 0)),
        ("1:2:3:4:5:6:7:", None),
        ("::ffff:1.2.3.4", None),
        ("::ffff:102:304", Network(6, 0xFFFF01020304, 0)),
        ("1.2.3.4/33", None),
        ("::/129", None),
        ("1.2.3.4/", None),
        ("1.2.3.4/x", None),
        ("1.2.3.256/24", None),
        ("", None),
        ("/8", None),
    ],
)
def test_networks(text: str, network: Network | None) -> None:
    assert read_network(text) == network


def test_a_network_contains_its_first_and_its_last_address() -> None:
    net = read_network("10.1.2.0/23")
    assert net is not None
    assert [net.contains(Address(4, 0x0A010000 + each)) for each in (0x1FF, 0x200, 0x3FF, 0x400)] == [False, True, True, False]
    assert not net.contains(Address(6, 0x0A010200))
