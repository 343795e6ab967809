"""Attributes of other namespaces on elements of SAML and of XML Signature (attack rows X19, X24, X25).

Whoever looks attributes up by local name may take one of them for SAML's own. Readers here take exact names only; the rules below keep a
message from saying two things to two readers. Where the schema lets no such attribute stand, the shape is wrong and every profile
refuses it; where the schema is open, the strict profile refuses all but those that identity providers are known to send.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from federation.errors import InvalidIdentityToken, show
from federation.saml.xml import DS, SAML, SAMLP, XML, XSI, Element, local_name, malformed

XSI_TYPE: Final = f"{XSI}type"
XSI_NIL: Final = f"{XSI}nil"
_STRICT_SCHEMAS: Final = (SAML, SAMLP, DS)

_ENCODING: Final = "{urn:oasis:names:tc:SAML:2.0:profiles:attribute:X500}Encoding"
KNOWN_ON_ATTRIBUTE: Final = frozenset({_ENCODING, "{http://schemas.xmlsoap.org/ws/2009/09/identity/claims}OriginalIssuer"})
"""SAML Profiles 8.2.4, and what AD FS writes. Neither has a local name that SAML itself gives a meaning."""
KNOWN_ON_VALUE: Final = frozenset(
    {XSI_TYPE, XSI_NIL, _ENCODING, *(f"{XML}{name}" for name in ("base", "id", "lang", "space"))}
    | {f"{{http://eidas.europa.eu/attributes/{person}person}}LatinScript" for person in ("natural", "legal")}
)
"""Of the value's type (Core 2.7.3.1.1), of XML itself, and of eIDAS, SAML Attribute Profile 2.5."""
KNOWN_ON_CONFIRMATION_DATA: Final = frozenset({XSI_TYPE})
"""KeyInfoConfirmationDataType is told so (Core 2.4.1.3)."""


def foreign_attributes(element: Element, known: frozenset[str], check: str) -> list[str]:
    """Return the names of attributes on *element* that are in a namespace and not *known*.

    Raises:
        InvalidIdentityToken: *check*: one is of XML itself, as xml:id and xml:base, which reach beyond their element (row X24).
    """
    foreign = [name for name in _namespaced(element.keys()) if name not in known]
    for name in foreign:
        if name.startswith(XML):
            raise _misplaced(element, name, check)
    return foreign


def refuse_foreign_attributes(root: Element, check: str) -> None:
    """Refuse any attribute in a namespace on the elements of SAML and XML Signature at and below *root*, whose schemas have none.

    Raises:
        InvalidIdentityToken: *check*.
    """
    for element, name in misplaced(root):
        raise _misplaced(element, name, check)


def misplaced(root: Element) -> Iterator[tuple[Element, str]]:
    """Tell every attribute in a namespace on the elements of SAML and XML Signature at and below *root*, with its element."""
    for element in root.iter():
        names = _namespaced(element.keys())
        if names and str(element.tag).startswith(_STRICT_SCHEMAS):
            for name in names:
                yield element, name


def _namespaced(names: Sequence[Any]) -> list[str]:
    """Return those of *names* that are in a namespace: they begin with a brace, which no other name holds anywhere."""
    return [name for name in names if name.startswith("{")] if "{" in "".join(names) else []


def _misplaced(element: Element, name: str, check: str) -> InvalidIdentityToken:
    return malformed(check, f"no attribute of another namespace on {local_name(element)}", show(name), "send the IdP's response unchanged")
