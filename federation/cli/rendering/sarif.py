"""Findings as SARIF 2.1.0, the format that code-scanning services read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from federation import __version__
from federation.policy.lint import RULES, Finding, Severity

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
REFUSED: Final = "policy-refused"
"""Rule id of a document that IAM would not store."""
_RULES: Final[tuple[tuple[str, Severity, str, str], ...]] = (
    (REFUSED, "error", "A document that IAM would not store.", "It breaks the grammar, or a rule for writing policies."),
    *((rule.id, rule.severity, rule.finds, rule.because) for rule in RULES),
)
_INDEX: Final = {rule_id: index for index, (rule_id, *_) in enumerate(_RULES)}


def sarif_log(results: Sequence[tuple[str, int, Finding]]) -> dict[str, Any]:
    """Return a SARIF log of one run; *results* are file, line and finding."""
    driver = {"name": "federation", "semanticVersion": __version__, "rules": [_descriptor(*rule) for rule in _RULES]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(file, line, finding) for file, line, finding in results],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


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


def _result(file: str, line: int, finding: Finding) -> dict[str, Any]:
    identity = hashlib.sha256(f"{file}\n{finding.id}\n{finding.path}".encode("utf-8", "surrogatepass")).hexdigest()
    location = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(file)}, "region": {"startLine": line}},
        "logicalLocations": [{"fullyQualifiedName": finding.path, "kind": "member"}],
    }
    return {
        "ruleId": finding.id,
        "ruleIndex": _INDEX[finding.id],
        "level": finding.severity,
        "message": {"text": f"{finding.message}; {finding.remedy}"},
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
