"""Strategies of hypothesis for those who fuzz a broker, an identity provider or a verifier. The extra ``fuzzing`` installs hypothesis.

    from hypothesis import given
    from federation.testing import strategies

    @given(strategies.claim_sets(forge, at=AT, audience="sts.amazonaws.com"))
    def test_my_broker_takes_what_is_valid(claim_set: strategies.ClaimSet) -> None:
        assert my_broker.accepts(claim_set.signed_by(forge)) is (not claim_set.fault)

Each strategy says what its values are worth: texts that XML can hold, logins and claims that a careful verifier accepts, claims with one
fault that is named, policies that allow or refuse given keys, instants with the verdict that they make. The verdicts are those of profile
``strict``, and tests of this project hold them against its verifier.
"""

from federation.testing.strategies.claims import FAULTS, ClaimSet, claim_sets, faulty_claim_sets, valid_claim_sets
from federation.testing.strategies.colliding import (
    arn_patterns,
    arns,
    policy_actions,
    policy_callers,
    policy_documents,
    policy_request_keys,
)
from federation.testing.strategies.instants import JudgedInstant, instants
from federation.testing.strategies.logins import aws_attributes, logins, subjects
from federation.testing.strategies.mutations import damaged, mutated
from federation.testing.strategies.policies import UnmetPolicy, refusing_trust_policies, trust_policies
from federation.testing.strategies.values import json_values, session_names, tag_keys, tag_values, values_of_any_type, xml_text

__all__ = [
    "FAULTS",
    "ClaimSet",
    "JudgedInstant",
    "UnmetPolicy",
    "arn_patterns",
    "arns",
    "aws_attributes",
    "claim_sets",
    "damaged",
    "faulty_claim_sets",
    "instants",
    "json_values",
    "logins",
    "mutated",
    "policy_actions",
    "policy_callers",
    "policy_documents",
    "policy_request_keys",
    "refusing_trust_policies",
    "session_names",
    "subjects",
    "tag_keys",
    "tag_values",
    "trust_policies",
    "valid_claim_sets",
    "values_of_any_type",
    "xml_text",
]
