"""The registry of validators, and the functions `validate` and `diagnose`.

The provider selects the validator by its ``kind``; the token never does. Built-in validators and plug-ins are in the same registry. A
plug-in is an entry point of the group ``federation.validators``. It is loaded when a provider has its kind, not because it is installed. A
plug-in cannot replace a built-in validator, and every result of a plug-in is checked against the provider that was passed to it (attack row
O07).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Final, Protocol, TypeVar, cast, runtime_checkable

from federation import clock
from federation.errors import FederationError, InternalFailure, RegistrationError, show
from federation.explanation import Question
from federation.identity import Identity, VerifiedIdentity, _verified
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
    """A registered identity provider of any protocol."""

    @property
    def kind(self) -> str:
        """Name of the validator for this provider's tokens."""
        ...

    @property
    def arn(self) -> str:
        """ARN of the provider, or the name of a provider built into AWS."""
        ...

    @property
    def profile(self) -> Profile:
        """The profile whose verdict decides."""
        ...


class Validator(Protocol):
    """Validates one kind of token. It has no state, is thread-safe, uses no network, and returns equal results for equal arguments."""

    kind: str

    def recognises(self, token: object) -> bool:
        """Return whether *token* has the form of this kind. The result proves nothing about the token. Nothing is raised."""
        ...

    def validate(self, token: object, provider: Provider, *, at: datetime) -> VerifiedIdentity:
        """Return the identity that *token* proves against *provider* at the instant *at*, aware UTC.

        Raises:
            FederationError: The first check of the provider's profile that refuses.
        """
        ...

    def diagnose(self, token: object, provider: Provider, *, at: datetime) -> Report:
        """Return a report of all checks that `validate` runs, at the instant *at*, aware UTC. Refusals are in the report, not raised."""
        ...


class Plugin(Protocol):
    """A validator of another package: an entry point of `ENTRY_POINT_GROUP` whose name is its ``kind``.

    The entry point is a callable without arguments that returns the validator, such as its class. Its `Identity` becomes a
    `VerifiedIdentity` after its kind, provider and condition keys have been checked.
    """

    kind: str

    def recognises(self, token: object) -> bool:
        """Return whether *token* has the form of this kind. The result proves nothing about the token. Nothing is raised."""
        ...

    def validate(self, token: object, provider: Provider, *, at: datetime) -> Identity:
        """Return the identity that *token* proves against *provider* at the instant *at*, aware UTC.

        Raises:
            FederationError: The first check of the provider's profile that refuses.
        """
        ...

    def diagnose(self, token: object, provider: Provider, *, at: datetime) -> Report:
        """Return a report of all checks that `validate` runs, without an identity. Refusals are in the report, not raised.

        Where the report accepts the token, `federation.diagnose` adds the identity that ``validate`` returns.
        """
        ...

    def register(self, name: str, *, settings: Mapping[str, object], files: Mapping[str, bytes], profile: Profile) -> Provider:
        """Return the provider of the directory ``plugin-providers/<name>/`` of an account.

        Args:
            name: Host name of the provider. It is the provider's ``arn`` and the prefix of its condition keys.
            settings: The members of ``provider.toml`` without ``kind``. The plug-in must refuse unknown members.
            files: Every other file of the directory, name to octets. The plug-in must refuse unknown files.
            profile: The profile of the provider where its settings name none.

        Raises:
            FederationError: The material cannot be registered; use `RegistrationError`.
        """
        ...


@cache
def validator(kind: str) -> Validator:
    """Return the validator named *kind*, importing it on first use.

    Raises:
        RegistrationError: No built-in validator and no installed plug-in has that name, or several plug-ins have it.
    """
    if kind in _BUILT_IN:
        module, name = _BUILT_IN[kind]
        return cast("Validator", getattr(import_module(module), name)())
    return plugin(kind)


def installed() -> dict[str, EntryPoint]:
    """Return the installed plug-ins by name without loading them. Plug-ins with the name of a built-in validator are left out."""
    return {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP) if point.name not in _BUILT_IN}


@cache
def plugin(kind: str) -> PluginValidator:
    """Return the plug-in named *kind*, loading it on first use. Its results are checked.

    Raises:
        RegistrationError: No installed plug-in has that name, several have it, or it cannot be loaded.
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
    return PluginValidator(cast("Plugin", inner))


def _unfit(kind: str, found: str) -> RegistrationError:
    return RegistrationError(
        check="validator", expected=f"a plug-in for {show(kind)}", found=found, remedy="ask its author; federation.testing has the contract"
    )


class PluginValidator:
    """The validator of a plug-in. Results are checked: their kind and provider must match, condition keys must be under its name."""

    __slots__ = ("_inner", "kind")

    def __init__(self, inner: Plugin) -> None:
        self._inner = inner
        self.kind = inner.kind

    def recognises(self, token: object) -> bool:
        """Return whether the plug-in recognises *token*; only True means yes."""
        return self._inner.recognises(token) is True

    def validate(self, token: object, provider: Provider, *, at: datetime) -> VerifiedIdentity:
        """Return the identity that the plug-in returns, checked."""
        return self._proved(self._inner.validate(token, provider, at=at), provider)

    def diagnose(self, token: object, provider: Provider, *, at: datetime) -> Report:
        """Return the plug-in's report; where it accepts, with the identity that `validate` returns."""
        report = self._inner.diagnose(token, provider, at=at)
        if not isinstance(report, Report) or (report.kind, report.profile) != (self.kind, provider.profile):
            raise self._overreach("a report on a token of its kind, by the provider's profile", type(report).__name__)
        if report.identity is not None:
            raise self._overreach("a report without an identity, which validate returns", "an identity")
        if not report.accepted:
            return report
        try:
            identity = self.validate(token, provider, at=at)
        except InternalFailure:
            raise
        except FederationError as refusal:
            raise self._overreach("a report that refuses what validate refuses", f"one that passes {show(refusal.check)}") from refusal
        return replace(report, identity=identity)

    def register(self, name: str, *, settings: Mapping[str, object], files: Mapping[str, bytes], profile: Profile) -> Provider:
        """Return the provider that the plug-in registers, checked."""
        provider = self._inner.register(name, settings=settings, files=files, profile=profile)
        if not isinstance(provider, Provider) or (provider.kind, provider.arn) != (self.kind, name):
            raise self._overreach(f"a provider of its kind named {show(name)}", type(provider).__name__)
        return provider

    def _proved(self, said: object, provider: Provider) -> VerifiedIdentity:
        # Exactly the class: a subclass could answer the checks below and the copy differently.
        if type(said) is not Identity or (said.kind, said.provider_arn) != (self.kind, provider.arn):
            raise self._overreach("an Identity of its kind and of the provider it was asked about", type(said).__name__)
        for held in (said.attributes, said.context_keys):
            if not isinstance(held, dict | MappingProxyType):
                raise self._overreach("attributes and condition keys in a dict or a read-only view of one", type(held).__name__)
        # Copied before they are checked: the plug-in may keep its dict and change it afterwards.
        attributes, keys = MappingProxyType(dict(said.attributes)), MappingProxyType(dict(said.context_keys))
        # A name without a dot, such as aws or saml, would be the prefix of AWS's own keys.
        prefix = f"{provider.arn}:" if "." in provider.arn else None
        foreign = next((key for key in keys if prefix is None or not key.startswith(prefix)), None)
        if foreign is not None:
            raise self._overreach(f"condition keys that begin with {show(f'{provider.arn}:')}, the name of a host", show(foreign))
        return _verified(*said._replace(attributes=attributes, context_keys=keys))

    def _overreach(self, expected: str, found: str) -> InternalFailure:
        return InternalFailure(
            check="plug-in",
            expected=f"of the plug-in {show(self.kind)}: {expected}",
            found=found,
            remedy="disable the plug-in and tell its author",
            message="An internal failure occurred",
        )


def validate(token: object, provider: Provider, *, at: datetime | None = None) -> VerifiedIdentity:
    """Return the identity that *token* proves.

    Requirements of the AWS operations, such as the attributes Role and RoleSessionName and the lengths of parameters, are not checked here;
    the operations of `SecurityTokenService` check them.

    Args:
        token: The token as a client posts it: the base64 SAML response, or the compact token, as `str` or `bytes`.
        provider: The registered provider. Its keys, audiences and profile decide.
        at: The time to judge at, an aware datetime; the present time when None.

    Raises:
        FederationError: The first check of the provider's profile that refuses. Nothing else is raised, for input of any type and size.
    """
    instant = clock.resolve(at)
    try:
        return _judge(provider).validate(token, provider, at=instant)
    except FederationError as refusal:
        refusal.asked(Question(token=token, provider=provider, at=instant))
        raise
    except Exception as bug:
        raise _bug(bug) from bug


def diagnose(token: object, provider: Provider, *, at: datetime | None = None) -> Report:
    """Return a report of every check on *token*, with the verdicts of both profiles.

    Args:
        token: The token as a client posts it, as for `validate`.
        provider: The registered provider. Its profile decides.
        at: The time to judge at, an aware datetime; the present time when None.

    Raises:
        FederationError: An argument is wrong, e.g. a naive datetime or a provider of an unknown kind. Refusals of the token are in the
            report.
    """
    instant = clock.resolve(at)
    try:
        report = _judge(provider).diagnose(token, provider, at=instant)
    except FederationError:
        raise
    except Exception as bug:
        raise _bug(bug) from bug
    question = Question(token=token, provider=provider, at=instant)
    for result in report.results:
        if result.refusal is not None:
            result.refusal.asked(question)
    return report


def registered(provider: object, kind: type[P]) -> P:
    """Return *provider* when it is an instance of *kind*, the class of registrations that a validator takes.

    Raises:
        RegistrationError: Check ``provider``: it is not.
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
