"""What is said of a policy with unknown parts holds whatever these parts turn out to be."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from federation.evidence.cloudtrail.explaining import explain_event
from federation.evidence.documents.rendering import placeholders
from tests.support.events import GITHUB_PROVIDER, KEY, login
from tests.support.open_policies import statements

SUBJECT = "repo:octo-org/octo-repo:environment:production"
PIECES = st.sampled_from(
    [
        "repo:octo-org/octo-repo:environment:production",
        "repo:",
        "octo-org",
        "/octo-repo",
        ":*",
        "*",
        "?",
        "${var.a}",
        "${var.b}",
        "$",
        "sts.amazonaws.com",
    ]
)
KEYS = st.sampled_from([f"{KEY}:sub", f"{KEY}:aud", f"{KEY}:repository_id", "aws:PrincipalTag/team", "aws:SourceArn"])
WORDS = st.sampled_from(
    [SUBJECT, "octo-org", "*", "", "token.actions.githubusercontent.com", GITHUB_PROVIDER, "production", "${aws:PrincipalTag/team}"]
)


@given(written=statements(KEYS, PIECES), a=WORDS, b=WORDS)
def test_what_is_decided_holds_for_every_value(written: list[object], a: str, b: str) -> None:
    policy = {"Version": "2012-10-17", "Statement": written}
    module = f'resource "aws_iam_role" "r" {{\n  name = "GitHubDeploy"\n  assume_role_policy = jsonencode({json.dumps(policy)})\n}}\n'
    documents = [("main.tf", module.encode())]
    open_ = explain_event(login(), documents=documents)
    closed = explain_event(login(), documents=documents, given={"var.a": a, "var.b": b})
    assert open_.granted in (None, closed.granted)
    assert not placeholders(json.dumps(open_.as_dict(), ensure_ascii=False))
