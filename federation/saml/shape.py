"""Words the readers of an assertion share: what may stand where, and the one refusal when something else does.

Stray text between elements is not looked at: it is signed, and nothing reads it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from federation.errors import InvalidIdentityToken, show
from federation.saml.times import read_instant
from federation.saml.xml import Element, local_name, malformed

CHECK: Final = "assertion-shape"
CLAUSE: Final = "SAML Core 2.3 to 2.7, schema saml-schema-assertion-2.0; attack rows T03, T16, P20"
REMEDY: Final = "have the identity provider send schema-valid SAML 2.0 assertions"


def only_attributes(element: Element, allowed: frozenset[str]) -> None:
    """Refuse an attribute outside *allowed*; one in a foreign namespace never is."""
    names = element.keys()
    if names and not allowed.issuperset(names):
        foreign = next(name for name in names if name not in allowed)
        raise malformed(CHECK, f"only the attributes of the schema on {local_name(element)}", show(foreign), REMEDY)


def required(element: Element, attribute: str) -> str:
    """Return the value of *attribute*, which the schema demands on *element*."""
    value = element.get(attribute)
    if value is None:
        raise refuse(f"the attribute {attribute}", element)
    return value


def optional_instant(element: Element, attribute: str) -> datetime | None:
    """Return *attribute* of *element* as an instant; None only where the attribute is absent."""
    value = element.get(attribute)
    return None if value is None else read_instant(value, f"{local_name(element)} {attribute}")


def refuse(expected: str, found: Element) -> InvalidIdentityToken:
    """Make the refusal of an element that has no place where it stands, or lacks what it must have."""
    return malformed(CHECK, expected, show(local_name(found)), REMEDY)


def no_decryption_key(found: Element) -> InvalidIdentityToken:
    """Make the refusal of an encrypted part that nobody here can open: what it says might matter."""
    return malformed("decryption-key", "a registered decryption key", f"none, for an {local_name(found)}", "register the private key")
