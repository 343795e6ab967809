"""Rows X19, X24 and X25 of the attack matrix, over every element of a message that a registered key signed with them in it."""

import pytest
from lxml import etree

from federation.errors import FederationError
from federation.profiles import Profile
from federation.saml.xml import SAML, SAMLP, XML, XSI
from tests.support.saml import add, found, judge, provider, respond

OPEN = {"Attribute", "AttributeValue", "SubjectConfirmationData"}
"""Elements on which the schema lets any attribute of another namespace stand."""
NAMES = ("ID", "Id", "URI", "Algorithm", "Destination", "Name", "Value", "Anything")


def every_part(response: etree._Element) -> None:
    """Give the message also those elements whose attributes nothing reads."""
    add("Response", "<samlp:Extensions><x:a><saml:NameID>x</saml:NameID></x:a></samlp:Extensions>", 1)(response)
    add("Status", "<samlp:StatusMessage>x</samlp:StatusMessage>")(response)
    add("Status", "<samlp:StatusDetail><ds:KeyName>x</ds:KeyName></samlp:StatusDetail>")(response)
    add("AuthnContext", "<saml:AuthenticatingAuthority>urn:x</saml:AuthenticatingAuthority>")(response)
    add("SubjectConfirmation", "<saml:NameID>x</saml:NameID>", 0)(response)
    add("Conditions", '<saml:ProxyRestriction Count="1"><saml:Audience>urn:x</saml:Audience></saml:ProxyRestriction>')(response)
    at = found(response, "Assertion").index(found(response, "Conditions")) + 1
    add("Assertion", "<saml:Advice><saml:AssertionIDRef>_x</saml:AssertionIDRef></saml:Advice>", at)(response)
    add(
        "Assertion",
        '<saml:AuthzDecisionStatement Resource="urn:x" Decision="Deny"><saml:Action>x</saml:Action></saml:AuthzDecisionStatement>',
    )(response)


def elements(response: etree._Element) -> list[etree._Element]:
    return list(response.iter(f"{SAML}*", f"{SAMLP}*", "{http://www.w3.org/2000/09/xmldsig#}KeyName"))


def local_names() -> list[str]:
    kept: list[str] = []
    respond(None, every_part, lambda response: kept.extend(etree.QName(element).localname for element in elements(response)))
    return kept


def verdicts(place: int, attribute: str) -> dict[Profile, str | None]:
    token = respond(None, every_part, lambda response: elements(response)[place].set(attribute, "_x"))
    found_verdicts = {profile: judge(token, provider(profile=profile)) for profile in Profile}
    return {profile: verdict.check if isinstance(verdict, FederationError) else None for profile, verdict in found_verdicts.items()}


EVERY = list(enumerate(local_names()))


def test_the_message_without_a_foreign_attribute_is_sound() -> None:
    assert len(EVERY) > 30
    assert all(not isinstance(judge(respond(None, every_part), provider(profile=profile)), FederationError) for profile in Profile)


@pytest.mark.parametrize(("place", "name"), EVERY)
def test_X19_a_foreign_attribute_on_any_element(place: int, name: str) -> None:
    told = verdicts(place, f"{{urn:foreign}}{NAMES[place % len(NAMES)]}")
    if name in OPEN:
        assert told == {Profile.STRICT: "foreign-attributes", Profile.AWS: None}
    else:
        assert told[Profile.STRICT] == told[Profile.AWS]
        assert told[Profile.STRICT] in {"envelope-shape", "assertion-shape"}


@pytest.mark.parametrize(("place", "name"), EVERY)
def test_X24_an_attribute_of_xml_on_any_element_but_values(place: int, name: str) -> None:
    told = verdicts(place, XML + ("id", "base", "lang", "space")[place % 4])
    if name == "AttributeValue":
        assert told == {Profile.STRICT: None, Profile.AWS: None}
    else:
        assert told[Profile.STRICT] == told[Profile.AWS]
        assert told[Profile.STRICT] in {"envelope-shape", "assertion-shape"}


def test_X24_an_xml_id_that_equals_the_signed_id() -> None:
    def repeat(response: etree._Element) -> None:
        found(response, "AttributeValue").set(f"{XML}id", found(response, "Assertion").get("ID", ""))

    verdict = judge(respond(None, repeat), provider())
    assert isinstance(verdict, FederationError)
    assert verdict.check == "duplicate-id"


@pytest.mark.parametrize("profile", list(Profile))
def test_X25_a_nil_value_with_content(profile: Profile) -> None:
    verdict = judge(respond(None, lambda response: found(response, "AttributeValue").set(f"{XSI}nil", "true")), provider(profile=profile))
    assert isinstance(verdict, FederationError)
    assert verdict.check == "attribute-value"


def test_X25_types_are_not_interpreted_whatever_their_prefix_means() -> None:
    token = respond(None, lambda response: found(response, "AttributeValue").set(f"{XSI}type", "unbound:base64Binary"))
    assert not isinstance(judge(token, provider()), FederationError)
