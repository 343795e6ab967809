import json
import threading
from datetime import timedelta

import pytest

from federation.errors import (
    IDPRejectedClaim,
    InvalidIdentityToken,
    ValidationError,
)
from federation.state import AuditEvent, MemoryReplayCache
from tests.support.sts.saml_login import AT, PROVIDER, ROLE, World, attributes, login, mint, provider


class Events(list[AuditEvent]):
    def record(self, event: AuditEvent) -> None:
        self.append(event)


def test_p10_strict_accepts_an_assertion_once() -> None:
    world = World(service={"replay": MemoryReplayCache()})
    sts, token = world.sts, mint()
    call = {"role_arn": ROLE, "principal_arn": PROVIDER, "at": AT}
    sts.assume_role_with_saml(saml_assertion=token, **call)  # type: ignore[arg-type]
    for again in (token, "\r\n".join(token[n : n + 76] for n in range(0, len(token), 76))):  # P11: the text of the token is no key
        with pytest.raises(IDPRejectedClaim) as refused:
            sts.assume_role_with_saml(saml_assertion=again, **call)  # type: ignore[arg-type]
        assert refused.value.check == "replay"


@pytest.mark.parametrize(("max_age", "minutes"), [(timedelta(minutes=2), 12), (None, 70)])
def test_d09_an_assertion_is_remembered_no_longer_than_its_provider_takes_it(max_age: timedelta | None, minutes: int) -> None:
    memory = MemoryReplayCache()
    world = World(provider=provider(max_age=max_age), service={"replay": memory})
    world.assume(mint(login(validity=timedelta(hours=1))))
    memory.first_use("later", "_1", until=AT + timedelta(days=1), at=AT + timedelta(minutes=minutes - 1))
    assert len(memory) == 2
    memory.first_use("later", "_2", until=AT + timedelta(days=1), at=AT + timedelta(minutes=minutes))
    assert len(memory) == 2


def test_p10_concurrent_uses_of_one_assertion_grant_once() -> None:
    sts, token, granted = World(service={"replay": MemoryReplayCache()}).sts, mint(), []

    def use() -> None:
        try:
            granted.append(sts.assume_role_with_saml(role_arn=ROLE, principal_arn=PROVIDER, saml_assertion=token, at=AT))
        except IDPRejectedClaim:
            return

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(granted) == 1


def test_a_refused_attempt_does_not_use_the_assertion_up() -> None:
    sts, token = World(service={"replay": MemoryReplayCache()}, max_session_duration=3600).sts, mint()
    with pytest.raises(ValidationError):
        sts.assume_role_with_saml(role_arn=ROLE, principal_arn=PROVIDER, saml_assertion=token, at=AT, duration_seconds=7200)
    sts.assume_role_with_saml(role_arn=ROLE, principal_arn=PROVIDER, saml_assertion=token, at=AT)


def test_profile_aws_accepts_an_assertion_until_it_ends() -> None:
    sts, token = World(provider=provider(profile="aws"), service={"replay": MemoryReplayCache()}).sts, mint()
    for _ in range(2):
        sts.assume_role_with_saml(role_arn=ROLE, principal_arn=PROVIDER, saml_assertion=token, at=AT)


def test_an_event_for_a_grant_and_for_a_refusal() -> None:
    events = Events()
    world = World(service={"audit": events})
    token = mint(login(attributes=attributes(SourceIdentity=["source-123"])))
    session = world.assume(token)
    with pytest.raises(InvalidIdentityToken):
        world.assume("AAAA")
    with pytest.raises(ValidationError):
        world.assume(duration_seconds=14_401)
    granted, unproved, refused = (event.as_dict() for event in events)
    assert granted["federation"]["outcome"] == "granted"
    assert granted["responseElements"]["credentials"]["accessKeyId"] == session.credentials.access_key_id
    assert granted["requestParameters"]["sourceIdentity"] == "source-123"
    assert (granted["userIdentity"]["userName"], granted["requestParameters"]["roleSessionName"]) == ("subject-123", "alice")
    assert (unproved["errorCode"], unproved["userIdentity"]) == ("InvalidIdentityToken", {"type": "SAMLUser"})
    assert (refused["federation"]["check"], refused["federation"]["subject"]) == ("duration", "subject-123")
    text = json.dumps([granted, unproved, refused])
    for secret in (token, session.credentials.secret_access_key, session.credentials.session_token):
        assert secret not in text
