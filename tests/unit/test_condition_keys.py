"""The one table of condition keys: what the validators fill, it names, with the number of values they give."""

import pytest

from federation.condition_keys import SAML_KEYS, find_key
from federation.saml.attributes import CONDITION_KEYS, SINGLE_VALUED


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
