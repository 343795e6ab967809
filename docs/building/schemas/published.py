"""The published schemas, and the page that lists them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from docs.building.schemas.files import FILES
from docs.building.schemas.logs import LOGS
from docs.building.schemas.notation import Schema, document
from docs.building.schemas.outputs import OUTPUTS
from docs.building.schemas.policy_tests import POLICY_TESTS
from docs.building.schemas.shared import SHARED

_GROUPS: Final[dict[str, Mapping[str, tuple[str, Schema]]]] = {
    "Results": OUTPUTS,
    "Audit and logs": LOGS,
    "Files of an account": FILES,
    "Tests of policies": POLICY_TESTS,
}
SCHEMAS: Final[dict[str, Schema]] = {
    name: document(name, title, body, SHARED) for group in _GROUPS.values() for name, (title, body) in group.items()
}
"""Name to schema."""
HEAD: Final = """# JSON

<!-- Written by docs/building/schemas: change it, then run `make docs`. -->

Every document that the program prints for other programs, and every file of an account directory, has a schema (JSON Schema 2020-12). The
schemas are complete in themselves, and installed with the package, in `federation/_schemas`.

A later version may add members to a result, so the schemas of results let other members pass. The tests do not: every result has the
members of its schema and no other. The files of an account are closed, as their reader refuses unknown members. Answers of
`federation sts` have the shapes of the AWS CLI and no schema here. Where the same shape stands in several results, its members
are listed once, under [shared shapes](#shared-shapes). A member in *italics* may be absent.

"""


def schema_text(name: str) -> str:
    """docs/schemas/*name*.json."""
    return json.dumps(SCHEMAS[name], indent=2, ensure_ascii=False) + "\n"


def json_page() -> str:
    """docs/reference/json.md."""
    return HEAD + "\n".join(_sections())


def _sections() -> Iterator[str]:
    for title, group in _GROUPS.items():
        yield from (f"## {title}", "")
        for name, (about, body) in group.items():
            yield from (f"### {name}", "", f"{about}. [Schema](../schemas/{name}.json)", "", *_members(body))
    yield from ("## Shared shapes", "")
    for name, body in sorted(SHARED.items()):
        yield from (f"### {name}", "", *([body["description"], ""] if "description" in body else []), *_members(body))


def _members(body: Schema) -> Iterator[str]:
    rows = list(_rows(body))
    if rows:
        yield from ("| member | type | meaning |", "|---|---|---|", *rows, "")
    elif "$ref" in body:
        yield from (f"It is {_kind(body)}.", "")


def _rows(body: Schema, before: str = "") -> Iterator[str]:
    """A row for each member, those of members below it."""
    required = body.get("required", ())
    for name, member in body.get("properties", {}).items():
        path = f"{before}{name}"
        shown = f"`{path}`" if name in required else f"*`{path}`*"
        meaning = member.get("description", "").replace("|", "\\|")
        yield f"| {shown} | {_kind(member)} | {meaning} |"
        yield from _rows(_inner(member), f"{path}.")
    if not before:
        for each in body.get("anyOf", ())[:2]:
            yield from _rows(each)


def _inner(member: Schema) -> Schema:
    """The object that *member* is, holds in a list, holds by name, or may be."""
    if "properties" in member:
        return member
    for inner in (member.get("items"), member.get("additionalProperties"), *member.get("anyOf", ())):
        if isinstance(inner, dict) and (found := _inner(inner)):
            return found
    return {}


def _kind(member: Schema) -> str:
    if "$ref" in member:
        name = member["$ref"].rpartition("/")[2]
        return f"[{name}](#{name})"
    if "anyOf" in member:
        return " or ".join(dict.fromkeys(_kind(each) for each in member["anyOf"]))
    if "enum" in member or "const" in member:
        return ", ".join(f"`{json.dumps(value).strip(chr(34))}`" for value in member.get("enum", [member.get("const")]))
    kind, values = member.get("type", "any"), member.get("additionalProperties")
    if kind == "array":
        return f"list of {_kind(member['items'])}"
    if isinstance(values, dict):
        return f"object of {_kind(values)}"
    return {"date-time": "instant", "uuid": "UUID"}.get(member.get("format", ""), str(kind))
