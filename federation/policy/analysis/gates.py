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
from federation.policy.analysis.sides import AdmittedLogin, Side, Stated, companions_that_matter
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
    """Allows that let callers in.

    Attributes:
        stated: The Allows.
        needs: The actions without which nobody comes in: a demanded tag, for one, comes with ``sts:TagSession`` alone.
        conditions: What the Allows demand together.
        login: A login, None where it is not known whether there is one.
    """

    stated: list[Stated]
    needs: tuple[str, ...]
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
    _budget: Budget = field(init=False)
    _asked: dict[tuple[str, ...], tuple[Side, Questions]] = field(default_factory=dict)
    _untried: int = _TRIED

    @classmethod
    def open(cls, policy: Policy, caller: CallerGroup, budget: Budget) -> Gate:
        """Find the statements that let *caller* in."""
        gate = cls(policy, caller)
        gate._budget = budget
        for each in {(each.atoms, gate._names(each)): each for each in reversed(gate._with(())[0].allows[0])}.values():
            way = gate._way(each)
            if way is None:
                gate.closed.append(each.statement)
            else:
                gate.ways.append(way)
                gate.decided = gate.decided and way.login is not None
        gate.ways.sort(key=lambda way: way.stated[0].statement.index)
        return gate

    def _with(self, companions: tuple[str, ...]) -> tuple[Side, Questions]:
        """Return what the policy says of the operation with *companions*, and the questions about such logins."""
        if companions not in self._asked:
            side = Side.of(self.policy, self.caller, (self.caller.operation, *companions))
            self._asked[companions] = side, Questions(self.caller, frozenset(companions), self._budget)
        return self._asked[companions]

    def _way(self, stated: Stated) -> Way | None:
        """Return the way in by *stated* that needs the fewest companions, None where there is none."""
        undecided = None
        for companions in companions_that_matter(self.caller, (self.policy,)):
            side, questions = self._with(companions)
            found = questions.admitted(side, stated) if all(side.allows) else None
            if isinstance(found, AdmittedLogin):
                return Way([stated], companions, stated.statement.conditions, found)
            if found is UNDECIDED and undecided is None:
                undecided = Way([stated], companions, stated.statement.conditions, None)
        return undecided

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
            outside = [
                other.stated[0].atoms
                for other in self.ways
                if other is not way and other.needs == way.needs and (self._names(other.stated[0]) or not named)
            ]
            side, questions = self._with(way.needs)
            if outside and questions.admitted(side, way.stated[0], outside=outside) is None:
                self.ways.remove(way)
        for way in self.ways:
            way.conditions = tuple(without_covered_values(each, brevity) for each in self._needed(self._alive(way), way.needs))
        self.ways = list(self._joined(brevity))

    def _joined(self, budget: Budget) -> Iterator[Way]:
        alike: dict[object, list[Way]] = {}
        for way in self.ways:
            alike.setdefault((joint(way.conditions), way.needs) if way.login else id(way), []).append(way)
        for ways in alike.values():
            conditions = merged([way.conditions for way in ways], budget) if len(ways) > 1 else ways[0].conditions
            yield Way([each for way in ways for each in way.stated], ways[0].needs, conditions, ways[0].login)

    def _alive(self, way: Way) -> tuple[Condition, ...]:
        """Leave out values that nobody has who meets the rest."""
        conditions = way.conditions
        keys = [condition.folded for condition in conditions]
        denied = {atom.key for each in self._denies(way.needs) for atom in each.atoms}
        changed = []
        for condition in conditions:
            restricted = keys.count(condition.folded) > 1 or condition.folded in denied
            plain = condition.operator.quantifier is None and not condition.operator.operator.negated and condition.malformed is None
            kept = list(condition.expected)
            if restricted and plain and 1 < len(kept) <= self._untried:
                self._untried -= len(kept)
                others = [each for each in conditions if each is not condition]
                kept = [value for value in kept if self._possible([*others, with_values(condition, [value])], way.needs)]
            changed.append(with_values(condition, kept) if 0 < len(kept) < len(condition.expected) else condition)
        return tuple(changed)

    def _needed(self, conditions: tuple[Condition, ...], companions: tuple[str, ...]) -> tuple[Condition, ...]:
        """Leave out conditions that whoever meets the rest meets as well."""
        kept = list(conditions)
        for condition in conditions:
            rest = [each for each in kept if each is not condition]
            if not self._possible(rest, companions, failing=condition):
                kept = rest
        return tuple(kept)

    def _possible(self, conditions: Sequence[Condition], companions: tuple[str, ...], *, failing: Condition | None = None) -> bool:
        """Whether somebody may come in who meets *conditions* and not *failing*; True where that is not decided."""
        groups = [each.atoms for each in self._denies(companions)] + ([] if failing is None else [(_atom(failing),)])
        return self._with(companions)[1].satisfied([_atom(each) for each in conditions], groups) is not None

    def _denies(self, companions: tuple[str, ...]) -> list[Stated]:
        """Return the Denies of an operation with *companions*."""
        return list({each.atoms: each for row in self._with(companions)[0].denies for each in row}.values())

    def unless(self, way: Way) -> Iterator[tuple[Condition, ...]]:
        """Yield the conditions of each Deny that keeps some out whom *way* would let in, those of the way itself left out."""
        own = {_atom(each) for each in way.conditions}
        _, questions = self._with(way.needs)
        for deny in self._denies(way.needs):
            if any(questions.satisfied([*each.atoms, *deny.atoms], ()) is not None for each in way.stated):
                yield tuple(each for each in deny.statement.conditions if _atom(each) not in own)

    def companions(self, way: Way) -> Iterator[str]:
        """Yield the actions that must or may accompany the operation of *way*."""
        for companion in COMPANIONS[self.caller.kind]:
            side, questions = self._with(tuple(each for each in COMPANIONS[self.caller.kind] if each == companion or each in way.needs))
            if all(side.allows) and any(isinstance(questions.admitted(side, each), AdmittedLogin) for each in way.stated):
                yield companion

    def spares(self, caller: CallerGroup) -> bool:
        """Whether the words for this gate's caller would include *caller*, who is let in nowhere."""
        if not caller.entry or self.caller.entry == caller.entry or caller.kind != self.caller.kind or self.caller.arn:
            return False
        if self.caller.entry and caller.account != self.caller.account:
            return False
        return not self.caller.entry or not caller.principal.accounts.isdisjoint(self.caller.principal.accounts)

    def why_closed(self, statement: Statement) -> str:
        """Return why *statement*, one of ``closed``, lets nobody in."""
        met = [_atom(each) for each in statement.conditions]
        able = []
        for companions in companions_that_matter(self.caller, (self.policy,)):
            side, questions = self._with(companions)
            if questions.satisfied(met, ()) is not None:
                able.append([action for action, allows in zip(side.actions, side.allows, strict=True) if not allows])
        if not able:
            return "no request meets its conditions"
        missing = min(able, key=len)
        if not missing:
            return "a Deny keeps them out"
        actions = " and ".join(missing)
        return f"its conditions demand what only {actions} sets, and no statement allows them {actions}"


def _atom(condition: Condition) -> Atom:
    return Atom.of(condition, lenient=False)
