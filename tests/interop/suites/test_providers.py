"""Identity providers, and refusals, as observed of AWS in the first half of 2026; then logins by what IAM's calls have made."""

import json
from itertools import count
from typing import Any

import pytest

from tests.support.iam_journey import METADATA
from tests.support.in_process import InProcess, Refused, members, refused
from tests.support.world import ACCOUNT, GITHUB

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")
OIDC, SAML = f"arn:aws:iam::{ACCOUNT}:oidc-provider", f"arn:aws:iam::{ACCOUNT}:saml-provider"
PRINT = "b" * 40
numbers = count(1)


@pytest.fixture
def iam(aws: InProcess) -> Any:
    return aws.iam


@pytest.fixture
def host(iam: Any) -> str:
    """The host of a new OpenID Connect provider."""
    name = f"oidc-{next(numbers)}.example.com"
    iam.create_open_id_connect_provider(Url=f"https://{name}", ClientIDList=["client-id-1"], ThumbprintList=[PRINT])
    return name


@pytest.mark.parametrize(
    ("more", "path"), [({"ThumbprintList": []}, ""), ({"ClientIDList": ["b"], "ThumbprintList": [PRINT]}, "/org"), ({}, "/a/b")]
)
def test_an_openid_connect_provider(iam: Any, more: dict[str, Any], path: str) -> None:
    name = f"oidc-{next(numbers)}.example.com{path}"
    arn = iam.create_open_id_connect_provider(Url=f"https://{name}", **more)["OpenIDConnectProviderArn"]
    assert arn == f"{OIDC}/{name}"
    found = members(iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn))
    assert found.keys() == {"Url", "ClientIDList", "ThumbprintList", "CreateDate", "Tags"}
    assert (found["Url"], found["ClientIDList"], found["Tags"]) == (name, more.get("ClientIDList", []), [])
    assert {"Arn": arn} in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]


def test_an_openid_connect_provider_that_is_there(iam: Any, host: str) -> None:
    assert refused(iam, "create_open_id_connect_provider", Url=f"https://{host}", ThumbprintList=[PRINT]) == Refused(
        "EntityAlreadyExists", 409, f"Provider with url https://{host} already exists."
    )


BAD_PROVIDERS = {
    "url": ({"Url": "example.org"}, Refused("ValidationError", 400, "Invalid Open ID Connect Provider URL")),
    "thumbprints": (
        {"Url": "https://new.example.com", "ThumbprintList": [letter * 40 for letter in "abcdef"]},
        Refused("InvalidInput", 400, "Thumbprint list must contain fewer than 5 entries."),
    ),
    "client ids": (
        {"Url": "https://new.example.com", "ClientIDList": [f"c-{number}" for number in range(101)]},
        Refused("LimitExceeded", 409, "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100"),
    ),
    "lengths": (
        {"Url": "https://new.example.com", "ClientIDList": ["c" * 256]},
        Refused(
            "ValidationError",
            400,
            "1 validation error detected: Value at 'clientIDList' failed to satisfy constraint: Member must satisfy constraint: "
            "[Member must have length less than or equal to 255, Member must have length greater than or equal to 1]",
        ),
    ),
    "length of a thumbprint": (
        {"Url": "https://new.example.com", "ThumbprintList": ["b" * 41]},
        Refused(
            "ValidationError",
            400,
            "1 validation error detected: Value at 'thumbprintList' failed to satisfy constraint: Member must satisfy constraint: "
            "[Member must have length less than or equal to 40, Member must have length greater than or equal to 40]",
        ),
    ),
}


@pytest.mark.parametrize(("given", "told"), BAD_PROVIDERS.values(), ids=BAD_PROVIDERS)
def test_an_openid_connect_provider_that_is_none(iam: Any, given: dict[str, Any], told: Refused) -> None:
    assert refused(iam, "create_open_id_connect_provider", **{"ThumbprintList": [PRINT], **given}) == told
    assert refused(iam, "get_open_id_connect_provider", OpenIDConnectProviderArn=f"{OIDC}/new.example.com") == Refused(
        "NoSuchEntity", 404, f"OpenIDConnect Provider not found for arn {OIDC}/new.example.com"
    )


def test_an_openid_connect_provider_is_changed(iam: Any, host: str) -> None:
    named = {"OpenIDConnectProviderArn": f"{OIDC}/{host}"}
    iam.update_open_id_connect_provider_thumbprint(**named, ThumbprintList=["c" * 40, "d" * 40])
    for _ in range(2):
        iam.add_client_id_to_open_id_connect_provider(**named, ClientID="client-id-2")
        iam.remove_client_id_from_open_id_connect_provider(**named, ClientID="client-id-1")
    found = iam.get_open_id_connect_provider(**named)
    assert (found["ClientIDList"], found["ThumbprintList"]) == (["client-id-2"], ["c" * 40, "d" * 40])
    iam.tag_open_id_connect_provider(**named, Tags=[{"Key": "k1", "Value": "v1"}, {"Key": "k2", "Value": "v2"}])
    iam.untag_open_id_connect_provider(**named, TagKeys=["k2"])
    assert members(iam.list_open_id_connect_provider_tags(**named)) == {"Tags": [{"Key": "k1", "Value": "v1"}], "IsTruncated": False}
    iam.delete_open_id_connect_provider(**named)
    assert refused(iam, "get_open_id_connect_provider", **named).code == "NoSuchEntity"


def test_a_saml_provider(iam: Any) -> None:
    arn = iam.create_saml_provider(Name="suite", SAMLMetadataDocument=METADATA)["SAMLProviderArn"]
    assert arn == f"{SAML}/suite"
    found = members(iam.get_saml_provider(SAMLProviderArn=arn))
    assert found.keys() == {
        "SAMLProviderUUID",
        "SAMLMetadataDocument",
        "CreateDate",
        "ValidUntil",
        "Tags",
        "AssertionEncryptionMode",
        "PrivateKeyList",
    }
    assert (found["SAMLMetadataDocument"], found["Tags"], found["AssertionEncryptionMode"]) == (METADATA, [], "Allowed")
    [listed] = iam.list_saml_providers()["SAMLProviderList"]
    assert listed == {"Arn": arn, "ValidUntil": found["ValidUntil"], "CreateDate": found["CreateDate"]}
    assert members(iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=METADATA)) == {"SAMLProviderArn": arn}
    assert refused(iam, "create_saml_provider", Name="suite", SAMLMetadataDocument=METADATA).code == "EntityAlreadyExists"
    iam.delete_saml_provider(SAMLProviderArn=arn)
    for operation in ("get_saml_provider", "delete_saml_provider"):
        assert refused(iam, operation, SAMLProviderArn=f"{SAML}/NonExistentProvider") == Refused(
            "NoSuchEntity", 404, f"Manifest not found for arn {SAML}/NonExistentProvider"
        )


@pytest.mark.parametrize("document", ["<a/>" * 300, "no metadata " * 100])
def test_metadata_that_is_none(iam: Any, document: str) -> None:
    told = refused(iam, "create_saml_provider", Name="none", SAMLMetadataDocument=document)
    assert (told.code, told.message) == ("InvalidInput", "Could not parse metadata")
    assert f"{SAML}/none" not in {each["Arn"] for each in iam.list_saml_providers()["SAMLProviderList"]}


def test_a_role_is_assumed_from_the_moment_it_is_made_to_that_at_which_it_is_deleted(aws: InProcess, iam: Any) -> None:
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": aws.admin}, "Action": "sts:AssumeRole"}]}
    call = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/flow", "RoleSessionName": "job-7"}
    assert refused(aws.sts, "assume_role", **call).code == "AccessDenied"
    role = iam.create_role(RoleName="flow", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    session = aws.sts.assume_role(**call)
    assert session["AssumedRoleUser"]["AssumedRoleId"] == f"{role['RoleId']}:job-7"
    assert aws.client_of("sts", session["Credentials"]).get_caller_identity()["Arn"] == session["AssumedRoleUser"]["Arn"]
    iam.delete_role(RoleName="flow")
    assert refused(aws.sts, "assume_role", **call).code == "AccessDenied"


def test_a_token_of_a_provider_without_keys_cannot_be_proved(aws: InProcess, iam: Any) -> None:
    """IAM fetches no keys here, so that the provider of a test's own issuer has none until it is given some."""
    arn = iam.create_open_id_connect_provider(Url=f"https://{GITHUB}", ClientIDList=["sts.amazonaws.com"])["OpenIDConnectProviderArn"]
    statement = {"Effect": "Allow", "Principal": {"Federated": arn}, "Action": "sts:AssumeRoleWithWebIdentity"}
    condition = {"StringEquals": {f"{GITHUB}:sub": "repo:acme/app:ref:refs/heads/main", f"{GITHUB}:aud": "sts.amazonaws.com"}}
    trust = {"Version": "2012-10-17", "Statement": [{**statement, "Condition": condition}]}
    role = iam.create_role(RoleName="github", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    token = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJodHRwczovL3Rva2VuLmFjdGlvbnMuZ2l0aHVidXNlcmNvbnRlbnQuY29tIn0.c2ln"
    told = refused(aws.client("sts"), "assume_role_with_web_identity", RoleArn=role, RoleSessionName="job-7", WebIdentityToken=token)
    assert (told.code, told.status) == ("IDPCommunicationError", 400)
