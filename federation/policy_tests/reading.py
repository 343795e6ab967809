"""What a file of tests says: policies, identities in the words of their vendors, and the verdicts that are expected.

The grammar stands here alone; `docs/schemas/policy-test.json` describes it for editors, and a test holds the two together.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from federation import clock
from federation.errors import FederationError, show
from federation.policy_tests.document import MOST_CHARS, TestFileValue, fault, read
from federation.policy_tests.identities import PolicyTestIdentity, read_identity

MOST_TESTS: Final = 1_000
"""Most tests of one file."""
Expected = Literal["granted", "refused"]

TARGETS: Final = ("account", "policy")
SHARED: Final = (*TARGETS, "role", "given", "at")
SESSION: Final = ("session_name", "tags", "transitive_tags", "source_identity")
OWN: Final = ("name", "identity", "expect", "because", *SESSION)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionWish:
    """What a login asks its session to be.

    Attributes:
        name: Its name.
        tags: Its tags; a login with tags also needs sts:TagSession.
        transitive: The keys of those that pass to chained sessions.
        source_identity: Its source identity, which needs sts:SetSourceIdentity; None for none.
    """

    name: str = "policy-test"
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive: tuple[str, ...] = ()
    source_identity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTest:
    """One test.

    Attributes:
        name: Its name.
        line: Its line in the file.
        account: The account directory that has the role; None where `policy` is the trust policy.
        policy: The file that has the trust policy: the document alone, a Terraform plan, state or configuration, a template of
            CloudFormation, an answer of IAM; None where an account has the role.
        role: The role: name or ARN of one of the account, address or name of one of the file; empty where the file has only one.
        given: Values of expressions that the file does not say, by their text, as of `federation.evidence.documents.read_evidence`.
        identity: Who logs in.
        session: What the login asks for.
        expect: The verdict that is expected.
        because: Of an expected refusal: the check that refuses, or the condition key that is not met; empty where any will do.
        at: When, aware UTC; None for the time of the run.
    """

    name: str
    line: int
    account: Path | None
    policy: Path | None
    role: str
    given: Mapping[str, str] = field(default_factory=dict)
    identity: PolicyTestIdentity
    session: SessionWish
    expect: Expected
    because: str = ""
    at: datetime | None = None


def read_policy_tests(file: str | os.PathLike[str]) -> tuple[PolicyTest, ...]:
    """Return the tests of *file*. Paths in it are relative to its directory.

    Raises:
        ValidationError: Check ``policy-test-file``: the file cannot be read, or breaks the grammar; the line is told.
    """
    path = Path(file)
    try:
        with path.open(encoding="utf-8") as stream:
            text = stream.read(MOST_CHARS + 1)
    except (OSError, UnicodeDecodeError, ValueError) as cause:
        raise fault("a readable file in UTF-8", f"{show(str(path))}: {type(cause).__name__}", "pass a file of tests") from None
    return parse_policy_tests(text, directory=path.parent)


def parse_policy_tests(text: str, *, directory: Path) -> tuple[PolicyTest, ...]:
    """Return the tests of *text*, as `read_policy_tests` does. Paths in it are relative to *directory*."""
    whole = read(text).mapping(needs=("tests",), may=SHARED)
    shared: dict[str, TestFileValue] = {name: whole[name] for name in SHARED if name in whole}
    found = whole["tests"].sequence()
    if not 0 < len(found) <= MOST_TESTS:
        whole["tests"].refuse(f"1 to {MOST_TESTS} tests", str(len(found)))
    tests = tuple(_test(each, shared, directory) for each in found)
    for number, test in enumerate(tests):
        if any(test.name == other.name for other in tests[:number]):
            found[number].refuse("every name once", f"{show(test.name)} twice", "give one of them another name")
    return tests


def _test(entry: TestFileValue, shared: Mapping[str, TestFileValue], directory: Path) -> PolicyTest:
    own = entry.mapping(needs=("name", "identity", "expect"), may=(*OWN[3:], *SHARED))
    # The target of a test replaces that of the file as a whole: a policy of its own is that of no role of the file's account.
    inherited = {name: each for name, each in shared.items() if not (name in {*TARGETS, "role"} and any(each in own for each in TARGETS))}
    members = {**inherited, **own}
    account, policy = (_path(members[name], directory) if name in members else None for name in TARGETS)
    if (account is None) is (policy is None):
        entry.refuse("either account or policy", "both" if account is not None else "neither", "say where the trust policy is")
    if account is not None and "role" not in members:
        entry.refuse("the member role", "no such member", "say which role of the account is tested")
    expect = own["expect"].string()
    if expect not in ("granted", "refused"):
        own["expect"].refuse("granted or refused", show(expect))
    if "because" in own and expect == "granted":
        own["because"].refuse("a reason of a refusal", "one of a grant", "remove it")
    return PolicyTest(
        name=own["name"].string(),
        line=entry.line,
        account=account,
        policy=policy,
        role=members["role"].string() if "role" in members else "",
        given={name: each.string() for name, each in members["given"].mapping().items()} if "given" in members else {},
        identity=read_identity(own["identity"]),
        session=_session(own),
        expect="granted" if expect == "granted" else "refused",
        because=own["because"].string() if "because" in own else "",
        at=_instant(members["at"]) if "at" in members else None,
    )


def _session(own: Mapping[str, TestFileValue]) -> SessionWish:
    tags = own["tags"].mapping() if "tags" in own else {}
    return SessionWish(
        name=own["session_name"].string() if "session_name" in own else "policy-test",
        tags={key: value.string() for key, value in tags.items()},
        transitive=own["transitive_tags"].strings() if "transitive_tags" in own else (),
        source_identity=own["source_identity"].string() if "source_identity" in own else None,
    )


def _path(entry: TestFileValue, directory: Path) -> Path:
    name = entry.string()
    if "\0" in name:
        entry.refuse("a path", show(name))
    return directory / name


def _instant(entry: TestFileValue) -> datetime:
    text = entry.string()
    try:
        return clock.resolve(datetime.fromisoformat(text))
    except (ValueError, FederationError):
        entry.refuse("an instant such as 2026-11-30T12:00:00Z", show(text), "write date, time and zone")
