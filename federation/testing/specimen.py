"""Specimens of a kind of token, and the calls of its validator by both methods. Only refusals may be raised."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NoReturn

from federation.errors import FederationError, InternalFailure
from federation.identity import VerifiedIdentity
from federation.protocols import Provider, Validator
from federation.report import Report
from federation.validators import validator

LONG_CHARS: Final = 1_000_000
"""Least length of `Specimen.oversized` in characters."""


class ContractError(AssertionError):
    """A validator violates a clause of the contract. The text describes the violation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """A token that is accepted, and variations that must be refused. Each variation differs in one property only.

    Attributes:
        provider: The registered provider whose key proves the token. Its kind names the validator.
        same_name: A provider of the same name with another key, or for opaque tokens without token information. It must refuse.
        same_key: A provider of another name and issuer with the provider's key. It must refuse.
        token: The token as a client sends it.
        at: A time at which it is accepted, aware.
        expired_at: A time at which it has expired, aware.
        misaddressed: A token for another audience; None for kinds of tokens without an audience.
        oversized: A genuine token of at least `LONG_CHARS` characters, which is too long.
        refused: Tokens that the provider refuses at `at`, by the name of the check, one for each further rule of the validator.
        shapes: Built-in kinds whose tokens have the same form. The validator may recognise them too.
        unsigned_parts: Whether parts of the token are unsigned, such as the envelope of a SAML response. A change there may be accepted if
            the identity is unchanged.
        secrets: Texts other than tokens that must never be shown.
        public: Parts of the token that may be shown, such as its prefix.
    """

    provider: Provider
    same_name: Provider
    same_key: Provider
    token: str = field(repr=False)
    at: datetime
    expired_at: datetime
    misaddressed: str | None = field(repr=False)
    oversized: str = field(repr=False)
    refused: Mapping[str, str] = field(default_factory=dict, repr=False)
    shapes: frozenset[str] = frozenset()
    unsigned_parts: bool = False
    secrets: tuple[str, ...] = field(default=(), repr=False)
    public: tuple[str, ...] = ()

    @property
    def validator(self) -> Validator:
        """The validator for the provider's tokens."""
        return validator(self.provider.kind)


def attempts(specimen: Specimen) -> Iterator[tuple[object, Provider, datetime]]:
    """Yield the arguments of one validation for the genuine token and for each variation of the specimen."""
    token, provider, at = specimen.token, specimen.provider, specimen.at
    yield from ((token, provider, at), (token, provider, specimen.expired_at))
    yield from ((token, specimen.same_name, at), (token, specimen.same_key, at))
    others = (specimen.misaddressed, *specimen.refused.values(), token[:-1], "A")
    yield from ((other, provider, at) for other in others if other is not None)


def broken(text: str) -> NoReturn:
    """Raise the error of a violated clause.

    Raises:
        ContractError: Always.
    """
    raise ContractError(text)


def ask(specimen: Specimen, token: object, *, provider: Provider | None = None, at: datetime | None = None) -> VerifiedIdentity | None:
    """Return the identity from `validate`, None where it refuses, after checking that `diagnose` agrees and only refusals are raised."""
    judge, by, when = specimen.validator, specimen.provider if provider is None else provider, specimen.at if at is None else at
    identity, refusal = None, None
    try:
        identity = judge.validate(token, by, at=when)
    except FederationError as error:
        refusal = error
    except BaseException as error:  # noqa: BLE001 - the contract is that nothing else is raised
        broken(f"validate raised {type(error).__name__} for {named(token)}")
    try:
        report = judge.diagnose(token, by, at=when)
    except BaseException as error:  # noqa: BLE001
        broken(f"diagnose raised {type(error).__name__} for {named(token)}")
    if isinstance(refusal, InternalFailure):
        broken(f"an internal error for {named(token)}: {refusal}")
    _compare(token, identity, refusal, report)
    return identity


def _compare(token: object, identity: VerifiedIdentity | None, refusal: FederationError | None, report: Report) -> None:
    said = report.refusal()
    if (said is None) is not (refusal is None):
        broken(f"validate and diagnose disagree on {named(token)}: {refusal} against {said}")
    if refusal is not None and said is not None and (refusal.code, refusal.check) != (said.code, said.check):
        broken(f"validate refuses {named(token)} for {refusal.check}, diagnose for {said.check}")
    if report.identity != identity:
        broken(f"validate and diagnose return different identities for {named(token)}")
    try:
        json.dumps(report.as_dict())
    except (TypeError, ValueError) as error:
        broken(f"the report on {named(token)} cannot be written as JSON: {error}")


def named(token: object) -> str:
    """Return a description of *token* that does not show it."""
    return f"{type(token).__name__} of {len(token)} characters" if isinstance(token, str | bytes) else f"a {type(token).__name__}"
