"""What a policy lets one caller do: the statements that let it in, said as short as they can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from federation.policy.analysis.atoms import Atom
from federation.policy.analysis.budget import UNDECIDED, Budget
from federation.policy.analysis.callers import CallerGroup
from federation.policy.analysis.questions import Questions
from federation.policy.analysis.redundancy import joint, merged, with_values, without_covered_values
from federation.policy.analysis.sides import AdmittedLogin, Side, Stated
from federation.policy.analysis.world import COMPANIONS
from federation.policy.conditions import Condition
from federation.policy.policy import Policy
from federation.policy.statement import Statement

_TRIED: Final = 200
"""Values of one caller's statements that are tried one by one for whether anybody has them."""
_SHORTENING: Final = 500_000
"""Steps for comparing values with each other. What is left then is said as the policy says it."""


@dataclass(slots=True)
class Way:
    """Allows that let callers in, with what they demand together; a login, None where it is not known whether there is one."""

    stated: list[Stated]
    conditions: tuple[Condition, ...]
    login: AdmittedLogin | None


@dataclass(slots=True)
class Gate:
    """What a policy lets one caller do.

    Attributes:
        policy: The policy.
        caller: The caller.
        ways: The Allows that let it in, one for each set of conditions.
        closed: The Allows that name it and let it in nowhere.
        decided: Whether all of them were decided.
    """

    policy: Policy
    caller: CallerGroup
    ways: list[Way] = field(default_factory=list)
    closed: list[Statement] = field(default_factory=list)
    decided: bool = True
    _side: Side = field(init=False)
    _questions: Questions = field(init=False)
    _budget: Budget = field(init=False)
    _untried: int = _TRIED

    @classmethod
    def open(cls, policy: Policy, caller: CallerGroup, budget: Budget) -> Gate:
        """Find the statements that let *caller* in."""
        gate = cls(policy, caller)
        gate._budget, gate._side = budget, Side.of(policy, caller, (caller.operation,))
        gate._questions = Questions(caller, frozenset(), budget)
        for each in {(each.atoms, gate._names(each)): each for each in reversed(gate._side.allows[0])}.values():
            found = gate._questions.admitted(gate._side, each)
            if found is None:
                gate.closed.append(each.statement)
                continue
            gate.decided = gate.decided and found is not UNDECIDED
            gate.ways.append(Way([each], each.statement.conditions, found if isinstance(found, AdmittedLogin) else None))
        gate.ways.sort(key=lambda way: way.stated[0].statement.index)
        return gate

    def leave_to(self, others: Sequence[Gate]) -> None:
        """Leave out the ways of callers who are named only as some of many, where the many have the same way in."""
        broader = [other for other in others if self._is_part_of(other.caller)]
        for way in list(self.ways):
            if not self._names(way.stated[0]) and any(other.has(way.stated[0].statement) for other in broader):
                self.ways.remove(way)

    def _names(self, stated: Stated) -> bool:
        """Whether the statement names the caller, so that it needs no permission of its own account."""
        element = stated.statement.principal
        return element is not None and element.match(self.caller.principal) == "direct"

    def has(self, statement: Statement) -> bool:
        """Whether *statement* lets the caller in."""
        return any(each.statement is statement for way in self.ways for each in way.stated)

    def _is_part_of(self, other: CallerGroup) -> bool:
        mine = self.caller
        if other is mine or other.kind != mine.kind or (other.entry and other.arn):
            return False
        return not other.entry or (bool(mine.arn or mine.own) and other.account == mine.account)

    def shorten(self) -> None:
        """Leave out what changes nothing: ways that the others take in, conditions and values; and join ways that differ in one key."""
        brevity = Budget(_SHORTENING)
        for way in list(reversed(self.ways)):
            named = self._names(way.stated[0])
            outside = [other.stated[0].atoms for other in self.ways if other is not way and (self._names(other.stated[0]) or not named)]
            if outside and self._questions.admitted(self._side, way.stated[0], outside=outside) is None:
                self.ways.remove(way)
        for way in self.ways:
            way.conditions = tuple(without_covered_values(each, brevity) for each in self._needed(self._alive(way.conditions)))
        self.ways = list(self._joined(brevity))

    def _joined(self, budget: Budget) -> Iterator[Way]:
        alike: dict[object, list[Way]] = {}
        for way in self.ways:
            alike.setdefault(joint(way.conditions) if way.login else id(way), []).append(way)
        for ways in alike.values():
            conditions = merged([way.conditions for way in ways], budget) if len(ways) > 1 else ways[0].conditions
            yield Way([each for way in ways for each in way.stated], conditions, ways[0].login)

    def _alive(self, conditions: Sequence[Condition]) -> tuple[Condition, ...]:
        """Leave out values that nobody has who meets the rest."""
        keys = [condition.folded for condition in conditions]
        denied = {atom.key for each in self._side.denies[0] for atom in each.atoms}
        changed = []
        for condition in conditions:
            restricted = keys.count(condition.folded) > 1 or condition.folded in denied
            plain = condition.operator.quantifier is None and not condition.operator.operator.negated and condition.malformed is None
            kept = list(condition.expected)
            if restricted and plain and 1 < len(kept) <= self._untried:
                self._untried -= len(kept)
                others = [each for each in conditions if each is not condition]
                kept = [value for value in kept if self._possible([*others, with_values(condition, [value])])]
            changed.append(with_values(condition, kept) if 0 < len(kept) < len(condition.expected) else condition)
        return tuple(changed)

    def _needed(self, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
        """Leave out conditions that whoever meets the rest meets as well."""
        kept = list(conditions)
        for condition in conditions:
            rest = [each for each in kept if each is not condition]
            if not self._possible(rest, failing=condition):
                kept = rest
        return tuple(kept)

    def _possible(self, conditions: Sequence[Condition], *, failing: Condition | None = None) -> bool:
        """Whether somebody may come in who meets *conditions* and not *failing*; True where that is not decided."""
        groups = [each.atoms for each in self._side.denies[0]] + ([] if failing is None else [(_atom(failing),)])
        return self._questions.satisfied([_atom(each) for each in conditions], groups) is not None

    def unless(self, way: Way) -> Iterator[tuple[Condition, ...]]:
        """Yield the conditions of each Deny that keeps some out whom *way* would let in, those of the way itself left out."""
        own = {_atom(each) for each in way.conditions}
        for deny in {each.atoms: each for each in self._side.denies[0]}.values():
            if any(self._questions.satisfied([*each.atoms, *deny.atoms], ()) is not None for each in way.stated):
                yield tuple(each for each in deny.statement.conditions if _atom(each) not in own)

    def companions(self, way: Way) -> Iterator[str]:
        """Yield the actions that may accompany the operation of *way*."""
        for companion in COMPANIONS[self.caller.kind]:
            side = Side.of(self.policy, self.caller, (self.caller.operation, companion))
            questions = Questions(self.caller, frozenset({companion}), self._budget)
            if all(side.allows) and any(isinstance(questions.admitted(side, each), AdmittedLogin) for each in way.stated):
                yield companion

    def spares(self, caller: CallerGroup) -> bool:
        """Whether the words for this gate's caller would include *caller*, who is let in nowhere."""
        if not caller.entry or self.caller.entry == caller.entry or caller.kind != self.caller.kind or self.caller.arn:
            return False
        if self.caller.entry and caller.account != self.caller.account:
            return False
        return not self.caller.entry or not caller.principal.accounts.isdisjoint(self.caller.principal.accounts)

    def contradicts_itself(self, statement: Statement) -> bool:
        """Whether the conditions of *statement* exclude each other, or every request of the caller."""
        return self._questions.satisfied([_atom(each) for each in statement.conditions], ()) is None


def _atom(condition: Condition) -> Atom:
    return Atom.of(condition, lenient=False)
