"""Verification of a SAML response: from the octets to the elements that a registered key signed (SAML Core 5.4, Profiles 4.1.4).

It is a list of stages in a safe order: limits before parsing, structure before signatures, the Response's signature before decryption,
decryption before the Assertion's signature (attack row E12). `prove_response` runs the stages; `examine_response` runs the same stages and
returns the result of each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, NamedTuple, Protocol, TypeVar

from federation import aws_texts
from federation.errors import FederationError, InternalFailure, InvalidIdentityToken
from federation.profiles import Profile
from federation.report import AWS, BOTH, STRICT, Check, CheckResult
from federation.saml import decryption
from federation.saml.decode import RawResponse
from federation.saml.decryption import Encrypted
from federation.saml.notes import proof_notes
from federation.saml.parsing import contained
from federation.saml.reading.envelope import Envelope, check_success, read_envelope
from federation.saml.registration.keys import DecryptionKey, Permit, VerificationKey
from federation.saml.signature.proof import SignedElement, SignedOctets, opened, verify_signature
from federation.saml.structure import ResponseStructure, survey, survey_plaintext
from federation.saml.verifiers import named
from federation.saml.xml import ASSERTION, ENCRYPTED_ASSERTION, SAML, Element, malformed, parse

T = TypeVar("T")


class ProviderKeys(Protocol):
    """The properties of a provider that the verification of a response needs."""

    @property
    def keys(self) -> Sequence[VerificationKey]: ...  # noqa: D102 - see `SamlProvider`
    @property
    def decryption_keys(self) -> Sequence[DecryptionKey]: ...  # noqa: D102
    @property
    def permit(self) -> Permit: ...  # noqa: D102
    @property
    def encryption(self) -> str: ...  # noqa: D102
    @property
    def signed(self) -> str: ...  # noqa: D102
    @property
    def profile(self) -> Profile: ...  # noqa: D102
    @property
    def verifier(self) -> str: ...  # noqa: D102


class ProvedResponse(NamedTuple):
    """The signed parts of a response.

    Attributes:
        assertion: The saml:Assertion from octets that its own signature covers, or the Response's where it has none.
        response: The samlp:Response from its signed octets; None where the Response is not signed.
        envelope: The fields of the Response; ``envelope.signed`` tells whether a signature covers them.
        encrypted: Whether the assertion was encrypted.
        decrypt: Decrypts an EncryptedID or EncryptedAttribute of the assertion; None where the provider has no decryption key.
        notes: The weak algorithms that were used, and the key that verified the response.
    """

    assertion: SignedElement
    response: SignedElement | None
    envelope: Envelope
    encrypted: bool
    decrypt: Callable[[Element], Element] | None
    notes: tuple[str, ...]


@dataclass(slots=True)
class ProofState:
    """The state between stages. The first two fields are the input; each other field is set by a stage."""

    raw: RawResponse
    provider: ProviderKeys
    root: Element | None = None
    comments: int = 0
    structure: ResponseStructure | None = None
    response: SignedElement | None = None
    plaintext: Element | None = None
    covering: SignedElement | None = None
    container: Element | None = None
    encrypted: Encrypted | None = None
    opaque: bool = False
    assertion: SignedElement | None = None
    assertion_signed: bool = False
    envelope: Envelope | None = None
    weak: list[str] = field(default_factory=list)
    signed_by: list[SignedOctets] = field(default_factory=list)


def _parse(proof: ProofState) -> None:
    """The octets are one XML 1.0 document in UTF-8 without DTD or processing instructions, of bounded size, depth and width.

    Comments stand between elements alone, and nowhere in a Signature; they are left out, as canonicalisation leaves them out.
    """
    proof.root, proof.comments = parse(proof.raw.octets)


def _survey(proof: ProofState) -> None:
    """The root is the Response; one Assertion at most, signatures right after the Issuer of what they sign, every ID once."""
    proof.structure = survey(_reached(proof.root))


def _prove_response(proof: ProofState) -> None:
    """A signature over the Response, where there is one or one is demanded, is by a registered key over the Response itself."""
    structure = _reached(proof.structure)
    if structure.response_signature is None:
        if proof.provider.signed == "response":
            raise _unsigned("a signature over the Response")
        return
    proof.response = _prove(proof, structure.response, structure.response_signature)


def _read_envelope(proof: ProofState) -> None:
    """The Response's own fields stand as the schema has them; they come from signed octets where the Response is signed."""
    source = proof.response.element if proof.response else _reached(proof.structure).response
    proof.envelope = read_envelope(source, signed=proof.response is not None)


def _require_success(proof: ProofState) -> None:
    """The top-level status is Success, and nothing is nested below it."""
    check_success(_reached(proof.envelope))


def _require_assertion(proof: ProofState) -> None:
    """There is exactly one Assertion or EncryptedAssertion."""
    if _reached(proof.structure).assertion is None:
        raise malformed("assertion-count", "exactly one Assertion", "none", "see the status of the response: the IdP may have refused")


def _read_encryption(proof: ProofState) -> None:
    """An encrypted assertion has the shape of XML Encryption and a registered key; one in the clear comes only where that is allowed."""
    structure, provider = _reached(proof.structure), proof.provider
    if not structure.encrypted:
        if provider.encryption == "required":
            raise malformed("encryption", "an encrypted assertion", "a plain one", "let the IdP encrypt to the provider's key")
        return
    if not provider.decryption_keys:
        raise malformed("decryption-key", "a registered decryption key", "none", "register the private key the IdP encrypts to")
    # Where the Response is signed, the ciphertext is taken from its signed octets.
    proof.covering = proof.response.child(ENCRYPTED_ASSERTION) if proof.response else None
    proof.container = proof.covering.element if proof.covering else _reached(structure.assertion)
    proof.encrypted = decryption.read_encrypted(proof.container)
    proof.weak += proof.encrypted.weak


def _require_unmalleable(proof: ProofState) -> None:
    """Ciphertext that no verified signature covers is AES-GCM, or AES-CBC permitted by name."""
    if proof.encrypted is not None and proof.covering is None:
        decryption.check_content(proof.encrypted, proof.provider.permit)


def _require_key_transport(proof: ProofState) -> None:
    """The content key comes by RSA-OAEP, or by RSA PKCS#1 v1.5 permitted by name."""
    if proof.encrypted is not None:
        decryption.check_key_transport(proof.encrypted, proof.provider.permit)


def _decrypt_assertion(proof: ProofState) -> None:
    """A registered key opens the encrypted assertion."""
    encrypted = proof.encrypted
    if encrypted is None:
        return
    proof.opaque = "cbc" in encrypted.weak and proof.covering is None
    try:
        proof.plaintext, comments = decryption.decrypt(
            encrypted, proof.provider.decryption_keys, container=_reached(proof.container), expected=ASSERTION
        )
        proof.comments += comments
    except InvalidIdentityToken:
        if not proof.opaque:
            raise
        # The next stage raises this refusal too, so that not even the place in a report tells the causes apart (row E01).


def _prove_assertion(proof: ProofState) -> None:
    """The Assertion is signed by a registered key itself, or lies inside the signed Response where the provider allows that."""
    try:
        _prove_assertion_or_say_why(proof)
    except InvalidIdentityToken:
        if proof.opaque:
            # With malleable ciphertext, different refusals after decryption would be a padding oracle (row E01).
            raise decryption.undecryptable() from None
        raise


def _prove_assertion_or_say_why(proof: ProofState) -> None:
    structure = _reached(proof.structure)
    element, signature = structure.assertion, structure.assertion_signature
    if structure.encrypted and proof.plaintext is None:
        raise decryption.undecryptable()
    if proof.plaintext is not None:
        element, signature = proof.plaintext, survey_plaintext(proof.plaintext, structure.response)
    if signature is not None:
        proof.assertion = _prove(proof, _reached(element), signature)
        proof.assertion_signed = True
    elif proof.provider.signed == "assertion":
        raise _unsigned("a signature over the Assertion")
    elif proof.response is None:
        raise _unsigned("a signature over the Assertion or the Response")
    elif proof.plaintext is not None:
        proof.assertion = opened(_reached(proof.covering), proof.plaintext)
    else:
        proof.assertion = proof.response.child(ASSERTION)


def _require_signed_assertion(proof: ProofState) -> None:
    """The Assertion carries a verified signature of its own."""
    if not proof.assertion_signed:
        raise _unsigned("a signature over the Assertion itself, as AWS demands")


STAGES: Final[tuple[Check[ProofState], ...]] = (
    Check("xml", "XML 1.0; SAML Core 1.2; no DTD, no PIs, comments between elements alone, bounded", BOTH, _parse),
    Check("structure", "SAML Core 3.3.3, 5.4: places of Assertion, Signature and IDs", BOTH, _survey),
    Check("response-signature", "SAML Core 5.4; XML Signature 1.1 sections 3.2, 4.4", BOTH, _prove_response),
    Check("envelope", "SAML Core 3.2.2: shape of the Response's own fields", BOTH, _read_envelope),
    Check("status", "SAML Core 3.2.2.2", BOTH, _require_success),
    Check("assertion-count", "SAML Profiles 4.1.4.2; AWS, observed: one assertion", BOTH, _require_assertion),
    Check("encryption", "SAML Core 6; XML Encryption 1.1 sections 4.4, 5", BOTH, _read_encryption),
    Check("content-encryption", "XML Encryption 1.1 section 6.1.1; attack row E01", STRICT, _require_unmalleable),
    Check("key-transport", "XML Encryption 1.1 section 5.5; attack row E02", BOTH, _require_key_transport),
    Check("decryption", "XML Encryption 1.1 section 4.4", BOTH, _decrypt_assertion),
    Check("assertion-signature", "SAML Core 5.4; Profiles 4.1.4.5", BOTH, _prove_assertion),
    Check("assertion-signed", "AWS, observed: the assertion itself carries a signature", AWS, _require_signed_assertion),
)

_RUNS: Final = {profile: tuple(stage.run for stage in STAGES if profile in stage.profiles) for profile in Profile}


def prove_response(raw: RawResponse, provider: ProviderKeys) -> ProvedResponse:
    """Verify *raw* with the keys of *provider*. The result holds only signed parts, except for `ProvedResponse.envelope`.

    Raises:
        InvalidIdentityToken: The first stage of the provider's profile that refuses.
    """
    return contained(_prove_response_here, raw, provider)


def _prove_response_here(raw: RawResponse, provider: ProviderKeys) -> ProvedResponse:
    proof = ProofState(raw, provider)
    for run in _RUNS[provider.profile]:
        run(proof)
    return _result(proof)


def examine_response(raw: RawResponse, provider: ProviderKeys) -> tuple[tuple[CheckResult, ...], ProvedResponse | None]:
    """Run every stage of `prove_response`. A stage whose input an earlier stage did not set is skipped.

    Stages of one profile set nothing, so later stages run for the verdict of the other profile.

    Returns:
        The results in order, and the proved response where every stage of some profile passed.
    """
    proof = ProofState(raw, provider)
    results: list[CheckResult] = []
    blocked = False
    for stage in STAGES:
        if blocked:
            results.append(CheckResult(stage.name, stage.clause, stage.profiles, "skipped"))
            continue
        try:
            stage.run(proof)
        except FederationError as refusal:
            results.append(CheckResult(stage.name, stage.clause, stage.profiles, "refused", refusal))
            blocked = stage.profiles == BOTH
        else:
            results.append(stage.passed)
    return tuple(results), None if blocked else _result(proof)


def _result(proof: ProofState) -> ProvedResponse:
    keys, permit = proof.provider.decryption_keys, proof.provider.permit
    return ProvedResponse(
        assertion=_reached(proof.assertion),
        response=proof.response,
        envelope=_reached(proof.envelope),
        encrypted=_reached(proof.structure).encrypted,
        decrypt=partial(_decrypt, keys, permit) if keys else None,
        notes=proof_notes(proof.signed_by, proof.weak, proof.comments),
    )


_CONTENT: Final = {f"{SAML}EncryptedID": f"{SAML}NameID", f"{SAML}EncryptedAttribute": f"{SAML}Attribute"}


def _decrypt(keys: Sequence[DecryptionKey], permit: Permit, container: Element) -> Element:
    """Decrypt an EncryptedID or EncryptedAttribute of signed octets. Signed ciphertext cannot be changed, so it is no oracle (row E01)."""
    encrypted = decryption.read_encrypted(container)
    decryption.check_key_transport(encrypted, permit)
    opened, comments = decryption.decrypt(encrypted, keys, container=container, expected=_CONTENT[str(container.tag)])
    if comments:  # their number would not be reported here
        raise decryption.undecryptable()
    return opened


def _prove(proof: ProofState, element: Element, signature: Element) -> SignedElement:
    provider = proof.provider
    octets = verify_signature(element, signature, keys=provider.keys, permit=provider.permit, verifier=named(provider.verifier))
    proof.signed_by.append(octets)
    return octets.parse()


def _unsigned(expected: str) -> InvalidIdentityToken:
    return InvalidIdentityToken(
        check="signature-missing",
        expected=expected,
        found="none",
        remedy="let the IdP sign the assertion",
        message=aws_texts.saml.UNSIGNED_ASSERTION,
    )


def _reached(value: T | None) -> T:
    """Return the value that an earlier stage has set. None is a bug and is refused."""
    if value is None:
        raise InternalFailure(check="internal", expected="stages in order", found="none before this one", remedy="report this as a bug")
    return value
