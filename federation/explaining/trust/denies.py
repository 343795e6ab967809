"""Why a Deny statement stops a caller. No edit removes a Deny: one value that it names, or one exception, is all that changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from federation.errors import show
from federation.explaining.fixing import plain
from federation.explaining.rewriting import literal, quoted, shown, with_value, without_value
from federation.explaining.trust import origins
from federation.explaining.trust.asked import Asked, Unmet, bounded
from federation.explaining.trust.keys import explain_absence
from federation.explanation import Cause, Change, Edit, Place
from federation.policy import Statement
from federation.policy.conditions import Condition

_MAX_TOLD = 4


def explain_deny(asked: Asked, statement: Statement) -> Unmet:
    """Explain why the Deny *statement* applies to the caller."""
    label = show(statement.sid) if statement.sid else str(statement.index)
    told = " and ".join(_told(asked, each) for each in statement.conditions[:_MAX_TOLD])
    action = show(asked.request.action) + (f" on {_listed(statement.resource.spelled)}" if statement.resource is not None else "")
    whom = f"denies {action} to whoever meets its conditions, and the caller does: {told}"
    if not told:
        whom = f"denies {action} to {show(asked.caller.name)} without any condition"
    element = statement.principal
    if element is not None and element.negated:
        listed = ", ".join(show(each.partition(":")[2] or each) for each in element.spelled[:_MAX_TOLD])
        whom += f"; NotPrincipal spares {listed} alone"
    cause = Cause(check="deny", sentence=f"statement {label} {whom}", place=asked.place(statement.path))
    edits = [*_spared(asked, statement), *(edit for condition in statement.conditions for edit in _edits(asked, statement, condition))]
    edits += _of_resource(asked, statement)
    working = [edit for edit in edits if (after := asked.after(edit.changes)) is not None and not _applies(after, statement)]
    return Unmet(cause=cause, edits=(*working, _elsewhere(asked, statement)))


def _of_resource(asked: Asked, statement: Statement) -> Iterator[Edit]:
    """Yield the edit by which the statement does not cover this one resource.

    None where it has conditions: an exception would free the resource of what they demand, such as a second factor.
    """
    element, wanted = statement.resource, asked.request.resource
    if element is None or wanted is None or statement.conditions:
        return
    source, old = plain(statement.source), plain(statement.source["NotResource" if element.negated else "Resource"])
    listed = list(old) if isinstance(old, list) else [old]
    if element.negated:
        instruction, new = f"add {show(wanted)} to the resources that are not denied", {**source, "NotResource": [*listed, wanted]}
    elif wanted in listed and len(listed) > 1:
        left = [each for each in listed if each != wanted]
        instruction, new = f"take {show(wanted)} out of the resources that are denied", {**source, "Resource": left}
    elif listed == ["*"]:
        instruction = f"deny it on every resource but {show(wanted)}"
        new = {"NotResource" if name == "Resource" else name: wanted if name == "Resource" else each for name, each in source.items()}
    else:
        return
    yield asked.edit(statement.path, instruction, [Change(path=statement.path, old=source, new=new)], old=shown(source), new=shown(new))


def _listed(values: Sequence[str]) -> str:
    rest = len(values) - _MAX_TOLD
    return ", ".join(map(show, values[:_MAX_TOLD])) + (f" and {rest} more" if rest > 0 else "")


def _spared(asked: Asked, statement: Statement) -> Iterator[Edit]:
    """Yield the edit by which NotPrincipal spares the caller too; its provider is named there as the others are."""
    old, kind, name = plain(statement.source.get("NotPrincipal")), asked.caller.type, asked.caller.name
    if not isinstance(old, dict) or kind is None:
        return
    listed = old.get(kind, [])
    several = [*listed, name] if isinstance(listed, list) else [listed, name]
    new = {**old, kind: several if listed else name}
    path = f"{statement.path}.NotPrincipal"
    change = Change(path=path, old=old, new=new)
    yield asked.edit(path, f"add {quoted(name)} to the principals that are spared", [change], old=shown(old), new=shown(new))


def _applies(asked: Asked, statement: Statement) -> bool:
    return statement.index in {each.index for each in asked.denying}


def _told(asked: Asked, condition: Condition) -> str:
    value = asked.value(condition.key)
    expected = ", ".join(map(show, condition.expected[:_MAX_TOLD]))
    if value is None:
        return f"the request has no {show(condition.key)}, which satisfies {condition.operator.name} {expected}"
    found = ", ".join(map(show, (value,) if isinstance(value, str) else value[:_MAX_TOLD]))
    return f"the {origins.origin(asked, condition.folded).said} is {found}, which satisfies {condition.operator.name} {expected}"


def _edits(asked: Asked, statement: Statement, condition: Condition) -> Iterator[Edit]:
    """Yield the edits by which *condition* no longer covers this very value."""
    value = asked.value(condition.key)
    if value is None:
        if condition.operator.operator.negated and not condition.operator.if_exists:
            yield from (edit for edit in explain_absence(asked, statement, condition).edits if edit.changes)
        return
    if not isinstance(value, str) or condition.operator.quantifier is not None:
        return
    if condition.operator.operator.negated:
        text = literal(value, condition)
        yield _edit(asked, condition, f"add {quoted(text)} to the values that are not denied", with_value(statement, condition, text))
    elif condition.operator.operator.family.name == "String" and not condition.operator.operator.wildcards:
        changes = without_value(statement, condition, value)
        if changes:
            yield _edit(asked, condition, f"take {quoted(value)} out of the values that are denied", changes)


def _edit(asked: Asked, condition: Condition, instruction: str, changes: Sequence[Change]) -> Edit:
    return asked.edit(condition.path, instruction, changes, old=shown(changes[0].old), new=shown(changes[0].new))


def _elsewhere(asked: Asked, statement: Statement) -> Edit:
    """Return the edit that leaves the policy as it is."""
    for condition in statement.conditions:
        edit = _at_its_source(asked, statement, condition)
        if edit is not None:
            return edit
    role = asked.situation.role
    if role is None:  # the call is for no role
        return Edit(place=Place(owner="call"), instruction="call as a principal that this statement does not deny")
    return Edit(place=Place(owner="call", path="RoleArn"), instruction="assume a role that does not deny this caller", old=role.arn)


def _at_its_source(asked: Asked, statement: Statement, condition: Condition) -> Edit | None:
    """Return how the value of the condition's key can be another; None where nobody can tell."""
    value = asked.value(condition.key)
    wanted = condition.expected[0] if condition.operator.operator.negated and len(condition.expected) == 1 else None
    if value is None and wanted is not None and not any(sign in wanted for sign in "*?$"):
        found = origins.setting(asked, condition.folded, old=None, new=wanted)
        if found:
            return found[0]
    if value is None:
        edits = explain_absence(asked, statement, condition).edits
        return next((edit for edit in edits if not edit.changes and edit.place.owner != "policy"), None)
    at = origins.origin(asked, condition.folded)
    if at.owner == "clock":
        limit = shown(list(condition.expected) if len(condition.expected) != 1 else condition.expected[0])
        return Edit(place=asked.place(condition.path), instruction="write another instant, if the access is to go on", old=limit)
    if at.owner == "AWS":
        return None
    place = Place(owner="call" if at.owner == "call" else "token", path=at.name.strip("`"))
    old = value if isinstance(value, str) else ", ".join(value)
    return Edit(place=place, instruction=f"sign in so that the {at.said} is one that is not denied", old=bounded(old))
