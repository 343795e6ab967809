"""Why no registered provider issued the token: its ``iss`` beside every registered URL."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from federation.account import Account
from federation.account.reading.oidc_providers import directory_of
from federation.errors import RegistrationError, printable, show
from federation.explaining.call.arns import nearest_role
from federation.explaining.nearest import most_alike, nearest
from federation.explaining.oidc.families import are_of_one_family, identity_of, pool_token_for, told_by_family
from federation.explaining.oidc.following import follow_issuer, following_roles, trusting
from federation.explaining.plain import plainly
from federation.explaining.registered import register_issuer, settings_place
from federation.explaining.reissuing import sign, trial_provider
from federation.explaining.situation import Situation
from federation.explaining.trial import Trial, as_if
from federation.explaining.wording import named, told_apart
from federation.explanation import Cause, Comparison, Edit, Listing, Obstacle, Place
from federation.oidc.conditions import KeyNames
from federation.oidc.issuer_url import how_to_register, read_url
from federation.oidc.provider import OidcProvider
from federation.vendors import BUILT_IN_OIDC, COGNITO, find_vendor

_ACCOUNT: Final = re.compile(r"arn:[^:]+:iam::(?P<id>\d{12}):", re.ASCII)
_AWS_CLIENT: Final = "sts.amazonaws.com"
_NEAREST: Final = "oidc.issuer.nearest"


def explain_issuer(situation: Situation) -> Obstacle:
    """Explain an ``iss`` that is the URL of no registered provider."""
    issuer, urls = situation.claims.get("iss"), _urls(situation)
    if not isinstance(issuer, str):
        return _no_issuer(situation) if situation.claims else plainly(situation)
    near = _resembling(situation, issuer)
    sentence, edits, alternatives = _told(situation, issuer, near, urls)
    cause = Cause(
        check=situation.refusal.check,
        sentence=sentence,
        place=None if near is None else settings_place(situation, near, "url"),
        comparisons=() if near is None else (Comparison(expected=near, found=issuer, expected_from="registered", found_from="token, iss"),),
        listings=_listings(situation, issuer, near, urls),
        unverified=True,
    )
    return Obstacle(causes=(cause,), edits=tuple(edits), alternatives=alternatives)


def with_its_issuer(situation: Situation) -> Trial | None:
    """Judge the token by a registration of its own issuer that has keys and client ids of the one that is spelled almost alike.

    The trust policy follows it, as the edits of `explain_issuer` make it do.
    """
    trial, account, issuer = situation.trial, situation.account, situation.claims.get("iss")
    if trial is None or account is None or not isinstance(issuer, str):
        return None
    if _exchange(situation, issuer) is not None:
        return None
    provider = next((each for each in account.oidc_providers.values() if _plain(each.url) == _plain(issuer)), None)
    if provider is None:
        return _newly_registered(situation, trial, account, issuer)
    arn = provider.arn.removesuffix(provider.name) + issuer.removeprefix("https://")
    twin = _as_registered(provider, issuer, arn=arn)
    roles = following_roles(situation, provider.url, issuer)
    return replace(trial, account=replace(account, oidc_providers={**account.oidc_providers, arn: twin}, roles=roles))


def _as_registered(provider: OidcProvider, issuer: str, **changes: object) -> OidcProvider:
    """Return *provider* as it would be if it were registered for *issuer*."""
    name = issuer.removeprefix("https://")
    known = {"known_claims": find_vendor(name).known_claims, "key_names": KeyNames.of(name)}
    return as_if(provider, url=issuer, name=name, issuers=frozenset({issuer}), **known, **changes)


def _newly_registered(situation: Situation, trial: Trial, account: Account, issuer: str) -> Trial | None:
    """Judge the token by a new registration of its issuer. Its keys are not known, so its claims are unverified."""
    name, near = issuer.removeprefix("https://"), _resembling(situation, issuer)
    ids = (_AWS_CLIENT,) if near is None else _client_ids(situation, near)
    arn = name if name in BUILT_IN_OIDC else f"arn:{account.partition}:iam::{account.id}:oidc-provider/{name}"
    if _other_account(situation, account) is not None or _refused_by_iam(issuer):
        return None
    provider = _as_registered(trial_provider(account.profile), issuer, arn=arn, client_ids=ids, registered=frozenset(ids))
    roles = account.roles if near is None else following_roles(situation, near, issuer)
    registered = replace(account, oidc_providers={**account.oidc_providers, arn: provider}, roles=roles)
    return replace(trial, account=registered, unproved=True).with_call(web_identity_token=sign(situation, {}))


def _told(situation: Situation, issuer: str, near: str | None, urls: Sequence[str]) -> tuple[str, list[Edit], bool]:
    """Return the sentence, the edits, and whether one of them is enough."""
    account, refused = situation.account, _refused_by_iam(issuer)
    elsewhere = _other_account(situation, account)
    if elsewhere is not None and account is not None:
        place = Place(owner="call", path="RoleArn")
        mine = nearest_role(str(situation.parameter("role_arn")), account)
        instruction = f"ask the account {elsewhere}, or name a role of {account.id}"
        edit = Edit(place=place, instruction=instruction, old=printable(str(situation.parameter("role_arn"))[:512]), new=mine)
        whole = f"the role is of account {elsewhere} and the providers are those of account {account.id}: {_unknown(issuer, account, urls)}"
        return whole, [edit], True
    if refused:
        place = Place(owner="identity-provider", path="iss")
        new = _secure(issuer)
        edit = Edit(place=place, instruction=refused, old=printable(issuer[:512]), new=new)
        return f"the token's issuer is {show(issuer)}, which IAM registers for nobody; registered are {named(urls)}", [edit], True
    exchange = _exchange(situation, issuer)
    if exchange is not None:
        sentence = f"the token is one of the Cognito user pool {show(issuer)}, and the trust policy trusts tokens of an identity pool"
        return sentence, [exchange], True
    if near is None:
        return _unknown(issuer, account, urls), [register_issuer(situation, issuer, (_AWS_CLIENT,))], True
    return _beside(situation, issuer, near)


def _beside(situation: Situation, issuer: str, near: str) -> tuple[str, list[Edit], bool]:
    """Return the same where the account has a provider that resembles the issuer."""
    ids = _client_ids(situation, near)
    same_directory = directory_of(near) == directory_of(issuer)
    register = register_issuer(situation, issuer, ids, instead_of=near if same_directory else None)
    follow = follow_issuer(situation, near, issuer)
    both = f"the token's issuer is {show(issuer)}, and the account has a provider for {show(near)}"
    how = told_apart(issuer, near)
    if how and _plain(issuer) == _plain(near):
        return f"{both}: they differ {how}, and AWS compares them character for character", [register, *follow], False
    found = told_by_family(issuer, near, situation.claims)
    if found is not None and found.setting is not None:  # it lets in nobody else and is enough by itself
        return f"{both}: {found.sentence}", [found.setting], True
    why = f"they differ {how}" if how else "it is another path of the same host" if _host(issuer) == _host(near) else "none is its issuer"
    # A policy that trusts the provider of the other issuer has to follow, else the registration alone changes nothing for it.
    return f"{both}: {why if found is None else found.sentence}", [register, *follow], not follow


def _exchange(situation: Situation, issuer: str) -> Edit | None:
    """Return the edit by which the token of a user pool becomes one of the identity pool that the role trusts; None where it does not."""
    role = situation.role
    return None if role is None or COGNITO not in role.trust_policy.source_text else pool_token_for(issuer)


def _unknown(issuer: str, account: Account | None, urls: Sequence[str]) -> str:
    if account is None:
        return f"the token's issuer is {show(issuer)}, and the provider is {named(urls)}"
    if not urls:
        return f"the token's issuer is {show(issuer)}, and the account {account.id} has no OpenID Connect provider"
    return f"the token's issuer is {show(issuer)}, and the account {account.id} has no provider for it; registered are {named(urls)}"


def _no_issuer(situation: Situation) -> Obstacle:
    claims = situation.claims
    found = "has no claim iss" if "iss" not in claims else f"has an iss that is no text: {show(claims['iss'])}"
    sentence = f"the token {found}, so nobody can say which provider issued it; its claims are {named(sorted(claims))}"
    edit = Edit(place=Place(owner="identity-provider", path="iss"), instruction="have the identity provider issue iss, its own URL")
    return Obstacle(causes=(Cause(check=situation.refusal.check, sentence=sentence, unverified=True),), edits=(edit,))


def _listings(situation: Situation, issuer: str, near: str | None, urls: Sequence[str]) -> tuple[Listing, ...]:
    registered = Listing(label="registered issuers", members=most_alike(issuer, urls, limit=8), nearest=near)
    roles = () if near is None or situation.account is None else trusting(situation.account, near)
    return (registered, *((Listing(label=f"roles that trust {printable(near or '')}", members=roles),) if roles else ()))


def _urls(situation: Situation) -> tuple[str, ...]:
    if situation.account is not None:
        return tuple(each.url for each in situation.account.oidc_providers.values())
    return (situation.provider.url,) if isinstance(situation.provider, OidcProvider) else ()


def _resembling(situation: Situation, issuer: str) -> str | None:
    """Return the registered URL that resembles *issuer*, worked out once."""
    if _NEAREST not in situation.kept:
        situation.kept[_NEAREST] = _nearest(issuer, _urls(situation))
    found: str | None = situation.kept[_NEAREST]
    return found


def _nearest(issuer: str, urls: Sequence[str]) -> str | None:
    """Return the registered URL that resembles *issuer*: spelled almost alike, of one family or host, or a typing error away."""
    same = [url for url in urls if _plain(url) == _plain(issuer)]
    family = [url for url in urls if are_of_one_family(url, issuer)]
    host = [url for url in urls if _host(url) == _host(issuer)]
    several = same or [url for url in family if identity_of(url) == identity_of(issuer)] or family or host
    return next(iter(most_alike(issuer, several, limit=1)), None) if several else nearest(issuer, urls)


def _client_ids(situation: Situation, url: str) -> tuple[str, ...]:
    providers: Mapping[str, OidcProvider] = {} if situation.account is None else situation.account.oidc_providers
    return next((each.client_ids for each in providers.values() if each.url == url), (_AWS_CLIENT,))


def _other_account(situation: Situation, account: Account | None) -> str | None:
    role_arn = situation.parameter("role_arn")
    named_there = _ACCOUNT.match(role_arn) if isinstance(role_arn, str) else None
    return named_there["id"] if named_there is not None and account is not None and named_there["id"] != account.id else None


def _refused_by_iam(issuer: str) -> str:
    """Return why IAM registers no provider for *issuer*, and what to do; empty where it does."""
    try:
        read_url(issuer)
    except RegistrationError:
        return how_to_register(issuer, "set the public URL of the identity provider to an https URL of host and path")
    return ""


def _secure(issuer: str) -> str | None:
    secure = "https://" + issuer.partition("://")[2] if issuer.lower().startswith("http://") else None
    return secure if secure is not None and not _refused_by_iam(secure) else None


def _plain(url: str) -> str:
    return re.sub(r"^https?://", "", url.lower()).rstrip("/")


def _host(url: str) -> str:
    return _plain(url).partition("/")[0]
