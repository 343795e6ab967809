"""Verification of signatures, and the types that prove it.

`SignedOctets`, `SignedElement` and `SignedValues` can be constructed only in this module, after a registered key has verified the octets.
Later steps read only these, so that unsigned content cannot be reached and signature wrapping is impossible.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol

from federation.errors import show
from federation.portable import kept_here
from federation.saml.registration.keys import Permit, VerificationKey
from federation.saml.signature.algorithms import DIGESTS, SIGNATURES, DigestMethod, SignatureMethod, permitted, weaknesses
from federation.saml.signature.signed_info import canonical_signed_info, canonicalise, read_signature, read_signed_info, refuse
from federation.saml.signature.templates import recall, remember
from federation.saml.xml import SAML, SAMLP, Element, local_name, reparse

if TYPE_CHECKING:
    from sts_federation_core import Assertion as ProposedAssertion
    from sts_federation_core import Candidate as ProposedCandidate
    from sts_federation_core import Envelope as ProposedEnvelope

    Proposal = tuple[ProposedCandidate | None, ProposedCandidate | None, ProposedEnvelope, ProposedAssertion]

_SEAL: Final = object()

Signable = Literal["Response", "Assertion"]
_TAGS: Final[dict[Signable, str]] = {"Response": f"{SAMLP}Response", "Assertion": f"{SAML}Assertion"}
_NAMES: Final = {tag: name for name, tag in _TAGS.items()}


class Verified(NamedTuple):
    """The result of a `Verifier`: the octets that *key* signed, and the permitted weak algorithms of the signature."""

    octets: bytes
    key: VerificationKey
    weak: tuple[str, ...]


class Verifier(Protocol):
    """Verifies an enveloped signature."""

    def verify(self, element: Element, signature: Element, keys: Sequence[VerificationKey], permit: Permit) -> Verified:
        """Verify the *signature* of its parent *element* by one of *keys*. The verifier may change the tree.

        Raises:
            InvalidIdentityToken: No key verifies the signature, or it violates the strict profile of XML Signature.
        """
        ...


class SignedOctets:
    """Octets whose digest a registered key signed. They are immutable and come from `verify_signature` only.

    Attributes:
        octets: Canonical form of the signed element without its signature.
        element: Name of the signed element.
        element_id: ID of the signed element.
        key: The registered key that verified the signature.
        weak: Names of the permitted weak algorithms of the signature, e.g. ``rsa-sha1``.
    """

    __slots__ = ("element", "element_id", "key", "octets", "weak")
    octets: bytes
    element: Signable
    element_id: str
    key: VerificationKey
    weak: tuple[str, ...]

    __reduce_ex__ = kept_here

    def __init__(self, seal: object, element: Signable, element_id: str, verified: Verified) -> None:
        if seal is not _SEAL:
            raise TypeError("SignedOctets are made by proving a signature")
        put = object.__setattr__
        put(self, "octets", verified.octets)
        put(self, "element", element)
        put(self, "element_id", element_id)
        put(self, "key", verified.key)
        put(self, "weak", verified.weak)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"SignedOctets are immutable: {name}")

    def __repr__(self) -> str:
        return f"<SignedOctets {self.element} by {self.key.fingerprint[:16]}>"

    def parse(self) -> SignedElement:
        """Parse the octets again. Everything in the result was signed.

        Raises:
            InvalidIdentityToken: Check ``canonicalisation``: the octets are those of another element (row C13).
        """
        root = reparse(self.octets)
        if root.tag != _TAGS[self.element] or root.get("ID") != self.element_id:
            raise refuse("canonicalisation", f"the canonical form of the {self.element}", show(local_name(root)))
        return SignedElement(_SEAL, root, self)


class SignedElement:
    """An element of parsed `SignedOctets`, or of a plaintext whose ciphertext is in them. It comes from this module only.

    Attributes:
        element: The lxml element. Callers must not change it.
        signed: The octets that contain it.
    """

    __slots__ = ("element", "signed")
    element: Element
    signed: SignedOctets

    __reduce_ex__ = kept_here

    def __init__(self, seal: object, element: Element, signed: SignedOctets) -> None:
        if seal is not _SEAL:
            raise TypeError("SignedElements are parsed from SignedOctets")
        put = object.__setattr__
        put(self, "element", element)
        put(self, "signed", signed)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a SignedElement is immutable: {name}")

    def __repr__(self) -> str:
        return f"<SignedElement {local_name(self.element)} in {self.signed!r}>"

    def child(self, tag: str) -> SignedElement | None:
        """Return the child with the expanded name *tag*; None where there is none. Several are refused."""
        found = self.element.findall(tag)
        if len(found) > 1:
            raise refuse("assertion-count", "one element of its name", f"{len(found)} of {show(tag)}")
        return SignedElement(_SEAL, found[0], self.signed) if found else None


class SignedValues:
    """The values of an assertion that the fast engine read out of `SignedOctets`: the twin of `SignedElement`, from this module only.

    Attributes:
        values: The assertion as the stub of the extension describes it, times as written.
        signed: The octets that hold it.
    """

    __slots__ = ("signed", "values")
    values: ProposedAssertion
    signed: SignedOctets

    __reduce_ex__ = kept_here

    def __init__(self, seal: object, values: ProposedAssertion, signed: SignedOctets) -> None:
        if seal is not _SEAL:
            raise TypeError("SignedValues are read out of SignedOctets")
        put = object.__setattr__
        put(self, "values", values)
        put(self, "signed", signed)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"SignedValues are immutable: {name}")

    def __repr__(self) -> str:
        return f"<SignedValues in {self.signed!r}>"


def opened(container: SignedElement, plaintext: Element) -> SignedElement:
    """Return *plaintext*, decrypted from the ciphertext in *container*, as signed by the signature over that ciphertext (row E12)."""
    return SignedElement(_SEAL, plaintext, container.signed)


def verify_signature(
    element: Element, signature: Element, *, keys: Sequence[VerificationKey], permit: Permit, verifier: Verifier
) -> SignedOctets:
    """Verify the *signature* of its parent *element* by one of *keys* and return the signed octets.

    Raises:
        InvalidIdentityToken: A check refuses. AWS's text is "Response signature invalid".
    """
    element_id = element.get("ID", "")
    verified = verifier.verify(element, signature, keys, permit)
    return SignedOctets(_SEAL, _NAMES[element.tag], element_id, verified)


class SignatureCandidate(NamedTuple):
    """A signed element as the fast engine proposes it. Nothing of it is verified.

    Attributes:
        element_id: ID of the signed element.
        signed_info: Canonical octets of SignedInfo. The next four values were read from them.
        signature_method: Algorithm identifier of the signature.
        digest_method: Algorithm identifier of the digest.
        uri: URI of the Reference.
        digest: Digest of the Reference.
        value: The signature value.
        octets: Canonical octets of the element without its Signature.
    """

    element_id: str
    signed_info: bytes
    signature_method: str
    digest_method: str
    uri: str
    digest: bytes
    value: bytes
    octets: bytes


class ProvedProposal(NamedTuple):
    """A proposal whose every signature a registered key verified.

    Attributes:
        response: The octets of the Response; None where it is not signed.
        own: The octets of the Assertion; None where it has no signature of its own.
        envelope: The fields of the Response, which are signed where ``response`` is not None.
        values: The assertion.
    """

    response: SignedOctets | None
    own: SignedOctets | None
    envelope: ProposedEnvelope
    values: SignedValues


def verify_proposal(proposal: Proposal, *, keys: Sequence[VerificationKey], permit: Permit) -> ProvedProposal:
    """Verify every signature of *proposal*, which the fast engine made of one message, by one of *keys*.

    The engine read the assertion from the octets of its own candidate, or from those of the Response where it has none.

    Raises:
        InvalidIdentityToken: A signature does not hold.
    """
    over_response, over_own, envelope, values = proposal
    response = None if over_response is None else _verify_candidate("Response", SignatureCandidate(*over_response), keys, permit)
    own = None if over_own is None else _verify_candidate("Assertion", SignatureCandidate(*over_own), keys, permit)
    signed = own or response
    if signed is None:
        raise refuse("signature-shape", "a Signature", "none")
    return ProvedProposal(response, own, envelope, SignedValues(_SEAL, values, signed))


def _verify_candidate(element: Signable, candidate: SignatureCandidate, keys: Sequence[VerificationKey], permit: Permit) -> SignedOctets:
    method, digest_method = check_signed_info(candidate, candidate.element_id, permit)
    key = _signer(method, keys, candidate.value, candidate.signed_info)
    check_digest(digest_method, candidate.octets, candidate.digest)
    return SignedOctets(_SEAL, element, candidate.element_id, Verified(candidate.octets, key, weaknesses(key, method, digest_method)))


class StrictVerifier:
    """The built-in verifier of a strict profile of XML Signature. It checks structure, algorithms, signature of SignedInfo, and digest."""

    def verify(self, element: Element, signature: Element, keys: Sequence[VerificationKey], permit: Permit) -> Verified:
        """See `Verifier.verify`."""
        parts = read_signature(signature)
        canonical = canonical_signed_info(parts)
        recalled = recall(canonical, element.get("ID"))
        info = recalled or read_signed_info(reparse(canonical))
        method, digest_method = check_signed_info(info, element.get("ID"), permit)
        key = _signer(method, keys, parts.value, canonical)
        if recalled is None:
            remember(canonical, info)
        detach(signature)
        octets = canonicalise(element, info.transform)
        check_digest(digest_method, octets, info.digest)
        return Verified(octets, key, weaknesses(key, method, digest_method))


class SignedReference(Protocol):
    """What a SignedInfo says of the element that it signs: see `SignedInfo` and `SignatureCandidate`."""

    @property
    def signature_method(self) -> str: ...  # noqa: D102
    @property
    def digest_method(self) -> str: ...  # noqa: D102
    @property
    def uri(self) -> str: ...  # noqa: D102


def check_digest(method: DigestMethod, octets: bytes, digest: bytes) -> None:
    """Require that *digest* is that of *octets*."""
    if not hmac.compare_digest(method.digest(octets), digest):
        raise refuse("signature-digest", "the digest that was signed", "another digest", "send the response unchanged, as it was signed")


def check_signed_info(info: SignedReference, element_id: str | None, permit: Permit) -> tuple[SignatureMethod, DigestMethod]:
    """Require that *info* refers to the element with *element_id* (rows S01, S18 to S20) by accepted algorithms (rows K05 to K07, K20)."""
    if not element_id or info.uri != f"#{element_id}":
        remedy = "let the IdP reference the signed element by its ID"
        raise refuse("signature-reference", f"URI {show('#' + (element_id or ''))} of the signed element", show(info.uri), remedy)
    method, digest_method = SIGNATURES.get(info.signature_method), DIGESTS.get(info.digest_method)
    if method is None or not permitted(method, permit):
        raise _algorithm_refused("SignatureMethod", info.signature_method, method)
    if digest_method is None or not permitted(digest_method, permit):
        raise _algorithm_refused("DigestMethod", info.digest_method, digest_method)
    return method, digest_method


def _algorithm_refused(kind: str, identifier: str, known: SignatureMethod | DigestMethod | None) -> Exception:
    remedy = "let the IdP sign with RSA or ECDSA and SHA-256"
    if known is not None:
        remedy += f", or permit `{known.permit}` by name for this provider"
    return refuse("signature-algorithm", f"an allowed {kind}", show(identifier), remedy)


def _signer(method: SignatureMethod, keys: Sequence[VerificationKey], value: bytes, message: bytes) -> VerificationKey:
    """Return the registered key that verifies the signature. Each key of the kind of *method* is tried once (rows K16, K17)."""
    for key in keys:
        if key.kind == method.kind and method.verifies(key, value, message):
            return key
    fitting = len(fitting_keys(method, keys))
    raise refuse(
        "signature",
        "a signature by a registered key",
        f"one that none of {fitting} key{'s' if fitting > 1 else ''} verifies",
        "register the IdP's current signing certificate, or check that the message was not changed",
    )


def fitting_keys(method: SignatureMethod, keys: Sequence[VerificationKey]) -> list[VerificationKey]:
    """Return the keys of the kind of *method*, at least one (row S40)."""
    fitting = [key for key in keys if key.kind == method.kind]
    if not fitting:
        found = f"no {method.kind.upper()} key is registered"
        remedy = "check that this provider sent the message, and register the keys it signs with"
        raise refuse("signature-algorithm", "a method that fits a registered key", found, remedy)
    return fitting


def detach(signature: Element) -> None:
    """Apply the enveloped-signature transform: remove this node and keep the text after it (rows S12, S13)."""
    parent = signature.getparent()
    if parent is None:
        raise refuse("signature-shape", "a Signature inside the element it signs", "one that stands alone")
    if signature.tail:
        before = signature.getprevious()
        if before is None:
            parent.text = (parent.text or "") + signature.tail
        else:
            before.tail = (before.tail or "") + signature.tail
    parent.remove(signature)
