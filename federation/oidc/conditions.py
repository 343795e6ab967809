"""The IAM condition keys of a web identity, which are those that AWS provides (docs/observed.md 3.6, 3.7).

A key is ``<provider URL without https://>:<claim>``. ``iss``, custom claims and other claims are not condition keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from federation.identity import ContextValue
from federation.vendors import GOOGLE, find_vendor, key_name

_NESTED: Final = "google/organization_number"


@dataclass(frozen=True, slots=True)
class KeyNames:
    """The names of the condition keys of one provider. ``vendor`` has the claims that AWS provides for this issuer, with their keys."""

    aud: str
    oaud: str
    sub: str
    amr: str
    vendor: tuple[tuple[str, str], ...]
    always_oaud: bool

    @classmethod
    def of(cls, provider_name: str) -> KeyNames:
        """Return the names for the provider whose URL without ``https://`` is *provider_name*, compared with regard to case."""
        return cls(
            aud=f"{provider_name}:aud",
            oaud=f"{provider_name}:oaud",
            sub=f"{provider_name}:sub",
            amr=f"{provider_name}:amr",
            vendor=tuple((claim, key_name(provider_name, claim)) for claim in find_vendor(provider_name).further_claims),
            always_oaud=provider_name == GOOGLE,
        )


def condition_keys(
    names: KeyNames, members: Mapping[str, Any], *, subject: str, audience: str, audiences: tuple[str, ...]
) -> dict[str, ContextValue]:
    """Return the condition keys of a verified token.

    Args:
        names: The names of the provider's condition keys.
        members: The verified and checked claims.
        subject: ``sub`` as AWS reports it.
        audience: The audience that matched the registration, ``azp`` where present.
        audiences: Every audience of ``aud``.
    """
    keys: dict[str, ContextValue] = {names.aud: audience, names.sub: subject}
    if "azp" in members or names.always_oaud:
        keys[names.oaud] = audiences[0] if len(audiences) == 1 else audiences
    amr = members.get("amr")
    if isinstance(amr, list) and all(isinstance(method, str) for method in amr):
        keys[names.amr] = tuple(amr)
    for claim, key in names.vendor:
        value = members.get(claim)
        if value is None and claim == _NESTED and claim not in members:
            value = _nested(members)
        if value is not None and type(value) is not str:  # most are str or absent
            value = _scalar(value)
        if value is not None:
            keys[key] = value
    return keys


def _nested(members: Mapping[str, Any]) -> object:
    """Return the claim `_NESTED`, which Google nests in an object ``google``."""
    google = members.get("google")
    return google.get("organization_number") if isinstance(google, dict) else None


def _scalar(value: object) -> str | None:
    """Return a claim as text for policy operators; None for lists and objects."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else None
