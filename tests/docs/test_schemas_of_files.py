"""The schemas of account files refuse nothing that the reader accepts, and know the same members."""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from docs.building.schemas.files import FILES
from docs.building.schemas.published import SCHEMAS
from federation.account.reading.faults import Faults
from tests.support.account_files import ACCOUNT, SAMPLES, TOML

UNREAD = {"description"}
"""What the schema of a member consists of that may have any value."""


def members(name: str) -> dict[str, Any]:
    """The object in the schema, without the outer member of an answer that it may be in."""
    schema = SCHEMAS[name]
    return schema if "properties" in schema else next(each for each in schema["anyOf"] if len(each["properties"]) > 1)


def faults_of(name: str, document: Any) -> list[str]:
    """The faults in the members of *document*, not those of other files or of what its values refer to."""
    faults = Faults()
    SAMPLES[name].read(document, faults)
    return [f"{fault.path}: {fault.expected}" for fault in faults if fault.path]


def refuses(name: str, document: Any) -> bool:
    return not Draft202012Validator(SCHEMAS[name]).is_valid(_as_json(document))


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_json(each) for name, each in value.items()}
    return value.isoformat() if isinstance(value, datetime) else value


def changed(name: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every member removed, and replaced by values of other types. TOML has no null."""
    document = SAMPLES[name].document
    values: tuple[Any, ...] = (7, "", [], [7], {"x": 7}, True)
    for member in document:
        yield member, "removed", {name: value for name, value in document.items() if name != member}
        for value in values if name in TOML else (None, *values):
            yield member, repr(value), {**deepcopy(dict(document)), member: value}


def test_there_is_a_sample_of_each_file() -> None:
    assert SAMPLES.keys() == FILES.keys()


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sample_has_every_member_and_no_fault(name: str) -> None:
    document = SAMPLES[name].document

    assert not faults_of(name, document)
    assert not refuses(name, document)
    assert members(name)["properties"].keys() - document.keys() <= {"UserName"}


@pytest.mark.parametrize("name", SAMPLES)
def test_what_the_reader_accepts_the_schema_accepts(name: str) -> None:
    for member, how, document in changed(name):
        assert not refuses(name, document) or faults_of(name, document), f"{name}: {member}, {how}"


@pytest.mark.parametrize("name", SAMPLES)
def test_both_refuse_an_unknown_and_a_missing_member(name: str) -> None:
    document = SAMPLES[name].document
    broken = [{**document, "Unknown": 1}, *({k: v for k, v in document.items() if k != each} for each in members(name).get("required", ()))]

    for each in broken:
        assert refuses(name, each)
        assert faults_of(name, each)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_schema_knows_the_type_of_every_member(name: str) -> None:
    told = {member for member, _, document in changed(name) if refuses(name, document)}
    free = {member for member, shape in members(name)["properties"].items() if shape.keys() <= UNREAD}

    assert told | free >= SAMPLES[name].document.keys()


KINDS = {"access-keys": "access-key", "mfa-devices": "mfa-device", "policies": "policy", "roles": "role", "users": "user"}
COMMITTED = [
    ("keyring", ACCOUNT / "keyring.json"),
    *((KINDS[path.parent.name], path) for path in ACCOUNT.rglob("*.json") if path.parent.name in KINDS),
]


@pytest.mark.parametrize(("name", "path"), COMMITTED, ids=lambda each: str(getattr(each, "name", each)))
def test_the_files_of_the_fixtures_are_valid(name: str, path: Path) -> None:
    assert not refuses(name, json.loads(path.read_text(encoding="utf-8")))
