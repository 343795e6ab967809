"""Helpers for tests of explanations."""

from typing import Any

import pytest
from lxml import etree

from federation import FederationError
from federation.explanation import Edit, Explanation
from tests.support.sts.saml_login import World


def refusal(world: World, token: object, **call: Any) -> FederationError:
    """The refusal of AssumeRoleWithSAML."""
    with pytest.raises(FederationError) as caught:
        world.assume(token, **call)
    return caught.value


def explained(world: World, token: object, *, check: str, **call: Any) -> Explanation:
    """The explanation of AssumeRoleWithSAML's refusal, which must be by *check*."""
    refused = refusal(world, token, **call)
    assert refused.check == check, refused
    explanation = refused.explanation
    assert explanation.first.causes[0].check == check
    return explanation


def edit_of(explanation: Explanation, owner: str) -> Edit:
    """The first edit whose place belongs to *owner*."""
    found = next((edit for edit in explanation.first.edits if edit.place.owner == owner), None)
    assert found is not None, [edit.as_dict() for edit in explanation.first.edits]
    return found


def granted(world: World, token: object, **call: Any) -> bool:
    """Tell whether the login succeeds."""
    try:
        world.assume(token, **call)
    except FederationError as refused:
        pytest.fail(str(refused))
    return True


def element(response: etree._Element, name: str) -> etree._Element:
    """The first element of local name *name*."""
    return next(response.iter(f"{{*}}{name}"))
