"""Whatever is typed or piped in, the command line ends with one of its statuses and prints nothing that moves a cursor."""

import os
import unicodedata
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from federation.cli.main import cli
from federation.cli.rendering.plain import safe
from tests.support.paths import REPOSITORY

ACCOUNT = str(REPOSITORY / "fixtures" / "account")
DOCUMENT = b64decode((REPOSITORY / "fixtures" / "saml" / "documented.b64").read_bytes())
STATUSES = {0, 1, 2, 3}
RUNNER = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "140"})

WORDS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["-", "--", "--json", "--at", "--account", ACCOUNT, "file://", "file://-", "2026-11-24T12:00:30Z", "arn=", "/dev/null"]
    ),
)
VERBS = st.sampled_from(
    [
        ["validate"],
        ["inspect"],
        ["explain"],
        ["sts", "assume-role-with-saml"],
        ["account", "check"],
        ["account", "show"],
        ["policy", "lint"],
        ["policy", "evaluate"],
        ["doctor"],
    ]
)


@pytest.fixture(scope="module", autouse=True)
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> object:
    """Run in an empty directory, so that no drawn word names a file."""
    before = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("nothing"))
    yield
    os.chdir(before)


def printable(output: str) -> bool:
    return all(c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for c in output)


@given(st.text())
def test_safe_text_is_printable(text: str) -> None:
    assert printable(safe(text))
    assert safe(safe(text)) == safe(text)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(["validate"], ["--account", "\0"], b"")
@given(VERBS, st.lists(WORDS, max_size=6), st.binary(max_size=200))
def test_any_words(verb: list[str], words: list[str], stdin: bytes) -> None:
    result = RUNNER.invoke(cli, [*verb, *words], input=stdin)
    assert result.exit_code in STATUSES
    assert result.exception is None or isinstance(result.exception, SystemExit)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300), st.integers(0, len(DOCUMENT)), st.integers(0, 40))
def test_any_token(insert: bytes, place: int, drop: int) -> None:
    changed = b64encode(DOCUMENT[:place] + insert + DOCUMENT[place + drop :])
    for words in (["inspect", "-"], ["validate", "-", "--account", ACCOUNT, "--at", "2026-11-24T12:00:30Z"]):
        result = RUNNER.invoke(cli, words, input=changed)
        assert result.exit_code in {0, 1}
        assert printable(result.output)
