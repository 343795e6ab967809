"""Whatever is one of many has its row everywhere: in its list, in a test, on its page. What is forgotten is told, with the file to edit."""

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import FunctionType, ModuleType
from typing import Any, get_type_hints

import pytest

from federation import state
from federation.cli.main import VERBS
from federation.errors import FederationError
from federation.jose.algorithms import ALGORITHMS, AWS
from federation.policy import lint
from federation.policy.lint import RULES
from federation.policy.lint.finding import Hit
from federation.policy.operators import OPERATORS
from federation.state import AuditEvent
from tests.support.paths import REPOSITORY

CHECKS = {
    "federation.saml.checks": ("federation.saml.checks.message", "federation.saml.checks.subject", "federation.saml.checks.validity"),
    "federation.oidc.checks": ("federation.oidc.checks",),
    "federation.oauth.checks": ("federation.oauth.checks",),
    "federation.sts.login.saml_attributes": ("federation.sts.login.saml_attributes",),
    "federation.sts.login.web_identity_claims": ("federation.sts.login.web_identity_claims",),
}
"""Where a list of checks is, and the modules that have its functions."""
NO_VERBS = {"main", "rendering", "support"}
"""What federation/cli has beside its verbs."""


def words(*places: str) -> set[str]:
    """Every word, and every name with hyphens, that the tests below *places* write."""
    files = [path for place in places for path in (REPOSITORY / "tests" / place).rglob("test_*.py") if path != Path(__file__)]
    return {word for path in files for word in re.findall(r"\w+(?:-\w+)*", path.read_text(encoding="utf-8"))}


def codes(cls: type[FederationError]) -> set[str]:
    return {cls.code}.union(*map(codes, (each for each in cls.__subclasses__() if each.__module__.startswith("federation"))))


def file_of(module: str) -> str:
    found = inspect.getsourcefile(import_module(module))
    return str(Path(str(found)).relative_to(REPOSITORY))


def functions(module: ModuleType) -> Iterator[tuple[str, FunctionType]]:
    """The functions that *module* itself defines."""
    for name, value in vars(module).items():
        if isinstance(value, FunctionType) and value.__module__ == module.__name__:
            yield name, value


@pytest.mark.parametrize("table", CHECKS)
def test_every_check_is_in_its_list(table: str) -> None:
    listed = {check.run for check in import_module(table).CHECKS}
    subject = next(iter(get_type_hints(next(iter(listed))).values()))
    for module in CHECKS[table]:
        for name, function in functions(import_module(module)):
            hints = get_type_hints(function)
            if name.startswith("check_") and list(hints.values()) == [subject, type(None)]:
                assert function in listed, f"add a Check with {name} to CHECKS of {file_of(table)}"


@pytest.mark.parametrize("table", CHECKS)
def test_every_check_has_a_row(table: str) -> None:
    room = table.split(".")[1]
    missing = {check.name for check in import_module(table).CHECKS} - words(f"unit/{room}", "attacks")
    assert missing == set(), f"add a token that each refuses, and one that passes, to the tests of checks in tests/unit/{room}"


def lint_modules() -> Iterator[ModuleType]:
    for found in iter_modules(lint.__path__, f"{lint.__name__}."):
        yield import_module(found.name)


@pytest.mark.parametrize("module", list(lint_modules()), ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_rule_is_in_its_list(module: ModuleType) -> None:
    checks = {rule.check for rule in RULES}
    for name, function in functions(module):
        hints: dict[str, Any] = get_type_hints(function)
        if len(hints) == 2 and hints["return"] == Iterator[Hit]:
            assert function in checks, f"add a Rule with {name} to RULES of {file_of(module.__name__)}"
    assert set(getattr(module, "RULES", ())) <= set(RULES), f"add {module.__name__}.RULES to RULES of federation/policy/lint/__init__.py"


def test_every_rule_is_on_its_page() -> None:
    page = (REPOSITORY / "docs" / "lint.md").read_text(encoding="utf-8")
    missing = [rule.id for rule in RULES if f"| `{rule.id}` |" not in page]
    assert missing == [], "run `make docs`; a module of rules that is new is named in lint_page of docs/build.py"


def test_every_rule_has_a_row() -> None:
    missing = {rule.id for rule in RULES} - words("unit/policy/lint")
    assert missing == set(), "add a statement that it finds to tests/unit/policy/lint/test_trust.py or test_conditions.py"


def test_every_operator_has_a_row() -> None:
    missing = set(OPERATORS) - words("unit/policy")
    assert missing == set(), "add what it matches, and what not, to tests/unit/policy/test_conditions.py"


def test_every_operator_is_documented() -> None:
    page = (REPOSITORY / "docs" / "policy.md").read_text(encoding="utf-8")
    missing = [name for name in OPERATORS if f"`{name}`" not in page]
    assert missing == [], "add the operator to the table of operators in docs/policy.md"


def test_every_signature_algorithm_has_a_row() -> None:
    missing = set(ALGORITHMS) - words("unit/jose")
    assert missing == set(), "say which keys it fits in tests/unit/jose/test_algorithms.py"
    assert set(ALGORITHMS) >= AWS, "AWS of federation/jose/algorithms.py names an algorithm that ALGORITHMS lacks"


def test_every_code_has_a_row() -> None:
    missing = codes(FederationError) - words("")
    assert missing == set(), "add a refusal with that code to the tests of the room that makes it"


def test_every_verb_is_listed() -> None:
    import federation.cli  # noqa: PLC0415 - its modules are asked for, not its content

    modules = {found.name for found in iter_modules(federation.cli.__path__)} - NO_VERBS
    assert modules - set(VERBS) == set(), "add the verb, with its line of help, to VERBS of federation/cli/main.py"
    assert set(VERBS) - modules == set(), "add federation/cli/VERB.py, or a package, with a click command of the name `command`"


def test_every_verb_has_a_row() -> None:
    missing = {verb for verb in VERBS if not re.search(rf'run\("{verb}"', cli_tests())}
    assert missing == set(), "add what it prints, granted and refused, to tests/cli/test_verbs.py"


def cli_tests() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "tests" / "cli").glob("test_*.py"))


def sinks() -> Iterator[type]:
    """Every class of the room `state` that records events, but the protocol."""
    for found in iter_modules(state.__path__, f"{state.__name__}."):
        for value in vars(import_module(found.name)).values():
            if isinstance(value, type) and value.__module__ == found.name and not getattr(value, "_is_protocol", False):
                record = getattr(value, "record", None)
                if record is not None and get_type_hints(record).get("event") is AuditEvent:
                    yield value


@pytest.mark.parametrize("sink", list(sinks()), ids=lambda sink: sink.__name__)
def test_every_audit_sink_is_exported_documented_and_tested(sink: type) -> None:
    name = sink.__name__
    assert name in state.__all__, f"export {name} from federation/state/__init__.py"
    page = (REPOSITORY / "docs" / "audit.md").read_text(encoding="utf-8")
    assert f"`{name}`" in page or f"{name}(" in page, f"describe {name} in docs/audit.md"
    assert name in words("unit/state"), f"test what {name} writes, and how it refuses, in tests/unit/state/test_audit.py"
