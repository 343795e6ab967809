"""A directory of accounts, each with a SAML provider, a user with a key, and a role for both and for another account."""

import json
from pathlib import Path
from typing import Any

from federation.account import init_account
from federation.account.access_key_id import LONG_TERM, access_key_id
from federation.account.writing.draft import drafting
from federation.account.writing.roles import add_role
from federation.testing import to_base64
from tests.support.sts import saml_login
from tests.support.world import SECRET

EVERYTHING = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


def key_of(account: str) -> str:
    return access_key_id(account, b"\1\2\3\4\5", prefix=LONG_TERM)


def put(file: Path, document: Any, *, mode: int = 0o644) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document), encoding="utf-8")
    file.chmod(mode)


def fill(root: Path, account: str, *, trusts: str) -> None:
    """Write an account with a SAML provider, a user with a key, and a role that trusts both the provider and the account *trusts*."""
    root.mkdir(parents=True, exist_ok=True)
    directory = init_account(root / account, account_id=account)
    provider = directory / "saml-providers" / "Example" / "metadata.xml"
    provider.parent.mkdir(parents=True)
    provider.write_bytes(saml_login.forge().metadata())
    statements = [
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{account}:saml-provider/Example"},
            "Action": list(saml_login.ALL_ACTIONS),
        },
        {"Effect": "Allow", "Principal": {"AWS": trusts}, "Action": "sts:AssumeRole"},
    ]
    with drafting(directory) as draft:
        add_role(draft, name="Portal", trust_policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))
    put(directory / "users" / "Admin.json", {"UserName": "Admin", "UserPolicyList": [{"PolicyName": "All", "PolicyDocument": EVERYTHING}]})
    give_key(directory, key_of(account))


def give_key(directory: Path, key: str) -> None:
    document = {"AccessKey": {"UserName": "Admin", "AccessKeyId": key, "Status": "Active", "SecretAccessKey": SECRET}}
    put(directory / "access-keys" / f"{key}.json", document, mode=0o600)


def assertion(account: str, **changes: Any) -> str:
    """A login to the role of *account*; *changes* are those of `saml_login.login`."""
    pair = f"arn:aws:iam::{account}:role/Portal,arn:aws:iam::{account}:saml-provider/Example"
    attributes = {**saml_login.attributes(), f"{saml_login.PREFIX}Role": [pair]}
    made = saml_login.login(attributes=attributes, **changes)
    return to_base64(saml_login.forge().response(made, sign="assertion"))
