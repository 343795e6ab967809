"""What an account says of a recorded login: granted, refused by one check, or waiting for what the record does not say."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from federation.evidence.cloudtrail.knowable import TABLE, keys_of, what_tells
from federation.evidence.cloudtrail.login_record import LoginRecord
from federation.evidence.cloudtrail.verdict import EventJudge, judge_login
from federation.identity import SessionTag
from federation.policy.wildcard import fold
from tests.support.events import GITHUB_PROVIDER, GITHUB_ROLE, KEY, account, login, trusting
from tests.support.world import OTHER, SAML_PROVIDER, SAML_ROLE

SUBJECT = {f"{KEY}:sub": "repo:octo-org/octo-repo:environment:production"}


def test_the_fixtures() -> None:
    assert judge_login(login("granted"), account()).allowed is True
    assert judge_login(login("saml"), account()).allowed is True
    refused = judge_login(login(), account())
    assert (refused.allowed, refused.check, refused.undecided) == (False, "trust-policy", ())


@pytest.mark.parametrize(
    ("condition", "allowed", "unknown"),
    [
        ({"StringEquals": {**SUBJECT, f"{KEY}:repository_id": "74"}}, None, [f"{KEY}:repository_id"]),
        ({"StringEquals": {f"{KEY}:sub": "another", f"{KEY}:repository_id": "74"}}, False, []),
        ({"StringEquals": SUBJECT, "ForAnyValue:StringEquals": {f"{KEY}:amr": "x"}}, None, [f"{KEY}:amr"]),
        ({"StringEquals": {f"{KEY}:oaud": "x"}}, None, [f"{KEY}:oaud"]),
        ({"StringEquals": {f"{KEY}:iss": "x"}}, False, []),  # AWS makes no key of it, for no token
        ({"StringEquals": {"accounts.google.com:sub": "x"}}, False, []),  # nor is it one of this provider
        ({"StringEquals": {"sts:RoleSessionName": "GitHubActions"}}, True, []),
        ({"Bool": {"sts:RoleAuthorizedByIdp": "true"}}, None, ["sts:roleauthorizedbyidp"]),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, True, []),
        ({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, False, []),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, False, []),  # the record has no endpoint
        ({"StringLike": {"aws:UserAgent": "aws-sdk-*"}}, True, []),
        ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, False, []),
        ({"StringEquals": {"aws:Referer": "x"}}, None, ["aws:referer"]),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, None, ["aws:principalorgid"]),
        ({"DateLessThan": {"aws:CurrentTime": "2026-11-24T12:00:00Z"}}, False, []),
        ({"StringEquals": {"aws:PrincipalTag/team": "x"}}, False, []),  # a federated caller has none
        ({"Null": {"aws:TagKeys": "true"}}, True, []),
    ],
)
def test_which_keys_a_record_says(condition: dict[str, Any], allowed: bool | None, unknown: list[str]) -> None:  # noqa: FBT001
    verdict = judge_login(login(), trusting(condition))
    assert (verdict.allowed, [key for each in verdict.undecided for key in each.unknown]) == (allowed, unknown)


def test_an_endpoint_takes_the_place_of_the_address() -> None:
    record = replace(login(), vpc_endpoint="vpce-1")
    unknown = keys_of(record, account()).is_unknown
    known = keys_of(record, account()).folded
    assert (known["aws:sourcevpce"], known["aws:vpcsourceip"]) == ("vpce-1", "203.0.113.17")
    assert ("aws:sourceip" in known, unknown("aws:sourceip"), unknown("aws:sourcevpc")) == (False, False, True)


@pytest.mark.parametrize("ip", ["AWS Internal", "sts.amazonaws.com", None])
def test_what_is_no_address_is_not_known(ip: str | None) -> None:
    keys = keys_of(replace(login(), source_ip=ip), account())
    assert ("aws:sourceip" in keys.folded, keys.is_unknown("aws:sourceip")) == (False, True)


def test_a_user_agent_that_was_cut_is_not_known() -> None:
    assert keys_of(replace(login(), user_agent="x" * 1_000 + "..."), account()).is_unknown("aws:useragent")


def saml(**changes: Any) -> LoginRecord:
    return replace(login("saml"), **changes)


def test_a_refused_saml_login_says_its_issuer_by_the_qualifier() -> None:
    refused = saml(audience=None, issuer=None, subject_type=None, error_code="AccessDenied")
    keys = keys_of(refused, account())
    assert keys.folded["saml:iss"] == "https://integ.example.com/idp/shibboleth"
    assert keys.folded["saml:doc"] == "123456789012/SAML-test"
    assert [name for name in ("saml:aud", "saml:sub_type", "saml:cn", "saml:iss") if keys.is_unknown(name)] == [
        "saml:aud",
        "saml:sub_type",
        "saml:cn",
    ]
    verdict = judge_login(refused, account())
    assert (verdict.allowed, [each.key for each in verdict.undecided]) == (None, ["SAML:aud"])
    assert keys_of(replace(refused, name_qualifier="another"), account()).is_unknown("saml:iss")


@pytest.mark.parametrize(
    ("record", "check"),
    [
        (replace(login(), role_arn=f"{GITHUB_ROLE}2"), "role"),
        (replace(login(), provider=GITHUB_PROVIDER + "/x"), "provider"),
        (replace(login(), audience="another"), "audience"),
        (saml(provider=SAML_PROVIDER + "2"), "provider"),
        (replace(login("granted"), duration=7_200), "duration"),
        (replace(login("granted"), tags=(SessionTag("team", "blue"),)), "trust-policy"),
        (replace(login("granted"), source_identity="alice"), "trust-policy"),
    ],
)
def test_what_refuses(record: LoginRecord, check: str) -> None:
    verdict = judge_login(record, account())
    assert (verdict.allowed, verdict.check) == (False, check)
    assert verdict.reason.startswith("nearest miss: " if check == "trust-policy" else "expected ")


def test_the_action_that_refuses_is_that_of_the_tags() -> None:
    verdict = judge_login(replace(login("granted"), tags=(SessionTag("team", "blue"),)), account())
    assert verdict.decision is not None
    assert verdict.decision.request.action == "sts:TagSession"


def test_a_question_that_was_asked_before_has_the_same_answer() -> None:
    policy = {"StringLike": {f"{KEY}:sub": "repo:octo-org/*"}, "DateLessThan": {"aws:CurrentTime": "2026-11-24T12:02:00Z"}}
    held = trusting(policy)
    judge = EventJudge(held)
    records = [
        replace(login(name), time=datetime(2026, 11, 24, 12, minute, tzinfo=UTC)) for name in ("granted", "refused") for minute in (1, 2, 1)
    ]
    assert (
        [judge.judge(each).allowed for each in records] == [judge_login(each, held).allowed for each in records] == [True, False, True] * 2
    )


def test_answers_are_forgotten_before_they_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("federation.evidence.cloudtrail.verdict._MOST_ANSWERS", 2)
    judge = EventJudge(account())
    subjects = [f"repo:octo-org/octo-repo:ref:refs/heads/{name}" for name in ("a", "main", "b", "c", "main")]
    assert [judge.judge(replace(login("granted"), subject=each)).allowed for each in subjects] == [False, True, False, False, True]


def test_a_built_in_provider_needs_no_registration() -> None:
    google = replace(login("granted"), provider="accounts.google.com", audience="client", subject="1")
    statement = {"Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRoleWithWebIdentity"}
    condition = {"StringEquals": {"accounts.google.com:aud": "client", "accounts.google.com:sub": "1"}}
    held = trusting({"StringEquals": {f"{KEY}:sub": "x"}}, beside=({**statement, "Condition": condition},))
    assert judge_login(google, held).allowed is True


@pytest.mark.parametrize("key", [key for each in TABLE for key in each.keys if "<" not in key])
def test_the_table_is_what_the_code_does(key: str) -> None:
    """A key is known from the member that the table names, or it is unknown and the table says what tells it."""
    told = next(each for each in TABLE if key in each.keys)
    full = saml(
        tags=(SessionTag("a", "b"),), transitive_tag_keys=("a",), source_identity="alice", source_ip="203.0.113.1", authorized_by_idp=True
    )
    full = replace(full, vpc_endpoint="vpce-1") if "Vpc" in key else full
    keys = keys_of(full, account())
    assert (fold(key) in keys.folded) is bool(told.member), key
    if not told.member:
        assert keys.is_unknown(fold(key)) or key.startswith("aws:Vpce") is True
        assert what_tells(fold(key), full) == told.tells


def test_what_tells() -> None:
    assert what_tells(f"{KEY}:repository_id", login()).startswith("the claim `repository_id` of the token")
    assert what_tells("saml:cn", saml()).startswith("the attribute behind `saml:cn` of the assertion")
    assert what_tells("aws:sourcevpc", login()) == "the network of the caller, which AWS alone knows"


def test_the_neighbours_logins_are_of_no_role_here() -> None:
    assert judge_login(saml(role_arn=SAML_ROLE.replace("123456789012", OTHER)), account()).check == "role"
