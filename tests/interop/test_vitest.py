"""The vitest example, run as it is against a server under test control. `make test` installs its packages where there is npm."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from federation.account import init_account
from tests.support.paths import REPOSITORY
from tests.support.server import CALENDAR, need_server, serve
from tests.support.world import ACCOUNT

EXAMPLE = REPOSITORY / "examples" / "vitest"
FOLDER = REPOSITORY / "tests" / "interop" / "js"
NODE = shutil.which("node")
pytestmark = [
    pytest.mark.skipif(NODE is None, reason="node is not installed"),
    pytest.mark.skipif(
        not (FOLDER / "node_modules" / "vitest").is_dir(),
        reason="vitest is not installed: npm ci --prefix tests/interop/js",
    ),
]


@pytest.mark.long
def test_the_example_passes_and_prints_the_cause(tmp_path: Path) -> None:
    need_server()
    assert NODE is not None
    suite = tmp_path / "vitest"
    shutil.copytree(EXAMPLE, suite)
    (suite / "node_modules").symlink_to(FOLDER / "node_modules")
    account = init_account(tmp_path / "account", account_id=ACCOUNT)
    server = serve(tmp_path / "log", "--test-control", "--workers", "2", account=account)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", *CALENDAR) if name in os.environ}
    try:
        outcome = subprocess.run(
            [NODE, "node_modules/vitest/vitest.mjs", "run", "--cache=false", "--pool=threads"],
            cwd=suite,
            env={**kept, "AWS_ENDPOINT_URL_STS": server.url, "NO_COLOR": "1", "CI": "1"},
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
    finally:
        server.stop()
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert "3 passed" in outcome.stdout
    assert "refused: the token is a GitHub token for branch `feature`; the policy trusts branch `main`" in outcome.stdout


def test_the_example_has_the_versions_that_the_tests_install() -> None:
    wanted = json.loads((EXAMPLE / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    installed = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert wanted.items() <= installed.items()
    locked = json.loads((EXAMPLE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
