"""Signing keys for test tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

from federation.errors import RegistrationError, show

SigningPrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

_CURVES: dict[str, type[ec.EllipticCurve]] = {"p256": ec.SECP256R1, "p384": ec.SECP384R1, "p521": ec.SECP521R1}

_FIRST_YEAR: Final = 1950
_LAST_YEAR: Final = 9000
_LONGEST_LIFE: Final = timedelta(days=36_525)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its certificate for metadata. The repr does not show the key.

    Attributes:
        private: The RSA or EC private key.
        certificate: Its certificate, which contains the public key.
    """

    private: SigningPrivateKey
    certificate: x509.Certificate

    def __repr__(self) -> str:
        return f"<SigningKey {self.certificate.subject.rfc4514_string()}>"

    @classmethod
    def from_pem(cls, key: bytes, certificate: bytes) -> SigningKey:
        """Read an unencrypted PEM private key and its PEM certificate.

        Raises:
            RegistrationError: One of them cannot be parsed, or they do not belong together.
        """
        try:
            private = load_pem_private_key(key, password=None)
            published = x509.load_pem_x509_certificate(certificate)
        except (ValueError, TypeError) as cause:
            raise _unusable("an unencrypted PEM private key and a PEM certificate", "something else") from cause
        if not isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise _unusable("an RSA or EC key", type(private).__name__)
        if private.public_key() != published.public_key():
            raise _unusable("a certificate of this private key", "a certificate of another key")
        return cls(private, published)

    @classmethod
    def generate(cls, kind: str = "rsa-2048", *, common_name: str, at: datetime, life: timedelta = timedelta(days=3650)) -> SigningKey:
        """Return a new key with a self-signed certificate.

        Args:
            kind: ``rsa-<bits>`` or ``p256``, ``p384``, ``p521``.
            common_name: Subject and issuer of the certificate.
            at: Start of the certificate's validity, aware.
            life: Length of its validity, a timedelta.

        Raises:
            RegistrationError: *kind* is unknown, or the certificate cannot express the times.
        """
        if not (_FIRST_YEAR <= at.year <= _LAST_YEAR and timedelta(0) < life <= _LONGEST_LIFE):
            # X.509 has no times before 1950 and after 9999 (RFC 5280 4.1.2.5); the library panics on them.
            raise _unusable(f"a certificate from a year in {_FIRST_YEAR} to {_LAST_YEAR}, for at most a century", "another time")
        private: SigningPrivateKey
        bits = kind.removeprefix("rsa-")
        if kind in _CURVES:
            private = ec.generate_private_key(_CURVES[kind]())
        elif kind.startswith("rsa-") and bits.isascii() and bits.isdigit() and len(bits) <= 4:  # noqa: PLR2004 - at most 9999 bits
            private = rsa.generate_private_key(public_exponent=65_537, key_size=int(bits))
        else:
            raise _unusable("rsa-<bits>, p256, p384 or p521", show(kind))
        return cls(private, self_signed(private, common_name=common_name, at=at, life=life))

    def private_pem(self) -> bytes:
        """Return the private key as unencrypted PKCS#8 PEM."""
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def certificate_pem(self) -> bytes:
        """Return the certificate as PEM."""
        return self.certificate.public_bytes(Encoding.PEM)


def self_signed(private: SigningPrivateKey, *, common_name: str, at: datetime, life: timedelta) -> x509.Certificate:
    """Return a self-signed certificate of *private*, as identity providers publish it."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=private.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=at,
        not_valid_after=at + life,
    )
    return builder.sign(private, hashes.SHA256())


def _unusable(expected: str, found: str) -> RegistrationError:
    return RegistrationError(
        check="signing-key", expected=expected, found=found, remedy="make one with `openssl req -x509 -newkey rsa:2048 -nodes …`"
    )
