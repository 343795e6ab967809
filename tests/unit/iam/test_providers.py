"""SAML and OpenID Connect providers: created, read, changed and deleted."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from federation.account import register_jwks
from federation.testing import SigningKey
from federation.testing.oidc import OidcForge, TokenKey
from tests.support.iam import AT, Iam, allow
from tests.support.sts.saml_login import forge
from tests.support.world import ACCOUNT, GITHUB

CREATED = AT.replace(microsecond=0)
METADATA = forge().metadata().decode()
SAML_ARN = f"arn:aws:iam::{ACCOUNT}:saml-provider/Idp"
SAML = {"SAMLProviderArn": SAML_ARN}
OIDC_ARN = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"
OIDC = {"OpenIDConnectProviderArn": OIDC_ARN}
KEYS = OidcForge(key=TokenKey.generate("ES256"))
FIRST, SECOND = (SigningKey.generate(common_name=name, at=AT).private_pem().decode() for name in ("first", "second"))


@pytest.fixture
def iam(tmp_path: Path) -> Iam:
    return Iam(tmp_path)


def tags(**given: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in given.items()]


def create_saml(iam: Iam, **more: Any) -> Any:
    return iam("CreateSAMLProvider", **{"Name": "Idp", "SAMLMetadataDocument": METADATA, **more})


def create_oidc(iam: Iam, **more: Any) -> Any:
    return iam("CreateOpenIDConnectProvider", **{"Url": f"https://{GITHUB}", "ClientIDList": ["sts.amazonaws.com"], **more})


def test_a_saml_provider_is_created_and_read(iam: Iam) -> None:
    assert create_saml(iam, Tags=tags(team="blue")) == {"SAMLProviderArn": SAML_ARN, "Tags": tags(team="blue")}
    read = iam("GetSAMLProvider", **SAML)
    assert read == {
        "SAMLProviderUUID": read["SAMLProviderUUID"],
        "SAMLMetadataDocument": METADATA,
        "CreateDate": CREATED,
        "ValidUntil": datetime(2126, 11, 24, 12, 0, 30, tzinfo=UTC),
        "Tags": tags(team="blue"),
        "AssertionEncryptionMode": "Allowed",
        "PrivateKeyList": [],
    }
    assert iam("ListSAMLProviders") == {
        "SAMLProviderList": [{"Arn": SAML_ARN, "ValidUntil": read["ValidUntil"], "CreateDate": read["CreateDate"]}]
    }
    iam("DeleteSAMLProvider", **SAML)
    assert iam.refusal("GetSAMLProvider", **SAML).wire_message == f"Manifest not found for arn {SAML_ARN}"


def test_a_provider_that_is_taken(iam: Iam) -> None:
    create_saml(iam)
    create_oidc(iam)
    assert iam.refusal("CreateSAMLProvider", Name="Idp", SAMLMetadataDocument=METADATA).code == "EntityAlreadyExists"
    assert iam.refusal("CreateOpenIDConnectProvider", Url=f"https://{GITHUB}", ClientIDList=["x"]).code == "EntityAlreadyExists"


@pytest.mark.parametrize(
    ("arguments", "code", "check"),
    [
        ({"SAMLMetadataDocument": "<x/>" * 300}, "InvalidInput", "metadata"),
        ({"SAMLMetadataDocument": "short"}, "ValidationError", "saml-metadata-document"),
        ({"AddPrivateKey": "no key"}, "InvalidInput", "decryption-key"),
        ({"AssertionEncryptionMode": "Required"}, "InvalidInput", "encryption"),
        ({"Name": "a/b"}, "ValidationError", "name"),
    ],
)
def test_what_is_no_saml_provider(iam: Iam, arguments: dict[str, Any], code: str, check: str) -> None:
    refusal = iam.refusal("CreateSAMLProvider", **{"Name": "Idp", "SAMLMetadataDocument": METADATA, **arguments})
    assert refusal.code == code
    assert refusal.check.startswith(check)


def test_keys_of_a_saml_provider_roll_over(iam: Iam) -> None:
    create_saml(iam, AddPrivateKey=FIRST, AssertionEncryptionMode="Required")
    (old,) = iam("GetSAMLProvider", **SAML)["PrivateKeyList"]
    assert old["Timestamp"] == CREATED
    last = iam.refusal("UpdateSAMLProvider", **SAML, RemovePrivateKey=old["KeyId"])
    assert (last.code, last.wire_message) == ("InvalidInput", "Failed to remove private key.")
    assert iam("UpdateSAMLProvider", **SAML, AddPrivateKey=SECOND) == SAML
    assert iam.refusal("UpdateSAMLProvider", **SAML, AddPrivateKey=FIRST).wire_message == "Private key limit of 2 is reached."
    both = iam.refusal("UpdateSAMLProvider", **SAML, AddPrivateKey=FIRST, RemovePrivateKey=old["KeyId"])
    assert (both.code, both.check) == ("ValidationError", "private-key")
    iam("UpdateSAMLProvider", **SAML, RemovePrivateKey=old["KeyId"])
    assert len(iam("GetSAMLProvider", **SAML)["PrivateKeyList"]) == 1
    assert iam.refusal("UpdateSAMLProvider", **SAML, RemovePrivateKey=old["KeyId"]).code == "NoSuchEntity"
    iam("UpdateSAMLProvider", **SAML, AssertionEncryptionMode="Allowed")
    assert iam("GetSAMLProvider", **SAML)["AssertionEncryptionMode"] == "Allowed"


def test_metadata_is_replaced_by_valid_metadata(iam: Iam) -> None:
    create_saml(iam)
    bad = iam.refusal("UpdateSAMLProvider", **SAML, SAMLMetadataDocument="<x/>" * 300)
    assert (bad.code, bad.wire_message) == ("InvalidInput", "Could not parse metadata")
    required = iam.refusal("UpdateSAMLProvider", **SAML, AssertionEncryptionMode="Required")
    assert required.wire_message == "Failed to set assertion encryption mode to Required because no private key is present."
    assert iam.refusal("UpdateSAMLProvider", **SAML).check == "update"
    other = METADATA.replace("\n", "\n\n")
    iam("UpdateSAMLProvider", **SAML, SAMLMetadataDocument=f"<!-- new -->{other}" if not other.startswith("<?xml") else other + "\n")
    assert iam("GetSAMLProvider", **SAML)["SAMLMetadataDocument"] != METADATA


def test_an_openid_connect_provider_is_created_and_read(iam: Iam) -> None:
    made = create_oidc(iam, ThumbprintList=["F" * 40], Tags=tags(team="blue"), ClientIDList=["a", "b", "a"])
    assert made == {"OpenIDConnectProviderArn": OIDC_ARN, "Tags": tags(team="blue")}
    assert iam("GetOpenIDConnectProvider", **OIDC) == {
        "Url": GITHUB,
        "ClientIDList": ["a", "b"],
        "ThumbprintList": ["f" * 40],
        "CreateDate": CREATED,
        "Tags": tags(team="blue"),
    }
    assert iam("ListOpenIDConnectProviders") == {"OpenIDConnectProviderList": [{"Arn": OIDC_ARN}]}
    for _ in range(2):
        iam("DeleteOpenIDConnectProvider", **OIDC)
    assert iam.refusal("GetOpenIDConnectProvider", **OIDC).wire_message == f"OpenIDConnect Provider not found for arn {OIDC_ARN}"


@pytest.mark.parametrize(
    ("arguments", "code", "check"),
    [
        ({"Url": "http://issuer.example.com"}, "ValidationError", "url"),
        ({"Url": "https://issuer.example.com?x=1"}, "ValidationError", "url"),
        ({"ThumbprintList": ["f" * 40] * 6}, "InvalidInput", "thumbprints"),
        ({"ThumbprintList": ["ü" * 40]}, "InvalidInput", "thumbprints"),
        ({"ClientIDList": [f"c{number}" for number in range(101)]}, "LimitExceeded", "quota"),
    ],
)
def test_what_is_no_openid_connect_provider(iam: Iam, arguments: dict[str, Any], code: str, check: str) -> None:
    refusal = iam.refusal("CreateOpenIDConnectProvider", **{"Url": f"https://{GITHUB}", "ClientIDList": ["a"], **arguments})
    assert (refusal.code, refusal.check) == (code, check)


def test_client_ids_and_thumbprints(iam: Iam) -> None:
    create_oidc(iam, ClientIDList=["a"])
    iam("AddClientIDToOpenIDConnectProvider", **OIDC, ClientID="b")
    for client_id in ("a", "absent", "b"):
        iam("RemoveClientIDFromOpenIDConnectProvider", **OIDC, ClientID=client_id)
    assert iam("GetOpenIDConnectProvider", **OIDC)["ClientIDList"] == []
    iam("AddClientIDToOpenIDConnectProvider", **OIDC, ClientID="c")
    assert iam("GetOpenIDConnectProvider", **OIDC)["ClientIDList"] == ["c"]
    iam("UpdateOpenIDConnectProviderThumbprint", **OIDC, ThumbprintList=["e" * 40])
    assert iam("GetOpenIDConnectProvider", **OIDC)["ThumbprintList"] == ["e" * 40]
    none = iam.refusal("UpdateOpenIDConnectProviderThumbprint", **OIDC, ThumbprintList=[])
    assert (none.code, none.wire_message) == ("InvalidInput", "Thumbprint list must contain at least one entry.")


def test_a_provider_that_is_built_into_aws_has_an_arn_in_iam(iam: Iam) -> None:
    arn = create_oidc(iam, Url="https://accounts.google.com")["OpenIDConnectProviderArn"]
    assert arn == f"arn:aws:iam::{ACCOUNT}:oidc-provider/accounts.google.com"
    assert iam("GetOpenIDConnectProvider", OpenIDConnectProviderArn=arn)["Url"] == "accounts.google.com"
    assert iam("ListOpenIDConnectProviders")["OpenIDConnectProviderList"] == [{"Arn": arn}]


def test_keys_come_later(iam: Iam) -> None:
    create_oidc(iam)
    provider = iam.live.account.oidc_providers[OIDC_ARN]
    assert not provider.keys.registered
    with iam.live.changing() as draft:
        register_jwks(draft, url=provider.url, jwks=json.dumps(KEYS.jwks()))
    assert iam.live.account.oidc_providers[OIDC_ARN].keys.registered


@pytest.mark.parametrize("kind", ["SAMLProvider", "OpenIDConnectProvider"])
def test_tags(iam: Iam, kind: str) -> None:
    create_saml(iam)
    create_oidc(iam)
    which = SAML if kind == "SAMLProvider" else OIDC
    iam(f"Tag{kind}", **which, Tags=tags(team="blue", stage="test"))
    first = iam(f"List{kind}Tags", **which, MaxItems=1)
    assert (first["Tags"], first["IsTruncated"]) == (tags(stage="test"), True)
    assert iam(f"List{kind}Tags", **which, Marker=first["Marker"])["Tags"] == tags(team="blue")
    iam(f"Untag{kind}", **which, TagKeys=["STAGE"])
    assert iam(f"Get{kind}", **which)["Tags"] == tags(team="blue")
    caller = iam.user("Bob", allow(f"iam:Untag{kind}", Condition={"StringEquals": {"aws:ResourceTag/team": "blue"}}))
    iam(f"Untag{kind}", caller=caller, **which, TagKeys=["team"])
    assert iam.refusal(f"Untag{kind}", caller=caller, **which, TagKeys=["team"]).check == "authorization"


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("GetSAMLProvider", {"SAMLProviderArn": OIDC_ARN}),
        ("DeleteSAMLProvider", {"SAMLProviderArn": "arn:aws:iam::1:saml-provider/x"}),
        ("GetOpenIDConnectProvider", {"OpenIDConnectProviderArn": SAML_ARN}),
        ("DeleteOpenIDConnectProvider", {"OpenIDConnectProviderArn": "x" * 30}),
    ],
)
def test_what_is_no_arn_of_a_provider(iam: Iam, operation: str, arguments: dict[str, str]) -> None:
    refusal = iam.refusal(operation, **arguments)
    assert (refusal.code, refusal.check) == ("InvalidInput", "provider-arn")


@pytest.mark.parametrize("operation", ["UpdateSAMLProvider", "DeleteSAMLProvider", "ListSAMLProviderTags"])
def test_a_saml_provider_that_is_absent(iam: Iam, operation: str) -> None:
    more = {"AssertionEncryptionMode": "Allowed"} if operation == "UpdateSAMLProvider" else {}
    assert iam.refusal(operation, **SAML, **more).code == "NoSuchEntity"
