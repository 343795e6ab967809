"""The certificate under which the server itself speaks TLS: checked before it is used, and taken over anew where its files change."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from federation import clock, limits
from federation.errors import FederationError, RegistrationError, show
from federation.identity import timestamp
from federation.server.access_log import AccessLog
from federation.server.failures import as_failure
from federation.server.metrics.catalogue import FAULTY, TAKEN_OVER
from federation.server.metrics.gauges import tell_expiry
from federation.server.settings import TlsFiles

CHECK: Final = "tls-certificate"
LONGEST_OCTETS: Final = 1_048_576
LOOK_SECONDS: Final = 1.0
_CURVES: Final = (ec.SECP256R1, ec.SECP384R1)
_SeenFile = tuple[int, int, int]


def read_pair(files: TlsFiles, *, at: datetime) -> tuple[bytes, bytes, datetime]:
    """Return the octets of *files*, and when the certificate expires.

    Args:
        files: The certificate and its key.
        at: The time at which the certificate must be valid, aware UTC.

    Raises:
        RegistrationError: One cannot be read or is at fault, or they do not belong together.
    """
    chain, secret = _octets(files.certificate), _octets(files.key)
    if os.name == "posix" and files.key.stat().st_mode & stat.S_IROTH:
        raise _fault(files.key, "a file that not everybody can read", "mode with o+r", f"chmod o-rwx {files.key}")
    try:
        certificate = x509.load_pem_x509_certificates(chain)[0]
    except ValueError:
        raise _fault(files.certificate, "certificates in PEM, the server's own first", "something else", "write PEM") from None
    try:
        key = load_pem_private_key(secret, None)
    except (ValueError, TypeError):  # TypeError: it has a password
        raise _fault(files.key, "a private key in PEM, without password", "something else", "write the key in PEM, PKCS #8") from None
    _check_key(files, key)
    if _public(certificate.public_key()) != _public(key.public_key()):
        raise _fault(files.certificate, "the certificate of the key", "that of another key", "put both files there together")
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not begins <= at < ends:
        found = f"one from {timestamp(begins)} to {timestamp(ends)}"
        raise _fault(files.certificate, f"a certificate that is valid at {timestamp(at)}", found, "renew the certificate")
    return chain, secret, ends


def _check_key(files: TlsFiles, key: PrivateKeyTypes) -> None:
    strong = (
        (isinstance(key, rsa.RSAPrivateKey) and limits.RSA_MIN_BITS <= key.key_size <= limits.RSA_MAX_BITS)
        or (isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, _CURVES))
        or isinstance(key, ed25519.Ed25519PrivateKey)
    )
    if not strong:
        expected = f"RSA of {limits.RSA_MIN_BITS} to {limits.RSA_MAX_BITS} bits, P-256, P-384 or Ed25519"
        raise _fault(files.key, expected, "another kind of key", "make a new key and have it certified")


def _octets(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            octets = stream.read(LONGEST_OCTETS + 1)
    except OSError as cause:
        raise _fault(file, "a file that can be read", cause.strerror or type(cause).__name__, "correct the path or its mode") from None
    if len(octets) > LONGEST_OCTETS:
        raise _fault(file, f"at most {LONGEST_OCTETS} octets", "more", "name another file")
    return octets


def _public(key: object) -> bytes:
    octets: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]
    return octets


def _fault(file: Path, expected: str, found: str, remedy: str) -> RegistrationError:
    return RegistrationError(check=CHECK, expected=f"{expected}: {show(str(file))}", found=found, remedy=remedy)


class Certificates:
    """Copies of the certificate and its key that workers read when they start, in the private directory of the server.

    A worker that replaces another one at any time finds a pair that was checked, whatever happens to the files meanwhile.
    """

    def __init__(self, files: TlsFiles, shared: Path, log: AccessLog) -> None:
        """Take over *files*.

        Raises:
            RegistrationError: They are at fault.
        """
        self._files, self._shared, self._log = files, shared, log
        self._number, self._stopped = 0, Event()
        self._seen = self._stamps()
        self.present, self._expires_at = self._copied()
        tell_expiry(shared, self._expires_at)

    def watch(self, changed: Callable[[], None]) -> None:
        """Call *changed* after each change of the files that is taken over. A faulty one is logged, and what was there is kept."""
        Thread(target=self._watch, args=(changed,), name="tls-certificate", daemon=True).start()

    def stop(self) -> None:
        """Stop watching."""
        self._stopped.set()

    def taken_over(self) -> None:
        """Log that every worker has the present pair."""
        tell_expiry(self._shared, self._expires_at)
        self._told(TAKEN_OVER, expires=str(timestamp(self._expires_at)))

    def not_taken_over(self) -> None:
        """Log that no worker could serve with the present pair."""
        expected = f"a certificate and a key that a worker can serve with: {show(str(self._files.certificate))}"
        self._told(FAULTY, check=CHECK, expected=expected, found="a worker that ends with them", remedy="make a new key and certificate")

    def _told(self, outcome: str, **members: str) -> None:
        self._log.tell("certificate", outcome=outcome, **members)

    def _watch(self, changed: Callable[[], None]) -> None:
        while not self._stopped.wait(LOOK_SECONDS):
            stamps = self._stamps()
            if stamps == self._seen:
                continue
            if self._stopped.wait(LOOK_SECONDS) or stamps != self._stamps():
                continue  # both files are written one after the other
            self._seen = stamps
            try:
                self.present, self._expires_at = self._copied()
            except FederationError as refusal:
                self._refuse(refusal)
            except Exception as bug:  # noqa: BLE001 - a bug is logged, and the watching goes on
                self._refuse(as_failure(bug))
            else:
                changed()

    def _refuse(self, refusal: FederationError) -> None:
        self._told(FAULTY, check=refusal.check, expected=refusal.expected, found=refusal.found, remedy=refusal.remedy)

    def _copied(self) -> tuple[TlsFiles, datetime]:
        chain, secret, ends = read_pair(self._files, at=clock.resolve(None))
        self._number += 1
        copies = TlsFiles(self._shared / f"tls-{self._number}.pem", self._shared / f"tls-{self._number}.key")
        for copy, octets in zip(copies, (chain, secret), strict=True):
            with os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
                stream.write(octets)
        return copies, ends

    def _stamps(self) -> tuple[_SeenFile | None, ...]:
        return tuple(map(_stamp, self._files))


def _stamp(file: Path) -> _SeenFile | None:
    try:
        status = file.stat()  # of what a link leads to: Kubernetes exchanges a link
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
