"""Forged SAML logins for tests: one good response, and every deviation from it. Time is pinned at `AT`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

import federation
from federation.errors import FederationError
from federation.identity import VerifiedIdentity
from federation.saml.registration.provider import SamlProvider
from federation.testing import SHAPES, Encryption, Login, SamlForge, SigningKey, aws_attributes, to_base64
from tests.support.paths import KEYS
from tests.support.world import SAML_PROVIDER, SAML_ROLE

AT = datetime(2026, 9, 15, 12, 0, tzinfo=UTC)
ARN = SAML_PROVIDER
ROLE = SAML_ROLE
ISSUER = "https://integ.example.com/idp/shibboleth"
SIGN_IN = "https://signin.aws.amazon.com/saml"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"

Hook = Callable[[etree._Element], None]


@cache
def signing_key(name: str = "idp-rsa2048") -> SigningKey:
    return SigningKey.from_pem((KEYS / f"{name}.TEST-ONLY.key.pem").read_bytes(), (KEYS / f"{name}.TEST-ONLY.cert.pem").read_bytes())


@cache
def decryption_pem() -> bytes:
    return (KEYS / "sp-decryption-rsa2048.TEST-ONLY.key.pem").read_bytes()


def to_service_provider(**how: Any) -> Encryption:
    public = signing_key("sp-decryption-rsa2048").certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    return Encryption(recipient=public, **how)


def good_login(**changes: Any) -> Login:
    login = Login(
        at=AT,
        subject="subject-123",
        subject_format=PERSISTENT,
        audiences=("urn:amazon:webservices",),
        recipient=SIGN_IN,
        destination=SIGN_IN,
        session=None,
        attributes=aws_attributes(role=ROLE, provider=ARN, session_name="session-name"),
        seed="test",
    )
    return replace(login, **changes)


def forge(key: str = "idp-rsa2048", *, shape: str = "shibboleth") -> SamlForge:
    return SamlForge(key=signing_key(key), issuer=ISSUER, shape=SHAPES[shape])


def respond(login: Login | None = None, *edits: Hook, key: str = "idp-rsa2048", sign: Any = "assertion", **more: Any) -> str:
    """The base64 of a response that states *login*, changed by *edits* before it is signed."""

    def edit(response: etree._Element) -> None:
        for change in edits:
            change(response)

    return to_base64(forge(key).response(login or good_login(), sign=sign, before_signing=edit, **more))


def provider(*, key: str = "idp-rsa2048", **words: Any) -> SamlProvider:
    return SamlProvider(**{"arn": ARN, "entity_ids": ISSUER, "certificates": signing_key(key).certificate_pem(), **words})


def found(response: etree._Element, name: str) -> etree._Element:
    """The first element of local name *name*."""
    element = next(response.iter(f"{{*}}{name}"), None)
    assert element is not None, name
    return element


def put(name: str, **attributes: str | None) -> Hook:
    """Set attributes of the first element *name*; None removes."""

    def edit(response: etree._Element) -> None:
        element = found(response, name)
        for attribute, value in attributes.items():
            if value is None:
                element.attrib.pop(attribute, "")
            else:
                element.set(attribute, value)

    return edit


def drop(name: str) -> Hook:
    """Remove the first element *name*."""

    def edit(response: etree._Element) -> None:
        element = found(response, name)
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)

    return edit


def say(name: str, text: str) -> Hook:
    """Make *text* the text of the first element *name*."""

    def edit(response: etree._Element) -> None:
        found(response, name).text = text

    return edit


def add(parent: str, xml: str, at: int | None = None) -> Hook:
    """Put the element *xml* into the first element *parent*; the prefixes saml, samlp and x are bound."""

    def edit(response: etree._Element) -> None:
        frame = (
            '<f xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '
            f'xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:x="urn:x">{xml}</f>'
        )
        element = etree.fromstring(frame)[0]
        target = found(response, parent)
        target.insert(len(target) if at is None else at, element)

    return edit


def judge(token: object, registered: SamlProvider, *, at: datetime = AT + timedelta(seconds=10)) -> VerifiedIdentity | FederationError:
    """The identity, or the refusal; and `diagnose` says the same."""
    report = federation.diagnose(token, registered, at=at)
    try:
        verdict: VerifiedIdentity | FederationError = federation.validate(token, registered, at=at)
    except FederationError as refusal:
        verdict = refusal
    told = report.refusal()
    if isinstance(verdict, FederationError):
        assert told is not None
        assert told.as_dict() == verdict.as_dict()
        assert report.identity is None
    else:
        assert told is None
        assert report.identity == verdict
    return verdict


def refused_by(token: object, registered: SamlProvider, *, at: datetime = AT + timedelta(seconds=10)) -> str | None:
    """Name of the check that refuses *token*, None where it is accepted."""
    verdict = judge(token, registered, at=at)
    return verdict.check if isinstance(verdict, FederationError) else None
