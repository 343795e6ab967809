"""Texts of the refusals of the checks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from federation.check_names import SamlCheck
from federation.errors import InvalidIdentityToken, show
from federation.saml.registration.provider import SamlProvider
from federation.saml.xml import malformed

SHOWN: Final = 5
"""Most names of a list that an error repeats."""


def refuse_strictly(check: SamlCheck, expected: str, found: str, remedy: str) -> InvalidIdentityToken:
    """Return a refusal of a check that AWS does not have."""
    return InvalidIdentityToken(check=check, expected=expected, found=found, remedy=remedy)


def any_of(texts: Collection[str]) -> str:
    """Return a list of the accepted values."""
    shown = [show(text) for text in sorted(texts)[:SHOWN]]
    return " or ".join(shown) + (f" or {len(texts) - SHOWN} more" if len(texts) > SHOWN else "")


def places(provider: SamlProvider) -> str:
    """Return a description of the accepted recipients of *provider*."""
    return "a sign-in URL of AWS" if provider.recipients is None else any_of(provider.recipients)


def seconds(span: timedelta) -> str:
    """Return *span* in seconds as text, with its fraction."""
    whole, rest = divmod(span, timedelta(seconds=1))
    return f"{whole}.{rest.microseconds:06}".rstrip("0").rstrip(".") + " s" if rest else f"{whole} s"


__all__ = ["SHOWN", "any_of", "malformed", "places", "refuse_strictly", "seconds"]
