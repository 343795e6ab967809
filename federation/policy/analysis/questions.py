"""Questions about policies as searches: is there a login that one policy allows, and another refuses?

A login is an operation, such as ``sts:AssumeRoleWithSAML``, with the actions that accompany it. A policy lets it in if it allows each of
them. Every request that a search finds is put to the evaluator before it is believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, product
from typing import Any, Final

from federation.condition_keys import find_key
from federation.errors import FederationError
from federation.identity import ContextValue
from federation.policy.analysis.atoms import Atom
from federation.policy.analysis.budget import UNDECIDED, Budget, BudgetSpentError, Undecided
from federation.policy.analysis.callers import CallerGroup
from federation.policy.analysis.recognisable import recognisable
from federation.policy.analysis.search import Conjunction, Model, Solver
from federation.policy.analysis.sides import AdmittedLogin, Side, Stated
from federation.policy.analysis.values import Domain, FoundValue, Variables, find_value
from federation.policy.analysis.world import coherence, domain_of
from federation.policy.context import RequestContext
from federation.policy.keys import RequestKeys
from federation.policy.policy import Policy
from federation.policy.principal import Principal
from federation.policy.variables import Template
from federation.policy.wildcard import fold
from federation.vendors import key_name

_NONE: Final = Variables(RequestKeys(), settled=True)
_OPEN: Final = Variables(RequestKeys(), settled=False)
_VARIABLE_VALUES: Final = 6
"""Values that are tried for each key that a policy variable names."""
_SETTINGS: Final = 128
"""Combinations of such values that are tried."""


class Questions:
    """Answers questions about one caller and one set of companions. What it finds out of single keys serves all of them."""

    __slots__ = ("_budget", "_caller", "_companions", "_solvers")

    def __init__(self, caller: CallerGroup, companions: frozenset[str], budget: Budget) -> None:
        self._caller, self._companions, self._budget = caller, companions, budget
        self._solvers: dict[object, Solver] = {}

    def admitted(
        self, side: Side, first: Stated, *, outside: Sequence[Conjunction] = (), without: Side | None = None
    ) -> AdmittedLogin | Undecided | None:
        """Return a login that *side* lets in, None where there is none.

        Args:
            side: The policy that lets it in.
            first: The Allow that lets the operation itself in; those of the actions that accompany it are chosen.
            outside: Conditions that must not all hold, group by group.
            without: A policy that must refuse it.
        """
        groups = [*outside, *(each.atoms for row in side.denies for each in row)]
        undecided = False
        for at, more, refusals in [(0, (), ())] if without is None else _refusals(without):
            order = sorted(range(1, len(side.actions)), key=lambda number, at=at: number != at)  # type: ignore[misc]
            try:
                found = self._choose([*first.atoms, *more], [*groups, *refusals], side, without, order)
            except BudgetSpentError:
                return UNDECIDED
            if isinstance(found, AdmittedLogin):
                return found
            undecided = undecided or found is UNDECIDED
        return UNDECIDED if undecided else None

    def satisfied(self, met: Sequence[Atom], groups: Sequence[Conjunction]) -> Model | Undecided | None:
        """Return a model in which all of *met* holds and some atom of each of *groups* does not; None where there is none."""
        keys, variables = _about(met, groups)
        try:
            return self._solver(_OPEN if variables else _NONE).find(met, [*groups, *coherence(keys)])
        except BudgetSpentError:
            return UNDECIDED

    def _choose(
        self, met: Sequence[Atom], groups: Sequence[Conjunction], side: Side, without: Side | None, order: Sequence[int]
    ) -> AdmittedLogin | Undecided | None:
        """Choose an Allow for each action that *order* has left, as long as there can be a login at all."""
        if not order:
            return self._login(met, groups, side, without)
        if self.satisfied(met, groups) is None:
            return None
        undecided = False
        for each in side.allows[order[0]]:
            found = self._choose([*met, *each.atoms], groups, side, without, order[1:])
            if isinstance(found, AdmittedLogin):
                return found
            undecided = undecided or found is UNDECIDED
        return UNDECIDED if undecided else None

    def _login(
        self, met: Sequence[Atom], groups: Sequence[Conjunction], side: Side, without: Side | None
    ) -> AdmittedLogin | Undecided | None:
        keys, variables = _about(met, groups)
        groups = [*groups, *coherence(keys)]
        if not variables:
            return self._judged(self._solver(_NONE).find(met, groups), side, without)
        if self._solver(_OPEN).find(met, groups) is None:
            return None
        for setting in islice(self._settings(variables, met, groups), _SETTINGS):
            settled = Variables(setting, settled=True)
            found = self._judged(self._solver(settled, variables).find(met, groups), side, without, setting)
            if isinstance(found, AdmittedLogin):
                return found
        return UNDECIDED

    def _solver(self, variables: Variables, names: Sequence[str] = ()) -> Solver:
        name = (variables.settled, tuple(names), tuple(sorted(variables.keys.items())))
        if name not in self._solvers:
            self._solvers[name] = Solver(lambda key: self._domain(key, variables, names), self._budget, variables)
        return self._solvers[name]

    def _domain(self, key: str, variables: Variables, names: Sequence[str]) -> Domain:
        domain = domain_of(key, self._caller, self._companions)
        if key not in names:
            return domain
        value = variables.keys.get(key)
        return Domain(absent=False, only=(value,), extra=domain.extra) if isinstance(value, str) else Domain(single=False)

    def _settings(self, variables: Sequence[str], met: Sequence[Atom], groups: Sequence[Conjunction]) -> Iterator[RequestKeys]:
        """Yield values for the keys that policy variables name: such as their own conditions ask for, or as other texts suggest."""
        atoms = list(dict.fromkeys(chain(met, *groups)))
        tried = []
        for name in variables:
            domain = domain_of(name, self._caller, self._companions)
            texts = dict.fromkeys(
                chain(
                    _suggested(name, atoms),
                    domain.samples,
                    (text for atom in atoms if atom.key == name for text in atom.condition.expected),
                    ("x",),
                )
            )
            fitting = [text for text in texts if domain.single and _can_be(text, domain, self._budget)]
            tried.append([*fitting[:_VARIABLE_VALUES], *([None] if domain.absent else [])])
        for values in product(*tried):
            yield RequestKeys({name: value for name, value in zip(variables, values, strict=True) if value is not None})

    def _judged(
        self, model: Model | Undecided | None, side: Side, without: Side | None, setting: RequestKeys | None = None
    ) -> AdmittedLogin | Undecided | None:
        """Return the login of *model*, once the evaluator has confirmed it."""
        if model is None or isinstance(model, Undecided):
            return model
        known = {**(setting or {}), **{key: value for key, value in model.items() if value is not None}}
        names = _spelled(side.policy, *([] if without is None else [without.policy]))
        for keys in self._told(known):
            spelled: dict[str, ContextValue] = {names.get(key, key): value for key, value in sorted(keys.items())}
            for principal in _principals(self._caller, keys):
                request = RequestContext(principal=principal, action=side.actions[0], keys=spelled)
                if side.allows_login(request) and not (without is not None and without.allows_login(request)):
                    return AdmittedLogin(self._caller, side.actions, request)
        return UNDECIDED

    def _told(self, known: dict[str, ContextValue]) -> Iterator[dict[str, ContextValue]]:
        """Yield *known* with a subject that a reader recognises, then as it was found."""
        subject = fold(key_name(self._caller.issuer, "sub"))
        value = known.get(subject)
        if isinstance(value, str) and self._caller.issuer:
            yield from ({**known, subject: text} for text in recognisable(self._caller.issuer, value))
        yield known


def _refusals(side: Side) -> Iterator[tuple[int, Conjunction, Sequence[Conjunction]]]:
    """Yield the ways in which a policy refuses a login: of the action of some number no Allow applies, or a Deny does."""
    seen = set()
    for number, (allows, denies) in enumerate(zip(side.allows, side.denies, strict=True)):
        groups = list(dict.fromkeys(each.atoms for each in allows))
        if () not in groups:
            yield number, (), groups
        for each in denies:
            if each.atoms not in seen:
                seen.add(each.atoms)
                yield number, each.atoms, ()


def _about(met: Sequence[Atom], groups: Sequence[Conjunction]) -> tuple[set[str], list[str]]:
    """Return the keys that a question is about, and those that policy variables name."""
    atoms = dict.fromkeys(chain(met, *groups))
    return {atom.key for atom in atoms}, sorted({name for atom in atoms for name in atom.variables})


def _suggested(name: str, atoms: Iterable[Atom]) -> Iterator[str]:
    """Yield the values of the key *name* with which an operand becomes a text that another condition spells."""
    others = [text for atom in atoms for text in atom.condition.expected if "${" not in text]
    for template in (operand for atom in atoms for operand in atom.condition.operands if isinstance(operand, Template)):
        at = [number for number, part in enumerate(template.parts) if getattr(part, "key", None) == name]
        if len(at) == 1:
            before, after = (_plain(template.parts[: at[0]]), _plain(template.parts[at[0] + 1 :]))
            for text in others:
                if text.startswith(before) and text.endswith(after) and len(text) > len(before) + len(after):
                    yield text[len(before) : len(text) - len(after)]


def _plain(parts: Iterable[Any]) -> str:
    return "".join(getattr(part, "text", "") for part in parts)


def _can_be(text: str, domain: Domain, budget: Budget) -> bool:
    if domain.only is not None:
        return text in domain.only
    alone = Domain(absent=False, only=(text,), extra=domain.extra)
    return isinstance(find_value((), alone, budget), FoundValue)


def _spelled(*policies: Policy) -> dict[str, str]:
    """Return the names of folded keys: as AWS spells them, else as a policy does."""
    names = {}
    for condition in (condition for policy in reversed(policies) for each in policy.statements for condition in each.conditions):
        known = find_key(condition.folded)
        names[condition.folded] = known.name if known is not None and not known.name.endswith("/") else condition.key
    return names


def _principals(caller: CallerGroup, keys: dict[str, ContextValue]) -> Iterator[Principal]:
    """Yield the principal that ``aws:PrincipalArn`` of *keys* names, where the caller is an open one, then the caller's own."""
    arn, account = keys.get("aws:principalarn"), keys.get("aws:principalaccount")
    if caller.kind == "AWS" and not caller.arn and caller.own is None:
        try:
            if isinstance(arn, str):
                yield Principal.aws(arn)
            elif isinstance(account, str) and not caller.account:
                yield Principal.aws(f"arn:aws:iam::{account}:user/somebody-else")
        except FederationError:
            yield caller.principal
            return
    yield caller.principal
