"""Captured SAML responses that are refused: each is explained, fast, and repeats nothing that it must not."""

import json
from datetime import datetime
from typing import Any

import pytest

from federation import FederationError, validate
from tests.support.captures import saml_provider
from tests.support.shared import manifest, needs_shared, shared_path

pytestmark = needs_shared

CASES = [
    case
    for case in manifest("captures/manifest.json", {"entries": []})["entries"]
    if case["kind"] == "saml" and case["expected"] == "reject" and "truncated" not in case["id"]
]
TOLD = {
    "the Response signature was made before the assertion was encrypted": "its content was altered afterwards",
    "NameID changed after signing": "its content was altered afterwards",
    "Role value changed after signing": "its content was altered afterwards",
    "signatures removed": "neither the Response nor the Assertion is signed",
    "sound response, checked against another provider's metadata": "the response is intact and signed by",
    "checked a day after NotOnOrAfter": "after its end",
    "checked a day before NotBefore": "so the two clocks differ",
    "Audience names another service provider": "the assertion is for the audience",
}
"""The reason as the manifest words it, and what the explanation must say."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_a_captured_response_is_explained(case: dict[str, Any]) -> None:
    token = shared_path(f"captures/{case['file']}").read_text(encoding="ascii")
    provider = saml_provider(case["metadata"][0])
    with pytest.raises(FederationError) as refused:
        validate(token, provider, at=datetime.fromisoformat(case["instant"]))
    explanation = refused.value.explanation
    assert explanation.first.causes[0].check == refused.value.check
    assert not explanation.cause.startswith("expected ")
    assert explanation.first.edits
    told = next((part for reason, part in TOLD.items() if case["reason"].startswith(reason)), "")
    assert told in explanation.cause
    shown = json.dumps(explanation.as_dict())
    assert "PRIVATE KEY" not in shown
    assert token[200:260] not in shown
