"""The data of a SAML response, its provider and the product that issued it, for explanations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from federation.account import Account
from federation.errors import FederationError, printable, show
from federation.explaining.nearest import most_alike, nearest
from federation.explaining.situation import Situation
from federation.explanation import Cause, Comparison, Edit, Listing, Obstacle, Place
from federation.saml.checks.presentation import PresentedAssertion
from federation.saml.registration.provider import SamlProvider
from federation.saml.validator import present_response
from federation.vendors.identity_providers import IdentityProvider, find_identity_provider

LONGEST: Final = 512
"""Characters of a foreign text that an explanation repeats."""
_SHOWN: Final = 8
"""Members of a list that a sentence repeats."""
ABOUT_SIGNATURES: Final = frozenset(
    {
        "signature",
        "signature-digest",
        "signature-algorithm",
        "signature-shape",
        "signature-reference",
        "signature-transform",
        "canonicalisation",
    }
)
"""Checks of a signature: any other refusal comes after the signatures that stand before it."""
CARRIED: Final = "carried by the response"
"""Source of a key that came with the message. It verifies for a diagnosis and proves nothing."""


@dataclass(frozen=True)
class Evidence:
    """A refused SAML response. What is costly is worked out when an explanation asks for it."""

    situation: Situation

    @property
    def check(self) -> str:
        """The check that refused."""
        return self.situation.refusal.check

    @cached_property
    def at(self) -> datetime | None:
        """The instant the response is judged at; None where nobody asked a question."""
        return None if self.situation.trial is None else self.situation.trial.at

    @property
    def account(self) -> Account | None:
        """The account that was asked; None for `validate` and `diagnose`."""
        return self.situation.account

    @cached_property
    def provider(self) -> SamlProvider | None:
        """The provider by which the response is judged; None where none is registered under the name that the call passes."""
        found = self.situation.provider
        return found if isinstance(found, SamlProvider) else None

    @cached_property
    def presented(self) -> PresentedAssertion | None:
        """What the response proves; None where its signature does not verify, or where nothing can be read."""
        if self.provider is None or self.at is None or self.check in ABOUT_SIGNATURES:
            return None
        try:
            return present_response(self.situation.token, self.provider, at=self.at)
        except FederationError:
            return None

    @property
    def unverified(self) -> bool:
        """Whether what the response says is not proved by a registered key."""
        return not self._proved or (self.provider is not None and any(key.source == CARRIED for key in self.provider.keys))

    @property
    def _proved(self) -> bool:
        outcome = self.situation.outcome
        return (outcome is not None and outcome.identity is not None) or self.presented is not None

    @cached_property
    def response(self) -> Mapping[str, Any]:
        """The fields of the Response as written, unverified."""
        fields: Mapping[str, Any] = self.situation.claims.get("response", {})
        return fields

    @cached_property
    def assertion(self) -> Mapping[str, Any]:
        """The fields of the first Assertion as written, unverified; empty where there is none in the clear."""
        fields: Mapping[str, Any] = next(iter(self.situation.claims.get("assertions", ())), {})
        return fields

    @cached_property
    def issuer(self) -> str | None:
        """The issuer that the assertion names; that of the Response where there is no assertion in the clear."""
        outcome = self.situation.outcome
        if outcome is not None and outcome.identity is not None:
            return outcome.identity.issuer
        if self.presented is not None:
            return self.presented.assertion.issuer
        return self.assertion.get("Issuer") or self.response.get("Issuer")

    @cached_property
    def attributes(self) -> Mapping[str, tuple[str, ...]]:
        """The attributes of the assertion by name."""
        outcome = self.situation.outcome
        if outcome is not None and outcome.identity is not None:
            return outcome.identity.attributes
        if self.presented is not None:
            return self.presented.assertion.attributes
        written: dict[str, tuple[str, ...]] = {}
        for each in self.assertion.get("Attributes", ()):
            name = each["Name"] or ""
            written[name] = (*written.get(name, ()), *(value or "" for value in each["Values"]))
        return written

    @cached_property
    def product(self) -> IdentityProvider:
        """The product that issued the response, told by issuer or shape; `UNKNOWN` where nothing tells."""
        return find_identity_provider(self.issuer, tuple(self.attributes), self.assertion.get("ID"))

    @cached_property
    def others(self) -> tuple[SamlProvider, ...]:
        """The other SAML providers of the account."""
        account, provider = self.account, self.provider
        return () if account is None else tuple(each for each in account.saml_providers.values() if each is not provider)

    def registered_as(self, issuer: str | None) -> SamlProvider | None:
        """Return the other provider of the account that is registered for *issuer*; None where there is none, or more than one."""
        fitting = [each for each in self.others if issuer in each.entity_ids]
        return fitting[0] if len(fitting) == 1 else None

    def obstacle(
        self,
        sentence: str,
        edits: Sequence[Edit],
        *,
        comparisons: tuple[Comparison, ...] = (),
        listings: tuple[Listing, ...] = (),
        place: Place | None = None,
        alternatives: bool = True,
        proved: bool = False,
    ) -> Obstacle:
        """Return the explanation of the refusal: *sentence* says what is true here; *proved*: a registered key proves it all the same."""
        cause = Cause(
            check=self.check,
            sentence=sentence,
            place=place,
            comparisons=comparisons,
            listings=listings,
            unverified=self.unverified and not proved,
        )
        return Obstacle(causes=(cause,), edits=tuple(edits), alternatives=alternatives)


def evidence_of(situation: Situation) -> Evidence:
    """Return the evidence of *situation*, which all its explanations share."""
    found: Evidence = situation.kept.setdefault("saml", Evidence(situation))
    return found


def plain(text: str) -> str:
    """Return a foreign *text* for display: `printable`, and cut to `LONGEST` characters."""
    safe = printable(text[:LONGEST])
    return safe if len(text) <= LONGEST else f"{safe}…"


def some(texts: tuple[str, ...]) -> str:
    """Return the first of *texts* for a sentence, and how many more there are."""
    return ", ".join(show(text) for text in texts[:_SHOWN]) + (f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else "")


def compared(expected: str, found: str, *, expected_from: str = "registered", found_from: str = "response") -> Comparison:
    """Return both texts, to be read one above the other."""
    return Comparison(expected=plain(expected), found=plain(found), expected_from=expected_from, found_from=found_from)


def listed(label: str, members: Iterable[str], wanted: str) -> Listing:
    """Return *members* with those most alike to *wanted* first, and the nearest marked."""
    several = tuple(members)
    near = nearest(wanted, several)
    return Listing(label=label, members=tuple(map(plain, most_alike(wanted, several))), nearest=None if near is None else plain(near))
