"""Validators: who judges which kind of token, and the door through which every one of them is reached.

A provider names the validator that judges its tokens (``provider.kind``); the token never chooses. Built-in validators and plug-ins come
through the same registry: a plug-in is an entry point of the group ``federation.validators`` and is loaded when a provider asks for its
name, never because it is installed. It can only add a new kind of token: the built-in names are not open, and what it says is held to the
provider it was asked about (attack row O07).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Final, Protocol, TypeVar, cast, runtime_checkable

from federation import clock
from federation.errors import FederationError, InternalFailure, RegistrationError, show
from federation.identity import VerifiedIdentity
from federation.profiles import Profile
from federation.report import Report

P = TypeVar("P")

ENTRY_POINT_GROUP: Final = "federation.validators"

_METHODS: Final = ("recognises", "validate", "diagnose", "register")
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


class Plugin(Validator, Protocol):
    """A validator that another package brings, as an entry point of `ENTRY_POINT_GROUP` named like its ``kind``.

    The entry point is a callable without arguments, such as the class.
    """

    def register(self, name: str, *, settings: Mapping[str, object], files: Mapping[str, bytes], profile: Profile) -> Provider:
        """Return the provider that an account directory holds under ``plugin-providers/<name>/``.

        Args:
            name: The provider's host name, its ``arn`` and the prefix of its condition keys.
            settings: The members of its ``provider.toml``, ``kind`` left out. An unknown one is to be refused.
            files: Every other file of the directory by name. An unknown one is to be refused.
            profile: Whose reading of the rules the provider follows unless its settings say otherwise.

        Raises:
            FederationError: The material cannot be registered; `RegistrationError` is meant for that.
        """
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
    return plugin(kind)


def installed() -> dict[str, EntryPoint]:
    """Return the installed plug-ins by name, without loading any; one that takes a built-in name is never asked and not among them."""
    return {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP) if point.name not in _BUILT_IN}


@cache
def plugin(kind: str) -> Plugin:
    """Return the plug-in named *kind*, loading it on first use; whatever it answers is checked.

    Raises:
        RegistrationError: No installed plug-in, or more than one, has that name, or it cannot be loaded.
    """
    found = [point for point in entry_points(group=ENTRY_POINT_GROUP) if point.name == kind and kind not in _BUILT_IN]
    if len(found) != 1:
        raise RegistrationError(
            check="validator",
            expected=f"exactly one validator named {show(kind)}",
            found=f"{len(found)} installed",
            remedy="install the plug-in that brings it, or correct the provider's kind",
        )
    try:
        inner = found[0].load()()
    except Exception as cause:
        raise _unfit(kind, f"{type(cause).__name__} while it was loaded") from cause
    if getattr(inner, "kind", None) != kind or not all(callable(getattr(inner, method, None)) for method in _METHODS):
        raise _unfit(kind, f"another kind, or not all of {', '.join(_METHODS)}")
    return _Fenced(cast("Plugin", inner))


def _unfit(kind: str, found: str) -> RegistrationError:
    return RegistrationError(
        check="validator", expected=f"a plug-in for {show(kind)}", found=found, remedy="ask its author; federation.testing has the contract"
    )


class _Fenced:
    """A plug-in, held to what it may say: this kind, this provider, and condition keys under the provider's name."""

    __slots__ = ("_inner", "kind")

    def __init__(self, inner: Plugin) -> None:
        self._inner = inner
        self.kind = inner.kind

    def recognises(self, token: object) -> bool:
        return self._inner.recognises(token) is True

    def validate(self, token: object, provider: Provider, *, at: datetime) -> VerifiedIdentity:
        return self._own(self._inner.validate(token, provider, at=at), provider)

    def diagnose(self, token: object, provider: Provider, *, at: datetime) -> Report:
        report = self._inner.diagnose(token, provider, at=at)
        if not isinstance(report, Report) or (report.kind, report.profile) != (self.kind, provider.profile):
            raise self._overreach("a report on a token of its kind, by the provider's profile", type(report).__name__)
        if report.identity is None:
            return report
        if not report.accepted:
            raise self._overreach("nobody where a check refuses", "an identity")
        self._own(report.identity, provider)
        return report

    def register(self, name: str, *, settings: Mapping[str, object], files: Mapping[str, bytes], profile: Profile) -> Provider:
        provider = self._inner.register(name, settings=settings, files=files, profile=profile)
        if not isinstance(provider, Provider) or (provider.kind, provider.arn) != (self.kind, name):
            raise self._overreach(f"a provider of its kind named {show(name)}", type(provider).__name__)
        return provider

    def _own(self, identity: object, provider: Provider) -> VerifiedIdentity:
        if not isinstance(identity, VerifiedIdentity) or (identity.kind, identity.provider_arn) != (self.kind, provider.arn):
            raise self._overreach("an identity of its kind and of the provider it was asked about", type(identity).__name__)
        if not isinstance(identity.context_keys, dict | MappingProxyType):
            raise self._overreach("condition keys in a dict or a read-only view of one", type(identity.context_keys).__name__)
        # A name without a dot, such as aws or saml, is the prefix of somebody else's keys.
        prefix = f"{provider.arn}:" if "." in provider.arn else None
        foreign = next((key for key in identity.context_keys if prefix is None or not key.startswith(prefix)), None)
        if foreign is not None:
            raise self._overreach(f"condition keys that begin with {show(f'{provider.arn}:')}, the name of a host", show(foreign))
        return identity

    def _overreach(self, expected: str, found: str) -> InternalFailure:
        return InternalFailure(
            check="plug-in",
            expected=f"of the plug-in {show(self.kind)}: {expected}",
            found=found,
            remedy="disable the plug-in and tell its author",
            message="An internal failure occurred",
        )


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
    try:
        return _judge(provider).validate(token, provider, at=instant)
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
    try:
        return _judge(provider).diagnose(token, provider, at=instant)
    except FederationError:
        raise
    except Exception as bug:
        raise _bug(bug) from bug


def registered(provider: object, kind: type[P]) -> P:
    """Return *provider* as the one class of registrations that a validator judges by.

    Raises:
        RegistrationError: Check ``provider``: it is anything else.
    """
    if not isinstance(provider, kind):
        raise RegistrationError(
            check="provider",
            expected=f"a registration of the class {kind.__name__}",
            found=type(provider).__name__,
            remedy="judge a token by a provider of its own kind",
        )
    return provider


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
