"""Certificates of servers of the tests: an authority that verifies itself, and what it certifies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from federation.server.settings import TlsFiles

LOOPBACK = "127.0.0.1"


class Authority:
    """Certifies servers by their addresses. Its own certificate is in *folder*."""

    def __init__(self, folder: Path) -> None:
        self._key, self._name = ec.generate_private_key(ec.SECP256R1()), _name("authority of the tests")
        self.certificate = folder / "authority.pem"
        made = self._made(self._name, self._key, self._name, timedelta(days=1), timedelta(days=-1))
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.certificate.write_bytes(made.sign(self._key, SHA256()).public_bytes(Encoding.PEM))

    def certify(self, files: TlsFiles, *addresses: str, name: str | None = None) -> int:
        """Write a new key and its certificate for *addresses* and *name*, and return the serial number."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._made(_name("server of the tests"), key, self._name, timedelta(days=1), timedelta(days=-2))
        names = x509.SubjectAlternativeName(
            [*(x509.IPAddress(ip_address(each)) for each in addresses or (LOOPBACK,)), *([x509.DNSName(name)] if name else [])]
        )
        certificate = made.add_extension(names, critical=False).sign(self._key, SHA256())
        files.key.touch(mode=0o600)
        files.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        files.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
        return certificate.serial_number

    def _made(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, issuer: x509.Name, ends: timedelta, begins: timedelta
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        return made.serial_number(x509.random_serial_number()).not_valid_before(now + begins).not_valid_after(now + ends)


def pair(folder: Path) -> TlsFiles:
    """Where a certificate and its key are in *folder*."""
    return TlsFiles(folder / "certificate.pem", folder / "key.pem")


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
