"""Every finding of lint has a cause and an edit; an edit that a program can make mends the finding and lets in nobody who is not named."""

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any, Final

import pytest
from hypothesis import given

from federation.account.lint import providers_of
from federation.condition_keys import find_key
from federation.explaining.fixing import apply, changed
from federation.explaining.linting import TABLE, ExplainedFinding, explain_policy
from federation.explanation import Change, Edit
from federation.policy import Policy, Principal, RequestContext
from federation.policy.lint import MAX_FINDINGS, RULES, SEVERITIES, lint
from federation.testing.strategies import policy_documents
from tests.support.growth import spends_at_most
from tests.support.lint_examples import AT, COUNTER_EXAMPLES, JOB, LINT_EXAMPLES, LintExample
from tests.support.policies import document
from tests.support.trusts import EKS, saml, scoped
from tests.support.world import GITHUB

ACTIONS: Final = ("sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRole", "sts:TagSession", "s3:GetObject")
STRANGER: Final = "somebody-else"
USER: Final = "alice"
VARIABLE: Final = re.compile(r"\$\{([^}]+)\}")
MOST_REQUESTS: Final = 4_000


def named(*examples: LintExample) -> list[Any]:
    return [pytest.param(each, id=f"{each.rule}-{each.title}".rstrip("-").replace(" ", "-")) for each in examples]


NAMED: Final = named(*LINT_EXAMPLES)
MADE: Final = named(*(each for each in LINT_EXAMPLES if each.applied))


def explained(example: LintExample) -> tuple[Policy, list[ExplainedFinding]]:
    """The policy of *example*, and the findings of its rule."""
    policy = Policy.stored(example.document, kind=example.kind)
    account = example.account
    found = explain_policy(policy, account=account, providers=None if account is None else providers_of(account), at=AT)
    return policy, [each for each in found if each.finding.id == example.rule]


def made(policy: Policy, edit: Edit) -> Policy:
    return Policy.stored(changed(policy.document, edit.changes), kind=policy.kind)


def test_every_rule_is_explained_and_has_an_example() -> None:
    rules = {rule.id for rule in RULES}
    assert rules - set(TABLE) == set(), "add the rule to TABLE of the module of federation/explaining/linting that has its kind"
    assert set(TABLE) <= rules, "federation/explaining/linting explains a rule that is no more"
    shown = {each.rule for each in LINT_EXAMPLES}
    assert rules - shown == set(), "add a policy that the rule finds something in to tests/support/lint_examples.py"


def test_every_rule_has_a_source_and_a_counter_example() -> None:
    assert [rule.id for rule in RULES if not rule.source.startswith("https://")] == []
    assert sorted(each.rule for each in COUNTER_EXAMPLES) == sorted(rule.id for rule in RULES)


@pytest.mark.parametrize("example", named(*COUNTER_EXAMPLES))
def test_nothing_is_found_in_a_counter_example(example: LintExample) -> None:
    _, found = explained(example)
    assert [each.finding for each in found] == []


@pytest.mark.parametrize("example", NAMED)
def test_a_finding_has_a_cause_and_edits(example: LintExample) -> None:
    _, found = explained(example)
    assert found, "the example is of no use"
    for each in found:
        [cause] = each.obstacle.causes
        assert (cause.check, cause.sentence) == (example.rule, each.finding.message)
        assert cause.place is not None
        assert cause.place.path == each.finding.path
        assert each.finding.remedy == each.edits[0].instruction
        for edit in each.edits:
            assert edit.instruction
            assert edit.place.path.startswith("$") or edit.place.owner == "account"
            assert edit.old or edit.new or edit.command
            assert edit.old != edit.new or edit.command
            if edit.applicable:
                assert edit.new is None or "<" not in edit.new, "a program would write what the reader must fill in"
    assert any(edit.applicable for edit in found[0].edits) is example.applied


@pytest.mark.parametrize("example", MADE)
def test_an_edit_mends_its_finding_and_brings_none_as_bad(example: LintExample) -> None:
    policy, found = explained(example)
    providers = None if example.account is None else providers_of(example.account)
    before = [(each.id, each.severity) for each in lint(policy, providers=providers)]
    for edit in (edit for each in found for edit in each.edits if edit.applicable):
        after = [(each.id, each.severity) for each in lint(made(policy, edit), providers=providers)]
        assert len([rule for rule, _ in after if rule == example.rule]) < len([rule for rule, _ in before if rule == example.rule])
        worst = SEVERITIES.index(found[0].finding.severity)
        assert [each for each in after if SEVERITIES.index(each[1]) <= worst and after.count(each) > before.count(each)] == []


@pytest.mark.parametrize("example", MADE)
def test_an_edit_lets_in_nobody_of_whom_it_does_not_tell(example: LintExample) -> None:
    policy, found = explained(example)
    for edit in (edit for each in found for edit in each.edits if edit.applicable):
        after = made(policy, edit)
        asked = list(requests(policy, after))
        opened = [each for each in asked if after.evaluate(each).allowed and not policy.evaluate(each).allowed]
        if edit.lets_in:
            assert opened, f"lets in: {edit.lets_in}"
            named = {condition.folded for statement in after.statements for condition in statement.conditions}
            assert not any(all(value == STRANGER for key, value in each.keys.items() if key in named) for each in opened)
        else:
            assert opened == []


def requests(*policies: Policy) -> Iterator[RequestContext]:
    """Requests of the principals that *policies* name, with every combination of the values that they list, of others, and of none."""
    names: set[tuple[str, str]] = set()
    keys: dict[str, set[str]] = {}
    for statement in (each for policy in policies for each in policy.statements):
        if statement.principal is not None:
            names |= {(type_, name) for type_, listed in statement.principal.names.items() for name in listed if name.startswith("arn:")}
        for condition in statement.conditions:
            keys.setdefault(condition.folded, set()).update(text.replace("*", "main").replace("/24", "") for text in condition.expected)
            for variable in (name for text in condition.expected for name in VARIABLE.findall(text)):
                keys[condition.folded].add(USER)
                keys.setdefault(variable.lower(), set()).add(USER)
    callers = [
        Principal.federated(name) if type_ == "Federated" else Principal.aws(name) for type_, name in sorted(names) if "*" not in name
    ]
    callers += [Principal.federated(name) for name in ("cognito-identity.amazonaws.com",)]
    choices = [[(key, value) for value in values_of(key, listed)] for key, listed in sorted(keys.items())]
    for number, pairs in enumerate(product(*choices)):
        assert number < MOST_REQUESTS
        request = {key: value for key, value in pairs if value is not None}
        for caller in callers:
            yield from (RequestContext(principal=caller, action=action, keys=request) for action in ACTIONS)


def values_of(key: str, listed: set[str]) -> list[Any]:
    known = find_key(key)
    lists = known.multivalued if known is not None else key.endswith(":amr")
    values = [*sorted(listed), STRANGER]
    return [None, *([each] for each in values), values] if lists else [None, *values]


def test_a_wildcard_that_would_let_in_everybody_is_not_offered() -> None:
    """The pattern is dead as it stands, and everybody's once it is read as one."""
    for statement in (scoped(GITHUB, "*"), scoped(GITHUB, "repo:acme*"), scoped(EKS, "system:serviceaccount:*:runner")):
        for each in explain_policy(Policy.stored(document(statement), kind="trust")):
            assert not any(edit.applicable for edit in each.edits), each.finding.id


def test_no_edit_takes_a_condition_away() -> None:
    """A statement that never applies is repaired; it is never freed of what it demands."""
    for example in LINT_EXAMPLES:
        policy, found = explained(example)
        for edit in (edit for each in found for edit in each.edits if edit.applicable):
            after = made(policy, edit)
            for statement in policy.statements:
                same = next((each for each in after.statements if each.sid == statement.sid and each.index == statement.index), None)
                assert same is None or len(same.conditions) >= len(statement.conditions), example.rule


def test_a_provider_registered_for_one_client_names_the_audience() -> None:
    example = next(each for each in LINT_EXAMPLES if each.rule == "audience-unscoped" and each.placed)
    _, [found] = explained(example)
    [edit] = found.edits
    assert edit.changes == (
        Change(path=f'$.Statement[0].Condition.StringEquals["{GITHUB}:aud"]', old=edit.changes[0].old, new="sts.amazonaws.com"),
    )
    assert edit.lets_in == ""
    assert found.obstacle.causes[0].listings[0].members == ("sts.amazonaws.com",)


def test_both_ways_to_read_a_reference_are_told() -> None:
    [found] = explain_policy(Policy.stored(document(scoped(GITHUB, "repo:acme/app:ref:main")), kind="trust"))
    assert [edit.new for edit in found.edits] == ['"repo:acme/app:ref:refs/heads/main"', '"repo:acme/app:ref:refs/tags/main"']
    assert [edit.old for edit in found.edits] == ['"repo:acme/app:ref:main"'] * 2


def test_the_formatting_of_the_author_stays() -> None:
    statement = json.dumps(scoped(GITHUB, "acme/app:environment:production"))
    text = f'{{"Version": "2012-10-17",\n "Statement":   {statement} }}\n'
    found = {each.finding.id: each for each in explain_policy(Policy.stored(text, kind="trust"))}
    [edit] = found["subject-incomplete"].edits
    assert apply(text, edit.changes) == text.replace("acme/app:environment:production", JOB)


def test_the_cost_of_trying_is_bounded() -> None:
    statements = [saml({"ForAllValues:StringLike": {f"saml:k{n}": "a" for n in range(40)}}, Sid=f"s{n}") for n in range(20)]
    policy = Policy.stored(document(*statements), kind="trust")
    with spends_at_most(3):
        found = list(explain_policy(policy))
    assert len(found) == MAX_FINDINGS
    assert not any(edit.applicable for each in found for edit in each.edits)


@given(policy_documents())
def test_whatever_is_found_is_explained(given_document: Any) -> None:
    policy = Policy.stored(given_document, kind="trust")
    found = list(explain_policy(policy))
    assert [(each.finding.id, each.finding.path) for each in found] == [(each.id, each.path) for each in lint(policy)]
    for each in found:
        assert each.edits
        for edit in (edit for edit in each.edits if edit.applicable):
            left = [other.id for other in lint(made(policy, edit))]
            assert left.count(each.finding.id) < [other.finding.id for other in found].count(each.finding.id)
