"""``policies/<Name>.json``: managed policies, as ``get-account-authorization-details`` lists them or as the bare policy document."""

from __future__ import annotations

from typing import Final, Literal
from urllib.parse import unquote

from federation.account.entities import check_arn, check_name, json_files
from federation.account.faults import Faults
from federation.account.fields import Fields
from federation.account.files import Tree
from federation.account.model import IAM_PATH, POLICY_NAME, ManagedPolicy
from federation.account.settings import Settings
from federation.errors import FederationError
from federation.policy import Policy

POLICIES: Final = "policies"

PolicyKind = Literal["trust", "identity", "session", "boundary", "resource"]


def read_policies(tree: Tree, settings: Settings, faults: Faults) -> dict[str, ManagedPolicy]:
    """Read every managed policy of the account, by ARN."""
    found: dict[str, ManagedPolicy] = {}
    for file, name in json_files(tree, POLICIES, faults):
        document = tree.json(file)
        policy = None if document is None else read_policy(document, name, file=file, settings=settings, faults=faults)
        if policy is not None:
            found[policy.arn] = policy
    return found


def read_policy(document: object, name: str, *, file: str, settings: Settings, faults: Faults) -> ManagedPolicy | None:
    """Read one managed policy; None after recording its faults."""
    arn = f"arn:{settings.partition}:iam::{settings.id}:policy"
    if isinstance(document, dict) and "Statement" in document:
        policy = compile_policy(document, "identity", file=file, path="$", faults=faults)
        return None if policy is None else ManagedPolicy(arn=f"{arn}/{name}", name=name, path="/", policy=policy)
    before = len(faults)
    fields = Fields(document, file=file, faults=faults)
    check_name(fields, "PolicyName", name, POLICY_NAME.pattern)
    path = fields.text("Path", pattern=IAM_PATH) or "/"
    arn = check_arn(fields, f"{arn}{path}{name}", f"arn:{settings.partition}:iam::aws:policy{path}{name}")
    default = fields.text("DefaultVersionId")
    policy = _default_version(fields, default, file=file, faults=faults)
    fields.ignore(
        "PolicyId", "AttachmentCount", "PermissionsBoundaryUsageCount", "IsAttachable", "Description", "CreateDate", "UpdateDate", "Tags"
    )
    fields.finish()
    if policy is None or len(faults) > before:
        return None
    return ManagedPolicy(arn=arn, name=name, path=path, policy=policy)


def _default_version(fields: Fields, default: str | None, *, file: str, faults: Faults) -> Policy | None:
    versions = []
    for version in fields.objects("PolicyVersionList"):
        document, chosen = version.raw("Document"), version.raw("IsDefaultVersion") is True
        name = version.text("VersionId")
        version.ignore("CreateDate")
        version.finish()
        if chosen or (default is not None and name == default):
            versions.append((document, version.at("Document")))
    if len(versions) != 1:
        fields.fault("PolicyVersionList", "exactly one default version", str(len(versions)), "mark one version as the default")
        return None
    document, path = versions[0]
    return compile_policy(document, "identity", file=file, path=path, faults=faults)


def compile_policy(document: object, kind: PolicyKind, *, file: str, path: str, faults: Faults) -> Policy | None:
    """Compile a policy document as IAM answers with it: a JSON object, or text, percent-encoded (RFC 3986) or not."""
    if isinstance(document, str):
        document = unquote(document, errors="strict") if document[:3].upper() == "%7B" else document
    elif not isinstance(document, dict):
        faults.add(file, path, "a policy document", "nothing" if document is None else "another kind of value", "add the document")
        return None
    try:
        return Policy.stored(document, kind=kind)
    except FederationError as refusal:
        faults.add_refusal(file, path, refusal)
    except UnicodeDecodeError:
        faults.add(file, path, "percent-encoded UTF-8", "another encoding", "store the document as a JSON object")
    return None
