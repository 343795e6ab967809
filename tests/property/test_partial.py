"""A policy of whose request some keys are not known: what is decided holds whatever they turn out to be."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.policy import Policy, Principal, RequestContext, evaluate_partially
from federation.policy.operators import QUALIFIED
from federation.policy.partial import named_keys
from federation.policy.wildcard import fold
from federation.testing.strategies import policy_actions, policy_callers, policy_documents, policy_request_keys
from federation.testing.strategies.colliding import PROVIDER

NAMES = ("saml:aud", "saml:sub", "saml:cn")
UNKNOWN = st.sets(st.sampled_from(NAMES), min_size=1)


def without(keys: dict[str, Any], unknown: set[str]) -> dict[str, Any]:
    return {name: value for name, value in keys.items() if fold(name) not in unknown}


def holds_whatever_they_are(policy: Policy, caller: Principal, action: str, keys: dict[str, Any], unknown: set[str], worlds: Any) -> None:
    """Hold the partial decision against that on each of *worlds*: the same request, the unknown keys as each of them has them."""
    known = without(keys, unknown)
    request = RequestContext(principal=caller, action=action, keys=known)
    decision = evaluate_partially(policy, request, unknown.__contains__)
    assert (decision.effect == "Unknown") == bool(decision.undecided)
    assert all(set(each.unknown) <= unknown for each in decision.undecided)
    for world in worlds:
        whole = {**known, **{name: value for name, value in world.items() if fold(name) in unknown}}
        truth = policy.evaluate(RequestContext(principal=caller, action=action, keys=whole))
        if decision.effect != "Unknown":
            assert truth.effect == decision.effect
        if decision.allowed is not None:
            assert truth.allowed is decision.allowed


@given(policy_documents(), policy_callers(), policy_actions(), policy_request_keys(), UNKNOWN, st.lists(policy_request_keys(), min_size=3))
def test_a_decided_answer_is_that_of_the_evaluator(
    document: Any, caller: Principal, action: str, keys: Any, unknown: set[str], worlds: Any
) -> None:
    holds_whatever_they_are(Policy.stored(document), caller, action, keys, unknown, [{}, keys, *worlds])


OPERANDS = (
    *("a", "A", "*", "", "${saml:sub}", "${saml:sub}*", "${saml:aud}", "${saml:aud, 'a'}", "no arn ${saml:sub}", "no arn"),
    *("arn:aws:iam::1:role/${saml:sub}", "arn:aws:iam::*:role/${saml:aud}", "arn:aws:iam::1:role/*", "arn:${saml:sub}", "true", "false"),
)
TEXTS = st.sampled_from(["a", "A", "", "ab", "arn:aws:iam::1:role/a", "arn:a", "aws:iam::1:role/a", "true"])
STRINGS = [name for name, each in QUALIFIED.items() if each.operator.family.name in ("String", "Arn", "Null")]
VALUES = TEXTS | st.lists(TEXTS, min_size=1, max_size=3)
ONE_WORLD = st.fixed_dictionaries({}, optional={"saml:aud": VALUES, "saml:sub": TEXTS, "saml:cn": VALUES})
BLOCKS = st.dictionaries(
    st.sampled_from(STRINGS),
    st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(OPERANDS), max_size=3), min_size=1, max_size=2),
    max_size=2,
)


def _truths(tests: dict[str, Any]) -> dict[str, Any]:
    return {key: [each for each in values if each in ("true", "false")] for key, values in tests.items()}


def statement(effect: str, conditions: dict[str, Any]) -> dict[str, Any]:
    kept = {operator: _truths(tests) if "Null" in operator else tests for operator, tests in conditions.items()}
    return {"Effect": effect, "Principal": {"Federated": PROVIDER}, "Action": "sts:AssumeRoleWithSAML", "Condition": kept}


@given(
    st.lists(st.builds(statement, st.sampled_from(["Allow", "Allow", "Deny"]), BLOCKS), min_size=1, max_size=3),
    ONE_WORLD,
    UNKNOWN,
    st.lists(ONE_WORLD, min_size=4, max_size=8),
)
def test_it_is_so_with_policy_variables_too(statements: list[Any], keys: Any, unknown: set[str], worlds: list[Any]) -> None:
    policy = Policy.stored({"Version": "2012-10-17", "Statement": statements})
    caller = Principal.federated(PROVIDER)
    holds_whatever_they_are(policy, caller, "sts:AssumeRoleWithSAML", keys, unknown, [{}, keys, *worlds])


@given(policy_documents(), policy_callers(), policy_actions(), policy_request_keys())
def test_where_all_is_known_it_is_the_evaluator(document: Any, caller: Principal, action: str, keys: Any) -> None:
    policy, request = Policy.stored(document), RequestContext(principal=caller, action=action, keys=keys)
    decision = evaluate_partially(policy, request, lambda _: False)
    assert (decision.effect, decision.undecided) == (policy.evaluate(request).effect, ())


@given(policy_documents(), policy_callers(), policy_actions(), policy_request_keys(), policy_request_keys())
def test_keys_that_a_policy_does_not_name_do_not_matter(document: Any, caller: Principal, action: str, keys: Any, others: Any) -> None:
    policy = Policy.stored(document)
    unnamed = {name: value for name, value in others.items() if fold(name) not in named_keys(policy)}
    named = {name: value for name, value in keys.items() if fold(name) in named_keys(policy)}
    ours, theirs = (policy.evaluate(RequestContext(principal=caller, action=action, keys=each)) for each in (named, {**named, **unnamed}))
    assert ours.effect == theirs.effect


ALLOW = {"Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": "sts:AssumeRoleWithSAML"}


@pytest.mark.parametrize(
    ("conditions", "effect"),
    [
        ({"StringEquals": {"saml:sub": "a", "saml:cn": "x"}}, "Unknown"),
        ({"StringEquals": {"saml:sub": "b", "saml:cn": "x"}}, "ImplicitDeny"),  # the known half refuses
        ({"StringNotEquals": {"saml:cn": "x"}}, "Unknown"),
        ({"StringEqualsIfExists": {"saml:cn": "x"}}, "Unknown"),
        ({"Null": {"saml:cn": "true"}}, "Unknown"),
        ({"Null": {"saml:cn": ["true", "false"]}}, "Allow"),
        ({"ForAllValues:StringLike": {"saml:cn": "*"}}, "Allow"),
        ({"ForAnyValue:StringLike": {"saml:cn": "*"}}, "Unknown"),  # it may be absent
        ({"StringLikeIfExists": {"saml:cn": "*"}}, "Unknown"),  # it may have several values
        ({"StringEquals": {"saml:cn": []}}, "ImplicitDeny"),  # no value is listed
        ({"StringEquals": {"saml:sub": ["a", "${saml:cn}"]}}, "Allow"),  # the other value decides
        ({"StringEquals": {"saml:sub": ["b", "${saml:cn}"]}}, "Unknown"),
        ({"StringNotEquals": {"saml:sub": ["a", "${saml:cn}"]}}, "ImplicitDeny"),
        ({"ArnLike": {"saml:sub": ["${saml:cn}", "arn:aws:iam::1:role/a"]}}, "ImplicitDeny"),  # the subject is no ARN
    ],
)
def test_what_an_allow_waits_for(conditions: dict[str, Any], effect: str) -> None:
    policy = Policy.stored({"Version": "2012-10-17", "Statement": [{**ALLOW, "Condition": conditions}]})
    request = RequestContext(principal=Principal.federated(PROVIDER), action="sts:AssumeRoleWithSAML", keys={"saml:sub": "a"})
    decision = evaluate_partially(policy, request, lambda key: key == "saml:cn")
    assert decision.effect == effect
    assert [each.unknown for each in decision.undecided] == ([("saml:cn",)] if effect == "Unknown" else [])


@pytest.mark.parametrize(
    ("denied", "allowed", "effect", "answer"),
    [
        ("a", "a", "Deny", False),
        ("${saml:cn}", "a", "Unknown", None),  # the Deny waits
        ("${saml:cn}", "b", "Unknown", False),  # no Allow: refused, by the Deny or by nobody
        ("b", "a", "Allow", True),
        ("b", "${saml:cn}", "Unknown", None),
    ],
)
def test_a_deny_that_is_not_decided_leaves_a_refusal_alone_decided(denied: str, allowed: str, effect: str, *, answer: bool | None) -> None:
    values = {"Deny": denied, "Allow": allowed}
    statements = [{**ALLOW, "Effect": name, "Condition": {"StringEquals": {"saml:sub": value}}} for name, value in values.items()]
    policy = Policy.stored({"Version": "2012-10-17", "Statement": statements})
    request = RequestContext(principal=Principal.federated(PROVIDER), action="sts:AssumeRoleWithSAML", keys={"saml:sub": "a"})
    decision = evaluate_partially(policy, request, lambda key: key == "saml:cn")
    assert (decision.effect, decision.allowed) == (effect, answer)
    assert decision.as_dict()["undecided"] == [each.as_dict() for each in decision.undecided]
