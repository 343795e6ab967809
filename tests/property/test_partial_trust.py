"""The policies that a login is asked by, in three values: what is decided is what `trust.decide` says, whatever the unknown keys are."""

from dataclasses import replace
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from federation.account import Account
from federation.account.organization import ControlLevel, ControlPolicy, Organization
from federation.identity import Identity, SessionTag
from federation.policy import Policy, RequestContext
from federation.policy.favourable import favourable
from federation.policy.wildcard import fold
from federation.sts.login import trust
from federation.sts.login.partial_trust import decide_partially, keys_of_login
from federation.sts.login.verified_login import SessionRequest
from tests.support.events import GITHUB_PROVIDER, GITHUB_ROLE, KEY, account
from tests.support.world import JUDGED

SUB, REPOSITORY, AMR = f"{KEY}:sub", f"{KEY}:repository_id", f"{KEY}:amr"
NAMES = (SUB, REPOSITORY, AMR, "sts:sourceidentity", "aws:requesttag/team")
TEXTS = st.sampled_from(["a", "b", "ab"])
OPERATORS = (
    *("StringEquals", "StringNotEquals", "StringLike", "StringEqualsIfExists", "StringNotEqualsIfExists"),
    *("ForAnyValue:StringEquals", "ForAllValues:StringLike", "ForAllValues:StringNotEquals"),
)
OPERANDS = st.lists(st.sampled_from(["a", "b", "a*", "*", f"${{{SUB}}}", f"${{{REPOSITORY}}}"]), min_size=1, max_size=2)
CONDITIONS = st.dictionaries(
    st.sampled_from(OPERATORS), st.dictionaries(st.sampled_from(NAMES), OPERANDS, min_size=1, max_size=2), max_size=2
)
ACTIONS = st.lists(
    st.sampled_from(["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity", "sts:*"]), min_size=1, max_size=2
)
EFFECTS = st.sampled_from(["Allow", "Allow", "Deny"])


def statement(effect: str, action: list[str], condition: Any) -> dict[str, Any]:
    return {"Effect": effect, "Principal": {"Federated": GITHUB_PROVIDER}, "Action": action, "Condition": condition}


def control(effect: str, action: list[str], condition: Any) -> dict[str, Any]:
    return {"Effect": effect, "Principal": "*", "Action": action, "Resource": "*", "Condition": condition}


def policies(made: Any, kind: str) -> st.SearchStrategy[Policy]:
    statements = st.lists(st.builds(made, EFFECTS, ACTIONS, CONDITIONS), min_size=1, max_size=3)
    return statements.map(lambda each: Policy.stored({"Version": "2012-10-17", "Statement": each}, kind=kind))


LEVELS = st.lists(st.lists(policies(control, "resource-control"), max_size=2), max_size=2)
KEYS = st.fixed_dictionaries({SUB: TEXTS}, optional={REPOSITORY: TEXTS, AMR: st.lists(TEXTS, min_size=1, max_size=2).map(tuple)})
REQUESTS = st.builds(
    lambda tagged, named: SessionRequest(
        name="job", tags=(SessionTag("team", "a"),) if tagged else (), source_identity="a" if named else None
    ),
    st.booleans(),
    st.booleans(),
)
UNKNOWN = st.sets(st.sampled_from([SUB, REPOSITORY, AMR]), min_size=1)


def under(policy: Policy, levels: list[list[Policy]]) -> Account:
    held = account()
    placed = tuple(
        ControlLevel(target="r", name="Root", policies=tuple(ControlPolicy(id="p", arn="a", name="n", policy=each) for each in level))
        for level in levels
    )
    roles = {**held.roles, GITHUB_ROLE: replace(held.roles[GITHUB_ROLE], trust_policy=policy)}
    return replace(held, roles=roles, organization=Organization(id="o-1", resource_control=placed))


def asked(keys: Any, request: SessionRequest, held: Account) -> RequestContext:
    whole = trust.login_keys(keys, GITHUB_PROVIDER, request, account=held, at=JUDGED)
    return RequestContext(principal=trust.federated_caller(GITHUB_PROVIDER), action="sts:AssumeRoleWithWebIdentity", keys=whole)


def truth(keys: Any, request: SessionRequest, held: Account) -> Any:
    identity = Identity(kind="oidc-id-token", provider_arn=GITHUB_PROVIDER, issuer="i", subject="s", context_keys=keys)
    role = held.roles[GITHUB_ROLE]
    return trust.decide(role, cast(Any, identity), request, operation="AssumeRoleWithWebIdentity", account=held, at=JUDGED)


@given(policies(statement, "trust"), LEVELS, KEYS, REQUESTS, UNKNOWN, st.lists(KEYS, min_size=3, max_size=6))
def test_what_is_decided_is_what_the_login_would_be_told(
    policy: Policy, levels: list[list[Policy]], keys: Any, request: SessionRequest, unknown: set[str], worlds: list[Any]
) -> None:
    held = under(policy, levels)
    known = {name: value for name, value in keys.items() if name not in unknown}
    context = asked(known, request, held)
    found = decide_partially(held.roles[GITHUB_ROLE], context, request, unknown.__contains__, account=held)
    assert (found.allowed is None) == bool(found.undecided)
    for world in [{}, keys, *worlds]:
        whole = {**known, **{name: value for name, value in world.items() if name in unknown}}
        if found.allowed is not None:
            assert truth(whole, request, held).allowed is found.allowed
    if found.allowed is False and not found.policy:  # what explains the refusal must refuse as well
        assert not policy.evaluate(favourable(policy, found.decision.request, unknown.__contains__)).allowed


@given(policies(statement, "trust"), LEVELS, KEYS, REQUESTS)
def test_where_all_is_known_it_is_the_login(policy: Policy, levels: list[list[Policy]], keys: Any, request: SessionRequest) -> None:
    held = under(policy, levels)
    found = decide_partially(held.roles[GITHUB_ROLE], asked(keys, request, held), request, lambda _: False, account=held)
    decision = truth(keys, request, held)
    assert (found.allowed, found.policy) == (decision.allowed, decision.policy)


@given(policies(statement, "trust"), LEVELS, KEYS, REQUESTS)
def test_the_answer_depends_on_the_keys_that_are_said_to_matter(
    policy: Policy, levels: list[list[Policy]], keys: Any, request: SessionRequest
) -> None:
    held = under(policy, levels)
    names = keys_of_login(held.roles[GITHUB_ROLE], held)
    named = {name: value for name, value in keys.items() if fold(name) in names}
    assert truth(keys, request, held).allowed is truth(named, request, held).allowed
