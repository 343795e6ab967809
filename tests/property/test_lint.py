"""What lint says of a policy is true of every request: findings are checked against the evaluator."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from federation.explaining.fixing import changed
from federation.explaining.linting import explain_policy
from federation.policy import Policy, Principal, RequestContext
from federation.policy.lint import SEVERITIES, lint
from federation.testing.strategies import policy_actions, policy_callers, policy_documents, policy_request_keys
from tests.support.policies import ask
from tests.support.trusts import findings, scoped
from tests.support.world import GITHUB


@given(policy_documents(), policy_callers(), policy_actions(), policy_request_keys())
def test_an_edit_lets_in_nobody_of_whom_it_does_not_tell(document: Any, caller: Any, action: str, keys: Any) -> None:
    policy = Policy.stored(document, kind="trust")
    request = RequestContext(principal=caller, action=action, keys=keys)
    if policy.evaluate(request).allowed:
        return
    for found in explain_policy(policy):
        if found.finding.id == "set-operator-single-valued" and any(isinstance(value, list | tuple) for value in keys.values()):
            continue  # a request never has several values of such a key
        for edit in (edit for edit in found.edits if edit.applicable and not edit.lets_in):
            after = Policy.stored(changed(policy.document, edit.changes), kind="trust")
            assert not after.evaluate(request).allowed, (found.finding, edit)


WITHOUT_EFFECT = {"duplicate-statement", "unreachable-statement", "contradictory-conditions"}


@given(policy_documents(), policy_callers(), policy_actions(), policy_request_keys())
def test_a_statement_said_to_be_without_effect_has_none(document: Any, caller: Any, action: str, keys: Any) -> None:
    policy = Policy.stored(document, kind="trust")
    idle = {int(each.path.partition("[")[2].partition("]")[0]) for each in lint(policy) if each.id in WITHOUT_EFFECT}
    left = [statement for index, statement in enumerate(document["Statement"]) if index not in idle]
    if idle and left:
        request = RequestContext(principal=caller, action=action, keys=keys)
        without = Policy.stored({**document, "Statement": left}, kind="trust")
        assert without.evaluate(request).effect == policy.evaluate(request).effect


@given(policy_documents(), policy_callers(), policy_actions())
def test_what_grants_without_any_key_is_found(document: Any, caller: Any, action: str) -> None:
    policy = Policy.stored(document, kind="trust")
    found = lint(policy)
    assert all(each.severity in SEVERITIES for each in found)
    if policy.evaluate(RequestContext(principal=caller, action=action, keys={})).allowed and action == "sts:AssumeRoleWithSAML":
        assert found, "an Allow that asks for nothing"


OWNERS = st.sampled_from(["a", "b", "ab", "ab-a", "a-b"])
REPOSITORIES = st.sampled_from(["a", "b", "ab"])
CONTEXTS = st.sampled_from(["ref:refs/heads/a", "environment:b", "pull_request"])
SUBJECTS = st.one_of(
    st.builds("repo:{}/{}:{}".format, OWNERS, REPOSITORIES, CONTEXTS),
    st.builds("repo:{}@1/{}@2:{}".format, OWNERS, REPOSITORIES, CONTEXTS),
)
PATTERNS = st.builds(
    "repo:{}".format,
    st.lists(st.sampled_from(["a", "b", "-", "/", "*", "?", "@", "1", ":", "ref:refs/heads/", "environment:"]), max_size=7).map("".join),
) | st.text(alphabet="repo:ab/*?", max_size=8)


@given(PATTERNS, SUBJECTS, SUBJECTS)
def test_a_pattern_that_two_owners_meet_is_an_error(pattern: str, one: str, other: str) -> None:
    statement = scoped(GITHUB, pattern, "StringLike")
    policy = Policy.stored({"Version": "2012-10-17", "Statement": [statement]}, kind="trust")
    allowed = {owner(subject) for subject in (one, other) if granted(policy, subject)}
    if len(allowed) > 1:
        assert [each.severity for each in findings(statement)][:1] == ["error"], pattern


def owner(subject: str) -> str:
    return subject.removeprefix("repo:").partition("/")[0].partition("@")[0]


def granted(policy: Policy, subject: str) -> bool:
    keys = {f"{GITHUB}:aud": "sts.amazonaws.com", f"{GITHUB}:sub": subject}
    caller = policy.statements[0].principal
    assert caller is not None
    [arn] = caller.names["Federated"]

    return ask(policy, keys, principal=Principal.federated(arn), action="sts:AssumeRoleWithWebIdentity").allowed
