"""Enveloped signatures for forged messages by signxml, an implementation that shares no code with the verifier under test."""

from __future__ import annotations

import textwrap
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from federation.errors import RegistrationError
from federation.testing import names
from federation.testing.keys import SigningKey, SigningPrivateKey
from federation.testing.shapes import KeyInfoStyle

if TYPE_CHECKING:
    from signxml.signer import XMLSigner

DEFAULT_ALGORITHM: Final = {"rsa": "rsa-sha256", "ec": "ecdsa-sha256"}
"""The default signature method by kind of key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """How a message is signed.

    Attributes:
        algorithm: Fragment of the signature method, e.g. ``rsa-sha256``, ``sha256-rsa-MGF1``, ``ecdsa-sha384``, ``rsa-sha1``; empty for
            the SHA-256 method of the key.
        digest: Fragment of the digest method: ``sha1``, ``sha256``, ``sha384``, ``sha512``.
        canonicalization: URI of the canonicalisation of SignedInfo and of the reference.
        inclusive_prefixes: PrefixList of InclusiveNamespaces on the reference's transform.
        key_info: Content of KeyInfo.
        base64_width: Line width of base64 in characters; 0 for one line.
        prefix: Prefix of the signature namespace; None for the default namespace.
    """

    algorithm: str = ""
    digest: str = "sha256"
    canonicalization: str = names.EXC_C14N
    inclusive_prefixes: tuple[str, ...] = ()
    key_info: KeyInfoStyle = "certificate"
    base64_width: int = 0
    prefix: str | None = "ds"


def sign_element(element: etree._Element, key: SigningKey, signing: Signing) -> etree._Element:
    """Return *element* with an enveloped Signature after its Issuer, as the schema requires.

    Where *element* has a parent, the signed element replaces it there.
    """
    first = next(element.iterchildren(etree.Element), None)  # comments may precede it
    place = element.index(first) + 1 if first is not None and first.tag == f"{{{names.SAML}}}Issuer" else 0
    # signxml uses this attribute as a marker for the place of the signature and removes it.
    mark = etree.Element(f"{{{names.DS}}}Signature", {"Id": "placeholder"}, nsmap=names.bound((signing.prefix, names.DS)))
    element.insert(place, mark)
    parent = element.getparent()
    index = parent.index(element) if parent is not None else 0
    signed: etree._Element = _signer(key, signing).sign(
        element,
        key=key.private,
        key_info=_key_info(key, signing),
    )
    if signing.base64_width:
        value = signed.find(f"{{{names.DS}}}Signature/{{{names.DS}}}SignatureValue")
        if value is not None:
            value.text = _folded(value.text or "", signing.base64_width)
    if parent is not None:
        parent[index] = signed
    return signed


def _signer(key: SigningKey, signing: Signing) -> XMLSigner:
    """Return a signer of signxml for *signing*, with the formats of identity providers that signxml lacks."""
    try:
        from signxml.signer import XMLSigner  # noqa: PLC0415 - an extra that verification does not need
    except ImportError as cause:
        raise RegistrationError(
            check="testing-extra",
            expected="signxml, which signs for the forge",
            found="it is not installed",
            remedy="install it with `pip install 'sts-federation[testing]'`, in a checkout with `pip install -e '.[testing]'`",
        ) from cause

    class Signer(XMLSigner):
        def check_deprecated_methods(self) -> None:
            """Accept SHA-1, so that tests can show that the verifier refuses it."""

        def _ds_tag(self, tag: str) -> etree.QName:
            return etree.QName(names.DS, tag)

        def _build_transforms_for_reference(self, *, transforms_node: etree._Element, **options: Any) -> None:  # noqa: ANN401
            super()._build_transforms_for_reference(transforms_node=transforms_node, **options)
            if signing.inclusive_prefixes:
                etree.SubElement(
                    transforms_node[-1],
                    f"{{{names.EXC_C14N}}}InclusiveNamespaces",
                    {"PrefixList": " ".join(signing.inclusive_prefixes)},
                    nsmap={"ec": names.EXC_C14N},
                )

        def _c14n(self, nodes: etree._Element, algorithm: Any, inclusive_ns_prefixes: list[str] | None = None) -> bytes:  # noqa: ANN401
            reference = etree.QName(nodes).localname != "SignedInfo"
            prefixes = list(signing.inclusive_prefixes) if reference and signing.inclusive_prefixes else inclusive_ns_prefixes
            return bytes(super()._c14n(nodes, algorithm=algorithm, inclusive_ns_prefixes=prefixes))

    algorithm = signing.algorithm or DEFAULT_ALGORITHM["rsa" if isinstance(key.private, rsa.RSAPrivateKey) else "ec"]
    signer = Signer(signature_algorithm=algorithm, digest_algorithm=signing.digest, c14n_algorithm=signing.canonicalization)
    signer.namespaces = names.bound((signing.prefix, names.DS))
    if signing.key_info == "none":
        # XML Signature 4.5: KeyInfo is optional but must not be empty; signxml's annotator writes it.
        signer.signature_annotators = []
    return signer


def _key_info(key: SigningKey, signing: Signing) -> etree._Element:
    info = etree.Element(f"{{{names.DS}}}KeyInfo", nsmap=names.bound((signing.prefix, names.DS)))
    if signing.key_info == "value":
        _key_value(info, key.private)
        return info
    if signing.key_info == "name-and-certificate":
        etree.SubElement(info, f"{{{names.DS}}}KeyName").text = key.certificate.subject.rfc4514_string()
    data = etree.SubElement(info, f"{{{names.DS}}}X509Data")
    if signing.key_info == "subject-and-certificate":
        etree.SubElement(data, f"{{{names.DS}}}X509SubjectName").text = key.certificate.subject.rfc4514_string()
    encoded = b64encode(key.certificate.public_bytes(Encoding.DER)).decode()
    etree.SubElement(data, f"{{{names.DS}}}X509Certificate").text = _folded(encoded, signing.base64_width)
    return info


def _key_value(info: etree._Element, private: SigningPrivateKey) -> None:
    """Add a KeyValue with the public key. Verifiers must not trust it, so tests need it."""
    public = private.public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        return
    numbers = public.public_numbers()
    value = etree.SubElement(etree.SubElement(info, f"{{{names.DS}}}KeyValue"), f"{{{names.DS}}}RSAKeyValue")
    for name, number in (("Modulus", numbers.n), ("Exponent", numbers.e)):
        octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
        etree.SubElement(value, f"{{{names.DS}}}{name}").text = b64encode(octets).decode()


def _folded(text: str, width: int) -> str:
    """Return base64 *text* in lines of *width* characters, as Java identity providers write it."""
    return "\n" + "\n".join(textwrap.wrap(text, width)) + "\n" if width else text
