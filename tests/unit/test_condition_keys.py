"""The one table of condition keys: what the validators fill, it names, with the number of values they give."""

import re
from collections.abc import Iterator

import pytest

from federation.condition_keys import SAML_KEYS, find_key
from federation.saml.reading.attributes import CONDITION_KEYS, SINGLE_VALUED
from tests.support.shared import shared_path

SPELLED_RIGHT = {
    "2.5.4.42": "2.4.5.42",
    "0.9.2342.19200300.100.1.1": "0.9.2342.19200300100.1.1",
    "0.9.2342.19200300.100.1.3": "0.9.2342.19200300100.1.3",
}
"""Names as X.500 and COSINE have them, to those that the documentation of AWS has in their place."""


def documented_names(cell: str) -> Iterator[str]:
    """The names in one cell of the documented table: one that begins with an ellipsis goes on from the name before it."""
    before = ""
    for written in re.findall("`([^`]+)`", cell):
        rest = written.removeprefix("…")
        separator = "/" if "/" in rest else "."
        ending = rest.strip(separator).split(separator)
        before = written if rest == written else separator.join([*before.split(separator)[: -len(ending)], *ending])
        yield before


def documented() -> dict[str, set[str]]:
    """What the documentation of AWS says: name of an attribute to the keys it fills."""
    text = shared_path("spec/sts.md").read_text(encoding="utf-8")
    table = text.partition("Attribute Name → key:")[2].partition("###")[0]
    spelled = {key.lower(): key for key in re.findall(r"`(saml:\w+)`", text)}
    found: dict[str, set[str]] = {}
    for row in [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| `")]:
        names, keys = list(documented_names(row[0])), re.findall(r"\w+", row[1])
        numbered = re.findall(r"(\w+)\(\.(\d+)\)", row[1])
        if numbered:  # a range of names: the first key has the family's name before its own
            family = re.match("edu(Person|Org)", numbered[0][0])
            assert family is not None
            for key, number in numbered:
                found[f"{names[0].rpartition('.')[0]}.{number}"] = {spelled[f"saml:{family[0]}{key.removeprefix(family[0])}".lower()]}
            continue
        filled = [spelled[f"saml:{key}".lower()] for key in keys if f"saml:{key}".lower() in spelled]
        found |= {names[0]: set(filled)} if len(names) == 1 else {name: {key} for name, key in zip(names, filled, strict=True)}
    return found


def test_attributes_fill_the_keys_that_the_documentation_says() -> None:
    expected = documented()
    assert len(expected) == len(CONDITION_KEYS) - len(SPELLED_RIGHT)
    expected |= {right: expected[wrong] for right, wrong in SPELLED_RIGHT.items()}
    assert {name: set(keys) for name, keys in CONDITION_KEYS.items()} == expected


def test_every_key_that_a_saml_attribute_fills_is_named() -> None:
    filled = {key.lower() for keys in CONDITION_KEYS.values() for key in keys}
    named = {key.name.lower(): key for key in SAML_KEYS}
    assert filled <= named.keys()
    assert {key for key in filled if not named[key].multivalued} == {key.lower() for key in SINGLE_VALUED}
    assert {name for name in named if name not in filled and not named[name].constant} == set(), "keys that nothing fills"


@pytest.mark.parametrize(
    ("folded", "name"),
    [
        ("aws:tagkeys", "aws:TagKeys"),
        ("aws:requesttag/team", "aws:RequestTag/"),
        ("aws:requesttag/", None),
        ("aws:requesttag", None),
        ("aws:tagkeys/x", None),
        ("saml:edupersonaffiliation", "saml:eduPersonAffiliation"),
        ("saml:groups", None),
        ("", None),
    ],
)
def test_keys_are_found_by_name_and_by_family(folded: str, name: str | None) -> None:
    key = find_key(folded)
    assert (key.name if key else None) == name
