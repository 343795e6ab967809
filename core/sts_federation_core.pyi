"""The fast road of sts-federation: what a SAML response says, proposed for others to verify."""

from typing import Final, TypeAlias

__version__: Final[str]

BOUNDS: Final[dict[str, int]]
"""The bounds of this module, by the names of the limits in `federation.limits`; each is at most that limit."""
OCTETS_PER_ELEMENT: Final[int]
"""A document has at most its length divided by this many elements; at least the limit ``XML_OCTETS_PER_ELEMENT``."""

Candidate: TypeAlias = tuple[str, bytes, str, str, str, bytes, bytes, bytes]
"""ID of the element, canonical SignedInfo, SignatureMethod, DigestMethod, Reference URI, digest, signature value, canonical octets."""
Envelope: TypeAlias = tuple[str | None, str | None, str | None, str | None, str | None, str | None, str | None, tuple[str, ...], str | None]
"""Version, ID, IssueInstant, Issuer, Format of the Issuer, Destination, InResponseTo, status codes, StatusMessage."""
NameId: TypeAlias = tuple[str, str | None, str | None, str | None, str | None]
"""Text, Format, NameQualifier, SPNameQualifier, SPProvidedID."""
Confirmation: TypeAlias = tuple[str, str | None, str | None, str | None, str | None, str | None]
"""Method, Recipient, NotOnOrAfter, NotBefore, InResponseTo, Address."""
Conditions: TypeAlias = tuple[str | None, str | None, tuple[tuple[str, ...], ...], bool]
"""NotBefore, NotOnOrAfter, the audiences of each AudienceRestriction, whether there is a OneTimeUse."""
AuthnStatement: TypeAlias = tuple[str, str | None, str | None]
"""AuthnInstant, SessionIndex, SessionNotOnOrAfter."""
Assertion: TypeAlias = tuple[
    str,
    str,
    str,
    str,
    str | None,
    tuple[NameId | None, tuple[Confirmation, ...]] | None,
    Conditions | None,
    tuple[AuthnStatement, ...],
    dict[str, tuple[str, ...]],
]
"""Version, ID, IssueInstant, Issuer, Format of the Issuer, Subject, Conditions, AuthnStatements, attributes. Times are as written."""

def propose(octets: bytes, /) -> tuple[Candidate | None, Candidate | None, Envelope, Assertion] | None:
    """Propose what *octets*, a SAML response, say: candidates over Response and Assertion, then the envelope and the assertion.

    Nothing is verified. The envelope is read from the canonical octets of the Response where that is signed; the assertion from its own
    canonical octets, or from those of the Response. None where anything about the octets is unusual.
    """
