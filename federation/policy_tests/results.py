"""What became of the tests of a file, as plain data and as JUnit XML."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from lxml import etree

from federation.errors import FederationError, printable, show
from federation.policy_tests.reading import PolicyTest

PolicyTestVerdict = Literal["granted", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTestResult:
    """What became of one test.

    Attributes:
        test: The test.
        role: ARN of the role.
        verdict: The verdict of the engine.
        refusal: The refusal with its explanation; None where the login is granted.
        reasons: The check that refused, and the condition keys that are not met.
    """

    test: PolicyTest
    role: str
    verdict: PolicyTestVerdict
    refusal: FederationError | None = None
    reasons: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the verdict is the expected one, for the expected reason where one is given."""
        because = self.test.because.casefold()
        return self.verdict == self.test.expect and (not because or because in map(str.casefold, self.reasons))

    @property
    def mismatch(self) -> str:
        """What differs from what is expected, in one sentence; empty where nothing does."""
        if self.passed:
            return ""
        if self.verdict == self.test.expect:
            return f"refused, as expected, but not because of {show(self.test.because)}: {', '.join(map(show, self.reasons))}"
        if self.refusal is None:
            return f"granted, and expected to be refused: the trust policy of {show(self.role)} lets it in"
        return f"refused, and expected to be granted: {self.refusal.explanation.cause}"

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain data: the documented schema of ``--json``."""
        refusal = self.refusal
        return {
            "name": self.test.name,
            "line": self.test.line,
            "role": self.role,
            "expected": self.test.expect,
            "because": self.test.because or None,
            "verdict": self.verdict,
            "passed": self.passed,
            "mismatch": self.mismatch or None,
            "reasons": list(self.reasons),
            "refusal": None if refusal is None else refusal.as_dict(),
            "explanation": None if refusal is None else refusal.explanation.as_dict(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTestReport:
    """What became of the tests of a file.

    Attributes:
        file: The file.
        results: The results in the order of the file.
    """

    file: str
    results: tuple[PolicyTestResult, ...]

    @property
    def passed(self) -> bool:
        """Whether every test has the expected verdict."""
        return all(each.passed for each in self.results)

    @property
    def failures(self) -> tuple[PolicyTestResult, ...]:
        """The results that are not as expected."""
        return tuple(each for each in self.results if not each.passed)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain data: the documented schema of ``--json``."""
        return {"file": self.file, "tests": [each.as_dict() for each in self.results]}


def junit(reports: tuple[PolicyTestReport, ...]) -> bytes:
    """Return *reports* as JUnit XML, a test suite for each file. Times are left out: equal results are equal octets."""
    root = etree.Element("testsuites", _counted(sum(len(each.results) for each in reports), sum(len(each.failures) for each in reports)))
    for report in reports:
        attributes = {"name": _text(report.file), **_counted(len(report.results), len(report.failures))}
        suite = etree.SubElement(root, "testsuite", attributes)
        for result in report.results:
            where = {
                "name": _text(result.test.name),
                "classname": _text(report.file),
                "file": _text(report.file),
                "line": str(result.test.line),
            }
            case = etree.SubElement(suite, "testcase", where)
            if not result.passed:
                failure = etree.SubElement(case, "failure", {"message": _text(result.mismatch), "type": result.verdict})
                failure.text = _text("\n".join(_lines(result)))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _counted(tests: int, failures: int) -> dict[str, str]:
    return {"tests": str(tests), "failures": str(failures), "errors": "0", "skipped": "0"}


def _lines(result: PolicyTestResult) -> list[str]:
    if result.refusal is None:
        return [result.mismatch]
    edits = result.refusal.explanation.edits
    told = [f"{edit.instruction}: {edit.new}" if edit.new else edit.instruction for edit in edits]
    return [result.mismatch, *(f"edit: {each}" for each in told)]


def _text(text: str) -> str:
    """Return *text* without the characters that XML 1.0 cannot hold."""
    return "\n".join(printable(line) for line in text.split("\n"))


def write_junit(path: Path, reports: tuple[PolicyTestReport, ...]) -> None:
    """Write *reports* as JUnit XML to *path*: the whole file, or, where that fails, nothing of it.

    Raises:
        OSError: The directory is not there or cannot be written.
    """
    octets = junit(reports)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(octets)
            stream.flush()
            os.fsync(stream.fileno())
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except OSError:
        with suppress(OSError):
            Path(beside).unlink()
        raise
