"""Attributes of other namespaces on elements of SAML and of XML Signature (attack rows X19, X24, X25).

A reader that looks up attributes by local name could confuse them with those of SAML. This engine compares exact names; the rules below
refuse messages that other readers could read differently. Where the schema allows no such attribute, every profile refuses it. Where it
allows any, profile strict refuses all except those that identity providers are known to send.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from federation.check_names import SamlCheck
from federation.errors import InvalidIdentityToken, show
from federation.saml.xml import DS, SAML, SAMLP, XML, XSI, Element, local_name, malformed

XSI_TYPE: Final = f"{XSI}type"
XSI_NIL: Final = f"{XSI}nil"
_STRICT_SCHEMAS: Final = (SAML, SAMLP, DS)

_ENCODING: Final = "{urn:oasis:names:tc:SAML:2.0:profiles:attribute:X500}Encoding"
KNOWN_ON_ATTRIBUTE: Final = frozenset({_ENCODING, "{http://schemas.xmlsoap.org/ws/2009/09/identity/claims}OriginalIssuer"})
"""Attributes of SAML Profiles 8.2.4 and of AD FS. Their local names have no meaning in SAML."""
KNOWN_ON_VALUE: Final = frozenset(
    {XSI_TYPE, XSI_NIL, _ENCODING, *(f"{XML}{name}" for name in ("base", "id", "lang", "space"))}
    | {f"{{http://eidas.europa.eu/attributes/{person}person}}LatinScript" for person in ("natural", "legal")}
)
"""Attributes for the type of a value (Core 2.7.3.1.1), of XML, and of eIDAS (SAML Attribute Profile 2.5)."""
KNOWN_ON_CONFIRMATION_DATA: Final = frozenset({XSI_TYPE})
"""The attribute that marks KeyInfoConfirmationDataType (Core 2.4.1.3)."""


def foreign_attributes(element: Element, known: frozenset[str], check: SamlCheck) -> list[str]:
    """Return the names of the attributes of *element* that have a namespace and are not in *known*.

    Raises:
        InvalidIdentityToken: Check *check*: one is of the namespace of XML, such as xml:id or xml:base, which affect other elements (row
            X24).
    """
    foreign = [name for name in _namespaced(element.keys()) if name not in known]
    for name in foreign:
        if name.startswith(XML):
            raise _misplaced(element, name, check)
    return foreign


def refuse_foreign_attributes(root: Element, check: SamlCheck) -> None:
    """Refuse attributes with a namespace on elements of SAML and XML Signature at and below *root* where their schemas allow none.

    Raises:
        InvalidIdentityToken: *check*.
    """
    for element, name in misplaced(root):
        raise _misplaced(element, name, check)


def misplaced(root: Element) -> Iterator[tuple[Element, str]]:
    """Yield every attribute with a namespace on elements of SAML and XML Signature at and below *root*, with its element."""
    for element in root.iter():
        names = _namespaced(element.keys())
        if names and str(element.tag).startswith(_STRICT_SCHEMAS):
            for name in names:
                yield element, name


def _namespaced(names: Sequence[Any]) -> list[str]:
    """Return those of *names* that are in a namespace: they begin with a brace, which no other name holds anywhere."""
    return [name for name in names if name.startswith("{")] if "{" in "".join(names) else []


def _misplaced(element: Element, name: str, check: SamlCheck) -> InvalidIdentityToken:
    return malformed(check, f"no attribute of another namespace on {local_name(element)}", show(name), "send the IdP's response unchanged")
