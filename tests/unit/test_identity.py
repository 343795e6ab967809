"""A `VerifiedIdentity` comes from a validator and from nowhere else; an `Identity` is what anybody may say."""

import ast
import copy
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import federation
from federation import Identity, VerifiedIdentity
from federation.errors import ValidationError
from federation.report import Report
from tests.support import oidc
from tests.support.source import nodes
from tests.support.sts import saml_login

HOUSE = Path(federation.__file__).parent
SAID: dict[str, Any] = {"kind": "oidc-id-token", "provider_arn": "x", "issuer": "x", "subject": "admin"}


def genuine() -> VerifiedIdentity:
    return federation.validate(oidc.token(), oidc.provider(), at=oidc.AT)


def inherited() -> object:
    return type("Admin", (VerifiedIdentity,), {})


FORGERIES: dict[str, Callable[[], object]] = {
    "construct": lambda: VerifiedIdentity(**SAID),
    "construct by position": lambda: VerifiedIdentity(*SAID.values()),
    "of nothing": VerifiedIdentity,
    "of its type": lambda: type(genuine())(**SAID),
    "make": lambda: VerifiedIdentity._make(genuine()),  # type: ignore[arg-type]
    "replace": lambda: genuine()._replace(subject="admin"),  # type: ignore[arg-type]
    "copy.replace": lambda: genuine().__replace__(subject="admin"),  # type: ignore[arg-type]
    "dataclasses.replace": lambda: replace(genuine(), subject="admin"),  # type: ignore[type-var]
    "subclass": inherited,
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=list(FORGERIES))
def test_nobody_makes_a_verified_identity(forge: Callable[[], object]) -> None:
    with pytest.raises(TypeError):
        forge()


@pytest.mark.parametrize("name", ["subject", "attributes", "context_keys", "another"])
def test_nobody_changes_one(name: str) -> None:
    identity = genuine()
    for assign in (setattr, object.__setattr__):
        with pytest.raises(AttributeError):
            assign(identity, name, "admin")
    for held in (identity.attributes, identity.context_keys):
        with pytest.raises(TypeError):
            held["sub"] = "admin"  # type: ignore[index]


def test_an_identity_that_is_only_said_is_not_verified() -> None:
    identity = genuine()
    said = Identity(*identity)
    assert not isinstance(said, VerifiedIdentity)
    assert isinstance(identity, Identity)
    assert said.as_dict() == identity.as_dict()

    sts = saml_login.World().sts
    reports = (Report(kind="oidc-id-token", profile=oidc.provider().profile, results=(), identity=said),)  # type: ignore[arg-type]
    for forged in (said, *reports):
        with pytest.raises(ValidationError) as refusal:
            sts.explain_role(forged, role_arn=saml_login.ROLE, at=saml_login.AT)  # type: ignore[arg-type]
        assert refusal.value.check == "identity"


def test_a_genuine_one_travels() -> None:
    identity = genuine()
    for arrived in (pickle.loads(pickle.dumps(identity)), copy.copy(identity), copy.deepcopy(identity)):  # noqa: S301 - our own
        assert type(arrived) is VerifiedIdentity
        assert arrived == identity
        with pytest.raises(TypeError):
            arrived._replace(subject="admin")  # type: ignore[arg-type]


def test_only_validators_make_one() -> None:
    """The one function that makes it is used by the built-in validators and where plug-ins are held to what they may say."""
    makers = set()
    for path in HOUSE.rglob("*.py"):
        named = {alias.name for node in nodes(path) if isinstance(node, ast.ImportFrom) for alias in node.names}
        reached = {node.attr for node in nodes(path) if isinstance(node, ast.Attribute)}
        if {"_verified", "_arrived"} & (named | reached):
            makers.add(path.relative_to(HOUSE).as_posix())
    assert makers == {"oauth/validator.py", "oidc/validator.py", "saml/validator.py", "validators.py"}
