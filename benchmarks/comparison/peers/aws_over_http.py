"""An emulator of AWS at the address of the environment: providers and roles are made by IAM calls, each token is exchanged at STS."""

import json
import os

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from running import read, tell

world = read()
saml, oidc = world["saml"], world["oidc"]
common = {"endpoint_url": os.environ["PEER_ENDPOINT"], "region_name": "us-east-1"}
iam = boto3.client("iam", aws_access_key_id=world["account"], aws_secret_access_key="test", **common)  # noqa: S106 - any
sts = boto3.client(
    "sts", config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}, parameter_validation=False), **common
)
iam.create_saml_provider(Name="Company", SAMLMetadataDocument=saml["metadata"])
iam.create_open_id_connect_provider(Url=oidc["issuer"], ClientIDList=[oidc["audience"]], ThumbprintList=["0" * 40])
for name, policy in world["policies"].items():
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(policy))


def arn(role: str) -> str:
    return f"arn:aws:iam::{world['account']}:role/{role}"


def by_saml(token: str, role: str) -> object:
    answer = sts.assume_role_with_saml(RoleArn=arn(role), PrincipalArn=saml["arn"], SAMLAssertion=token)
    return [answer["Credentials"]["AccessKeyId"][:4], answer["AssumedRoleUser"]["Arn"]]


def by_web_identity(token: str, role: str) -> object:
    answer = sts.assume_role_with_web_identity(RoleArn=arn(role), RoleSessionName="ci", WebIdentityToken=token)
    return [answer["Credentials"]["AccessKeyId"][:4], answer["AssumedRoleUser"]["Arn"]]


tell(os.environ["PEER_DISTRIBUTIONS"].split(), {"saml": by_saml, "oidc": by_web_identity}, world)
