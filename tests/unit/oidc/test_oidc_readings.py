"""A refusal is in the report whatever it is called, and a rule has one row where the profiles agree."""

from federation.check_names import CheckName
from federation.errors import InvalidIdentityToken
from federation.oidc.readings import Reading, Stage, rows
from federation.profiles import Profile
from federation.report import BOTH, Check


def refuse(name: CheckName) -> None:
    raise InvalidIdentityToken(check=name, expected="x", found="y", remedy="z")


def test_a_refusal_that_no_stage_owns_up_to_is_still_a_refusal() -> None:
    readings = {profile: Reading.of(lambda: refuse("identity"), ()) for profile in Profile}
    results = list(rows([Stage("type", "x")], readings))
    assert [(r.name, r.outcome) for r in results] == [("type", "passed"), ("identity", "refused"), ("identity", "refused")]


def test_every_check_is_asked_although_one_refused() -> None:
    checks: list[Check[None]] = [
        Check("issuer", "x", BOTH, lambda _: refuse("issuer")),
        Check("audience", "x", BOTH, lambda _: refuse("exp")),
    ]
    reading = Reading.of(lambda: None, checks)
    assert (set(reading.refusals), reading.stopped) == ({"issuer", "audience"}, None)
    assert [(r.name, r.outcome) for r in rows(checks, dict.fromkeys(Profile, reading))] == [
        ("issuer", "refused"),
        ("audience", "refused"),
    ]


def test_where_nothing_refuses_each_rule_says_that_it_passed() -> None:
    checks: list[Check[None]] = [
        Check("issuer", "x", BOTH, lambda _: None),
        Check("audience", "y", frozenset({Profile.AWS}), lambda _: None),
    ]
    results = rows([Stage("type", "z"), *checks], {profile: Reading.of(lambda: None, checks) for profile in Profile})
    assert [(r.name, r.clause, r.profiles, r.outcome) for r in results] == [
        ("type", "z", BOTH, "passed"),
        ("issuer", "x", BOTH, "passed"),
        ("audience", "y", frozenset({Profile.AWS}), "passed"),
    ]
