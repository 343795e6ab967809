"""The harness that breaks the code on purpose: what it changes, what it leaves alone, and that its notes are not out of date."""

import ast
import time
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tests.mutation import reach, session
from tests.mutation.__main__ import arguments, chosen
from tests.mutation.clocks import measures_time
from tests.mutation.mutants import ROOT, equivalents, mutants, packages, sample
from tests.mutation.operators import sites
from tests.mutation.scratch import copied


def changes(source: str) -> set[tuple[str, str]]:
    return {(site.before, site.after) for site in sites(ast.parse(source))}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(a):\n    return a < 2", {("a < 2", "a <= 2"), ("2", "3")}),
        ("def f(a, b):\n    return a and b", {("a and b", "a or b"), ("a and b", "a"), ("a and b", "b")}),
        ("def f(a):\n    return not a", {("not a", "a")}),
        ("def f(a):\n    if a:\n        raise ValueError('words')", {("a", "not a"), ("raise ValueError('words')", "pass")}),
        (
            "def f(a):\n    if a:\n        found = a + 1\n        raise ValueError(found)",
            {("a", "not a"), ("raise ValueError(found)", "pass")},
        ),
        ("def f(a):\n    check(a)", {("check(a)", "pass")}),
        ("def f(a):\n    return [b for b in a if b]", {("b", "True")}),
        ("def f(a):\n    return a == 'x'", {("a == 'x'", "a != 'x'"), ("'x'", "'xx'")}),
        ("def f(a):\n    return a.get('x', True)", {("'x'", "'xx'"), ("True", "False")}),
        ("def f(a):\n    a += 1\n    return a", {("a += 1", "a -= 1"), ("1", "2")}),
        ("for a in b:\n    continue", {("continue", "break")}),
        ("_NAMES: Final = frozenset({'a', b'b'})", {("'a'", "'ax'"), ("b'b'", "b'bx'")}),
        ("def f(a):\n    return g(a) if a else h(a)", {("a", "not a")}),
    ],
)
def test_what_is_changed(source: str, expected: set[tuple[str, str]]) -> None:
    assert changes(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        '"""Words."""',
        "def f(a):\n    return f'{a + 1}'",
        "def f(a):\n    return show(a + 1)",
        "def f(a) -> InvalidIdentityToken:\n    return refuse(a + 1)",
        "def f(a):\n    return E(remedy='words', found=a < 1)",
        "def __repr__(self):\n    return self.a + 1",
        "a: Literal[1, 2]",
        "A = Literal['a', 'b']",
        "class A:\n    a: int = field(repr=False, compare=False)",
        "import a",
    ],
)
def test_words_and_types_are_left_alone(source: str) -> None:
    assert changes(source) == set()


NESTED = """
class A:
    @property
    def f(self):
        def g(b):
            return b < 1
        return g

@cache
def h(c):
    return c < 1
"""


def test_a_site_knows_its_function_and_every_change_compiles_to_other_code() -> None:
    source = NESTED
    found = sites(ast.parse(source))
    assert {(site.function, site.first_line) for site in found} == {("A.f.g", 5), ("h", 0)}
    sound = compile(source, "x", "exec")
    for index in range(len(found)):
        tree = ast.parse(source)
        sites(tree)[index].apply()
        assert compile(ast.fix_missing_locations(tree), "x", "exec") != sound


def test_the_packages_cover_the_modules_that_check() -> None:
    files = {file for package in packages().values() for file in package.files}
    assert {"federation/saml/signature/proof.py", "federation/saml/checks/validity.py", "federation/oidc/checks.py"} <= files
    assert all((ROOT / path).exists() for package in packages().values() for path in (*package.files, *package.tests))


def test_one_seed_is_one_sample() -> None:
    found = mutants(packages()["oauth"])
    assert len(found) > 100
    assert sample(found, 7, 1) == sample(found, 7, 1)
    assert [each.key for each in sample(found, 7, 1)] != [each.key for each in sample(found, 7, 2)]
    assert sample(found, 0, 1) == found


def test_every_mutant_that_is_known_to_change_nothing_still_exists() -> None:
    keys = Counter(each.key for package in packages().values() for each in mutants(package))
    # Two changes of one function that read alike would both be excused by a reason that is true of one.
    assert {key: keys[key] for key in equivalents()} == dict.fromkeys(equivalents(), 1)
    assert all(len(reason) > 20 for reason in equivalents().values())


def test_explaining_a_mutant_leaves_the_rest_of_its_sample_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    options = arguments(["--mutants", "12", "--seed", "3", "--package", "oauth"])
    monkeypatch.setattr("tests.mutation.__main__.equivalents", dict)
    before = [each.key for each in chosen(options)]
    monkeypatch.setattr("tests.mutation.__main__.equivalents", lambda: {before[4]: "said to change nothing"})
    assert [each.key for each in chosen(options)] == [key for key in before if key != before[4]]


def test_notes_hold_while_tests_helpers_and_mutated_modules_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("tests/unit/test_a.py", "tests/unit/test_b.py", "tests/support/deep/help.py", "federation/a.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("before")
    monkeypatch.setattr(reach, "ROOT", tmp_path)
    seen = {reach.fingerprint("tests/unit/test_a.py", ["federation/a.py"])}
    assert seen == {reach.fingerprint("tests/unit/test_a.py", ["federation/a.py"])}
    for changed in ("tests/unit/test_a.py", "tests/support/deep/help.py", "federation/a.py"):
        (tmp_path / changed).write_text("after")
        seen.add(reach.fingerprint("tests/unit/test_a.py", ["federation/a.py"]))
    assert len(seen) == 4
    (tmp_path / "tests/unit/test_b.py").write_text("after")
    assert reach.fingerprint("tests/unit/test_a.py", ["federation/a.py"]) in seen


@pytest.mark.parametrize(
    ("work", "waiting"), [(lambda: sum(1 for _ in count()), 60), (lambda: time.sleep(60), 1)], ids=["computes", "waits"]
)
def test_a_mutant_that_hangs_is_ended(work: Callable[[], int], waiting: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_WAITING", waiting)
    judge = session.Judge([], workers=1, seconds=1, told=lambda _: None)
    ended: list[int | None] = []
    judge._fork(work, 1.0, lambda code, _seconds: ended.append(code))
    judge._wait(0)
    assert ended == [None]


def reads_a_clock() -> float:
    return time.process_time()


def calls_what_reads_a_clock() -> float:
    def inside() -> float:
        return reads_a_clock()

    return inside()


def test_tests_that_measure_time_judge_no_mutant() -> None:
    assert measures_time(reads_a_clock)
    assert measures_time(calls_what_reads_a_clock)
    assert not measures_time(test_one_seed_is_one_sample)
    assert not measures_time(time.process_time)
    assert not measures_time(None)


def test_mutants_live_in_a_copy(tmp_path: Path) -> None:
    with copied(ROOT) as copy:
        assert not copy.is_relative_to(ROOT)
        assert (copy / "federation" / "saml" / "xml.py").read_bytes() == (ROOT / "federation" / "saml" / "xml.py").read_bytes()
        assert not (copy / ".venv").exists()
    assert not copy.exists()
