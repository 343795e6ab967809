"""What holds for every policy: order is no matter, Deny wins, explaining agrees with deciding, and any input is answered in kind."""

import json
import random
import string
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.errors import FederationError, MalformedPolicyDocument
from federation.policy import Policy, Principal, RequestContext
from federation.policy.addresses import read_address, read_network
from federation.policy.lint import lint
from federation.policy.operands import Patterns, RequestValues
from federation.policy.sieve import Sieve
from federation.policy.values import ArnPattern, lower, read_arn, read_date, read_number, read_octets
from federation.policy.wildcard import Pattern, Piece, units
from federation.testing.strategies import (
    arn_patterns,
    arns,
    json_values,
    policy_actions,
    policy_callers,
    policy_documents,
    policy_request_keys,
)
from federation.testing.strategies.colliding import PROVIDER
from tests.support import policy_twin

JSON = json_values(interoperable=False)


def refusal_of(action: Callable[[], object]) -> FederationError | None:
    """The refusal that *action* raises, or None; anything but a FederationError fails the test by itself."""
    try:
        action()
    except FederationError as refusal:
        return refusal
    return None


def decide(document: Any, caller: Principal, action: str, keys: Any) -> str:
    request = RequestContext(principal=caller, action=action, keys=keys)
    return Policy.stored(document, kind="trust").evaluate(request).effect


ODD: st.SearchStrategy[Any] = st.sampled_from(
    [[], {}, "", "*", "${", "${a:b}", 5, True, None, ["x", 5], {"AWS": []}, {"StringEquals": {"A:b": "", "a:B": ""}}]
)
ELEMENTS = st.sampled_from(
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition", "condition"]
)
KINDS = st.sampled_from(["trust", "identity", "session", "boundary", "resource"])


@given(policy_documents(), st.lists(st.tuples(ELEMENTS, ODD), max_size=2), KINDS)
def test_a_policy_of_a_file_is_that_of_its_text_and_compiles(document: Any, changes: Any, kind: str) -> None:
    """What is checked at load is all that can be at fault: a policy that is accepted compiles whenever it is asked."""
    for name, value in changes:
        document = {**document, "Statement": [{**document["Statement"][0], name: value}, *document["Statement"][1:]]}
    refusal = refusal_of(lambda: Policy.stored(document, kind=kind))
    assert str(refusal_of(lambda: Policy.of_json(document, kind=kind))) == str(refusal)
    if refusal is None:
        ours, theirs = Policy.of_json(document, kind=kind), Policy.stored(document, kind=kind)
        assert (ours, ours.version, ours.statements) == (theirs, theirs.version, theirs.statements)


@given(policy_documents(), policy_callers(), policy_actions(), policy_request_keys(), st.randoms(use_true_random=False))
def test_the_order_of_statements_never_matters(document: Any, caller: Principal, action: str, keys: Any, order: random.Random) -> None:
    before = decide(document, caller, action, keys)
    statements = list(document["Statement"])
    order.shuffle(statements)
    assert decide({**document, "Statement": statements}, caller, action, keys) == before


@given(policy_documents(), policy_callers(), policy_actions(), policy_request_keys())
def test_deny_beats_allow(document: Any, caller: Principal, action: str, keys: Any) -> None:
    deny = {"Effect": "Deny", "Principal": {"Federated": caller.name}, "Action": "*"}
    assert decide({**document, "Statement": [*document["Statement"], deny]}, caller, action, keys) == "Deny"


VARIABLE_OPERATORS = [
    *("StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"),
    *("StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike", "ArnNotEquals", "ArnNotLike"),
]
OPERANDS = [
    *("a", "A", "*", "${saml:sub}", "${saml:sub}*", "${saml:gone}", "${saml:gone, 'a'}", "${saml:many}", "no arn ${saml:sub}"),
    *("arn:aws:iam::1:role/${saml:sub}", "arn:aws:iam::*:role/${saml:gone}", "arn:aws:iam::1:role/*", "arn:${saml:sub}"),
]
TEXTS = st.sampled_from(["a", "A", "", "ab", "arn:aws:iam::1:role/a", "arn:a", "${saml:sub}"])


@given(
    st.sampled_from(VARIABLE_OPERATORS),
    st.sampled_from(["", "ForAnyValue:", "ForAllValues:"]),
    st.lists(st.sampled_from(OPERANDS), min_size=1, max_size=4),
    st.lists(TEXTS, min_size=1, max_size=3),
    TEXTS,
)
def test_few_values_with_variables_say_what_many_say(name: str, quantifier: str, few: list[str], cn: list[str], sub: str) -> None:
    # The last value once more is no other condition; so often, it is compared on the road of the many.
    many = few + few[-1:] * 20
    given_keys = {"saml:cn": tuple(cn) if quantifier else cn[0], "saml:sub": sub, "saml:many": ("a", "b")}
    caller = Principal.federated(PROVIDER)

    def effect(stated: str, values: list[str]) -> str:
        base = {"Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": "sts:AssumeRoleWithSAML"}
        stating = {**base, "Effect": stated, "Condition": {quantifier + name: {"saml:cn": values}}}
        document = {"Version": "2012-10-17", "Statement": [stating] if stated == "Allow" else [base, stating]}
        return decide(document, caller, "sts:AssumeRoleWithSAML", given_keys)

    assert [effect(stated, few) for stated in ("Allow", "Deny")] == [effect(stated, many) for stated in ("Allow", "Deny")]


@given(policy_documents(), policy_callers(), policy_actions(), policy_request_keys())
def test_the_slow_twin_agrees(document: Any, caller: Principal, action: str, keys: Any) -> None:
    assert decide(document, caller, action, keys) == policy_twin.evaluate(document, caller, action, keys)


@given(policy_documents(), policy_callers(), policy_actions(), policy_request_keys())
def test_the_explanation_agrees_with_the_decision(document: Any, caller: Principal, action: str, keys: Any) -> None:
    decision = Policy.stored(document, kind="trust").evaluate(RequestContext(principal=caller, action=action, keys=keys))
    matched = [each for each in decision.statements if each.matched]
    assert all((not each.failures) is each.matched for each in decision.statements)
    effects = {each.effect for each in matched}
    assert decision.effect == ("Deny" if "Deny" in effects else "Allow" if "Allow" in effects else "ImplicitDeny")
    if decision.effect == "ImplicitDeny":
        assert decision.statement is None
        assert (decision.nearest is not None) == any(each.effect == "Allow" for each in decision.statements)
    else:
        assert decision.statement in matched
    json.dumps(decision.as_dict())


@given(st.one_of(st.text(), st.binary(), JSON, JSON.map(json.dumps)), st.sampled_from(["trust", "identity", "session", "resource"]))
def test_any_document_is_answered_in_kind(document: Any, kind: str) -> None:
    refusal = refusal_of(lambda: Policy.parse(document, kind=kind))
    if refusal is not None:
        assert isinstance(refusal, MalformedPolicyDocument)
        assert refusal.path.startswith("$")
        assert "\n" not in str(refusal)


@given(policy_documents(), st.data())
def test_a_damaged_policy_is_answered_in_kind(document: Any, data: st.DataObject) -> None:
    text = json.dumps(document)
    place = data.draw(st.integers(0, len(text) - 1))
    damaged = text[:place] + data.draw(st.sampled_from(["", "{", "}", '"', "\\", "null", "*", "\ud800", "${"])) + text[place + 1 :]
    refusal = refusal_of(lambda: lint(Policy.stored(damaged, kind="trust")))
    assert refusal is None or isinstance(refusal, MalformedPolicyDocument)


@given(policy_documents())
def test_the_text_of_a_policy_makes_the_same_policy(document: Any) -> None:
    policy = Policy.stored(document, kind="trust")
    again = Policy.stored(policy.source_text, kind="trust")
    assert again.document == policy.document
    assert again.size == policy.size == sum(char not in string.whitespace for char in policy.source_text)


@given(st.text(alphabet="ab*?", max_size=8), st.text(alphabet="ab", max_size=12))
def test_wildcards_match_as_the_slow_twin(pattern: str, text: str) -> None:
    assert Pattern.read(pattern).matches(text) == policy_twin.like(pattern, text)


PATTERNS = st.lists(st.text(alphabet="ab*?", max_size=6), max_size=8)


@given(PATTERNS, st.lists(st.text(alphabet="ab\u00e9\U00010400", max_size=7).map(units), max_size=8))
def test_a_sieve_tells_what_each_pattern_tells(patterns: list[str], texts: list[str]) -> None:
    told = Sieve([(text,) for text in texts]).matched_by((Pattern.read(pattern),) for pattern in patterns)
    assert told == [any(policy_twin.like(pattern, text) for pattern in patterns) for text in texts]


@given(st.lists(arn_patterns(), max_size=8), st.lists(arns(), max_size=8))
def test_a_sieve_keeps_the_fields_of_arns_apart(patterns: list[str], texts: list[str]) -> None:
    arns = [fields for text in texts if (fields := read_arn(text)) is not None]
    wanted = [spelled for pattern in patterns if (spelled := policy_twin.arn_of(pattern)) is not None]
    compiled = [each for pattern in patterns if (each := ArnPattern.of((Piece(pattern),))) is not None]
    for arn in arns:
        assert [each.matches(arn) for each in compiled] == [policy_twin.arn_like(each, list(arn)) for each in wanted]
    assert Sieve(arns).matched_by(each.fields for each in compiled) == [any(each.matches(arn) for each in compiled) for arn in arns]


@given(
    PATTERNS,
    st.lists(st.text(alphabet="ab", max_size=6) | st.just("a" * 300), min_size=1, max_size=8),
    st.sampled_from(["", "*" + "a" * 299]),
)
def test_many_values_are_compared_as_each_is(patterns: list[str], texts: list[str], long: str) -> None:
    operands = Patterns.of(map(Pattern.read, [*patterns, long]))
    values = RequestValues(tuple(texts), units)
    one_by_one = [operands.matches(text) for text in texts]
    assert list(operands.matching(values)) == one_by_one
    assert values.sieve(1 << 20) is not None
    assert list(operands.matching(values)) == one_by_one


@given(st.text())
def test_value_readers_take_any_text(text: str) -> None:
    for read in (read_number, read_date, read_octets, read_arn, read_address, read_network, lower):
        read(text)


@given(st.ip_addresses())
def test_addresses_lie_in_their_own_network(address: Any) -> None:
    text = str(address)
    read, network = read_address(text), read_network(text)
    if getattr(address, "ipv4_mapped", None) is None:
        assert read is not None
        assert network is not None
        assert network.contains(read)


@pytest.mark.long
@settings(max_examples=20_000, deadline=None)
@given(policy_documents(), policy_callers(), policy_actions(), policy_request_keys())
def test_the_slow_twin_agrees_at_length(document: Any, caller: Principal, action: str, keys: Any) -> None:
    assert decide(document, caller, action, keys) == policy_twin.evaluate(document, caller, action, keys)


def test_the_strategy_reaches_every_effect() -> None:
    allow = {"Effect": "Allow", "Principal": {"Federated": [PROVIDER]}, "Action": ["*"]}
    assert decide({"Version": "2012-10-17", "Statement": [allow]}, Principal.federated(PROVIDER), "sts:TagSession", {}) == "Allow"
