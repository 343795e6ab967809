"""Whatever policy refuses whatever request: the explanation comes, and its edits keep their promises."""

import json
from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from federation.errors import AccessDenied
from federation.explaining import fixing
from federation.explaining.situation import Situation
from federation.explaining.trust import repairing
from federation.explaining.trust.asked import Asked
from federation.explanation import Obstacle
from federation.policy import Policy, RequestContext
from federation.testing.strategies import policy_callers, policy_documents, policy_request_keys

TAGGED = st.fixed_dictionaries({}, optional={"aws:TagKeys": st.just(["team"]), "sts:SourceIdentity": st.sampled_from(["alice", "bob"])})
REFUSAL = AccessDenied(check="trust-policy", expected="a", found="b", remedy="c")
WRITINGS = st.sampled_from([{"indent": 2}, {"separators": (",", ":")}, {"indent": "\t", "separators": (" ,", " : ")}])


def asked(policy: Policy, request: RequestContext) -> Asked:
    return Asked(policy=policy, request=request, situation=Situation(refusal=REFUSAL))


def conditions(document: Any, effect: str) -> Counter[int]:
    """How many conditions each statement of *effect* has, by its number."""
    return Counter(
        {
            number: sum(map(len, each.get("Condition", {}).values()))
            for number, each in enumerate(document["Statement"])
            if each["Effect"] == effect
        }
    )


@given(document=policy_documents(), caller=policy_callers(), keys=policy_request_keys(), tagged=TAGGED, writing=WRITINGS)
def test_every_edit_keeps_its_promise(document: Any, caller: Any, keys: Any, tagged: Any, writing: Any) -> None:
    text = json.dumps(document, **writing)
    policy = Policy.stored(text)
    request = RequestContext(principal=caller, action="sts:AssumeRoleWithSAML", keys={**keys, **tagged})
    before = asked(policy, request)
    obstacle = repairing.obstacle(before)
    assert (obstacle is None) is repairing.granted(before)
    for edit in () if obstacle is None else obstacle.edits:
        assert edit.instruction
        if not edit.changes:
            continue
        changed = fixing.apply(text, edit.changes)
        now = json.loads(changed)
        assert now == fixing.changed(document, edit.changes)
        for effect in ("Allow", "Deny"):
            former, later = conditions(document, effect), conditions(now, effect)
            assert all(later[number] >= count for number, count in former.items()), "no condition is removed"
        if is_whole(obstacle):
            assert repairing.granted(asked(Policy.stored(changed), request))


def is_whole(obstacle: Obstacle | None) -> bool:
    """Whether one edit is enough."""
    return obstacle is not None and obstacle.alternatives
