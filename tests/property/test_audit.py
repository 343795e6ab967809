"""Whatever lies in the files, an audit says a line for each token and ends with a status; nothing it prints moves a cursor."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.cli.main import cli
from federation.judging.captures import Form
from tests.support.paths import REPOSITORY

ACCOUNT = str(REPOSITORY / "fixtures" / "account")
GITHUB = (REPOSITORY / "fixtures" / "oidc" / "github.jwt").read_bytes().strip()
DOCUMENTED = (REPOSITORY / "fixtures" / "saml" / "documented.b64").read_bytes().strip()
RUNNER = CliRunner(env={"NO_COLOR": "1"})

VALUES = st.recursive(st.none() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3), max_leaves=4)
MEMBERS = {"token": VALUES | st.just(GITHUB.decode()), "at": VALUES | st.just("issued"), "id": VALUES}
RECORDS = st.fixed_dictionaries({}, optional=MEMBERS).map(lambda record: json.dumps(record).encode())
LINES = st.one_of(st.binary(max_size=60), RECORDS, st.just(GITHUB), st.just(DOCUMENTED), st.just(GITHUB[:-3]), st.just(b""))


@settings(suppress_health_check=[HealthCheck.too_slow])  # of a machine that others use
@given(st.lists(LINES, max_size=6), st.sampled_from(list(Form)), st.sampled_from([b"\n", b"\r\n", b"\r", b""]), st.booleans())
def test_any_octets(contents: list[bytes], form: Form, end: bytes, issued: bool) -> None:  # noqa: FBT001 - hypothesis passes it
    at = "issued" if issued else "2026-11-24T12:00:30Z"
    words = ["audit", "-", "--account", ACCOUNT, "--format", form.value, "--at", at, "--json"]
    octets = end.join(contents)
    result = RUNNER.invoke(cli, words, input=octets, prog_name="federation")
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.exit_code in {0, 1, 2}
    lines = result.stdout.splitlines()
    if form is Form.LINES:
        assert len(lines) == sum(1 for line in octets.split(b"\n") if line.strip(b" \t\r")) or result.exit_code == 2
    if result.exit_code == 2:
        return
    assert result.stdout.isascii()
    judged = [json.loads(line)["accepted"] for line in lines]
    summary = json.loads(result.stderr)
    assert (summary["accepted"], summary["refused"]) == (judged.count(True), judged.count(False))
    assert (result.exit_code == 0) is all(judged)


NAMES = st.text("ab\\\u202e\n.", min_size=1, max_size=5).filter(lambda name: name not in {".", ".."})


@given(st.dictionaries(NAMES, LINES, min_size=1, max_size=4))
def test_any_files_in_a_directory(contents: dict[str, bytes]) -> None:
    with TemporaryDirectory() as here:
        for name, octets in contents.items():
            Path(here, name).write_bytes(octets)
        result = RUNNER.invoke(cli, ["audit", here, "--account", ACCOUNT], prog_name="federation")
    assert result.exit_code in {0, 1}
    assert result.stdout.isascii()
    assert len(result.stdout.splitlines()) >= len(contents)
