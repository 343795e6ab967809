"""The origin of the value of a condition key, and the place where it can be set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from federation.errors import show
from federation.explaining.nearest import edits, nearest
from federation.explaining.registered import token_settings
from federation.explaining.saml.evidence import Evidence
from federation.explaining.trust.asked import Asked, bounded
from federation.explanation import Edit, Owner, Place
from federation.policy.wildcard import fold
from federation.saml.reading.attributes import CONDITION_KEYS
from federation.sts.login import saml_attributes, web_identity_claims
from federation.vendors.identity_providers import Setting, Topic

_REQUEST_TAG: Final = "aws:requesttag/"
CLOCK: Final = ("aws:currenttime", "aws:epochtime")
"""Keys of the instant that a login is judged at."""
_FEW: Final = 2
"""Characters by which a misspelt attribute differs at most."""
_OWN_MEANING: Final = (saml_attributes.ROLE_SESSION_NAME, saml_attributes.SOURCE_IDENTITY, saml_attributes.SESSION_DURATION)
_SESSION_NAME: Final = "sts:rolesessionname"
_TAGS: Final = web_identity_claims.TAGS
_WISHES: Final = {
    "SAML": {
        _SESSION_NAME: saml_attributes.ROLE_SESSION_NAME,
        "sts:sourceidentity": saml_attributes.SOURCE_IDENTITY,
        "sts:transitivetagkeys": saml_attributes.TRANSITIVE_TAG_KEYS,
        "aws:tagkeys": f"{saml_attributes.PRINCIPAL_TAG}…",
        _REQUEST_TAG: saml_attributes.PRINCIPAL_TAG,
    },
    "OIDC": {
        _SESSION_NAME: "RoleSessionName",
        "sts:sourceidentity": web_identity_claims.SOURCE_IDENTITY,
        "sts:transitivetagkeys": f"{_TAGS}/transitive_tag_keys",
        "sts:roleauthorizedbyidp": web_identity_claims.ROLES,
        "aws:tagkeys": _TAGS,
        _REQUEST_TAG: f"{_TAGS}/principal_tags/",
    },
    "AWS": {
        _SESSION_NAME: "RoleSessionName",
        "sts:externalid": "ExternalId",
        "sts:sourceidentity": "SourceIdentity",
        "sts:transitivetagkeys": "TransitiveTagKeys",
        "aws:tagkeys": "Tags",
        _REQUEST_TAG: "Tags/",
    },
}
"""By protocol: condition key to the attribute, claim or parameter by which a login asks for the value."""
_FIXED: Final = ("saml:iss", "saml:doc", "saml:namequalifier")
"""Keys of who the identity provider is, which it does not set login by login."""
_TOPICS: Final[dict[str, Topic]] = {"saml:aud": "recipient", "saml:sub_type": "name-id-format", "sts:rolesessionname": "session-name"}
"""Condition key to what a setting of the identity provider decides."""
_SAML: Final = {
    "saml:aud": ("Recipient", "assertion's Recipient"),
    "saml:iss": ("Issuer", "assertion's Issuer"),
    "saml:sub": ("NameID", "assertion's NameID"),
    "saml:sub_type": ("NameID/@Format", "format of the assertion's NameID"),
    "saml:namequalifier": ("", "hash of issuer, account and provider, `saml:namequalifier`,"),
    "saml:doc": ("", "account and name of the SAML provider, `saml:doc`,"),
}
_ATTRIBUTES: Final = {fold(key): name for name, keys in reversed(tuple(CONDITION_KEYS.items())) for key in keys}
"""Condition key to the Name of the attribute that fills it, the first that is known."""


class KeyOrigin(NamedTuple):
    """Where a value comes from.

    Attributes:
        name: Claim, attribute or parameter; empty where it is none of these.
        said: The same with its owner, to follow "the".
        owner: ``token``, ``assertion``, ``call``, ``clock`` or ``AWS``.
    """

    name: str
    said: str
    owner: str


def origin(asked: Asked, folded: str) -> KeyOrigin:
    """Return where the value of the condition key *folded* comes from in this request."""
    if folded in _SAML:
        return KeyOrigin(*_SAML[folded], owner="assertion")
    name = _ATTRIBUTES.get(folded) or wish(asked, folded)
    if name and (asked.protocol == "AWS" or (asked.protocol == "OIDC" and folded == _SESSION_NAME)):
        return KeyOrigin(name, f"call's {name}", "call")
    if name:
        return KeyOrigin(name, f"{asked.token}'s {'attribute' if asked.protocol == 'SAML' else 'claim'} {show(name)}", asked.token)
    provider, _, claim = folded.rpartition(":")
    if asked.protocol == "OIDC" and provider == fold(asked.provider):
        name = _claim(asked, claim)
        return KeyOrigin(show(name), f"token's {show(name)}", "token")
    if folded in CLOCK:
        return KeyOrigin("", "instant that is judged at", "clock")
    return KeyOrigin("", f"request's {show(asked.spelled(folded))}", "AWS")


def wish(asked: Asked, folded: str) -> str:
    """Return the attribute, claim or parameter by which a login asks for session name, tags and source identity; empty for other keys."""
    wishes = _WISHES[asked.protocol]
    if folded.startswith(_REQUEST_TAG):
        tag = asked.spelled(folded)[len(_REQUEST_TAG) :]
        if asked.protocol == "OIDC" and isinstance(asked.situation.claims.get(_TAGS), Mapping):
            return f"{_TAGS}.principal_tags.{tag}"
        return wishes[_REQUEST_TAG] + tag
    return wishes.get(folded, "")


def _claim(asked: Asked, claim: str) -> str:
    """Return the claim from which ``:aud`` and ``:oaud`` come; others come from the claim of their own name."""
    if claim == "oaud":
        return "aud"
    return "azp" if claim == "aud" and "azp" in asked.situation.claims else claim


def setting(asked: Asked, folded: str, *, old: str | None, new: str | None) -> list[Edit]:
    """Return the edit that sets the value where it comes from; none where nobody sets it for a login."""
    at = origin(asked, folded)
    of_issuer = at.owner == "token" and not wish(asked, folded)  # an issuer says what is so; nobody asks it to say otherwise
    if not at.name or folded in _FIXED or of_issuer:
        return []
    owner: Owner = "call" if at.owner == "call" else "identity-provider"
    known = _screen(asked, folded)
    where = f"under “{known.name}”" if known is not None else f"as {show(at.name)}"
    whom = "call with" if owner == "call" else "have the identity provider send"
    instruction = f"{whom}{'' if new is None else f' {show(new)}'} {where}"
    place = Place(owner=owner, path=at.name, setting=known.name if known else "", source=known.source if known else "")
    return [Edit(place=place, instruction=instruction, old=bounded(old), new=bounded(new))]


def attribute_like(asked: Asked, name: str) -> str:
    """Return the attribute of the assertion whose name is *name* misspelt; empty where there is none."""
    if asked.protocol != "SAML" or not name:
        return ""
    near = nearest(name, [each for each in Evidence(asked.situation).attributes if each not in _OWN_MEANING])
    return near if near is not None and 0 < edits(fold(near), fold(name)) <= _FEW else ""


def _screen(asked: Asked, folded: str) -> Setting | None:
    """Return the setting of the identity provider by the name on its screen; None where it is not known."""
    topic = _TOPICS.get(folded)
    return None if topic is None or asked.protocol != "SAML" else Evidence(asked.situation).product.settings.get(topic)


def client_ids(asked: Asked) -> frozenset[str] | None:
    """Return the client ids of the provider; None where they are not known, as for the issuers that AWS has built in."""
    provider = None if asked.account is None else asked.account.oidc_providers.get(asked.caller.name)
    return None if provider is None else provider.registered


def another_audience(asked: Asked, at: KeyOrigin, *, old: str, new: str) -> Edit:
    """Return the edit by which the token is issued for the audience *new*, in the words of the vendor."""
    grammar = asked.grammar
    how = f": {grammar.audience.format(audience=bounded(new))}" if grammar.audience else ""
    place = Place(owner="workflow" if grammar.forms else "identity-provider", path=at.name.strip("`"), source=grammar.source)
    return Edit(place=place, instruction=f"have the token issued for the audience {show(new)}{how}", old=bounded(old), new=bounded(new))


def is_default_audience(asked: Asked, audience: str) -> bool:
    """Whether *audience* is what GitHub issues tokens for where a job asks for no audience: it names nobody whom the token is for."""
    return token_settings(asked.provider).is_unasked(audience)


def audiences(asked: Asked) -> tuple[str, ...]:
    """Return every audience that the proved token names."""
    outcome = asked.situation.outcome
    return () if outcome is None or outcome.identity is None else outcome.identity.audiences
