"""Reading of ``policies/<Name>.json``: managed policies in the form of ``get-account-authorization-details``, or policy documents.

Managed policies of AWS are in ``policies/aws/<Name>.json``, because policies of the account may have the same names.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final, Literal, NamedTuple
from urllib.parse import unquote

from federation.account.model import IAM_PATH, UNIQUE_ID, ManagedPolicy, PolicyVersion
from federation.account.reading.entities import JSON, POLICY, Files, check_arn, check_name, json_files, unwrapped
from federation.account.reading.faults import Faults
from federation.account.reading.fields import Fields
from federation.account.reading.files import Tree
from federation.account.reading.names import file_name
from federation.account.reading.settings import Settings
from federation.account.reading.tags import read_tags
from federation.errors import FederationError, show
from federation.policy import Policy

AWS_DIRECTORY: Final = "aws"
AWS_POLICIES: Final = f"{POLICY.directory}/{AWS_DIRECTORY}"
"""Directory of the managed policies of AWS. A file among those of the account whose ``Arn`` is that of an AWS policy is also read."""

FIRST_VERSION: Final = "v1"
"""VersionId of the version that CreatePolicy makes."""
DESCRIPTION_CHARS: Final = 1000
"""Longest description of a role or managed policy (IAM API model)."""

PolicyKind = Literal["trust", "identity", "session", "boundary", "resource"]


def read_policies(tree: Tree, settings: Settings, faults: Faults, *, files: Files | None = None) -> dict[str, ManagedPolicy]:
    """Return the managed policies in *files* by ARN."""
    found: dict[str, ManagedPolicy] = {}
    for file, name in _policy_files(tree, faults) if files is None else files:
        document = tree.json(file)
        policy = None if document is None else read_policy(document, name, file=file, settings=settings, faults=faults)
        if policy is None:
            continue
        if policy.arn in found:
            faults.add(file, "", "one file for each policy", f"{show(policy.arn)} in {found[policy.arn].file}, too", "remove one of them")
        found[policy.arn] = policy
    return found


def _policy_files(tree: Tree, faults: Faults) -> Files:
    below = frozenset({AWS_DIRECTORY})
    return *json_files(tree, POLICY.directory, faults, below=below), *json_files(tree, AWS_POLICIES, faults)


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
        read = _only_version(compile_policy(document, "identity", file=file, path="$", faults=faults))
    else:
        read = _versions(fields, fields.text("DefaultVersionId"), file=file, faults=faults)
    owner = "aws" if is_aws_managed(arn) else settings.id
    policy_id = fields.text(POLICY.id_member, pattern=UNIQUE_ID) or POLICY.derived_id(owner, path, name)
    description, tags, created = fields.text("Description", longest=DESCRIPTION_CHARS) or "", read_tags(fields), fields.created()
    updated = fields.instant("UpdateDate") or max((each.created_at for each in read.versions), default=created)
    fields.ignore("AttachmentCount", "PermissionsBoundaryUsageCount", "IsAttachable")
    fields.finish()
    if read.policy is None or len(faults) > before:
        return None
    return ManagedPolicy(
        arn=arn,
        name=name,
        path=path,
        policy=read.policy,
        policy_id=policy_id,
        default_version=read.default,
        versions=read.versions,
        description=description,
        tags=tags,
        created_at=created,
        updated_at=max(updated, created),
        file=file,
        place=read.place,
    )


class _Versions(NamedTuple):
    """The compiled default version, its JSON path and id, and all versions."""

    policy: Policy | None
    place: str
    default: str
    versions: tuple[PolicyVersion, ...]


def _only_version(policy: Policy | None) -> _Versions:
    """Return the version of a file that is a bare policy document."""
    text = "" if policy is None else policy.source_text
    return _Versions(policy, "$", FIRST_VERSION, (PolicyVersion(id=FIRST_VERSION, document=text),))


def _versions(fields: Fields, default: str | None, *, file: str, faults: Faults) -> _Versions:
    """Return the versions of a policy. Without a policy, a fault is recorded."""
    found: list[PolicyVersion] = []
    names: list[str] = []
    chosen = []
    for version in fields.objects("PolicyVersionList"):
        document, marked = version.raw("Document"), version.raw("IsDefaultVersion") is True
        name, created = version.text("VersionId"), version.created()
        version.finish()
        if marked or (default is not None and name == default):
            chosen.append((len(found), version.at("Document"), document))
        names += [] if name is None else [name]
        found.append(PolicyVersion(id=name or FIRST_VERSION, document=document_text(document), created_at=created))
    if len(chosen) != 1:
        fields.fault("PolicyVersionList", "exactly one default version", str(len(chosen)), "mark one version as the default")
        return _Versions(None, "$", "", ())
    if len(set(names)) != len(names):
        fields.fault("PolicyVersionList", "one version of each VersionId", "two of one", "correct the VersionId of one of them")
    index, place, document = chosen[0]
    policy = compile_policy(document, "identity", file=file, path=place, faults=faults)
    if policy is not None:  # one text in memory
        found[index] = replace(found[index], document=policy.source_text)
    return _Versions(policy, place, found[index].id, tuple(found))


def document_text(document: object) -> str:
    """Return the text of a policy document as a file holds it, without percent-encoding; empty for what is no document."""
    if isinstance(document, dict):
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return unquote(document) if isinstance(document, str) and document.startswith("%") else document if isinstance(document, str) else ""


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
        return Policy.of_json(document, kind=kind) if isinstance(document, dict) else Policy.stored(document, kind=kind)
    except FederationError as refusal:
        faults.add_refusal(file, path, refusal)
    return None
