"""The files that `federation policy` is given: policies alone, or what else holds policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from federation.cli.policy.linted import LintedFile, linted_text
from federation.cli.support.inputs import read_octets
from federation.evidence.documents import DocumentFault, FoundDocument, FoundEvidence, FoundRole, read_evidence
from federation.evidence.documents.files import EvidenceSource
from federation.evidence.documents.linting import lint_document
from federation.evidence.workloads import LintedWorkload, lint_workloads
from federation.policy import Kind, Policy

_UNREADABLE: Final = frozenset({"document-file", "document-text"})
_NO_POLICY: Final = (".template", ".tf", ".tf.json", ".tfstate", ".yaml", ".yml")
"""Endings of files that are no policy document, whatever is wrong with them."""
_MOST_LISTED: Final = 20
"""Roles that a usage error lists."""

role_option: Final = click.option("--role", metavar="NAME", help="The role of a file that has several, by address, name or ARN.")


def read_files(names: Sequence[str], given: Mapping[str, str]) -> FoundEvidence:
    """Return what the files *names* say, ``-`` being standard input.

    Raises:
        click.UsageError: A file that is named cannot be read, or is no text.
    """
    evidence = read_evidence([_source(name) for name in names], given=given)
    for fault in evidence.faults:
        if fault.refusal.check in _UNREADABLE:
            raise click.UsageError(f"cannot read {click.format_filename(fault.file)}: {fault.refusal.found}")
    return evidence


def lint_files(names: Sequence[str], kind: str | None, given: Mapping[str, str], at: datetime) -> tuple[LintedFile, ...]:
    """Return the policies and the workloads in the files *names*, looked at; with *kind* those of that kind alone.

    A file that is a policy alone is of the kind ``trust`` unless *kind* says otherwise; of other files each policy has its own. Workloads
    are about trust policies.
    """
    evidence = read_files(names, given)
    workloads = lint_workloads(evidence, at=at) if kind in (None, Kind.TRUST) else ()
    return (*_linted(evidence, kind, at), *map(_of_workload, workloads))


def one_policy(name: str, evidence: FoundEvidence, role: str | None) -> tuple[str, Policy]:
    """Return the trust policy in the file *name*, or that of its *role*, and what to call it.

    Raises:
        click.UsageError: The file has no such policy, or several and no *role* is chosen.
        ValidationError: Check ``document-unknown``: the file does not say all of it.
        MalformedPolicyDocument: IAM would not store it.
    """
    plain = plain_policy(evidence)
    if plain is not None:
        return name, Policy.stored(plain)
    chosen = one_role(evidence, name, role)
    if chosen.trust is None:
        raise click.UsageError(f"{chosen.address} has no trust policy in {click.format_filename(name)}")
    return f"{name}: {chosen.address}", chosen.trust.policy()


def plain_policy(evidence: FoundEvidence) -> str | None:
    """Return the text of a file that is a policy alone, or nothing else that is known here; None where it has roles.

    Raises:
        ValidationError: It cannot be read.
    """
    for found in evidence.documents:
        if found.format == "policy":
            return found.source.text
    for fault in evidence.faults:
        if _is_policy(fault):
            return fault.text
        if not evidence.roles:
            raise fault.refusal
    return None


def one_role(evidence: FoundEvidence, name: str, role: str | None) -> FoundRole:
    """Return the only role of *evidence*, or the one that *role* names by address, name or ARN.

    Raises:
        click.UsageError: There is none, or several.
    """
    roles = [each for each in evidence.roles if role is None or each.is_called(role)]
    if len(roles) == 1:
        return roles[0]
    if not roles and role is not None:
        raise click.UsageError(f"{click.format_filename(name)} has no role {role!r}; it has: {_listed(evidence.roles)}")
    if not roles:
        raise click.UsageError(f"{click.format_filename(name)} has no role")
    raise click.UsageError(f"{click.format_filename(name)} has several roles; choose one with --role: {_listed(roles)}")


def _linted(evidence: FoundEvidence, kind: str | None, at: datetime) -> Iterator[LintedFile]:
    for found in evidence.documents:
        if found.format == "policy":
            yield linted_text(found.file, found.source.text, kind or Kind.TRUST, at)
        elif kind is None or found.kind == kind:
            yield _of_resource(found, at)
    for fault in evidence.faults:
        if _is_policy(fault):
            yield linted_text(fault.file, fault.text, kind or Kind.TRUST, at)
        else:
            yield LintedFile(file=fault.file, fault=fault)


def _of_workload(linted: LintedWorkload) -> LintedFile:
    source = linted.login.source
    return LintedFile(file=source.name, content=source.text, findings=linted.findings, workload=linted)


def _of_resource(found: FoundDocument, at: datetime) -> LintedFile:
    linted = lint_document(found, at=at)
    return LintedFile(
        file=found.file,
        content=found.source.text,
        refusal=linted.refusal,
        obstacle=linted.obstacle,
        findings=linted.findings,
        policy=linted.policy,
        linted=linted,
    )


def _is_policy(fault: DocumentFault) -> bool:
    """Whether *fault* is of a file that was meant as a policy document, which is then refused as IAM would refuse it."""
    return not fault.address and fault.refusal.check in ("document-format", "document-syntax") and not fault.file.endswith(_NO_POLICY)


def _listed(roles: Sequence[FoundRole]) -> str:
    return ", ".join(each.address for each in roles[:_MOST_LISTED]) + (
        f" and {len(roles) - _MOST_LISTED} more" if len(roles) > _MOST_LISTED else ""
    )


def _source(name: str) -> EvidenceSource:
    return (name, read_octets(name)) if name == "-" else Path(name)
