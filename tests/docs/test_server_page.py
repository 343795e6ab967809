"""docs/server.md, done as it says: its commands in order, its profiles, its programs, at a server that the page itself starts."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from federation import limits
from federation.cli.serve import CONTROLLED
from federation.cli.serve import IGNORING as TOLD
from federation.server.control import ROUTES
from tests.support.paths import REPOSITORY
from tests.support.server import CALENDAR, free_port

PAGE = (REPOSITORY / "docs" / "server.md").read_text(encoding="utf-8")
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
JAVASCRIPT = REPOSITORY / "tests" / "interop" / "js"
BIN = Path(sys.executable).parent
STOP_SECONDS = 30.0


class Reader:
    """Somebody who follows the page in an empty directory, in one shell, with the server in another."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
        shifted = {name: os.environ[name] for name in CALENDAR if name in os.environ}
        self.environment = {"PATH": path, "HOME": str(folder), "AWS_EC2_METADATA_DISABLED": "true", **shifted}
        self.server: subprocess.Popen[str] | None = None

    def follow(self, language: str, text: str) -> None:
        text = text.replace("8042", str(self.port))
        if language == "sh":
            self.type(text.replace("\\\n", ""))
        elif language == "ini":
            with (self.folder / "examples" / "aws-config").open("a", encoding="utf-8") as profiles:
                profiles.write("\n" + text)
        elif language == "py":
            self.run([sys.executable, "-W", "error::ResourceWarning", "-c", text])
        elif language == "js" and (node := shutil.which("node")) is not None and (JAVASCRIPT / "node_modules" / "@aws-sdk").is_dir():
            (self.folder / "node_modules").symlink_to(JAVASCRIPT / "node_modules")
            said = self.run([node, "--input-type=module", "-e", text])
            assert said == "arn:aws:iam::123456789012:user/DevAdmin\n"

    def type(self, text: str) -> None:
        for line in text.splitlines():
            if "pip install" in line or line.startswith((". .venv", "#")):
                continue
            if line.startswith("export "):
                self.environment |= dict(word.split("=", 1) for word in line.removeprefix("export ").split())
            elif line.startswith("federation serve"):
                self.serve(line)
            else:
                self.run(["/bin/sh", "-ec", line])

    def run(self, command: list[str]) -> str:
        outcome = subprocess.run(command, env=self.environment, cwd=self.folder, capture_output=True, text=True, timeout=60, check=False)
        assert outcome.returncode == 0, f"{command[-1]}: {outcome.stdout}{outcome.stderr}"
        return outcome.stdout

    def serve(self, line: str) -> None:
        self.stop()  # a page may start another one
        port = [] if "--port" in line else ["--port", str(self.port)]
        with (self.folder / "log").open("wb") as log:
            self.server = subprocess.Popen(
                [BIN / "federation", *line.split()[1:], *port],
                env=self.environment,
                cwd=self.folder,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.server.stdout is not None
        first = self.server.stdout.readline()
        if "--test-control" in line:
            assert first == f"{CONTROLLED.format(url=f'http://127.0.0.1:{self.port}')}\n"
            first = self.server.stdout.readline()
        assert first == f"AWS_ENDPOINT_URL_STS=http://127.0.0.1:{self.port}\n"

    def stop(self) -> None:
        if self.server is not None:
            self.server.terminate()
            self.server.communicate(timeout=STOP_SECONDS)


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Reader]:
    if find_spec("granian") is None or shutil.which("aws", path=str(BIN)) is None:
        pytest.skip("the HTTP server or the AWS CLI is not installed: pip install 'sts-federation[server]' awscli")
    somebody = Reader(tmp_path)
    yield somebody
    somebody.stop()


@pytest.fixture
def reader(newcomer: Reader, programs: Path) -> Reader:
    newcomer.environment["PATH"] = f"{programs}{os.pathsep}{newcomer.environment['PATH']}"
    return newcomer


@pytest.mark.wide
def test_the_page_can_be_followed(reader: Reader) -> None:
    page, heading, control = PAGE.partition("## Test control\n")
    assert heading
    for language, text in FENCE.findall(page):
        reader.follow(language, text)
    again = re.search(r"`(federation mint oidc [^`]*)`", page)
    assert again is not None
    reader.type(f"{again[1]}\nAWS_PROFILE=ci aws sts get-caller-identity")
    for language, text in FENCE.findall(control):
        reader.follow(language, text)
    assert reader.server is not None
    assert reader.server.poll() is None


def test_every_path_of_the_test_control_is_shown() -> None:
    shown = "\n".join(text for _, text in FENCE.findall(PAGE.partition("## Test control\n")[2]))
    assert [path for _, path in ROUTES if f"/_federation/{path}" not in shown] == []


def test_readme_can_be_followed(newcomer: Reader) -> None:
    """Its commands start from nothing, as a newcomer's do."""
    shown = [text for language, text in FENCE.findall(README) if language == "sh"]
    assert any("federation serve" in text for text in shown)
    for text in shown:
        newcomer.follow("sh", text)
    assert newcomer.server is not None
    assert newcomer.server.poll() is None


IGNORING = ("AWS CLI", "2.13", "1.29", "boto3", "1.28", "JavaScript v2", "Go v1", "C++", "pyarrow", "--endpoint-url")


@pytest.mark.parametrize("text", [README, PAGE, TOLD], ids=["README", "page", "serve"])
def test_clients_that_ignore_the_variable_are_named_wherever_it_is_recommended(text: str) -> None:
    assert [word for word in IGNORING if word not in text] == []


TESTED = {
    "requirements/dev.txt": (r"^boto3==(\S+)", r"^awscli==(\S+)"),
    "tests/interop/js/package.json": (r'client-sts": "([^"]+)"',),
    "tests/interop/sdks/go/go.mod": (r"v2/config v(\S+)", r"service/sts v(\S+)", r"service/iam v(\S+)"),
    "tests/interop/sdks/java/pom.xml": (r"<artifactId>bom</artifactId>\s*<version>([^<]+)<",),
}


@pytest.mark.parametrize(("file", "pattern"), [(file, pattern) for file, patterns in TESTED.items() for pattern in patterns])
def test_the_versions_that_are_tested_are_told(file: str, pattern: str) -> None:
    pinned = re.search(pattern, (REPOSITORY / file).read_text(encoding="utf-8"), re.MULTILINE)
    assert pinned is not None
    assert re.search(rf"^\| [^|]+ \|[^|]*\b{re.escape(pinned[1])}\b[^|]*\|", PAGE, re.MULTILINE), (
        f"docs/server.md does not tell {pinned[1]}"
    )


@pytest.mark.parametrize(
    "stated",
    [
        f"body | {limits.REQUEST_OCTETS // 1024} KiB",
        f"header fields | {limits.REQUEST_HEAD_OCTETS // 2**10} KiB",
        f"parameters | {limits.REQUEST_PARAMETERS}",
        f"for the body | {limits.REQUEST_SECONDS} seconds",
        f"idle ones included | {limits.REQUESTS_AT_ONCE} a worker",
        f"SIGINT | {limits.SHUTDOWN_SECONDS} seconds",
    ],
)
def test_limits_are_those_of_the_code(stated: str) -> None:
    assert stated in PAGE
