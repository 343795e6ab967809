"""The protocol between nodes and a record, every interleaving of two nodes visited: no token is granted twice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.state_model import FORGETFUL, TAKEN, Design, check
from tests.support.world import ISSUED

pytestmark = pytest.mark.stores
AT = ISSUED
UNTIL = AT + timedelta(minutes=5)


@pytest.mark.parametrize("design", [TAKEN, FORGETFUL], ids=["lasting", "emptied by a restart"])
def test_no_token_is_granted_twice(design: Design) -> None:
    checked = check(design)
    assert checked.counterexample is None
    assert checked.most == 1  # it is granted, not merely refused
    assert checked.visited > 1000


@pytest.mark.parametrize(
    ("design", "guilty"),
    [
        (replace(TAKEN, atomic=False), "the store looks up"),
        (replace(TAKEN, marks=False), "a login at a later instant deletes the records"),
        (replace(TAKEN, expires=True), "the store's clock deletes the records"),
        (replace(TAKEN, open_on_failure=True), "gives up"),
        (replace(TAKEN, keeps_connection=True), "gives up"),
        (replace(FORGETFUL, identity=False), "the store restarts"),
    ],
)
def test_each_decision_is_needed(design: Design, guilty: str) -> None:
    """Without it the checker finds a way to two grants, so that it would find one in the protocol as well."""
    found = check(design).counterexample
    assert found is not None
    assert any(guilty in step for step in found)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=st.lists(st.sampled_from([0, 1, "later"]), max_size=12))
def test_every_store_is_the_one_of_the_model(state: Any, calls: list[Any]) -> None:
    state.forget_all()
    used: set[int] = set()
    marked = False
    for number, call in enumerate(calls):
        if call == "later":
            assert state.first_use("idp", f"later {number}", until=UNTIL + timedelta(days=1), at=UNTIL)
            used, marked = set(), marked or bool(used)
        else:
            assert state.first_use("idp", str(call), until=UNTIL, at=AT) is (call not in used and not marked)
            used = used if marked else used | {call}
