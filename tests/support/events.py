"""CloudTrail records of logins to the account of the fixtures, to be changed member by member."""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from federation.account import Account
from federation.account.reading.directory import load_account
from federation.evidence.cloudtrail.login_record import LoginRecord, read_record
from federation.policy import Policy
from tests.support.paths import FIXTURES
from tests.support.world import GITHUB

RECORDS = FIXTURES / "evidence" / "cloudtrail"
GITHUB_ROLE = "arn:aws:iam::123456789012:role/GitHubDeploy"
GITHUB_PROVIDER = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
KEY = GITHUB
"""What the condition keys of its provider begin with."""


@cache
def _text(name: str) -> str:
    return (RECORDS / name).read_text(encoding="utf-8")


def event(name: str = "refused", **members: Any) -> dict[str, Any]:
    """The record of a fixture, ``refused``, ``granted`` or ``saml``, with some members replaced; None takes one out."""
    data = json.loads(_text(f"{name}.json"))
    made = deepcopy(data.get("Records", [data])[0])
    made.update(members)
    return {member: value for member, value in made.items() if value is not None or member == "responseElements"}


def login(name: str = "refused", **members: Any) -> LoginRecord:
    """What `event` says of its login."""
    found = read_record(octets(event(name, **members)))
    assert found is not None
    return found


def octets(value: object) -> bytes:
    return json.dumps(value).encode()


@cache
def account() -> Account:
    """The account of the fixtures."""
    return load_account(FIXTURES / "account")


def trusting(condition: Mapping[str, Any], *, role: str = GITHUB_ROLE, beside: tuple[Mapping[str, Any], ...] = ()) -> Account:
    """The account of the fixtures, whose role trusts its provider under *condition*, with further statements."""
    held = account()
    before = held.roles[role]
    (statement,) = before.trust_policy.document["Statement"]
    policy = Policy.stored({"Version": "2012-10-17", "Statement": [{**statement, "Condition": condition}, *beside]})
    return replace(held, roles={**held.roles, role: replace(before, trust_policy=policy)})


def written(path: Path, *records: object) -> Path:
    """A file of CloudTrail with *records*."""
    path.write_bytes(octets({"Records": list(records)}))
    return path
