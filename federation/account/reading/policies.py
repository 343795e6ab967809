"""Reading of ``policies/<Name>.json``: managed policies in the form of ``get-account-authorization-details``, or policy documents.

Managed policies of AWS are in ``policies/aws/<Name>.json``, because policies of the account may have the same names.
"""

from __future__ import annotations

from typing import Final, Literal
from urllib.parse import unquote

from federation.account.model import IAM_PATH, ManagedPolicy
from federation.account.reading.entities import JSON, POLICY, check_arn, check_name, json_files, unwrapped
from federation.account.reading.faults import Faults
from federation.account.reading.fields import Fields
from federation.account.reading.files import Tree
from federation.account.reading.names import file_name
from federation.account.reading.settings import Settings
from federation.errors import FederationError, show
from federation.policy import Policy

AWS_DIRECTORY: Final = "aws"
AWS_POLICIES: Final = f"{POLICY.directory}/{AWS_DIRECTORY}"
"""Directory of the managed policies of AWS. A file among those of the account whose ``Arn`` is that of an AWS policy is also read."""

PolicyKind = Literal["trust", "identity", "session", "boundary", "resource"]


def read_policies(tree: Tree, settings: Settings, faults: Faults) -> dict[str, ManagedPolicy]:
    """Return every managed policy of the account by ARN."""
    found: dict[str, ManagedPolicy] = {}
    below = frozenset({AWS_DIRECTORY})
    for file, name in (*json_files(tree, POLICY.directory, faults, below=below), *json_files(tree, AWS_POLICIES, faults)):
        document = tree.json(file)
        policy = None if document is None else read_policy(document, name, file=file, settings=settings, faults=faults)
        if policy is None:
            continue
        if policy.arn in found:
            faults.add(file, "", "one file for each policy", f"{show(policy.arn)} in {found[policy.arn].file}, too", "remove one of them")
        found[policy.arn] = policy
    return found


def policy_file(arn: str, name: str) -> str:
    """Return the path of the file of the managed policy with this ARN and name."""
    return f"{AWS_POLICIES}/{file_name(name, JSON)}" if is_aws_managed(arn) else POLICY.file_of(name)


def is_aws_managed(arn: str) -> bool:
    """Return whether *arn* is the ARN of a managed policy of AWS."""
    return arn.partition(":iam::")[2].startswith("aws:policy/")


def read_policy(document: object, name: str, *, file: str, settings: Settings, faults: Faults) -> ManagedPolicy | None:
    """Return one managed policy; None after recording faults."""
    before, document = len(faults), unwrapped(document, POLICY)
    bare = isinstance(document, dict) and "Statement" in document
    fields = Fields({} if bare else document, file=file, faults=faults)
    check_name(fields, POLICY, name)
    path = fields.text("Path", pattern=IAM_PATH) or "/"
    own, theirs = (f"arn:{settings.partition}:iam::{owner}:policy{path}{name}" for owner in (settings.id, "aws"))
    arn = check_arn(fields, *([theirs] if file.startswith(f"{AWS_POLICIES}/") else [own, theirs]))
    if bare:
        policy, place = compile_policy(document, "identity", file=file, path="$", faults=faults), "$"
    else:
        policy, place = _default_version(fields, fields.text("DefaultVersionId"), file=file, faults=faults)
    fields.ignore(
        "PolicyId", "AttachmentCount", "PermissionsBoundaryUsageCount", "IsAttachable", "Description", "CreateDate", "UpdateDate", "Tags"
    )
    fields.finish()
    if policy is None or len(faults) > before:
        return None
    return ManagedPolicy(arn=arn, name=name, path=path, policy=policy, file=file, place=place)


def _default_version(fields: Fields, default: str | None, *, file: str, faults: Faults) -> tuple[Policy | None, str]:
    """Return the compiled default version, None after recording a fault, and its JSON path."""
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
        return None, "$"
    document, path = versions[0]
    return compile_policy(document, "identity", file=file, path=path, faults=faults), path


def compile_policy(document: object, kind: PolicyKind, *, file: str, path: str, faults: Faults) -> Policy | None:
    """Return the compiled policy document: a JSON object, or JSON text with or without percent-encoding (RFC 3986), as IAM returns it."""
    if isinstance(document, str) and document.startswith("%"):  # JSON never begins with %; percent-encoded JSON always does
        try:
            document = unquote(document, errors="strict")
        except UnicodeDecodeError:
            faults.add(file, path, "percent-encoded UTF-8", "another encoding", "store the document as a JSON object")
            return None
    elif not isinstance(document, str | dict):
        faults.add(file, path, "a policy document", "nothing" if document is None else "another kind of value", "add the document")
        return None
    try:
        return Policy.stored(document, kind=kind)
    except FederationError as refusal:
        faults.add_refusal(file, path, refusal)
    return None
