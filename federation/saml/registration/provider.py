"""A registered SAML identity provider: its keys, audiences, recipients and rules."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal, get_args

from federation import aws_texts, clock, limits
from federation.arn import Arn
from federation.check_names import SamlCheck
from federation.clock import Span
from federation.errors import RegistrationError, ValidationError, show
from federation.profiles import Profile
from federation.provider_details import SamlDetails
from federation.saml.registration.endpoints import sign_in
from federation.saml.registration.keys import DecryptionKey, Permit, VerificationKey, load_certificates, load_decryption_key, parse_permit
from federation.saml.registration.metadata import read_metadata
from federation.saml.verifiers import named

EncryptionRule = Literal["allowed", "required"]
Signed = Literal["assertion", "response", "either"]
VerifierName = Literal["strict", "signxml"]
KeyMaterial = str | bytes | VerificationKey
DecryptionMaterial = str | bytes | DecryptionKey

FIVE_MINUTES: Final = timedelta(seconds=limits.REDEMPTION_SECONDS)
_NAME: Final = re.compile(r"[\w.-]{1,128}", re.ASCII)
_IDENTIFIER_CHARS: Final = 2048


@dataclass(frozen=True, slots=True, init=False, eq=False, repr=False)
class SamlProvider:
    """A registered SAML identity provider. It is immutable and thread-safe. Keys are parsed once, at construction.

    Attributes:
        kind: Name of the validator for this provider's tokens.
        arn: ARN of the provider, ``arn:aws:iam::<account>:saml-provider/<Name>``.
        entity_ids: Accepted values of Issuer, compared code point by code point (SAML core 2.2.5, 8.3.6).
        keys: The only keys that verify its signatures.
        audiences: Accepted values of Audience; by default those of AWS in the partition of the ARN.
        recipients: Accepted values of Recipient and Destination, URLs; None for those of AWS in the partition of the ARN.
        max_age: Longest time between the assertion's IssueInstant and its use; None for no limit. The default is five minutes, as in AWS.
        clock_skew: Tolerance on NotBefore and on an IssueInstant in the future, in profile ``strict``, 0 to 600 seconds. It never extends a
            validity that has ended (attack row P08).
        permit: Weak algorithms and forms that are accepted for this provider, by name.
        decryption_keys: Private keys for encrypted assertions, tried in order.
        encryption: ``required`` refuses assertions that are not encrypted; ``allowed`` accepts both.
        signed: The element that must have a verified signature: ``assertion``, ``response`` or ``either``. Profile ``aws`` always requires
            that of the assertion.
        profile: The profile whose verdict decides.
        verifier: ``strict`` for the built-in XML signature verifier, ``signxml`` for the library of that name, which is slower.
        notes: Remarks of the registration, repeated in every report.
        account: Account id of the ARN, twelve digits.
        doc: Value of the condition key ``saml:doc``: ``<account>/<Name>``.
        details: What IAM keeps of the provider beside what judges its tokens.
    """

    kind = "saml2-response"  # without annotation it is no field; the protocol `Provider` requires it on the instance
    arn: str
    entity_ids: frozenset[str]
    keys: tuple[VerificationKey, ...]
    audiences: frozenset[str]
    recipients: frozenset[str] | None
    max_age: timedelta | None
    clock_skew: timedelta
    permit: Permit
    decryption_keys: tuple[DecryptionKey, ...]
    encryption: EncryptionRule
    signed: Signed
    profile: Profile
    verifier: VerifierName
    notes: tuple[str, ...]
    account: str
    doc: str
    details: SamlDetails
    _endpoint: re.Pattern[str] = field()

    def __init__(  # noqa: PLR0913 - the public face: every word of a registration, keyword-only
        self,
        *,
        arn: str,
        entity_ids: str | Iterable[str],
        certificates: KeyMaterial | Iterable[KeyMaterial],
        audiences: Iterable[str] | None = None,
        recipients: Iterable[str] | None = None,
        max_age: Span | None = FIVE_MINUTES,
        clock_skew: Span = 0,
        permit: Iterable[str] = (),
        decryption_keys: DecryptionMaterial | Iterable[DecryptionMaterial] = (),
        encryption: EncryptionRule = "allowed",
        signed: Signed = "either",
        profile: Profile | Literal["strict", "aws"] = Profile.STRICT,
        verifier: VerifierName = "strict",
        notes: tuple[str, ...] = (),
    ) -> None:
        """Register a provider from its parts.

        Args:
            arn: ARN of the provider.
            entity_ids: One entity id or up to ten.
            certificates: X.509 certificates or public keys (PEM, DER or base64), one or up to ten. The dates of certificates are not
                checked.
            audiences: Accepted values of Audience, 1 to 100. An empty collection is refused.
            recipients: Accepted values of Recipient and Destination, 1 to 100 URLs. An empty collection is refused.
            max_age: Longest time from IssueInstant to use, a timedelta or whole seconds; None for no limit.
            clock_skew: Tolerance on NotBefore and IssueInstant, a timedelta or whole seconds; at most `limits.MAX_CLOCK_SKEW_SECONDS`.
            permit: Names of weak algorithms and forms to accept, from `federation.saml.registration.permits.PERMITS`.
            decryption_keys: RSA private keys in PEM without a password, one or several.
            encryption: ``allowed`` or ``required``.
            signed: ``assertion``, ``response`` or ``either``.
            profile: ``strict`` or ``aws``.
            verifier: ``strict`` or ``signxml``.
            notes: Remarks that every report repeats.

        Raises:
            RegistrationError: An argument is invalid. Nothing invalid is skipped or replaced by a default (attack rows K16, M03).
        """
        allowed = parse_permit(permit)
        parsed = _provider_arn(arn)
        aws = sign_in(parsed.partition)
        if not aws.audiences and (audiences is None or recipients is None):
            raise _refusal("audience", f"audiences and recipients for partition {show(parsed.partition)}", "none", "register both")
        decryption = tuple(_decryption_key(material) for material in _several(decryption_keys, DecryptionKey))
        values = {
            "arn": arn,
            "entity_ids": _texts("entity-id", [entity_ids] if isinstance(entity_ids, str) else entity_ids, limits.ENTITIES_PER_PROVIDER),
            "keys": _keys(certificates, allowed),
            "audiences": aws.audiences if audiences is None else _texts("audience", audiences),
            "recipients": None if recipients is None else _texts("recipient", recipients),
            "max_age": clock.age(max_age),
            "clock_skew": clock.skew(clock_skew),
            "permit": allowed,
            "decryption_keys": decryption,
            "encryption": _one_of("encryption", encryption, get_args(EncryptionRule)),
            "signed": _one_of("signed", signed, get_args(Signed)),
            "profile": Profile(_one_of("profile", profile, tuple(Profile))),
            "verifier": _one_of("verifier", verifier, get_args(VerifierName)),
            "notes": _remarks(notes),
            "account": parsed.account,
            "doc": f"{parsed.account}/{parsed.name}",
            "details": SamlDetails(),
            "_endpoint": aws.endpoint,
        }
        named(verifier)  # a missing library must fail here and not at the first token
        if encryption == "required" and not decryption:
            raise _refusal(
                "encryption",
                "a decryption key where encryption is required",
                "none",
                "register the private key whose certificate the identity provider encrypts to",
                aws_texts.iam.ENCRYPTION_WITHOUT_KEY,
            )
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_metadata(  # noqa: PLR0913 - as the constructor
        cls,
        xml: str | bytes,
        *,
        arn: str,
        entity_id: str | None = None,
        audiences: Iterable[str] | None = None,
        recipients: Iterable[str] | None = None,
        max_age: Span | None = FIVE_MINUTES,
        clock_skew: Span = 0,
        permit: Iterable[str] = (),
        decryption_keys: DecryptionMaterial | Iterable[DecryptionMaterial] = (),
        encryption: EncryptionRule = "allowed",
        signed: Signed = "either",
        profile: Profile | Literal["strict", "aws"] = Profile.STRICT,
        verifier: VerifierName = "strict",
    ) -> SamlProvider:
        """Register a provider from its published metadata: an EntityDescriptor, or an EntitiesDescriptor with *entity_id*.

        Args:
            xml: The document, as `bytes` in UTF-8 or as `str`; at most `limits.METADATA_OCTETS` octets.
            arn: ARN of the provider.
            entity_id: The entity to register; required where the document describes several identity providers.
            audiences: As for the constructor.
            recipients: As for the constructor.
            max_age: As for the constructor, a timedelta or whole seconds; None for no limit.
            clock_skew: As for the constructor, a timedelta or whole seconds.
            permit: As for the constructor.
            decryption_keys: As for the constructor.
            encryption: As for the constructor.
            signed: As for the constructor.
            profile: As for the constructor.
            verifier: As for the constructor.

        Raises:
            RegistrationError: The document does not describe exactly one matching identity provider with a usable signing key, or an
                argument is invalid.
        """
        metadata = read_metadata(xml, permit=parse_permit(permit), entity_id=entity_id)
        return cls(
            arn=arn,
            entity_ids=metadata.entity_id,
            certificates=metadata.keys,
            audiences=audiences,
            recipients=recipients,
            max_age=max_age,
            clock_skew=clock_skew,
            permit=permit,
            decryption_keys=decryption_keys,
            encryption=encryption,
            signed=signed,
            profile=profile,
            verifier=verifier,
            notes=metadata.notes,
        )

    def reprofiled(self, profile: Profile | Literal["strict", "aws"]) -> SamlProvider:
        """Return a copy of the provider with another profile.

        Args:
            profile: ``strict`` or ``aws``.

        Raises:
            RegistrationError: *profile* is neither.
        """
        twin = copy.copy(self)
        object.__setattr__(twin, "profile", Profile(_one_of("profile", profile, tuple(Profile))))
        return twin

    def detailed(self, details: SamlDetails) -> SamlProvider:
        """Return a copy of the provider with other *details*."""
        twin = copy.copy(self)
        object.__setattr__(twin, "details", details)
        return twin

    def receives_at(self, url: str) -> bool:
        """Return whether *url* is exactly one of the accepted recipients (attack row P03)."""
        return url in self.recipients if self.recipients is not None else bool(self._endpoint.fullmatch(url))

    def __repr__(self) -> str:
        return f"<SamlProvider {self.arn} {self.profile}>"

    def __copy__(self) -> SamlProvider:
        twin = object.__new__(type(self))
        for name in self.__slots__:
            object.__setattr__(twin, name, getattr(self, name))
        return twin


def _provider_arn(arn: object) -> Arn:
    try:
        parsed = Arn.parse(arn)
    except ValidationError as fault:
        raise _refusal("provider-arn", fault.expected, fault.found, "pass arn:aws:iam::<account>:saml-provider/<Name>") from None
    kind, _, name = parsed.resource.partition("/")
    if parsed.service != "iam" or not parsed.account.isdigit() or kind != "saml-provider" or not _NAME.fullmatch(name):
        raise _refusal("provider-arn", "the ARN of a SAML provider", show(arn), "pass arn:aws:iam::<account>:saml-provider/<Name>")
    return parsed


def _keys(material: object, permit: Permit) -> tuple[VerificationKey, ...]:
    keys: dict[str, VerificationKey] = {}
    for item in _several(material, VerificationKey):
        loaded = (item,) if isinstance(item, VerificationKey) else load_certificates(item, permit)
        keys.update((key.fingerprint, key) for key in loaded)
    if not 0 < len(keys) <= limits.KEYS_PER_PROVIDER:
        raise _refusal("keys", f"1 to {limits.KEYS_PER_PROVIDER} signing keys", f"{len(keys)}", "register the certificates in use")
    return tuple(keys.values())


def _decryption_key(material: object) -> DecryptionKey:
    return material if isinstance(material, DecryptionKey) else load_decryption_key(material)


def _several(material: object, one: type) -> Iterable[object]:
    """Return *material* as an iterable. The loader refuses values of other types."""
    if isinstance(material, (str, bytes, one)) or not isinstance(material, Iterable):
        return (material,)
    return material


def _texts(check: SamlCheck, values: object, most: int = limits.NAMES_PER_PROVIDER) -> frozenset[str]:
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise _refusal(check, "a collection of texts", type(values).__name__, "pass a list, even of one")
    texts = tuple(values)
    bad = next((value for value in texts if not isinstance(value, str) or not 0 < len(value) <= _IDENTIFIER_CHARS), None)
    if bad is not None or not 0 < len(texts) <= most:
        found = f"{len(texts)} of them" if bad is None else show(bad)
        raise _refusal(check, f"1 to {most} texts of 1 to {_IDENTIFIER_CHARS} characters", found, "an empty collection would mean nobody")
    return frozenset(texts)


def _remarks(notes: object) -> tuple[str, ...]:
    if not isinstance(notes, tuple) or not all(isinstance(note, str) for note in notes):
        raise _refusal("notes", "a tuple of texts", type(notes).__name__, "pass a tuple, even of one")
    return notes


def _one_of(check: SamlCheck, value: object, choices: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in choices:
        raise _refusal(check, "one of " + ", ".join(choices), show(value), "choose one")
    return value


def _refusal(check: SamlCheck, expected: str, found: str, remedy: str, message: str | None = None) -> RegistrationError:
    return RegistrationError(check=check, expected=expected, found=found, remedy=remedy, message=message)
