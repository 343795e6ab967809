"""Why an ID token is not addressed to this account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from federation.errors import printable, show
from federation.explaining.assuming import with_its_audiences
from federation.explaining.lookalikes import as_it_looks
from federation.explaining.nearest import most_alike, nearest
from federation.explaining.plain import plainly
from federation.explaining.registered import register_client_id, settings_place, token_settings, vendor_place
from federation.explaining.reissuing import reissued
from federation.explaining.situation import Situation
from federation.explaining.trial import Trial
from federation.explaining.wording import named, number, told_apart
from federation.explanation import ABSENT, Cause, Comparison, Edit, Listing, Obstacle, Place
from federation.oidc.provider import OidcProvider
from federation.policy.wildcard import fold
from federation.vendors import find_vendor

_AZP: Final = "AWS compares azp, not aud, where a token has both"


def explain_audience(situation: Situation) -> Obstacle:
    """Explain an audience that is no client id of the provider."""
    provider, claims = situation.provider, situation.claims
    if not isinstance(provider, OidcProvider):
        return plainly(situation)
    addressed = _addressed(claims)
    if addressed is None:
        return _malformed(situation, claims)
    claim, values = addressed
    found = next((value for value in values if value not in provider.registered), None)
    if found is None:
        return plainly(situation)
    wanted = _wanted(provider, found)
    cause = Cause(
        check=situation.refusal.check,
        sentence=_sentence(provider, claims, claim, values, found, wanted),
        place=settings_place(situation, provider.url, "client_ids"),
        comparisons=(Comparison(expected=wanted, found=found, expected_from="registered", found_from=f"token, {claim}"),),
        listings=(_registered(provider, found),),
    )
    return Obstacle(causes=(cause,), edits=tuple(_edits(situation, provider, claim, found, wanted)))


def explain_audience_trusted(situation: Situation) -> Obstacle:
    """Explain an ``aud`` that names others alone, beside an ``azp`` that is registered."""
    provider, claims = situation.provider, situation.claims
    audiences = _texts(claims.get("aud"))
    if not isinstance(provider, OidcProvider) or not audiences:
        return plainly(situation)
    found = audiences[0]
    wanted = _wanted(provider, found)
    cause = Cause(
        check=situation.refusal.check,
        sentence=f"azp {show(claims.get('azp'))} is a registered client id, and aud names {named(audiences)}, which is none: the token was "
        "requested by our client for somebody else; profile strict demands that aud names us too, and AWS compares azp alone",
        place=settings_place(situation, provider.url, "client_ids"),
        comparisons=(Comparison(expected=wanted, found=found, expected_from="registered", found_from="token, aud"),),
        listings=(_registered(provider, found),),
    )
    return Obstacle(causes=(cause,), edits=tuple(_edits(situation, provider, "aud", found, wanted)))


def explain_several(situation: Situation) -> Obstacle:
    """Explain several audiences without an authorized party."""
    provider, audiences = situation.provider, _texts(situation.claims.get("aud"))
    if not isinstance(provider, OidcProvider) or not audiences:
        return plainly(situation)
    ours = [each for each in audiences if each in provider.registered]
    wanted = ours[0] if ours else _wanted(provider, audiences[0])
    cause = Cause(
        check=situation.refusal.check,
        sentence=f"aud names {number(len(audiences), 'audience')}, {named(audiences)}, and the token has no azp: AWS takes a token for one "
        "audience, or one whose azp says which client it is for",
        listings=(_registered(provider, audiences[0]),),
    )
    edit = _request(situation, provider, printable(", ".join(audiences)[:512]), wanted)
    return Obstacle(causes=(cause,), edits=(edit,))


def with_the_right_audience(situation: Situation) -> Trial | None:
    """Judge the login as the first edit would make it: with the audience registered, or with a token for a registered one."""
    provider, claims = situation.provider, situation.claims
    audiences = _texts(claims.get("aud"))
    if not isinstance(provider, OidcProvider) or not audiences:
        return None
    addressed = _addressed(claims)
    if situation.refusal.check == "audience" and addressed is not None:
        claim, values = addressed
        found = next((value for value in values if value not in provider.registered), values[0])
        if _edits(situation, provider, claim, found, _wanted(provider, found))[0].place.owner == "provider":
            return with_its_audiences(situation)
    ours = [each for each in audiences if each in provider.registered]
    wanted = ours[0] if ours else _wanted(provider, audiences[0])
    azp = claims.get("azp")
    keeps_azp = isinstance(azp, str) and azp in provider.registered
    return reissued(situation, {"aud": wanted, **({} if keeps_azp else {"azp": ABSENT})})


def _sentence(provider: OidcProvider, claims: Mapping[str, Any], claim: str, values: Sequence[str], found: str, wanted: str) -> str:
    settings = token_settings(provider.url)
    accepted = f"the provider {provider.name} accepts {named(provider.client_ids)}"
    if claim == "azp":
        audiences = _texts(claims.get("aud"))
        beside = (
            f"its aud {named(audiences)} is registered, its azp is not"
            if provider.registered & {*audiences}
            else "its azp is none of these"
        )
        return f"the token is for the client {show(found)} (claim azp; {_AZP}), and {accepted}: {beside}"
    which = f"one of its {len(values)} audiences is {show(found)}" if len(values) > 1 else f"the token is for the audience {show(found)}"
    how = told_apart(found, wanted)
    if settings.is_unasked(found):
        return f"{which} (claim aud), which {find_vendor(provider.name).name} takes where no audience is asked for; {accepted}"
    return f"{which} (claim aud), and {accepted}" + (f": {show(found)} and {show(wanted)} differ {how}" if how else "")


def _edits(situation: Situation, provider: OidcProvider, claim: str, found: str, wanted: str) -> list[Edit]:
    """Return the edits. What is plainly meant for AWS is registered; for anything else another token is requested, which lets in nobody."""
    settings = token_settings(provider.url)
    request, register = _request(situation, provider, found, wanted), register_client_id(situation, provider, found)
    if claim == "azp" and provider.client_ids:
        addressed = _texts(situation.claims.get("aud"))
        return [register] if provider.registered & {*addressed} or any(map(settings.is_for_aws, addressed)) else [request]
    if not provider.client_ids or (_is_garbled(wanted) and not _is_garbled(found)):
        return [register]
    if settings.is_for_aws(found) and not settings.is_unasked(found):
        other = settings.is_for_aws(wanted) and not _is_trusted(situation, provider, found)
        return [request, register] if other else [register, request]
    if _is_uri_of(found, provider):
        return [register]
    if not settings.is_unasked(found) and _is_trusted(situation, provider, found):
        return [register, request]
    alike = found.rstrip("/").casefold() == wanted.rstrip("/").casefold()
    return [request, register] if alike else [request]


def _is_trusted(situation: Situation, provider: OidcProvider, found: str) -> bool:
    """Whether the role's trust policy demands this very audience: it is plainly meant, and a token for another would be refused later."""
    role, key = situation.role, fold(f"{provider.name}:aud")
    statements = () if role is None else role.trust_policy.statements
    demanded = [each for statement in statements if statement.effect == "Allow" for each in statement.conditions if each.folded == key]
    return any(found in each.expected and not each.operator.operator.negated for each in demanded)


def _is_garbled(client_id: str) -> bool:
    """Whether a client id holds white space or characters that cannot be told by the eye: nobody asks for a token for it."""
    return "".join(as_it_looks(client_id).split()) != client_id


def _is_uri_of(found: str, provider: OidcProvider) -> bool:
    """Whether *found* and a registered client id are the two ways in which one application is named: by id and by URI."""
    return any(found in {f"api://{each}", f"spn:{each}"} or each in {f"api://{found}", f"spn:{found}"} for each in provider.client_ids)


def _request(situation: Situation, provider: OidcProvider, found: str, wanted: str) -> Edit:
    setting = token_settings(provider.url, subject=situation.claims.get("sub")).audience
    if setting is None:
        place = Place(owner="identity-provider", path="aud")
        return Edit(
            place=place, instruction=f"request the token for the audience {show(wanted)}", old=printable(found), new=printable(wanted)
        )
    return Edit(
        place=vendor_place(setting),
        instruction=f"set {setting.name} to {show(wanted)}: {setting.where}",
        old=printable(setting.write(found)),
        new=printable(setting.write(wanted)),
    )


def _wanted(provider: OidcProvider, found: str) -> str:
    """Return the registered client id that a token for AWS would be for: the most alike, else one that is meant for AWS, else the first.

    Where the provider has none, it is *found*, which has to be registered.
    """
    settings = token_settings(provider.url)
    near = nearest(found, provider.client_ids)
    return near or next(filter(settings.is_for_aws, provider.client_ids), next(iter(provider.client_ids), found))


def _registered(provider: OidcProvider, found: str) -> Listing:
    alike = most_alike(found, provider.client_ids, limit=len(provider.client_ids))
    members = tuple(dict.fromkeys((*alike, *provider.client_ids)))
    return Listing(label="registered client ids", members=members, nearest=nearest(found, provider.client_ids))


def _malformed(situation: Situation, claims: Mapping[str, Any]) -> Obstacle:
    """Explain an ``aud`` or ``azp`` that is not of its type."""
    name = "azp" if _texts(claims.get("aud")) and "azp" in claims else "aud"
    value = claims.get(name)
    form = "a string, the client id" if name == "azp" else "a string or a list of strings"
    found = (
        "an empty list" if value == [] else f"{type(value).__name__} {show(value)}" if not isinstance(value, list) else "a list of others"
    )
    cause = Cause(check=situation.refusal.check, sentence=f"{name} is {found}, and must be {form}")
    place = Place(owner="identity-provider", path=name)
    return Obstacle(
        causes=(cause,), edits=(Edit(place=place, instruction=f"have the identity provider issue {name} as {form}", old=found),)
    )


def _addressed(claims: Mapping[str, Any]) -> tuple[str, tuple[str, ...]] | None:
    """Return the claim that says whom the token is for, and its values; None where it is not of its type."""
    audiences, azp = _texts(claims.get("aud")), claims.get("azp")
    if not audiences or ("azp" in claims and not isinstance(azp, str)):
        return None
    return ("azp", (azp,)) if isinstance(azp, str) else ("aud", audiences)


def _texts(value: object) -> tuple[str, ...]:
    several = value if isinstance(value, list) else [value]
    texts = tuple(each for each in several if isinstance(each, str))
    return texts if len(texts) == len(several) else ()
