"""An account that is changed by operations of IAM; every instant is pinned."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import botocore.session  # type: ignore[import-untyped]
import pytest
from botocore.validate import ParamValidator  # type: ignore[import-untyped]

from federation.account import init_account
from federation.account.live import LiveAccount
from federation.account.writing.credentials import NewAccessKey, create_access_key
from federation.account.writing.users import add_user
from federation.errors import FederationError
from federation.iam.service import IdentityAndAccessManagement
from federation.state import AuditSink
from tests.support.world import ACCOUNT, CALLED

MODEL = botocore.session.get_session().get_service_model("iam")
OF_THE_ROOT = {"CreateAccessKey", "GetUser"}
"""Without a user name the root calls these for itself. It is no user, and AWS's answers about it lack members that the model requires."""
AT = CALLED
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "sts:AssumeRole"}],
    }
)
READ = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]})


def check_result(operation: str, result: Mapping[str, Any] | None) -> None:
    """Require the members and types that botocore's model has for the result of *operation*."""
    shape = MODEL.operation_model(operation).output_shape
    assert (result is None) == (shape is None)
    if shape is not None:
        report = ParamValidator().validate(result, shape)
        assert not report.has_errors(), f"{operation}: {report.generate_report()}"


class Iam:
    """The service of a new account, called as its root unless a test says otherwise."""

    def __init__(self, path: Path, *, audit: AuditSink | None = None) -> None:
        self.path = init_account(path / "account", account_id=ACCOUNT)
        self.live = LiveAccount.open(self.path)
        self.service = IdentityAndAccessManagement(self.live, audit=audit)

    def __call__(self, name: str, *, caller: Any = ROOT, **arguments: Any) -> dict[str, Any]:
        answer = self.service.answer(name, arguments, caller=caller, at=AT)
        if name not in OF_THE_ROOT or caller != ROOT or "UserName" in arguments:
            check_result(name, answer.result)
        return answer.to_dict()

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
