"""Operators one by one: what equals what, and what happens to keys that are absent, multivalued or malformed."""

from typing import Any

import pytest

from federation.errors import MalformedPolicyDocument
from tests.support.policies import ask, document, effect, statement, trust

KEY = "aws:RequestTag/value"
USER = "arn:aws:iam::123456789012:user/test"


def holds(operator: str, expected: Any, found: Any) -> bool:
    return effect({operator: {KEY: expected}}, {} if found is None else {KEY: found}) == "Allow"


@pytest.mark.parametrize(
    ("expected", "found", "equal"),
    [
        ("1", "1.0", True),
        ("1", "+1", True),
        ("1", "1e0", True),
        ("1", "10E-1", True),
        ("1.", "1", True),
        (".5", "0.50", True),
        ("-0", "0", True),
        ("9007199254740993", "9007199254740992", False),
        ("1", " 1", False),
        ("1", "1_0", False),
        ("1", "0x1", False),
        ("1", "", False),
        ("Infinity", "Infinity", False),
        ("NaN", "NaN", False),
        ("1e999999999", "1e999999998", False),
        ("1", "1" * 5000, False),
    ],
)
def test_numbers(*, expected: str, found: str, equal: bool) -> None:
    assert holds("NumericEquals", expected, found) is equal
    assert holds("NumericNotEquals", expected, found) is not equal


@pytest.mark.parametrize(
    ("operator", "found", "matches"),
    [
        ("NumericLessThan", "4", True),
        ("NumericLessThan", "5", False),
        ("NumericLessThanEquals", "5", True),
        ("NumericGreaterThan", "5", False),
        ("NumericGreaterThan", "5.1", True),
        ("NumericGreaterThanEquals", "5", True),
        ("NumericGreaterThanEquals", "no-number", False),
        ("NumericLessThan", "no-number", False),
    ],
)
def test_order_of_numbers(*, operator: str, found: str, matches: bool) -> None:
    assert holds(operator, "5", found) is matches


@pytest.mark.parametrize(
    ("found", "equal"),
    [
        ("2030-01-01T00:00:00Z", True),
        ("2030-01-01T00:00:00", True),
        ("2030-01-01T00:00Z", True),
        ("2030-01-01T00:00:00.000Z", True),
        ("2030-01-01T01:00:00+01:00", True),
        ("2029-12-31T22:30:00-01:30", True),
        ("2030-01-01", True),
        ("2030-01", True),
        ("1893456000", True),
        ("2030-01-01T00:00:00.0001Z", True),
        ("2030-01-01T00:00:00.0009999999999999Z", True),
        ("+1893456000", True),
        ("-1893456000", False),
        ("++1893456000", False),
        ("+2030-01-01", False),
        ("2030-01-01T00:00:00.001Z", False),
        ("2030-01-01T00:00:00.Z", False),
        ("2030-13-01", False),
        ("2030-02-30", False),
        ("2030-01-01T24:00:00Z", False),
        ("2030", False),
        ("", False),
    ],
)
def test_dates(*, found: str, equal: bool) -> None:
    assert holds("DateEquals", "2030-01-01T00:00:00Z", found) is equal
    assert holds("DateNotEquals", "2030-01-01T00:00:00Z", found) is not equal


@pytest.mark.parametrize(
    ("expected", "found", "equal"),
    [
        ("2030-01-01T00:00:00.1231Z", "2030-01-01T00:00:00.1239Z", True),
        ("2030-01-01T00:00:00.123Z", "2030-01-01T00:00:00.12399999999Z", True),
        ("2030-01-01T00:00:00.12Z", "2030-01-01T00:00:00.120Z", True),
        ("2030-01-01T00:00:00.123Z", "2030-01-01T00:00:00.124Z", False),
        ("+1893456000", "2030-01-01T00:00:00Z", True),
        ("-86400", "1969-12-31", True),
        ("-0", "1970-01-01", True),
    ],
)
def test_a_date_has_three_digits_of_a_fraction_and_an_epoch_may_have_a_sign(*, expected: str, found: str, equal: bool) -> None:
    assert holds("DateEquals", expected, found) is equal
    assert holds("DateGreaterThanEquals", expected, found) is (equal or found > expected)


def test_order_of_dates() -> None:
    assert holds("DateLessThan", "2030-01-01T00:00:00Z", "2029-12-31T23:59:59Z")
    assert not holds("DateGreaterThan", "2030-01-01T00:00:00Z", "1893456000")
    assert holds("DateGreaterThanEquals", "1893456000", "2030-01-01")


@pytest.mark.parametrize(
    ("expected", "found", "equal"), [("true", "TRUE", True), ("yes", "false", True), ("false", "1", True), ("true", "1", False)]
)
def test_truth_is_the_word_true_and_all_else_is_false(*, expected: str, found: str, equal: bool) -> None:
    assert holds("Bool", expected, found) is equal


def test_json_truth_values_and_numbers_compare_as_text() -> None:
    assert effect({"Bool": {KEY: True}}, {KEY: "true"}) == "Allow"
    assert holds("NumericEquals", 3600, "3600.0")
    assert holds("StringEquals", 12, "12")


@pytest.mark.parametrize(
    ("found", "equal"), [("YQ==", True), ("Yg==", False), ("YQ", False), ("YR==", False), ("", False), ("Y Q==", False)]
)
def test_octets(*, found: str, equal: bool) -> None:
    assert holds("BinaryEquals", "YQ==", found) is equal


@pytest.mark.parametrize(
    ("expected", "found", "inside"),
    [
        ("192.0.2.0/24", "192.0.2.255", True),
        ("192.0.2.0/24", "192.0.3.0", False),
        ("192.0.2.77/24", "192.0.2.1", True),
        ("192.0.2.0/024", "192.000.002.001", True),
        ("192.0.2.0/24", "::ffff:192.0.2.1", True),
        ("192.0.2.0/24", "::FFFF:c000:0201", True),
        ("::/0", "::ffff:192.0.2.1", False),
        ("::ffff:c000:200/120", "192.0.2.1", False),
        ("2001:db8::5/64", "2001:db8::5", False),
        ("2001:DB8::/064", "2001:0db8:0:0:0:0:0:1", True),
        ("2001:db8::1:/128", "2001:db8::1", True),
        ("192.0.2.0/33", "192.0.2.0", False),
        ("2001:db8::/129", "2001:db8::", False),
        ("192.0.2.0/24/24", "192.0.2.0", False),
        ("192.0.2.0/+24", "192.0.2.255", True),
        ("192.0.2.0/+24", "192.0.3.0", False),
        ("192.0.2.0/+0024", "192.0.2.255", True),
        ("192.0.2.0/00000000024", "192.0.2.255", True),
        ("192.0.2.0/-24", "192.0.2.0", False),
        ("192.0.2.0/++24", "192.0.2.0", False),
        ("192.0.2.0/+", "192.0.2.0", False),
        ("192.0.2.0/ 24", "192.0.2.0", False),
        ("2001:db8::/+32", "2001:db8::1", True),
        ("2001:db8::/32", "2001:db8:::1", True),
        ("2001:db8:::1", "2001:db8::1", True),
        ("2001:db8:::1/128", "2001:db8::2", False),
        ("2001:db8:::/32", "2001:db8::1", True),
        (":::1", "::1", True),
        ("2001:db8::/32", "2001:db8:::", True),
        ("2001:db8::::1", "2001:db8::1", False),
        ("192.0.2.0/24", ":::ffff:192.0.2.1", True),
    ],
)
def test_networks(*, expected: str, found: str, inside: bool) -> None:
    assert holds("IpAddress", expected, found) is inside
    assert holds("NotIpAddress", expected, found) is not inside


@pytest.mark.parametrize(
    "found",
    [
        *("not-an-ip", "", "192.0.2", "192.0.2.256", "::192.0.2.1", "fe80::1%eth0", "192.0.2.1/32", "2001:db8::1:", "0" * 99),
        *("1::2::3", "1:::2::3", "1::2:::3", "1:::2:::3", "::::", "1::::2", "1:2:3:4:5:6:7:8:::", ":", ":1"),
    ],
)
def test_a_request_value_that_is_no_address_never_matches(found: str) -> None:
    assert not holds("IpAddress", ["0.0.0.0/0", "::/0"], found)
    assert not holds("NotIpAddress", ["192.0.2.0/24"], found)


@pytest.mark.parametrize(
    ("expected", "found", "matches"),
    [
        (USER, USER, True),
        ("arn:aws:iam::*:user/*", USER, True),
        ("arn:aws:iam::12345678901?:user/t??t", USER, True),
        ("arn:*:user/test", USER, False),
        ("arn:aws:iam::*:role/*", USER, False),
        ("arn:aws:sns:us-east-1:123456789012:topic:*", "arn:aws:sns:us-east-1:123456789012:topic:a:b", True),
    ],
)
def test_arns(*, expected: str, found: str, matches: bool) -> None:
    for operator in ("ArnEquals", "ArnLike"):
        assert holds(operator, expected, found) is matches
    if expected != "arn:*:user/test":
        for operator in ("ArnNotEquals", "ArnNotLike"):
            assert holds(operator, expected, found) is not matches


@pytest.mark.parametrize("operator", ["ArnLike", "ArnNotLike"])
def test_a_malformed_arn_in_the_policy_never_allows_and_always_denies(operator: str) -> None:
    for malformed in ("not-an-arn", "*", "arn:aws:iam:*", "x:aws:iam::1:user/a"):
        assert effect({operator: {KEY: malformed}}, {KEY: USER}) == "ImplicitDeny"
        assert effect({operator: {KEY: malformed}}, {KEY: USER}, Effect="Deny") == "Deny"
        assert effect({operator: {KEY: malformed}}, {KEY: "not-an-arn"}, Effect="Deny") == "ImplicitDeny"


@pytest.mark.parametrize("operator", ["ArnLike", "ArnNotLike"])
def test_an_arn_that_a_variable_makes_malformed_never_allows_and_always_denies(operator: str) -> None:
    for operand, filled in (("${aws:username}", "not-an-arn"), ("arn:${aws:username}", "x"), ("${aws:username}", "x" * 200)):
        keys = {KEY: USER, "aws:username": filled}
        assert effect({operator: {KEY: operand}}, keys) == "ImplicitDeny"
        assert effect({operator: {KEY: operand}}, keys, Effect="Deny") == "Deny"
        assert effect({operator: {KEY: [operand, USER]}}, keys, Effect="Deny") == "Deny"
    sound = {KEY: USER, "aws:username": USER}
    assert effect({operator: {KEY: "${aws:username}"}}, sound) == ("Allow" if operator == "ArnLike" else "ImplicitDeny")


def test_values_before_a_malformed_arn_still_decide() -> None:
    assert effect({"ArnLike": {KEY: ["arn:aws:iam::*:user/*", "not-an-arn"]}}, {KEY: USER}) == "Allow"
    assert effect({"ArnLike": {KEY: ["not-an-arn", "arn:aws:iam::*:user/*"]}}, {KEY: USER}) == "ImplicitDeny"


@pytest.mark.parametrize(
    ("expected", "found", "equal"),
    [
        ("K", "\u212a", True),
        ("s", "\u017f", False),
        ("\u00df", "SS", False),
        ("\u00df", "\u1e9e", True),
        ("I", "\u0131", False),
        ("\u039f\u03a3", "\u03bf\u03c2", True),
        ("\u039f\u03a3", "\u03bf\u03c3", False),
        ("\U00010400", "\U00010428", False),
        ("A\u03a3\U00010400", "a\u03c2\U00010400", False),
        ("A\u03a3\U00010400", "a\u03c3\U00010400", True),
        ("\U00010400\u03a3", "\U00010400\u03c2", True),
        ("Straße", "STRAßE", True),
    ],
)
def test_ignoring_case(*, expected: str, found: str, equal: bool) -> None:
    assert holds("StringEqualsIgnoreCase", expected, found) is equal
    assert holds("StringNotEqualsIgnoreCase", expected, found) is not equal


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("repo:o/r:*", "repo:o/r:ref:refs/heads/main", True),
        ("*:ref:refs/heads/main", "repo:o/r:ref:refs/heads/main", True),
        ("repo:*/r:*:main", "repo:o/r:x:main", True),
        ("a?b", "ab", False),
        ("a?b", "a\U00010400b", False),
        ("a??b", "a\U00010400b", True),
        ("a[b]", "ab", False),
        ("*", "", True),
        ("?*", "", False),
        ("a*b?c*d", "a-bxc-bycd", True),
        ("ab*ba", "aba", False),
        ("*a?c*", "xxabcxx", True),
        ("a\nb*", "a\nb\n", True),
        ("a*x*b", "acb", False),
        ("?a*??*b", "xacb", False),
        ("?a*??*b", "xaccb", True),
    ],
)
def test_patterns(*, pattern: str, text: str, matches: bool) -> None:
    assert holds("StringLike", pattern, text) is matches
    assert holds("StringNotLike", pattern, text) is not matches


@pytest.mark.parametrize(
    ("operator", "absent"),
    [
        ("StringEquals", False),
        ("StringNotEquals", True),
        ("NotIpAddress", True),
        ("StringEqualsIfExists", True),
        ("NumericLessThanIfExists", True),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
        ("ForAnyValue:StringEqualsIfExists", True),
    ],
)
def test_an_absent_key(*, operator: str, absent: bool) -> None:
    assert holds(operator, "x", None) is absent
    assert holds(operator, "x", ()) is absent


def test_presence() -> None:
    assert holds("Null", "true", None)
    assert holds("Null", "TRUE", None)
    assert holds("Null", "false", "")
    assert not holds("Null", "true", ["x"])
    assert holds("ForAnyValue:Null", "false", ["x"])


@pytest.mark.parametrize("operator", ["StringEquals", "StringNotEquals", "StringEqualsIfExists", "StringNotEqualsIfExists", "StringLike"])
def test_a_plain_operator_never_matches_a_multivalued_key(operator: str) -> None:
    assert not holds(operator, "team", ["team"])
    assert not holds(operator, "team", ("other", "env"))


def test_sets() -> None:
    assert holds("ForAllValues:StringEquals", ["a", "b"], ["a"])
    assert not holds("ForAllValues:StringEquals", ["a", "b"], ["a", "c"])
    assert holds("ForAnyValue:StringEquals", ["a", "b"], ["c", "a"])
    assert holds("ForAnyValue:StringNotEquals", ["a"], ["a", "c"])
    assert not holds("ForAllValues:StringNotEquals", ["a"], ["a", "c"])
    assert holds("ForAnyValue:StringLike", "a*", "ab")


@pytest.mark.parametrize(
    "operator", ["StringEquals", "StringNotEquals", "ForAllValues:StringEquals", "ForAnyValue:StringNotEquals", "NotIpAddress"]
)
def test_no_value_matches_nothing(operator: str) -> None:
    assert not holds(operator, [], "192.0.2.1")


def test_keys_fold_and_values_do_not() -> None:
    assert effect({"StringEquals": {"SAML:Sub": "Bob"}}, {"saml:sub": "Bob"}) == "Allow"
    assert effect({"StringEquals": {"saml:sub": "bob"}}, {"saml:sub": "Bob"}) == "ImplicitDeny"


def test_every_operator_and_every_key_must_hold() -> None:
    condition = {"StringEquals": {"saml:aud": "a", "saml:sub": "s"}, "Bool": {"aws:SecureTransport": "true"}}
    keys = {"saml:aud": "a", "saml:sub": "s", "aws:SecureTransport": "true"}
    assert effect(condition, keys) == "Allow"
    for key in keys:
        assert effect(condition, {**keys, key: "other"}) == "ImplicitDeny"


@pytest.mark.parametrize(
    ("expected", "keys", "matches"),
    [
        ("${aws:PrincipalTag/team}", {"aws:principaltag/TEAM": "red"}, True),
        ("${aws:PrincipalTag/team}", {}, False),
        ("${aws:PrincipalTag/team, 'red'}", {}, True),
        ("${aws:PrincipalTag/team,'blue'}", {}, False),
        ("${aws:PrincipalTag/team, 'red'}", {"aws:PrincipalTag/team": ["red"]}, False),
        ("r${*}d", {}, False),
        ("pre${aws:PrincipalTag/team, ''}", {}, False),
    ],
)
def test_variables(*, expected: str, keys: dict[str, Any], matches: bool) -> None:
    assert (effect({"StringEquals": {KEY: expected}}, {**keys, KEY: "red"}) == "Allow") is matches


def test_a_variable_without_value_under_a_negated_operator() -> None:
    condition = {"StringNotEquals": {KEY: "${aws:TagKeys, 'x'}"}}
    assert effect(condition, {KEY: "x", "aws:TagKeys": ["x"]}) == "Allow", "a multivalued key resolves to nothing, so the value differs"
    assert effect({"StringNotEquals": {KEY: "${aws:PrincipalTag/a}"}}, {KEY: "x"}) == "ImplicitDeny", "an absent key fails the comparison"


def test_what_a_variable_brings_in_is_literal() -> None:
    condition = {"StringLike": {KEY: "${aws:PrincipalTag/a}*"}}
    assert effect(condition, {KEY: "red", "aws:PrincipalTag/a": "*"}) == "ImplicitDeny"
    assert effect(condition, {KEY: "*red", "aws:PrincipalTag/a": "*"}) == "Allow"
    assert effect({"StringLike": {KEY: "${*}${?}${$}*"}}, {KEY: "*?$x"}) == "Allow"
    assert effect({"StringLike": {KEY: "${*}x"}}, {KEY: "xx"}) == "ImplicitDeny"
    assert (
        effect({"ArnLike": {KEY: "arn:aws:iam::${aws:PrincipalAccount}:user/*"}}, {KEY: USER, "aws:PrincipalAccount": "*"})
        == "ImplicitDeny"
    )
    assert effect({"ArnLike": {KEY: "${aws:PrincipalArn}"}}, {KEY: USER, "aws:PrincipalArn": USER}) == "Allow"


def test_version_2008_has_no_variables() -> None:
    condition = {"StringEquals": {KEY: "${aws:username}"}}
    keys = {KEY: "bob", "aws:username": "bob"}
    assert effect(condition, keys) == "Allow"
    for version in ("2008-10-17", None):
        policy = type(trust(condition)).stored(document(statement(Condition=condition), version=version), kind="trust")
        assert ask(policy, keys).effect == "ImplicitDeny"
        assert ask(policy, {KEY: "${aws:username}"}).effect == "Allow"


def test_families_without_variables_take_the_text_as_it_is() -> None:
    assert not holds("NumericEquals", "${aws:x, '1'}", "1")
    assert not holds("Bool", "${aws:x, 'true'}", "true")


SETS = [
    ("StringEquals", ["b", "d"], "b", "c"),
    ("StringNotEquals", ["b", "d"], "c", "b"),
    ("StringEqualsIgnoreCase", ["B", "d"], "b", "c"),
    ("StringLike", ["b*", "d"], "bx", "c"),
    ("StringNotLike", ["b*", "d"], "c", "bx"),
    ("StringEquals", ["${aws:username}", "d"], "bob", "c"),
    ("StringNotLike", ["${aws:username}*", "d"], "c", "bobby"),
    ("NumericEquals", ["1", "2"], "1.0", "3"),
    ("NumericNotEquals", ["1", "2"], "x", "1"),
    ("NumericLessThan", ["1", "5"], "4", "5"),
    ("NumericGreaterThanEquals", ["4", "5"], "4", "x"),
    ("DateGreaterThan", ["2030-01-01"], "2030-01-02", "2030-01-01"),
    ("IpAddress", ["10.0.0.0/8", "::/0"], "10.1.1.1", "11.0.0.0"),
    ("NotIpAddress", ["10.0.0.0/8", "::/0"], "11.0.0.0", "10.1.1.1"),
    ("NotIpAddress", ["10.0.0.0/8"], "11.0.0.0", "x"),
    ("ArnLike", ["arn:aws:iam::*:user/t*", "arn:aws:s3:::b"], USER, "arn:aws:s3:::c"),
    ("ArnNotLike", ["arn:aws:iam::*:user/t*"], "arn:aws:s3:::c", USER),
    ("ArnNotLike", ["arn:aws:iam::*:user/t*"], "arn:aws:s3:::c", "arn:aws"),
    ("ArnNotEquals", ["arn:aws:iam::*:user/t*"], "arn:aws:s3:::c", "xrn:aws:iam::1:user/a"),
    ("Bool", ["true"], "TRUE", "x"),
    ("BinaryEquals", ["YQ=="], "YQ==", "YQ"),
]


@pytest.mark.parametrize("size", [1, 7, 8, 9, 40])
@pytest.mark.parametrize(("operator", "expected", "hit", "miss"), SETS)
def test_a_set_says_the_same_however_large_it_is(operator: str, expected: list[str], hit: str, miss: str, size: int) -> None:
    for values, any_, all_ in (
        ([hit] * size, True, True),
        ([miss] * size, False, False),
        ([miss] * (size - 1) + [hit], True, size == 1),
        ([hit] * (size - 1) + [miss], size > 1, False),
    ):
        keys = {KEY: values, "aws:username": "bob"}
        assert (effect({f"ForAnyValue:{operator}": {KEY: expected}}, keys) == "Allow") is any_
        assert (effect({f"ForAllValues:{operator}": {KEY: expected}}, keys) == "Allow") is all_


@pytest.mark.parametrize("operator", ["StringEquals", "StringLike", "StringEqualsIgnoreCase"])
def test_a_variable_is_compared_with_the_longest_of_two_values(operator: str) -> None:
    for values in (["c", "b" * 50], ["b" * 50, "c"]):
        assert effect({f"ForAnyValue:{operator}": {KEY: "${aws:username}"}}, {KEY: values, "aws:username": "b" * 50}) == "Allow"


@pytest.mark.parametrize("size", [1, 8, 9])
def test_a_malformed_operand_settles_a_set_where_it_is_reached(size: int) -> None:
    for quantifier in ("ForAnyValue", "ForAllValues"):
        for operator in ("ArnLike", "ArnNotLike"):
            condition = {f"{quantifier}:{operator}": {KEY: ["arn:aws:s3:::b", "arx:aws:s3:::b"]}}
            keys = {KEY: ["arn:aws:s3:::c"] * size}
            assert (effect(condition, keys), effect(condition, keys, Effect="Deny")) == ("ImplicitDeny", "Deny")
    first = {KEY: ["arn:aws:s3:::b", *["arn:aws:s3:::c"] * size]}
    assert effect({"ForAnyValue:ArnLike": {KEY: ["arn:aws:s3:::b", "x"]}}, first) == "Allow", "what matched before decides"


@pytest.mark.parametrize("length", [4095, 4096, 4097, 9000])
@pytest.mark.parametrize(
    ("operator", "pattern"),
    [("StringEqualsIgnoreCase", "{}B"), ("StringLike", "{}*"), ("StringLike", "*{}?"), ("StringLike", "${{aws:username}}*")],
)
def test_long_values(operator: str, pattern: str, length: int) -> None:
    text = "a" * (length - 1)
    expected = ["x", pattern.format(text)]
    negated = operator.replace("String", "StringNot")
    for value, matches in ((text + "b", True), ("b" + text, False)):
        keys = {KEY: value, "aws:username": text}
        assert (effect({operator: {KEY: expected}}, keys) == "Allow") is matches
        assert (effect({negated: {KEY: expected}}, keys) == "Allow") is not matches
        assert (effect({f"ForAnyValue:{operator}": {KEY: expected}}, {**keys, KEY: ["c", value]}) == "Allow") is matches
        assert (effect({f"ForAllValues:{operator}": {KEY: expected}}, {**keys, KEY: ["x", value]}) == "Allow") is matches


@pytest.mark.parametrize(
    ("operator", "operand", "found"),
    [
        ("StringEquals", "${aws:x}", "red"),
        ("StringEqualsIgnoreCase", "${aws:x}", "RED"),
        ("StringLike", "${aws:x}", "red"),
        ("ArnLike", "arn:aws:iam::${aws:x}:user/*", "arn:aws:iam::red:user/a"),
        ("ArnEquals", "arn:aws:iam::1:user/${aws:x}", "arn:aws:iam::1:user/red"),
    ],
)
def test_operators_with_variables(operator: str, operand: str, found: str) -> None:
    assert effect({operator: {KEY: operand}}, {KEY: found, "aws:x": "red"}) == "Allow"
    assert effect({operator: {KEY: operand}}, {KEY: found, "aws:x": "blue"}) == "ImplicitDeny"
    assert effect({operator: {KEY: operand}}, {KEY: found}) == "ImplicitDeny"
    assert effect({operator: {KEY: [operand, found]}}, {KEY: found}) == "Allow", "the next value is still asked"
    negated = operator.replace("Arn", "ArnNot").replace("String", "StringNot")
    assert effect({negated: {KEY: operand}}, {KEY: found, "aws:x": "blue"}) == "Allow"
    assert effect({negated: {KEY: [operand, "arn:aws:s3:::other"]}}, {KEY: found}) == "ImplicitDeny"
    assert effect({negated: {KEY: [operand]}}, {KEY: found, "aws:x": ["red"]}) == "Allow", "a multivalued key is none of the values"


@pytest.mark.parametrize(
    ("operator", "operand", "found"),
    [
        ("NumericEquals", "${aws:x, '1'}", "1"),
        ("DateEquals", "${aws:x, '1'}", "1"),
        ("Bool", "${aws:x, 'true'}", "true"),
        ("IpAddress", "${aws:x, '::/0'}", "::1"),
        ("Null", "${aws:x, 'true'}", None),
    ],
)
def test_operators_without_variables(operator: str, operand: str, found: str | None) -> None:
    assert not holds(operator, operand, found)


def test_octets_have_no_variables() -> None:
    with pytest.raises(MalformedPolicyDocument) as caught:
        trust({"BinaryEquals": {KEY: ["YQ==", "${aws:x, 'YQ=='}"]}})
    assert (caught.value.check, caught.value.found) == ("policy-value", "`${aws:x, 'YQ=='}`")


def test_what_a_variable_brings_in_may_grow_to_match() -> None:
    """A capital I with a dot is two characters in lower case, and a character beyond U+FFFF is two units of a pattern."""
    assert effect({"StringEqualsIgnoreCase": {KEY: "${aws:x}"}}, {KEY: "\u0130", "aws:x": "i\u0307"}) == "Allow"
    assert effect({"StringLike": {KEY: "*****${aws:x}*****"}}, {KEY: "a", "aws:x": "a"}) == "Allow"
    assert effect({"StringLike": {KEY: "*${aws:x}"}}, {KEY: "", "aws:x": ""}) == "Allow"
    assert effect({"StringEquals": {KEY: "${aws:x}${aws:x}${aws:x}"}}, {KEY: "aaa", "aws:x": "a"}) == "Allow"
    assert effect({"StringEquals": {KEY: "a${aws:x}b${aws:y}c"}}, {KEY: "a1b2c", "aws:x": "1", "aws:y": "2"}) == "Allow"


@pytest.mark.parametrize(
    "operand", ["ar:aws:s3:::b", "arx:aws:s3:::b", "arnx:aws:s3:::b", "arn:aws:s3::b", "a?n:aws:s3:::b", "*:aws:s3:::b"]
)
def test_what_is_no_arn(operand: str) -> None:
    assert effect({"ArnLike": {KEY: operand}}, {KEY: "arn:aws:s3:::b"}, Effect="Deny") == "Deny"
    filled = {KEY: "arn:aws:s3:::b", "aws:x": operand}
    assert effect({"ArnLike": {KEY: "${aws:x}"}}, filled, Effect="Deny") == "Deny"


@pytest.mark.parametrize("found", ["", "arn", "arn:aws", "arn:aws:s3::b", "xrn:aws:s3:::c", "arnx:aws:s3:::c", "Arn:aws:s3:::c"])
def test_a_request_value_that_is_no_arn_never_matches(found: str) -> None:
    assert not holds("ArnNotLike", "arn:aws:s3:::b", found)
    assert not holds("ArnLike", "arn:*:*:*:*:*", found)
    assert holds("ArnNotLike", "arn:aws:s3:::b", "arn:aws:s3:::c")


def test_operands_that_are_not_of_the_type_equal_nothing() -> None:
    for operator in ("NumericEquals", "NumericLessThan", "DateGreaterThan", "IpAddress"):
        assert not holds(operator, ["x"], "1")
        assert not holds(operator, ["x"], "x")
    assert holds("NumericNotEquals", ["x"], "1")
    assert holds("NumericEquals", ["x", "1"], "1")
    assert not holds("NumericNotEquals", [], "x")
