"""A policy is checked when it is read, and compiled when it is first asked."""

import copy
import json
import pickle
from typing import Any

import pytest

from federation.errors import MalformedPolicyDocument
from federation.limits import POLICY_CHARS
from federation.policy import Policy
from tests.support.policies import document, statement


def test_a_policy_is_compiled_once() -> None:
    policy = Policy.of_json(document(statement()), kind="trust")
    assert policy.statements is policy.statements


@pytest.mark.parametrize("asked", [False, True])
def test_copies_are_equal(*, asked: bool) -> None:
    policy = Policy.of_json(document(statement()), kind="trust")
    assert not asked or policy.statements
    for twin in (copy.deepcopy(policy), pickle.loads(pickle.dumps(policy)), Policy.stored(policy.source_text)):  # noqa: S301 - our own
        assert (twin, hash(twin), twin.statements) == (policy, hash(policy), policy.statements)
    assert policy != Policy.stored(document(statement(Sid="Other")))
    assert policy != policy.source_text


@pytest.mark.parametrize(("number", "spelled"), [(5, "5"), (1.5, "1.5"), (True, "true")])
def test_numbers_of_a_file_are_text(number: float, spelled: str) -> None:
    policy = Policy.of_json(document(statement(Condition={"NumericEquals": {"a:b": number}})), kind="trust")
    assert policy.statements[0].conditions[0].expected == (spelled,)


@pytest.mark.parametrize("filler", ["x", "\x01", '"', "\U0001f600"])
def test_a_policy_of_a_file_is_bounded_as_its_text(filler: str) -> None:
    def sized(count: int) -> dict[str, Any]:
        return document(statement(Condition={"StringEquals": {"a:b": filler * count}}))

    one, two = (len(json.dumps(sized(count), ensure_ascii=False, separators=(",", ":"))) for count in (1, 2))
    most = 1 + (POLICY_CHARS - one) // (two - one)
    assert Policy.of_json(sized(most), kind="trust").statements
    with pytest.raises(MalformedPolicyDocument) as refused:
        Policy.of_json(sized(most + 1), kind="trust")
    assert refused.value.check == "policy-size"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (document(statement(Effect="allow")), "$.Statement[0].Effect"),
        (document(statement(Condition={"StringEquals": {"a:b": "${aws:"}})), '$.Statement[0].Condition.StringEquals["a:b"]'),
        (document(statement(Condition={"BinaryEquals": {"a:b": "?"}})), '$.Statement[0].Condition.BinaryEquals["a:b"]'),
        (document(statement(Sid=5)), "$.Statement[0].Sid"),
        (document(statement(Principal={"AWS": []})), "$.Statement[0].Principal"),
    ],
)
def test_what_is_at_fault_is_refused_before_it_is_asked(given: dict[str, Any], path: str) -> None:
    with pytest.raises(MalformedPolicyDocument) as refused:
        Policy.of_json(given, kind="trust")
    assert refused.value.path == path
