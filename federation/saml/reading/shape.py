"""Common functions of the readers of an assertion: checks of structure, and their refusals.

Text between elements is ignored: it is signed, and nothing reads it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from federation.errors import InvalidIdentityToken, show
from federation.saml.reading.times import read_instant
from federation.saml.xml import Element, attributes, local_name, malformed

CHECK: Final = "assertion-shape"
CLAUSE: Final = "SAML Core 2.3 to 2.7, schema saml-schema-assertion-2.0; attack rows T03, T16, P20"
REMEDY: Final = "have the identity provider send schema-valid SAML 2.0 assertions"


def no_attributes(element: Element) -> None:
    """Refuse any attribute on *element*."""
    if element.keys():
        attributes(element, frozenset(), CHECK)


def required(element: Element, attribute: str) -> str:
    """Return the value of *attribute*, which the schema requires on *element*."""
    value = element.get(attribute)
    if value is None:
        raise refuse(f"the attribute {attribute}", element)
    return value


def optional_instant(value: str | None, where: str) -> datetime | None:
    """Return *value* as a time, aware UTC; None where the attribute is absent. *where* names the attribute in errors."""
    return None if value is None else read_instant(value, where)


def refuse(expected: str, found: Element) -> InvalidIdentityToken:
    """Return the refusal of an element that is misplaced or incomplete."""
    return malformed(CHECK, expected, show(local_name(found)), REMEDY)


def no_decryption_key(found: Element) -> InvalidIdentityToken:
    """Return the refusal of an encrypted part without a decryption key. Its content could affect the verdict."""
    return malformed("decryption-key", "a registered decryption key", f"none, for an {local_name(found)}", "register the private key")
