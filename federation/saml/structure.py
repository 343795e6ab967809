"""The structure of a response, checked before any signature.

The whole tree is searched for assertions, signatures and IDs. Any that is not at its place in the schema is refused
(attack rows S01 to S13, S21 to S23, S25, S32 to S34, X18).
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from lxml import etree

from federation.errors import show
from federation.saml.signature.signed_info import refuse
from federation.saml.xml import ASSERTION, ENCRYPTED_ASSERTION, ISSUER, RESPONSE, SIGNATURE, Element, local_name, malformed

# Elements first and then their attributes: `//@ID` would also visit every text node.
_ID_PATHS = tuple(f"/descendant::*/@{name}" for name in ("ID", "Id", "id", "AssertionID", "xml:id"))
_other_ids = etree.XPath(f"boolean({' or '.join(_ID_PATHS[1:])})")  # rare, so the other paths are seldom evaluated
# One path each: a union is sorted in document order, which takes quadratic time.
_every_id = tuple(etree.XPath(path, smart_strings=False) for path in _ID_PATHS)


class ResponseStructure(NamedTuple):
    """The places of a response. ``assertion`` is the one Assertion or EncryptedAssertion, None where there is none; signatures likewise.

    ``encrypted`` says which of the two the assertion is.
    """

    response: Element
    assertion: Element | None
    response_signature: Element | None
    assertion_signature: Element | None
    encrypted: bool


def survey(root: Element) -> ResponseStructure:
    """Return the assertion and the signatures of the message *root*.

    Raises:
        InvalidIdentityToken: Check ``root``, ``assertion-count``, ``duplicate-id`` or ``signature-shape``.
    """
    if root.tag != RESPONSE:
        raise malformed("root", "a samlp:Response of SAML 2.0", show(root.tag), "post the Response of the IdP, no other message")
    signatures, assertions = _census(root)
    assertion = _only_assertion(root, assertions)
    check_ids(root)
    placed = _placed(signatures, root, assertion)
    encrypted = assertion is not None and assertion.tag == ENCRYPTED_ASSERTION
    return ResponseStructure(root, assertion, placed.get(root), placed.get(assertion), encrypted)


def survey_plaintext(assertion: Element, outer: Element) -> Element | None:
    """Return the Signature of an *assertion* that was decrypted from the message *outer*, after the same checks (rows E05, E14).

    Raises:
        InvalidIdentityToken: As for `survey`.
    """
    signatures, assertions = _census(assertion)
    if len(assertions) != 1:
        raise malformed("assertion-count", "one Assertion in the plaintext", f"{len(assertions)}", "encrypt one assertion")
    check_ids(assertion, outer)
    return _placed(signatures, assertion).get(assertion)


def _census(root: Element) -> tuple[list[Element], list[Element]]:
    """Return every Signature and every (Encrypted)Assertion of the tree by local name, in any namespace (rows S33, X18)."""
    signatures, assertions = [], []
    for element in root.iter("{*}Signature", "{*}Assertion", "{*}EncryptedAssertion", "{*}Response"):
        tag = str(element.tag)
        if tag.endswith("Assertion"):
            assertions.append(element)
        elif tag.endswith("Signature"):
            signatures.append(element)
        elif element is not root:
            raise malformed("root", "one Response", "another inside it", "post the Response of the IdP unchanged")
    return signatures, assertions


def _only_assertion(root: Element, assertions: list[Element]) -> Element | None:
    if not assertions:
        return None
    only = assertions[0]
    if len(assertions) != 1 or only.getparent() is not root or only.tag not in (ASSERTION, ENCRYPTED_ASSERTION):
        parent = only.getparent()
        found = f"{len(assertions)}, the first in {local_name(parent) if parent is not None else 'no element'}"
        raise malformed("assertion-count", "exactly one Assertion, child of the Response", found, "let the IdP send one assertion")
    return only


def _placed(signatures: list[Element], *signable: Element | None) -> dict[Element | None, Element]:
    """Return *signatures* by the element that each signs, which must be one of *signable*.

    Other signatures would not be verified and are refused (rows S12, S13, S23, S33).
    """
    placed: dict[Element | None, Element] = {}
    for signature in signatures:
        signed = signature.getparent()
        if signed is None or signed not in signable or signed.tag == ENCRYPTED_ASSERTION or not _follows_issuer(signature, signed):
            where = local_name(signed) if signed is not None else "no element"
            raise refuse("signature-shape", "each Signature right after the Issuer of what it signs", f"one elsewhere in {where}")
        placed[signed] = signature
    return placed


def _follows_issuer(signature: Element, signed: Element) -> bool:
    """Return whether *signature* is at its place in the schema: after the Issuer, or first where there is none (S34)."""
    before = signature.getprevious()
    placed = signed.find(ISSUER) is None if before is None else before.tag == ISSUER and before.getprevious() is None
    return placed and signature.tag == SIGNATURE


def check_ids(*roots: Element) -> None:
    """Refuse an ID that occurs twice, in any spelling of the attribute (rows S21, S22)."""
    found: list[str] = []
    for root in roots:
        for ask in _every_id if _other_ids(root) else _every_id[:1]:
            found += ask(root)  # type: ignore[arg-type] # of a path to attributes it is a list of texts
    if len(set(found)) < len(found):
        repeated = next(identifier for identifier, times in Counter(found).items() if times > 1)
        raise malformed("duplicate-id", "every ID once", f"{show(repeated)} more than once", "let the IdP make unique IDs")
