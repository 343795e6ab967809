"""What the live service answered to deviating SAML responses, through the whole exchange: profile aws gives the same session or refusal."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest

from federation import aws_texts
from federation.account import Account, Keyring, Role
from federation.errors import FederationError
from federation.policy import Policy
from federation.profiles import Profile
from federation.state import MemoryReplayCache
from federation.sts.results import AssumedRoleSession
from federation.sts.service import SecurityTokenService
from tests.support.saml import ARN, AT, ROLE, put
from tests.support.saml_recordings import CASES, MADE, Made, attributes, made
from tests.support.shared import needs_shared

TRUST = Policy.parse(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Federated": ARN},
            "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"],
        },
    },
    kind="trust",
)
GOOD = Role(arn=ROLE, name="TestSaml", path="/", role_id="AROAEXAMPLEEXAMPLE234", trust_policy=TRUST, max_session_duration=14_400)
INSTANT = AT + timedelta(seconds=10)


def exchange(make: Callable[[], Made], *, times: int = 1, role: Role = GOOD, **call: Any) -> AssumedRoleSession | FederationError:
    """Send the response *times* times and return the last answer."""
    token, provider = make()
    keyring = Keyring(sealing="k1", keys=MappingProxyType({"k1": bytes(32)}))
    account = Account(
        id="123456789012", partition="aws", profile=Profile.AWS, keyring=keyring, saml_providers={ARN: provider}, roles={ROLE: role}
    )
    sts = SecurityTokenService(account, replay=MemoryReplayCache())
    arguments = {"role_arn": ROLE, "principal_arn": ARN, "saml_assertion": token, "at": INSTANT, **call}
    try:
        answers = [sts.assume_role_with_saml(**arguments) for _ in range(times)]
    except FederationError as refusal:
        return refusal
    return answers[-1]


@needs_shared
@pytest.mark.parametrize("name", [name for name in MADE if name in CASES])
def test_answered_as_recorded(name: str) -> None:
    expected = CASES[name]["expected"]
    answer = exchange(MADE[name], times=2 if "second time" in CASES[name]["what_was_changed"] else 1)
    if expected["outcome"] == "error":
        assert isinstance(answer, FederationError), answer
        assert (answer.code, answer.message) == (expected["code"], expected["message"].replace("<uuid>", aws_texts.saml.NO_REQUEST_ID))
        return
    assert isinstance(answer, AssumedRoleSession), answer
    assert (answer.subject, answer.subject_type, answer.audience) == (
        expected["subject"],
        expected["subject_type"],
        expected["audience"],
    )
    assert answer.source_identity == expected.get("source_identity")
    assert (answer.credentials.expiration - INSTANT).total_seconds() == expected["session_seconds"]


# Observed too, but not among the recordings above: specification sections 1.2, 2.2 and 2.10.
NOT_AUTHORIZED = "Not authorized to perform sts:AssumeRoleWithSAML"
PAIR = "SAML Assertion doesn't contain the requested Role and Metadata in the attributes"
OBSERVED: Mapping[str, tuple[Callable[[], Made], Mapping[str, Any], str, str]] = {
    "no Role": (made(attributes={}), {}, "InvalidIdentityToken", PAIR),
    "no RoleSessionName": (
        made(attributes={"https://aws.amazon.com/SAML/Attributes/Role": (f"{ROLE},{ARN}",)}),
        {},
        "InvalidIdentityToken",
        "RoleSessionName is required in AuthnResponse",
    ),
    "RoleSessionName with a space": (
        made(attributes=attributes(RoleSessionName=("a b",))),
        {},
        "InvalidIdentityToken",
        "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}",
    ),
    "SourceIdentity of one character": (
        made(attributes=attributes(SourceIdentity=("s",))),
        {},
        "InvalidIdentityToken",
        'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"',
    ),
    "a tag value of 257 characters": (
        made(attributes=attributes(PrincipalTag__team=("x" * 257,))),
        {},
        "ValidationError",
        "Unable to validate tags",
    ),
    "longer than the role allows": (
        made(),
        {"duration_seconds": 14_401},
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    ),
    "unknown provider": (made(), {"principal_arn": f"{ARN}2"}, "InvalidIdentityToken", "Specified provider doesn't exist"),
}


@pytest.mark.parametrize("what", OBSERVED)
def test_refused_as_observed(what: str) -> None:
    make, call, code, message = OBSERVED[what]
    answer = exchange(make, **call)
    assert isinstance(answer, FederationError), answer
    assert (answer.code, answer.message) == (code, message)


@pytest.mark.parametrize(
    ("more", "actions"),
    [
        ({"PrincipalTag__team": ("engineering",)}, ["sts:AssumeRoleWithSAML", "sts:SetSourceIdentity"]),
        ({"SourceIdentity": ("source-123",)}, ["sts:AssumeRoleWithSAML", "sts:TagSession"]),
    ],
    ids=["no TagSession", "no SetSourceIdentity"],
)
def test_an_action_the_trust_policy_lacks(more: dict[str, tuple[str, ...]], actions: list[str]) -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Principal": {"Federated": ARN}, "Action": actions},
    }
    answer = exchange(made(attributes=attributes(**more)), role=replace(GOOD, trust_policy=Policy.parse(document, kind="trust")))
    assert isinstance(answer, FederationError), answer
    assert (answer.code, answer.message) == ("AccessDenied", NOT_AUTHORIZED)


@pytest.mark.parametrize(
    ("make", "call", "seconds"),
    [
        (made(put("AuthnStatement", SessionNotOnOrAfter="2026-09-15T12:10:08Z")), {}, 598),
        (made(attributes=attributes(SessionDuration=("7200",))), {"duration_seconds": 7200}, 7200),
        (made(), {"duration_seconds": 14_400}, 14_400),
    ],
    ids=["SessionNotOnOrAfter", "SessionDuration equal to the API's", "API alone"],
)
def test_duration_as_observed(make: Callable[[], Made], call: dict[str, Any], seconds: int) -> None:
    answer = exchange(make, **call)
    assert isinstance(answer, AssumedRoleSession), answer
    assert (answer.credentials.expiration - INSTANT).total_seconds() == seconds
