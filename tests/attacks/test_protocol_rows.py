"""Attack rows of section 7: the rules of the protocol. One row per rule stands in tests/unit/saml/test_checks.py; here, their tricks."""

import base64
import inspect
import zlib
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import quote

import pytest
from lxml import etree

import federation
from federation.errors import FederationError
from federation.identity import VerifiedIdentity
from federation.profiles import Profile
from federation.testing import to_base64
from tests.support.saml import AT, SIGN_IN, Hook, add, drop, forge, found, good_login, judge, provider, put, refused_by, respond, say

SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"


def restriction(*audiences: str) -> Hook:
    inner = "".join(f"<saml:Audience>{audience}</saml:Audience>" for audience in audiences)
    return add("Conditions", f"<saml:AudienceRestriction>{inner}</saml:AudienceRestriction>")


def test_P01_audience_missing_is_a_matter_of_the_profile() -> None:
    token = respond(None, drop("AudienceRestriction"))
    assert refused_by(token, provider()) == "audience"
    assert refused_by(token, provider(profile="aws")) is None


@pytest.mark.parametrize("second", [("urn:other",), (), ("urn:amazon:webservices ",)])
def test_P02_restrictions_are_all_to_be_met(second: tuple[str, ...]) -> None:
    assert refused_by(respond(None, restriction(*second)), provider()) == "audience"
    assert refused_by(respond(None, restriction("urn:other", "urn:amazon:webservices")), provider()) is None


NOT_US = [
    "https://signin.aws.amazon.com/saml/",
    "https://signin.aws.amazon.com/saml?a=b",
    "https://signin.aws.amazon.com:443/saml",
    "https://signin.aws.amazon.com/SAML",
    "https://signin.aws.amazon.com/saml#",
    "https://signin.aws.amazon.com/sam",
    "https://signin.aws.amazon.com@evil.example/saml",
    "https://evil.example/https://signin.aws.amazon.com/saml",
    " https://signin.aws.amazon.com/saml",
    "",
]


@pytest.mark.parametrize("url", NOT_US)
def test_P03_recipient_is_exact(url: str) -> None:
    check = refused_by(respond(None, put("SubjectConfirmationData", Recipient=url)), provider())
    assert check == ("recipient" if url else "confirmation-data")


@pytest.mark.parametrize("url", NOT_US)
@pytest.mark.parametrize("sign", ["assertion", "both"])
def test_P04_destination_is_exact(url: str, sign: str) -> None:
    assert refused_by(respond(None, put("Response", Destination=url), sign=sign), provider()) == "destination"


def test_P04_destination_may_be_absent_only_where_nobody_signed_it() -> None:
    assert refused_by(respond(None, put("Response", Destination=None)), provider()) is None
    assert refused_by(respond(None, put("Response", Destination=None), sign="both"), provider()) == "destination"


@pytest.mark.parametrize("sign", ["assertion", "response", "both"])
def test_P05_issuers(sign: str) -> None:
    other = "https://other.example.com/idp"
    assert refused_by(respond(good_login(issuer=other), sign=sign), provider()) == "issuer"
    assert refused_by(respond(good_login(response_issuer=other), sign=sign), provider()) == "response-issuer"
    # Both name another registered provider's id: still not that of this registration.
    assert refused_by(respond(good_login(issuer=other, response_issuer=other), sign=sign), provider()) == "issuer"


@pytest.mark.parametrize(
    ("element", "attribute", "check"),
    [
        ("Conditions", "NotOnOrAfter", "conditions-expiry"),
        ("SubjectConfirmationData", "NotOnOrAfter", "confirmation-expiry"),
        ("AuthnStatement", "SessionNotOnOrAfter", "session-expiry"),
    ],
)
def test_P06_each_end_is_an_end(element: str, attribute: str, check: str) -> None:
    """now < NotOnOrAfter, for all three; the very instant is too late, the microsecond before is not."""
    token = respond(None, put(element, **{attribute: "2026-09-15T12:01:00Z"}))
    end = AT + timedelta(minutes=1)
    assert refused_by(token, provider(), at=end) == check
    assert refused_by(token, provider(), at=end - timedelta(microseconds=1)) is None


def test_P08_no_skew_prolongs_what_has_ended() -> None:
    token, end = respond(), AT + timedelta(minutes=5)
    skewed = provider(clock_skew=timedelta(minutes=5), max_age=None)
    assert refused_by(token, skewed, at=end) == "conditions-expiry"
    assert refused_by(token, skewed, at=AT - timedelta(minutes=5)) is None
    assert refused_by(token, skewed, at=AT - timedelta(minutes=5, seconds=1)) == "not-before"


def test_P09_far_future_validity_is_bounded_by_age() -> None:
    token = respond(good_login(validity=timedelta(days=365 * 70)))
    assert refused_by(token, provider(), at=AT + timedelta(minutes=5, seconds=1)) == "age"
    assert refused_by(token, provider(max_age=None), at=AT + timedelta(days=365)) is None


def test_P11_the_replay_key_is_signed() -> None:
    """White space in the base64 and an unsigned Response ID make another text, never another identity."""
    plain = respond()
    spaced = plain[:100] + "\r\n" + plain[100:]
    renamed = respond(after_signing=put("Response", ID="_other"))
    ids = set()
    for token in (plain, spaced, renamed):
        verdict = judge(token, provider())
        assert isinstance(verdict, VerifiedIdentity)
        ids.add((verdict.issuer, verdict.token_id))
    assert len(ids) == 1


@pytest.mark.parametrize(
    ("confirmed", "answered", "check"), [("_a", "_b", "in-response-to"), ("_a", None, "in-response-to"), ("_a", "_a", None)]
)
def test_P12_in_response_to(confirmed: str, answered: str | None, check: str | None) -> None:
    token = respond(None, put("SubjectConfirmationData", InResponseTo=confirmed), put("Response", InResponseTo=answered))
    assert refused_by(token, provider()) == check


@pytest.mark.parametrize("sign", ["assertion", "both"])
def test_P13_status(sign: str) -> None:
    assert (
        refused_by(respond(None, put("StatusCode", Value="urn:oasis:names:tc:SAML:2.0:status:Responder"), sign=sign), provider())
        == "status"
    )
    nested = add("StatusCode", '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>')
    assert refused_by(respond(None, nested, sign=sign), provider()) == "status"


def test_P14_one_confirmation_must_keep_every_rule() -> None:
    """Right place but ended, in time but another place: together they allow nothing."""

    def edit(response: etree._Element) -> None:
        subject, good = found(response, "Subject"), found(response, "SubjectConfirmation")
        subject.append(etree.fromstring(etree.tostring(good)))
        put("SubjectConfirmationData", NotOnOrAfter="2026-09-15T12:00:01Z")(subject[-2])
        put("SubjectConfirmationData", Recipient="https://elsewhere.example.com/acs")(subject[-1])

    assert refused_by(respond(None, edit), provider()) in {"recipient", "confirmation-expiry"}


@pytest.mark.parametrize("method", ["holder-of-key", "sender-vouches", "Bearer", "bearer "])
def test_P14_only_bearer(method: str) -> None:
    assert (
        refused_by(respond(None, put("SubjectConfirmation", Method=f"urn:oasis:names:tc:SAML:2.0:cm:{method}")), provider())
        == "subject-confirmation"
    )


def test_P15_not_before_of_a_bearer_is_kept() -> None:
    token = respond(None, put("SubjectConfirmationData", NotBefore="2026-09-15T12:01:00Z"))
    assert refused_by(token, provider()) == "confirmation-not-before"
    assert refused_by(token, provider(), at=AT + timedelta(minutes=1)) is None


@pytest.mark.parametrize(
    ("xml", "check"),
    [
        ("<x:Custom/>", "known-conditions"),
        ("<saml:Condition/>", "known-conditions"),
        ("<saml:OneTimeUse/>", None),
        ('<saml:ProxyRestriction Count="0"/>', None),
    ],
)
@pytest.mark.parametrize("profile", Profile)
def test_P16_conditions_unknown(xml: str, check: str | None, profile: Profile) -> None:
    assert refused_by(respond(None, add("Conditions", xml)), provider(profile=profile)) == check


@pytest.mark.parametrize("profile", Profile)
def test_P17_version_id_and_instant(profile: Profile) -> None:
    registered = provider(profile=profile)
    assert refused_by(respond(None, put("Assertion", Version="1.1")), registered) == "version"
    assert refused_by(respond(None, put("Assertion", Version="2.00")), registered) == "version"
    assert refused_by(respond(None, put("Assertion", IssueInstant=None)), registered) == "assertion-shape"
    assert refused_by(respond(None, put("Assertion", ID="1")), registered) == "assertion-id"


@pytest.mark.parametrize("profile", Profile)
def test_P18_attributes_alone_are_no_login(profile: Profile) -> None:
    assert refused_by(respond(None, drop("AuthnStatement")), provider(profile=profile)) == "authn-statement"


@pytest.mark.parametrize("name", ["LogoutResponse", "ArtifactResponse", "ManageNameIDResponse", "AuthnRequest", "NameIDMappingResponse"])
def test_P19_other_messages(name: str) -> None:
    def rename(response: etree._Element) -> None:
        response.tag = f"{{{SAMLP}}}{name}"

    assert refused_by(respond(after_signing=rename), provider()) == "root"


@pytest.mark.parametrize(
    "frame",
    [
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{}</s:Body></s:Envelope>',
        '<samlp:ArtifactResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">{}</samlp:ArtifactResponse>',
        '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">{}</samlp:Response>',
    ],
)
def test_P19_a_response_inside_another_message(frame: str) -> None:
    inner = base64.b64decode(respond()).decode().partition("?>")[2]
    assert refused_by(to_base64(frame.format(inner).encode()), provider()) == "root"


def test_P20_saml_1() -> None:
    document = base64.b64decode(respond(sign=None)).replace(b"SAML:2.0:assertion", b"SAML:1.0:assertion")
    check = refused_by(to_base64(document), provider())
    assert check in {"assertion-count", "envelope-shape"}


def test_P21_the_redirect_binding_is_not_accepted() -> None:
    """Neither deflated text, nor the query string with its own signature."""
    octets = base64.b64decode(respond())
    squeezed = zlib.compress(octets)[2:-4]
    assert refused_by(to_base64(squeezed), provider()) == "content"
    query = f"SAMLResponse={quote(to_base64(squeezed), safe='')}&SigAlg=x&Signature=y"
    assert refused_by(query, provider()) == "base64"


def test_P23_one_entrance() -> None:
    """`validate` and `diagnose` come to one verdict, and neither has a word that weakens a check."""
    for entrance in (federation.validate, federation.diagnose):
        assert list(inspect.signature(entrance).parameters) == ["token", "provider", "at"]


def test_P25_nothing_is_read_outside_the_signed_assertion() -> None:
    """Unsigned attributes beside the signed assertion are refused or ignored; never read."""
    attribute = '<saml:Attribute Name="a"><saml:AttributeValue>evil</saml:AttributeValue></saml:Attribute>'
    statement = f"<saml:AttributeStatement>{attribute}</saml:AttributeStatement>"
    assert refused_by(respond(after_signing=add("Response", statement)), provider()) == "envelope-shape"
    extension = f"<samlp:Extensions>{statement}</samlp:Extensions>"
    verdict = judge(respond(after_signing=add("Response", extension, 1)), provider())
    assert isinstance(verdict, VerifiedIdentity)
    assert "a" not in verdict.attributes


P07: Mapping[str, str] = {
    "offset": "2026-09-15T14:10:00+02:00",
    "no zone": "2026-09-15T12:10:00",
    "week date": "2026-W38-2T12:10:00Z",
    "year 10000": "10000-01-01T00:00:00Z",
    "white space": " 2026-09-15T12:10:00Z",
    "leap second": "2026-12-31T23:59:60Z",
    "empty": "",
    "epoch": "1789473600",
}


@pytest.mark.parametrize("form", P07)
@pytest.mark.parametrize("profile", Profile)
def test_P07_unparsable_is_never_absent(form: str, profile: Profile) -> None:
    for name, attribute in (
        ("Assertion", "IssueInstant"),
        ("Conditions", "NotBefore"),
        ("Conditions", "NotOnOrAfter"),
        ("SubjectConfirmationData", "NotBefore"),
        ("SubjectConfirmationData", "NotOnOrAfter"),
        ("AuthnStatement", "AuthnInstant"),
        ("AuthnStatement", "SessionNotOnOrAfter"),
    ):
        assert refused_by(respond(None, put(name, **{attribute: P07[form]})), provider(profile=profile)) == "time-syntax"


@pytest.mark.parametrize("text", ["2026-09-15T12:04:00.5Z", "2026-09-15T12:04:00.123456789012Z"])
def test_P07_fractions_of_any_length(text: str) -> None:
    assert refused_by(respond(None, put("Conditions", NotOnOrAfter=text)), provider()) is None


def test_P07_midnight_at_the_end_of_a_day() -> None:
    assert refused_by(respond(None, put("Conditions", NotOnOrAfter="2026-09-15T24:00:00Z")), provider()) is None


def test_D04_errors_do_not_amplify() -> None:
    refusal = judge(respond(good_login(issuer="x" * 100_000)), provider())
    assert isinstance(refusal, FederationError)
    assert refusal.check == "issuer"
    assert len(str(refusal)) < 1000
    many = judge(respond(good_login(audiences=tuple(f"urn:{n}" for n in range(2000)))), provider())
    assert isinstance(many, FederationError)
    assert len(str(many)) < 1000


def test_the_good_response_is_good() -> None:
    assert refused_by(respond(), provider()) is None
    assert forge().entity_id
    assert refused_by(respond(None, say("NameID", "x"), put("Response", Destination=SIGN_IN)), provider()) is None


def test_P22_there_is_no_relay_state_to_redirect_by() -> None:
    for function in (federation.validate, federation.diagnose, federation.SecurityTokenService.assume_role_with_saml):
        assert not [name for name in inspect.signature(function).parameters if "relay" in name.lower()]
