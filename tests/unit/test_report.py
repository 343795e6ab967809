"""A report keeps refusals, and nothing of what was judged when they were raised."""

import gc
import weakref
from collections.abc import Callable

import pytest

from federation.errors import InvalidIdentityToken
from federation.report import BOTH, CheckResult


class Tree:
    """What a check holds while it judges."""


def refusal() -> InvalidIdentityToken:
    return InvalidIdentityToken(check="issuer", expected="a", found="b", remedy="c")


def plainly(tree: Tree) -> None:
    assert isinstance(tree, Tree)
    raise refusal()


def from_a_cause(tree: Tree) -> None:
    try:
        plainly(tree)
    except InvalidIdentityToken as cause:
        raise refusal() from cause


def while_handling_another(tree: Tree) -> None:
    try:
        plainly(tree)
    except InvalidIdentityToken:
        raise refusal()  # noqa: B904 - which is the case at hand


@pytest.mark.parametrize("judge", [plainly, from_a_cause, while_handling_another])
def test_a_kept_refusal_keeps_nothing_alive(judge: Callable[[Tree], None]) -> None:
    def judged() -> tuple[weakref.ref[Tree], CheckResult]:
        tree = Tree()
        try:
            judge(tree)
        except InvalidIdentityToken as refused:
            return weakref.ref(tree), CheckResult("issuer", "", BOTH, "refused", refused)
        raise AssertionError

    gc.disable()
    try:
        tree, result = judged()
        assert tree() is None
        assert result.refusal is not None
        assert result.refusal.check == "issuer"
    finally:
        gc.enable()
