"""Why a condition of an Allow statement is not met."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from federation.errors import printable, show
from federation.explaining.rewriting import literal, quoted, raw, shown, with_operator, without_value
from federation.explaining.trust import origins
from federation.explaining.trust.asked import Asked, Unmet
from federation.explaining.trust.keys import explain_absence, second_factor
from federation.explaining.trust.limits import explain_limit
from federation.explaining.trust.mismatch import Mismatch
from federation.explaining.trust.values import explain_mismatch
from federation.explanation import Cause, Change, Comparison, Edit, Place
from federation.policy import Statement
from federation.policy.addresses import read_network
from federation.policy.conditions import UNSETTLED, Condition
from federation.policy.operators import NULL
from federation.vendors import COGNITO

_MAX_LISTED: Final = 8
_MAX_ADDED: Final = 50
"""Values that one edit adds: as many as a login can have tags."""
GUEST: Final = "unauthenticated"


def explain_condition(asked: Asked, statement: Statement, condition: Condition) -> Unmet:
    """Explain why *condition* of an Allow statement is not met."""
    value = asked.value(condition.key)
    if condition.operator.operator is NULL:
        return _presence(asked, statement, condition)
    if value is None:
        return explain_absence(asked, statement, condition)
    if isinstance(value, tuple):
        return _of_several(asked, statement, condition, value)
    if condition.operator.operator.negated:
        return _excluded(asked, statement, condition, (value,))
    return _of_one(asked, statement, condition, value)


def is_guest(asked: Asked) -> bool:
    """Whether the caller is a guest of a Cognito identity pool, whom no edit ever lets in."""
    return asked.provider == COGNITO and GUEST in (asked.value(f"{COGNITO}:amr") or ())


def _finding(asked: Asked, condition: Condition, sentence: str, edits: Sequence[Edit], found: str | None = None) -> Unmet:
    compared: tuple[Comparison, ...] = ()
    if found is not None and len(condition.expected) == 1:
        owner = origins.origin(asked, condition.folded).owner
        compared = (Comparison(expected=condition.expected[0], found=found, expected_from="policy", found_from=owner),)
    cause = Cause(check="condition", sentence=sentence, place=asked.place(condition.path), comparisons=compared)
    return Unmet(cause=cause, edits=tuple(edits))


def _listed(values: Sequence[str]) -> str:
    rest = len(values) - _MAX_LISTED
    return ", ".join(map(show, values[:_MAX_LISTED])) + (f" and {rest} more" if rest > 0 else "")


def _presence(asked: Asked, statement: Statement, condition: Condition) -> Unmet:
    if asked.value(condition.key) is None:
        return explain_absence(asked, statement, condition)
    value = asked.value(condition.key) or ()
    found = (value,) if isinstance(value, str) else value
    sentence = f'Null with `"true"` demands that {show(condition.key)} is absent, and the request has it: {_listed(found)}'
    demanded = any(
        each.folded == condition.folded and each is not condition and asked.holds(statement, each) for each in statement.conditions
    )
    if demanded:
        flip = Change(path=condition.path, old=raw(statement, condition), new="false")
        edit = asked.edit(
            condition.path, 'write "false", which demands the key', [flip], old=shown(raw(statement, condition)), new='"false"'
        )
        return _finding(asked, condition, sentence, [edit])
    if len(found) != 1 or not isinstance(value, str):
        place = Place(owner="identity-provider", path=origins.origin(asked, condition.folded).name)
        return _finding(asked, condition, sentence, [Edit(place=place, instruction=f"send no {show(condition.key)}", old=_listed(found))])
    moved = with_operator(statement, condition, "StringEquals", value)
    instruction = f"demand the value of the key instead: {shown({'StringEquals': {condition.key: value}})}"
    old, new = (shown({name: {condition.key: each}}) for name, each in (("Null", raw(statement, condition)), ("StringEquals", value)))
    return _finding(asked, condition, sentence, [asked.edit(condition.path, instruction, moved, old=old, new=new)])


def _of_one(asked: Asked, statement: Statement, condition: Condition, value: str) -> Unmet:
    operator = condition.operator.operator
    if operator.family.read(value) is None or condition.holds(asked.request.folded_keys) is UNSETTLED:
        return _of_another_type(asked, statement, condition, value)
    if operator.name.endswith(("Than", "ThanEquals")):
        return explain_limit(asked, statement, condition, value)
    if operator.family.name == "Bool":
        return _truth(asked, statement, condition, value)
    return explain_mismatch(asked, statement, condition, value)


def _of_another_type(asked: Asked, statement: Statement, condition: Condition, value: str) -> Unmet:
    operator = condition.operator
    family = operator.operator.family.name
    text = "value of the policy" if condition.holds(asked.request.folded_keys) is UNSETTLED else f"value {show(value)}"
    sentence = f"{operator.name} compares values of the type {family}, and the {text} of {show(condition.key)} is none"
    at = Mismatch(asked, statement, condition, value)
    like = [name for name in ("StringEquals", "StringLike") if asked.accepts(statement, name, condition.key, condition.expected)]
    edits = [at.operator(name) for name in like[:1]] or [at.operator("StringEquals", literal(value, condition))]
    return _finding(asked, condition, sentence, [edit for edit in edits if edit is not None], value)


def _truth(asked: Asked, statement: Statement, condition: Condition, value: str) -> Unmet:
    if condition.folded == "sts:roleauthorizedbyidp" and value == "false":
        arn = asked.situation.parameter("role_arn")
        sentence = "the policy demands that the token itself names the role, and the token has no claim that lists its roles"
        edits = origins.setting(asked, condition.folded, old=None, new=arn if isinstance(arn, str) else None)
        return _finding(asked, condition, sentence, edits, value)
    if condition.folded == "aws:multifactorauthpresent" and value == "false":
        sentence = "the session of the caller was obtained without a second factor, and the policy demands one"
        return _finding(asked, condition, sentence, [second_factor()], value)
    at = Mismatch(asked, statement, condition, value)
    sentence = f"{show(condition.key)} is {show(value)} in this request; the policy demands {show(at.nearest)}"
    if value.casefold() not in ("true", "false"):
        sentence += f", and {condition.operator.name} tells true from false alone"
        exact = at.operator("StringEquals", literal(value, condition))
        return _finding(asked, condition, sentence, [at.replaced() if exact is None else exact], value)
    return _finding(asked, condition, sentence, [at.replaced()], value)


def _of_several(asked: Asked, statement: Statement, condition: Condition, values: tuple[str, ...]) -> Unmet:
    quantifier, name = condition.operator.quantifier, condition.operator.name
    if quantifier is None:
        qualified = f"{'ForAllValues' if condition.operator.operator.negated else 'ForAnyValue'}:{name}"
        sentence = (
            f"{show(condition.key)} has a list of values, {_listed(values)}, which {name} never matches without ForAnyValue or ForAllValues"
        )
        edit = Mismatch(asked, statement, condition, values[0]).operator(qualified)
        return _finding(asked, condition, sentence, [] if edit is None else [edit])
    if condition.operator.operator.negated:
        return _excluded(asked, statement, condition, values)
    if quantifier == "ForAnyValue":
        return _none_of(asked, statement, condition, values)
    surplus = [each for each in values if condition.compares(each, asked.request.folded_keys) is not True]
    sentence = (
        f"ForAllValues demands that every value of {show(condition.key)} is one of {_listed(condition.expected)}; "
        f"the {asked.token} has {_listed(surplus)} as well"
    )
    edits = origins.setting(asked, condition.folded, old=_listed(surplus), new=None)
    settings = [Edit(place=each.place, instruction=f"do not send {_listed(surplus)}", old=_listed(surplus)) for each in edits]
    if len(surplus) > _MAX_ADDED:
        return _finding(asked, condition, sentence, settings)
    old = raw(statement, condition)
    new = [*(old if isinstance(old, list) else [old]), *(literal(each, condition) for each in surplus)]
    changes = (Change(path=condition.path, old=old, new=new),)
    instruction = f"add {', '.join(map(quoted, surplus[:_MAX_LISTED]))} to the values of {show(condition.key)}"
    return _finding(
        asked, condition, sentence, [asked.edit(condition.path, instruction, changes, old=shown(old), new=shown(new)), *settings]
    )


def _none_of(asked: Asked, statement: Statement, condition: Condition, values: tuple[str, ...]) -> Unmet:
    claim = condition.folded.rpartition(":")[2]
    if claim == "amr":
        return _sign_in(asked, condition, values)
    alike = max((Mismatch(asked, statement, condition, each) for each in values), key=lambda at: _closeness(at.nearest, at.found))
    sentence = (
        f"none of the values of {show(condition.key)}, {_listed(values)}, is one that the policy demands: {_listed(condition.expected)}"
    )
    found = explain_mismatch(asked, statement, condition, alike.found)
    settings = origins.setting(asked, condition.folded, old=_listed(values), new=alike.nearest)
    edits = [edit for edit in found.edits if edit.changes]
    return Unmet(cause=_finding(asked, condition, sentence, [], alike.found).cause, edits=(*edits, *settings))


def _closeness(one: str, other: str) -> int:
    return -abs(len(one) - len(other)) + sum(a == b for a, b in zip(one.casefold(), other.casefold(), strict=False))


def _sign_in(asked: Asked, condition: Condition, values: tuple[str, ...]) -> Unmet:
    """Explain how the caller signed in. No edit of the policy takes a weaker way for the one that it demands."""
    wanted = _listed(condition.expected)
    if is_guest(asked):
        sentence = f"the token is one of a guest of the identity pool: its `amr` is {_listed(values)}; the policy trusts {wanted}"
        instruction = "sign in to a provider of the identity pool before the token is fetched: pass its token in Logins"
    else:
        sentence = f"the token's `amr` is {_listed(values)}; the policy demands that the user signed in by {wanted}"
        instruction = f"have the identity provider demand {wanted} at the sign-in"
    place = Place(owner="identity-provider", path="amr")
    old, new = (printable(", ".join(each[:_MAX_LISTED])) for each in (values, condition.expected))
    return _finding(asked, condition, sentence, [Edit(place=place, instruction=instruction, old=old, new=new)])


def _excluded(asked: Asked, statement: Statement, condition: Condition, values: tuple[str, ...]) -> Unmet:
    """Explain a value that the policy excludes. Where it names that very value beside others, the edit takes it out."""
    hit = next((each for each in values if condition.compares(each, asked.request.folded_keys) is not True), values[0])
    if not condition.expected:
        at = Mismatch(asked, statement, condition, hit)
        return _finding(
            asked, condition, f"the policy lists no value of {show(condition.key)}, and nothing matches an empty list", [at.added()]
        )
    told = origins.origin(asked, condition.folded)
    sentence = f"the {told.said} is {show(hit)}, which {condition.operator.name} excludes: {_listed(condition.expected)}"
    edits = [
        Edit(
            place=Place(owner="token", path=told.name.strip("`")),
            instruction="sign in as somebody whom the policy does not exclude",
            old=hit,
        )
    ]
    excluding = [each for each in condition.expected if not asked.accepts(statement, condition.operator.name, condition.key, [each])]
    changes = without_value(statement, condition, excluding[0]) if len(excluding) == 1 and _is_one(condition, excluding[0]) else ()
    if changes:
        old, new = (shown(value) for value in (changes[0].old, changes[0].new))
        instruction = f"take {quoted(excluding[0])} out of the values that are excluded"
        edits.insert(0, asked.edit(condition.path, instruction, changes, old=old, new=new))
    return _finding(asked, condition, sentence, edits, hit)


def _is_one(condition: Condition, text: str) -> bool:
    """Whether *text* of the policy stands for one value alone: no pattern, no variable, and no network of several addresses."""
    operator = condition.operator.operator
    if operator.family.name == "IpAddress":
        network = read_network(text)
        return network is not None and network.shift == 0
    return "${" not in text and not (operator.wildcards and any(sign in text for sign in "*?"))
