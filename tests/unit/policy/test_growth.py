"""What it costs to store, offer, lint, evaluate and explain a policy grows with its size and the request's (attack rows A06, D03, D04)."""

import json
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import pytest

from federation import limits
from federation.errors import MalformedPolicyDocument
from federation.policy import Policy, Principal, RequestContext
from federation.policy.lint import lint
from tests.support.growth import assert_grows_linearly, cost
from tests.support.policies import PROVIDER, SAML, ask, document, statement, trust

pytestmark = pytest.mark.growth

KEY = "saml:cn"
Sizes = Callable[[int], tuple[list[str], list[str]]]
"""Values of a policy and of a request, so many of each, none of which matches any other."""


def texts(policy: str, request: str) -> Sizes:
    return lambda size: ([policy.replace("#", f"{n}") for n in range(size)], [request.replace("#", f"{n}") for n in range(size)])


SHAPES: dict[str, tuple[str, Sizes]] = {
    "equal": ("StringEquals", texts("a#", "b#")),
    "equal-variables": ("StringEquals", texts("a#${saml:sub}", "b#")),
    "ignore-case": ("StringEqualsIgnoreCase", texts("A#", "b#")),
    "ignore-case-variables": ("StringEqualsIgnoreCase", texts("A#${saml:sub}", "b#")),
    "like-exact": ("StringLike", texts("a#", "b#")),
    "like-prefix": ("StringLike", texts("a#*", "b#")),
    "like-suffix": ("StringLike", texts("*#a", "b#")),
    "like-same-prefix": ("StringLike", texts("repo:acme/app*#a", "repo:acme/app#")),
    "like-inside": ("StringLike", texts("*a#*", "b#")),
    "like-stars": ("StringLike", texts("*#*a*#*b*", "a#a")),
    "like-holes": ("StringLike", texts("*a?#!*", "a#")),
    "like-variables": ("StringLike", texts("*#${saml:sub}*", "b#")),
    "numeric": ("NumericEquals", texts("#", "#.5")),
    "numeric-less": ("NumericLessThan", texts("#", "1#0000")),
    "numeric-greater": ("NumericGreaterThanEquals", texts("1#0000", "#")),
    "date": ("DateEquals", texts("#", "-1#")),
    "date-less": ("DateLessThanEquals", texts("#", "9#00000")),
    "bool": ("Bool", texts("yes#", "true")),
    "binary": ("BinaryEquals", lambda size: (["YQ=="] * size, ["Yg=="] * size)),
    "address": (
        "IpAddress",
        lambda size: ([f"10.{n >> 8}.{n & 255}.0/24" for n in range(size)], [f"11.0.{n >> 8}.{n & 255}" for n in range(size)]),
    ),
    "address-6": (
        "IpAddress",
        lambda size: ([f"2001:db8:{n:x}::/{48 + n % 80}" for n in range(size)], [f"2001:db9::{n:x}" for n in range(size)]),
    ),
    "arn-exact": ("ArnEquals", texts("arn:aws:iam::123456789012:user/a#", "arn:aws:iam::123456789012:user/b#")),
    "arn": ("ArnLike", texts("arn:aws:iam::*:user/a#*", "arn:aws:iam::123456789012:user/b#")),
    "arn-variables": ("ArnLike", texts("arn:aws:iam::*:user/${saml:sub}a#*", "arn:aws:iam::123456789012:user/b#")),
}
SETS = [pytest.param(operator, sizes, id=name) for name, (operator, sizes) in SHAPES.items()]


def of_sets(operator: str, sizes: Sizes, size: int, use: Callable[[Policy, RequestContext], object]) -> Callable[[], object]:
    expected, found = sizes(size)
    policy = trust({f"ForAnyValue:{operator}": {KEY: expected}})

    def run() -> object:
        request = RequestContext(principal=Principal.federated(PROVIDER), action=SAML, keys={KEY: found, "saml:sub": "x"})
        return use(policy, request)

    return run


@pytest.mark.parametrize(("operator", "sizes"), SETS)
def test_two_sets_cost_their_sum(operator: str, sizes: Sizes) -> None:
    assert_grows_linearly(lambda size: of_sets(operator, sizes, size, Policy.evaluate), small=125)
    expected, found = sizes(125)
    assert ask(trust({f"ForAnyValue:{operator}": {KEY: expected}}), {KEY: found, "saml:sub": "x"}).effect == "ImplicitDeny"


@pytest.mark.parametrize(("operator", "sizes"), SETS)
def test_explaining_two_sets_costs_their_sum(operator: str, sizes: Sizes) -> None:
    def explained(policy: Policy, request: RequestContext) -> object:
        return json.dumps(policy.evaluate(request).as_dict())

    assert_grows_linearly(lambda size: of_sets(operator, sizes, size, explained), small=125, within=1)


@pytest.mark.parametrize("operator", ["StringLike", "ArnLike", "NumericEquals", "DateEquals", "IpAddress", "StringEqualsIgnoreCase"])
def test_many_conditions_on_one_key_read_its_values_once(operator: str) -> None:
    one = {
        "StringLike": ("*a{}?*b", "c{}"),
        "ArnLike": ("arn:aws:s3:::a{}*b", "arn:aws:s3:::c{}"),
        "NumericEquals": ("{}", "{}.5"),
        "DateEquals": ("{}", "-1{}"),
        "IpAddress": ("10.0.0.{}", "11.0.0.1"),
        "StringEqualsIgnoreCase": ("A{}", "b{}"),
    }[operator]

    found = [one[1].format(n) for n in range(1000)]
    statements = [statement(Condition={f"ForAnyValue:{operator}": {KEY: one[0].format(n % 256)}}) for n in range(150)]
    policy = Policy.stored(document(*statements), kind="trust")
    assert cost(lambda: ask(policy, {KEY: found}).effect) < 0.4


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("*a" * 1000 + "b", "a"),
        ("*" * 2000 + "b", "a"),
        ("?" * 1000 + "*" + "a?" * 500 + "b", "a"),
        ("*?a" * 700 + "b", "a"),
        ("*" + "ab?" * 500 + "*!", "ab"),
        ("*".join("abcdefgh" * 100) + "*!", "abcdefgh"),
        ("*" + "".join(map(chr, range(0x4E00, 0x5600))) + "?*!", "".join(map(chr, range(0x4E00, 0x5600)))),
    ],
)
def test_one_pattern_never_tries_again(pattern: str, text: str) -> None:
    def make(size: int) -> Callable[[], object]:
        policy = trust({"StringLike": {KEY: pattern}})
        value = (text * size)[: size * 100]
        return lambda: ask(policy, {KEY: value}).effect

    assert_grows_linearly(make, small=90)


def test_thousands_of_patterns_share_what_is_known_of_a_long_value() -> None:
    alphabet = [chr(97 + n) for n in range(26)]
    patterns = [f"*{a}?{b}{c}*!" for a, b, c in product(alphabet, repeat=3)][:12_000]

    def make(size: int) -> Callable[[], object]:
        policy = trust({"StringLike": {KEY: patterns[:size]}})
        value = "".join(alphabet) * 2_800 + "!?"
        return lambda: ask(policy, {KEY: value}).effect

    assert_grows_linearly(make, small=1_500, within=1.5)


@pytest.mark.parametrize("operator", ["StringEquals", "StringLike", "StringEqualsIgnoreCase", "ArnLike"])
@pytest.mark.parametrize("value", ["a" * 50_000, "\u00e9" * 50_000, "a:" * 25_000], ids=["plain", "accents", "colons"])
def test_a_variable_is_not_put_together_again_and_again(operator: str, value: str) -> None:
    prefix = "arn:aws:iam::1:" if operator == "ArnLike" else ""
    condition = {
        operator: {KEY: prefix + "${saml:sub}" * 4_000},
        f"ForAnyValue:{operator}": {"saml:ou": [f"{prefix}{n}${{saml:sub}}" for n in range(2_000)]},
    }
    policy = trust(condition)
    resource = Policy.stored(
        document({"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::" + "${saml:sub}" * 4_000}), kind="identity"
    )
    keys = {"saml:sub": value, KEY: f"{prefix}b", "saml:ou": [f"{prefix}{n}" for n in range(1000)]}
    asked = RequestContext(principal=None, action=SAML, resource="arn:aws:s3:::b", keys=keys)
    assert ask(policy, keys).effect == resource.evaluate(asked).effect == "ImplicitDeny"
    assert cost(lambda: (ask(policy, keys).effect, resource.evaluate(asked).nearest)) < 0.5


def hostile(shape: str, size: int) -> str:
    """A trust policy of about *size* parts, within the limit of characters."""
    github = "token.actions.githubusercontent.com"
    trusted: dict[str, Callable[[], Any]] = {
        "values": lambda: statement(Condition={"StringLike": {KEY: [f"*{n}*" for n in range(size)]}}),
        "networks": lambda: statement(Condition={"IpAddress": {KEY: [f"10.{n >> 8}.{n & 255}.0/24" for n in range(size)]}}),
        "keys": lambda: statement(Condition={"StringEquals": {f"saml:k{n}": "x" for n in range(size)}}),
        "actions": lambda: statement(Action=[f"sts:TagSession{'*' * (n % 7)}" for n in range(size)]),
        "principals": lambda: statement(
            Principal={"AWS": [f"arn:aws:iam::123456789012:user/{n}" for n in range(size)]}, Action="sts:AssumeRole"
        ),
        "shared": lambda: statement(
            Principal={"Federated": [f"{github}/{n}" for n in range(size)]},
            Action="sts:AssumeRoleWithWebIdentity",
            Condition={"StringLike": {f"{github}/{n}:sub": f"repo:o{n}/r:*" for n in range(size)}},
        ),
    }
    if shape == "statements":
        return json.dumps(document(*(statement(Sid=f"S{n}", Effect=("Allow", "Deny")[n & 1]) for n in range(size))))
    if shape == "variables":
        return json.dumps(document(statement(Condition={"StringLike": {KEY: "${saml:sub}" * size}})))
    return json.dumps(document(trusted[shape]()))


def checked(text: str) -> object:
    """Store, offer and lint *text*; what is refused is refused in kind."""
    try:
        Policy.parse(text, kind="trust")
    except MalformedPolicyDocument as refusal:
        str(refusal)
    return lint(Policy.stored(text, kind="trust"))


@pytest.mark.parametrize("shape", ["values", "networks", "keys", "actions", "principals", "shared", "statements", "variables"])
def test_storing_offering_and_linting_cost_the_length_of_the_document(shape: str) -> None:
    assert len(hostile(shape, 800)) < limits.POLICY_CHARS
    assert_grows_linearly(lambda size: partial(checked, hostile(shape, size)), small=100)


def offered(text: str) -> str:
    with pytest.raises(MalformedPolicyDocument) as refusal:
        Policy.parse(text)
    return refusal.value.check


@pytest.mark.parametrize(
    "text", ["[" * limits.POLICY_CHARS, '{"a":' * 26_000, '{"Statement":' * 10_000, '[{"' * 40_000, '"' * limits.POLICY_CHARS]
)
def test_a_deep_document_is_refused_before_it_is_read(text: str) -> None:
    text = text[: limits.POLICY_CHARS]
    assert offered(text) == "policy-json"
    assert cost(partial(offered, text)) < 0.5


def test_every_operator_that_compares_was_measured() -> None:
    measured = {operator for operator, _ in SHAPES.values()}
    assert {
        "StringEquals",
        "StringEqualsIgnoreCase",
        "StringLike",
        "NumericEquals",
        "DateEquals",
        "Bool",
        "BinaryEquals",
        "IpAddress",
        "ArnLike",
    } <= measured
