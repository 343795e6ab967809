"""One row per rule: the deviation, and by which check each profile refuses it, with code and message. None: it does not."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

import federation
from federation import aws_texts
from federation.errors import FederationError
from federation.profiles import Profile
from federation.saml.checks import CHECKS
from federation.saml.reading.subject import BEARER
from tests.support.saml import (
    AT,
    Hook,
    add,
    decryption_pem,
    drop,
    found,
    good_login,
    judge,
    provider,
    put,
    respond,
    say,
    to_service_provider,
)

ENTITY = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
HOLDER = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"
OTHER = "https://elsewhere.example.com/acs"


@dataclass(frozen=True, kw_only=True)
class Row:
    edits: tuple[Hook, ...] = ()
    changes: Mapping[str, Any] = field(default_factory=dict)
    sign: str = "assertion"
    words: Mapping[str, Any] = field(default_factory=dict)
    after: timedelta = timedelta(seconds=10)
    strict: str | None
    aws: str | None
    code: str = "InvalidIdentityToken"
    message: str | None = None


def both(check: str | None, *edits: Hook, message: str | None = aws_texts.saml.MALFORMED, **words: Any) -> Row:
    return Row(edits=edits, strict=check, aws=check, message=message, **words)


def strictly(check: str, *edits: Hook, **words: Any) -> Row:
    return Row(edits=edits, strict=check, aws=None, **words)


def expired(check: str, *edits: Hook, message: str = aws_texts.saml.EXPIRED, **words: Any) -> Row:
    return Row(edits=edits, strict=check, aws=check, code="ExpiredTokenException", message=message, **words)


def inside(name: str, edit: Hook) -> Hook:
    return lambda response: edit(found(response, name))


def confirmations(*changes: Mapping[str, str | None], method: str = BEARER) -> Hook:
    """Replace the confirmation by one per mapping, each with these attributes of its data changed."""

    def edit(response: etree._Element) -> None:
        subject, good = found(response, "Subject"), found(response, "SubjectConfirmation")
        subject.remove(good)
        for change in changes:
            one = deepcopy(good)
            one.set("Method", method)
            put("SubjectConfirmationData", **change)(one)
            subject.append(one)

    return edit


def nested_status(response: etree._Element) -> None:
    add("StatusCode", '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"/>')(response)


ROWS: Mapping[str, Row] = {
    "the good response": both(None),
    "both signed": both(None, sign="both"),
    "Response alone signed": Row(sign="response", strict=None, aws="signature-missing", message=aws_texts.saml.UNSIGNED_ASSERTION),
    # Message and parties
    "Assertion Version": both("version", put("Assertion", Version="2.1")),
    "Response Version": both("version", put("Response", Version="1.1")),
    "no Response Version": both("version", put("Response", Version=None)),
    "no Response ID": strictly("response-fields", put("Response", ID=None)),
    "no Response IssueInstant": strictly("response-fields", put("Response", IssueInstant=None)),
    "Response IssueInstant unreadable": strictly("time-syntax", put("Response", IssueInstant="now")),
    "ID with a colon": both("assertion-id", put("Assertion", ID="a:b")),
    "ID beginning with a digit": both("assertion-id", put("Assertion", ID="0a")),
    "foreign attribute on an Attribute": strictly("foreign-attributes", put("Attribute", **{"{urn:x}Name": "admin"})),
    "foreign attribute on a value": strictly("foreign-attributes", put("AttributeValue", **{"{urn:x}type": "y"})),
    "foreign attribute on the data": strictly("foreign-attributes", put("SubjectConfirmationData", **{"{urn:x}Recipient": OTHER})),
    "issuer": both("issuer", inside("Assertion", say("Issuer", "https://other.example.com/idp"))),
    "issuer with a slash": both("issuer", inside("Assertion", say("Issuer", "https://integ.example.com/idp/shibboleth/"))),
    "issuer in capitals": both("issuer", inside("Assertion", say("Issuer", "https://INTEG.example.com/idp/shibboleth"))),
    "issuer with white space": both("issuer", inside("Assertion", say("Issuer", " https://integ.example.com/idp/shibboleth"))),
    "Issuer of a person": strictly("issuer-format", inside("Assertion", put("Issuer", Format="urn:x"))),
    "Issuer of an entity": both(None, inside("Assertion", put("Issuer", Format=ENTITY))),
    "other Response Issuer": strictly("response-issuer", say("Issuer", "https://other.example.com/idp")),
    "no Response Issuer": both(None, changes={"response_issuer": None}),
    "no Issuer in a signed Response": strictly("response-issuer", changes={"response_issuer": None}, sign="both"),
    "status": Row(
        edits=(put("StatusCode", Value="urn:oasis:names:tc:SAML:2.0:status:Requester"),),
        strict="status",
        aws="status",
        code="IDPRejectedClaim",
    ),
    "no Status": Row(edits=(drop("Status"),), strict="status", aws="status", code="IDPRejectedClaim"),
    "nested status": Row(edits=(nested_status,), strict="status", aws="status", code="IDPRejectedClaim"),
    "other Destination": strictly("destination", put("Response", Destination=OTHER)),
    "empty Destination": strictly("destination", put("Response", Destination="")),
    "longer Destination": strictly("destination", put("Response", Destination="https://signin.aws.amazon.com/saml/x")),
    "no Destination": both(None, put("Response", Destination=None)),
    "no Destination in a signed Response": strictly("destination", put("Response", Destination=None), sign="both"),
    "regional Destination": both(None, put("Response", Destination="https://eu-west-1.signin.aws.amazon.com/saml")),
    # Subject
    "no Subject": both("subject", drop("Subject")),
    "no NameID": both("subject", drop("NameID")),
    "empty NameID": both("subject", say("NameID", "")),
    "blank NameID": both("subject", say("NameID", " \n\t ")),
    "NameID with a tab": both("subject", say("NameID", "a\tb")),
    "NameID with a control character": both("subject", say("NameID", "a\x7fb")),
    "no NameID Format": Row(edits=(put("NameID", Format=None),), strict=None, aws="name-id-format", message=aws_texts.saml.MALFORMED),
    "NameID for another": strictly("sp-name-qualifier", put("NameID", SPNameQualifier="urn:other")),
    "NameID for us": both(None, put("NameID", SPNameQualifier="urn:amazon:webservices")),
    "no confirmation": both("subject-confirmation", drop("SubjectConfirmation")),
    "holder of key": both("subject-confirmation", confirmations({}, method=HOLDER)),
    "two confirmations": Row(edits=(confirmations({}, {}),), strict=None, aws="single-confirmation", message=aws_texts.saml.MALFORMED),
    "no data": both("confirmation-data", drop("SubjectConfirmationData")),
    "no Recipient": both("confirmation-data", put("SubjectConfirmationData", Recipient=None)),
    "empty Recipient": both("confirmation-data", put("SubjectConfirmationData", Recipient="")),
    "no confirmation NotOnOrAfter": both("confirmation-data", put("SubjectConfirmationData", NotOnOrAfter=None)),
    "other Recipient": strictly("recipient", put("SubjectConfirmationData", Recipient=OTHER)),
    "longer Recipient": strictly("recipient", put("SubjectConfirmationData", Recipient="https://signin.aws.amazon.com/saml?x")),
    "two confirmations, one to us": Row(
        edits=(confirmations({"Recipient": OTHER}, {}),), strict=None, aws="single-confirmation", message=aws_texts.saml.MALFORMED
    ),
    "two confirmations, none keeps every rule": Row(
        edits=(confirmations({"Recipient": OTHER}, {"NotOnOrAfter": "2026-09-15T12:00:01Z"}),),
        strict="recipient",
        aws="single-confirmation",
    ),
    "answers of two requests": strictly(
        "in-response-to", put("SubjectConfirmationData", InResponseTo="_a"), put("Response", InResponseTo="_b")
    ),
    "answer of no request": strictly("in-response-to", put("SubjectConfirmationData", InResponseTo="_a")),
    "answer of one request": both(None, put("SubjectConfirmationData", InResponseTo="_a"), put("Response", InResponseTo="_a")),
    # Conditions
    "no Conditions": both("conditions", drop("Conditions")),
    "unknown condition": both("known-conditions", add("Conditions", "<x:Custom/>")),
    "OneTimeUse": both(None, add("Conditions", "<saml:OneTimeUse/>")),
    "ProxyRestriction": both(None, add("Conditions", '<saml:ProxyRestriction Count="0"/>')),
    "other audience": strictly("audience", say("Audience", "urn:other"), message=aws_texts.saml.AUDIENCE),
    "no audience": strictly("audience", drop("AudienceRestriction"), message=aws_texts.saml.AUDIENCE),
    "empty restriction": strictly("audience", drop("Audience"), message=aws_texts.saml.AUDIENCE),
    "one of two audiences": both(None, add("AudienceRestriction", "<saml:Audience>urn:other</saml:Audience>", 0)),
    "one of two restrictions": strictly(
        "audience",
        add("Conditions", "<saml:AudienceRestriction><saml:Audience>urn:other</saml:Audience></saml:AudienceRestriction>"),
        message=aws_texts.saml.AUDIENCE,
    ),
    "ID beginning with an underscore and having a dot": both(None, put("Assertion", ID="_a.b-c")),
    "no AuthnStatement": both("authn-statement", drop("AuthnStatement")),
    # Time; the response is issued at AT and lives five minutes
    "at the end of Conditions": expired("conditions-expiry", put("Conditions", NotOnOrAfter="2026-09-15T12:00:10Z")),
    "a second before it": both(None, put("Conditions", NotOnOrAfter="2026-09-15T12:00:11Z")),
    "at the end of the confirmation": expired("confirmation-expiry", put("SubjectConfirmationData", NotOnOrAfter="2026-09-15T12:00:10Z")),
    "at the end of the session": expired("session-expiry", put("AuthnStatement", SessionNotOnOrAfter="2026-09-15T12:00:10Z")),
    "no Conditions NotOnOrAfter": both(None, put("Conditions", NotOnOrAfter=None)),
    "five minutes old": both(None, changes={"validity": timedelta(hours=1)}, after=timedelta(minutes=5)),
    "more than five minutes old": expired(
        "age",
        changes={"validity": timedelta(hours=1)},
        after=timedelta(minutes=5, microseconds=1),
        message=aws_texts.saml.REDEEM_WITHIN_FIVE_MINUTES,
    ),
    "old, without limit": both(None, changes={"validity": timedelta(hours=1)}, after=timedelta(minutes=59), words={"max_age": None}),
    "old, within its own limit": both(
        None, changes={"validity": timedelta(hours=1)}, after=timedelta(minutes=9), words={"max_age": timedelta(minutes=10)}
    ),
    "before NotBefore": strictly("not-before", put("Conditions", NotBefore="2026-09-15T12:00:11Z")),
    "at NotBefore": both(None, put("Conditions", NotBefore="2026-09-15T12:00:10Z")),
    "NotBefore within this second": both(None, put("Conditions", NotBefore="2026-09-15T12:00:10.004Z")),
    "NotBefore within the second of the skew": both(
        None, put("Conditions", NotBefore="2026-09-15T12:01:10.999Z"), words={"clock_skew": timedelta(minutes=1)}
    ),
    "before NotBefore, within the skew": both(
        None, put("Conditions", NotBefore="2026-09-15T12:01:10Z"), words={"clock_skew": timedelta(minutes=1)}
    ),
    "before NotBefore, beyond the skew": strictly(
        "not-before", put("Conditions", NotBefore="2026-09-15T12:01:11Z"), words={"clock_skew": timedelta(minutes=1)}
    ),
    "ended, whatever the skew": expired(
        "conditions-expiry", put("Conditions", NotOnOrAfter="2026-09-15T12:00:10Z"), words={"clock_skew": timedelta(minutes=10)}
    ),
    "before the confirmation's NotBefore": strictly(
        "confirmation-not-before", put("SubjectConfirmationData", NotBefore="2026-09-15T12:00:11Z")
    ),
    "the confirmation's NotBefore within this second": both(None, put("SubjectConfirmationData", NotBefore="2026-09-15T12:00:10.999999Z")),
    "issued in the future": strictly("issue-instant", put("Assertion", IssueInstant="2026-09-15T12:00:11Z")),
    "issued within this second": both(None, put("Assertion", IssueInstant="2026-09-15T12:00:10.999Z")),
}


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("2026-09-15T12:00:11.250Z", "2026-09-15T12:00:10Z, 1.25 s before it"),
        ("2026-09-15T12:00:11Z", "2026-09-15T12:00:10Z, 1 s before it"),
        ("2026-09-15T12:00:11.000001Z", "2026-09-15T12:00:10Z, 1.000001 s before it"),
        ("2026-09-15T12:00:20Z", "2026-09-15T12:00:10Z, 10 s before it"),
    ],
)
@pytest.mark.parametrize(
    ("check", "element", "attribute"),
    [
        ("not-before", "Conditions", "NotBefore"),
        ("confirmation-not-before", "SubjectConfirmationData", "NotBefore"),
        ("issue-instant", "Assertion", "IssueInstant"),
    ],
)
def test_fractions_of_a_second_are_printed(check: str, element: str, attribute: str, before: str, found: str) -> None:
    said = verdict(strictly(check, put(element, **{attribute: before})), Profile.STRICT)
    assert isinstance(said, FederationError)
    assert (said.check, said.found) == (check, found)
    assert before.replace("250Z", "250000Z") in said.expected


def test_a_fraction_after_the_end_is_printed() -> None:
    said = verdict(expired("conditions-expiry", put("Conditions", NotOnOrAfter="2026-09-15T12:00:09.500Z")), Profile.STRICT)
    assert isinstance(said, FederationError)
    assert said.found == "2026-09-15T12:00:10Z, 0.5 s after it"


def verdict(row: Row, profile: Profile) -> FederationError | federation.VerifiedIdentity:
    token = respond(good_login(**row.changes), *row.edits, sign=row.sign)
    return judge(token, provider(profile=profile, **row.words), at=AT + row.after)


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("what", ROWS)
def test_rule(what: str, profile: Profile) -> None:
    row = ROWS[what]
    expected = row.strict if profile is Profile.STRICT else row.aws
    found_verdict = verdict(row, profile)
    if expected is None:
        assert not isinstance(found_verdict, FederationError), found_verdict
        return
    assert isinstance(found_verdict, FederationError)
    assert found_verdict.check == expected
    assert found_verdict.code == row.code
    if row.message is not None:
        assert found_verdict.message == row.message
    assert found_verdict.remedy
    assert "\n" not in str(found_verdict)


@pytest.mark.parametrize("what", [what for what, row in ROWS.items() if row.strict is not None or row.aws is not None])
def test_a_report_shows_both_verdicts(what: str) -> None:
    row = ROWS[what]
    token = respond(good_login(**row.changes), *row.edits, sign=row.sign)
    report = federation.diagnose(token, provider(**row.words), at=AT + row.after)
    for profile, expected in ((Profile.STRICT, row.strict), (Profile.AWS, row.aws)):
        refusal = report.refusal(profile)
        assert (refusal.check if refusal else None) == expected
    assert report.claimed if row.strict else report.identity


@pytest.mark.parametrize(
    "other",
    [
        {"Recipient": OTHER},
        {"Recipient": None},
        {"NotOnOrAfter": None},
        {"NotOnOrAfter": "2026-09-15T12:00:10Z"},
        {"NotBefore": "2026-09-15T12:00:11Z"},
        {"InResponseTo": "_a"},
    ],
)
@pytest.mark.parametrize(
    "good", [{}, {"NotBefore": "2026-09-15T12:00:10Z"}, {"NotBefore": "2026-09-15T11:00:00Z"}, {"NotOnOrAfter": "2026-09-15T12:00:11Z"}]
)
def test_the_confirmation_that_keeps_every_rule_counts_wherever_it_stands(
    other: dict[str, str | None], good: dict[str, str | None]
) -> None:
    for order in ((other, good), (good, other), (other, other, good)):
        assert not isinstance(verdict(both(None, confirmations(*order)), Profile.STRICT), FederationError)


def test_the_first_of_two_that_keep_every_rule_counts() -> None:
    ends = "2026-09-15T12:00:{}Z".format
    row = both(None, confirmations({"NotOnOrAfter": ends(40)}, {"NotOnOrAfter": ends(20)}))
    identity = verdict(row, Profile.STRICT)
    assert isinstance(identity, federation.VerifiedIdentity)
    assert identity.not_on_or_after == AT + timedelta(seconds=40)


def test_a_confirmation_of_another_method_does_not_count() -> None:
    def holder_first(response: etree._Element) -> None:
        confirmations({"NotOnOrAfter": "2026-09-15T12:00:40Z"}, {"NotOnOrAfter": "2026-09-15T12:00:20Z"})(response)
        put("SubjectConfirmation", Method=HOLDER)(response)

    identity = verdict(both(None, holder_first), Profile.STRICT)
    assert isinstance(identity, federation.VerifiedIdentity)
    assert identity.not_on_or_after == AT + timedelta(seconds=20)


def test_an_encrypted_assertion_needs_an_issuer_around_it() -> None:
    token = respond(good_login(response_issuer=None), encryption=to_service_provider())
    for profile, check in ((Profile.STRICT, "response-issuer"), (Profile.AWS, None)):
        said = judge(token, provider(profile=profile, decryption_keys=decryption_pem()))
        assert (said.check if isinstance(said, FederationError) else None) == check


def test_a_report_counts_the_confirmations_of_no_subject() -> None:
    report = federation.diagnose(respond(None, drop("Subject")), provider(), at=AT)
    (result,) = (result for result in report.results if result.name == "single-confirmation")
    assert result.refusal is not None
    assert result.refusal.found == "0"


def test_every_rule_has_a_row() -> None:
    refused = {row.strict for row in ROWS.values()} | {row.aws for row in ROWS.values()}
    assert {check.name for check in CHECKS} <= refused


def test_names_are_unique_and_described() -> None:
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names)
    runs: list[Callable[..., Any]] = [check.run for check in CHECKS]
    assert all(run.__doc__ for run in runs)
