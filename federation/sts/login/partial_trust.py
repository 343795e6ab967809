"""`federation.sts.login.trust` in three values: the policies that a federated login is asked by, where some condition keys are unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from federation.account import Account, Role
from federation.account.organization import SERVICE_LINKED
from federation.policy import Policy, RequestContext
from federation.policy.partial import IsUnknown, PartialDecision, UndecidedCondition, evaluate_partially, named_keys
from federation.sts.callers.permissions import control_levels
from federation.sts.login.trust import about_role, further_actions
from federation.sts.login.verified_login import SessionRequest


@dataclass(frozen=True, slots=True)
class PartialTrust:
    """What the policies say of a login.

    Attributes:
        allowed: Whether they allow it; None where that depends on keys that are not known.
        policy: What refuses, where it is a resource control policy, by its name; empty for the trust policy.
        decision: The decision that refuses, or the first that is not decided, or that on the operation.
        undecided: What the answer waits for, of every policy that is not decided; empty where ``allowed`` is decided.
    """

    allowed: bool | None
    policy: str
    decision: PartialDecision = field(repr=False)
    undecided: tuple[UndecidedCondition, ...] = ()


def decide_partially(role: Role, asked: RequestContext, request: SessionRequest, unknown: IsUnknown, *, account: Account) -> PartialTrust:
    """Ask the trust policy of *role*, and the resource control policies of *account*, for every action of a login.

    Whatever the keys that are not known turn out to be, `trust.decide` allows what is allowed here and refuses what is refused.

    Args:
        role: The role.
        asked: The login: its provider as the principal, its operation, and the keys that are known, of `trust.login_keys`.
        request: What the login asks its session to be.
        unknown: Tells which keys are not known.
        account: The account of the role.
    """
    trusted = (evaluate_partially(role.trust_policy, asked.asking(each), unknown) for each in (asked.action, *further_actions(request)))
    first: tuple[str, PartialDecision] | None = None
    waits: list[UndecidedCondition] = []
    for policy, decision in chain((("", each) for each in trusted), _controlled(role, asked, request, unknown, account)):
        if decision.allowed is False:
            return PartialTrust(allowed=False, policy=policy, decision=decision)
        if first is None or (decision.allowed is None and not waits):
            first = (policy, decision)
        if decision.allowed is None:
            waits += (each for each in decision.undecided if each not in waits)
    if first is None:
        raise TypeError("the trust policy is asked about the operation at least")
    return PartialTrust(None if waits else True, first[0] if waits else "", first[1], tuple(waits))


def _controlled(
    role: Role, asked: RequestContext, request: SessionRequest, unknown: IsUnknown, account: Account
) -> Iterator[tuple[str, PartialDecision]]:
    """Yield what each level of resource control policies says, with the name of the policy that decides."""
    organization = account.organization
    if organization is None or not organization.resource_control or role.path.startswith(SERVICE_LINKED):
        return
    whole = about_role(role, asked)
    for action in (asked.action, *further_actions(request)):
        request_of_action = whole.asking(action)
        for level in control_levels(organization.resource_control):
            attached = [(each.source, each.policy) for each in level if each.policy is not None]
            yield _of_level(
                [(source, evaluate_partially(policy, request_of_action, unknown)) for source, policy in attached], request_of_action
            )


def _of_level(decisions: list[tuple[str, PartialDecision]], asked: RequestContext) -> tuple[str, PartialDecision]:
    """Return what the policies of one level say together: one that denies decides, else one that allows is enough."""
    denying = next((each for each in decisions if each[1].effect == "Deny"), None)
    if denying is not None:
        return denying
    waiting = tuple(each for _, decision in decisions for each in decision.undecided)
    may_deny = any(decision.effect == "Unknown" for _, decision in decisions)
    allowing = next((each for each in decisions if each[1].allowed), None)
    if allowing is not None and not may_deny:
        return allowing
    if allowing is None and not any(decision.allowed is None for _, decision in decisions):
        silent = decisions[0][0] if decisions else "no resource control policy at one level"
        return silent, PartialDecision("ImplicitDeny", allowed=False, request=asked)
    source = next(source for source, decision in decisions if decision.effect == "Unknown")
    return source, PartialDecision("Unknown", allowed=None, request=asked, undecided=waiting)


def keys_of_login(role: Role, account: Account) -> frozenset[str]:
    """Return every condition key, folded, on which `decide_partially` depends for *role*."""
    return frozenset(chain.from_iterable(map(named_keys, _asked_policies(role, account))))


def _asked_policies(role: Role, account: Account) -> Iterator[Policy]:
    yield role.trust_policy
    if account.organization is not None:
        for level in control_levels(account.organization.resource_control):
            yield from (each.policy for each in level if each.policy is not None)
