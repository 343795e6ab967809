"""Who issued the response, for whom, and where it may be used."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Final

from federation.account.model import PROVIDER_NAME
from federation.arn import Arn
from federation.errors import FederationError, show
from federation.explaining.difference import how_they_differ, other_partition
from federation.explaining.nearest import nearest
from federation.explaining.saml.edits import at_identity_provider, in_call, in_metadata, in_settings, new_response, setting
from federation.explaining.saml.evidence import Evidence, compared, evidence_of, listed
from federation.explaining.situation import Situation
from federation.explaining.trial import Trial
from federation.explanation import Edit, Obstacle, Place
from federation.saml.registration.endpoints import partition_of, sign_in

ISSUER: Final = "Assertion/Issuer"
AUDIENCE: Final = "Conditions/AudienceRestriction/Audience"
RECIPIENT: Final = "SubjectConfirmationData/@Recipient"
DESTINATION: Final = "Response/@Destination"
_OF_ONE_PROVIDER: Final = re.compile(r"https://(?:[a-z0-9-]{1,32}\.)?(?P<host>signin\.[a-z.-]{1,32})/saml/acs/SAMLSP[A-Z0-9]{1,64}")
_PRINCIPAL_FLAG: Final = "--principal-arn"


def provider(situation: Situation) -> Obstacle:
    """Explain that the call names a provider that the account does not have."""
    evidence = evidence_of(situation)
    named = str(situation.parameter("principal_arn"))
    account = evidence.account
    registered = () if account is None else tuple(account.saml_providers)
    listing = listed("SAML providers of the account", registered, named)
    issuer = evidence.issuer
    owner = evidence.registered_as(issuer)
    edits: list[Edit] = []
    sentence = f"the account has no SAML provider {show(named)}"
    if account is not None and situation.parameter("role_arn") in registered and named in account.roles:
        role = str(situation.parameter("role_arn"))
        sentence = f"the ARN of the role and that of the provider are swapped: {show(named)} is a role, {show(role)} is a provider"
        edits = [in_call("PrincipalArn", named, role, flag=_PRINCIPAL_FLAG), in_call("RoleArn", role, named, flag="--role-arn")]
        return evidence.obstacle(sentence, edits, listings=(listing,), alternatives=False)
    near = "" if listing.nearest is None else listing.nearest
    how = how_they_differ(named, near) or other_partition(named, near)
    sentence += f": {show(near)} differs {how}" if near and how else ""
    elsewhere = _account_of(named)
    if account is not None and elsewhere not in (None, account.id):
        sentence += f": it names the account {elsewhere}, and this one is {account.id}"
    if owner is not None:
        sentence += f"; the response is of {show(issuer)}, which is registered as {show(owner.arn)}"
        edits.append(in_call("PrincipalArn", named, owner.arn, flag=_PRINCIPAL_FLAG))
    else:
        if issuer is not None:
            sentence += f"; the response is of {show(issuer)}, for which none is registered"
        if listing.nearest is not None and issuer is None:
            edits.append(in_call("PrincipalArn", named, listing.nearest, flag=_PRINCIPAL_FLAG))
        edits.append(_registration(named, issuer))
    return evidence.obstacle(sentence, edits, listings=(listing,))


def with_the_provider_of_its_issuer(situation: Situation) -> Trial | None:
    """Judge the response by the provider of the account that is registered for its issuer."""
    evidence = evidence_of(situation)
    owner = evidence.registered_as(evidence.issuer)
    return None if owner is None or situation.trial is None else situation.trial.with_call(principal_arn=owner.arn)


def issuer(situation: Situation) -> Obstacle:
    """Explain that the assertion is of another issuer than the provider is registered for."""
    evidence = evidence_of(situation)
    found, registered = evidence.issuer or "", _entity_ids(evidence)
    near = nearest(found, registered) or registered[0]
    comparison = compared(near, found)
    arn = "" if evidence.provider is None else evidence.provider.arn
    owner = evidence.registered_as(found)
    if owner is not None:
        sentence = f"the response is of {show(found)}, which is registered as {show(owner.arn)}; {show(arn)} is of {show(near)}"
        edit = in_call("PrincipalArn", arn, owner.arn, flag=_PRINCIPAL_FLAG)
    else:
        how = how_they_differ(near, found)
        sentence = f"the response is of {show(found)}, and {show(arn)} is registered for {show(near)}" + (
            f": they differ {how}" if how else ""
        )
        edit = in_metadata(
            evidence,
            f"Export the metadata of {show(found)} at {evidence.product.name}, and register it in place of the old.",
            path="EntityDescriptor/@entityID",
            old=near,
            new=found,
            lets_in=f"whom {show(found)} names, in place of whom {show(near)} names",
        )
    return evidence.obstacle(sentence, [edit], comparisons=(comparison,), listings=(listed("registered entity ids", registered, found),))


def with_its_issuer(situation: Situation) -> Trial | None:
    """Judge the response by the provider of its issuer, or by a registration for its issuer."""
    evidence = evidence_of(situation)
    trial, registered, found = situation.trial, evidence.provider, evidence.issuer
    if trial is None or registered is None or found is None:
        return None
    return with_the_provider_of_its_issuer(situation) or trial.with_provider(registered, entity_ids=registered.entity_ids | {found})


def response_issuer(situation: Situation) -> Obstacle:
    """Explain that Response and Assertion do not name the same issuer."""
    evidence = evidence_of(situation)
    inner = evidence.issuer or ""
    outer = None if evidence.presented is None else evidence.presented.envelope.issuer
    if outer is None:
        sentence = f"the Response names no Issuer; its Assertion is of {show(inner)}"
        edit = at_identity_provider(evidence, f"have the Response name the Issuer {show(inner)}", path="Response/Issuer", new=inner)
        return evidence.obstacle(sentence, [edit])
    sentence = f"the Response is of {show(outer)}, and its Assertion of {show(inner)}"
    instruction = "have one identity provider make Response and Assertion, so that both name the same Issuer"
    edit = at_identity_provider(evidence, instruction, path="Response/Issuer", old=outer, new=inner)
    return evidence.obstacle(sentence, [edit], comparisons=(compared(inner, outer, expected_from="Assertion", found_from="Response"),))


def audience(situation: Situation) -> Obstacle:
    """Explain that the assertion is for another service provider."""
    evidence = evidence_of(situation)
    accepted = () if evidence.provider is None else tuple(sorted(evidence.provider.audiences))
    named = _unmet(evidence)
    wanted = _preferred(accepted, named[0] if named else "")
    listing = listed("registered audiences", accepted, named[0] if named else wanted)
    if not named:
        sentence = "the assertion restricts its audience to nobody: it has no Audience"
        edit = setting(evidence, "audience", path=AUDIENCE, new=wanted)
        return evidence.obstacle(sentence, [edit], listings=(listing,))
    sentence = (
        f"the assertion is for the audience {show(named[0])}, and the provider takes {_any(accepted)}{_elsewhere(evidence, named[0])}"
    )
    how = how_they_differ(wanted, named[0])
    sentence += f": they differ {how}" if how else ""
    edit = setting(evidence, "audience", path=AUDIENCE, old=named[0], new=wanted)
    return evidence.obstacle(sentence, [edit], comparisons=(compared(wanted, named[0]),), listings=(listing,))


def recipient(situation: Situation) -> Obstacle:
    """Explain that the assertion may be used at another URL only."""
    evidence = evidence_of(situation)
    confirmation = None if evidence.presented is None else evidence.presented.confirmation
    return _url(evidence, (confirmation.recipient or "") if confirmation else "", "the recipient of the assertion", RECIPIENT)


def destination(situation: Situation) -> Obstacle:
    """Explain that the Response was sent to another URL, or to none."""
    evidence = evidence_of(situation)
    found = None if evidence.presented is None else evidence.presented.envelope.destination
    if found is None:
        sentence = "the signed Response states no Destination"
        edit = setting(evidence, "recipient", path=DESTINATION, new=_default_url(evidence))
        return evidence.obstacle(sentence, [edit])
    return _url(evidence, found, "the destination of the Response", DESTINATION)


def sp_name_qualifier(situation: Situation) -> Obstacle:
    """Explain that the NameID was made for another service provider."""
    evidence = evidence_of(situation)
    name_id = None if evidence.presented is None else evidence.presented.name_id
    found = (name_id.sp_name_qualifier or "") if name_id else ""
    accepted = () if evidence.provider is None else tuple(sorted(evidence.provider.audiences))
    wanted = _preferred(accepted, found)
    sentence = f"the NameID was made for {show(found)}, and the provider takes the audiences {_any(accepted)}"
    foreign = _unmet(evidence)
    sentence += f"; the assertion is for the audience {show(foreign[0])}" if foreign else ""
    edit = setting(evidence, "audience", path="NameID/@SPNameQualifier", old=found, new=wanted)
    return evidence.obstacle(sentence, [edit], comparisons=(compared(wanted, found),))


def in_response_to(situation: Situation) -> Obstacle:
    """Explain that Response and assertion answer different requests."""
    presented = evidence_of(situation).presented
    inner = presented.confirmation.in_response_to if presented and presented.confirmation else None
    outer = presented.envelope.in_response_to if presented else None
    sentence = f"the assertion answers the request {show(inner)}, and the Response {show(outer)}: they belong to different logins"
    edit = new_response("Sign in again, and send the response as it comes.", path="SubjectConfirmationData/@InResponseTo", old=inner)
    return evidence_of(situation).obstacle(sentence, [edit])


def _url(evidence: Evidence, found: str, what: str, path: str) -> Obstacle:
    wanted = _corrected(evidence, found)
    takes = _any(tuple(sorted(_recipients(evidence)))) or "the sign-in URLs of AWS"
    sentence = f"{what} is {show(found)}, and the provider takes {takes}{_elsewhere(evidence, found)}"
    how = how_they_differ(wanted, found)
    sentence += f": {show(found)} and {show(wanted)} differ {how}" if how else ""
    edits = [setting(evidence, "recipient", path=path, old=found, new=wanted)]
    if _belongs_to_one_provider(evidence, found):
        recipients = sorted({*(_recipients(evidence) or (_default_url(evidence),)), found})
        edits.insert(
            0,
            in_settings(
                evidence,
                "recipients",
                f"Register {show(found)} as a recipient: it is AWS's URL for one provider.",
                old=", ".join(sorted(_recipients(evidence))) or None,
                new=", ".join(recipients),
                flags=[word for url in recipients for word in ("--recipient", url)],
            ),
        )
    listings = (listed("registered recipients", _recipients(evidence), found),) if _recipients(evidence) else ()
    return evidence.obstacle(sentence, edits, comparisons=(compared(wanted, found),), listings=listings)


def _recipients(evidence: Evidence) -> frozenset[str]:
    return frozenset() if evidence.provider is None else evidence.provider.recipients or frozenset()


def _default_url(evidence: Evidence) -> str:
    registered = _recipients(evidence)
    return min(registered) if registered else sign_in(_partition(evidence)).url


def _corrected(evidence: Evidence, found: str) -> str:
    """Return the URL that the provider takes and that *found* was meant to be: in its region, where it names one."""
    provider = evidence.provider
    accepted = (each for each in _variants(found) if provider is not None and provider.receives_at(each))
    return next(accepted, None) or nearest(found, _recipients(evidence)) or _default_url(evidence)


def _variants(url: str) -> Iterator[str]:
    tidy = re.sub("^http:", "https:", "".join(url.split()).rstrip("/"))
    for text in (tidy, tidy.lower()):
        yield text
        yield text.replace("/static/saml", "/saml")
        yield re.sub(r"^(https://[^/]+).*", r"\1/saml", text)


def _belongs_to_one_provider(evidence: Evidence, url: str) -> bool:
    match = _OF_ONE_PROVIDER.fullmatch(url)
    return match is not None and sign_in(_partition(evidence)).url == f"https://{match['host']}/saml"


def _partition(evidence: Evidence) -> str:
    return "aws" if evidence.provider is None else Arn.parse(evidence.provider.arn).partition


def _elsewhere(evidence: Evidence, text: str) -> str:
    """Return a remark where *text* is of the sign-in service of another partition."""
    other = partition_of(text)
    return (
        "" if other in (None, _partition(evidence)) else f"; {show(text)} is that of the partition {other}, not of {_partition(evidence)}"
    )


def _unmet(evidence: Evidence) -> tuple[str, ...]:
    """Return the audiences of the first restriction that does not name us; empty where there is none."""
    conditions = None if evidence.presented is None else evidence.presented.assertion.conditions
    accepted = frozenset() if evidence.provider is None else evidence.provider.audiences
    restrictions = conditions.audience_restrictions if conditions else ()
    return next((each for each in restrictions if accepted.isdisjoint(each)), ())


def _preferred(accepted: tuple[str, ...], found: str) -> str:
    """Return the audience to set: the one most alike to what was found, or else the URN, which is AWS's entity id."""
    near = nearest(found, accepted)
    return near or next((each for each in accepted if each.startswith("urn:")), accepted[0] if accepted else "")


def _any(texts: tuple[str, ...]) -> str:
    shown = [show(each) for each in texts[:3]]
    return " or ".join(shown) + (f" or {len(texts) - len(shown)} more" if len(texts) > len(shown) else "")


def _entity_ids(evidence: Evidence) -> tuple[str, ...]:
    return ("",) if evidence.provider is None else tuple(sorted(evidence.provider.entity_ids))


def _account_of(arn: str) -> str | None:
    try:
        return Arn.parse(arn).account
    except FederationError:
        return None


def _registration(arn: str, issuer: str | None) -> Edit:
    last = arn.rpartition("/")[2]
    name = last if PROVIDER_NAME.fullmatch(last) else "NAME"
    of = "the identity provider" if issuer is None else show(issuer)
    add = shlex.join(["federation", "account", "add-saml-provider", "--name", name, "metadata.xml"])
    at_aws = shlex.join(["aws", "iam", "create-saml-provider", "--name", name, "--saml-metadata-document", "file://metadata.xml"])
    return Edit(
        place=Place(owner="account", file=f"saml-providers/{name}/metadata.xml"),
        instruction=f"Export the metadata of {of}, and register it as {show(name)}. At AWS: {at_aws}",
        new=f"{name}/metadata.xml",
        command=add,
        lets_in=f"whom {of} names, into the roles that trust {show(arn)}",
    )
