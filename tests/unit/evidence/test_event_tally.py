"""Recorded logins judged again: who would lose or gain access, what is not decided, and counts that stay bounded."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from federation.account import Account
from federation.evidence.cloudtrail.event_audit import EventBench, audit_events, judge_events
from federation.evidence.cloudtrail.event_judgement import AccountsLoginsJudge, EventJudgement, EventOutcome, LoginsJudge
from federation.evidence.cloudtrail.event_tally import EventTally, OutcomeCounter, federated_roles
from federation.evidence.cloudtrail.found import PassedEvents, RecordFault
from federation.evidence.cloudtrail.login_record import LoginRecord
from federation.evidence.cloudtrail.reading import read_raw
from federation.evidence.cloudtrail.subjects import subject_pattern
from tests.support.events import GITHUB_ROLE, KEY, RECORDS, account, event, login, trusting, written
from tests.support.many_accounts import fill
from tests.support.paths import FIXTURES
from tests.support.world import ACCOUNT, OTHER, SAML_ROLE

SUBJECT, MAIN, PRODUCTION = f"{KEY}:sub", "repo:octo-org/octo-repo:ref:refs/heads/main", "repo:octo-org/octo-repo:environment:production"
ANY = trusting({"StringLike": {SUBJECT: "repo:octo-org/octo-repo:*"}})
ENVIRONMENT = trusting({"StringEquals": {SUBJECT: PRODUCTION}})
UNKNOWN = trusting({"StringEquals": {f"{KEY}:repository_id": "74"}})


def judged(record: LoginRecord, held: Account, against: Account | None = None) -> EventJudgement:
    return LoginsJudge(held, against).judge(record)


@pytest.mark.parametrize(
    ("record", "held", "against", "outcome"),
    [
        (login("granted"), account(), None, "kept"),
        (login("refused"), account(), None, "refused"),
        (login("granted"), ENVIRONMENT, None, "lost"),
        (login("refused"), ENVIRONMENT, None, "gained"),
        (login("refused"), UNKNOWN, None, "undecided"),
        (replace(login(), error_code="ExpiredTokenException"), account(), None, "unproved"),
        (replace(login(), role_arn=GITHUB_ROLE.replace("123456789012", OTHER)), account(), None, "elsewhere"),
        (login("refused"), ANY, account(), "gained"),
        (login("refused"), ENVIRONMENT, ANY, "kept"),  # both grant it, whatever the record says
        (login("granted"), ENVIRONMENT, account(), "lost"),
        (login("granted"), account(), UNKNOWN, "undecided"),
        (login("granted"), UNKNOWN, UNKNOWN, "kept"),  # the same is asked: nothing changes
        (login("refused"), UNKNOWN, UNKNOWN, "refused"),
    ],
)
def test_what_becomes_of_a_login(record: LoginRecord, held: Account, against: Account | None, outcome: str) -> None:
    assert judged(record, held, against).outcome == outcome


def test_a_line() -> None:
    line = judged(login("granted"), ENVIRONMENT).as_dict()
    assert (line["before"], line["now"], line["outcome"], line["check"]) == ("granted", "refused", "lost", "trust-policy")
    assert PRODUCTION in line["reason"]
    waiting = judged(login("refused"), UNKNOWN).as_dict()
    assert (waiting["now"], waiting["waits_for"]) == ("undecided", [f"{KEY}:repository_id"])


@pytest.mark.parametrize(
    ("name", "subject", "pattern"),
    [
        ("granted", MAIN, "repo:octo-org/octo-repo:ref:refs/heads/*"),
        ("granted", PRODUCTION, "repo:octo-org/octo-repo:environment:*"),
        ("granted", "repo:octo-org/octo-repo:pull_request", "repo:octo-org/octo-repo:pull_request"),
        ("granted", "repo:o@1/r@2:ref:refs/tags/v1", "repo:o@1/r@2:ref:refs/tags/*"),
        ("granted", "something else", "something else"),
        ("saml", "alice@example.com", "*@example.com"),
        ("saml", "alice", "alice"),
        ("saml", None, "no subject"),
    ],
)
def test_the_form_of_a_subject(name: str, subject: str | None, pattern: str) -> None:
    assert subject_pattern(replace(login(name), subject=subject)) == pattern


def tallied(records: Iterable[Any], held: Account, against: Account | None = None) -> EventTally:
    tally = EventTally()
    assert len(list(judge_events(records, held, against=against, tally=tally))) == tally.logins
    return tally


def test_everything_is_counted() -> None:
    fault = RecordFault("a", "b", "c")
    records = [
        login("granted"),
        *[login("refused")] * 5,
        login("saml"),
        fault,
        PassedEvents(7, 0),
        replace(login(), error_code="ExpiredToken"),
    ]
    told = tallied(records, ENVIRONMENT).as_dict(federated_roles(ENVIRONMENT))
    assert told["outcomes"] == {"kept": 1, "refused": 0, "lost": 1, "gained": 5, "undecided": 0, "unproved": 1, "elsewhere": 0}
    assert [(each["outcome"], each["subject"], each["count"], len(each["samples"])) for each in told["groups"]] == [
        ("lost", "repo:octo-org/octo-repo:ref:refs/heads/*", 1, 1),
        ("gained", "repo:octo-org/octo-repo:environment:*", 5, 3),
    ]
    assert told["subjects"][0] == {"name": "repo:octo-org/octo-repo:environment:*", "granted": 0, "refused": 5}
    assert {each["name"] for each in told["audiences"]} == {"sts.amazonaws.com", "https://signin.aws.amazon.com/saml"}
    assert (told["other_events"], told["unread"], told["token_errors"]) == (7, 1, [{"code": "ExpiredToken", "count": 1}])
    json.dumps(told)


def test_federated_roles_that_nobody_used() -> None:
    roles = tuple(federated_roles(account()))
    used = tallied([login("granted")], account()).unused(roles)
    assert GITHUB_ROLE not in used
    assert SAML_ROLE in used
    assert not any("xaccounts3access" in arn for arn in used), "nobody logs in to it by an identity provider"
    assert GITHUB_ROLE in tallied([login("refused")], account()).unused(roles), "a refused login is no use"


def test_each_record_is_judged_by_the_account_of_its_role(tmp_path: Path) -> None:
    for each in (ACCOUNT, OTHER):
        fill(tmp_path / "accounts", each, trusts=OTHER)
    judge = AccountsLoginsJudge(tmp_path / "accounts")
    roles = {each: f"arn:aws:iam::{each}:role/Portal" for each in (ACCOUNT, OTHER, "999999999999", "x")}
    told = {
        name: judge.judge(replace(login("saml"), role_arn=arn, provider=f"arn:aws:iam::{name}:saml-provider/Example"))
        for name, arn in {**roles, "no role": "deploy"}.items()
    }
    outcomes = {name: each.outcome.value for name, each in told.items()}
    assert outcomes == {ACCOUNT: "kept", OTHER: "kept", "999999999999": "elsewhere", "x": "elsewhere", "no role": "elsewhere"}
    of_neighbour = replace(login("saml"), role_arn=roles[ACCOUNT], provider=f"arn:aws:iam::{OTHER}:saml-provider/Example")
    assert judge.judge(of_neighbour).verdict.check == "provider"
    counted = list(judge_events([of_neighbour], judge, tally=(tally := EventTally())))
    assert (len(counted), tally.logins) == (1, 1)


def test_tallies_of_parts_are_that_of_the_whole() -> None:
    records = [login("granted"), login("refused"), login("saml"), RecordFault("a", "b", "c"), PassedEvents(2, 0)] * 3
    whole, parts = tallied(records, ENVIRONMENT), EventTally()
    for start in range(0, len(records), 4):
        parts.merge(tallied(records[start : start + 4], ENVIRONMENT))
    assert parts.as_dict(federated_roles(ENVIRONMENT)) == whole.as_dict(federated_roles(ENVIRONMENT))
    assert list(parts.spans) == list(whole.spans)


def test_names_that_strangers_choose_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("federation.evidence.cloudtrail.event_tally.MOST_KEYS", 3)
    counter = OutcomeCounter()
    for number in range(10):
        counter.add(f"name {number}", granted=number % 2 == 0)
    assert counter.largest(2) == [("name 0", 1, 0), ("name 1", 0, 1), ("others", 4, 4)]
    tally = tallied([replace(login("granted"), subject=f"subject {number}") for number in range(9)], ENVIRONMENT)
    assert [(group.role_arn == "others", counts.count) for group, counts in tally.largest(EventOutcome.LOST)] == [
        (True, 6),
        (False, 1),
        (False, 1),
        (False, 1),
    ]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_audit_by_several_processes_says_the_same(workers: int, tmp_path: Path) -> None:
    file = written(
        tmp_path / "a.json", *[event(name, eventID=f"{name}-{number}") for number in range(400) for name in ("granted", "refused")]
    )
    tally = EventTally()
    batches = list(audit_events(read_raw([file, RECORDS]), EventBench(account=FIXTURES / "account"), tally, workers=workers))
    lines = [json.loads(line)["event_id"] for batch in batches for line in batch.lines.splitlines()]
    assert lines[:800] == [f"{name}-{number}" for number in range(400) for name in ("granted", "refused")]
    assert (tally.logins, tally.passed, tally.outcomes[EventOutcome.UNPROVED]) == (812, 1, 2)
    assert sum(batch.octets for batch in batches) > file.stat().st_size * 0.9


def test_without_lines_it_is_counted_all_the_same() -> None:
    tally = EventTally()
    assert {batch.lines for batch in audit_events(read_raw([RECORDS]), EventBench(account=FIXTURES / "account"), tally, lines=False)} == {
        ""
    }
    assert tally.logins == 12
