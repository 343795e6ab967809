"""What a record says of a login is read strictly; a record that contradicts itself, or has another form, is refused as such."""

import json
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest

from federation.errors import ValidationError
from federation.evidence.cloudtrail.login_record import read_record
from federation.identity import SessionTag
from tests.support.events import GITHUB_PROVIDER, GITHUB_ROLE, event, login, octets
from tests.support.world import SAML_PROVIDER, SAML_ROLE


def test_a_refused_login_says_whom_the_token_proved() -> None:
    found = login()
    assert (found.role_arn, found.provider, found.audience) == (GITHUB_ROLE, GITHUB_PROVIDER, "sts.amazonaws.com")
    assert found.subject == "repo:octo-org/octo-repo:environment:production"
    assert (found.granted, found.refused_by_policy, found.error_code) == (False, True, "AccessDenied")
    assert found.time == datetime(2026, 11, 24, 12, 3, tzinfo=UTC)
    assert (found.session_name, found.duration, found.source_ip) == ("GitHubActions", 3600, "203.0.113.17")
    assert (found.verified_by, found.tls_host, found.region) == ("IAMTrustStore", "sts.us-east-1.amazonaws.com", "us-east-1")
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - made here


def test_a_granted_saml_login() -> None:
    found = login("saml")
    assert (found.role_arn, found.provider, found.subject) == (SAML_ROLE, SAML_PROVIDER, "alice@example.com")
    assert (found.audience, found.issuer) == ("https://signin.aws.amazon.com/saml", "https://integ.example.com/idp/shibboleth")
    assert (found.subject_type, found.assertion_id) == ("persistent", "_e2a1c4f05b7d4f8c9a3b")
    assert found.name_qualifier == "h+wxl3tEgK1s2mVZeB/3Iu3VyiM="
    assert json.loads(json.dumps(found.as_dict()))["time"] == "2026-11-24T12:02:00Z"


def test_what_the_token_asked_for() -> None:
    asked = {
        **event()["requestParameters"],
        "sourceIdentity": "alice",
        "principalTags": {"team": "blue"},
        "transitiveTagKeys": ["team"],
        "policyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
        "durationSeconds": "900",
    }
    found = login(requestParameters=asked, additionalEventData={"RoleAuthorizedByIdp": "true"}, vpcEndpointId="vpce-1")
    assert (found.tags, found.transitive_tag_keys) == ((SessionTag("team", "blue"),), ("team",))
    assert (found.source_identity, found.duration, found.authorized_by_idp) == ("alice", 900, True)
    assert (found.policy_arns, found.vpc_endpoint) == (("arn:aws:iam::aws:policy/ReadOnlyAccess",), "vpce-1")


def test_a_record_without_parameters_has_its_role_among_the_resources() -> None:
    assert login(requestParameters=None).role_arn == GITHUB_ROLE


def test_an_event_of_lookup_events_holds_the_record_as_text() -> None:
    assert read_record(octets({"EventId": "x", "CloudTrailEvent": json.dumps(event())})) == login()


@pytest.mark.parametrize("members", [{"eventName": "AssumeRole"}, {"eventSource": "s3.amazonaws.com"}, {"eventName": None}])
def test_another_event_is_no_login(members: dict[str, Any]) -> None:
    assert read_record(octets(event(**members))) is None


AUDIENCE_UNKNOWN = {"type": "WebIdentityUser", "userName": "s", "identityProvider": GITHUB_PROVIDER, "principalId": "something else"}


def test_an_audience_that_cannot_be_told_apart_is_not_known() -> None:
    assert login(userIdentity=AUDIENCE_UNKNOWN).audience is None
    assert login(userIdentity={**AUDIENCE_UNKNOWN, "principalId": f"{GITHUB_PROVIDER}:a:b:s"}).audience == "a:b"


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"eventTime": "yesterday"}, "CloudTrail writes it"),
        ({"eventTime": "2026-11-24T12:00:00"}, "eventTime is ISO 8601"),
        ({"eventTime": None}, "eventTime is ISO 8601"),
        ({"userIdentity": "alice"}, "userIdentity is an object"),
        ({"userAgent": "x" * 9_000}, "userAgent is a text of at most"),
        ({"requestParameters": {"roleArn": 5}}, "roleArn is a text"),
        ({"requestParameters": None, "resources": None}, "names role and provider"),
        ({"requestParameters": {"roleArn": GITHUB_ROLE, "durationSeconds": True}}, "durationSeconds is a whole number"),
        ({"requestParameters": {"roleArn": GITHUB_ROLE, "principalTags": {"a": 1}}}, "principalTags is an object"),
        ({"requestParameters": {"roleArn": GITHUB_ROLE, "principalTags": [{"key": "a"}]}}, "principalTags is an object"),
        ({"requestParameters": {"roleArn": GITHUB_ROLE, "transitiveTagKeys": "a"}}, "transitiveTagKeys is a list"),
        ({"requestParameters": {"roleArn": GITHUB_ROLE, "policyArns": [{}]}}, "policyArns is a list of texts"),
        ({"responseElements": {"subjectFromWebIdentityToken": "somebody else"}}, "the subject once, or twice alike"),
        ({"responseElements": {"audience": "another"}}, "the audience once, or twice alike"),
        ({"responseElements": {"provider": "accounts.google.com"}}, "the provider once, or twice alike"),
    ],
)
def test_a_record_of_another_form_is_refused(members: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read_record(octets(event(**members)))
    assert caught.value.check == "cloudtrail-record"
    assert expected in caught.value.expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'{"eventSource": "a", "eventSource": "sts.amazonaws.com"}', "names each member once"),
        (b'{"eventSource": NaN}', "one JSON object"),
        (b'{"a": "\\ud800"}', "Unicode"),
        (b"\xff", "UTF-8"),
        (b"[]", "one JSON object"),
        (b'{"CloudTrailEvent": "{"}', "one JSON object"),
    ],
)
def test_a_record_that_is_no_strict_json_is_refused(text: bytes, expected: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read_record(text)
    assert caught.value.check == "cloudtrail-record"
    assert expected in caught.value.expected
