"""An account that is changed by operations of IAM; every instant is pinned."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from federation.account import init_account
from federation.account.live import LiveAccount
from federation.account.writing.credentials import NewAccessKey, create_access_key
from federation.account.writing.users import add_user
from federation.errors import FederationError
from federation.iam.service import IdentityAndAccessManagement
from federation.state import AuditSink
from tests.support.world import ACCOUNT, CALLED

AT = CALLED
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "sts:AssumeRole"}],
    }
)
READ = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]})


class Iam:
    """The service of a new account, called as its root unless a test says otherwise."""

    def __init__(self, path: Path, *, audit: AuditSink | None = None) -> None:
        self.path = init_account(path / "account", account_id=ACCOUNT)
        self.live = LiveAccount.open(self.path)
        self.service = IdentityAndAccessManagement(self.live, audit=audit)

    def __call__(self, name: str, *, caller: Any = ROOT, **arguments: Any) -> dict[str, Any]:
        return self.service.answer(name, arguments, caller=caller, at=AT).to_dict()

    def refusal(self, name: str, *, caller: Any = ROOT, **arguments: Any) -> FederationError:
        """The refusal of a call, which must leave no trace on disk."""
        before = self.files()
        with pytest.raises(FederationError) as caught:
            self(name, caller=caller, **arguments)
        assert self.files() == before
        return caught.value

    def files(self) -> Mapping[str, bytes]:
        """Every file of the account directory, hidden ones too."""
        return {str(each.relative_to(self.path)): each.read_bytes() for each in self.path.rglob("*") if each.is_file()}

    def key(self, user: str) -> NewAccessKey:
        """Add an access key of a user."""
        with self.live.changing() as draft:
            return create_access_key(draft, user=user)

    def user(self, name: str, *statements: Mapping[str, Any]) -> str:
        """Add a user with an inline policy and return the ARN."""
        policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)}) if statements else None
        with self.live.changing() as draft:
            return add_user(draft, name=name, policy=policy)


def allow(*actions: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}
