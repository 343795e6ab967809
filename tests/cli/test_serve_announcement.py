"""What `federation serve` prints: lines for programs first, the rest comments of a shell, for people."""

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from federation import SamlProvider
from federation.account import load_account
from federation.account.model import Account
from federation.cli import serve
from federation.cli.serve import CONTROLLED
from tests.support.cli import Run
from tests.support.paths import REPOSITORY
from tests.support.server import free_port

ACCOUNT = "fixtures/account"
URL = "http://127.0.0.1:8042"


@pytest.fixture
def announced(run: Run, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What is printed at the moment the server accepts connections, for an account and options."""

    def printed(*options: str, account: Account | None = None) -> str:
        def ready_at_once(settings: object, *, ready: Any) -> bool:
            del settings
            ready(load_account(REPOSITORY / ACCOUNT) if account is None else account)
            return True

        monkeypatch.setattr(serve, "run", ready_at_once)
        result = run("serve", "--account", ACCOUNT, *options)
        assert result.exit_code == 0
        return result.stdout

    return printed


def test_programs_read_the_first_lines(announced: Any) -> None:
    first, second, *others = announced().splitlines()
    assert (first, second) == (f"AWS_ENDPOINT_URL_STS={URL}", f"AWS_ENDPOINT_URL_IAM={URL}")
    assert [line for line in others if not line.startswith("#")] == []
    assert announced("--test-control").splitlines()[0] == CONTROLLED.format(url=URL)


def test_people_read_the_rest(announced: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = announced("--neighbour", "fixtures/account-b", "--port", "9000").splitlines()
    assert f"# page      {URL.replace('8042', '9000')}/" in lines
    [account] = [line for line in lines if line.startswith("# account ")]
    assert "123456789012 in fixtures/account: " in account
    assert "roles: 4" in "".join(lines)
    assert "# neighbour fixtures/account-b" in lines
    assert "# paste     export AWS_ENDPOINT_URL_STS=http://127.0.0.1:9000 AWS_ENDPOINT_URL_IAM=http://127.0.0.1:9000" in lines


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        ("redis://127.0.0.1/0", ""),
        ("postgresql:///used", ""),
        ("rediss://app@redis.example.com/0", ""),
        ("postgresql://db.example.com/used?sslmode=verify-full", ""),
        ("redis://localhost:7000/0", ""),
        ("redis://:hunter2@[::1]/0", "in the list of processes: put it in FEDERATION_STATE_PASSWORD"),
        ("postgresql://localhost/used?password=hunter2", "in the list of processes: put it in FEDERATION_STATE_PASSWORD"),
        ("redis://redis.example.com/0", "have a token granted twice: use rediss://"),
        ("postgresql://app@db.example.com/used?sslmode=require", "have a token granted twice: use sslmode=verify-full"),
    ],
)
def test_the_url_of_the_state_is_looked_at(announced: Any, monkeypatch: pytest.MonkeyPatch, url: str, warned: str) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    printed = announced("--state", url)
    assert warned in printed
    assert bool(warned) is ("list of processes" in printed or "granted twice" in printed)
    assert "hunter2" not in printed


def test_a_shell_can_evaluate_all_of_it(announced: Any) -> None:
    shell = shutil.which("sh")
    assert shell is not None
    script = f'{announced("--test-control")}\necho "$AWS_ENDPOINT_URL_STS $AWS_ENDPOINT_URL_IAM"'
    told = subprocess.run([shell, "-euc", script], capture_output=True, text=True, timeout=30, check=True)
    assert (told.stdout, told.stderr) == (f"{URL} {URL}\n", "")


def test_a_certificate_that_is_about_to_expire_is_warned_of(announced: Any) -> None:
    account = load_account(REPOSITORY / ACCOUNT)
    [(arn, provider)] = account.saml_providers.items()
    soon = datetime.now(UTC) + timedelta(days=3)
    for end, words in ((soon, "expires soon"), (soon - timedelta(days=30), "expired"), (soon + timedelta(days=90), None)):
        keys = tuple(replace(key, not_before=soon - timedelta(days=400), not_after=end) for key in provider.keys)
        changed = replace(account, saml_providers={arn: cast("SamlProvider", Expiring(provider, keys))})
        warned = [line for line in announced(account=changed).splitlines() if line.startswith("# warning")]
        told = any("SAML-test" in line for line in warned)
        assert told is (words is not None)
        assert words is None or words in " ".join(announced(account=changed).split())


class Expiring:
    """A provider with other keys."""

    def __init__(self, provider: object, keys: tuple[object, ...]) -> None:
        self._provider, self.keys = provider, keys

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)


def test_missing_keys_and_exposure_are_warned_of(announced: Any, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(REPOSITORY / ACCOUNT, tmp_path / "account"))
    (copy / "oidc-providers/token.actions.githubusercontent.com/jwks.json").unlink()
    said = " ".join(announced("--host", "0.0.0.0", "--expose", account=load_account(copy)).split())  # noqa: S104
    assert "whoever reaches 0.0.0.0 port 8042 can call this server" in said.replace("# ", "")
    assert "token.actions.githubusercontent.com" in said


def test_an_audit_trail_that_can_be_read_on_its_way_is_warned_of(announced: Any, tmp_path: Path) -> None:
    trails = ("postgresql://federation:hunter2@db.example.com/audit", "otlp+http://127.0.0.1:4318", f"jsonl://{tmp_path}/audit.jsonl")
    printed = announced("--audit-log", str(tmp_path / "log"), *(word for each in trails for word in ("--audit-to", each)))
    told = " ".join(printed.replace("\n#", " ").split())
    assert "use FEDERATION_AUDIT_PASSWORD" in told
    assert "can read the audit trail and discard it: use sslmode=verify-full" in told
    assert "hunter2" not in printed


def test_a_sink_that_takes_no_events_starts_nothing(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("granian", reason="the HTTP server is not installed")
    port = str(free_port())
    for place, check in ((f"jsonl://{tmp_path}", "audit"), ("otlp+http://127.0.0.1:1", "audit"), ("redis://hunter2@h", "audit-url")):
        ended = run("serve", "--account", ACCOUNT, "--port", port, "--state", f"sqlite:///{tmp_path}/state", "--audit-to", place)
        assert (ended.exit_code, ended.stdout) == (3, "")
        assert check in ended.stderr
        assert "hunter2" not in ended.stderr
