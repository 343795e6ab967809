"""Which engine reads a response: chosen by name, never silently another one."""

import os
import sys

import pytest

from federation import engines as engine
from federation.engines import EXTENSION, VARIABLE, chosen, describe, proposer
from federation.errors import RegistrationError
from tests.support.engines import INSTALLED, needs_fast


@pytest.fixture(autouse=True)
def undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_chosen", {})
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.fixture
def absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, EXTENSION, None)  # what an import of it meets is ImportError


def test_python_never_uses_the_extension(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "python")
    assert proposer() is None
    assert describe() == "python (chosen)"


def test_auto_uses_the_extension_where_it_is() -> None:
    assert (proposer() is not None) is INSTALLED


@pytest.mark.usefixtures("absent")
def test_auto_does_without_the_extension() -> None:
    assert proposer() is None
    assert "is not installed" in describe()


@pytest.mark.usefixtures("absent")
def test_fast_is_refused_where_the_extension_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "fast")
    with pytest.raises(RegistrationError) as caught:
        proposer()
    assert caught.value.check == "engine"
    assert "extra `fast`" in caught.value.remedy


@pytest.mark.parametrize("name", ["rust", "FAST", "auto "])
def test_an_unknown_name_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, name)
    with pytest.raises(RegistrationError) as caught:
        proposer()
    assert caught.value.check == "engine"
    assert "auto, fast, python" in caught.value.expected


def test_a_choice_ends_with_its_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "auto")
    before = proposer()
    with chosen("python"):
        assert proposer() is None
        assert os.environ[VARIABLE] == "python"  # what a child process is given
    assert proposer() is before
    assert os.environ[VARIABLE] == "auto"


def test_a_choice_leaves_no_variable_behind() -> None:
    with chosen("python"):
        assert proposer() is None
    assert VARIABLE not in os.environ


@needs_fast
def test_fast_is_described_with_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "fast")
    assert describe().startswith(f"fast ({EXTENSION} ")
