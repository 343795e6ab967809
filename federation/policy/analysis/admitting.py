"""Whom a trust policy lets in, said as short as it can be said, with a login for each way in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from federation import limits
from federation.policy.analysis.admission import Admission, WhoCan
from federation.policy.analysis.budget import Budget
from federation.policy.analysis.callers import CallerGroup, callers_of
from federation.policy.analysis.comparing import require_trust
from federation.policy.analysis.gates import Gate, Way
from federation.policy.policy import Policy
from federation.policy.reach import Openness, Reaches
from federation.policy.ways_in import EVERYBODY, WayIn, demand_of, place_of, ways_in

_ORDER: Final = ("everybody", "strangers", "")


def who_can(policy: Policy) -> WhoCan:
    """Say whom the trust policy *policy* lets in.

    Statements that let nobody in are left out, and so is what others say already. Work is bounded by `limits.ANALYSIS_STEPS`; what is not
    decided then is listed without a login, and ``decided`` is False.

    Raises:
        ValidationError: Check ``policy-kind``: the policy is no trust policy.
    """
    require_trust(policy)
    budget = Budget(limits.ANALYSIS_STEPS)
    gates = [Gate.open(policy, caller, budget) for caller in callers_of(policy)]
    shut = [gate.caller for gate in gates if not gate.ways]
    nobody = tuple(dict.fromkeys(_nobody(policy, gates)))
    for gate in gates:
        gate.leave_to(gates)
    reaches, ways = Reaches(policy), ways_in(policy).open
    found = []
    for gate in gates:
        gate.shorten()
        found += [_admission(gate, way, reaches, ways, shut) for way in gate.ways]
    return WhoCan(
        admissions=tuple(sorted(found, key=lambda each: _ORDER.index(each.reach))),
        nobody=nobody,
        decided=all(gate.decided for gate in gates),
    )


def lets_somebody_in(policy: Policy, *, operation: str, budget: Budget) -> bool | None:
    """Say whether the trust policy *policy* lets anybody in by *operation*; None where that is not decided within *budget*.

    Raises:
        ValidationError: Check ``policy-kind``: the policy is no trust policy.
    """
    require_trust(policy)
    decided = True
    for caller in callers_of(policy):
        if caller.operation != operation:
            continue
        gate = Gate.open(policy, caller, budget)
        if any(way.login is not None for way in gate.ways):
            return True
        decided = decided and gate.decided and not gate.ways
    return False if decided else None


def _admission(gate: Gate, way: Way, reaches: Reaches, ways: Sequence[WayIn], shut: Sequence[CallerGroup]) -> Admission:
    caller = gate.caller
    entries = tuple(dict.fromkeys(each.entry or EVERYBODY for each in caller.everyone))
    statements = tuple(sorted({each.statement.index for each in way.stated}))
    mine = (each for each in ways if each.statement in statements and each.principal in entries and each.operation == caller.operation)
    openness = Openness.of(finding for each in mine for finding in reaches.about(each))
    return Admission(
        principals=entries,
        type=caller.principal.type or "",
        whom=tuple(dict.fromkeys(each.words.replace("any other ", "any ") for each in caller.everyone)),
        operation=caller.operation,
        demands=tuple(sorted({demand_of(each) for each in way.conditions})),
        unless=tuple(tuple(sorted({demand_of(each) for each in conditions})) for conditions in gate.unless(way)),
        spared=tuple(dict.fromkeys(each.entry for other in shut for each in other.everyone if gate.spares(each))),
        companions=tuple(gate.companions(way)),
        statements=statements,
        reach=openness.reach,
        warnings=openness.warnings,
        login=way.login,
    )


def _nobody(policy: Policy, gates: Sequence[Gate]) -> Iterator[str]:
    yield from ways_in(policy).idle
    for gate in gates:
        for statement in gate.closed:
            element = statement.principal
            if element is None or not (element.match(gate.caller.principal) == "direct" or not gate.caller.entry):
                continue
            yield f"{place_of(statement)} lets in none of {gate.caller.words}: {gate.why_closed(statement)}"
