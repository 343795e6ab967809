"""Why a JWT is not the ID token of this login: it is another kind of token by its claims, or its header changes its meaning."""

from __future__ import annotations

from typing import Final

from federation.errors import printable, show
from federation.explaining.plain import plainly
from federation.explaining.registered import settings_place, token_settings, vendor_place
from federation.explaining.situation import Situation
from federation.explaining.wording import named
from federation.explanation import Cause, Comparison, Edit, Obstacle, Place
from federation.oidc.provider import OidcProvider

_TYPES: Final = {
    "at+jwt": "an OAuth access token (RFC 9068)",
    "logout+jwt": "a logout token (OpenID Connect Back-Channel Logout)",
    "secevent+jwt": "a security event token (RFC 8417)",
    "dpop+jwt": "a DPoP proof (RFC 9449)",
    "refresh": "a refresh token of Keycloak",
    "bearer": "an access token of Keycloak",
}
_TOKEN_USES: Final = {"access": "access token", "refresh": "refresh token", "id": "ID token"}
_HEADERS: Final = {
    "crit": "names extensions that its reader must understand (crit), and AWS understands none",
    "b64": "says that its payload is not base64url-encoded (b64, RFC 7797)",
    "zip": "says that its payload is compressed (zip), which only encrypted tokens may be",
    "cty": "says that another token is nested in it (cty)",
}


def explain_typ(situation: Situation) -> Obstacle:
    """Explain a ``typ`` that the provider was not registered for."""
    provider, typ = situation.provider, situation.header.get("typ")
    if not isinstance(provider, OidcProvider) or not isinstance(typ, str):
        return plainly(situation)
    taken = ", ".join(sorted(provider.token_types))
    cause = Cause(
        check="typ",
        sentence=f"the token's typ is {show(typ)}, which is {_kind_of(typ)}; the provider takes typ "
        f"{named(sorted(provider.token_types))}, and AWS does not look at it",
        place=settings_place(situation, provider.url, "token_types"),
        comparisons=(Comparison(expected=taken, found=typ, expected_from="registered", found_from="token, typ"),),
    )
    return Obstacle(causes=(cause,), edits=(send_id_token(situation),))


def explain_token_use(situation: Situation) -> Obstacle:
    """Explain a token whose claims show that it is not an ID token."""
    claims = situation.claims
    use = claims.get("token_use", "id")
    if "events" in claims:
        events = claims["events"]
        names = sorted(events) if isinstance(events, dict) else []
        sentence = f"the token has the claim events ({named(names)}): it is a security event such as a logout token, and proves no login"
        return Obstacle(causes=(Cause(check="token-use", sentence=sentence),), edits=(send_id_token(situation),))
    what = _TOKEN_USES.get(use if isinstance(use, str) else "", "token of another use")
    sentence = (
        f"the token's claim token_use is {show(use)}: it is the {what}, and a web identity is proved by the ID token (token_use `id`)"
    )
    compared = Comparison(expected="id", found=printable(str(use)[:64]), expected_from="profile strict", found_from="token, token_use")
    return Obstacle(causes=(Cause(check="token-use", sentence=sentence, comparisons=(compared,)),), edits=(send_id_token(situation),))


def explain_confirmation(situation: Situation) -> Obstacle:
    """Explain a token that is bound to a key."""
    cnf = situation.claims.get("cnf")
    how = named(sorted(cnf)) if isinstance(cnf, dict) else show(cnf)
    sentence = f"the token is bound to a key (claim cnf: {how}): its bearer must prove that key, and a call of AWS cannot carry the proof"
    place = Place(owner="identity-provider", path="cnf")
    edit = Edit(place=place, instruction="request a bearer token: without DPoP and without mutual TLS", old=f"cnf: {how}")
    return Obstacle(causes=(Cause(check="confirmation", sentence=sentence),), edits=(edit,))


def explain_header(situation: Situation) -> Obstacle:
    """Explain a header that changes the meaning of the token, or that lacks what it must say."""
    check = situation.refusal.check
    if check in _HEADERS:
        place = Place(owner="identity-provider", path=f"header, {check}")
        edit = Edit(place=place, instruction=f"have the identity provider issue ID tokens without the header parameter {check}", old=check)
        return Obstacle(causes=(Cause(check=check, sentence=f"the token's header {_HEADERS[check]}", unverified=True),), edits=(edit,))
    refusal = situation.refusal
    sentence = f"the token's header must have {refusal.expected}, and has {refusal.found}"
    edit = Edit(place=Place(owner="identity-provider", path="header"), instruction=f"have the identity provider issue {refusal.expected}")
    return Obstacle(causes=(Cause(check=check, sentence=sentence, unverified=True),), edits=(edit,))


def send_id_token(situation: Situation) -> Edit:
    """Return the edit that sends the ID token where another token of the same issuer was sent."""
    url = situation.provider.url if isinstance(situation.provider, OidcProvider) else str(situation.claims.get("iss", ""))
    setting = token_settings(url).token
    if setting is not None:
        place, where = vendor_place(setting), f"{setting.name}, {setting.where}"
        return Edit(place=place, instruction=f"send the ID token, not another token of the same issuer: {where}")
    instruction = "send the ID token: the member id_token of the token response, which is there when the scope openid is requested"
    return Edit(place=Place(owner="call", path="WebIdentityToken"), instruction=instruction, old="access_token", new="id_token")


def _kind_of(typ: str) -> str:
    return _TYPES.get(typ.lower().removeprefix("application/"), "another type of token than an ID token")
