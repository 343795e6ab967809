"""Reading of identity provider metadata: the entity and its signing keys (SAML Metadata 2.4).

Metadata is trusted because it was registered, not because it is signed (attack row M01). It is parsed by defusedxml without DTD, entities
and network.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, ParseError  # types only; defusedxml parses

from cryptography.hazmat.primitives.asymmetric import rsa
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from federation import aws_texts, limits
from federation.check_names import SamlCheck
from federation.errors import RegistrationError, show
from federation.saml.decode import base64_octets
from federation.saml.registration.keys import Permit, VerificationKey, load_certificates, verification_key
from federation.saml.registration.metadata_integrity import check_unchanged
from federation.saml.xml import DS, MD

_SAML2: Final = "urn:oasis:names:tc:SAML:2.0:protocol"
_DEPTH: Final = limits.XML_DEPTH

_ENTITY: Final = f"{MD}EntityDescriptor"
_ENTITIES: Final = f"{MD}EntitiesDescriptor"
_IDP: Final = f"{MD}IDPSSODescriptor"
_SP: Final = f"{MD}SPSSODescriptor"
_KEY_DESCRIPTOR: Final = f"{MD}KeyDescriptor"
_SIGNING_USES: Final = (None, "signing")
_NAMES_SHOWN: Final = 5
_HEAD: Final = 512


@dataclass(frozen=True, slots=True)
class IdentityProviderMetadata:
    """The content of metadata that a registration uses.

    Attributes:
        entity_id: The entityID, which is the required Issuer of its assertions.
        keys: Keys of KeyDescriptor elements for signing or without ``use``, in document order, each once.
        notes: Remarks that have no effect: validUntil, validity of certificates.
    """

    entity_id: str
    keys: tuple[VerificationKey, ...]
    notes: tuple[str, ...] = ()


def read_metadata(document: object, *, permit: Permit = frozenset(), entity_id: str | None = None) -> IdentityProviderMetadata:
    """Return the content of an EntityDescriptor or EntitiesDescriptor.

    Args:
        document: `bytes` or `str`, at most `limits.METADATA_OCTETS` octets.
        permit: Weak things the provider permits; ``rsa-1024`` matters here.
        entity_id: The entity to read; None where only one of the entities is an identity provider.

    Raises:
        RegistrationError: Check ``metadata`` (not such a document), ``entity-id`` (none, several or another one), ``idp-descriptor`` (no
            SAML 2.0 IDPSSODescriptor or several), ``keys`` (none for signing, or too many), ``metadata-signature`` (changed after signing)
            or one of `load_certificates`.
    """
    checked = _checked(document)
    root = _parse(checked)
    remark = check_unchanged(checked)
    entities = _entities(root)
    entity = _choose(entities, entity_id)
    name = entity.get("entityID", "")
    if not name:
        raise _refusal("entity-id", "an entityID on the EntityDescriptor", "none", "export the metadata again")
    descriptors = [d for d in entity.iterfind(_IDP) if _SAML2 in d.get("protocolSupportEnumeration", "").split()]
    if len(descriptors) != 1:
        raise _refusal(
            "idp-descriptor",
            "one IDPSSODescriptor for SAML 2.0",
            _roles(entity) if not descriptors else f"{len(descriptors)} of them",
            "export the metadata of the identity provider, not that of a service provider" if not descriptors else "leave one of them",
        )
    keys = tuple({key.fingerprint: key for key in _signing_keys(descriptors[0], permit, name)}.values())
    if not 0 < len(keys) <= limits.KEYS_PER_PROVIDER:
        raise _refusal(
            "keys",
            f"1 to {limits.KEYS_PER_PROVIDER} signing keys in KeyDescriptor elements",
            f"{len(keys)}",
            "export the metadata with the signing certificate" if not keys else "remove the certificates that are no longer in use",
        )
    notes = ((remark,) if remark else ()) + _encoding_notes(checked) + tuple(_notes(root, entity, descriptors[0], keys))
    return IdentityProviderMetadata(name, keys, notes)


def _checked(document: object) -> str | bytes:
    if not isinstance(document, (str, bytes)):
        raise _refusal("metadata", "a str or bytes", type(document).__name__, "pass the content of the metadata file")
    if not 0 < len(document) <= limits.METADATA_OCTETS:
        raise _refusal("metadata", f"1 to {limits.METADATA_OCTETS} octets", f"{len(document)}", "pass the exported metadata file whole")
    head = document[:_HEAD] if isinstance(document, str) else document[:_HEAD].decode("utf-8", "replace")
    head = head.removeprefix("\ufeff").lstrip()
    if not head:
        raise _refusal("metadata", "SAML metadata", "an empty file", "export the metadata again")
    for shape, found, remedy in _LOOK_ALIKES:
        if shape.match(head):
            raise _refusal("metadata", "SAML metadata", found, remedy)
    return document


_LOOK_ALIKES: Final = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"), "a private key", "keep it secret, and pass the identity provider's metadata"),
    (
        re.compile(r"-----BEGIN "),
        "a bare certificate",
        "pass the EntityDescriptor, or register it by SamlProvider(certificates=…, entity_ids=…)",
    ),
    (
        re.compile(r"MII[A-Za-z0-9+/]"),
        "a bare certificate in base64",
        "pass the EntityDescriptor, or register it by SamlProvider(certificates=…, entity_ids=…)",
    ),
    (re.compile("0[\ufffd]"), "a DER file, perhaps a certificate", "pass the EntityDescriptor, or SamlProvider(certificates=…)"),
    (
        re.compile(r"[{\[]"),
        "JSON, such as an OIDC discovery document",
        "register OIDC issuers as OIDC providers; for SAML pass the EntityDescriptor",
    ),
    (re.compile(r"<!doctype html|<html", re.IGNORECASE), "an HTML page", "download the metadata itself: the page may be a login form"),
    (re.compile(r"https?://", re.IGNORECASE), "a URL", "download the metadata and pass the file; nothing is fetched here"),
)


def _parse(document: str | bytes) -> Element:
    parser = ElementTree.XMLParser(forbid_dtd=True)
    parser.parser.StartNamespaceDeclHandler = _check_namespace
    try:
        parser.feed(document)
        root: Element = parser.close()
    except DefusedXmlException:
        raise _refusal("metadata", "a document without DTD", "a document type declaration", "remove it") from None
    except (ParseError, ValueError, LookupError) as fault:
        raise _refusal("metadata", "well-formed XML", show(str(fault)), "export the metadata again; the file may be cut off") from None
    if root.tag not in (_ENTITY, _ENTITIES):
        raise _refusal(
            "metadata", "an EntityDescriptor or EntitiesDescriptor of SAML 2.0", show(root.tag), "pass the identity provider's metadata"
        )
    return root


def _check_namespace(_prefix: str | None, uri: str | None) -> None:
    """Refuse a long namespace name, because ElementTree repeats it in the name of every element."""
    if uri is not None and len(uri) > limits.XML_NAMESPACE_CHARS:
        expected = f"namespaces of at most {limits.XML_NAMESPACE_CHARS} characters"
        raise _refusal("metadata", expected, f"one of {len(uri)}", "export the metadata again")


def _encoding_notes(document: str | bytes) -> tuple[str, ...]:
    """Return a remark on octets that IAM would refuse: it accepts only UTF-8 without a byte order mark, the parser other encodings too."""
    if isinstance(document, str):
        return ()
    if document.startswith(codecs.BOM_UTF8):
        return ("the metadata begins with a byte order mark; IAM accepts only UTF-8 without one",)
    try:
        document.decode("utf-8")
    except UnicodeDecodeError:
        return ("the metadata is not in UTF-8; IAM accepts only UTF-8",)
    return ("the metadata is in UTF-16; IAM accepts only UTF-8",) if b"\0" in document else ()


def _entities(root: Element) -> list[Element]:
    """Return every EntityDescriptor, also those in nested EntitiesDescriptors."""
    entities: list[Element] = []
    level = [root]
    for _ in range(_DEPTH):
        entities += (e for e in level if e.tag == _ENTITY)
        level = [child for group in level if group.tag == _ENTITIES for child in group]
    return entities


def _choose(entities: list[Element], entity_id: str | None) -> Element:
    """Return the entity to read. Two entities with the same entityID are refused (attack row M02)."""
    if entity_id is not None:
        chosen = [entity for entity in entities if entity.get("entityID") == entity_id]
        expected = f"an EntityDescriptor of {show(entity_id)}"
    else:
        providers = [entity for entity in entities if entity.find(_IDP) is not None]
        chosen = providers or entities
        expected = "one identity provider, or its entity id beside the document"
    if len(chosen) != 1:
        names = [show(entity.get("entityID")) for entity in chosen or entities]
        found = ", ".join(names[:_NAMES_SHOWN]) + ("" if len(names) <= _NAMES_SHOWN else f" and {len(names) - _NAMES_SHOWN} more")
        raise _refusal(
            "entity-id", expected, found or "no EntityDescriptor", "pass entity_id= with one of the entity ids exactly as written"
        )
    return chosen[0]


def _signing_keys(descriptor: Element, permit: Permit, source: str) -> Iterator[VerificationKey]:
    """Yield the signing keys. Keys with use="encryption" are left out (attack row M03)."""
    for key_descriptor in descriptor.iterfind(_KEY_DESCRIPTOR):
        if key_descriptor.get("use") not in _SIGNING_USES:
            continue
        for info in key_descriptor.iterfind(f"{DS}KeyInfo"):
            certificates = [c.text or "" for c in info.iterfind(f"{DS}X509Data/{DS}X509Certificate")]
            for certificate in certificates:
                yield from load_certificates(_unarmoured(certificate), permit, source=f"metadata of {source}")
            if not certificates:
                for value in info.iterfind(f"{DS}KeyValue/{DS}RSAKeyValue"):
                    yield verification_key(_rsa_key(value), permit, source=f"metadata of {source}")


def _unarmoured(text: str) -> str | bytes:
    """Return the content of the base64 of an X509Certificate: DER, or a PEM file, which some products encode again."""
    try:
        return base64_octets(text)
    except ValueError:
        return text


def _rsa_key(value: Element) -> rsa.RSAPublicKey:
    try:
        modulus, exponent = (int.from_bytes(base64_octets(value.findtext(f"{DS}{part}", "")), "big") for part in ("Modulus", "Exponent"))
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError as fault:
        raise _refusal("certificate", "a readable RSAKeyValue", show(str(fault)), "export the metadata with an X.509 certificate") from None


def _roles(entity: Element) -> str:
    if entity.find(_SP) is not None:
        return "metadata of a service provider"
    return "no IDPSSODescriptor" if entity.find(_IDP) is None else "an IDPSSODescriptor for another protocol"


def _notes(root: Element, entity: Element, descriptor: Element, keys: tuple[VerificationKey, ...]) -> Iterator[str]:
    for element in {id(e): e for e in (root, entity, descriptor)}.values():
        until = element.get("validUntil")
        if until is not None:
            yield f"the metadata has validUntil {show(until)}, which is not enforced"
    for key in keys:
        if key.not_after is not None:
            yield f"the certificate of signing key {key.fingerprint[:16]} expires on {key.not_after:%Y-%m-%d}; its validity is not enforced"


def _refusal(check: SamlCheck, expected: str, found: str, remedy: str) -> RegistrationError:
    return RegistrationError(check=check, expected=expected, found=found, remedy=remedy, message=aws_texts.iam.METADATA)
