"""Plans and states of Terraform as JSON: ``terraform show -json``, and the file of a state (version 4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from federation.evidence.documents.collecting import Collected, known_text, map_of
from federation.evidence.documents.source import SourceFile
from federation.evidence.documents.terraform.policy_document import policy_document
from federation.evidence.documents.terraform.resources import READ, ROLE, TRUST, is_null, read_resource, role, trust_of
from federation.evidence.documents.values import (
    DocumentValue,
    ListValue,
    MapMember,
    MapValue,
    ScalarValue,
    TextValue,
    UnknownValue,
    text_at,
)

_INDEX: Final = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')
_MODULE: Final = re.compile(r'module\.[^.\[]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?\.')
_DATA: Final = re.compile(r"data\.aws_iam_policy_document\.[^.\[]+(?:\[[^\]]*\])?")
_MANAGED: Final = "managed"


class _ShownResource(NamedTuple):
    address: str
    kind: str
    values: MapValue


def read_plan(root: MapValue, source: SourceFile, collected: Collected) -> None:
    """Record what is planned, and for each role the trust policy that it has now."""
    changes = {each.address: each for each in _changes(root)}
    planned = {each.address: each for each in _resources(root.get("planned_values"))}
    for address, change in changes.items():
        if address not in planned and isinstance(change.after, MapValue):
            planned[address] = _ShownResource(address, change.kind, change.after)
    for address, resource in planned.items():
        with collected.resource(source, address, resource.values):
            if resource.kind == ROLE:
                _planned_role(_with_unknown(resource, changes, root), changes.get(address), source, collected)
            elif resource.kind in READ:
                read_resource(resource.kind, address, resource.values, source, collected, form="terraform-plan")
    for address, change in changes.items():
        if address not in planned and change.kind == ROLE and isinstance(change.before, MapValue):
            with collected.resource(source, address, change.before):
                was = trust_of(address, change.before, source, collected, form="terraform-plan", earlier=True)
                collected.roles.append(role(address, change.before, None, was))


def read_state(root: MapValue, source: SourceFile, collected: Collected) -> None:
    """Record what a state holds, shown as JSON or as its file has it."""
    resources = _resources(root.get("values")) if root.get("values") is not None else _instances(root)
    for resource in resources:
        if resource.kind in READ:
            with collected.resource(source, resource.address, resource.values):
                read_resource(resource.kind, resource.address, resource.values, source, collected, form="terraform-state")


class _PlannedChange(NamedTuple):
    address: str
    kind: str
    before: DocumentValue | None
    after: DocumentValue | None
    unknown: DocumentValue | None


def _planned_role(resource: _ShownResource, change: _PlannedChange | None, source: SourceFile, collected: Collected) -> None:
    address, values = resource.address, resource.values
    read_resource(ROLE, address, values, source, collected, form="terraform-plan")
    if change is not None and isinstance(change.before, MapValue):
        was = trust_of(address, change.before, source, collected, form="terraform-plan", earlier=True)
        now = collected.roles.pop()
        collected.roles.append(role(address, values, now.trust, was))


def _with_unknown(resource: _ShownResource, changes: dict[str, _PlannedChange], root: MapValue) -> _ShownResource:
    """Return the role with the trust policy that its data source will render, in so far as the plan knows it."""
    if resource.values.get(TRUST) is not None and not is_null(resource.values.get(TRUST)):
        return resource
    change = changes.get(resource.address)
    unknown = change.unknown if change is not None else None
    if not isinstance(unknown, MapValue) or not _is_true(unknown.get(TRUST)):
        return resource
    policy = _from_data(resource.address, changes, root)
    span = resource.values
    if policy is None:
        policy = UnknownValue(span.start, span.start + 1, f"{resource.address}.{TRUST}")
    return resource._replace(values=MapValue(span.start, span.end, (*span.members, MapMember(text_at(span, TRUST), policy))))


def _from_data(address: str, changes: dict[str, _PlannedChange], root: MapValue) -> DocumentValue | None:
    """Return the policy of the one data source that the configuration of the role *address* names; None where it names none, or more."""
    modules = "".join(match[0] for match in _leading_modules(address))
    names = dict.fromkeys(name for words in _references(root, address) for name in _DATA.findall(words))
    if len({_INDEX.sub("", name) for name in names}) != 1:
        return None
    index = _INDEX.search(address.removeprefix(modules))
    for name in names:
        for suffix in ("", "" if index is None else index[0]):
            change = changes.get(f"{modules}{name}{suffix}")
            if change is not None and isinstance(change.after, MapValue):
                merged = _merged(change.after, change.unknown, change.address)
                return policy_document(merged) if isinstance(merged, MapValue) else None
    return None


def _references(root: MapValue, address: str) -> Iterator[str]:
    """Yield what the expression of the trust policy of *address* refers to, by the configuration in the plan."""
    module = _member(root.get("configuration"), "root_module")
    rest = address
    for match in _leading_modules(address):
        call = _INDEX.sub("", match[0]).removeprefix("module.").removesuffix(".")
        module = _member(_member(_member(module, "module_calls"), call), "module")
        rest = rest.removeprefix(match[0])
    wanted = _INDEX.sub("", rest)
    for resource in _list(_member(module, "resources")):
        if known_text(_member(resource, "address")) == wanted:
            listed = _member(_member(_member(resource, "expressions"), TRUST), "references")
            yield from (words for words in map(known_text, _list(listed)) if words is not None)


def _leading_modules(address: str) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    at = 0
    while (match := _MODULE.match(address, at)) is not None:
        found.append(match)
        at = match.end()
    return found


def _merged(after: DocumentValue | None, unknown: DocumentValue | None, path: str) -> DocumentValue | None:
    """Return *after* with an unknown value wherever *unknown* says that the plan does not know it yet."""
    if _is_true(unknown):
        at = after if after is not None else unknown
        return UnknownValue(at.start, at.end, path) if at is not None else None
    if isinstance(unknown, ListValue) and (isinstance(after, ListValue) or after is None):
        known = after.items if isinstance(after, ListValue) else ()
        count = max(len(known), len(unknown.items))
        items = [_merged(_at(known, index), _at(unknown.items, index), f"{path}[{index}]") for index in range(count)]
        span = after if after is not None else unknown
        return ListValue(span.start, span.end, tuple(each for each in items if each is not None))
    if isinstance(unknown, MapValue) and (isinstance(after, MapValue) or after is None):
        known_members = dict(after.known_members()) if isinstance(after, MapValue) else {}
        whole: DocumentValue = after if after is not None else unknown
        members = []
        for name in dict.fromkeys([*known_members, *dict(unknown.known_members())]):
            value = _merged(known_members.get(name), unknown.get(name), f"{path}.{name}")
            if value is not None:
                members.append(MapMember(text_at(value, name), value))
        return MapValue(whole.start, whole.end, tuple(members))
    return after


def _at(items: tuple[DocumentValue, ...], index: int) -> DocumentValue | None:
    return items[index] if index < len(items) else None


def _changes(root: MapValue) -> Iterator[_PlannedChange]:
    for each in _list(root.get("resource_changes")):
        if isinstance(each, MapValue):
            change = each.get("change")
            address, kind = known_text(each.get("address")), known_text(each.get("type"))
            if isinstance(change, MapValue) and address is not None and kind is not None:
                yield _PlannedChange(address, kind, change.get("before"), change.get("after"), change.get("after_unknown"))


def _resources(values: DocumentValue | None) -> Iterator[_ShownResource]:
    """Yield the managed resources of ``root_module`` and of the modules in it."""
    if values is None:
        return
    waiting = [_member(values, "root_module")]
    while waiting:
        module = waiting.pop()
        for each in _list(_member(module, "resources")):
            address, kind = known_text(_member(each, "address")), known_text(_member(each, "type"))
            inner = _member(each, "values")
            if address is not None and kind is not None and isinstance(inner, MapValue) and _mode(each) == _MANAGED:
                yield _ShownResource(address, kind, inner)
        waiting += reversed(_list(_member(module, "child_modules")))


def _instances(root: MapValue) -> Iterator[_ShownResource]:
    """Yield the instances of the resources in a state's file; their addresses are put together as Terraform does."""
    for each in _list(root.get("resources")):
        kind, name = known_text(_member(each, "type")), known_text(_member(each, "name"))
        if kind not in READ or name is None or _mode(each) != _MANAGED:
            continue
        module = known_text(_member(each, "module"))
        for instance in _list(_member(each, "instances")):
            key = _member(instance, "index_key")
            index = "" if key is None or is_null(key) else f"[{_key(key)}]"
            address = f"{module + '.' if module else ''}{kind}.{name}{index}"
            yield _ShownResource(address, kind, map_of(_member(instance, "attributes"), f"the attributes of {address}"))


def _key(key: DocumentValue) -> str:
    if isinstance(key, TextValue):
        return f'"{key.known}"'
    return key.text if isinstance(key, ScalarValue) else "?"


def _mode(resource: DocumentValue) -> str:
    return known_text(_member(resource, "mode")) or _MANAGED


def _member(value: DocumentValue | None, name: str) -> DocumentValue | None:
    return value.get(name) if isinstance(value, MapValue) else None


def _list(value: DocumentValue | None) -> tuple[DocumentValue, ...]:
    return value.items if isinstance(value, ListValue) else ()


def _is_true(value: DocumentValue | None) -> bool:
    return isinstance(value, ScalarValue) and value.text == "true"
