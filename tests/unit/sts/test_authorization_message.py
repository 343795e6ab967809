"""Encoded authorization messages: the documented example to the letter, and one refusal for every damage."""

import json
import re
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.account.reading.keyring import Keyring
from federation.errors import InvalidAuthorizationMessageException
from federation.policy import Policy, Principal, RequestContext
from federation.sts.authorization.message import AuthorizationContext, MatchedStatement, RequestPrincipal, decode, encode
from federation.sts.sessions.sealing import Sealer
from tests.support.world import KEYRING

RING = KEYRING
SEALER = Sealer(RING, "111122223333")

# The request of the STS API reference's example of DecodeAuthorizationMessage.
CONDITIONS = {
    "ec2:MetadataHttpPutResponseHopLimit": ["2"],
    "ec2:InstanceMarketType": ["on-demand"],
    "aws:Resource": ["instance/*"],
    "aws:Account": ["111122223333"],
    "ec2:AvailabilityZone": ["us-east-1f"],
    "ec2:ebsOptimized": ["false"],
    "ec2:IsLaunchTemplateResource": ["false"],
    "ec2:InstanceType": ["t2.micro"],
    "ec2:RootDeviceType": ["ebs"],
    "aws:Region": ["us-east-1"],
    "ec2:MetadataHttpEndpoint": ["enabled"],
    "aws:Service": ["ec2"],
    "ec2:InstanceID": ["*"],
    "ec2:MetadataHttpTokens": ["required"],
    "aws:Type": ["instance"],
    "ec2:Tenancy": ["default"],
    "ec2:Region": ["us-east-1"],
    "aws:ARN": ["arn:aws:ec2:us-east-1:111122223333:instance/*"],
}
EXAMPLE = AuthorizationContext(
    principal=RequestPrincipal(id="AROA123456789EXAMPLE:Ana", arn="arn:aws:sts::111122223333:assumed-role/Developer/Ana"),
    action="RunInstances",
    resource="arn:aws:ec2:us-east-1:111122223333:instance/*",
    conditions=CONDITIONS,
    matched_statements=[
        MatchedStatement("VisualEditor0", "DENY", principals=["AROA123456789EXAMPLE"], actions=["ec2:RunInstances"], resources=["*"])
    ],
)


def item(key: str, value: str) -> str:
    return f'{{"key":"{key}","values":{{"items":[{{"value":"{value}"}}]}}}}'


DOCUMENTED = (
    '{"allowed":false,"explicitDeny":true,"matchedStatements":{"items":[{"statementId":"VisualEditor0","effect":"DENY",'
    '"principals":{"items":[{"value":"AROA123456789EXAMPLE"}]},"principalGroups":{"items":[]},'
    '"actions":{"items":[{"value":"ec2:RunInstances"}]},"resources":{"items":[{"value":"*"}]},"conditions":{"items":[]}}]},'
    '"failures":{"items":[]},"context":{"principal":{"id":"AROA123456789EXAMPLE:Ana",'
    '"arn":"arn:aws:sts::111122223333:assumed-role/Developer/Ana"},"action":"RunInstances",'
    '"resource":"arn:aws:ec2:us-east-1:111122223333:instance/*","conditions":{"items":['
    + ",".join(item(key, value) for key, (value,) in CONDITIONS.items())
    + "]}}}"
)


def refusal(message: object, sealer: Sealer = SEALER) -> InvalidAuthorizationMessageException:
    with pytest.raises(InvalidAuthorizationMessageException) as caught:
        decode(message, sealer)
    return caught.value


def test_the_documented_example_decodes_to_the_documented_text() -> None:
    message = encode(EXAMPLE, SEALER)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,10240}", message)
    assert decode(message, SEALER) == DOCUMENTED


def test_a_request_of_the_documented_content_denied_here_reads_as_documented() -> None:
    policy = Policy.parse(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"},
                {"Sid": "VisualEditor0", "Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*"},
            ],
        },
        kind="identity",
    )
    request = RequestContext(
        principal=Principal.aws(EXAMPLE.principal.arn),
        action="ec2:RunInstances",
        resource=EXAMPLE.resource,
        keys={key: value for key, (value,) in CONDITIONS.items()},
    )
    context = AuthorizationContext.of([policy.evaluate(request)], request=request, principal=EXAMPLE.principal, action="RunInstances")
    assert decode(encode(context, SEALER), SEALER) == DOCUMENTED


def test_what_silence_refuses_matches_nothing() -> None:
    policy = Policy.parse(
        {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}},
        kind="identity",
    )
    request = RequestContext(principal=Principal.aws(EXAMPLE.principal.arn), action="sts:AssumeRole", keys={"aws:TagKeys": ["a"]})
    context = AuthorizationContext.of([policy.evaluate(request)], request=request, principal=EXAMPLE.principal)
    assert (context.explicit_deny, context.action, list(context.matched_statements)) == (False, "sts:AssumeRole", [])
    assert context.conditions == {"aws:TagKeys": ("a",)}


def test_silence_is_no_explicit_deny_and_a_user_has_a_name() -> None:
    context = AuthorizationContext(
        principal=RequestPrincipal(id="AIDACKCEVSQ6C2EXAMPLE", arn="arn:aws:iam::123456789012:user/bob", name="bob"),
        action="sts:AssumeRole",
        resource=None,
        conditions={"aws:TagKeys": ["a", "b"]},
    )
    decoded = json.loads(decode(encode(context, SEALER), SEALER))
    assert decoded["explicitDeny"] is False
    assert decoded["matchedStatements"] == {"items": []}
    assert list(decoded["context"]["principal"]) == ["id", "name", "arn"]
    assert list(decoded["context"]) == ["principal", "action", "conditions"]
    assert decoded["context"]["conditions"]["items"] == [{"key": "aws:TagKeys", "values": {"items": [{"value": "a"}, {"value": "b"}]}}]


def test_conditions_of_a_statement_are_told_too() -> None:
    statement = MatchedStatement("", "ALLOW", conditions={"aws:RequestedRegion": ["eu-central-1"]})
    assert statement.as_dict()["conditions"] == {
        "items": [{"key": "aws:RequestedRegion", "values": {"items": [{"value": "eu-central-1"}]}}]
    }


@given(st.integers(0, 10_000), st.characters(codec="ascii"))
def test_every_damage_is_one_refusal(position: int, character: str) -> None:
    message = encode(EXAMPLE, SEALER)
    position %= len(message)
    damaged = message[:position] + character + message[position + 1 :]
    if damaged != message:
        told = refusal(damaged)
        assert (told.check, told.message) == ("authorization-message", "Message is not valid")
        assert str(told) == str(refusal("x"))


@pytest.mark.parametrize(
    "message", [None, 7, b"abc", "", "=", "x", "ü", "\ud800", " ", "A" * 10_240, "A" * 10_241, "A" * 5_000_000, [], {"a": 1}]
)
def test_garbage_is_the_same_refusal(message: object) -> None:
    assert str(refusal(message)) == str(refusal("x"))


def test_cut_padded_and_respelt_messages_are_refused() -> None:
    message = encode(EXAMPLE, SEALER)
    plain = message.replace("-", "+").replace("_", "/")
    for other in (message[:-1], message[1:], message + "=", message + "\n", message + message, *([plain] if plain != message else [])):
        refusal(other)


def test_a_message_is_bound_to_account_keyring_and_purpose() -> None:
    message = encode(EXAMPLE, SEALER)
    refusal(message, Sealer(RING, "123456789012"))
    refusal(message, Sealer(Keyring(sealing="k1", keys=MappingProxyType({"k1": bytes(32)})), "111122223333"))
    refusal(message, Sealer(Keyring(sealing="k2", keys=MappingProxyType({"k2": bytes(range(32))})), "111122223333"))
    session = SEALER.seal(DOCUMENTED.encode(), kind=b"R").token
    refusal(session.replace("+", "-").replace("/", "_").rstrip("="))


def test_an_older_key_of_the_ring_still_opens() -> None:
    message = encode(EXAMPLE, SEALER)
    rotated = Keyring(sealing="k2", keys=MappingProxyType({"k1": bytes(range(32)), "k2": bytes(32)}))
    assert decode(message, Sealer(rotated, "111122223333")) == DOCUMENTED


def test_a_context_too_large_is_refused_whole() -> None:
    large = AuthorizationContext(EXAMPLE.principal, "a", None, {f"k{i}": ["v" * 100] for i in range(100)})
    with pytest.raises(InvalidAuthorizationMessageException) as caught:
        encode(large, SEALER)
    assert caught.value.check == "authorization-message-size"


def test_a_lone_surrogate_in_a_value_stays_json() -> None:
    context = AuthorizationContext(EXAMPLE.principal, "a", None, {"k": ["\ud800ü"]})
    assert json.loads(decode(encode(context, SEALER), SEALER))["context"]["conditions"]["items"][0]["values"]["items"] == [
        {"value": "\ud800ü"}
    ]
