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
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Final, cast

from federation import aws_texts, clock
from federation.errors import FederationError, InternalFailure, RegistrationError, show
from federation.explanation import Question
from federation.identity import Identity, VerifiedIdentity, _verified
from federation.profiles import Profile
from federation.protocols import Plugin, Provider, Validator
from federation.report import Report

ENTRY_POINT_GROUP: Final = "federation.validators"

_METHODS: Final = ("recognises", "validate", "diagnose", "register")
_BUILT_IN: Final = frozenset({"saml2-response", "oidc-id-token", "oauth-access-token"})


@cache
def validator(kind: str) -> Validator:
    """Return the validator named *kind*, importing it on first use.

    Raises:
        RegistrationError: No built-in validator and no installed plug-in has that name, or several plug-ins have it.
    """
    match kind:
        case "saml2-response":
            from federation.saml.validator import SamlResponseValidator  # noqa: PLC0415 - a kind is imported when it is asked for

            return SamlResponseValidator()
        case "oidc-id-token":
            from federation.oidc.validator import OidcTokenValidator  # noqa: PLC0415 - a kind is imported when it is asked for

            return OidcTokenValidator()
        case "oauth-access-token":
            from federation.oauth.validator import OAuthTokenValidator  # noqa: PLC0415 - a kind is imported when it is asked for

            return OAuthTokenValidator()
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
        check="validator", expected=f"a plug-in for {show(kind)}", found=found, remedy="report it to the plug-in's author"
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
            message=aws_texts.service.INTERNAL_FAILURE,
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
    for result in report.refused:
        if result.refusal is not None:
            result.refusal.asked(question)
    return report


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
        message=aws_texts.service.INTERNAL_FAILURE,
    )
