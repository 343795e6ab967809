"""Metadata of simulated identity providers in the format of a product."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from federation.testing import names
from federation.testing.shapes import Shape

_BINDINGS = ("HTTP-POST", "HTTP-Redirect")


def build_metadata(shape: Shape, entity_id: str, certificates: Sequence[x509.Certificate]) -> bytes:
    """Return the EntityDescriptor of *entity_id* with one signing KeyDescriptor for each of *certificates*, as UTF-8 XML."""
    root = etree.Element(_md("EntityDescriptor"), {"entityID": entity_id}, nsmap=names.bound((shape.metadata_prefix, names.MD)))
    descriptor = etree.SubElement(
        root,
        _md("IDPSSODescriptor"),
        {"WantAuthnRequestsSigned": "false", "protocolSupportEnumeration": names.SAMLP},
    )
    if shape.encryption_key:
        _key_descriptor(descriptor, "encryption", shape, certificates[0])
    for certificate in certificates:
        _key_descriptor(descriptor, "signing" if shape.key_use else None, shape, certificate)
    etree.SubElement(descriptor, _md("NameIDFormat")).text = shape.subject_format
    for binding in _BINDINGS:
        location = f"{entity_id.partition('?')[0].rstrip('/')}/sso"
        attributes = {"Binding": f"urn:oasis:names:tc:SAML:2.0:bindings:{binding}", "Location": location}
        etree.SubElement(descriptor, _md("SingleSignOnService"), attributes)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _key_descriptor(parent: etree._Element, use: str | None, shape: Shape, certificate: x509.Certificate) -> None:
    descriptor = etree.SubElement(parent, _md("KeyDescriptor"), {} if use is None else {"use": use})
    info = etree.SubElement(descriptor, f"{{{names.DS}}}KeyInfo", nsmap={"ds": names.DS})
    if shape.key_info == "name-and-certificate":
        etree.SubElement(info, f"{{{names.DS}}}KeyName").text = certificate.subject.rfc4514_string()
    data = etree.SubElement(info, f"{{{names.DS}}}X509Data")
    encoded = b64encode(certificate.public_bytes(Encoding.DER)).decode()
    etree.SubElement(data, f"{{{names.DS}}}X509Certificate").text = encoded


def _md(name: str) -> str:
    return f"{{{names.MD}}}{name}"
