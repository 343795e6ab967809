"""The comparison: what the fast engine proves, the Python engine proves, with equal octets, signer, envelope and values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Any

from lxml import etree

from federation.engines import EXTENSION
from federation.errors import FederationError
from federation.profiles import Profile
from federation.saml.decode import RawResponse
from federation.saml.parsing import Element, NotWellFormedError, canonical_octets, parse_document
from federation.saml.reading.assertion import read_assertion
from federation.saml.registration.keys import VerificationKey
from federation.saml.response import prove_response
from federation.saml.road.fast import prove_fast
from federation.saml.signature.proof import detach
from federation.saml.xml import ASSERTION, DS, EC, SIGNATURE
from tests.support.signatures import Keys

PROVIDERS = tuple(
    Keys((), signed=signed, profile=profile) for signed in ("either", "assertion", "response") for profile in (Profile.STRICT, Profile.AWS)
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the engines made of one message.

    Attributes:
        proposed: Whether the fast engine proposed anything.
        fast: Whether its proposal was proved.
        python: Whether the Python engine proved the message and read the assertion; None where it was not asked.
        check: The check by which the Python engine refused; empty where it did not.
        difference: How the engines differ against the rule; empty where they do not.
    """

    proposed: bool
    fast: bool
    python: bool | None
    check: str
    difference: str


@cache
def engine() -> Any:
    """The function of the extension."""
    return import_module(EXTENSION).propose


def compare(octets: bytes, keys: tuple[VerificationKey, ...], permit: frozenset[str], variant: int, *, always: bool = True) -> Comparison:
    """Judge *octets* by both engines for one of `PROVIDERS`, with *keys*.

    Without *always* the Python engine is asked only where the fast one proposes something.
    """
    provider = replace(PROVIDERS[variant % 17 if variant % 17 < len(PROVIDERS) else 0], keys=keys, permit=permit)
    raw = RawResponse(octets)
    proposal = engine()(octets)
    if proposal is None and not always:
        return Comparison(proposed=False, fast=False, python=None, check="", difference="")
    fast = None if proposal is None else prove_fast(raw, provider)
    try:
        proved = prove_response(raw, provider)
        read = read_assertion(proved.assertion.element, decrypt=proved.decrypt)
    except FederationError as refusal:
        difference = f"the fast engine proves what the Python engine refuses: {refusal.check}" if fast else _canonical(octets, proposal)
        return Comparison(proposal is not None, fast is not None, python=False, check=refusal.check, difference=difference)
    python = (read, proved.assertion.signed.octets, proved.assertion.signed.key, proved.envelope, proved.encrypted, proved.notes)
    difference = ""
    if fast is not None:
        quick = (fast.assertion, fast.signed.octets, fast.signed.key, fast.envelope, fast.encrypted, fast.notes)
        names = ("values", "octets", "signer", "envelope", "encrypted", "notes")
        differing = [name for name, one, other in zip(names, quick, python, strict=True) if one != other]
        difference = f"both prove, with different {' and '.join(differing)}" if differing else ""
    return Comparison(proposal is not None, fast is not None, python=True, check="", difference=difference or _canonical(octets, proposal))


def _canonical(octets: bytes, proposal: Any) -> str:
    """Compare the canonical octets of *proposal*, proved or not, with libxml2's."""
    if proposal is None:
        return ""
    try:
        found = libxml2_octets(octets)
    except (NotWellFormedError, etree.LxmlError, ValueError, FederationError) as fault:
        return f"the fast engine proposes what libxml2 does not canonicalise: {type(fault).__name__}"
    return "" if found == proposed_octets(proposal) else "canonical octets that are not libxml2's"


def proposed_octets(proposal: Any) -> tuple[tuple[bytes, bytes] | None, ...]:
    """Canonical SignedInfo and canonical element, of Response and Assertion; None where there is no signature."""
    return tuple(None if candidate is None else (candidate[1], candidate[7]) for candidate in proposal[:2])


def libxml2_octets(octets: bytes) -> tuple[tuple[bytes, bytes] | None, ...]:
    """The same, by libxml2."""
    root = parse_document(octets)
    assertion = root.find(ASSERTION)
    return tuple(_signed_by(element) for element in (root, assertion))


def _signed_by(element: Element | None) -> tuple[bytes, bytes] | None:
    signature = None if element is None else element.find(SIGNATURE)
    if element is None or signature is None:
        return None
    method, transform = signature[0][0], signature[0].findall(f".//{DS}Transform")[1]
    signed_info = canonical_octets(signature[0], _prefixes(method))
    detach(signature)
    return signed_info, canonical_octets(element, _prefixes(transform))


def _prefixes(method: Element) -> tuple[str, ...]:
    found = method.find(f"{EC}InclusiveNamespaces")
    return () if found is None else tuple(found.get("PrefixList", "").split())
