"""Why an OAuth 2.0 access token is refused: by the registered answer of its server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from federation.account.reading.oauth_providers import provider_directory
from federation.account.reading.oidc_providers import SETTINGS_FILE
from federation.errors import FederationError, printable, show
from federation.explaining import assuming
from federation.explaining.nearest import most_alike, nearest
from federation.explaining.plain import plainly
from federation.explaining.presented import explain_presented, unwrapped
from federation.explaining.situation import Row, Situation
from federation.explaining.trial import Trial
from federation.explaining.wording import command, named, span, utc
from federation.explanation import Cause, Comparison, Edit, Listing, Obstacle, Place
from federation.oauth.introspection import TokenInformation
from federation.oauth.provider import OAuthProvider
from federation.oauth.registry import token_key
from federation.oidc.inspection import looks_like_jwt
from federation.vendors import BUILT_IN_OAUTH

_ANSWER_MEMBERS: Final = (
    "iss",
    "sub",
    "user_id",
    "id",
    "client_id",
    "aud",
    "app_id",
    "active",
    "exp",
    "expires_at",
    "expires_in",
    "iat",
    "nbf",
    "scope",
)
"""Members of answers that are named; of the others only the number is given."""


def explain_provider_id(situation: Situation) -> Obstacle:
    """Explain a ProviderId that names no server of access tokens, or that comes with an ID token."""
    provider_id = situation.parameter("provider_id")
    if provider_id is None and isinstance(situation.provider, OAuthProvider):
        provider_id = situation.provider.name
    if not isinstance(provider_id, str):
        return plainly(situation)
    known = tuple(sorted({*BUILT_IN_OAUTH, *(() if situation.account is None else situation.account.oauth_providers)}))
    near = nearest(_host(provider_id), known)
    jwt = looks_like_jwt(situation.token)
    place = Place(owner="call", path="ProviderId")
    leave = Edit(
        place=place, instruction="leave ProviderId out: the issuer of an ID token stands in its iss", old=printable(provider_id[:256])
    )
    if jwt:
        sentence = f"ProviderId is {show(provider_id)}, which asks for an access token of that server, and the token is a JWT, an ID token"
        edits = [leave]
    else:
        same = f": {show(near)} is near" if near else ""
        sentence = f"ProviderId is {show(provider_id)}, and servers of access tokens are {named(known)}{same}"
        take = (
            "write ProviderId as the host alone, without scheme, port and path"
            if near == _host(provider_id)
            else "name the server of the access token"
        )
        edits = [Edit(place=place, instruction=take, old=printable(provider_id[:256]), new=near)] if near else [leave]
    cause = Cause(
        check="provider-id",
        sentence=sentence,
        comparisons=()
        if near is None or jwt
        else (Comparison(expected=near, found=provider_id, expected_from="registered", found_from="call"),),
        listings=(Listing(label="servers of access tokens", members=known, nearest=near),),
    )
    return Obstacle(causes=(cause,), edits=tuple(edits))


def without_provider_id(situation: Situation) -> Trial | None:
    """Judge an ID token without the ProviderId that came with it; an access token by the server that was plainly meant."""
    trial, provider_id = situation.trial, situation.parameter("provider_id")
    if trial is None or not isinstance(provider_id, str):
        return None
    if looks_like_jwt(situation.token):
        return trial.with_call(provider_id=None)
    known = {*BUILT_IN_OAUTH, *(() if situation.account is None else situation.account.oauth_providers)}
    return trial.with_call(provider_id=_host(provider_id)) if _host(provider_id) in known else None


def explain_server(situation: Situation) -> Obstacle:
    """Explain a server of access tokens of which the account has no registration."""
    name = situation.parameter("provider_id")
    if not isinstance(name, str):
        return plainly(situation)
    sentence = (
        f"ProviderId {show(name)} names a server of access tokens that this account has no registration of: AWS asks the server about "
        "the token, and offline its answer must be registered"
    )
    edit = Edit(
        place=Place(owner="provider", file=f"{provider_directory(name)}/{SETTINGS_FILE}", path="name"),
        instruction="register the server, and then its answer about the token (federation account add-token-information)",
        new=printable(name[:256]),
        command=command("federation", "account", "add-oauth-provider", "--account", "account", "--name", name),
    )
    return Obstacle(causes=(Cause(check="provider", sentence=sentence),), edits=(edit,))


def explain_token_information(situation: Situation) -> Obstacle:
    """Explain an access token about which no answer of its server is registered."""
    provider, key = situation.provider, _key(situation)
    if not isinstance(provider, OAuthProvider) or key is None:
        return plainly(situation)
    count = len(provider.answers)
    known = "no answer is registered" if count == 0 else f"{count} answer{'s are' if count > 1 else ' is'} registered, for other tokens"
    file = f"{provider_directory(provider.name)}/{key}.json"
    cause = Cause(
        check="token-information",
        sentence=f"{provider.name} says who an access token stands for, and about this one {known}: the file of its answer would be "
        f"{key}.json",
        place=Place(owner="provider", file=file),
    )
    edit = Edit(
        place=Place(owner="provider", file=file),
        instruction=f"register what {provider.name} answers about this token, as it stands: federation account add-token-information",
        new="the JSON answer of the server",
    )
    return Obstacle(causes=(cause,), edits=(edit,))


def explain_answer(situation: Situation) -> Obstacle:
    """Explain an access token of which its server's answer does not prove a login."""
    provider, answer, trial, check = situation.provider, _answer(situation), situation.trial, situation.refusal.check
    if not isinstance(provider, OAuthProvider) or answer is None or trial is None:
        return plainly(situation)
    now = trial.at.timestamp()
    file = f"{provider_directory(provider.name)}/{_key(situation)}.json"
    members = [name for name in _ANSWER_MEMBERS if name in answer.members]
    renew = Edit(place=Place(owner="token"), instruction=f"get a new access token of {provider.name}, and register the answer about it")
    fuller = Edit(place=Place(owner="provider", file=file), instruction="register the server's answer whole, as it was received")
    begins = max(answer.not_before or 0, answer.issued_at or 0)
    expiry = answer.expires_at or 0
    told: Mapping[str, tuple[str, str, str, Edit]] = {
        "active": (f"{provider.name} answers that the token is not active: it ended or was revoked", "active true", "active false", renew),
        "issuer": (
            f"the answer is of the issuer {show(answer.issuer)}, and the token was sent for {provider.name}",
            f"https://{provider.name}",
            answer.issuer or "",
            Edit(
                place=Place(owner="provider", file=file), instruction="register the answer with the server that gave it", old=answer.issuer
            ),
        ),
        "subject": (f"the answer names nobody: it has {named(members)}, and neither sub nor client_id", "sub", "none", fuller),
        "expiry-known": (f"the answer does not say when the token ends: it has {named(members)}, and no exp", "exp", "none", fuller),
        "exp": (
            f"the token expired at {utc(expiry)}, {span(now - expiry)} before it is used at {utc(now)}",
            f"before {utc(expiry)}",
            utc(now),
            renew,
        ),
        "nbf": (
            f"the token holds from {utc(begins)}, {span(begins - now)} after it is used at {utc(now)}: this clock is behind the server's",
            f"from {utc(begins)}",
            utc(now),
            Edit(place=Place(owner="clock"), instruction="set the clock of this host", old=utc(now), new=f"{utc(begins)} or later"),
        ),
    }
    if check not in told:
        return plainly(situation)
    sentence, expected, found, edit = told[check]
    compared = Comparison(expected=printable(expected[:256]), found=printable(found[:256]), expected_from="server", found_from="answer")
    place = Place(owner="provider", file=file)
    return Obstacle(causes=(Cause(check=check, sentence=sentence, place=place, comparisons=(compared,)),), edits=(edit,))


def explain_client(situation: Situation) -> Obstacle:
    """Explain an access token of a client that is not registered."""
    provider, answer = situation.provider, _answer(situation)
    if not isinstance(provider, OAuthProvider) or answer is None or provider.client_ids is None:
        return plainly(situation)
    registered = tuple(sorted(provider.client_ids))
    found = answer.audiences[0] if answer.audiences else ""
    near = nearest(found, registered)
    place = Place(owner="provider", file=f"{provider_directory(provider.name)}/{SETTINGS_FILE}", path="client_ids")
    cause = Cause(
        check="audience",
        sentence=f"{provider.name} answers that the token is for {named(answer.audiences)}, and registered are {named(registered)}",
        place=place,
        comparisons=(Comparison(expected=near or registered[0], found=found, expected_from="registered", found_from="answer"),),
        listings=(Listing(label="registered client ids", members=most_alike(found, registered, limit=8), nearest=near),),
    )
    login = Edit(
        place=Place(owner="token"),
        instruction=f"sign in through the client {show(near or registered[0])}, so that the token is for it",
        old=printable(found[:256]),
        new=near or registered[0],
    )
    return Obstacle(causes=(cause,), edits=(login,))


def _answer(situation: Situation) -> TokenInformation | None:
    provider, key = situation.provider, _key(situation)
    return provider.answers.get(key) if isinstance(provider, OAuthProvider) and key is not None else None


def _key(situation: Situation) -> str | None:
    token = situation.token
    try:
        return token_key(token) if isinstance(token, str | bytes) else None
    except FederationError:
        return None


def _host(provider_id: str) -> str:
    return provider_id.removeprefix("https://").removeprefix("http://").partition("/")[0].partition(":")[0].lower()


_PRESENTED: Final = Row(explain_presented, unwrapped)

TABLE: Final[Mapping[str, Row]] = {
    **dict.fromkeys(("type", "size", "form"), _PRESENTED),
    "provider": Row(explain_server),
    "provider-id": Row(explain_provider_id, without_provider_id),
    "token-information": Row(explain_token_information),
    **dict.fromkeys(("active", "issuer", "subject", "expiry-known"), Row(explain_answer)),
    **dict.fromkeys(("exp", "nbf"), Row(explain_answer, assuming.within_its_time)),
    "audience": Row(explain_client),
}
"""Check to its explanation, for access tokens."""
