"""Refusals and results are pickled, copied and deep-copied as what they are; proofs are not. A new class of either cannot be forgotten."""

import copy
import importlib
import inspect
import pickle
import pkgutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from enum import Enum
from functools import cache, partial
from multiprocessing import get_context
from types import MappingProxyType
from typing import Any

import pytest

import federation
from federation import FederationError, errors
from federation.errors import AccessDenied, AccountFault, AccountFaults
from federation.identity import VerifiedIdentity
from federation.jose.decode import RawToken, decode_token
from federation.jose.signature import SignedToken, verify_token
from federation.policy import Decision, RequestContext
from federation.policy.operators import OPERATORS
from federation.portable import kept_here
from federation.profiles import Profile
from federation.report import Report
from federation.saml.signature.proof import _SEAL, SignedElement, SignedOctets, SignedValues
from federation.sts.callers.mfa import VerifiedMfa
from federation.sts.operations.results import WebIdentityToken
from federation.sts.results import Credentials
from federation.sts.sessions.role_session import RoleSession
from federation.sts.sigv4.request import SignedRequest
from federation.sts.sigv4.verification import VerifiedSignature, verify
from tests.support import oidc, signatures, world
from tests.support.results import result_types, samples
from tests.support.sigv4 import signed_request
from tests.support.sts import callers, saml_login


def pickled(value: Any, protocol: int = pickle.DEFAULT_PROTOCOL) -> Any:
    return pickle.loads(pickle.dumps(value, protocol))  # noqa: S301 - our own


WAYS: dict[str, Callable[[Any], Any]] = {
    **{f"pickle {number}": partial(pickled, protocol=number) for number in range(pickle.HIGHEST_PROTOCOL + 1)},
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}
every_way = pytest.mark.parametrize("travel", WAYS.values(), ids=list(WAYS))


@cache
def house() -> tuple[type, ...]:
    """Every class of the house."""
    modules = [importlib.import_module(found.name) for found in pkgutil.walk_packages(federation.__path__, "federation.")]
    return tuple({cls for module in modules for cls in vars(module).values() if inspect.isclass(cls) and cls.__module__ == module.__name__})


def refusals() -> list[type[FederationError]]:
    return sorted((cls for cls in house() if issubclass(cls, FederationError)), key=lambda cls: cls.__name__)


def made(cls: type[FederationError]) -> FederationError:
    """A refusal of the class with every argument it takes."""
    if cls is AccountFaults:
        return AccountFaults((made_fault("roles/A.json"), made_fault("roles/B.json")))
    texts: dict[str, Any] = {name: f"the {name}" for name in inspect.signature(cls).parameters}
    if cls is AccessDenied:
        [decision, *_] = [value for value in samples()[AccessDenied] if value.decision is not None]
        return AccessDenied(**{**texts, "decision": decision.decision})
    return cls(**texts)


def made_fault(file: str) -> AccountFault:
    return AccountFault(file=file, path="$.Tags", expected="x", found="y", remedy="z")


@every_way
def test_every_refusal_arrives_as_itself(travel: Callable[[Any], Any]) -> None:
    for cls in refusals():
        refusal = made(cls)
        refusal.add_note("seen by the caller")
        arrived = travel(refusal)
        assert type(arrived) is cls
        assert (arrived.as_dict(), str(arrived), repr(arrived)) == (refusal.as_dict(), str(refusal), repr(refusal))
        assert (arrived.args, vars(arrived)) == (refusal.args, vars(refusal))
        assert (arrived, hash(arrived)) == (refusal, hash(refusal))


def test_refusals_that_say_something_else_differ() -> None:
    refusal = made(errors.InvalidIdentityToken)
    assert refusal != made(errors.ExpiredTokenException)
    assert refusal != errors.InvalidIdentityToken(check="exp", expected="other", found="other", remedy="other")
    assert AccountFaults((made_fault("a"),)) != AccountFaults((made_fault("a"), made_fault("b")))


def test_what_a_refusal_learned_later_travels_too() -> None:
    refusal = made(AccessDenied)
    assert isinstance(refusal, AccessDenied)
    refusal.encoded_message = "sealed"
    arrived = pickled(refusal)
    assert (arrived.encoded_message, arrived.decision.as_dict()) == ("sealed", refusal.decision.as_dict())  # type: ignore[attr-defined]


def test_every_type_of_result_has_real_samples() -> None:
    """A new one fails here until tests/support/results.py makes one."""
    made_of = {cls for cls in result_types() if not issubclass(cls, Enum)}
    assert {VerifiedIdentity, Report, Decision, Credentials, RoleSession} <= made_of
    assert sorted(cls.__name__ for cls in made_of - samples().keys()) == []


@every_way
def test_every_result_arrives_as_itself(travel: Callable[[Any], Any]) -> None:
    for cls, results in samples().items():
        for result in results:
            arrived = travel(result)
            assert type(arrived) is cls
            assert arrived == result
            assert sorted(repr(arrived)) == sorted(repr(result))  # the order of a frozenset is nobody's
            for plain in ("as_dict", "to_dict"):
                assert getattr(arrived, plain, dict)() == getattr(result, plain, dict)()


def test_what_cannot_be_changed_cannot_be_changed_on_arrival() -> None:
    [identity, *_] = samples()[VerifiedIdentity]
    [session, *_] = samples()[RoleSession]
    for travel in WAYS.values():
        assert type(travel(identity).attributes) is type(travel(identity).context_keys) is MappingProxyType
        assert isinstance(travel(session).federated_keys, dict | MappingProxyType)
        with pytest.raises(AttributeError):
            travel(identity).subject = "somebody"


def test_an_operator_is_the_same_object_everywhere() -> None:
    """The operators are told apart by what they are: a second Null would be none."""
    for operator in OPERATORS.values():
        assert all(travel(operator) is operator for travel in WAYS.values())


def test_a_request_is_rebuilt_by_the_rules_of_requests() -> None:
    """A pickle brings nothing that the constructor refuses (attack row A18: two names of one key)."""
    [request, *_] = samples()[RequestContext]
    build, (cls, values, views) = request.__reduce__()
    assert build(cls, values, views) == request
    with pytest.raises(errors.ValidationError) as refusal:
        build(cls, {**values, "keys": {"aws:userid": "a", "AWS:UserId": "b"}}, {})
    assert refusal.value.check == "context-keys"


def secrets() -> Iterator[str]:
    for held in samples()[Credentials]:
        yield from (held.secret_access_key, held.session_token)
    yield from (world.SECRET, repr(callers.MFA_SECRET)[2:-1])
    yield from (each.web_identity_token for each in samples()[WebIdentityToken])


def test_no_repr_shows_a_secret() -> None:
    shown = "\n".join(repr(travel(value)) for values in samples().values() for value in values for travel in (copy.copy, copy.deepcopy))
    assert [secret[:4] for secret in secrets() if secret in shown] == []


def judge_in_a_worker(token: str) -> VerifiedIdentity:
    return federation.validate(token, saml_login.provider(), at=saml_login.AT)


def raise_in_a_worker(refusal: FederationError) -> None:
    raise refusal


def test_a_refusal_in_a_process_pool_comes_back_as_itself() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        answer = pool.submit(judge_in_a_worker, "no token").exception(timeout=60)
        assert isinstance(answer, errors.InvalidIdentityToken)
        assert answer.check == "base64"
        denied = made(AccessDenied)
        assert pool.submit(raise_in_a_worker, denied).exception(timeout=60) == denied
        [identity, *_] = samples()[VerifiedIdentity]
        assert pool.submit(copy.copy, identity).result(timeout=60) == identity  # and the pool still works


def sealed() -> Iterator[object]:
    raw = decode_token(oidc.token())
    provider = oidc.provider()
    yield raw
    yield verify_token(raw, provider.keys, algorithms=provider.algorithms, profile=Profile.STRICT)
    proved = signatures.prove(signatures.genuine())
    yield proved.assertion
    yield proved.assertion.signed
    yield SignedValues(_SEAL, (), proved.assertion.signed)  # type: ignore[arg-type] # a real one needs the fast engine
    yield VerifiedMfa(callers.MFA, callers.AT)
    request = signed_request({"Action": "GetCallerIdentity"})
    presented = SignedRequest.of(method=request.method, target="/", headers=request.headers, body=request.body)
    yield verify(presented, secret_of=lambda _key, _token: world.SECRET, at=callers.AT)


@every_way
def test_a_proof_stays_where_it_was_made(travel: Callable[[Any], Any]) -> None:
    for proof in sealed():
        with pytest.raises(TypeError, match=f"a {type(proof).__name__} proves something in this process alone"):
            travel(proof)


def test_whatever_one_module_alone_may_make_is_such_a_proof() -> None:
    guarded = {cls for cls in house() if {"seal", "maker"} & _parameters(cls)}
    assert {RawToken, SignedElement, SignedOctets, SignedToken} <= guarded
    assert {cls.__name__ for cls in guarded if vars(cls).get("__reduce_ex__") is not kept_here} == set()
    assert {type(proof) for proof in sealed()} == guarded | {VerifiedMfa, VerifiedSignature}


def _parameters(cls: type) -> set[str]:
    try:
        return set(inspect.signature(cls).parameters)
    except (TypeError, ValueError):
        return set()
