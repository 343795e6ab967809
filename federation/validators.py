"""Validators: who judges which kind of token, and the door through which every one of them is reached.

A provider names the validator that judges its tokens (``provider.kind``); the token never chooses. Built-in validators and plug-ins come
through the same registry: a plug-in is an entry point of the group ``federation.validators`` and is loaded when a provider asks for its
name, never because it is installed. It can only add a new kind of token: the built-in names are not open (attack row O07).
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Final, Protocol, cast, runtime_checkable

from federation import clock
from federation.errors import FederationError, InternalFailure, RegistrationError, show
from federation.identity import VerifiedIdentity
from federation.profiles import Profile
from federation.report import Report

ENTRY_POINT_GROUP: Final = "federation.validators"

_BUILT_IN: Final = {
    "saml2-response": ("federation.saml.validator", "SamlResponseValidator"),
    "oidc-id-token": ("federation.oidc.validator", "OidcTokenValidator"),
    "oauth-access-token": ("federation.oauth.validator", "OAuthTokenValidator"),
}


@runtime_checkable
class Provider(Protocol):
    """A registered identity provider, whatever its protocol."""

    @property
    def kind(self) -> str:
        """Name of the validator that judges this provider's tokens."""
        ...

    @property
    def arn(self) -> str:
        """ARN of the provider, or the name of an AWS built-in."""
        ...

    @property
    def profile(self) -> Profile:
        """Whose reading of the rules decides."""
        ...


class Validator(Protocol):
    """Judges one kind of token. Stateless, thread-safe, offline; the same arguments give the same answer."""

    kind: str

    def recognises(self, token: object) -> bool:
        """Tell by shape alone whether *token* could be of this kind. Says nothing about trust and never raises."""
        ...

    def validate(self, token: object, provider: Provider, *, at: datetime) -> VerifiedIdentity:
        """Prove *token* against *provider* at the aware UTC instant *at*, or raise the first `FederationError`."""
        ...

    def diagnose(self, token: object, provider: Provider, *, at: datetime) -> Report:
        """Run the very checks of `validate`, all of them, and report; a refusal is part of the report, never raised."""
        ...


@cache
def validator(kind: str) -> Validator:
    """Return the validator named *kind*, importing it on first use.

    Raises:
        RegistrationError: No built-in and no installed plug-in, or more than one plug-in, has that name.
    """
    if kind in _BUILT_IN:
        module, name = _BUILT_IN[kind]
        return cast("Validator", getattr(import_module(module), name)())
    found = [point for point in entry_points(group=ENTRY_POINT_GROUP) if point.name == kind]
    if len(found) != 1:
        raise RegistrationError(
            check="validator",
            expected=f"exactly one validator named {show(kind)}",
            found=f"{len(found)} installed",
            remedy="install the plug-in that brings it, or correct the provider's kind",
        )
    return cast("Validator", found[0].load()())


def validate(token: object, provider: Provider, *, at: datetime | None = None) -> VerifiedIdentity:
    """Prove who *token* names, to any service provider.

    AWS's own demands (Role, RoleSessionName … attributes, parameter lengths) belong to the exchange, not here.

    Args:
        token: What the client would post: the base64 SAML response or the compact token, as `str` or `bytes`.
        provider: The registered provider; its keys, audiences and profile decide.
        at: The instant to judge at, aware; the present when None.

    Raises:
        FederationError: The first check of the provider's profile that refuses. Nothing else, for input of any type and size.
    """
    instant = clock.resolve(at)
    judge = _judge(provider)
    try:
        return judge.validate(token, provider, at=instant)
    except FederationError:
        raise
    except Exception as bug:
        raise _bug(bug) from bug


def diagnose(token: object, provider: Provider, *, at: datetime | None = None) -> Report:
    """Run every check on *token* and report all of them with the verdicts of both profiles. Arguments as for `validate`.

    Raises:
        FederationError: Only for a misuse of the arguments (a naive instant, an unknown kind of provider); refusals are in the report.
    """
    instant = clock.resolve(at)
    judge = _judge(provider)
    try:
        return judge.diagnose(token, provider, at=instant)
    except FederationError:
        raise
    except Exception as bug:
        raise _bug(bug) from bug


def _judge(provider: object) -> Validator:
    kind = getattr(provider, "kind", None)
    if not isinstance(kind, str):
        raise RegistrationError(
            check="provider",
            expected="a registered provider such as SamlProvider or OidcProvider",
            found=type(provider).__name__,
            remedy="build the provider first and pass it as the second argument",
        )
    return validator(kind)


def _bug(bug: Exception) -> InternalFailure:
    return InternalFailure(
        check="internal",
        expected="a verdict",
        found=type(bug).__name__,
        remedy="report this as a bug; the cause is chained to this error",
        message="An internal failure occurred",
    )
