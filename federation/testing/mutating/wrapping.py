"""Signature wrapping: what a registered key signed stays in the document, and a forged element stands where a verifier may read.

The eight variants of Somorovsky and others, "On Breaking SAML" (2012), and others, are the attack rows S01 to S14, S34 and S38.
"""

from __future__ import annotations

import copy
from functools import partial
from typing import Final

from lxml import etree

from federation.testing import names
from federation.testing.forge import Hook
from federation.testing.mutating.trees import FORGED_ID, SIGNATURE, drop, forge_subject, forged, part, without_signature


def response_in_signature(root: etree._Element) -> None:
    """The original Response moves into the signature of the forged one (variant 1)."""
    original = without_signature(root)
    _forge_in_place(root)
    part(root, "ds:Signature").append(original)


def response_beside_signature(root: etree._Element) -> None:
    """The original Response stands beside the signature of the forged one (variant 2)."""
    original = without_signature(root)
    _forge_in_place(root)
    root.insert(1, original)


def assertion_beside(root: etree._Element, *, place: int) -> None:
    """A forged assertion stands beside the signed one, as child number *place* of the Response (variant 3); -1 for the last."""
    twin = forged(part(root, "saml:Assertion"))
    root.insert(place if place >= 0 else len(root), twin)


def assertion_in_forged(root: etree._Element) -> None:
    """The signed assertion becomes a child of the forged one (variant 4)."""
    signed = part(root, "saml:Assertion")
    twin = forged(signed)
    root.replace(signed, twin)
    twin.append(signed)


def original_after_forged(root: etree._Element) -> None:
    """The forged assertion has the signature, and the original follows it (variant 5)."""
    signed = part(root, "saml:Assertion")
    original = without_signature(signed)
    _forge_in_place(signed)
    root.append(original)


def assertion_in_signature(root: etree._Element) -> None:
    """The original assertion hides in the signature of the forged one (variant 6)."""
    signed = part(root, "saml:Assertion")
    original = without_signature(signed)
    _forge_in_place(signed)
    part(signed, "ds:Signature").append(original)


def assertion_in_extensions(root: etree._Element) -> None:
    """The signed assertion hides in Extensions (variant 7)."""
    signed = part(root, "saml:Assertion")
    root.replace(signed, forged(signed))
    extensions = etree.Element(f"{{{names.SAMLP}}}Extensions")
    extensions.append(signed)
    root.insert(1, extensions)


def assertion_in_object(root: etree._Element) -> None:
    """A ds:Object of the signature has the original (variant 8)."""
    signed = part(root, "saml:Assertion")
    original = without_signature(signed)
    _forge_in_place(signed)
    etree.SubElement(part(signed, "ds:Signature"), f"{{{names.DS}}}Object").append(original)


def response_in(root: etree._Element, *, path: str) -> None:
    """The signed Response hides in the element at *path* of the forged one (variant 9)."""
    original = copy.deepcopy(root)
    root.set("ID", FORGED_ID)
    root.remove(part(root, "ds:Signature"))
    forge_subject(root)
    part(root, path).append(original)


def response_signature_in_assertion(root: etree._Element) -> None:
    """The signature of the Response moves into a forged assertion."""
    signature, assertion = part(root, "ds:Signature"), part(root, "saml:Assertion")
    forge_subject(root)
    assertion.insert(1, signature)


def content_in_second_signature(root: etree._Element) -> None:
    """A copy of the signature contains content that nobody signed."""
    signature = part(root, ".//ds:Signature")
    twin = copy.deepcopy(signature)
    etree.SubElement(twin, f"{{{names.DS}}}Object").append(etree.Element("x"))
    signature.addnext(twin)


def two_signed_infos(root: etree._Element) -> None:
    """The signature has two SignedInfo."""
    info = part(root, ".//ds:SignedInfo")
    info.addnext(copy.deepcopy(info))


def signature_moved(root: etree._Element, *, place: int) -> None:
    """The signature of the assertion stands as its child number *place*; -1 for the last."""
    assertion = part(root, "saml:Assertion")
    signature = part(assertion, "ds:Signature")
    assertion.remove(signature)
    assertion.insert(place if place >= 0 else len(assertion), signature)


def assertion_copied_out(root: etree._Element) -> None:
    """The assertion of a signed Response stands in a Response without signature."""
    root.remove(part(root, "ds:Signature"))
    if part(root, "saml:Assertion").find(SIGNATURE) is not None:
        raise LookupError("the assertion has a signature of its own")


def id_on_another(root: etree._Element, *, attribute: str, place: int) -> None:
    """Another element in Status, as its child number *place*, has the ID of the signed one as its *attribute*."""
    value = part(root, ".//ds:Reference").get("URI", "#")[1:]
    part(root, "samlp:Status").insert(place, etree.Element("thing", {attribute: value}))


def digest_elsewhere(root: etree._Element, *, name: str) -> None:
    """A copy of the element *name* of the signature stands earlier in the document, and the subject is forged."""
    detail = etree.SubElement(part(root, "samlp:Status"), f"{{{names.SAMLP}}}StatusDetail")
    detail.append(copy.deepcopy(part(root, f".//ds:{name}")))
    forge_subject(root)


def signature_emptied(root: etree._Element) -> None:
    """The signature has no content."""
    signature = part(root, ".//ds:Signature")
    for child in list(signature):
        drop(child)


def content_in_key_info(root: etree._Element) -> None:
    """KeyInfo contains an element that is no key."""
    part(root, ".//ds:KeyInfo").append(etree.Element(f"{{{names.SAML}}}Attribute"))


def _forge_in_place(element: etree._Element) -> None:
    """Give *element*, which keeps its signature, another ID and subject."""
    element.set("ID", FORGED_ID)
    forge_subject(element)


WRAPPINGS: Final[tuple[tuple[str, tuple[str, ...], Hook], ...]] = (
    ("XSW1 original Response in the signature", ("S01",), response_in_signature),
    ("XSW2 original Response beside the signature", ("S02",), response_beside_signature),
    ("XSW3 forged assertion first", ("S03", "S11"), partial(assertion_beside, place=0)),
    ("XSW3 forged assertion last", ("S03", "S11"), partial(assertion_beside, place=-1)),
    ("XSW4 signed assertion in the forged one", ("S04",), assertion_in_forged),
    ("XSW5 original assertion after the forged one", ("S05",), original_after_forged),
    ("XSW6 original assertion in the signature", ("S06",), assertion_in_signature),
    ("XSW7 signed assertion in Extensions", ("S07",), assertion_in_extensions),
    ("XSW8 original assertion in ds:Object", ("S08",), assertion_in_object),
    ("signed Response in Issuer", ("S09",), partial(response_in, path="saml:Issuer")),
    ("signed Response in Status", ("S09",), partial(response_in, path="samlp:Status")),
    ("signed Response in AttributeValue", ("S09",), partial(response_in, path=".//saml:AttributeValue")),
    ("signature of the Response in the assertion", ("S10",), response_signature_in_assertion),
    ("content in a second signature", ("S12", "S13"), content_in_second_signature),
    ("two SignedInfo", ("S14",), two_signed_infos),
    ("signature first in the assertion", ("S34",), partial(signature_moved, place=0)),
    ("signature last in the assertion", ("S34",), partial(signature_moved, place=-1)),
    ("assertion copied out of the signed Response", ("S38",), assertion_copied_out),
    ("signed ID on another element", ("S21",), partial(id_on_another, attribute="ID", place=0)),
    ("signed ID as Id of another element", ("S22",), partial(id_on_another, attribute="Id", place=1)),
    ("earlier copy of the signature", ("S23",), partial(digest_elsewhere, name="Signature")),
    ("earlier copy of the digest", ("S23",), partial(digest_elsewhere, name="DigestValue")),
    ("empty signature", ("S25",), signature_emptied),
    ("content in KeyInfo", ("S27",), content_in_key_info),
)
"""Name, attack rows and edit. An edit raises `LookupError` where the response lacks what it moves."""
