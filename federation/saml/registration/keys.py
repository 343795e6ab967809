"""The registered keys of a provider, which are the only keys that verify its signatures (attack rows K01 to K18).

A certificate is only a container of a key: its issuer, chain and dates are not checked. Weak keys are refused at registration.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, cast

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.utils import CryptographyDeprecationWarning

from federation import aws_texts, limits
from federation.check_names import SamlCheck
from federation.errors import RegistrationError, show
from federation.saml.decode import base64_octets
from federation.saml.registration.permits import PERMITS

Permit = frozenset[str]
"""Names of the weak algorithms and forms that a provider permits."""

CURVES: Final = frozenset({"secp256r1", "secp384r1", "secp521r1"})

XmlSignaturePublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

_PEM: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \1-----")
_PUBLIC_LABELS: Final = frozenset({b"CERTIFICATE", b"X509 CERTIFICATE", b"TRUSTED CERTIFICATE", b"PUBLIC KEY", b"RSA PUBLIC KEY"})
_FAULTS: Final = (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion)


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A registered public key that verifies the signatures of an identity provider.

    Attributes:
        public_key: RSA of `limits.RSA_MIN_BITS` to `limits.RSA_MAX_BITS`, or EC on P-256, P-384 or P-521.
        fingerprint: SHA-256 in hex of the certificate, or of the SubjectPublicKeyInfo where there is none.
        not_before: Start of the certificate's validity, aware UTC; None for a bare key. It is shown in reports and not checked.
        not_after: End of the certificate's validity, aware UTC; None for a bare key. It is shown in reports and not checked.
        source: Source of the key, for reports.
        kind: ``rsa`` or ``ec``.
        bits: Size of the modulus or of the curve in bits.
    """

    public_key: XmlSignaturePublicKey = field(repr=False)
    fingerprint: str
    not_before: datetime | None = None
    not_after: datetime | None = None
    source: str = ""
    kind: Literal["rsa", "ec"] = field(init=False)
    bits: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", "rsa" if isinstance(self.public_key, rsa.RSAPublicKey) else "ec")
        object.__setattr__(self, "bits", self.public_key.key_size)


@dataclass(frozen=True, slots=True)
class DecryptionKey:
    """A registered RSA private key that decrypts assertions of the identity provider. The repr does not show the key."""

    private_key: rsa.RSAPrivateKey = field(repr=False)
    fingerprint: str
    source: str = ""


def parse_permit(names: Iterable[str]) -> Permit:
    """Return *names* as a set. Each must be one of `PERMITS`.

    Raises:
        RegistrationError: Check ``permit``: a name is unknown, or *names* is no collection of names, such as a str.
    """
    if isinstance(names, (str, bytes)) or not isinstance(names, Iterable):
        raise _refusal("permit", "a collection of names", type(names).__name__, "pass a set, even of one")
    wanted: list[object] = list(names)
    unknown = [name for name in wanted if not isinstance(name, str) or name not in PERMITS]
    if unknown:
        raise _refusal("permit", f"names out of {', '.join(sorted(PERMITS))}", show(unknown[0]), "correct it")
    return cast("Permit", frozenset(wanted))


def load_certificates(material: object, permit: Permit = frozenset(), *, source: str = "") -> tuple[VerificationKey, ...]:
    """Return every certificate or public key of *material*: PEM with one or several, DER, or the base64 of ds:X509Certificate.

    Args:
        material: `str` or `bytes`.
        permit: Permits of the provider, of which ``rsa-1024`` applies here.
        source: Source of the material, for reports.

    Raises:
        RegistrationError: Check ``certificate`` (cannot be parsed), ``key-type``, ``key-size``, ``key-exponent`` or ``key-curve``.
    """
    return tuple(_load_public(label, der, permit, source) for label, der in _blocks(material))


def verification_key(public_key: object, permit: Permit = frozenset(), *, source: str = "") -> VerificationKey:
    """Return a bare public key as a registered key, e.g. that of a ds:KeyValue in metadata.

    Raises:
        RegistrationError: Check ``key-type``, ``key-size``, ``key-exponent`` or ``key-curve``.
    """
    key = _admit(public_key, permit)
    spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return VerificationKey(key, hashlib.sha256(spki).hexdigest(), source=source)


def load_decryption_key(material: object, *, source: str = "") -> DecryptionKey:
    """Return the RSA private key of a PEM file without a password, PKCS#1 or PKCS#8, of at least 1024 bits as in AWS.

    The size of the key matters for the confidentiality of assertions only. No identity is proved by it.

    Raises:
        RegistrationError: Check ``decryption-key``, ``key-type``, ``key-size`` or ``key-exponent``.
    """
    octets = material.encode("utf-8", "replace") if isinstance(material, str) else material
    try:
        if not isinstance(octets, bytes):
            raise TypeError
        key = serialization.load_pem_private_key(octets, password=None)
    except _FAULTS as fault:
        raise RegistrationError(
            check="decryption-key",
            expected="one unencrypted RSA private key in PEM (PKCS#1 or PKCS#8)",
            found=type(fault).__name__ if isinstance(material, (str, bytes)) else type(material).__name__,
            remedy="export the key as PEM without a passphrase",
            message=aws_texts.iam.PRIVATE_KEY,
        ) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise _refusal("key-type", "an RSA private key", type(key).__name__.lstrip("_"), "assertions are encrypted to RSA keys alone")
    public = _admit_rsa(key.public_key(), limits.RSA_LEGACY_MIN_BITS)
    spki = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return DecryptionKey(key, hashlib.sha256(spki).hexdigest(), source)


def _blocks(material: object) -> list[tuple[bytes, bytes]]:
    """Return *material* as pairs of PEM label and DER. DER and bare base64 have the label CERTIFICATE."""
    octets = material.encode("utf-8", "replace") if isinstance(material, str) else material
    if not isinstance(octets, bytes):
        raise _refusal("certificate", "a certificate as str or bytes", type(material).__name__, "pass PEM, DER or base64")
    if len(octets) > limits.METADATA_OCTETS:
        raise _refusal("certificate", f"at most {limits.METADATA_OCTETS} octets", f"{len(octets)}", "pass the certificate alone")
    if octets.startswith(b"\x30"):
        return [(b"CERTIFICATE", octets)]
    armoured = _PEM.findall(octets)
    try:
        if armoured:
            return [(label, base64_octets(body)) for label, body in armoured]
        return [(b"CERTIFICATE", base64_octets(octets))]
    except ValueError:
        raise _refusal("certificate", "PEM, DER or base64", "text that is none of them", "export the certificate again") from None


def _load_public(label: bytes, der: bytes, permit: Permit, source: str) -> VerificationKey:
    if label not in _PUBLIC_LABELS:
        raise _refusal("certificate", "a certificate or public key", show(label.decode("ascii")), "never register private keys here")
    if not label.endswith(b"CERTIFICATE"):
        try:
            return verification_key(serialization.load_der_public_key(der), permit, source=source)
        except _FAULTS as fault:
            raise _unreadable(fault) from None
    try:
        with warnings.catch_warnings():
            # Serial numbers, names and extensions that RFC 5280 forbids do not matter, because only the key is used.
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            certificate = x509.load_der_x509_certificate(der)
            public_key = certificate.public_key()
    except _FAULTS as fault:
        raise _unreadable(fault) from None
    begin, end = _period(certificate)
    return VerificationKey(_admit(public_key, permit), hashlib.sha256(der).hexdigest(), begin, end, source)


def _period(certificate: x509.Certificate) -> tuple[datetime | None, datetime | None]:
    try:
        return certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except ValueError:
        return None, None


def _admit(public_key: object, permit: Permit) -> XmlSignaturePublicKey:
    """Return *public_key* after checking its kind and size."""
    if isinstance(public_key, rsa.RSAPublicKey):
        return _admit_rsa(public_key, limits.RSA_LEGACY_MIN_BITS if "rsa-1024" in permit else limits.RSA_MIN_BITS)
    if isinstance(public_key, ec.EllipticCurvePublicKey):
        if public_key.curve.name not in CURVES:
            raise _refusal("key-curve", "P-256, P-384 or P-521", show(public_key.curve.name), "let the IdP use a named NIST curve")
        return public_key
    kind = type(public_key).__name__.lstrip("_")
    raise _refusal("key-type", "an RSA or EC public key", show(kind), "let the IdP sign with RSA or ECDSA")


def _admit_rsa(public_key: rsa.RSAPublicKey, least: int) -> rsa.RSAPublicKey:
    numbers = public_key.public_numbers()
    if not least <= public_key.key_size <= limits.RSA_MAX_BITS:
        permit_helps = limits.RSA_LEGACY_MIN_BITS <= public_key.key_size < least
        remedy = "let the IdP use a 2048-bit key" + (", or permit `rsa-1024` by name for this provider" if permit_helps else "")
        raise _refusal("key-size", f"RSA of {least} to {limits.RSA_MAX_BITS} bits", f"{public_key.key_size} bits", remedy)
    if numbers.e < limits.RSA_MIN_EXPONENT or numbers.n % 2 == 0:  # `cryptography` never returns a key with an even exponent
        found = f"exponent {numbers.e}" if numbers.e.bit_length() <= 64 else "another exponent"  # noqa: PLR2004
        raise _refusal("key-exponent", "an odd modulus and an odd exponent from 65537", found, "let the IdP make an ordinary RSA key")
    return public_key


def _unreadable(fault: Exception) -> RegistrationError:
    return _refusal("certificate", "an X.509 certificate or public key", show(str(fault)), "export the certificate again")


def _refusal(check: SamlCheck, expected: str, found: str, remedy: str) -> RegistrationError:
    return RegistrationError(check=check, expected=expected, found=found, remedy=remedy)
