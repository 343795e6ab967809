"""The Response's own fields: where they stand, each once, and what the status says."""

import pytest
from lxml import etree

from federation.errors import FederationError
from federation.saml.reading.envelope import SUCCESS, Envelope, check_success, read_envelope
from federation.saml.xml import DS, SAML, SAMLP

SPACES = f'xmlns="{SAMLP[1:-1]}" xmlns:a="{SAML[1:-1]}" xmlns:d="{DS[1:-1]}" xmlns:x="urn:x"'
FIELDS = 'ID="_r" Version="2.0" IssueInstant="now" Destination="urn:d" Consent="urn:c" InResponseTo="_q"'
ISSUER = '<a:Issuer Format="f" NameQualifier="q" SPNameQualifier="s" SPProvidedID="p">idp</a:Issuer>'
OK = f'<StatusCode Value="{SUCCESS}"/>'
CODE = f"<Status>{OK}</Status>"
EXTENSIONS = '<Extensions><x:a x:b="1"/></Extensions>'


def read(inside: str, attributes: str = FIELDS) -> Envelope:
    return read_envelope(etree.fromstring(f"<Response {SPACES} {attributes}>{inside}</Response>"), signed=False)


def refusal(inside: str) -> str:
    with pytest.raises(FederationError) as caught:
        read(inside)
    return caught.value.check


@pytest.mark.parametrize("assertion", ["<a:Assertion/>", "<a:EncryptedAssertion/>", ""])
def test_every_field_in_its_place(assertion: str) -> None:
    status = (
        f'<Status><StatusCode Value="{SUCCESS}"/><StatusMessage> m </StatusMessage><StatusDetail><x:a x:b="1"/></StatusDetail></Status>'
    )
    found = read(f"{ISSUER}<d:Signature/>{EXTENSIONS}{status}{assertion}")
    assert found == Envelope("2.0", "_r", "now", "idp", "f", "urn:d", "_q", (SUCCESS,), " m ", signed=False)


def test_absent_fields_are_none() -> None:
    assert read("", "") == Envelope(None, None, None, None, None, None, None, (), None, signed=False)
    assert read(CODE, "") == Envelope(None, None, None, None, None, None, None, (SUCCESS,), None, signed=False)


@pytest.mark.parametrize(
    "inside",
    [
        "<x:Other/>",
        f"<x:Other/>{ISSUER}",
        ISSUER * 2,
        CODE * 2,
        CODE + ISSUER,
        f"<d:Signature/>{ISSUER}",
        f"{EXTENSIONS}<d:Signature/>",
        CODE + EXTENSIONS,
        f"<a:Assertion/>{CODE}",
        f"<a:EncryptedAssertion/>{CODE}",
        "<a:Assertion/><a:EncryptedAssertion/>",
        "<a:EncryptedAssertion/><a:Assertion/>",
        '<a:Issuer x:Format="f">idp</a:Issuer>',
        '<Extensions><a:Issuer x:a="1"/></Extensions>',
        f'<Status x:a="1">{OK}</Status>',
        f'<Status Value="a">{OK}</Status>',
        f"<Status>{OK}{OK}</Status>",
        f"<Status><StatusMessage/>{OK}</Status>",
        f"<Status>{OK}<StatusDetail/><StatusMessage/></Status>",
        f"<Status>{OK}<x:Other/></Status>",
        '<Status><StatusCode Value="a" Other="b"/></Status>',
        '<Status><StatusCode Value="a"><StatusMessage/></StatusCode></Status>',
        '<Status><StatusCode Value="a"><StatusCode Value="b"/><StatusCode Value="c"/></StatusCode></Status>',
        f'<Status>{OK}<StatusMessage x:a="1">m</StatusMessage></Status>',
        f'<Status>{OK}<StatusDetail><StatusCode x:a="1"/></StatusDetail></Status>',
    ],
)
def test_anything_elsewhere_twice_or_unknown_is_refused(inside: str) -> None:
    assert refusal(inside) == "envelope-shape"


@pytest.mark.parametrize(
    ("status", "codes"),
    [
        ('<StatusCode Value="a"><StatusCode Value="b"><StatusCode Value="c"/></StatusCode></StatusCode>', ("a", "b", "c")),
        ("<StatusCode/>", ("",)),
        (f'<StatusCode Value="{SUCCESS}"><StatusCode/></StatusCode>', (SUCCESS, "")),
        ('<StatusDetail><StatusCode x:a="1"/></StatusDetail>', ()),
        ("", ()),
    ],
)
def test_a_status_that_is_not_success_alone_is_a_no(status: str, codes: tuple[str, ...]) -> None:
    envelope = read(f"<Status>{status}</Status>")
    assert envelope.status_codes == codes
    with pytest.raises(FederationError) as caught:
        check_success(envelope)
    assert (caught.value.code, caught.value.check) == ("IDPRejectedClaim", "status")


def test_what_the_identity_provider_says_is_passed_on() -> None:
    with pytest.raises(FederationError) as caught:
        check_success(read('<Status><StatusCode Value="urn:no"/><StatusMessage>locked out</StatusMessage></Status>'))
    assert "urn:no" in caught.value.found
    assert "locked out" in caught.value.remedy
