"""An organization of three accounts as `aws organizations` prints it: the management account, one in production, one in the sandbox."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from federation.account import Account
from federation.account.organization import OrganizationTree
from federation.account.reading.faults import Faults
from federation.account.reading.files import FileContent
from federation.account.reading.memory import MemoryFiles, MemoryTree
from federation.account.reading.organization import read_organization
from tests.support.world import ACCOUNT, OTHER

MANAGEMENT = "444455556666"
ORGANIZATION_ID = "o-exampleorgid"
ROOT_ID = "r-ab12"
PRODUCTION = "ou-ab12-11111111"
SANDBOX = "ou-ab12-22222222"
EVERYWHERE = (ROOT_ID, PRODUCTION, SANDBOX, MANAGEMENT, ACCOUNT, OTHER)
SERVICE, RESOURCE = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
FULL = {
    SERVICE: ("FullAWSAccess", {"Effect": "Allow", "Action": "*", "Resource": "*"}),
    RESOURCE: ("RCPFullAWSAccess", {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}),
}

Policies = Mapping[str, tuple[Mapping[str, Any], Sequence[str]]]
"""Name of a policy to its statement and its targets."""


def id_of(name: str) -> str:
    return f"p-{name}" if "Full" in name else f"p-example{name}"


def arn_of(type_: str, name: str) -> str:
    return f"arn:aws:organizations::{MANAGEMENT}:policy/{ORGANIZATION_ID}/{type_.lower()}/{id_of(name)}"


def answers(
    service: Policies | None = None,
    resource: Policies | None = None,
    *,
    enabled: Sequence[str] = (SERVICE, RESOURCE),
    full: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """Every answer by its file. *full* are the targets of the policies that allow everything, by type; all where it says nothing."""
    members = {ROOT_ID: [MANAGEMENT], PRODUCTION: [ACCOUNT], SANDBOX: [OTHER]}
    units = {ROOT_ID: [(PRODUCTION, "Production"), (SANDBOX, "Sandbox")], PRODUCTION: [], SANDBOX: []}
    found: dict[str, Any] = {
        "organization.json": {"Organization": {"Id": ORGANIZATION_ID, "MasterAccountId": MANAGEMENT, "FeatureSet": "ALL"}},
        "roots.json": {
            "Roots": [{"Id": ROOT_ID, "Name": "Root", "PolicyTypes": [{"Type": each, "Status": "ENABLED"} for each in enabled]}]
        },
    }
    for parent, accounts in members.items():
        found[f"accounts/{parent}.json"] = {"Accounts": [{"Id": each, "Name": each, "Status": "ACTIVE"} for each in accounts]}
        found[f"units/{parent}.json"] = {"OrganizationalUnits": [{"Id": each, "Name": name} for each, name in units[parent]]}
    for type_, policies in ((SERVICE, service or {}), (RESOURCE, resource or {})):
        name, statement = FULL[type_]
        attached = {name: (statement, (full or {}).get(type_, EVERYWHERE)), **policies}
        found[f"{type_}.json"] = {"Policies": [{"Id": id_of(each), "Name": each, "Type": type_} for each in attached]}
        for each, (document, targets) in attached.items():
            text = json.dumps({"Version": "2012-10-17", "Statement": document})
            summary = {"Id": id_of(each), "Arn": arn_of(type_, each), "Name": each, "Type": type_, "AwsManaged": each == name}
            found[f"policies/{id_of(each)}.json"] = {"Policy": {"PolicySummary": summary, "Content": text}}
            found[f"targets/{id_of(each)}.json"] = {"Targets": [{"TargetId": target} for target in targets]}
    return found


def read(found: Mapping[str, Any]) -> tuple[OrganizationTree | None, Faults]:
    faults = Faults()
    files = {f"organization/{name}": FileContent(json.dumps(each).encode(), 0o644) for name, each in found.items()}
    return read_organization(MemoryTree(MemoryFiles(files), faults), faults), faults


def organized(*args: Any, **more: Any) -> OrganizationTree:
    tree, faults = read(answers(*args, **more))
    assert tree is not None, [str(each) for each in faults]
    return tree


def write(directory: Path, found: Mapping[str, Any]) -> None:
    for name, document in found.items():
        file = directory / "organization" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(document), encoding="utf-8")


def placed(held: Account, tree: OrganizationTree) -> Account:
    return replace(held, organization=tree.place_of(held.id))
