"""Every form of a GitHub subject in the policy against every form in the token: what each is for is told, and the edit repairs."""

from itertools import product

import pytest

from federation.errors import AccessDenied
from federation.explaining.situation import Situation
from federation.explaining.trust import repairing
from federation.explaining.trust.asked import Asked
from federation.explanation import Obstacle
from federation.policy import Policy, Principal, RequestContext
from tests.support.repairs import WEB, oidc_arn, statement
from tests.support.world import GITHUB

CONTEXTS = {
    "ref:refs/heads/main": "branch `main`",
    "ref:refs/tags/v1": "tag `v1`",
    "pull_request": "pull requests",
    "environment:prod": "environment `prod`",
    "environment:prod:job_workflow_ref:acme/ci/.github/workflows/x.yml@refs/heads/main": "the reusable workflow `acme/ci/",
}
PLAIN, NUMBERED = "repo:acme/app", "repo:acme@65/app@74"
ISSUERS = (GITHUB, f"{GITHUB}/acme", "token.actions.acme.ghe.com", "github.example.com/_services/token")
PAIRS = [pair for pair in product(product((PLAIN, NUMBERED), CONTEXTS), repeat=2) if pair[0] != pair[1]]


def obstacle(policy: str, token: str, *, issuer: str = GITHUB, operator: str = "StringEquals") -> tuple[Asked, Obstacle]:
    document = {"Version": "2012-10-17", "Statement": [statement({operator: {f"{issuer}:sub": policy}}, issuer=issuer)]}
    request = RequestContext(principal=Principal.federated(oidc_arn(issuer)), action=WEB, keys={f"{issuer}:sub": token})
    refusal = AccessDenied(check="trust-policy", expected="a", found="b", remedy="c")
    asked = Asked(policy=Policy.stored(document), request=request, situation=Situation(refusal=refusal))
    found = repairing.obstacle(asked)
    assert found is not None
    return asked, found


def granted_by(asked: Asked, found: Obstacle) -> bool:
    after = asked.after(found.edits[0].changes)
    return after is not None and repairing.granted(after)


@pytest.mark.parametrize(("policy", "token"), PAIRS)
def test_each_form_against_each(policy: tuple[str, str], token: tuple[str, str]) -> None:
    asked, found = obstacle(":".join(policy), ":".join(token))
    sentence = found.causes[0].sentence

    if policy[1] != token[1]:
        assert CONTEXTS[policy[1]] in sentence
        assert CONTEXTS[token[1]] in sentence
    if policy[0] != token[0] and (policy[1] == token[1] or token[0] == NUMBERED):
        assert "`acme@65/app@74`" in sentence
    assert granted_by(asked, found)
    assert not repairing.granted(Asked(policy=asked.policy, request=asked.request, situation=asked.situation))


@pytest.mark.parametrize("issuer", ISSUERS)
def test_each_issuer_of_github_has_these_forms(issuer: str) -> None:
    asked, found = obstacle(f"{PLAIN}:ref:refs/heads/main", f"{PLAIN}:environment:prod", issuer=issuer)
    assert "environment `prod`; the policy trusts branch `main`" in found.causes[0].sentence
    assert granted_by(asked, found)


@pytest.mark.parametrize(
    ("pattern", "carried"),
    [
        ("repo:acme/app:*", "repo:acme@65/app@74:*"),
        ("repo:acme/*", "repo:acme@65/*"),
        ("repo:acme/app:environment:*", "repo:acme@65/app@74:environment:*"),
        ("repo:acme@65/app:*", "repo:acme@65/app@74:*"),
        ("repo:Acme/app:*", None),
    ],
)
def test_a_pattern_gets_the_numbers_and_nothing_else(pattern: str, carried: str | None) -> None:
    asked, found = obstacle(pattern, f"{NUMBERED}:environment:prod", operator="StringLike")
    assert found.edits[0].new == f'"{NUMBERED}:environment:prod"' or carried is None
    patterns = [edit.new for edit in found.edits[1:] if edit.applicable]
    assert patterns == ([] if carried is None else [f'"{carried}"'])
    assert granted_by(asked, found)


@pytest.mark.parametrize(
    ("token", "lasting"),
    [
        ("organization:acme:pipeline:app:ref:refs/heads/main:commit:7fd1a60:step:deploy", "commit:*:step:deploy"),
    ],
)
def test_what_is_new_with_every_run_is_left_open_by_the_second_edit(token: str, lasting: str) -> None:
    asked, found = obstacle("organization:acme:pipeline:web:*", token, issuer="agent.buildkite.com", operator="StringLike")
    assert token in (found.edits[0].new or "")
    assert lasting in (found.edits[1].new or "")
    assert granted_by(asked, found)
