"""Instants around each boundary of a token's validity, with the verdict that they make."""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from hypothesis import strategies as st
from lxml import etree

from federation.jose import base64url
from federation.oidc.provider import OidcProvider
from federation.saml.registration.provider import SamlProvider
from federation.testing import names

_TICK: Final = timedelta(microseconds=1)
_FAR: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class JudgedInstant:
    """A time to judge a token at.

    Attributes:
        at: The time, aware UTC.
        boundary: What it is near to, such as ``Conditions NotOnOrAfter``, ``exp`` or ``nbf with clock skew``.
        valid: Whether the token is valid then by all of its times, under profile ``strict``.
    """

    at: datetime
    boundary: str
    valid: bool


@dataclass(frozen=True, slots=True)
class _Boundary:
    """The first instant (``begins``) or the first instant that is too late, of one rule."""

    name: str
    at: datetime
    begins: bool

    def met(self, at: datetime) -> bool:
        return at >= self.at if self.begins else at < self.at


def instants(token: str, provider: SamlProvider | OidcProvider) -> st.SearchStrategy[JudgedInstant]:
    """Return instants at, just before and just after each boundary of *token*, and some between and beyond.

    Boundaries are its NotBefore, NotOnOrAfter, SessionNotOnOrAfter and IssueInstant with the provider's `max_age`, or its ``iat``, ``nbf``
    and ``exp``; each with the provider's clock skew, where that applies, and without it.

    Args:
        token: A genuine SAML response in base64 with a readable assertion, or a compact ID token.
        provider: The registered provider, profile ``strict``.
    """
    rules = _saml_rules(token, provider) if isinstance(provider, SamlProvider) else _oidc_rules(token, provider)
    skew = timedelta(0) if isinstance(provider, SamlProvider) and not provider.clock_skew else provider.clock_skew
    around = [*((rule.name, rule.at) for rule in rules)]
    if skew:
        around += [(f"{rule.name} without clock skew", rule.at + (skew if rule.begins else -skew)) for rule in rules]
    near = st.sampled_from((timedelta(0), _TICK, -_TICK, timedelta(seconds=1), timedelta(seconds=-1)))
    offset = near | st.timedeltas(-_FAR, _FAR)

    def judged(boundary: tuple[str, datetime], away: timedelta) -> JudgedInstant:
        at = boundary[1] + away
        return JudgedInstant(at, boundary[0], all(rule.met(at) for rule in rules))

    return st.builds(judged, st.sampled_from(around), offset)


def _saml_rules(token: str, provider: SamlProvider) -> list[_Boundary]:
    root = etree.fromstring(b64decode(token), etree.XMLParser(resolve_entities=False, no_network=True))
    found: list[_Boundary] = []
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        issued = element.get("IssueInstant") if element.tag == f"{{{names.SAML}}}Assertion" else None
        if issued is not None:
            found.append(_begin("IssueInstant", issued, provider))
            if provider.max_age is not None:
                found.append(_Boundary("max_age", _read(issued) + provider.max_age + _TICK, begins=False))
        begin = element.get("NotBefore")
        if begin is not None:
            found.append(_begin(f"{name} NotBefore", begin, provider))
        for attribute in ("NotOnOrAfter", "SessionNotOnOrAfter"):
            end = element.get(attribute)
            if end is not None:
                found.append(_Boundary(f"{name} {attribute}", _read(end), begins=False))
    return found


def _begin(name: str, text: str, provider: SamlProvider) -> _Boundary:
    return _Boundary(name, _read(text).replace(microsecond=0) - provider.clock_skew, begins=True)


def _oidc_rules(token: str, provider: OidcProvider) -> list[_Boundary]:
    claims = json.loads(base64url.decode(token.split(".")[1]) or b"{}")
    skew = provider.clock_skew
    found = [_Boundary("exp", _of(claims["exp"]) + skew, begins=False)]
    return found + [_Boundary(name, _of(claims[name]) - skew, begins=True) for name in ("iat", "nbf") if name in claims]


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _of(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
