"""From a refusing trust policy to causes and edits: part after part of the nearest statement is explained and repaired where it can be.

Each repair is made to a copy of the policy, which is then asked again: what an edit leaves unmet is explained too, and an edit is offered
for a program only where the policy that it makes lets the caller in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from federation.errors import show
from federation.explaining.nearest import shared
from federation.explaining.rewriting import demanding, shown
from federation.explaining.trust.actions import explain_action
from federation.explaining.trust.asked import Asked, Unmet
from federation.explaining.trust.conditions import explain_condition, is_guest
from federation.explaining.trust.denies import explain_deny
from federation.explaining.trust.principals import explain_principal, identity, is_bounded, nobody
from federation.explaining.widening import lets_in
from federation.explaining.wording import number
from federation.explanation import Cause, Change, Edit, Obstacle
from federation.policy import Policy, Statement
from federation.policy.conditions import Condition
from federation.policy.wildcard import fold
from federation.sts.login.trust import SET_SOURCE_IDENTITY, TAG_SESSION

_MAX_PARTS: Final = 32
"""Parts of a policy that one explanation repairs."""
_MAX_ALTERNATIVES: Final = 3
_MAX_OTHERS: Final = 8
"""Statements besides the nearest that are told."""
_MAX_COMPARED: Final = 32
"""Statements among which the nearest is sought value by value."""

_AUDIENCE: Final = 1.0
"""How far a statement is that demands another audience: who is meant tells more of a statement than what for."""
_OTHER: Final = 1.5
"""Likewise another value of any other key."""

Part = tuple[str, str]
"""What a finding is about: kind of part, and its JSON path."""


@dataclass(slots=True)
class Walk:
    """Findings in order, and the policy as their edits leave it.

    Attributes:
        asked: What is asked, of the policy as it is by now.
        choices: Which edit of a finding is made, by its number; the first where nothing is said.
        findings: What was found.
        edits: The edits that were made, or are left to the reader, in order.
    """

    asked: Asked
    choices: Mapping[int, int]
    findings: list[Unmet] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    _seen: set[Part] = field(default_factory=set)

    @property
    def made(self) -> list[Change]:
        """The changes of the policy, in order."""
        return [change for edit in self.edits for change in edit.changes]

    @property
    def manual(self) -> list[Edit]:
        """The edits that no program can make."""
        return [edit for edit in self.edits if not edit.changes]

    def take(self, part: Part, finding: Unmet) -> None:
        """Keep *finding*, and make its edit where that can be made."""
        number = len(self.findings)
        self._seen.add(part)
        edits = finding.edits
        if is_guest(self.asked):
            edits = tuple(edit for edit in edits if not edit.changes)
        self.findings.append(replace(finding, edits=edits))
        if not edits:
            return
        edit = edits[min(self.choices.get(number, 0), len(edits) - 1)]
        after = self.asked.after(edit.changes) if edit.changes else None
        self.edits.append(edit if after is not None else replace(edit, changes=()))
        self.asked = after or self.asked

    def is_new(self, part: Part) -> bool:
        """Whether *part* has not been explained yet."""
        return part not in self._seen and len(self.findings) < _MAX_PARTS


def obstacle(asked: Asked) -> Obstacle | None:
    """Return why the policy refuses and what to change; None where it does not refuse."""
    first = _walk(asked, {})
    if not first.findings:
        return None
    edits, alternatives = _edits(asked, first)
    causes = tuple(finding.cause for finding in first.findings)
    return Obstacle(causes=causes, edits=edits, alternatives=alternatives, others=tuple(_others(asked)))


def _others(asked: Asked) -> Iterator[Cause]:
    """Yield why each Allow statement but the nearest fails, in one sentence: its first part that does."""
    asked = asked.asking(next(actions(asked)))
    nearest = None if asked.allowed else _nearest(asked)
    if nearest is None:
        return
    further = {fold(each) for each in actions(asked)} - {asked.request.folded_action}
    others = [each for each in asked.policy.statements if each.effect == "Allow" and each is not nearest and not _is_of(each, further)]
    for statement in others[:_MAX_OTHERS]:
        parts = list(_failing(asked, statement))
        cause = parts[0][1]().cause
        rest = len(parts) - 1
        besides = "" if not rest else f"; {number(rest, 'further part')} of it {'fails' if rest == 1 else 'fail'}"
        named = show(statement.sid) if statement.sid else statement.index
        yield Cause(check=cause.check, sentence=f"statement {named} fails as well: {cause.sentence}{besides}", place=cause.place)
    if len(others) > _MAX_OTHERS:
        sentence = f"{number(len(others) - _MAX_OTHERS, 'further Allow statement')} of the policy fail as well"
        yield Cause(check="principal", sentence=sentence, place=asked.place("$.Statement"))


def _is_of(statement: Statement, actions_besides: set[str]) -> bool:
    """Whether the statement is about the actions that a login takes besides the first, so that it could not have let it in by itself."""
    return any(statement.action.matches(each) for each in actions_besides) and len(statement.action.spelled) <= len(actions_besides)


def actions(asked: Asked) -> Iterator[str]:
    """Yield every action that the request takes, in the order in which the policy is asked about them."""
    yield asked.operation if asked.protocol != "AWS" else asked.request.action
    if asked.value("aws:TagKeys") is not None and asked.protocol != "AWS":
        yield TAG_SESSION
    if asked.value("sts:SourceIdentity") is not None and asked.protocol != "AWS":
        yield SET_SOURCE_IDENTITY


def granted(asked: Asked) -> bool:
    """Whether the policy allows every action that the request takes."""
    return all(each.allowed and not each.denying for each in map(asked.asking, actions(asked)))


def _walk(asked: Asked, choices: Mapping[int, int]) -> Walk:
    walk = Walk(asked, choices)
    for action in actions(asked):
        walk.asked = walk.asked.asking(action)
        for statement in walk.asked.denying:
            if walk.is_new(("deny", statement.path)):
                walk.take(("deny", statement.path), explain_deny(walk.asked, statement))
        while not walk.asked.allowed:
            found = _next(walk)
            if found is None:
                break
            part, explain = found
            walk.take(part, _of_action(walk.asked, explain()))
    return walk


def _of_action(asked: Asked, finding: Unmet) -> Unmet:
    """Return *finding* with the action that its condition is about, where that is none by which the role is assumed."""
    action = asked.request.action
    if finding.cause.check != "condition" or asked.protocol == "AWS" or action == asked.operation:
        return finding
    return replace(finding, cause=replace(finding.cause, sentence=f"of the statement that allows {show(action)}: {finding.cause.sentence}"))


def _next(walk: Walk) -> tuple[Part, Callable[[], Unmet]] | None:
    """Return the next part of the nearest statement that fails and is not explained yet."""
    asked = walk.asked
    statement = _nearest(asked)
    if statement is None:
        part = ("principal", "$.Statement")
        return (part, lambda: nobody(asked)) if walk.is_new(part) else None
    return next(((part, explain) for part, explain in _failing(asked, statement) if walk.is_new(part)), None)


def _failing(asked: Asked, statement: Statement) -> Iterator[tuple[Part, Callable[[], Unmet]]]:
    if statement.via(asked.request) is None:
        yield ("principal", statement.path), lambda: explain_principal(asked, statement)
    if not statement.action.matches(asked.request.folded_action):
        yield (asked.request.action, statement.path), lambda: explain_action(asked, statement)
    for condition in statement.conditions:
        if not asked.holds(statement, condition):
            yield ("condition", condition.path), _condition(asked, statement, condition)


def _condition(asked: Asked, statement: Statement, condition: Condition) -> Callable[[], Unmet]:
    return lambda: explain_condition(asked, statement, condition)


def _nearest(asked: Asked) -> Statement | None:
    """Return the Allow statement that comes nearest; None where there is no Allow."""
    allows = [each for each in asked.policy.statements if each.effect == "Allow"]
    allows.sort(key=lambda each: (each.via(asked.request) is None, not each.action.matches(asked.request.folded_action)))
    return min(allows[:_MAX_COMPARED], key=lambda each: _distance(asked, each), default=None)


def _distance(asked: Asked, statement: Statement) -> float:
    distance = 0.0
    if statement.via(asked.request) is None:
        federated = statement.principal is not None and "Federated" in statement.principal.names
        distance += 2.0 if federated or (statement.principal is not None and statement.principal.everyone) else 6.0
    if not statement.action.matches(asked.request.folded_action):
        distance += 1.6
    for condition in statement.conditions:
        if not asked.holds(statement, condition):
            value = asked.value(condition.key)
            alike = max((shared(value, each) for each in condition.expected), default=0.0) if isinstance(value, str) else 0.0
            distance += (_AUDIENCE if condition.folded.endswith((":aud", ":oaud")) else _OTHER) - alike / 2
    return distance


def _edits(asked: Asked, first: Walk) -> tuple[tuple[Edit, ...], bool]:
    """Return the edits, and whether they are alternatives."""
    manual = first.manual
    if not manual:
        others = [_complete(asked, walk) for walk in _otherwise(asked, first)]
        single = first.findings[0].edits[1:] if len(first.findings) == 1 else ()
        left = [edit for edit in single if not edit.changes]
        main = _complete(asked, first)
        return tuple(edit for edit in (main, *others, *left) if edit is not None), True
    if len(first.findings) == 1:
        [finding] = first.findings
        walks = [_walk(asked, {0: number}) if edit.changes else edit for number, edit in enumerate(finding.edits)]
        edits = (_complete(asked, each) if isinstance(each, Walk) else each for each in walks)
        return tuple(edit for edit in edits if edit is not None), True
    made = [edit for edit in first.edits if edit.changes]
    program = [_merged(made, asked.policy, first.asked.policy)] if made else []
    return (*program, *manual), not program and len(manual) == 1


def _otherwise(asked: Asked, first: Walk) -> list[Walk]:
    """Return walks that each make another edit of one finding."""
    pairs = [(at, n) for at, each in enumerate(first.findings) for n in range(1, len(each.edits)) if each.edits[n].changes]
    return [_walk(asked, {at: number}) for at, number in pairs[:_MAX_ALTERNATIVES]]


def _complete(asked: Asked, walk: Walk) -> Edit | None:
    """Return the one edit that a program can make of *walk*; None where it would not let the caller in."""
    if not walk.made or not granted(walk.asked):
        return None
    edits = [edit for edit in walk.edits if edit.changes]
    binding = _binding(asked, walk.asked)
    bound = None if binding is None else walk.asked.after(binding.changes)
    if binding is None or bound is None or not granted(bound):
        return _merged(edits, asked.policy, walk.asked.policy)
    return _merged([*edits, binding], asked.policy, bound.policy)


def _binding(asked: Asked, repaired: Asked) -> Edit | None:
    """Return the edit by which a repaired statement lets in this identity alone, where it would let in everybody whom the issuer names."""
    before = asked.policy.statements
    for statement in repaired.policy.statements:
        former = before[statement.index] if statement.index < len(before) else None
        changed = former is not None and former.source != statement.source
        if statement.effect != "Allow" or not changed or repaired.protocol != "OIDC" or is_bounded(repaired, statement):
            continue
        if not statement.action.matches(fold(repaired.operation)):  # one that tags a session lets in nobody
            continue
        wanted = [pair for pair in identity(repaired) if not any(each.folded == fold(pair[0]) for each in statement.conditions)]
        changes = demanding(statement, wanted)
        if changes:
            new = dict(wanted)
            instruction = f"demand {shown(new)[1:-1]}: the statement says nothing of whom it means, and the issuer names others too"
            return repaired.edit(f"{statement.path}.Condition", instruction, changes, old=None, new=shown(new)[1:-1])
    return None


def _merged(edits: Sequence[Edit], before: Policy, after: Policy) -> Edit:
    """Return *edits* as one, with what it lets in besides."""
    first = edits[0]
    if len(edits) > 1:
        old, new = ("\n".join(part for part in parts if part) for parts in ([each.old for each in edits], [each.new for each in edits]))
        first = replace(
            first,
            instruction="; then ".join(each.instruction for each in edits),
            old=old or None,
            new=new or None,
            changes=tuple(change for edit in edits for change in edit.changes),
        )
    return replace(first, lets_in=lets_in(before, after))
