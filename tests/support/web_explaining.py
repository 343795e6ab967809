"""Helpers for tests of explanations of web identities."""

from typing import Any

import pytest

from federation import FederationError
from federation.explanation import Edit, Explanation, Obstacle
from tests.support.sts.web_identity import World


def refused(world: World, token: object = None, **call: Any) -> FederationError:
    """The refusal of AssumeRoleWithWebIdentity."""
    with pytest.raises(FederationError) as caught:
        world.assume(token, **call)
    return caught.value


def explained(world: World, token: object = None, *, check: str, **call: Any) -> Explanation:
    """The explanation of AssumeRoleWithWebIdentity's refusal, which must be by *check*."""
    refusal = refused(world, token, **call)
    assert refusal.check == check, refusal
    assert refusal.explanation.first.causes[0].check == check
    assert_silent(refusal.explanation, token)
    return refusal.explanation


def assert_silent(explanation: Explanation, token: object) -> None:
    """Assert that no part of the token is in its explanation."""
    text = token if isinstance(token, str) else token.decode("latin-1") if isinstance(token, bytes) else ""
    said = str(explanation.as_dict())
    signature = text.rpartition(".")[2]
    assert len(signature) < 64 or signature[:32] not in said
    assert len(text) < 200 or text[:64] not in said


def only_edit(obstacle: Obstacle) -> Edit:
    assert len(obstacle.edits) == 1, obstacle.edits
    return obstacle.edits[0]


def told(edit: Edit) -> tuple[str, str | None, str | None]:
    """Where an edit is made, what stands there and what takes its place."""
    return edit.place.setting or edit.place.path, edit.old, edit.new
