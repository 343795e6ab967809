"""AssumeRole by callers with AWS credentials: why the role's trust policy refuses them, and the edit that names or meets them."""

from typing import Any

import pytest

from federation.errors import FederationError
from federation.explaining import fixing
from federation.policy import Policy
from tests.support.sts import callers
from tests.support.sts.callers import ROLE, account, refused, role, service, user
from tests.support.world import ACCOUNT, USER

BOB = f"arn:aws:iam::{ACCOUNT}:user/bob"


def explained(trust: Policy, **call: Any) -> FederationError:
    sts = service(account(users=(user(USER, callers.EVERYTHING),), roles=(role(trust=trust),)))
    refusal = refused(sts.assume_role, **{"caller": USER, "role_arn": ROLE, "role_session_name": "session", **call})
    assert refusal.check == "authorization"
    return refusal


def assume(trust: Policy, **call: Any) -> None:
    sts = service(account(users=(user(USER, callers.EVERYTHING),), roles=(role(trust=trust),)))
    sts.assume_role(**{"caller": USER, "role_arn": ROLE, "role_session_name": "session", "at": callers.AT, **call})


@pytest.mark.parametrize(
    ("trust", "call", "said", "new"),
    [
        (callers.trusts(BOB), {}, ("bob", USER), USER),
        (callers.trusts("AIDACKCEVSQ6C2DELETED"), {}, ("`AIDACKCEVSQ6C2DELETED`", "deleted"), USER),
        (callers.trusts(USER, actions=["sts:AssumeRoleWithSAML"]), {}, ("sts:AssumeRoleWithSAML", "sts:AssumeRole"), "sts:AssumeRole"),
        (
            Policy.stored(callers.document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})),
            {},
            ("AWS service `ec2.amazonaws.com`", USER),
            USER,
        ),
    ],
)
def test_the_edit_lets_the_caller_in(trust: Policy, call: dict[str, Any], said: tuple[str, ...], new: str) -> None:
    refusal = explained(trust, **call)
    edit = refusal.edits[0]

    assert all(words in refusal.cause for words in said), refusal.cause
    assert new in (edit.new or "")
    assume(Policy.stored(fixing.apply(trust.source_text, edit.changes)), **call)


@pytest.mark.parametrize(
    ("condition", "call", "said", "path", "new"),
    [
        ({"StringEquals": {"sts:ExternalId": "x-1"}}, {}, ("sts:ExternalId",), "ExternalId", "x-1"),
        ({"StringEquals": {"sts:ExternalId": "x-1"}}, {"external_id": "x-2"}, ("`x-2`", "`x-1`"), "ExternalId", "x-1"),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, {}, ("second factor",), "TokenCode", None),
        ({"StringEquals": {"sts:RoleSessionName": "deploy"}}, {}, ("`session`", "`deploy`"), "RoleSessionName", "deploy"),
        (
            {"StringEquals": {"sts:RoleSessionName": "${aws:userid}"}},
            {},
            ("RoleSessionName is `session`", "`${aws:userid}`", "`AIDACKCEVSQ6C2EXAMPLE` here"),
            "RoleSessionName",
            "AIDACKCEVSQ6C2EXAMPLE",
        ),
    ],
)
def test_the_call_is_what_has_to_change(
    condition: dict[str, Any], call: dict[str, Any], said: tuple[str, ...], path: str, new: str | None
) -> None:
    refusal = explained(callers.trusts(USER, Condition=condition), **call)
    edit = refusal.edits[0]

    assert all(words in refusal.cause for words in said), refusal.cause
    assert (edit.place.owner, edit.place.path, edit.new, edit.applicable) == ("call", path, new, False)
    assert not any(each.applicable for each in refusal.edits) or path == "RoleSessionName"


def test_a_refusal_by_the_callers_own_policies_is_not_laid_to_the_trust_policy() -> None:
    sts = service(account(users=(user(USER),), roles=(role(trust=callers.trusts(callers.ROOT)),)))
    refusal = refused(sts.assume_role, caller=USER, role_arn=ROLE, role_session_name="session")
    assert refusal.cause.startswith("no identity-based policy of the user `DevAdmin` allows `sts:AssumeRole`")
    assert refusal.cause.endswith("the other half, the role's trust policy, allows it")


def test_the_root_is_not_told_to_name_itself() -> None:
    sts = service(account(roles=(role(trust=callers.trusts(BOB)),)))
    refusal = refused(sts.assume_role, caller=callers.ROOT, role_arn=ROLE, role_session_name="session")
    assert not any(edit.applicable for edit in refusal.edits)
