"""Every type that a public call answers with, found by annotations, and real values of each, found in real answers."""

import inspect
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from enum import Enum
from functools import cache
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

import federation
from federation import records
from federation.account import Account
from federation.account.lint import lint_account
from federation.account.model import OutboundIssuer, TradeInToken
from federation.account.organization import Organization
from federation.errors import FederationError
from federation.explanation import ABSENT, Change, Comparison, Listing, Question
from federation.judging.capture import Capture, CaptureFault
from federation.judging.judge import Judge
from federation.policy import Policy, Principal, RequestContext
from federation.policy.lint import lint
from federation.policy.operators import Family
from federation.saml.reading.inspection import claimed_login
from federation.state import AuditEvent, MemoryReplayCache
from federation.sts.service import SecurityTokenService
from tests.support import oidc, world
from tests.support.organization import organized
from tests.support.sts import callers, saml_login, web_identity
from tests.support.world import ACCOUNT, OTHER

TASK = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
DOORS: tuple[Callable[..., Any] | type, ...] = (
    federation.validate,
    federation.diagnose,
    SecurityTokenService,
    Policy,
    lint,
    lint_account,
    Judge,
    claimed_login,
)
"""What docs/ and README call; of a class every public method and property."""
SEEN_BESIDE = (AuditEvent, Capture)
"""Given to those who write a sink, a broker of captures."""
NOT_RESULTS = (Account, SecurityTokenService, Family, Question)
"""Registered material with its keys, which every process opens for itself; what an operator, which travels by its name, is made of;
and what was asked when a refusal was raised, which holds the token."""


def result_types() -> frozenset[type]:
    """Every class of the house that is or lies in the answer of a door, errors excepted."""
    found: set[type] = set()
    pending = [*SEEN_BESIDE, *(hint for door in DOORS for answer in _answers(door) for hint in _classes(_hints(answer).get("return")))]
    while pending:
        cls = pending.pop()
        if cls in found or cls in NOT_RESULTS or not cls.__module__.startswith("federation") or issubclass(cls, FederationError):
            continue
        if cls.__module__ == records.__name__:  # the open twin of a record, of which nobody gets an object
            continue
        if not _is_protocol(cls):
            found.add(cls)
            hints = (*_of_fields(cls), *(_hints(answer).get("return") for answer in _answers(cls)))
            pending += [*cls.__subclasses__(), *(each for hint in hints for each in _classes(hint))]
    return frozenset(found)


def _answers(door: Callable[..., Any] | type) -> Iterator[Callable[..., Any]]:
    if not isinstance(door, type):
        yield door
        return
    for name, member in inspect.getmembers(door):
        function = member.fget if isinstance(member, property) else member
        if not name.startswith("_") and (inspect.isfunction(function) or inspect.ismethod(function)):
            yield function


def _hints(thing: Any) -> dict[str, Any]:
    return typing.get_type_hints(thing)


def _of_fields(cls: type) -> Iterator[Any]:
    """The annotations of the fields that a result is made of; those it works out for itself travel with none."""
    derived = {field.name for field in fields(cls) if not field.init} if is_dataclass(cls) else set()
    return (hint for name, hint in _hints(cls).items() if name not in derived)


def _classes(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and not isinstance(hint, types.GenericAlias):
        yield hint
    for part in typing.get_args(hint):
        yield from _classes(part)


def _is_protocol(cls: type) -> bool:
    return bool(getattr(cls, "_is_protocol", False))


@cache
def samples() -> Mapping[type, tuple[Any, ...]]:
    """Real values by their class: whatever lies in the answers of the doors."""
    found: dict[type, dict[int, Any]] = {}
    pending = list(answers())
    while pending:
        value = pending.pop()
        cls = type(value)
        if cls.__module__.startswith("federation") and not isinstance(value, NOT_RESULTS):
            if id(value) in found.setdefault(cls, {}):
                continue
            found[cls][id(value)] = value
        pending += _inside(value)
    return {cls: tuple(values.values())[:25] for cls, values in found.items()}


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, (*NOT_RESULTS, str, bytes, Enum)):
        return ()
    if isinstance(value, FederationError):
        return (*(held for name, held in value.__dict__.items() if name != "_question"), value.explanation)
    if is_dataclass(value):
        return tuple(getattr(value, field.name) for field in fields(value) if field.init)
    if isinstance(value, Mapping):
        return tuple(value.values())
    return tuple(value) if isinstance(value, tuple | list | frozenset | set) else ()


class _Kept:
    def __init__(self) -> None:
        self.events: list[AuditEvent] = []

    def record(self, event: AuditEvent) -> None:
        self.events.append(event)


def answers() -> Iterator[Any]:
    """Answers of every door, grants and refusals, with everything that an answer can hold in one of them."""
    yield from _logins()
    yield from _signed_operations()
    yield from _policies()
    yield from _edits()
    yield from _organizations()
    yield from (Capture(id="a", fault=CaptureFault("a token", "none")), Capture(id="b", token=b"x", at=callers.AT))


def _organizations() -> Iterator[Any]:
    tree = organized({"NoKeys": ({"Effect": "Deny", "Action": "iam:CreateAccessKey", "Resource": "*"}, [ACCOUNT])})
    yield from (tree, tree.place_of(ACCOUNT))


def _refusal(call: Callable[..., Any], *arguments: Any, **keywords: Any) -> FederationError:
    try:
        call(*arguments, **keywords)
    except FederationError as refusal:
        return refusal
    raise AssertionError(f"{call} accepts")


def _edits() -> Iterator[Any]:
    """What an explanation can hold beside its sentences."""
    yield Change(path="$.Statement[0].Condition", old=ABSENT, new={"StringEquals": {"saml:aud": "x"}})
    yield Comparison(expected="a", found="b", expected_from="policy", found_from="token")
    yield Listing(label="registered audiences", members=("a", "b"), nearest="a")


def _logins() -> Iterator[Any]:
    audit = _Kept()
    world, token = saml_login.World(service={"audit": audit}), saml_login.mint(saml_login.login(attributes=_tagged()))
    provider, sts = world.provider, world.sts
    for at in (saml_login.AT, saml_login.AT + timedelta(days=1)):
        yield federation.diagnose(token, provider, at=at)
    yield federation.validate(token, provider, at=saml_login.AT)
    yield _refusal(federation.validate, "x", provider, at=saml_login.AT)
    call: Any = {"role_arn": saml_login.ROLE, "principal_arn": saml_login.PROVIDER, "saml_assertion": token, "at": saml_login.AT}
    session = sts.assume_role_with_saml(**call, policy_arns=[f"arn:aws:iam::{ACCOUNT}:policy/Narrow"])
    yield session
    strangers = replace(world, trust_policy=saml_login.trust(condition={"StringEquals": {"saml:sub": "somebody"}}))
    yield _refusal(strangers.sts.assume_role_with_saml, **call)
    yield sts.session_of(session.credentials.access_key_id, session.credentials.session_token, at=saml_login.AT)
    yield sts.caller_for_key(session.credentials.access_key_id, session.credentials.session_token, at=saml_login.AT)
    yield sts.explain_role(federation.diagnose(token, provider, at=saml_login.AT), role_arn=saml_login.ROLE, at=saml_login.AT)
    yield sts.check_exchange(federation.validate(token, provider, at=saml_login.AT), role_arn=saml_login.ROLE)
    yield claimed_login(token)
    yield Judge(world.account, role_arn=saml_login.ROLE).judge(Capture(id="one", token=token.encode(), at=saml_login.AT))
    yield audit.events

    condition = {"StringNotEquals": {f"{web_identity.NAME}:sub": "nobody"}, "StringLike": {f"{web_identity.NAME}:aud": "client-?"}}
    world_of_claims = web_identity.World(trust_policy=web_identity.trust(condition=condition))
    web = web_identity.mint()
    yield from (federation.diagnose(text, web_identity.provider(), at=oidc.AT) for text in (web, web[:-1]))
    yield federation.diagnose(web_identity.ACCESS_TOKEN, web_identity.amazon(), at=oidc.AT)
    yield world_of_claims.sts.assume_role_with_web_identity(
        role_arn=web_identity.ROLE, role_session_name="session", web_identity_token=web, at=oidc.AT
    )


def _tagged() -> Any:
    return saml_login.attributes(PrincipalTag_Team=["blue"], TransitiveTagKeys=["Team"], SourceIdentity=["alice"])


def _signed_operations() -> Iterator[Any]:
    audit, at, user, role = _Kept(), callers.AT, world.USER, callers.ROLE
    trade_in = TradeInToken(role_arn=role, session_name="product", duration=900, expires_at=at + timedelta(minutes=5))
    narrow = f"arn:aws:iam::{ACCOUNT}:policy/Narrow"
    held = callers.account(
        users=(callers.user(user, callers.EVERYTHING, {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}),),
        organization=Organization(id="o-exampleorgid", root_access=frozenset({OTHER})),
        managed={TASK: callers.identity(callers.EVERYTHING), narrow: callers.identity(callers.EVERYTHING)},
        trade_in_tokens={sha256(b"trade-in").hexdigest(): trade_in},
        outbound=OutboundIssuer(url="https://issuer.tokens.sts.global.api.aws", keys={"EC384_0": ec.generate_private_key(ec.SECP384R1())}),
    )
    sts = callers.service(held, audit=audit, replay=MemoryReplayCache())
    tags = [{"Key": "Team", "Value": "blue"}]
    assumed = sts.assume_role(caller=user, role_arn=role, role_session_name="session", tags=tags, transitive_tag_keys=["Team"], at=at)
    federated = sts.get_federation_token(caller=user, name="friend", policy_arns=[narrow], at=at)
    issued = (
        assumed,
        federated,
        sts.get_session_token(caller=user, at=at),
        sts.assume_root(caller=user, target_principal=OTHER, task_policy_arn=TASK, at=at),
        sts.get_delegated_access_token(caller=user, trade_in_token="trade-in", at=at),
    )
    yield issued
    yield from (sts.caller_for_key(each.credentials.access_key_id, each.credentials.session_token, at=at) for each in issued[:3])
    yield from (sts.caller_for_arn(name) for name in (user, callers.ROOT))
    yield sts.get_caller_identity(caller=assumed.credentials, at=at)
    yield sts.get_access_key_info(caller=user, access_key_id=world.KEY_ID, at=at)
    yield sts.get_web_identity_token(caller=user, audience=["https://a.example"], signing_algorithm="ES384", at=at)
    yield sts.authorize(federated.credentials, action="s3:GetObject", resource="arn:aws:s3:::bucket/key", at=at)
    yield sts.authorize(callers.ROOT, action="sts:AssumeRole", resource=role, at=at)
    denied = sts.authorize(user, action="s3:DeleteBucket", resource="arn:aws:s3:::bucket", at=at)
    yield denied
    yield sts.decode_authorization_message(caller=user, encoded_message=denied.encoded_message or "", at=at)
    yield _refusal(sts.assume_role, caller=user, role_arn=f"{role}s", role_session_name="session", at=at)
    yield audit.events


def _policies() -> Iterator[Any]:
    operands = {
        "ArnLike": "arn:*:s3:::${aws:username}",
        "BinaryEquals": "YQ==",
        "Bool": "true",
        "DateLessThan": "2026-01-01T00:00:00Z",
        "IpAddress": "10.0.0.0/8",
        "Null": True,
        "NumericLessThan": 5,
        "StringEquals": "a",
        "StringLike": ["a*", "?"],
    }
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:Get*",
        "Resource": "arn:aws:s3:::${aws:username}/*",
        "Condition": {operator: {f"key:{operator}": value} for operator, value in operands.items()},
    }
    policy = Policy.stored(callers.document(statement), kind="resource")
    caller, keys = Principal.aws(world.USER), {"aws:username": "a", "key:Bool": ["true"]}
    for resource in ("arn:aws:s3:::a/b", "arn:aws:s3:::other"):
        decision = policy.evaluate(RequestContext(principal=caller, action="s3:GetObject", resource=resource, keys=keys))
        yield from (policy, decision, decision.statements, decision.nearest)
    yield lint(saml_login.trust(condition={"StringLike": {"saml:aud": "*"}}))
    yield tuple(lint_account(saml_login.World(trust_policy=saml_login.trust(condition={"StringLike": {"saml:aud": "*"}})).account))
