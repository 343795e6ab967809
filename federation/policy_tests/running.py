"""Tests of trust policies, run: each identity logs in by a real token, and the engine judges it as it judges any other."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from federation import clock
from federation.account import Account, Role
from federation.account.organization import Organization
from federation.errors import FederationError
from federation.explanation import Cause, Explanation
from federation.identity import SessionTag
from federation.policy import Principal
from federation.policy_tests.accounts import PolicyTestAccounts, recipient_of
from federation.policy_tests.document import fault
from federation.policy_tests.identities import AssertionBearer, CredentialBearer, TokenBearer
from federation.policy_tests.reading import PolicyTest, SessionWish, read_policy_tests
from federation.policy_tests.results import PolicyTestReport, PolicyTestResult
from federation.saml.registration.provider import SamlProvider
from federation.sts import SecurityTokenService
from federation.sts.callers.caller import Caller, CallerKind
from federation.sts.callers.permissions import ROOT
from federation.sts.login.saml_attributes import PRINCIPAL_TAG, SOURCE_IDENTITY, TRANSITIVE_TAG_KEYS
from federation.sts.login.web_identity_claims import SOURCE_IDENTITY as SOURCE_IDENTITY_CLAIM
from federation.sts.login.web_identity_claims import TAGS
from federation.testing.forge import SamlForge, to_base64
from federation.testing.keys import SigningKey
from federation.testing.login import Login, aws_attributes
from federation.testing.oidc import OidcForge

__all__ = ["run_policy_tests"]

_SESSION: Final = timedelta(hours=1)
_UNIQUE: Final = "POLICYTEST0000000001"
_KINDS: Final = {"user": CallerKind.USER, "root": CallerKind.ROOT, "role": CallerKind.ROLE_SESSION, "assumed-role": CallerKind.ROLE_SESSION}


def run_policy_tests(file: str | os.PathLike[str], *, at: datetime | None = None, only: Iterable[str] | None = None) -> PolicyTestReport:
    """Run the tests of *file* and return their results, in the order of the file.

    Args:
        file: The file; paths in it are relative to its directory.
        at: When the logins take place that do not say it themselves, aware; the present time when None.
        only: The names of the tests that are run; None for all.

    Raises:
        ValidationError: Check ``policy-test-file``: the file breaks the grammar, or a role, policy or provider that it names is not there.
        AccountFaults: An account directory is at fault.
        FederationError: A policy cannot be read, or a part of it is unknown.
    """
    tests = read_policy_tests(file)
    names = None if only is None else frozenset(only)
    unknown = sorted((names or frozenset()) - {each.name for each in tests})
    if unknown:
        raise fault("names of tests of the file", unknown[0], "correct the name")
    accounts = PolicyTestAccounts(clock.resolve(at))
    results = tuple(_run(each, accounts) for each in tests if names is None or each.name in names)
    return PolicyTestReport(file=str(Path(file)), results=results)


def _run(test: PolicyTest, accounts: PolicyTestAccounts) -> PolicyTestResult:
    account, role = accounts.account(test)
    at = test.at or accounts.at
    login: Callable[[], None]
    match test.identity:
        case TokenBearer() as bearer:
            registered = accounts.with_issuer(test, account, role, bearer)
            login = partial(_with_token, bearer, test.session, registered, role, accounts.forge(bearer), at)
        case AssertionBearer() as bearer:
            registered, provider = accounts.with_identity_provider(account, role, bearer, test.line)
            login = partial(_with_assertion, bearer, test.session, registered, role, (accounts.assertion_key, provider), at)
        case CredentialBearer() as bearer:
            login = partial(_with_credentials, bearer, test.session, account, role, at)
    try:
        login()
    except FederationError as refusal:
        explanation = refusal.explanation
        return PolicyTestResult(test=test, role=role.arn, verdict="refused", refusal=refusal, reasons=reasons(refusal, explanation))
    return PolicyTestResult(test=test, role=role.arn, verdict="granted")


def _with_token(bearer: TokenBearer, session: SessionWish, account: Account, role: Role, forge: OidcForge, at: datetime) -> None:
    claims = forge.claims(at=at, subject=bearer.subject, audience=bearer.audience)
    token = forge.signed({**claims, **bearer.claims, **_session_claims(session)})
    sts = SecurityTokenService(account, replay=None)
    sts.assume_role_with_web_identity(role_arn=role.arn, role_session_name=session.name, web_identity_token=token, at=at)


def _session_claims(session: SessionWish) -> dict[str, object]:
    claims: dict[str, object] = {}
    if session.tags:
        claims[TAGS] = {
            "principal_tags": {key: [value] for key, value in session.tags.items()},
            "transitive_tag_keys": list(session.transitive),
        }
    if session.source_identity is not None:
        claims[SOURCE_IDENTITY_CLAIM] = session.source_identity
    return claims


def _with_assertion(
    bearer: AssertionBearer, session: SessionWish, account: Account, role: Role, idp: tuple[SigningKey, SamlProvider], at: datetime
) -> None:
    key, provider = idp
    recipient = bearer.recipient or recipient_of(provider)
    more = {
        **{f"{PRINCIPAL_TAG}{key}": (value,) for key, value in session.tags.items()},
        **({TRANSITIVE_TAG_KEYS: session.transitive} if session.transitive else {}),
        **({SOURCE_IDENTITY: (session.source_identity,)} if session.source_identity is not None else {}),
        **bearer.attributes,
    }
    login = Login(
        at=at,
        subject=bearer.name_id,
        subject_format=bearer.name_id_format,
        recipient=recipient,
        destination=recipient,
        audiences=(min(provider.audiences),),
        attributes=aws_attributes(role=role.arn, provider=provider.arn, session_name=session.name, more=more),
    )
    response = SamlForge(key=key, issuer=min(provider.entity_ids)).response(login)
    sts = SecurityTokenService(account, replay=None)
    sts.assume_role_with_saml(role_arn=role.arn, principal_arn=provider.arn, saml_assertion=to_base64(response), at=at)


def _with_credentials(bearer: CredentialBearer, session: SessionWish, account: Account, role: Role, at: datetime) -> None:
    SecurityTokenService(account, replay=None).assume_role(
        caller=_caller(bearer, account, at),
        role_arn=role.arn,
        role_session_name=session.name,
        external_id=bearer.external_id,
        tags=[{"Key": key, "Value": value} for key, value in session.tags.items()],
        transitive_tag_keys=list(session.transitive),
        source_identity=session.source_identity,
        at=at,
    )


def _caller(bearer: CredentialBearer, account: Account, at: datetime) -> Caller:
    """Return the caller, whose own policies allow everything: the trust policy alone is what is tested."""
    kind = _KINDS[bearer.kind]
    role_name, _, session_name = bearer.name.partition("/") if bearer.kind == "assumed-role" else ("", "", "policy-test")
    arn, role_arn = bearer.arn, None
    if kind is CallerKind.ROLE_SESSION:
        role_arn = f"arn:{bearer.partition}:iam::{bearer.account}:role/{role_name or bearer.name}"
        arn = f"arn:{bearer.partition}:sts::{bearer.account}:assumed-role/{role_name or bearer.name.rpartition('/')[2]}/{session_name}"
    organization = account.organization if bearer.account == account.id else None
    session = kind is CallerKind.ROLE_SESSION
    return Caller(
        kind=kind,
        partition=bearer.partition,
        account=bearer.account,
        arn=arn,
        user_id={"root": bearer.account, "user": f"AIDA{_UNIQUE[:17]}"}.get(bearer.kind, f"AROA{_UNIQUE[:17]}:{session_name}"),
        principal_arn=role_arn or arn,
        principal=Principal.aws(arn, role_arn=role_arn),
        permissions=ROOT,
        name=bearer.name.rpartition("/")[2] if kind is CallerKind.USER else None,
        tags=tuple(SessionTag(key, value) for key, value in bearer.tags.items()),
        issued_at=at if session else None,
        expires_at=at + _SESSION if session else None,
        mfa_at=at if bearer.mfa else None,
        organization=Organization(id=bearer.organization) if bearer.organization else organization,
    )


def reasons(refusal: FederationError, explanation: Explanation) -> tuple[str, ...]:
    """Return why the login is refused: the check, and the condition keys that are not met."""
    causes: list[Cause] = [*explanation.first.causes, *explanation.first.others]
    keys = [key for each in causes if (key := _key_of(each)) is not None]
    return tuple(dict.fromkeys((str(refusal.check), *keys)))


def _key_of(cause: Cause) -> str | None:
    """Return the condition key that *cause* is about; None where it is about none."""
    from federation.explaining.positions import read_path  # noqa: PLC0415 - explanations are read where there are some

    place = cause.place
    if place is None or place.owner != "policy" or ".Condition" not in place.path:
        return None
    steps = read_path(place.path)
    at = steps.index("Condition") if "Condition" in steps else len(steps)
    return str(steps[at + 2]) if len(steps) > at + 2 else None
