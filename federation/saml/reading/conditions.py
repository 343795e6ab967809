"""The Conditions of an assertion: validity and audience (SAML Core 2.5)."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from federation.saml.reading.shape import CHECK, no_attributes, optional_instant, refuse
from federation.saml.xml import SAML, Element, attributes, local_name, text

CONDITIONS: Final = f"{SAML}Conditions"
_AUDIENCE_RESTRICTION: Final = f"{SAML}AudienceRestriction"
_AUDIENCE: Final = f"{SAML}Audience"
_ONE_TIME_USE: Final = f"{SAML}OneTimeUse"
_PROXY_RESTRICTION: Final = f"{SAML}ProxyRestriction"

_CONDITIONS_ATTRIBUTES: Final = frozenset({"NotBefore", "NotOnOrAfter"})
_PROXY_ATTRIBUTES: Final = frozenset({"Count"})


class Conditions(NamedTuple):
    """The Conditions element.

    Attributes:
        not_before: Start of validity, aware UTC, or None.
        not_on_or_after: End of validity, exclusive, aware UTC, or None.
        audience_restrictions: A tuple of Audience texts for each AudienceRestriction. All of them must be satisfied.
        one_time_use: Whether there is a OneTimeUse condition.
        unknown: Names of conditions that SAML 2.0 does not define. They make the validity indeterminate (Core 2.5.1).
    """

    not_before: datetime | None = None
    not_on_or_after: datetime | None = None
    audience_restrictions: tuple[tuple[str, ...], ...] = ()
    one_time_use: bool = False
    unknown: tuple[str, ...] = ()


def read_conditions(element: Element) -> Conditions:
    """Read a Conditions element.

    Raises:
        InvalidIdentityToken: The element violates the schema, or a time is malformed.
    """
    get = attributes(element, _CONDITIONS_ATTRIBUTES, CHECK)
    restrictions: list[tuple[str, ...]] = []
    one_time_use = proxied = False
    unknown: list[str] = []
    for child in element:
        tag = child.tag
        if tag == _AUDIENCE_RESTRICTION:
            restrictions.append(_read_audiences(child))
        elif tag == _ONE_TIME_USE and not one_time_use:
            no_attributes(child)
            one_time_use = True
        elif tag == _PROXY_RESTRICTION and not proxied:
            # ProxyRestriction concerns issuers of further assertions only (Core 2.5.1.6).
            _read_audiences(child, _PROXY_ATTRIBUTES)
            proxied = True
        elif tag in (_ONE_TIME_USE, _PROXY_RESTRICTION):
            raise refuse("at most one OneTimeUse and one ProxyRestriction (Core 2.5.1.5, 2.5.1.6)", child)
        else:
            unknown.append(local_name(child))
    return Conditions(
        optional_instant(get("NotBefore"), "Conditions NotBefore"),
        optional_instant(get("NotOnOrAfter"), "Conditions NotOnOrAfter"),
        tuple(restrictions),
        one_time_use,
        tuple(unknown),
    )


def _read_audiences(restriction: Element, allowed: frozenset[str] = frozenset()) -> tuple[str, ...]:
    attributes(restriction, allowed, CHECK)
    audiences: list[str] = []
    for child in restriction:
        if child.tag != _AUDIENCE:
            raise refuse(f"only Audience elements in the {local_name(restriction)}", child)
        no_attributes(child)
        audiences.append(text(child))
    return tuple(audiences)
