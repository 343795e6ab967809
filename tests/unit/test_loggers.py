"""The named loggers: what they say, to whom, and that it is no secret."""

import json
import logging
import os
import re
from pathlib import Path

import pytest

from federation.errors import AccountFault, FederationError
from federation.loggers import LOGGERS, logger
from federation.server.access_log import AccessLog
from federation.server.logged_records import LoggedRecords
from federation.state import open_state
from tests.support.paths import REPOSITORY
from tests.support.sts import saml_login

ASKED = re.compile(r"\blogger\(\"([a-z_.]+)\"\)")


def test_every_logger_is_listed_and_used() -> None:
    texts = (path.read_text(encoding="utf-8") for path in (REPOSITORY / "federation").rglob("*.py"))
    assert {f"federation.{name}" for text in texts for name in ASKED.findall(text)} == LOGGERS.keys()
    with pytest.raises(ValueError, match="not listed"):
        logger("kitchen")


def test_a_refusal_is_told_without_the_token(caplog: pytest.LogCaptureFixture) -> None:
    token = saml_login.mint()
    spoiled = token[:2000] + ("A" if token[2000] != "A" else "B") + token[2001:]
    with caplog.at_level(logging.DEBUG, "federation"), pytest.raises(FederationError) as refusal:
        saml_login.World().assume(spoiled)
    (record,) = caplog.records
    assert (record.name, record.levelname, record.getMessage()) == (
        "federation.sts",
        "INFO",
        f"AssumeRoleWithSAML refused: {refusal.value}",
    )
    assert not any(spoiled[at : at + 40] in record.getMessage() for at in range(0, len(spoiled) - 40, 8))


def test_a_state_that_cannot_be_used_is_told(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    with caplog.at_level(logging.WARNING, "federation"), pytest.raises(AccountFault):
        open_state(tmp_path / "missing" / "state")
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("federation.state", "WARNING")
    assert "state" in record.getMessage()


def test_a_password_of_a_state_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("redis", reason="the extra redis is not installed")
    with caplog.at_level(logging.DEBUG), pytest.raises(AccountFault):
        open_state("redis://app:s3cr3t-of-the-state@127.0.0.1:1/0")
    assert [record.name for record in caplog.records] == ["federation.state"]
    assert "s3cr3t" not in caplog.text


def test_who_configures_nothing_sees_nothing(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(AccountFault):
        open_state(tmp_path / "missing" / "state")
    assert capfd.readouterr() == ("", "")


def said(*records: logging.LogRecord) -> list[dict[str, str]]:
    reader, writer = os.pipe()
    handler = LoggedRecords(AccessLog(writer))
    for record in records:
        handler.handle(record)
    os.close(writer)
    with os.fdopen(reader) as lines:
        return [json.loads(line) for line in lines]


def record_of(name: str, text: str, *values: object) -> logging.LogRecord:
    return logging.LogRecord(name, logging.WARNING, "file.py", 1, text, values, None)


def test_the_server_writes_warnings_as_lines_of_its_log() -> None:
    own, foreign = said(
        record_of("federation.state", "gone: %s", "no file"), record_of("opentelemetry.x", "failed for %s\nand", "http://u:pw@h")
    )
    assert {name: own[name] for name in ("event", "logger", "level", "text")} == {
        "event": "logged",
        "logger": "federation.state",
        "level": "WARNING",
        "text": "gone: no file",
    }
    assert foreign["text"] == "failed for %s"  # the values of others may hold anything
