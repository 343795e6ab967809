"""The OIDC forge: signed tokens with discovery document and key set of their issuer, for tests and for `federation mint`.

Randomness is used only where an algorithm requires it: for RS*, ES* (RFC 6979) and EdDSA, equal arguments give equal tokens; PS* has a
random salt. `OidcForge.sign` also signs malformed headers and payloads, for tests.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Unpack
from uuid import NAMESPACE_URL, uuid5

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from federation.errors import RegistrationError, show
from federation.jose import base64url
from federation.jose.algorithms import ALGORITHMS
from federation.oidc.provider import OidcProvider, Options
from federation.testing.oidc_shapes import OIDC_SHAPES, OidcShape

TokenPrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

_DIGESTS: Final[dict[str, hashes.HashAlgorithm]] = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
_CURVES: Final[dict[str, ec.EllipticCurve]] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A private key for one JWS algorithm. The repr does not show the key.

    Attributes:
        algorithm: ``RS256`` … ``PS512``, ``ES256`` … ``ES512``, ``EdDSA`` or ``Ed25519``.
        private: The key.
        kid: Key id in the key set; None for none.
    """

    algorithm: str
    private: TokenPrivateKey = field(repr=False)
    kid: str | None = "key-1"

    @classmethod
    def generate(cls, algorithm: str = "RS256", *, kid: str | None = "key-1", bits: int = 2048) -> TokenKey:
        """Return a new key for *algorithm*. *bits* is the size of an RSA modulus in bits.

        Raises:
            RegistrationError: The engine does not verify *algorithm*.
        """
        if algorithm not in ALGORITHMS:
            raise RegistrationError(
                check="algorithms", expected=f"one of {', '.join(ALGORITHMS)}", found=show(algorithm), remedy="choose one of these"
            )
        chosen = ALGORITHMS[algorithm]
        if chosen.kty == "RSA":
            return cls(algorithm, rsa.generate_private_key(public_exponent=65_537, key_size=bits), kid)
        if chosen.kty == "EC":
            return cls(algorithm, ec.generate_private_key(_CURVES[chosen.crv]), kid)
        return cls(algorithm, ed25519.Ed25519PrivateKey.generate(), kid)

    @classmethod
    def from_pem(cls, pem: bytes, *, algorithm: str | None = None, kid: str | None = "key-1") -> TokenKey:
        """Return the key of a PEM private key without a password.

        Args:
            pem: The private key.
            algorithm: JWS algorithm; when None RS256, ES256, ES384 or ES512 by the curve, or EdDSA.
            kid: Key id in the key set; None for none.

        Raises:
            RegistrationError: *pem* is not a private key of these kinds, or does not match *algorithm*.
        """
        try:
            private = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as cause:
            raise _unusable("an unencrypted private key, PEM", type(cause).__name__) from None
        if not isinstance(private, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey)):
            raise _unusable("an RSA, EC or Ed25519 key", type(private).__name__)
        kty = "RSA" if isinstance(private, rsa.RSAPrivateKey) else "EC" if isinstance(private, ec.EllipticCurvePrivateKey) else "OKP"
        curve = next((name for name, known in _CURVES.items() if kty == "EC" and known.name == getattr(private, "curve", known).name), "")
        fitting = [name for name, known in ALGORITHMS.items() if known.kty == kty and (kty != "EC" or known.crv == curve)]
        if not fitting or algorithm not in {None, *fitting}:
            raise _unusable(f"a key for {algorithm or 'a known algorithm'}", f"one for {', '.join(fitting) or 'none'}")
        return cls(algorithm or fitting[0], private, kid)

    def jwk(self) -> dict[str, Any]:
        """Return the public JWK with ``kid``, ``use`` and ``alg``."""
        public = self.private.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            members = RSAAlgorithm.to_jwk(public, as_dict=True)
        elif isinstance(public, ec.EllipticCurvePublicKey):
            members = ECAlgorithm.to_jwk(public, as_dict=True)
        else:
            members = OKPAlgorithm.to_jwk(public, as_dict=True)
        published = {name: value for name, value in members.items() if name != "key_ops"}
        return {**published, "use": "sig", "alg": self.algorithm, **({} if self.kid is None else {"kid": self.kid})}

    def signature(self, signing_input: bytes) -> bytes:
        """Return the JWS signature over *signing_input*."""
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            return self.private.sign(signing_input)
        digest = _DIGESTS[self.algorithm[-3:]]
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            octets = (self.private.key_size + 7) // 8
            r, s = utils.decode_dss_signature(self.private.sign(signing_input, ec.ECDSA(digest, deterministic_signing=True)))
            return r.to_bytes(octets) + s.to_bytes(octets)
        if self.algorithm.startswith("PS"):
            return self.private.sign(signing_input, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
        return self.private.sign(signing_input, padding.PKCS1v15(), digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcForge:
    """A simulated OpenID Connect issuer.

    Attributes:
        key: Its signing key.
        shape: The issuer whose claims it uses.
        issuer: Its URL; empty for the example of the shape.
        published: Further keys of its key set.
    """

    key: TokenKey
    shape: OidcShape = OIDC_SHAPES["generic"]
    issuer: str = ""
    published: Sequence[TokenKey] = ()

    @property
    def url(self) -> str:
        """The issuer URL of the tokens."""
        return self.issuer or self.shape.issuer

    def claims(self, *, at: datetime, subject: str = "", audience: str = "", **changes: object) -> dict[str, Any]:
        """Return the claims of a token issued at *at*, aware. *changes* replace claims by name; `ABSENT` removes one."""
        subject, audience = subject or self.shape.subject, audience or self.shape.audience
        issued = int(at.timestamp())
        members: dict[str, Any] = {
            "iss": self.url,
            "sub": subject,
            "aud": [audience] if self.shape.audience_list else audience,
            **self.shape.claims(subject),
            "jti": str(uuid5(NAMESPACE_URL, f"{self.url} {subject} {issued}")),
            "iat": issued,
            **({"nbf": issued} if self.shape.not_before else {}),
            "exp": issued + self.shape.lifetime,
            **changes,
        }
        return {name: value for name, value in members.items() if value is not ABSENT}

    def token(
        self, *, at: datetime, subject: str = "", audience: str = "", header: Mapping[str, Any] | None = None, **changes: object
    ) -> str:
        """Return a signed compact token issued at *at*.

        Args:
            at: Time of issue, aware.
            subject: ``sub``; empty for the example of the shape.
            audience: ``aud``; empty for the example of the shape.
            header: Header parameters to replace or add; `ABSENT` removes one.
            changes: Claims to replace or add; `ABSENT` removes one.
        """
        return self.signed(self.claims(at=at, subject=subject, audience=audience, **changes), header=header)

    def signed(self, claims: Mapping[str, Any], *, header: Mapping[str, Any] | None = None) -> str:
        """Return a signed compact token with exactly *claims*.

        Args:
            claims: Its claims.
            header: Header parameters to replace or add; `ABSENT` removes one.
        """
        parameters = {"alg": self.key.algorithm, "kid": self.key.kid, **self.shape.header, **(header or {})}
        written = {name: value for name, value in parameters.items() if value is not ABSENT and (name, value) != ("kid", None)}
        return self.sign(_json(written), _json(claims))

    def sign(self, header: bytes, payload: bytes) -> str:
        """Return the compact JWS of any *header* and *payload*, also of malformed ones."""
        signing_input = base64url.encode(header) + "." + base64url.encode(payload)
        return signing_input + "." + base64url.encode(self.key.signature(signing_input.encode("ascii")))

    def jwks(self) -> dict[str, Any]:
        """Return the key set that the issuer publishes."""
        return {"keys": [key.jwk() for key in (self.key, *self.published)]}

    def discovery(self) -> dict[str, Any]:
        """Return the discovery document that the issuer publishes."""
        return {
            "issuer": self.url,
            "jwks_uri": f"{self.url.removesuffix('/')}/.well-known/jwks",
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [self.key.algorithm],
        }

    def provider(self, *, client_ids: Sequence[str] = (), **options: Unpack[Options]) -> OidcProvider:
        """Return the registration of this issuer for *client_ids*, by default for the audience of its tokens."""
        azp = self.shape.claims(self.shape.subject).get("azp", self.shape.audience)
        wanted = list(client_ids) or list(dict.fromkeys([self.shape.audience, azp]))
        return OidcProvider.from_documents(discovery=self.discovery(), jwks=self.jwks(), client_ids=wanted, **options)


ABSENT: Final = object()
"""Value that removes a claim or header parameter."""


def _unusable(expected: str, found: str) -> RegistrationError:
    return RegistrationError(check="signing-key", expected=expected, found=found, remedy="make one with `openssl genpkey`")


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
