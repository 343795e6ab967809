"""Findings as SARIF 2.1.0, the format that code-scanning services read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from federation import __version__
from federation.cli.policy.linted import LintedFile
from federation.errors import MalformedPolicyDocument
from federation.evidence.documents import DocumentFault
from federation.evidence.workloads import WORKLOAD_RULES
from federation.explaining.fixing import replacement
from federation.explaining.linting import ExplainedFinding
from federation.explanation import Cause, Edit, Obstacle
from federation.policy.lint import RULES, Severity

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
REFUSED: Final = "policy-refused"
"""Rule id of a document that IAM would not store."""
UNREAD: Final = "document-unreadable"
"""Rule id of a file, or a resource of it, that cannot be read."""
_RULES: Final[tuple[tuple[str, Severity, str, str], ...]] = (
    (UNREAD, "error", "A file, or a resource of it, that cannot be read.", "What it allows is not known; the rest is looked at."),
    (REFUSED, "error", "A document that IAM would not store.", "It breaks the grammar, or a rule for writing policies."),
    *((rule.id, rule.severity, rule.finds, rule.because) for rule in RULES),
    *((rule.id, rule.severity, rule.finds, rule.because) for rule in WORKLOAD_RULES),
)
_INDEX: Final = {rule_id: index for index, (rule_id, *_) in enumerate(_RULES)}


def sarif_log(files: Iterable[LintedFile]) -> dict[str, Any]:
    """Return a SARIF log of one run over *files*."""
    driver = {"name": "federation", "semanticVersion": __version__, "rules": [_descriptor(*rule) for rule in _RULES]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [result for file in files for result in _results(file)],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _results(file: LintedFile) -> Iterator[dict[str, Any]]:
    """Yield the findings of *file*, before them the refusal, as one."""
    if file.fault is not None:
        yield _unread(file, file.fault)
    if file.refusal is not None and file.obstacle is not None:
        yield _refused(file, file.refusal, file.obstacle)
    yield from (_found(file, each) for each in file.findings)


def _unread(file: LintedFile, fault: DocumentFault) -> dict[str, Any]:
    message = f"{fault.address or 'the file'} cannot be read: expected {fault.refusal.expected}, found {fault.refusal.found}"
    return _result(file, UNREAD, "error", "$", f"{message}; {fault.refusal.remedy}", {"startLine": fault.line})


def _refused(file: LintedFile, refusal: MalformedPolicyDocument, obstacle: Obstacle) -> dict[str, Any]:
    message = f"IAM would not store the document: {refusal.message}: expected {refusal.expected}, found {refusal.found}"
    return _explained(file, REFUSED, "error", refusal.path, message, obstacle)


def _found(file: LintedFile, explained: ExplainedFinding) -> dict[str, Any]:
    finding = explained.finding
    return _explained(file, finding.id, finding.severity, finding.path, finding.message, explained.obstacle)


def _explained(file: LintedFile, rule: str, severity: Severity, path: str, message: str, obstacle: Obstacle) -> dict[str, Any]:
    [cause], edits = obstacle.causes, obstacle.edits
    result = _result(file, rule, severity, path, f"{message}; {edits[0].instruction}", _region(file, cause))
    fixes = [_fix(file, edit) for edit in edits if edit.applicable]
    properties = {"cause": cause.as_dict(), "edits": [edit.as_dict() for edit in edits]}
    return {**result, **({"fixes": fixes} if fixes else {}), "properties": properties}


def _region(file: LintedFile, cause: Cause) -> dict[str, int]:
    """Return where *cause* stands: of a resource the very characters, else the line."""
    region = None if cause.place is None else file.region(cause.place)
    if region is not None:
        names = ("startLine", "startColumn", "endLine", "endColumn")
        return dict(zip(names, region, strict=True))
    return {"startLine": 1 if cause.place is None or cause.place.line is None else cause.place.line}


def _fix(file: LintedFile, edit: Edit) -> dict[str, Any]:
    """Return what to write in the file: the region and its new content (section 3.55)."""
    start, end, written = replacement(file.content, edit.changes, place=file.whole)
    (line, column), (last, behind) = _position(file.content, start), _position(file.content, end)
    region = {"startLine": line, "startColumn": column, "endLine": last, "endColumn": behind}
    change = {
        "artifactLocation": {"uri": _uri(file.file)},
        "replacements": [{"deletedRegion": region, "insertedContent": {"text": written}}],
    }
    words = f"{edit.instruction}; lets in {edit.lets_in or 'nobody else'}"
    return {"description": {"text": words}, "artifactChanges": [change]}


def _position(text: str, offset: int) -> tuple[int, int]:
    """Return the line and the column of an offset, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _descriptor(rule_id: str, severity: Severity, finds: str, because: str) -> dict[str, Any]:
    return {
        "id": rule_id,
        "name": "".join(word.capitalize() for word in rule_id.split("-")),
        "shortDescription": {"text": finds},
        "fullDescription": {"text": f"{finds} {because}"},
        "help": {"text": because},
        "defaultConfiguration": {"level": severity},
        "properties": {"tags": ["security", "aws", "iam"]},
    }


def _result(file: LintedFile, rule: str, severity: Severity, path: str, message: str, region: dict[str, int]) -> dict[str, Any]:
    where = f"{file.address}{path[1:]}" if file.address else path
    identity = hashlib.sha256(f"{file.file}\n{rule}\n{where}".encode("utf-8", "surrogatepass")).hexdigest()
    location = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(file.file)}, "region": region},
        "logicalLocations": [{"fullyQualifiedName": where, "kind": "member"}],
    }
    return {
        "ruleId": rule,
        "ruleIndex": _INDEX[rule],
        "level": severity,
        "message": {"text": message},
        "locations": [location],
        "partialFingerprints": {"place/v1": identity},
    }


def _uri(file: str) -> str:
    """Return *file* relative to the working directory, as scanning services require; a file outside as a file URI; ``stdin`` for ``-``."""
    if file == "-":
        return "stdin"
    path = Path(file).absolute()
    here = Path.cwd()
    return quote(path.relative_to(here).as_posix(), safe="/", errors="surrogateescape") if path.is_relative_to(here) else path.as_uri()
