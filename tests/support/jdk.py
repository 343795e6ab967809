"""The JDK's own XML signatures (javax.xml.crypto), by one process that answers requests: who verifies, canonicalises and signs as another.

The program is tests/support/java/Signatures.java. `needs_jdk` skips a test where there is no JDK.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from federation.saml.registration.keys import VerificationKey
from federation.saml.signature.algorithms import SIGNATURES

PROGRAM = Path(__file__).parent / "java" / "Signatures.java"


def has_jdk() -> bool:
    return shutil.which("java") is not None and shutil.which("javac") is not None


needs_jdk = pytest.mark.skipif(
    not has_jdk(),
    reason="the JDK is the third verifier, and there is none here: install one, such as Debian's default-jdk-headless",
)


class JdkError(Exception):
    """The exception that the JDK raised, in its own words."""


@dataclass(frozen=True)
class JdkReference:
    """A ds:Reference: whether the octets have its digest, and the octets."""

    valid: bool
    octets: bytes


@dataclass(frozen=True)
class JdkSignature:
    """A ds:Signature: whether the key made its value, the canonical octets of its SignedInfo, and its references."""

    by_key: bool
    signed_info: bytes
    references: tuple[JdkReference, ...]

    @property
    def valid(self) -> bool:
        return self.by_key and all(reference.valid for reference in self.references)


@dataclass(frozen=True)
class Awkward:
    """How the JDK writes a signature: the prefix of its elements (empty: a default namespace), and the two lists of prefixes."""

    prefix: str = "ds"
    of_reference: str = ""
    of_signed_info: str = ""


class Jdk:
    """A running process of the JDK. It answers one request after the other, so it is of one thread."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._requests, self._answers = process.stdin, process.stdout

    def verify(self, document: bytes, key: VerificationKey) -> tuple[JdkSignature, ...]:
        """Every Signature of *document* in document order, judged by *key*, without a look at algorithms or at what is signed."""
        kind = {"rsa": "RSA", "ec": "EC"}[key.kind]
        words = iter(self._ask("verify", document, kind, key.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)))
        found = []
        for value in words:
            signed_info, references = next(words), int(next(words))
            read = tuple(JdkReference(next(words) == b"valid", next(words)) for _ in range(references))
            found.append(JdkSignature(value == b"valid", signed_info, read))
        return tuple(found)

    def canonicalise(self, document: bytes, element_id: str, prefixes: Sequence[str] = ()) -> bytes:
        """The exclusive canonical form of the element of *document* with that ID."""
        (octets,) = self._ask("canonicalise", document, element_id, " ".join(prefixes))
        return octets

    def sign(self, document: bytes, element_id: str, key: PrivateKeyTypes, how: Awkward, certificate: bytes = b"") -> bytes:
        """*document*, with a signature over the element of that ID behind its Issuer, as the JDK signs and writes it.

        The JDK breaks base64 with CR and LF, and its serialiser writes the CR as a character reference.
        """
        kind, method = ("RSA", "rsa-sha256") if isinstance(key, rsa.RSAPrivateKey) else ("EC", "ecdsa-sha256")
        identifier = next(name for name in SIGNATURES if name.endswith(f"#{method}"))
        private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        lists = (how.of_reference, how.of_signed_info)
        (octets,) = self._ask("sign", document, element_id, kind, private, certificate, identifier, how.prefix, *lists)
        return octets

    def _ask(self, request: str, *arguments: str | bytes) -> list[bytes]:
        octets = (argument.encode() if isinstance(argument, str) else argument for argument in arguments)
        self._requests.write(b" ".join((request.encode(), *(b"." + base64.b64encode(each) for each in octets))) + b"\n")
        self._requests.flush()
        said, *words = self._answers.readline().split()
        answer = [base64.b64decode(word[1:]) for word in words]
        if said != b"ok":
            raise JdkError(b" ".join(answer).decode())
        return answer


@contextmanager
def running_jdk() -> Iterator[Jdk]:
    """A process of the JDK, which ends with the block."""
    java = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", str(PROGRAM)]
    with subprocess.Popen(java, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        yield Jdk(process)
