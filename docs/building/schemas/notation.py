"""How the schemas of this folder are written. Descriptions come from the docstrings of the classes whose data they describe."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any, Final

Schema = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
TEXT: Final[Schema] = {"type": "string"}
FLAG: Final[Schema] = {"type": "boolean"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}
ANYTHING: Final[Schema] = {}
_ATTRIBUTE: Final = re.compile(r"^    (\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)


def one_of(*values: object) -> Schema:
    """One of the literal *values*."""
    return {"enum": list(values)}


def matching(pattern: str) -> Schema:
    """Text that *pattern* matches as a whole."""
    return {"type": "string", "pattern": f"^(?:{pattern})$"}


def many(items: Schema, **limits: int) -> Schema:
    """A list."""
    return {"type": "array", "items": items, **limits}


def named(values: Schema) -> Schema:
    """An object with names that differ from case to case."""
    return {"type": "object", "additionalProperties": values}


def maybe(schema: Schema) -> Schema:
    """What *schema* says, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Schema:
    """The shared schema *name*."""
    return {"$ref": f"#/$defs/{name}"}


def said(schema: Schema, description: str) -> Schema:
    """*schema* with its *description*."""
    return {"description": description, **schema}


def record(members: Mapping[str, Schema], *, optional: Mapping[str, Schema] | None = None, closed: bool = False) -> Schema:
    """An object with these *members*; *closed* to others where the program that reads it refuses them."""
    more = optional or {}
    shape: Schema = {"type": "object", "properties": {**members, **more}}
    if members:
        shape["required"] = list(members)
    return {**shape, "additionalProperties": False} if closed else shape


def data_of(described: type, members: Mapping[str, Schema], *, optional: Mapping[str, Schema] | None = None) -> Schema:
    """The plain data of *described*: members that its docstring describes need no description of their own."""
    words = _attributes(described)

    def told(shapes: Mapping[str, Schema]) -> dict[str, Schema]:
        return {name: shape if "description" in shape else said(shape, words[name]) for name, shape in shapes.items()}

    return record(told(members), optional=told(optional or {}))


def _attributes(described: type) -> dict[str, str]:
    sections = [(inspect.getdoc(each) or "").partition("Attributes:\n")[2] for each in reversed(described.__mro__)]
    return {name: _as_json_says(text) for section in sections for name, text in _ATTRIBUTE.findall(section)}


def _as_json_says(text: str) -> str:
    """The words of a docstring, about the same value in JSON."""
    return re.sub(r"\bNone\b", "null", " ".join(text.replace("``", "`").split()))


def document(name: str, title: str, body: Schema, shared: Mapping[str, Schema]) -> Schema:
    """The published schema *name*: *body*, with those of the *shared* schemas that it refers to, directly or through others."""
    used: dict[str, Schema] = {}
    waiting = _references(body)
    while waiting:
        each = waiting.pop()
        if each not in used:
            used[each] = shared[each]
            waiting |= _references(shared[each])
    whole: Schema = {"$schema": DIALECT, "$id": f"urn:federation:schema:{name}", "title": title, **body}
    return {**whole, "$defs": dict(sorted(used.items()))} if used else whole


def _references(schema: object) -> set[str]:
    if isinstance(schema, list):
        return {name for each in schema for name in _references(each)}
    if not isinstance(schema, dict):
        return set()
    own = {schema["$ref"].rpartition("/")[2]} if isinstance(schema.get("$ref"), str) else set()
    return own | {name for each in schema.values() for name in _references(each)}
