"""What IAM would no longer store is an error of lint, and what it stores with whole values is none."""

import re
from typing import Any

import pytest

from federation.errors import MalformedPolicyDocument
from federation.policy import Policy
from federation.policy.lint import lint
from tests.support.shared import manifest, needs_shared

TRUSTS = [case for case in manifest("recordings/policy-writes.json", {"cases": []})["cases"] if case["id"].startswith("trust-")]
ONE_WHOLE_VALUE = re.compile(r'[^*]*"Allow"[^*]*"Condition":\{"StringEquals":\{"[^":]*:[a-z]+":"owned-value"\}\}\}+')


@needs_shared
@pytest.mark.parametrize("case", TRUSTS, ids=lambda case: case["id"])
def test_what_iam_refuses_of_a_shared_issuer_is_found(case: dict[str, Any]) -> None:
    try:
        Policy.parse(case["document"], kind="trust")
        refused = False
    except MalformedPolicyDocument as refusal:
        if refusal.check != "policy-shared-issuer":
            return
        refused = True
    found = {finding.id for finding in lint(Policy.stored(case["document"], kind="trust"))}
    assert ("shared-issuer-unscoped" in found) is refused


@needs_shared
def test_whole_values_are_no_alarm() -> None:
    stored = [case["document"] for case in TRUSTS if case["expected"] == "ok" and "cognito" not in case["id"]]
    sound = [document for document in stored if ONE_WHOLE_VALUE.fullmatch(document) and document.count("Effect") == 1]
    assert sound
    for document in sound:
        found = lint(Policy.stored(document, kind="trust"))
        # The recorded values stand for any: where the form of subjects is known, they are none of it.
        assert {finding.severity for finding in found if finding.id != "subject-incomplete"} <= {"note"}, document
