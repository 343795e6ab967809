"""The fields of the Response element, signed or unsigned (SAML Core 3.2.2, 3.3.3)."""

from __future__ import annotations

from typing import Final, NamedTuple

from federation.errors import IDPRejectedClaim, show
from federation.saml.foreign import refuse_foreign_attributes
from federation.saml.xml import (
    ASSERTION,
    ENCRYPTED_ASSERTION,
    ISSUER,
    SAMLP,
    SIGNATURE,
    Element,
    attributes,
    local_name,
    malformed,
    text,
)

CHECK: Final = "envelope-shape"
STATUS: Final = f"{SAMLP}Status"
SUCCESS: Final = "urn:oasis:names:tc:SAML:2.0:status:Success"
_EXTENSIONS: Final = f"{SAMLP}Extensions"
_STATUS_CODE: Final = f"{SAMLP}StatusCode"
_STATUS_MESSAGE: Final = f"{SAMLP}StatusMessage"
_STATUS_DETAIL: Final = f"{SAMLP}StatusDetail"

# The order of the schema. Each occurs at most once; assertions were counted before.
_ORDER: Final = {ISSUER: 0, SIGNATURE: 1, _EXTENSIONS: 2, STATUS: 3, ASSERTION: 4, ENCRYPTED_ASSERTION: 4}
_ATTRIBUTES: Final = frozenset({"ID", "Version", "IssueInstant", "Destination", "Consent", "InResponseTo"})
_ISSUER_ATTRIBUTES: Final = frozenset({"Format", "NameQualifier", "SPNameQualifier", "SPProvidedID"})
_VALUE: Final = frozenset({"Value"})
_NONE: Final[frozenset[str]] = frozenset()
_CODE_ORDER: Final = {_STATUS_CODE: 0}
_STATUS_ORDER: Final = {_STATUS_CODE: 0, _STATUS_MESSAGE: 1, _STATUS_DETAIL: 2}


class Envelope(NamedTuple):
    """The fields of the Response as written; None where absent. They are verified only where ``signed`` is True.

    Attributes:
        version: Version.
        response_id: ID of the Response.
        issue_instant: IssueInstant, not parsed.
        issuer: Text of the Issuer.
        issuer_format: Format of the Issuer.
        destination: Destination.
        in_response_to: InResponseTo.
        status_codes: Values of the status codes, the top-level one first, then nested ones; empty without a Status.
        status_message: StatusMessage.
        signed: Whether a registered key's signature covers the Response.
    """

    version: str | None
    response_id: str | None
    issue_instant: str | None
    issuer: str | None
    issuer_format: str | None
    destination: str | None
    in_response_to: str | None
    status_codes: tuple[str, ...]
    status_message: str | None
    signed: bool


def read_envelope(response: Element, *, signed: bool) -> Envelope:
    """Return the fields of *response*, whose children must be in the order of the schema.

    Raises:
        InvalidIdentityToken: Check ``envelope-shape`` or ``text``.
    """
    get = attributes(response, _ATTRIBUTES, CHECK)
    children = _ordered(response, _ORDER)
    issuer, status = children.get(ISSUER), children.get(STATUS)
    codes, message = _status(status) if status is not None else ((), None)
    if _EXTENSIONS in children:
        refuse_foreign_attributes(children[_EXTENSIONS], CHECK)
    return Envelope(
        get("Version"),
        get("ID"),
        get("IssueInstant"),
        None if issuer is None else text(issuer),
        None if issuer is None else attributes(issuer, _ISSUER_ATTRIBUTES, CHECK)("Format"),
        get("Destination"),
        get("InResponseTo"),
        codes,
        message,
        signed,
    )


def check_success(envelope: Envelope) -> None:
    """Require that the top-level status is Success without a nested status (Core 3.2.2.2; attack row P13).

    Raises:
        IDPRejectedClaim: Check ``status``: there is another status, or none.
    """
    if envelope.status_codes != (SUCCESS,):
        raise IDPRejectedClaim(
            check="status",
            expected=SUCCESS,
            found=", ".join(show(code) for code in envelope.status_codes[:4]) or "no status code",
            remedy="ask the identity provider why it refused the login"
            + (f"; it says {show(envelope.status_message)}" if envelope.status_message else ""),
        )


def _status(status: Element) -> tuple[tuple[str, ...], str | None]:
    attributes(status, _NONE, CHECK)
    children = _ordered(status, _STATUS_ORDER)
    codes: list[str] = []
    code = children.get(_STATUS_CODE)
    while code is not None:
        codes.append(attributes(code, _VALUE, CHECK)("Value") or "")
        code = _ordered(code, _CODE_ORDER).get(_STATUS_CODE) if len(code) else None
    message = children.get(_STATUS_MESSAGE)
    if len(children) > 1:
        refuse_foreign_attributes(status, CHECK)
    return tuple(codes), None if message is None else text(message)


def _ordered(element: Element, order: dict[str, int]) -> dict[str, Element]:
    """Return the children of *element* by name. They must be known, unique and in the order of the schema (attack row S35)."""
    found: dict[str, Element] = {}
    place = -1
    for child in element:
        tag = child.tag
        here = order.get(tag, -1)
        if here <= place:
            known = ", ".join(name.rpartition("}")[2] for name in order)
            expected = f"in {local_name(element)} only {known}, in this order"
            raise malformed(CHECK, expected, show(local_name(child)), "send the IdP's response")
        place = here
        found[tag] = child
    return found
