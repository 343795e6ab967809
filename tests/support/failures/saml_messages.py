"""Failures of SAML responses: who signed them, for whom, when, and in what form."""

from datetime import timedelta
from typing import Final

from lxml import etree

from tests.support.failures.logins import Hook, SamlLogin, allow_saml, policy
from tests.support.failures.model import INVALID_SAML, UNSIGNED, Failure, saml

INVALID: Final = {"code": "InvalidIdentityToken"}
EXPIRED: Final = {"code": "ExpiredTokenException"}
SUBJECT: Final = policy(allow_saml({"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml", "SAML:sub": "subject-123"}}))
TAGGING: Final = policy(
    allow_saml(
        {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml", "SAML:sub": "subject-123"}},
        Action=["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"],
    )
)
FOREIGN: Final = ({"said": {"subject": "mallory"}},)


def removed(name: str) -> Hook:
    """Remove the first element *name*."""

    def change(response: etree._Element) -> None:
        element = next(response.iter(f"{{*}}{name}"))
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)

    return change


def without(name: str, attribute: str) -> Hook:
    """Remove *attribute* of the first element *name*."""

    def change(response: etree._Element) -> None:
        next(response.iter(f"{{*}}{name}")).attrib.pop(attribute)

    return change


def says(name: str, text: str) -> Hook:
    """Make *text* the text of the first element *name*."""

    def change(response: etree._Element) -> None:
        next(response.iter(f"{{*}}{name}")).text = text

    return change


def twice(name: str) -> Hook:
    """Repeat the first element *name*."""

    def change(response: etree._Element) -> None:
        element = next(response.iter(f"{{*}}{name}"))
        element.addnext(etree.fromstring(etree.tostring(element)))

    return change


SIGNATURES: Final[tuple[Failure, ...]] = (
    saml(
        "saml-rotated",
        "The identity provider rotated its certificate",
        SamlLogin(trust=SUBJECT, key="idp-next-rsa2048", registered_key="idp-rsa2048"),
        seen="Response signature invalid",
        check="signature",
        **INVALID,
        cause=("changed its signing certificate", "08334c3f3b7347b3", "d5fec8e0dda7a905"),
        owner="provider",
        foreign=FOREIGN,
    ),
    saml(
        "saml-altered",
        "The response was altered after it was signed",
        SamlLogin(trust=SUBJECT, altered=says("NameID", "subject-124")),
        seen="Response signature invalid",
        check="signature-digest",
        **INVALID,
        cause=("altered",),
        owner="token",
        foreign=FOREIGN,
    ),
    saml(
        "saml-unsigned",
        "The response is not signed",
        SamlLogin(trust=SUBJECT, sign=None),
        seen=UNSIGNED,
        check="signature-missing",
        **INVALID,
        cause=("signed",),
        owner="identity-provider",
        foreign=FOREIGN,
    ),
    saml(
        "saml-response-signed",
        "The response is signed, and the assertion is not",
        SamlLogin(trust=SUBJECT, sign="response", profile="aws"),
        seen=UNSIGNED,
        check="signature-missing",
        **INVALID,
        cause=("Response", "Assertion"),
        owner="identity-provider",
        foreign=FOREIGN,
    ),
)

PARTIES: Final = (
    saml(
        "saml-issuer-slash",
        "The registered entity id has a slash at the end",
        SamlLogin(trust=SUBJECT, registered="https://idp.example.com/saml/"),
        seen=INVALID_SAML,
        check="issuer",
        **INVALID,
        cause=("https://idp.example.com/saml/", "https://idp.example.com/saml"),
        owner="provider",
        foreign=FOREIGN,
    ),
    saml(
        "saml-issuer-other",
        "The metadata of another application of the identity provider is registered",
        SamlLogin(
            trust=SUBJECT,
            shape="okta",
            issuer="http://www.okta.com/exk1fixture0example",
            registered="http://www.okta.com/exk9another0example",
        ),
        seen=INVALID_SAML,
        check="issuer",
        **INVALID,
        cause=("exk1fixture0example", "exk9another0example"),
        owner="provider",
        foreign=FOREIGN,
    ),
    saml(
        "saml-audience",
        "The audience is the URL of the application",
        SamlLogin(trust=SUBJECT, shape="keycloak", said={"audiences": ("https://sp.example.com",)}),
        seen="Response does not contain the required audience.",
        check="audience",
        **INVALID,
        cause=("https://sp.example.com", "urn:amazon:webservices"),
        old="https://sp.example.com",
        owner="identity-provider",
        foreign=FOREIGN,
    ),
    saml(
        "saml-recipient",
        "The recipient is another service provider's",
        SamlLogin(
            trust=policy(allow_saml({"StringEquals": {"SAML:sub": "subject-123"}})), said={"recipient": "https://sp.example.com/acs"}
        ),
        seen=None,
        check="recipient",
        **INVALID,
        cause=("https://sp.example.com/acs",),
        owner="identity-provider",
        foreign=FOREIGN,
    ),
    saml(
        "saml-destination",
        "The destination is another service provider's",
        SamlLogin(trust=SUBJECT, said={"destination": "https://sp.example.com/acs"}),
        seen=None,
        check="destination",
        **INVALID,
        cause=("https://sp.example.com/acs",),
        owner="identity-provider",
        foreign=FOREIGN,
    ),
)

TIMES: Final = (
    saml(
        "saml-expired",
        "The response is used after its Conditions expired",
        SamlLogin(trust=SUBJECT, said={"validity": timedelta(minutes=1)}, used=timedelta(minutes=3)),
        seen="Response has expired",
        check="conditions-expiry",
        **EXPIRED,
        cause=("2026-11-24T12:01:00Z", "2026-11-24T12:03:00Z"),
        owner="identity-provider",
        foreign=FOREIGN,
    ),
    saml(
        "saml-late",
        "The response is used later than five minutes after it was issued",
        SamlLogin(trust=SUBJECT, said={"validity": timedelta(hours=1)}, used=timedelta(minutes=7)),
        seen="Token must be redeemed within 5 minutes of issuance",
        check="age",
        **EXPIRED,
        cause=("2026-11-24T12:00:00Z", "2026-11-24T12:07:00Z"),
        owner="token",
        foreign=FOREIGN,
    ),
    saml(
        "saml-adfs-early",
        "The clock of the identity provider is ahead",
        SamlLogin(trust=SUBJECT, shape="adfs", issuer="http://adfs.example.com/adfs/services/trust", used=timedelta(seconds=-20)),
        seen=None,
        check="not-before",
        **INVALID,
        cause=("2026-11-24T12:00:00",),
        owner="clock",
        foreign=FOREIGN,
    ),
)

FORM: Final = (
    saml(
        "saml-no-conditions",
        "The assertion has no Conditions",
        SamlLogin(trust=SUBJECT, damage={"Assertion/Conditions": removed("Conditions")}),
        seen=INVALID_SAML,
        check="conditions",
        **INVALID,
        cause=("Conditions",),
        owner="identity-provider",
        foreign=FOREIGN,
    ),
    saml(
        "saml-no-authn-statement",
        "The assertion has no AuthnStatement",
        SamlLogin(trust=SUBJECT, damage={"Assertion/AuthnStatement": removed("AuthnStatement")}),
        seen=INVALID_SAML,
        check="authn-statement",
        **INVALID,
        cause=("AuthnStatement",),
        owner="identity-provider",
        foreign=FOREIGN,
    ),
    saml(
        "saml-no-recipient",
        "The confirmation has no Recipient",
        SamlLogin(trust=SUBJECT, damage={"SubjectConfirmationData/@Recipient": without("SubjectConfirmationData", "Recipient")}),
        seen=INVALID_SAML,
        check="confirmation-data",
        **INVALID,
        cause=("Recipient",),
        owner="identity-provider",
        foreign=FOREIGN,
    ),
    saml(
        "saml-no-expiry",
        "The confirmation has no NotOnOrAfter",
        SamlLogin(trust=SUBJECT, damage={"SubjectConfirmationData/@NotOnOrAfter": without("SubjectConfirmationData", "NotOnOrAfter")}),
        seen=INVALID_SAML,
        check="confirmation-data",
        **INVALID,
        cause=("NotOnOrAfter",),
        owner="identity-provider",
        foreign=FOREIGN,
    ),
    saml(
        "saml-no-name-id",
        "The subject has no NameID",
        SamlLogin(trust=SUBJECT, damage={"Subject/NameID": removed("NameID")}),
        seen=INVALID_SAML,
        check="subject",
        **INVALID,
        cause=("NameID",),
        owner="identity-provider",
        foreign=FOREIGN,
    ),
    saml(
        "saml-name-id-format",
        "The NameID states no Format",
        SamlLogin(trust=SUBJECT, profile="aws", said={"subject_format": None}),
        seen=INVALID_SAML,
        check="name-id-format",
        **INVALID,
        cause=("Format",),
        owner="identity-provider",
        foreign=FOREIGN,
    ),
    saml(
        "saml-two-confirmations",
        "The subject is confirmed twice",
        SamlLogin(trust=SUBJECT, profile="aws", damage={"Subject/SubjectConfirmation": twice("SubjectConfirmation")}),
        seen=INVALID_SAML,
        check="single-confirmation",
        **INVALID,
        cause=("SubjectConfirmation",),
        owner="identity-provider",
        foreign=FOREIGN,
    ),
    saml(
        "saml-status",
        "The identity provider refused the login",
        SamlLogin(trust=SUBJECT, said={"status": "urn:oasis:names:tc:SAML:2.0:status:Responder"}),
        seen=None,
        check="status",
        code="IDPRejectedClaim",
        cause=("Responder",),
        owner="identity-provider",
        foreign=FOREIGN,
    ),
    saml(
        "saml-encrypted",
        "The assertion is encrypted, and the provider has no decryption key",
        SamlLogin(trust=SUBJECT, encrypted=True),
        seen=INVALID_SAML,
        check="decryption-key",
        **INVALID,
        cause=("encrypt",),
        owner="provider",
        foreign=FOREIGN,
    ),
)

FAILURES = (*SIGNATURES, *PARTIES, *TIMES, *FORM)
