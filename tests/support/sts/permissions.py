"""Two account directories, of a caller and of a role elsewhere, for signed calls that policies refuse."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from federation import FederationError, SecurityTokenService
from federation.explaining import fixing
from federation.explanation import Edit
from tests.support.paths import FIXTURES

MINE, THEIRS = "123456789012", "210987654321"
ROLE = f"arn:aws:iam::{MINE}:role/Deploy"
THEIR_ROLE = f"arn:aws:iam::{THEIRS}:role/Deploy"
OTHER_ROLE = f"arn:aws:iam::{MINE}:role/Admin"
ALICE = f"arn:aws:iam::{MINE}:user/alice"
SESSION = f"arn:aws:sts::{MINE}:assumed-role/Build/job"
ASSUME = "sts:AssumeRole"
Documents = Mapping[str, Any]


def document(*statements: Documents) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any = ASSUME, resource: Any = ROLE, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = ASSUME, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {**allow(action, resource, **more), "Effect": "Deny"}


def trust(principal: str, actions: Any = (ASSUME, "sts:TagSession", "sts:SetSourceIdentity"), **more: Any) -> dict[str, Any]:
    return document({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": list(actions), **more})


def inline(**documents: Documents) -> list[dict[str, Any]]:
    return [{"PolicyName": name, "PolicyDocument": each} for name, each in documents.items()]


class World:
    """Two account directories: of the caller, and of a role elsewhere."""

    def __init__(self, place: Path) -> None:
        self.mine, self.theirs = place / "mine", place / "theirs"
        root = f"arn:aws:iam::{MINE}:root"
        for directory, number in ((self.mine, MINE), (self.theirs, THEIRS)):
            self.write(directory, "account.toml", f'id = "{number}"\n')
            (directory / "keyring.json").write_bytes((FIXTURES / "account" / "keyring.json").read_bytes())
            for name in ("Deploy", "Admin"):
                self.write(directory, f"roles/{name}.json", {"RoleName": name, "AssumeRolePolicyDocument": trust(root)})
        self.write(self.mine, "users/alice.json", {"UserName": "alice"})
        self.write(self.mine, "roles/Build.json", {"RoleName": "Build", "AssumeRolePolicyDocument": trust(root)})

    def write(self, directory: Path, file: str, content: Any) -> None:
        path = directory / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=2), encoding="utf-8")

    def user(self, **members: Any) -> None:
        self.write(self.mine, "users/alice.json", {"UserName": "alice", **members})

    def call(self, operation: str = "assume_role", **call: Any) -> None:
        sts = SecurityTokenService.open(self.mine, neighbours=[self.theirs])
        assuming = {"role_arn": ROLE, "role_session_name": "job"} if operation == "assume_role" else {}
        getattr(sts, operation)(**{"caller": ALICE, **assuming, **call})

    def refused(self, operation: str = "assume_role", **call: Any) -> FederationError:
        with pytest.raises(FederationError) as caught:
            self.call(operation, **call)
        assert (caught.value.check, caught.value.code) == ("authorization", "AccessDenied")
        return caught.value

    def make(self, edit: Edit) -> None:
        """Make *edit* in the file it names, by its changes alone."""
        assert edit.applicable, edit
        directory = self.theirs if edit.place.account == THEIRS else self.mine
        path = directory / edit.place.file
        place = "$.AssumeRolePolicyDocument" if edit.place.owner == "policy" else "$"
        path.write_text(fixing.apply(path.read_text(encoding="utf-8"), edit.changes, place=place), encoding="utf-8")
