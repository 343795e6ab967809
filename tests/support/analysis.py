"""Policies and requests for tests of the analysis: small alphabets, so that conditions meet, and requests of its world alone."""

from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import strategies as st

from federation.policy import Policy, Principal, RequestContext
from federation.policy.operators import QUALIFIED
from tests.support.policies import SAML, document
from tests.support.world import ACCOUNT, OTHER, SAML_PROVIDER

TAG = "sts:TagSession"
SECOND = f"arn:aws:iam::{ACCOUNT}:saml-provider/Second"
USER = f"arn:aws:iam::{OTHER}:user/ann"
ROLE = f"arn:aws:iam::{OTHER}:role/way/job"
_TEXTS = [
    *("a", "A", "ab", "b", "*", "a*", "*b", "?", "a?", "??", "", "k", "K", "\u212a", "a*b*", "\u03c3"),
    "${saml:sub}",
    "x${saml:iss}",
    "${x, 'a'}",
]
_ARNS = [
    *("arn:aws:iam::1:role/a", "arn:aws:iam::*:role/*", "arn:*:iam::1:*", "arn:aws:iam::1:role/?", "no arn", "arn:a:*:*:*:b"),
    *("arn:aws:iam::1:role/${saml:sub}", f"arn:aws:iam::{OTHER}:*", USER),
]
_POOLS = {
    "String": _TEXTS,
    "Arn": _ARNS,
    "Numeric": ["1", "2", "1.0", "1.5", "1e1", "-1", "x"],
    "Date": ["2020-01-01", "2020-01-01T00:00:00Z", "0", "1577836801", "x", "2020-01-01T00:00:00.5Z"],
    "IpAddress": ["10.0.0.0/8", "10.1.0.0/16", "10.0.0.1", "::/0", "2001:db8::/32", "::ffff:0:0/96", "x", "0.0.0.0/0"],
    "Bool": ["true", "false", "TRUE", "yes"],
    "Binary": ["YQ==", "YWI="],
    "Null": ["true", "false"],
}
_VALUES = [
    *("a", "A", "ab", "b", "", "k", "\u212a", "aab", "x", "xa", "arn:aws:iam::1:role/a", "arn:aws:iam::2:role/b", "arn:a:b:c:d:b"),
    *("1", "1.0", "2", "3", "true", "TRUE", "YQ==", "10.0.0.1", "2020-01-01", "\u03c3", "\u03c2"),
]
Draw = Callable[[Random], Any]


def _text(random: Random) -> str:
    return random.choice(_VALUES)


def _texts(random: Random) -> list[str]:
    return [_text(random) for _ in range(random.choice([1, 2]))]


_KEYS: dict[str, Draw] = {
    "saml:sub": _text,
    "saml:iss": _text,
    "saml:cn": lambda random: random.choice([None, _texts(random)]),
    "sts:RoleSessionName": _text,
    "aws:SourceIp": lambda random: random.choice([None, "10.0.0.1", "10.1.2.3", "11.0.0.0", "::1", "2001:db8::1", "::ffff:10.0.0.1"]),
    "aws:CurrentTime": lambda random: random.choice(["2020-01-01", "2020-01-01T00:00:00.5Z", "1577836801", "0", "2021-01-01"]),
    "aws:SomethingNew": lambda random: random.choice([None, _text(random), _texts(random)]),
    "aws:SourceVpc": lambda random: random.choice([None, _text(random)]),
}
"""What a request can have for the keys that the policies ask about."""
_FOLLOWING = ("aws:RequestTag/a", "aws:TagKeys", "aws:PrincipalArn", "aws:PrincipalAccount")
"""Further keys of the policies, which follow from the tags and the caller of a request."""
_ASKED = [*_KEYS, *_FOLLOWING]
_PRINCIPALS: list[Any] = [
    *({"Federated": SAML_PROVIDER}, {"Federated": [SAML_PROVIDER, SECOND]}, {"AWS": "*"}, {"AWS": OTHER}, {"AWS": USER}),
    *({"AWS": [ROLE, OTHER]}, {"AWS": f"arn:aws:sts::{OTHER}:assumed-role/job/s"}),
]
_CALLERS = [
    Principal.federated(SAML_PROVIDER),
    Principal.federated(SECOND),
    Principal.aws(USER),
    Principal.aws(f"arn:aws:iam::{OTHER}:user/bob"),
    Principal.aws(f"arn:aws:iam::{ACCOUNT}:user/eve"),
    Principal.aws(f"arn:aws:sts::{OTHER}:assumed-role/job/s", role_arn=ROLE),
    Principal.aws(f"arn:aws:sts::{OTHER}:assumed-role/job/t", role_arn=ROLE),
]
_ACTIONS: list[Any] = [SAML, "sts:AssumeRole", "sts:*", [SAML, "sts:AssumeRole", TAG], TAG]


@st.composite
def statements(draw: st.DrawFn, keys: list[str]) -> dict[str, Any]:
    condition: dict[str, dict[str, Any]] = {}
    for name in draw(st.lists(st.sampled_from(sorted(QUALIFIED)), max_size=3)):
        pool = _POOLS[QUALIFIED[name].operator.family.name]
        condition.setdefault(name, {})[draw(st.sampled_from(keys))] = draw(st.lists(st.sampled_from(pool), max_size=3))
    element = draw(st.sampled_from(["Principal"] * 7 + ["NotPrincipal"]))
    return {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        element: draw(st.sampled_from(_PRINCIPALS)),
        "Action": draw(st.sampled_from(_ACTIONS)),
        "Condition": condition,
    }


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    keys = draw(st.lists(st.sampled_from(_ASKED), min_size=1, max_size=3))
    version = draw(st.sampled_from(["2012-10-17", "2008-10-17"]))
    return Policy.stored(document(*draw(st.lists(statements(keys), min_size=1, max_size=3)), version=version))


@st.composite
def changes(draw: st.DrawFn) -> tuple[Policy, Policy]:
    """A policy, and the same with a statement more, one less, or another instead."""
    keys = draw(st.lists(st.sampled_from(_ASKED), min_size=1, max_size=2))
    kept = draw(st.lists(statements(keys), min_size=1, max_size=3))
    changed = draw(st.lists(statements(keys), max_size=1)) + kept[draw(st.integers(0, 1)) :]
    version = draw(st.sampled_from(["2012-10-17", "2008-10-17"]))
    return (Policy.stored(document(*kept, version=version)), Policy.stored(document(*(changed or kept), version=version)))


def login(random: Random) -> tuple[RequestContext, tuple[str, ...]]:
    """A request of the analysis' world, and the actions that its login needs."""
    caller = random.choice(_CALLERS)
    keys = {name: draw(random) for name, draw in _KEYS.items()}
    if caller.type == "AWS":
        keys = {name: value for name, value in keys.items() if not name.startswith("saml:")}
        role = next((name for name in caller.names if ":role/" in name), caller.name)
        keys |= {"aws:PrincipalArn": role, "aws:PrincipalAccount": caller.name.split(":")[4]}
    else:
        account, _, provider = caller.name.partition(":saml-provider/")
        keys |= {"saml:doc": f"{account.rpartition(':')[2]}/{provider}", "aws:PrincipalAccount": ACCOUNT}
    operation = "sts:AssumeRole" if caller.type == "AWS" else SAML
    tags = random.choice([(), ("a",), ("A",), ("b",), ("a", "b")])
    if tags:
        keys |= {"aws:TagKeys": tags, **{f"aws:RequestTag/{tag}": _text(random) for tag in tags}}
    present = {name: value for name, value in keys.items() if value is not None}
    return RequestContext(principal=caller, action=operation, keys=present), (operation, TAG) if tags else (operation,)


def lets_in(policy: Policy, request: RequestContext, actions: tuple[str, ...]) -> bool:
    return all(policy.evaluate(request.asking(action)).allowed for action in actions)
