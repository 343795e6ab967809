"""What a provider, a validator and a plug-in are, for those who make one and for those who use any."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, TypeVar, runtime_checkable

from federation.errors import RegistrationError
from federation.identity import Identity, VerifiedIdentity
from federation.profiles import Profile
from federation.report import Report

P = TypeVar("P")


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
    """A validator of another package: an entry point of the group ``federation.validators`` whose name is its ``kind``.

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
        """Return a report of all checks that `validate` runs, at the instant *at*, aware UTC, without an identity.

        Refusals are in the report, not raised.

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
