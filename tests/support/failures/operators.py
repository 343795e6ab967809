"""Failures of conditions, operator by operator: each compares a session tag of the token with a value of the policy."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from tests.support.failures.following import TAGS
from tests.support.failures.logins import AUDIENCE, WEB, WebLogin, allow, policy
from tests.support.failures.model import Failure, web

IDP: Final = "idp.example.com/tenant"
TAG: Final = "aws:RequestTag/team"
ALICE, BOB = (f"arn:aws:iam::123456789012:user/{name}" for name in ("alice", "bob"))
FOREIGN: Final = ({"sub": "app-8"},)

OPERATORS: Final[dict[str, tuple[str, Any, str]]] = {
    "StringEquals": ("blue", "green", '["green", "blue"]'),
    "StringNotEquals": ("blue", ["blue", "green"], '["green"]'),
    "StringEqualsIgnoreCase": ("blue", "Green", '["Green", "blue"]'),
    "StringNotEqualsIgnoreCase": ("Blue", ["blue", "green"], '["green"]'),
    "StringLike": ("blue", "green-*", '["green-*", "blue"]'),
    "NumericEquals": ("7", "8", '["8", "7"]'),
    "NumericNotEquals": ("7", ["7.0", "8"], '["8"]'),
    "NumericLessThan": ("8", "7", '"NumericLessThanEquals": {"aws:RequestTag/team": "8"}'),
    "NumericLessThanEquals": ("8", "7", '"8"'),
    "NumericGreaterThan": ("7", "8", '"NumericGreaterThanEquals": {"aws:RequestTag/team": "7"}'),
    "NumericGreaterThanEquals": ("7", "8", '"7"'),
    "DateEquals": ("2026-11-24", "2026-11-25", '["2026-11-25", "2026-11-24"]'),
    "DateNotEquals": ("2026-11-24", ["2026-11-24", "2026-11-25"], '["2026-11-25"]'),
    "DateLessThan": ("2026-11-25", "2026-11-24", '"DateLessThanEquals": {"aws:RequestTag/team": "2026-11-25"}'),
    "DateLessThanEquals": ("2026-11-25", "2026-11-24", '"2026-11-25"'),
    "DateGreaterThan": ("2026-11-24", "2026-11-25", '"DateGreaterThanEquals": {"aws:RequestTag/team": "2026-11-24"}'),
    "DateGreaterThanEquals": ("2026-11-24", "2026-11-25", '"2026-11-24"'),
    "Bool": ("false", "true", '"false"'),
    "BinaryEquals": ("Zm9v", "YmFy", '["YmFy", "Zm9v"]'),
    "IpAddress": ("203.0.113.7", "198.51.100.0/24", '["198.51.100.0/24", "203.0.113.7"]'),
    "NotIpAddress": ("203.0.113.7", ["203.0.113.7/32", "198.51.100.0/24"], '["198.51.100.0/24"]'),
    "ArnEquals": (ALICE, BOB, f'["{BOB}", "{ALICE}"]'),
    "ArnLike": (ALICE, BOB.replace("bob", "b*"), f'"{ALICE}"]'),
    "ArnNotEquals": (ALICE, [ALICE, BOB], f'["{BOB}"]'),
    "ArnNotLike": (ALICE, [ALICE, BOB], f'["{BOB}"]'),
    "StringEqualsIfExists": ("blue", "green", '["green", "blue"]'),
    "NumericLessThanIfExists": ("8", "7", '"NumericLessThanEqualsIfExists": {"aws:RequestTag/team": "8"}'),
    "ForAnyValue:StringEquals": ("blue", "green", '["green", "blue"]'),
    "ForAllValues:DateLessThan": ("2026-11-25", "2026-11-24", '"ForAllValues:DateLessThanEquals": {"aws:RequestTag/team": "2026-11-25"}'),
    "ForAnyValue:NumericGreaterThanEqualsIfExists": ("7", "8", '"7"'),
}
"""Operator to the value of the token, that of the policy, and what the edit writes in place of the latter."""
EXCLUDING: Final = {
    "StringNotLike": ("blue", "bl*", "green"),
    "ForAllValues:StringNotEqualsIgnoreCase": ("Blue", "blue", "green"),
    "NotIpAddressIfExists": ("198.51.100.9", "198.51.100.0/24", "203.0.113.7"),
}
"""Operator to the value of the token, that of the policy, which excludes more than it or nothing else, and another value of a token."""


def login(operator: str, wanted: Any, tags: dict[str, str] | None = None, *, key: str = TAG, **more: Any) -> WebLogin:
    """A login whose policy demands audience, subject and *wanted* of *key*."""
    condition: dict[str, Any] = {"StringEquals": {f"{IDP}:aud": AUDIENCE, f"{IDP}:sub": "app-7"}}
    condition[operator] = {**condition.get(operator, {}), key: wanted}
    statement = allow(condition, issuer=IDP, Action=[WEB, "sts:TagSession", "sts:SetSourceIdentity"])
    claims = {} if tags is None else tagged(**tags)
    version = more.pop("version", "2012-10-17")
    return WebLogin(trust=policy(statement, version=version), issuer=IDP, sub="app-7", claims={**claims, **more.pop("claims", {})}, **more)


def tagged(**tags: str) -> dict[str, Any]:
    """The claim that asks for session *tags*."""
    return {TAGS: {"principal_tags": {name: [value] for name, value in tags.items()}}}


def _first(wanted: Any) -> str:
    return str(wanted if isinstance(wanted, str) else wanted[0])


def _each() -> Iterator[Failure]:
    for operator, (found, wanted, new) in OPERATORS.items():
        title = f"{operator}: the token says `{found}`, the policy `{_first(wanted)}`"
        name = operator.replace(":", "-")
        yield web(
            f"operator-{name}", title, login(operator, wanted, {"team": found}), cause=(found, _first(wanted)), new=new, foreign=FOREIGN
        )
    for operator, (found, wanted, other) in EXCLUDING.items():
        yield web(
            f"operator-{operator.replace(':', '-')}",
            f"{operator}: the policy excludes `{wanted}`, and the token says `{found}`",
            login(operator, wanted, {"team": found}),
            cause=(found, wanted, operator),
            old=found,
            owner="token",
            chosen={"claims": tagged(team=other)},
            foreign=FOREIGN,
        )


FAILURES: Final = (
    *_each(),
    web(
        "operator-Null-true",
        "Null is `true`: the policy demands that the token has no such tag",
        login("Null", "true", {"team": "blue"}),
        cause=("Null", "true", "blue"),
        old='"true"',
        new='"blue"',
        foreign=FOREIGN,
    ),
    web(
        "operator-Null-false",
        "Null is `false`: the policy demands a tag that the token does not have",
        login("Null", "false", {"cost": "7"}),
        cause=(TAG, "cost"),
        owner="identity-provider",
        chosen={"claims": tagged(team="blue")},
        foreign=FOREIGN,
    ),
    web(
        "operator-variable",
        "The session name has to be the tag of the token",
        login("StringEquals", "${aws:RequestTag/team}", {"team": "blue"}, key="sts:RoleSessionName"),
        cause=("${aws:RequestTag/team}", "`blue` here", "job-7"),
        old="job-7",
        new="blue",
        owner="call",
        foreign=FOREIGN,
    ),
    web(
        "operator-variable-2008",
        "A policy variable in a policy of version 2008-10-17",
        login("StringLike", "job-${aws:RequestTag/run}", {"run": "7"}, key="sts:RoleSessionName", version="2008-10-17"),
        cause=("job-${aws:RequestTag/run}", "no variables"),
        old='"2008-10-17"',
        new='"2012-10-17"',
        foreign=FOREIGN,
    ),
    web(
        "key-TagKeys-any",
        "ForAnyValue: none of the tags of the token is one that the policy demands",
        login("ForAnyValue:StringEquals", ["cost", "owner"], {"team": "blue", "site": "b"}, key="aws:TagKeys"),
        cause=("`team`", "`site`", "`cost`"),
        owner="policy",
        foreign=FOREIGN,
    ),
    web(
        "key-TagKeys-all",
        "ForAllValues: the token has one tag more than the policy allows",
        login("ForAllValues:StringEquals", ["team"], {"team": "blue", "site": "b"}, key="aws:TagKeys"),
        cause=("`site`", "`team`"),
        old='["team"]',
        new='["team", "site"]',
        foreign=FOREIGN,
    ),
    web(
        "key-TransitiveTagKeys",
        "The token makes other tags transitive than the policy allows",
        login(
            "ForAllValues:StringEquals",
            ["team"],
            key="sts:TransitiveTagKeys",
            claims={TAGS: {"principal_tags": {"site": ["b"]}, "transitive_tag_keys": ["site"]}},
        ),
        cause=("`site`", "`team`"),
        new='["team", "site"]',
        foreign=FOREIGN,
    ),
    web(
        "key-SourceIdentity",
        "The source identity is another",
        login("StringEquals", "alice", key="sts:SourceIdentity", claims={"https://aws.amazon.com/source_identity": "bob"}),
        cause=("`bob`", "`alice`"),
        new='["alice", "bob"]',
        foreign=FOREIGN,
    ),
    web(
        "key-CurrentTime-ended",
        "The statement has ended: `aws:CurrentTime`",
        login("DateLessThan", "2026-11-01T00:00:00Z", key="aws:CurrentTime"),
        cause=("2026-11-01T00:00:00Z", "2026-11-24T"),
        old="2026-11-01T00:00:00Z",
        new="2026-11-25T00:00:00Z",
        foreign=FOREIGN,
    ),
    web(
        "key-CurrentTime-not-begun",
        "The statement has not begun: `aws:CurrentTime`",
        login("DateGreaterThan", "2026-12-01T00:00:00Z", key="aws:CurrentTime"),
        cause=("2026-12-01T00:00:00Z", "2026-11-24T"),
        old="2026-12-01T00:00:00Z",
        new="2026-11-24T00:00:00Z",
        foreign=FOREIGN,
    ),
    web(
        "key-EpochTime",
        "The statement has ended: `aws:EpochTime`",
        login("NumericLessThanEquals", "1793491200", key="aws:EpochTime", used=timedelta(seconds=40)),
        cause=("1793491200",),
        old="1793491200",
        new="1795564800",
        foreign=FOREIGN,
    ),
    web(
        "key-SourceIp",
        "The policy demands an address of the caller",
        login("IpAddress", "192.0.2.0/24", key="aws:SourceIp"),
        cause=("aws:SourceIp", "known to AWS alone"),
        new="192.0.2.0/24",
        owner="call",
        chosen={"trust": login("StringEquals", "job-7", key="sts:RoleSessionName").trust},
        foreign=FOREIGN,
    ),
    web(
        "key-RoleAuthorizedByIdp",
        "The policy demands that the token names its roles",
        login("Bool", "true", key="sts:RoleAuthorizedByIdp"),
        cause=("lists its roles",),
        owner="identity-provider",
        new="arn:aws:iam::123456789012:role/Deploy",
        foreign=FOREIGN,
    ),
)
