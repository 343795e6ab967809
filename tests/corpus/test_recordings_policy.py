"""AWS's own answers: every recorded decision and every document offered for writing comes out the same."""

from typing import Any

import pytest

from federation.errors import MalformedPolicyDocument
from federation.policy import Policy, Principal, RequestContext
from tests.support.shared import manifest, needs_shared

EFFECTS = {"allow": "Allow", "implicit_deny": "ImplicitDeny", "explicit_deny": "Deny"}
# SimulateCustomPolicy answers this one differently from real authorization (noted in the recording); we do what authorization does.
SIMULATOR_ONLY = {"sim-val-03"}
DECISIONS = [case for case in manifest("recordings/policy-recorded.json", {"cases": []})["cases"] if case["id"] not in SIMULATOR_ONLY]
WRITES = manifest("recordings/policy-writes.json", {"cases": []})["cases"]


def caller(principal: Any) -> Principal:
    if principal is None:
        return Principal.anonymous()
    if isinstance(principal, dict):
        return Principal.federated(principal["federated"])
    return Principal.aws(principal) if principal.startswith("arn:") else Principal.service(principal)


def request_of(case: dict[str, Any]) -> RequestContext:
    request = case["request"]
    lists = set(request.get("list_keys", ()))
    keys = {key: values if key in lists or len(values) != 1 else values[0] for key, values in request["context"].items()}
    return RequestContext(principal=caller(request["principal"]), action=request["action"], resource=request["resource"], keys=keys)


def kind_of(operation: str) -> str:
    if operation.startswith("AssumeRole with inline session Policy"):
        return "session"
    return "identity" if operation.startswith("PutUserPolicy") else "trust"


@needs_shared
@pytest.mark.parametrize("case", DECISIONS, ids=lambda case: case["id"])
def test_decisions_are_those_of_aws(case: dict[str, Any]) -> None:
    if case["expected"] == "malformed":
        with pytest.raises(MalformedPolicyDocument):
            Policy.parse(case["policy"], kind=case["policy_kind"])
        return
    policy = Policy.parse(case["policy"], kind=case["policy_kind"])
    decision = policy.evaluate(request_of(case))
    assert decision.effect == EFFECTS[case["expected"]], decision.as_dict()
    assert decision.as_dict()["effect"] == decision.effect


@needs_shared
@pytest.mark.parametrize("case", WRITES, ids=lambda case: case["id"])
def test_documents_are_accepted_or_refused_as_by_aws(case: dict[str, Any]) -> None:
    kind = kind_of(case["operation"])
    if case["expected"] == "ok":
        assert Policy.parse(case["document"], kind=kind).source_text == case["document"]
        return
    with pytest.raises(MalformedPolicyDocument) as refusal:
        Policy.parse(case["document"], kind=kind)
    assert refusal.value.code == case["code"]
    if case["message"] is not None:
        assert refusal.value.message == case["message"]
