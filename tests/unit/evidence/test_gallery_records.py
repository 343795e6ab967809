"""The set-ups of docs/failures.md, explained from the record of the refused login: at the same place, or not decided by the record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from federation import SecurityTokenService
from federation.account import load_account
from federation.errors import FederationError
from federation.evidence.cloudtrail.explaining import explain_event
from federation.evidence.cloudtrail.login_record import read_record
from federation.state import AuditEvent
from tests.support.failures.gallery import FAILURES
from tests.support.failures.model import Failure

BY_POLICY = [failure for failure in FAILURES if failure.check in ("trust-policy", "role")]
OPEN = {
    "bool-of-a-text",
    "cognito-guest",
    "github-claim-environment",
    "github-workflow-version",
    "key-RoleAuthorizedByIdp",
    "key-SourceIp",
    "saml-aud-is-audience",
    "saml-aud-region",
    "saml-sub-type",
    "unseen-recipient",
}
"""What hangs on a claim or a Recipient that no record of a refused login has."""


@pytest.mark.parametrize("failure", BY_POLICY, ids=lambda failure: failure.name)
def test_a_record_is_explained_at_the_same_place(failure: Failure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[AuditEvent] = []

    class Sink:
        def record(self, event: AuditEvent) -> None:
            events.append(event)

    opened = SecurityTokenService.open
    monkeypatch.setattr(SecurityTokenService, "open", lambda directory: opened(directory, audit=Sink()))
    failure.login.write(tmp_path / "account")
    with pytest.raises(FederationError) as caught:
        failure.login.attempt(tmp_path / "account")
    record = read_record(json.dumps(events[-1].as_dict()).encode())
    assert record is not None
    found = explain_event(record, load_account(tmp_path / "account"))
    assert found.granted is (None if failure.name in OPEN else False)
    if found.granted is None:
        assert found.waiting
        return
    assert found.check == caught.value.check
    assert found.explanation is not None
    (told, *_), (known, *_) = found.explanation.first.causes, caught.value.explanation.first.causes
    assert told.place == known.place
