"""A policy of an organization never allows more: whatever is added to an organization, no refusal becomes a grant."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.organization import EVERYWHERE, Policies, organized, placed
from tests.support.sts.callers import AT, EVERYTHING, ROLE, ROOT, account, role, service, trusts, user
from tests.support.world import ACCOUNT, USER

ACTIONS = ("s3:GetObject", "sts:AssumeRole", "sts:GetFederationToken", "iam:CreateUser")
BUCKET = "arn:aws:s3:::bucket/key"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/Bob"
RESOURCES = {"sts:AssumeRole": ROLE, "sts:GetFederationToken": FEDERATED}
TARGETS = st.lists(st.sampled_from(EVERYWHERE), max_size=3, unique=True)
CONDITIONS = st.sampled_from(
    [
        {},
        {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}},
        {"StringNotEqualsIfExists": {"aws:ResourceOrgID": "o-exampleorgid"}},
        {"Bool": {"aws:PrincipalIsAWSService": "false"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}},
    ]
)
NAMES = st.lists(st.sampled_from((*ACTIONS, "s3:*", "sts:*", "*")), min_size=1, max_size=3, unique=True)


def statements(**fixed: Any) -> st.SearchStrategy[dict[str, Any]]:
    resource = st.sampled_from(["*", ROLE, "arn:aws:s3:::bucket/*"])
    effect = st.sampled_from(["Allow", "Deny"])

    def made(effect: str, action: list[str], resource: str, condition: dict[str, Any]) -> dict[str, Any]:
        return {**fixed, "Effect": effect, "Action": action, "Resource": resource, **({"Condition": condition} if condition else {})}

    return st.builds(made, effect, NAMES, resource, CONDITIONS)


def policies(name: str, **fixed: Any) -> st.SearchStrategy[Policies]:
    return st.tuples(statements(**fixed), TARGETS).map(lambda policy: {name: policy})


IDENTITY = st.sampled_from([(), (EVERYTHING,), ({"Effect": "Allow", "Action": "s3:*", "Resource": "*"},)])


def allowed(organization: Any, identity: Any, caller: str, action: str) -> bool:
    held = account(users=(user(USER, *identity),), roles=(role(trust=trusts(ROOT)),))
    placed_in = held if organization is None else placed(held, organization)
    return service(placed_in).authorize(caller, action=action, resource=RESOURCES.get(action, BUCKET), at=AT).allowed


@given(
    service_control=policies("Added"),
    resource_control=policies("AddedToo", Principal="*"),
    identity=IDENTITY,
    caller=st.sampled_from([USER, ROOT]),
    action=st.sampled_from(ACTIONS),
)
def test_no_added_policy_turns_a_refusal_into_a_grant(
    service_control: Policies, resource_control: Policies, identity: Any, caller: str, action: str
) -> None:
    without = allowed(None, identity, caller, action)
    assert allowed(organized(), identity, caller, action) == without, "an organization that allows everything changes nothing"
    for service_policies, resource_policies in ((service_control, None), (None, resource_control), (service_control, resource_control)):
        assert without or not allowed(organized(service_policies, resource_policies), identity, caller, action)


@given(first=policies("First"), second=policies("Second"), identity=IDENTITY, action=st.sampled_from(ACTIONS))
def test_a_level_whose_policy_is_taken_away_allows_no_more(first: Policies, second: Policies, identity: Any, action: str) -> None:
    """Detaching what allows everything leaves what the others allow."""
    both = {**first, **second}
    less = organized(both, full={"SERVICE_CONTROL_POLICY": ()})
    assert allowed(organized(both), identity, USER, action) or not allowed(less, identity, USER, action)
