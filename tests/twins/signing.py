"""A quick signer of mutants: by lxml and cryptography, at the level of octets, so that everything else stays as it was written."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from random import Random

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from lxml import etree

from federation.errors import FederationError
from federation.saml.parsing import Element, NotWellFormedError, canonical_octets, parse_document
from federation.saml.signature.algorithms import ENVELOPED, EXCLUSIVE, SIGNATURES
from federation.saml.signature.proof import detach
from federation.saml.xml import DS, EC
from federation.testing.keys import SigningKey
from tests.support.paths import KEYS
from tests.twins.tree import Node

METHOD = next(name for name in SIGNATURES if name.endswith("#ecdsa-sha256"))
LISTS = ("", "", "", "xs", "xs xsi", "saml", "samlp saml ds", "a b", "#default", "xml", "absent xs", "xs xs", " xs\txsi ", "n0 n1 xs", "x")
_DIGEST, _VALUE = "@digest-of-{}@", "@value-of-{}@"


@cache
def own_key() -> SigningKey:
    """The throw-away key that signs mutants."""
    name = "idp-p256.TEST-ONLY"
    return SigningKey.from_pem((KEYS / f"{name}.key.pem").read_bytes(), (KEYS / f"{name}.cert.pem").read_bytes())


@dataclass(frozen=True, slots=True)
class Form:
    """How a signature is written: prefix of its elements, PrefixLists of reference and SignedInfo, and what stands between its elements."""

    prefix: str
    of_reference: str
    of_signed_info: str
    between: str
    folded: str
    key_info: bool
    declared_above: bool

    @classmethod
    def drawn(cls, rng: Random) -> Form:
        return cls(
            rng.choice(("ds", "ds", "ds", "", "", "dsig", "b")),
            rng.choice(LISTS),
            rng.choice(LISTS),
            rng.choice(("", "", "", "\n", "\n  ", "\t", " \n")),
            rng.choice(("", "", "", "\n", " ", "\r\n", "\t")),
            rng.random() < 0.3,
            rng.random() < 0.2,
        )


def signature(form: Form, target: str, element_id: str) -> Node:
    """A Signature over the element *target* of that ID, with placeholders for digest and value."""
    d = f"{form.prefix}:" if form.prefix else ""

    def node(name: str, attributes: dict[str, str] | None = None, *children: Node | str) -> Node:
        placed = [part for child in children for part in ((form.between, child) if form.between and isinstance(child, Node) else (child,))]
        return Node(d + name, list((attributes or {}).items()), [*placed, form.between] if placed and form.between else [*placed])

    def listed(prefixes: str) -> list[Node]:
        return [Node("ec:InclusiveNamespaces", [("xmlns:ec", EC[1:-1]), ("PrefixList", prefixes)])] if prefixes else []

    method = node("CanonicalizationMethod", {"Algorithm": EXCLUSIVE}, *listed(form.of_signed_info))
    transforms = node(
        "Transforms",
        None,
        node("Transform", {"Algorithm": ENVELOPED}),
        node("Transform", {"Algorithm": EXCLUSIVE}, *listed(form.of_reference)),
    )
    digest_method = node("DigestMethod", {"Algorithm": "http://www.w3.org/2001/04/xmlenc#sha256"})
    digest = Node(f"{d}DigestValue", [], [_DIGEST.format(target)])
    reference = node("Reference", {"URI": f"#{element_id}"}, transforms, digest_method, digest)
    signed_info = node("SignedInfo", None, method, node("SignatureMethod", {"Algorithm": METHOD}), reference)
    parts = [signed_info, Node(f"{d}SignatureValue", [], [_VALUE.format(target)])]
    if form.key_info:
        parts.append(node("KeyInfo", None, node("KeyName", None, "of the mutants")))
    whole = node("Signature", None, *parts)
    if not (form.declared_above and form.prefix):
        whole.put(f"xmlns:{form.prefix}" if form.prefix else "xmlns", DS[1:-1])
    return whole


def sign(octets: bytes, target: str, form: Form) -> bytes:
    """*octets* with the placeholders of the Signature over *target* replaced; unchanged where they cannot be signed."""
    digest_place, value_place = _DIGEST.format(target), _VALUE.format(target)
    try:
        root = parse_document(octets)
        digest_value = next(found for found in root.iter(f"{DS}DigestValue") if (found.text or "").strip() == digest_place)
        found = next(digest_value.iterancestors(f"{DS}Signature"))
        signed_info, parent = found.find(f"{DS}SignedInfo"), found.getparent()
        if signed_info is None or parent is None:
            return octets
        prefixes = [_prefixes(method) for method in (found.find(f".//{DS}Transforms")[1], signed_info[0])]  # type: ignore[index]
        # SignedInfo needs the digest of its parent without it, so it is canonicalised in a second tree.
        detach(found)
        digest = base64.b64encode(hashlib.sha256(canonical_octets(parent, prefixes[0])).digest()).decode()
        octets = octets.replace(digest_place.encode(), _folded(digest, form.folded).encode())
        again = parse_document(octets)
        place = next(each for each in again.iter(f"{DS}SignatureValue") if (each.text or "").strip() == value_place).getparent()
        info = None if place is None else place.find(f"{DS}SignedInfo")
        if info is None:
            return octets
        value = _value(canonical_octets(info, prefixes[1]))
    except (NotWellFormedError, FederationError, etree.LxmlError, StopIteration, IndexError, TypeError, ValueError):
        return octets
    return octets.replace(value_place.encode(), _folded(value, form.folded).encode())


def _prefixes(method: Element) -> tuple[str, ...]:
    found = method.find(f"{EC}InclusiveNamespaces")
    return () if found is None else tuple((found.get("PrefixList") or "").split())


def _value(message: bytes) -> str:
    private = own_key().private
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    r, s = decode_dss_signature(private.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
    return base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()


def _folded(text: str, fold: str) -> str:
    fold = fold.replace("\r", "&#13;")
    return fold.join(text[start : start + 40] for start in range(0, len(text), 40)) if fold else text
