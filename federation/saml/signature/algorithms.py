"""The accepted algorithms of XML signatures (attack rows K05 to K10, K19, K20, S28, S30, S40).

Identifiers that are not in these tables are refused. Weak algorithms have the name by which a provider must permit them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, Literal, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from federation import limits
from federation.saml.registration.keys import Permit, VerificationKey

EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"


@dataclass(frozen=True, slots=True)
class Canonicalisation:
    """An exclusive canonicalisation: its identifier, and the prefixes treated inclusively (EC section 3)."""

    algorithm: str
    prefixes: tuple[str, ...] = ()


CANONICALISATIONS: Final[dict[str | None, Canonicalisation]] = {
    identifier: Canonicalisation(identifier) for identifier in (EXCLUSIVE, EXCLUSIVE + "WithComments")
}
"""Both give the same octets here, because comments are removed before (attack row C03). Inclusive canonicalisation is refused (C04): its
result depends on the ancestors of the element."""
ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"

_XMLDSIG: Final = "http://www.w3.org/2000/09/xmldsig#"
_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
_MORE_2007: Final = "http://www.w3.org/2007/05/xmldsig-more#"
_XMLENC: Final = "http://www.w3.org/2001/04/xmlenc#"


@dataclass(frozen=True, slots=True)
class DigestMethod:
    """A ds:DigestMethod: ``name`` for hashlib, and ``permit``, the name by which a provider must permit it, empty where it is strong."""

    name: str
    permit: str = ""

    def digest(self, octets: bytes) -> bytes:
        """Return the digest of *octets*."""
        return _HASHES[self.name](octets).digest()


_HASHES: Final = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}


DIGESTS: Final = {
    _XMLENC + "sha256": DigestMethod("sha256"),
    _MORE + "sha384": DigestMethod("sha384"),
    _XMLENC + "sha512": DigestMethod("sha512"),
    _XMLDSIG + "sha1": DigestMethod("sha1", "sha1"),
}
_PKCS1: Final = padding.PKCS1v15()


@dataclass(frozen=True, slots=True)
class SignatureMethod:
    """A ds:SignatureMethod for one kind of key.

    Padding (PKCS#1 v1.5 unless given) and hash are fixed by the identifier; the message sets no parameters (row K10).
    """

    kind: Literal["rsa", "ec"]
    hash: hashes.HashAlgorithm
    padding: padding.AsymmetricPadding | None = None
    permit: str = ""

    def verifies(self, key: VerificationKey, signature: bytes, message: bytes) -> bool:
        """Return whether *key* verifies *signature* over *message*. An ECDSA signature is r and s in the length of the curve (row S41)."""
        try:
            if self.kind == "rsa":
                cast("rsa.RSAPublicKey", key.public_key).verify(signature, message, self.padding or _PKCS1, self.hash)
                return True
            octets = (key.bits + 7) // 8
            if len(signature) != 2 * octets:
                return False
            r, s = int.from_bytes(signature[:octets], "big"), int.from_bytes(signature[octets:], "big")
            cast("ec.EllipticCurvePublicKey", key.public_key).verify(encode_dss_signature(r, s), message, ec.ECDSA(self.hash))
        except InvalidSignature:
            return False
        return True


def _pss(algorithm: hashes.HashAlgorithm) -> SignatureMethod:
    return SignatureMethod("rsa", algorithm, padding.PSS(padding.MGF1(algorithm), algorithm.digest_size))


SIGNATURES: Final = {
    _MORE + "rsa-sha256": SignatureMethod("rsa", hashes.SHA256()),
    _MORE + "rsa-sha384": SignatureMethod("rsa", hashes.SHA384()),
    _MORE + "rsa-sha512": SignatureMethod("rsa", hashes.SHA512()),
    _MORE_2007 + "sha256-rsa-MGF1": _pss(hashes.SHA256()),
    _MORE_2007 + "sha384-rsa-MGF1": _pss(hashes.SHA384()),
    _MORE_2007 + "sha512-rsa-MGF1": _pss(hashes.SHA512()),
    _MORE + "ecdsa-sha256": SignatureMethod("ec", hashes.SHA256()),
    _MORE + "ecdsa-sha384": SignatureMethod("ec", hashes.SHA384()),
    _MORE + "ecdsa-sha512": SignatureMethod("ec", hashes.SHA512()),
    _XMLDSIG + "rsa-sha1": SignatureMethod("rsa", hashes.SHA1(), permit="rsa-sha1"),  # noqa: S303 - only where permitted by name
    _MORE + "ecdsa-sha1": SignatureMethod("ec", hashes.SHA1(), permit="ecdsa-sha1"),  # noqa: S303
}


_PERMIT: Final[Callable[[SignatureMethod | DigestMethod], str]] = attrgetter("permit")


def weaknesses(key: VerificationKey, *used: SignatureMethod | DigestMethod) -> tuple[str, ...]:
    """Return the names of the weak algorithms in *used* and of a weak *key*, for reports."""
    names = tuple(filter(None, map(_PERMIT, used)))
    return (*names, "rsa-1024") if key.kind == "rsa" and key.bits < limits.RSA_MIN_BITS else names


def permitted(method: SignatureMethod | DigestMethod, permit: Permit) -> bool:
    """Return whether *method* is strong, or permitted by name."""
    return not method.permit or method.permit in permit
