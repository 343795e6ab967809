"""Every lint rule, operator and error code has a test that names it; one without is told, with the file to edit."""

import re
from pathlib import Path

from federation.errors import FederationError
from federation.policy.lint import RULES
from federation.policy.operators import OPERATORS
from tests.support.paths import REPOSITORY


def words(*places: str) -> set[str]:
    """Every word, and every name with hyphens, that the tests below *places* write."""
    files = [path for place in places for path in (REPOSITORY / "tests" / place).rglob("test_*.py") if path != Path(__file__)]
    return {word for path in files for word in re.findall(r"\w+(?:-\w+)*", path.read_text(encoding="utf-8"))}


def codes(cls: type[FederationError]) -> set[str]:
    return {cls.code}.union(*map(codes, (each for each in cls.__subclasses__() if each.__module__.startswith("federation"))))


def test_every_lint_rule_has_a_row() -> None:
    missing = {rule.id for rule in RULES} - words("unit/policy/lint")
    assert missing == set(), "add a statement that it finds to tests/unit/policy/lint/test_trust.py or test_conditions.py"


def test_every_operator_has_a_row() -> None:
    missing = set(OPERATORS) - words("unit/policy")
    assert missing == set(), "add what it matches, and what not, to tests/unit/policy/test_conditions.py"


def test_every_code_has_a_row() -> None:
    missing = codes(FederationError) - words("")
    assert missing == set(), "add a refusal with that code to the tests of the room that makes it"
