"""The structure of ds:Signature, and ds:SignedInfo as typed values.

Only the subset of XML Signature 1.1 that SAML Core 5.4 allows is accepted: one same-document Reference with the enveloped transform and
exclusive canonicalisation. Values are read by child elements, whose number is checked (attack rows S14 to S17, S23, S28 to S31).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from lxml import etree

from federation import aws_texts, limits
from federation.check_names import SamlCheck
from federation.errors import InvalidIdentityToken, show
from federation.saml.decode import base64_octets
from federation.saml.foreign import misplaced
from federation.saml.parsing import canonical_octets
from federation.saml.signature.algorithms import CANONICALISATIONS, ENVELOPED, Canonicalisation
from federation.saml.xml import DS, EC, Element, local_name, text

_PARTS: Final = [f"{DS}SignedInfo", f"{DS}SignatureValue", f"{DS}KeyInfo"]
_CANONICALISATION_METHOD: Final = f"{DS}CanonicalizationMethod"
_NONE: Final[frozenset[str]] = frozenset()
_ID: Final = frozenset({"Id"})
_ALGORITHM: Final = frozenset({"Algorithm"})
_REFERENCE: Final = frozenset({"Id", "URI", "Type"})
_KEY_INFO: Final = frozenset({f"{DS}X509Data", f"{DS}KeyName", f"{DS}KeyValue"})
_PREFIX: Final = re.compile(rf"#default|[^\W\d][\w.\-]{{0,{limits.INCLUSIVE_PREFIX_CHARS - 1}}}")
_inclusive_namespaces = f"{EC}InclusiveNamespaces"


class SignedInfo(NamedTuple):
    """The values of a SignedInfo. ``transform`` is the canonicalisation of the referenced element."""

    canonicalisation: Canonicalisation
    signature_method: str
    uri: str
    transform: Canonicalisation
    digest_method: str
    digest: bytes


class SignatureParts(NamedTuple):
    """The children of a ds:Signature that are used. KeyInfo is never used (attack row K01)."""

    signed_info: Element
    canonicalisation: Canonicalisation
    value: bytes


def refuse(check: SamlCheck, expected: str, found: str, remedy: str = "let the IdP sign as SAML Core 5.4 demands") -> InvalidIdentityToken:
    """Return the refusal of a signature. AWS has one text for all defects."""
    return InvalidIdentityToken(check=check, expected=expected, found=found, remedy=remedy, message=aws_texts.saml.SIGNATURE_INVALID)


def read_signature(signature: Element) -> SignatureParts:
    """Return the parts of *signature*. Its children must be SignedInfo, SignatureValue and optionally KeyInfo (rows S06, S08, S14).

    Raises:
        InvalidIdentityToken: check ``signature-shape``.
    """
    children = list(signature)
    found = [child.tag for child in children]
    if found == _PARTS:
        for child in children[2]:
            if child.tag not in _KEY_INFO:
                raise _misshapen("X509Data, KeyName or KeyValue in a KeyInfo", children[2])
        if next(misplaced(children[2]), None) is not None:
            raise _misshapen("no attribute of another namespace in a KeyInfo", children[2])
    elif found != _PARTS[:2]:
        raise _misshapen("SignedInfo, SignatureValue and perhaps KeyInfo in a Signature", signature)
    for element in (signature, *children):
        _only_attributes(element, _ID)
    signed_info = children[0]
    method = signed_info[0] if len(signed_info) else signed_info
    if method.tag != _CANONICALISATION_METHOD:
        raise _misshapen("CanonicalizationMethod first in a SignedInfo", signed_info)
    return SignatureParts(signed_info, _canonicalisation(method), _base64(children[1]))


def read_signed_info(element: Element) -> SignedInfo:
    """Return the values of SignedInfo. *element* must come from a parse of the canonical octets that were signed (rows S15, S24).

    Raises:
        InvalidIdentityToken: Check ``signature-shape``, ``signature-reference``, ``signature-transform`` or ``signature-algorithm``.
    """
    method, reference = _children(element, f"{DS}CanonicalizationMethod", f"{DS}SignatureMethod", f"{DS}Reference")[1:]
    transforms, digest_method, digest_value = _children(reference, f"{DS}Transforms", f"{DS}DigestMethod", f"{DS}DigestValue")
    for child, allowed in ((reference, _REFERENCE), (transforms, _NONE), (digest_value, _NONE)):
        _only_attributes(child, allowed)
    uri = reference.get("URI")
    if uri is None or "Type" in reference.attrib:
        raise refuse("signature-reference", "a Reference with URI and without Type", "another one")
    info = SignedInfo(
        canonicalisation=_canonicalisation(element[0]),
        signature_method=_algorithm(method),
        uri=uri,
        transform=_transform(transforms),
        digest_method=_algorithm(digest_method),
        digest=_base64(digest_value),
    )
    if "".join(map(str, element.itertext())).split() != (digest_value.text or "").split():
        # Other text would be signed and ignored, and `templates` relies on there being none.
        raise _misshapen("no text but the DigestValue", element)
    return info


def canonicalise(element: Element, method: Canonicalisation) -> bytes:
    """Return the exclusive canonical form of *element*, which must not be empty and must begin with a start tag (rows C01, C02).

    Whether the tag is that of the element (row C13) is checked when the octets are parsed again.

    Raises:
        InvalidIdentityToken: check ``canonicalisation``.
    """
    try:
        octets = canonical_octets(element, method.prefixes)
    except (etree.LxmlError, ValueError) as fault:
        raise refuse("canonicalisation", "a canonical form", type(fault).__name__, "declare namespaces by absolute URIs only") from None
    if not octets.startswith(b"<"):
        raise refuse("canonicalisation", "canonical octets that begin with a start tag", f"{len(octets)} octets that do not")
    return octets


def canonical_signed_info(parts: SignatureParts) -> bytes:
    """Return the canonical octets of SignedInfo. Their size is checked because they are parsed before they are verified.

    Raises:
        InvalidIdentityToken: As for `canonicalise`, or check ``signature-shape``: there are too many.
    """
    octets = canonicalise(parts.signed_info, parts.canonicalisation)
    if len(octets) > limits.SIGNED_INFO_OCTETS:
        raise refuse("signature-shape", f"a SignedInfo of at most {limits.SIGNED_INFO_OCTETS} octets", f"{len(octets)}")
    return octets


def _transform(transforms: Element) -> Canonicalisation:
    """Require the transforms enveloped-signature and exclusive c14n, in this order. No others are executed (rows S28, S29, C06)."""
    first, second = _children(transforms, f"{DS}Transform", f"{DS}Transform", check="signature-transform")
    if first.get("Algorithm") != ENVELOPED or len(first) or len(first.attrib) != 1:
        raise refuse("signature-transform", "enveloped-signature as the first transform", show(first.get("Algorithm")))
    return _canonicalisation(second, check="signature-transform")


def _canonicalisation(element: Element, *, check: SamlCheck = "signature-algorithm") -> Canonicalisation:
    _only_attributes(element, _ALGORITHM, check)
    algorithm = element.get("Algorithm")
    plain = CANONICALISATIONS.get(algorithm)
    if plain is None:
        raise refuse(check, "exclusive canonicalisation", show(algorithm), "let the IdP canonicalise exclusively (xml-exc-c14n#)")
    if len(element) == 0:
        return plain
    (inclusive,) = _children(element, _inclusive_namespaces)
    prefixes = tuple(inclusive.get("PrefixList", "").split())
    if len(prefixes) > limits.INCLUSIVE_PREFIXES or len(inclusive) or not all(map(_PREFIX.fullmatch, prefixes)):
        expected = f"an InclusiveNamespaces of at most {limits.INCLUSIVE_PREFIXES} prefixes"
        raise refuse("signature-shape", expected, f"{len(prefixes)} or other content")
    return Canonicalisation(plain.algorithm, prefixes)


def _algorithm(element: Element) -> str:
    """Return the Algorithm of a method. Parameters such as HMACOutputLength and RSAPSSParams are refused (S30, K10)."""
    if len(element):
        raise refuse("signature-algorithm", f"{local_name(element)} without parameters", local_name(element[0]))
    _only_attributes(element, _ALGORITHM, "signature-algorithm")
    return element.get("Algorithm", "")


def _only_attributes(element: Element, allowed: frozenset[str], check: SamlCheck = "signature-shape") -> None:
    names = element.keys()
    if names and not allowed.issuperset(names):
        raise refuse(check, f"only the attributes of XML Signature on {local_name(element)}", "another")


def _children(element: Element, *tags: str, check: SamlCheck = "signature-shape") -> list[Element]:
    children = list(element)
    if [child.tag for child in children] != list(tags):
        wanted = ", ".join(tag.rpartition("}")[2] for tag in tags)
        raise _misshapen(f"exactly {wanted} in {local_name(element)}", element, check)
    return children


def _misshapen(expected: str, element: Element, check: SamlCheck = "signature-shape") -> InvalidIdentityToken:
    return refuse(check, expected, show(", ".join(local_name(child) for child in list(element)[:8]) or "nothing"))


def _base64(element: Element) -> bytes:
    try:
        return base64_octets(text(element))
    except ValueError:
        raise refuse("signature-shape", f"canonical base64 in {local_name(element)}", "other text") from None
