"""What holds of every analysis: its logins are judged as it says, and no login contradicts its proofs."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from federation.policy import Policy, TrustChange, TrustComparison, compare, who_can
from tests.support.analysis import changes, lets_in, login, policies

LOGINS = 30
"""Logins that each proof is held against."""
RANDOM = st.randoms(use_true_random=False)


def confirm(change: TrustChange, by: Policy, without: Policy) -> None:
    """The evaluator lets the login of *change* in by one policy, and by the other not, or not in its own right."""
    request, actions = change.login.request, change.login.actions
    assert lets_in(by, request, actions)
    if change.standing == "any":
        assert not lets_in(without, request, actions)


def check(found: TrustComparison, old: Policy, new: Policy, random: Random) -> None:
    for change in found.gained.changes:
        confirm(change, new, old)
    for change in found.lost.changes:
        confirm(change, old, new)
    for request, actions in (login(random) for _ in range(LOGINS)):
        before, after = lets_in(old, request, actions), lets_in(new, request, actions)
        assert not (after and not before and found.gained.exists is False)
        assert not (before and not after and found.lost.exists is False)


@given(changes(), RANDOM)
def test_no_login_contradicts_a_comparison(change: tuple[Policy, Policy], random: Random) -> None:
    old, new = change
    check(compare(old, new), old, new, random)


@given(policies(), policies(), RANDOM)
def test_nor_one_of_unlike_policies(old: Policy, new: Policy, random: Random) -> None:
    check(compare(old, new), old, new, random)


@given(policies())
def test_a_policy_is_equal_to_itself(policy: Policy) -> None:
    assert compare(policy, policy).relation == "equal"


@given(policies(), RANDOM)
def test_whoever_gets_in_is_told(policy: Policy, random: Random) -> None:
    found = who_can(policy)
    for admission in found.admissions:
        if admission.login is not None:
            assert lets_in(policy, admission.login.request, admission.login.actions)
    if found.decided and not found.admissions:
        assert not any(lets_in(policy, request, actions) for request, actions in (login(random) for _ in range(LOGINS)))


@given(policies(), policies())
def test_the_other_way_round_is_the_mirror(old: Policy, new: Policy) -> None:
    mirror = {"wider": "narrower", "narrower": "wider"}
    assert compare(new, old).relation == mirror.get(compare(old, new).relation, compare(old, new).relation)
