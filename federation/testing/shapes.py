"""Formats of the SAML responses of common identity providers.

A shape determines prefixes, order, optional elements and the style of identifiers, not the meaning: validation of one login must give the
same result for every shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from federation.errors import ValidationError, show
from federation.testing import names

KeyInfoStyle = Literal["certificate", "name-and-certificate", "subject-and-certificate", "value", "none"]
IdStyle = Literal["hex", "uuid", "keycloak", "okta", "onelogin", "ping"]
SignedPart = Literal["assertion", "response", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The format of the responses and metadata of one product.

    Attributes:
        name: Name on the command line.
        issuer: An entityID in the product's style.
        prefixes: Prefixes of the protocol, assertion and signature namespaces; None for the default namespace.
        signed: The elements that the product signs in its configuration for AWS.
        ids: Style of its identifiers.
        milliseconds: Whether its times have milliseconds.
        declaration: The XML declaration, or empty.
        issuer_format: Whether Issuer has Format=entity.
        consent: Whether the Response has Consent.
        subject_format: Default NameID Format.
        qualified: Whether NameID has NameQualifier and SPNameQualifier.
        address: Whether SubjectConfirmationData and SubjectLocality have the client's address.
        attributes_first: Whether AttributeStatement precedes AuthnStatement.
        name_format: NameFormat of attributes, or None.
        friendly_names: Whether attributes have FriendlyName.
        value_type: Local name of the ``xsi:type`` of attribute values in the XML Schema namespace, or None.
        schema_prefix: Prefix of the XML Schema namespace.
        context_class: AuthnContextClassRef.
        session: SessionNotOnOrAfter relative to the login, a timedelta; None where the product does not state it.
        conditions_life: Validity of Conditions, a timedelta; None where it equals that of the bearer confirmation.
        key_info: Content of KeyInfo.
        base64_width: Line width of base64 in the signature in characters; 0 for one line.
        inclusive_prefixes: PrefixList of InclusiveNamespaces.
        metadata_prefix: Prefix of the metadata namespace; None for the default namespace.
        encryption_key: Whether its metadata also has a KeyDescriptor for encryption.
        key_use: Whether the KeyDescriptor of its metadata has ``use="signing"``.
    """

    name: str
    issuer: str
    prefixes: tuple[str | None, str | None, str | None] = ("samlp", "saml", "ds")
    signed: SignedPart = "assertion"
    ids: IdStyle = "uuid"
    milliseconds: bool = True
    declaration: str = ""
    issuer_format: bool = False
    consent: bool = False
    subject_format: str = names.UNSPECIFIED
    qualified: bool = False
    address: bool = False
    attributes_first: bool = False
    name_format: str | None = names.NAME_FORMAT_BASIC
    friendly_names: bool = False
    value_type: str | None = "string"
    schema_prefix: str = "xs"
    context_class: str = names.PASSWORD_PROTECTED_TRANSPORT
    session: timedelta | None = None
    conditions_life: timedelta | None = None
    key_info: KeyInfoStyle = "certificate"
    base64_width: int = 0
    inclusive_prefixes: tuple[str, ...] = ()
    metadata_prefix: str | None = "md"
    encryption_key: bool = False
    key_use: bool = True


_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>'

SHAPES: Final[dict[str, Shape]] = {
    shape.name: shape
    for shape in (
        Shape(
            name="okta",
            issuer="http://www.okta.com/exk1fixture0example",
            prefixes=("saml2p", "saml2", "ds"),
            signed="both",
            ids="okta",
            declaration=_DECLARATION,
            issuer_format=True,
            name_format=names.NAME_FORMAT_URI,
            inclusive_prefixes=("xs",),
        ),
        Shape(
            name="entra",
            issuer="https://sts.windows.net/11111111-2222-4333-8444-555555555555/",
            prefixes=("samlp", None, None),
            subject_format=names.PERSISTENT,
            attributes_first=True,
            name_format=None,
            value_type=None,
            context_class=names.PASSWORD,
            metadata_prefix=None,
        ),
        Shape(
            name="adfs",
            issuer="http://adfs.example.com/adfs/services/trust",
            prefixes=("samlp", None, "ds"),
            consent=True,
            subject_format=names.PERSISTENT,
            attributes_first=True,
            name_format=None,
            value_type=None,
            metadata_prefix=None,
            encryption_key=True,
        ),
        Shape(
            name="keycloak",
            issuer="https://keycloak.example.com/realms/aws",
            prefixes=("samlp", "saml", "dsig"),
            signed="both",
            ids="keycloak",
            friendly_names=True,
            context_class=names.CONTEXT_UNSPECIFIED,
            session=timedelta(hours=10),
            conditions_life=timedelta(minutes=1),
            key_info="name-and-certificate",
        ),
        Shape(
            name="shibboleth",
            issuer="https://integ.example.com/idp/shibboleth",
            prefixes=("saml2p", "saml2", "ds"),
            signed="both",
            ids="hex",
            declaration=_DECLARATION,
            subject_format=names.TRANSIENT,
            qualified=True,
            address=True,
            name_format=names.NAME_FORMAT_URI,
            friendly_names=True,
            schema_prefix="xsd",
            base64_width=76,
            inclusive_prefixes=("xsd",),
            metadata_prefix=None,
            encryption_key=True,
            key_use=False,
        ),
        Shape(
            name="google",
            issuer="https://accounts.google.com/o/saml2?idpid=C01example",
            prefixes=("saml2p", "saml2", "ds"),
            ids="hex",
            declaration='<?xml version="1.0" encoding="UTF-8" standalone="no"?>',
            subject_format=names.EMAIL,
            attributes_first=True,
            name_format=None,
            value_type="anyType",
            context_class=names.CONTEXT_UNSPECIFIED,
            key_info="subject-and-certificate",
        ),
        Shape(
            name="ping",
            issuer="https://sso.example.com/ping",
            ids="ping",
            key_info="value",
            base64_width=76,
            context_class=names.CONTEXT_UNSPECIFIED,
        ),
        Shape(
            name="onelogin",
            issuer="https://app.onelogin.com/saml/metadata/66666666-7777-4888-9999-000000000000",
            ids="onelogin",
            milliseconds=False,
            subject_format=names.EMAIL,
            session=timedelta(hours=24),
            metadata_prefix=None,
        ),
    )
}
"""The shapes by name."""


def shape_named(name: str) -> Shape:
    """Return the shape named *name*.

    Raises:
        ValidationError: No shape has this name.
    """
    found = SHAPES.get(name)
    if found is None:
        raise ValidationError(check="shape", expected="one of " + ", ".join(SHAPES), found=show(name), remedy="choose one of these")
    return found
