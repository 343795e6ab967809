"""Files and directories to what they say: each is told by its content, and one at fault does not keep the others from being read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from federation.errors import FederationError
from federation.evidence.documents.cloudformation import read_template
from federation.evidence.documents.collecting import Collected, known_text
from federation.evidence.documents.faults import DocumentFault, broken
from federation.evidence.documents.files import EvidenceSource, NamedFile, files_of, text_of
from federation.evidence.documents.given import GivenValues
from federation.evidence.documents.iam_dumps import is_answer, read_answer
from federation.evidence.documents.json_text import read_json
from federation.evidence.documents.kubernetes import is_manifest, read_manifest
from federation.evidence.documents.model import FoundDocument, FoundEvidence, FoundRole
from federation.evidence.documents.source import SourceFile
from federation.evidence.documents.terraform.configuration import read_configuration
from federation.evidence.documents.terraform.shown import read_plan, read_state
from federation.evidence.documents.values import DocumentValue, MapValue
from federation.evidence.documents.workflows import is_workflow, read_workflow

_TERRAFORM: Final = ".tf"
_TERRAFORM_JSON: Final = ".tf.json"
_HCL: Final = re.compile(
    r'^[ \t]*(?:(?:resource|data)[ \t]+"?[\w-]+"?[ \t]+"?[\w-]+"?|(?:variable|module|provider|output)[ \t]+"?[\w-]+"?'
    r"|locals|terraform)[ \t]*\{",
    re.MULTILINE | re.ASCII,
)
_MARKS: Final = re.compile(
    r"AWS::(?:IAM|Serverless)::|aws_iam_|\"Statement\"|AssumeRolePolicyDocument|ClientIDList|eks\.amazonaws\.com/role-arn"
    r"|configure-aws-credentials@"
)
"""What a file of a directory must hold to be parsed: most JSON and YAML is something else."""


def read_evidence(sources: Iterable[EvidenceSource], *, given: Mapping[str, str] | None = None) -> FoundEvidence:
    """Return everything that the files in *sources* say about policies, roles, identity providers and logins.

    Nothing in a file is run, and nothing outside is asked. Whatever a file does not say is unknown.

    Args:
        sources: Files, directories with files of known endings, or octets with a name.
        given: Values of expressions that the caller knows, by the text of the expression, such as ``AWS::AccountId`` or ``var.owner``.
    """
    collected = Collected(given=GivenValues(given or {}))
    configurations: dict[str, list[SourceFile]] = {}
    for file in files_of(sources):
        source = None
        try:
            source = _looked_at(file)
            if source is None:
                collected.passed_over.append(file.name)
            elif file.name.endswith(_TERRAFORM) or (_HCL.search(source.text) and not source.text.lstrip().startswith(("{", "["))):
                configurations.setdefault(str(Path(file.name).parent), []).append(source)
            elif not _read(source, collected):
                _unrecognised(file, source.text, collected)
        except FederationError as refusal:
            collected.faults.append(DocumentFault(file.name, "", 1, refusal, "" if source is None else source.text))
    for files in configurations.values():
        read_configuration(files, collected)
    return collected.evidence()


def read_documents(sources: Iterable[EvidenceSource], *, given: Mapping[str, str] | None = None) -> Iterator[FoundDocument | DocumentFault]:
    """Yield the policies that the files in *sources* hold, and what cannot be read; the arguments are those of `read_evidence`."""
    evidence = read_evidence(sources, given=given)
    yield from evidence.documents
    yield from evidence.faults


def read_roles(sources: Iterable[EvidenceSource], *, given: Mapping[str, str] | None = None) -> tuple[FoundRole, ...]:
    """Return the roles that the files in *sources* declare; the arguments are those of `read_evidence`."""
    return read_evidence(sources, given=given).roles


def _looked_at(file: NamedFile) -> SourceFile | None:
    """Return the text of *file*; None where it was found in a directory and nothing in it is looked for.

    Raises:
        ValidationError: It cannot be read, is too large, or is no text.
    """
    if file.refusal is not None:
        raise file.refusal
    try:
        source = SourceFile(file.name, text_of(file.octets))
    except FederationError:
        if file.listed:
            return None
        raise
    return source if not file.listed or file.name.endswith(_TERRAFORM) or _MARKS.search(source.text) else None


def _read(source: SourceFile, collected: Collected) -> bool:
    """Record what *source* says; whether it is of a known format."""
    known = False
    for value in _values(source):
        known = (isinstance(value, MapValue) and _recognised(value, source, collected)) or known
    return known


def _values(source: SourceFile) -> tuple[DocumentValue, ...]:
    if source.text.lstrip().startswith(("{", "[")):
        try:
            return (read_json(source.text),)
        except FederationError:
            if source.name.endswith((".json", ".tfstate")) or '"Statement"' in source.text:
                raise
    # YAML is loaded where it is read.
    from federation.evidence.documents.yaml_text import read_yaml  # noqa: PLC0415

    return read_yaml(source.text)


def _recognised(root: MapValue, source: SourceFile, collected: Collected) -> bool:
    """Record what *root* says; whether it is of a known format."""
    names = {name for name, _ in root.known_members()}
    if "format_version" in names and names & {"planned_values", "resource_changes"}:
        read_plan(root, source, collected)
    elif ("format_version" in names and "values" in names) or names >= {"terraform_version", "serial", "resources"}:
        read_state(root, source, collected)
    elif _is_template(root):
        read_template(root, source, collected)
    elif is_answer(root):
        read_answer(root, source, collected)
    elif is_manifest(root):
        read_manifest(root, source, collected)
    elif is_workflow(root):
        read_workflow(root, source, collected)
    elif "Statement" in names:
        collected.document(root, source, form="policy", address="", kind=None)
    else:
        return False
    return True


def _is_template(root: MapValue) -> bool:
    resources = root.get("Resources")
    if not isinstance(resources, MapValue):
        return False
    return root.get("AWSTemplateFormatVersion") is not None or any(
        (known_text(each.get("Type")) or "").startswith(("AWS::", "Custom::"))
        for _, each in resources.known_members()
        if isinstance(each, MapValue)
    )


def _unrecognised(file: NamedFile, text: str, collected: Collected) -> None:
    if file.name.endswith(_TERRAFORM_JSON):  # it may declare roles, so it must not be passed over
        found = "Terraform's configuration in JSON, which is not read"
        refusal = broken("document-format", "a form of Terraform that is read", found, remedy="pass the plan: `terraform show -json PLAN`")
        collected.faults.append(DocumentFault(file.name, "", 1, refusal, text))
        return
    if file.listed:
        collected.passed_over.append(file.name)
        return
    expected = "a policy, a plan or state of Terraform, a template of CloudFormation, an answer of IAM, a manifest or a workflow"
    refusal = broken("document-format", expected, "another file", remedy="pass one of these")
    collected.faults.append(DocumentFault(file.name, "", 1, refusal, text))
