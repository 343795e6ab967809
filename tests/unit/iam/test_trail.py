"""What the event of a call holds: no secret (attack row O04), and of a change its result as CloudTrail has it."""

import json
from pathlib import Path

import pytest

from federation.state import AuditEvent
from tests.support.iam import READ, TRUST, Iam
from tests.support.world import ACCOUNT

POLICY = f"arn:aws:iam::{ACCOUNT}:policy/Read"


class Events(list[AuditEvent]):
    def record(self, event: AuditEvent) -> None:
        self.append(event)


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def iam(tmp_path: Path, events: Events) -> Iam:
    return Iam(tmp_path, audit=events)


def test_an_event_holds_neither_a_secret_key_nor_a_seed(iam: Iam, events: Events) -> None:
    iam("CreateUser", UserName="Alice")
    secret = iam("CreateAccessKey", UserName="Alice")["AccessKey"]["SecretAccessKey"]
    seed = iam("CreateVirtualMFADevice", VirtualMFADeviceName="phone")["VirtualMFADevice"]["Base32StringSeed"].decode()
    codes = {"AuthenticationCode1": "918273", "AuthenticationCode2": "645546"}
    iam.refusal("EnableMFADevice", UserName="Alice", SerialNumber="no-such-device", **codes)
    told = json.dumps([event.as_dict() for event in events])
    assert [word for word in (secret, seed, *codes.values()) if word in told] == []
    assert events[1].as_dict()["responseElements"]["accessKey"]["userName"] == "Alice"


def test_the_result_of_a_change_is_told(iam: Iam, events: Events) -> None:
    iam("CreatePolicy", PolicyName="Read", PolicyDocument=READ)
    iam("CreatePolicyVersion", PolicyArn=POLICY, PolicyDocument=READ)
    iam("CreateRole", RoleName="Deploy", AssumeRolePolicyDocument=TRUST)
    policy, version, role = (event.as_dict()["responseElements"] for event in events)
    assert (policy["policy"]["arn"], policy["policy"]["defaultVersionId"]) == (POLICY, "v1")
    assert (version["policyVersion"]["versionId"], version["policyVersion"]["isDefaultVersion"]) == ("v2", False)
    assert json.loads(role["role"]["assumeRolePolicyDocument"]) == json.loads(TRUST)
    assert [event.as_dict()["readOnly"] for event in events] == [False] * 3


def test_a_change_without_a_result_and_a_reading_tell_none(iam: Iam, events: Events) -> None:
    iam("CreatePolicy", PolicyName="Read", PolicyDocument=READ)
    iam("DeletePolicy", PolicyArn=POLICY)
    iam("ListPolicies")
    assert [event.as_dict()["responseElements"] for event in events[1:]] == [None, None]
    assert [event.as_dict()["readOnly"] for event in events[1:]] == [False, True]
