"""A request that meets some conditions and fails one of each of several groups, or the proof that there is none.

The search keeps a model, one value for each key. As long as a group is met by the model, one of its conditions is demanded to fail, the
group with the fewest conditions that still can fail first. A demand is about one key, so whether it can be met besides the others about
that key is decided there (`values`), and is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Final

from federation.identity import ContextValue
from federation.policy.analysis.atoms import Atom
from federation.policy.analysis.budget import UNDECIDED, Budget, Undecided
from federation.policy.analysis.values import Domain, FoundValue, Literal, Variables, find_value

Model = Mapping[str, ContextValue | None]
"""The value of each key that a question is about; None where the key is absent."""
Conjunction = tuple[Atom, ...]
"""Conditions that must not all hold."""
Demands = dict[str, frozenset[Literal]]
"""What is demanded of each key."""
_DEPTH: Final = 400
"""Demands that are made one after the other; beyond that the question is not decided."""


class Solver:
    """Searches among the requests of one kind of caller."""

    __slots__ = ("_budget", "_domain_of", "_domains", "_known", "_true", "_variables")

    def __init__(self, domain_of: Callable[[str], Domain], budget: Budget, variables: Variables) -> None:
        self._domain_of, self._budget, self._variables = domain_of, budget, variables
        self._domains: dict[str, Domain] = {}
        self._known: dict[tuple[str, frozenset[Literal]], FoundValue | Undecided | None] = {}
        self._true: dict[tuple[Atom, ContextValue | None], bool] = {}

    def find(self, met: Iterable[Atom], groups: Sequence[Conjunction]) -> Model | Undecided | None:
        """Return a model in which every atom of *met* holds and some atom of each of *groups* does not; None where there is none.

        Raises:
            federation.policy.analysis.budget.BudgetSpentError: The work of the whole analysis is used up.
        """
        demands: Demands = {}
        for atom in met:
            demands[atom.key] = demands.get(atom.key, frozenset()) | {Literal(atom, wanted=True)}
        return self._search(demands, {}, tuple(dict.fromkeys(groups)), 0)

    def _search(self, demands: Demands, model: Model, groups: Sequence[Conjunction], depth: int) -> Model | Undecided | None:
        """Return a model of *demands* in which some atom of each of *groups* fails; *model* is one of the demands made before."""
        self._budget.spend(1 + len(groups))
        if depth == _DEPTH:
            return UNDECIDED
        forced = _forced(demands, groups)
        if forced is None:
            return None
        demands, groups = forced
        found = self._modelled(demands, model, groups)
        if not isinstance(found, dict):
            return found
        met = [group for group in groups if all(self._holds(atom, found, demands) for atom in group)]
        if not met:
            return found
        undecided = False
        for atom in self._tightest(met, demands):
            failing = demands.get(atom.key, frozenset()) | {Literal(atom, wanted=False)}
            result = self._search({**demands, atom.key: failing}, found, groups, depth + 1)
            if isinstance(result, dict):
                return result
            undecided = undecided or result is UNDECIDED
            demands = {**demands, atom.key: demands.get(atom.key, frozenset()) | {Literal(atom, wanted=True)}}
        return UNDECIDED if undecided else None

    def _modelled(
        self, demands: Demands, before: Model, groups: Iterable[Conjunction]
    ) -> dict[str, ContextValue | None] | Undecided | None:
        """Return a model of *demands*, and of the keys of *groups*, that differs from the one *before* only where it must."""
        model: dict[str, ContextValue | None] = dict(before)
        undecided = False
        for key in sorted({atom.key for group in groups for atom in group} | set(demands)):
            literals = demands.get(key, frozenset())
            if key in model and all(self._meets(literal, model[key], literals) for literal in literals):
                continue
            found = self._value(key, literals)
            if found is None:
                return None
            if isinstance(found, FoundValue):
                model[key] = found.value
            undecided = undecided or found is UNDECIDED
        return UNDECIDED if undecided else model

    def _meets(self, literal: Literal, value: ContextValue | None, literals: frozenset[Literal]) -> bool:
        if not self._variables.settled and literal.atom.variables:
            return False  # whether it can be met besides the others has to be asked
        return self._holds(literal.atom, {literal.atom.key: value}, {literal.atom.key: literals}) is literal.wanted

    def _tightest(self, groups: Iterable[Conjunction], demands: Demands) -> list[Atom]:
        """Return the atoms of one of *groups* that can fail: of the one with the fewest such, undecided ones last."""
        best: list[tuple[bool, Atom]] | None = None
        for group in groups:
            options = []
            for atom in group:
                found = self._value(atom.key, demands.get(atom.key, frozenset()) | {Literal(atom, wanted=False)})
                if found is not None:
                    options.append((found is UNDECIDED, atom))
            if best is None or len(options) < len(best):
                best = options
            if len(best) <= 1:
                break
        return [atom for _, atom in sorted(best or [], key=itemgetter(0))]

    def _holds(self, atom: Atom, model: Model, demands: Demands) -> bool:
        value = model[atom.key]
        if not self._variables.settled and atom.variables and value is not None:
            return Literal(atom, wanted=False) not in demands.get(atom.key, frozenset())
        known = self._true.get((atom, value))
        if known is None:
            self._budget.spend(1 + atom.weight)
            known = self._true[atom, value] = atom.holds(value, self._variables.keys)
        return known

    def _value(self, key: str, literals: frozenset[Literal]) -> FoundValue | Undecided | None:
        asked = (key, literals)
        if asked not in self._known:
            atoms = {literal.atom for literal in literals}
            if key not in self._domains:
                self._domains[key] = self._domain_of(key)
            if len(atoms) < len(literals):
                self._known[asked] = None
            else:
                self._known[asked] = find_value(literals, self._domains[key], self._budget, self._variables)
        return self._known[asked]


def _forced(demands: Demands, groups: Sequence[Conjunction]) -> tuple[Demands, list[Conjunction]] | None:
    """Return *demands* with those that follow, and the groups that leave a choice; None where some group cannot fail.

    Of a group whose conditions are all demanded but one, that one must fail.
    """
    demands = dict(demands)
    while True:
        left, news = [], False
        for group in groups:
            known = [(atom, demands.get(atom.key, frozenset())) for atom in group]
            if any(Literal(atom, wanted=False) in literals for atom, literals in known):
                continue
            free = [atom for atom, literals in known if Literal(atom, wanted=True) not in literals]
            if not free:
                return None
            if len(free) == 1:
                demands[free[0].key] = demands.get(free[0].key, frozenset()) | {Literal(free[0], wanted=False)}
                news = True
            else:
                left.append(group)
        groups = left
        if not news:
            return demands, left
