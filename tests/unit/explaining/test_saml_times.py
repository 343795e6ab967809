"""When a response was issued, until when it holds and what time it is: the true cause, and what to change."""

from datetime import timedelta
from typing import Any

import pytest

from federation.explaining.saml.evidence import plain
from federation.saml.registration.provider import SamlProvider
from federation.testing import SHAPES, SamlForge, to_base64
from tests.support.explaining import edit_of, element, explained, granted
from tests.support.sts import saml_login
from tests.support.sts.saml_login import AT, PROVIDER, World, login, mint

ISSUED = AT - timedelta(seconds=30)
KEYCLOAK = "https://keycloak.example.com/realms/aws"
ADFS = "http://adfs.example.com/adfs/services/trust"


def at(issuer: str, shape: str) -> tuple[World, SamlForge]:
    forge = SamlForge(key=saml_login.forge().key, issuer=issuer, shape=SHAPES[shape])
    return World(provider=SamlProvider.from_metadata(forge.metadata(), arn=PROVIDER)), forge


def test_a_short_life_is_the_fault_of_the_identity_provider() -> None:
    world, forge = at(KEYCLOAK, "keycloak")
    token = to_base64(forge.response(login(validity=timedelta(minutes=5)), sign="assertion"))
    explanation = explained(world, token, check="conditions-expiry", at=ISSUED + timedelta(seconds=75))
    cause, edit = explanation.first.causes[0], explanation.first.edits[0]
    assert cause.sentence.startswith("the response holds for 60 s alone, and it was sent 75 s after its issue: ")
    assert "Conditions NotOnOrAfter is 2026-11-24T12:01:00.250000Z" in cause.sentence
    assert "it is 2026-11-24T12:01:15.250000Z, 15 s after its end" in cause.sentence
    assert edit.place.setting == "Assertion Lifespan"
    assert (edit.place.path, edit.old, edit.new) == ("Conditions/@NotOnOrAfter", "60 s", "300 s")
    assert edit.instruction == "At Keycloak, set “Assertion Lifespan” to 5 minutes."
    assert edit_of(explanation, "token").instruction == "Sign in again, and redeem the response within 60 s."
    assert granted(world, token, at=ISSUED + timedelta(seconds=59))


def test_a_late_use_is_not_blamed_on_the_identity_provider() -> None:
    explanation = explained(World(), mint(), check="conditions-expiry", at=ISSUED + timedelta(hours=2))
    assert "the response was sent 7200 s after its issue, and it held for 300 s" in explanation.cause
    assert [edit.place.owner for edit in explanation.first.edits] == ["token"]
    times = explanation.first.causes[0].listings[0].members
    assert times[0] == "Assertion IssueInstant 2026-11-24T12:00:00.250000Z, 7200 s ago"
    assert "SubjectConfirmationData NotOnOrAfter 2026-11-24T12:05:00.250000Z, 6900 s ago" in times
    assert [each.causes[0].check for each in explanation.later] == []


def test_an_age_counts_from_the_issue() -> None:
    explanation = explained(World(), mint(login(validity=timedelta(hours=1))), check="age", at=ISSUED + timedelta(seconds=400))
    assert explanation.cause == (
        "the response was issued at 2026-11-24T12:00:00.250000Z, 400 s ago; AWS takes a response within 300 s of its issue"
    )
    edit = edit_of(explanation, "token")
    assert edit.instruction == "Sign in again, and redeem the response within 300 s."
    assert edit.old == "2026-11-24T12:00:00.250000Z"
    assert explanation.aws_message == "Token must be redeemed within 5 minutes of issuance"


def test_a_registered_age_that_is_shorter_than_that_of_aws_is_named() -> None:
    world = World(provider=saml_login.provider(max_age=60))
    explanation = explained(world, mint(), check="age", at=ISSUED + timedelta(seconds=90))
    assert "registered to take a response within 60 s" in explanation.cause
    edit = edit_of(explanation, "provider")
    assert (edit.place.file, edit.place.path, edit.old, edit.new) == ("saml-providers/Example/provider.toml", "max_age", "60", "300")
    assert granted(World(provider=saml_login.provider(max_age=int(str(edit.new)))), mint(), at=ISSUED + timedelta(seconds=90))


def test_the_end_of_a_session_needs_another_session() -> None:
    token = mint(login(session=timedelta(seconds=20)))
    explanation = explained(World(), token, check="session-expiry")
    assert "AuthnStatement SessionNotOnOrAfter is 2026-11-24T12:00:20.250000Z" in explanation.cause
    assert edit_of(explanation, "token").instruction.startswith("End the session at the identity provider")


@pytest.mark.parametrize("lead", [1, 90, 599])
def test_clocks_that_differ_are_told_with_the_difference(lead: int) -> None:
    token = mint(login(not_before=None))
    now = ISSUED - timedelta(seconds=lead)
    explanation = explained(World(), token, check="issue-instant", at=now)
    assert f"Assertion IssueInstant is 2026-11-24T12:00:00.250000Z, {lead} s after now" in explanation.cause
    assert f"issued {lead} s in the future, so the two clocks differ" in explanation.cause
    assert edit_of(explanation, "clock").instruction.endswith(f"they differ by {lead} s at least.")
    edit = edit_of(explanation, "provider")
    assert (edit.place.path, edit.old, edit.new) == ("clock_skew", "0", str(lead))
    assert edit.command.endswith(f"--clock-skew {lead}")
    assert explanation.aws_accepts
    assert granted(World(provider=saml_login.provider(clock_skew=int(str(edit.new)))), token, at=now)


def test_a_difference_beyond_every_skew_is_repaired_by_the_clock_alone() -> None:
    explanation = explained(World(), mint(login(not_before=None)), check="issue-instant", at=ISSUED - timedelta(hours=1))
    assert [edit.place.owner for edit in explanation.first.edits] == ["clock"]


def test_a_beginning_after_the_issue_is_a_setting_and_no_clock() -> None:
    world, forge = at(ADFS, "adfs")
    token = to_base64(forge.response(login(not_before=timedelta(minutes=2)), sign="assertion"))
    explanation = explained(world, token, check="not-before")
    assert "holds only 120 s later" in explanation.cause
    edit = edit_of(explanation, "identity-provider")
    assert edit.place.setting == "NotBeforeSkew"
    assert edit.instruction == "At AD FS, set “NotBeforeSkew” to 2 minutes earlier."


def test_a_time_that_is_none_is_shown() -> None:
    def change(response: Any) -> None:
        element(response, "Conditions").set("NotBefore", "2026-11-24 12:00")

    explanation = explained(World(), mint(before_signing=change), check="time-syntax")
    assert explanation.cause.startswith("Conditions NotBefore is `2026-11-24 12:00`, which is no instant in UTC")
    assert edit_of(explanation, "identity-provider").old == "2026-11-24 12:00"


def test_a_long_text_is_cut() -> None:
    assert plain("a" * 600) == "a" * 512 + "…"
