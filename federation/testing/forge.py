"""The SAML forge: signed responses and the metadata of their issuer, for tests and for `federation mint`.

Documents are built as trees, never as text, so that no value can inject markup (attack row T11). Randomness is used only where an algorithm
requires it: with RSA PKCS#1 v1.5 signatures, equal arguments give equal octets.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Literal, Protocol

from lxml import etree

from federation.testing import names
from federation.testing.encryption import Encryption, encrypt_assertion
from federation.testing.keys import SigningKey
from federation.testing.login import Login
from federation.testing.message import build_response
from federation.testing.metadata import build_metadata
from federation.testing.shapes import SHAPES, Shape, SignedPart
from federation.testing.signing import Signing, sign_element


class Hook(Protocol):
    """Changes a Response in place."""

    def __call__(self, response: etree._Element, /) -> None:
        """Change *response*."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamlForge:
    """A simulated SAML identity provider.

    Attributes:
        key: Its signing key.
        issuer: Its entityID; empty for the example of the shape.
        shape: The product whose format it uses.
    """

    key: SigningKey
    issuer: str = ""
    shape: Shape = SHAPES["shibboleth"]

    @property
    def entity_id(self) -> str:
        """The issuer of logins that name none."""
        return self.issuer or self.shape.issuer

    def response(
        self,
        login: Login,
        *,
        sign: SignedPart | Literal["product"] | None = "product",
        signing: Signing | None = None,
        encryption: Encryption | None = None,
        before_signing: Hook | None = None,
        after_signing: Hook | None = None,
    ) -> bytes:
        """Return the Response for *login*, as UTF-8 XML.

        Args:
            login: The asserted login.
            sign: ``assertion``, ``response``, ``both``; None for no signature; ``product`` for the elements that the product signs.
            signing: Algorithms and style of signatures; None for those of the product with SHA-256.
            encryption: Encryption of the assertion, after its signature and before that of the Response; None for no encryption.
            before_signing: Changes the tree before it is signed, as an identity provider would.
            after_signing: Changes the tree after it is signed, as an attacker would.
        """
        root = build_response(login, self.shape, self.entity_id)
        if before_signing is not None:
            before_signing(root)
        part = self.shape.signed if sign == "product" else sign
        how = signing if signing is not None else self.signing()
        assertion = root.find(f"{{{names.SAML}}}Assertion")
        if assertion is not None and part in {"assertion", "both"}:
            assertion = sign_element(assertion, self.key, how)
        if assertion is not None and encryption is not None:
            encrypt_assertion(assertion, encryption)
        if part in {"response", "both"}:
            root = sign_element(root, self.key, how)
        if after_signing is not None:
            after_signing(root)
        # Not written by lxml, which uses other quotes in the declaration than the products.
        return self.shape.declaration.encode() + etree.tostring(root, encoding="utf-8", xml_declaration=False)

    def signing(self, *, algorithm: str = "", digest: str = "sha256") -> Signing:
        """Return the product's style of signature with the algorithms that are passed."""
        return Signing(
            algorithm=algorithm,
            digest=digest,
            inclusive_prefixes=self.shape.inclusive_prefixes,
            key_info=self.shape.key_info,
            base64_width=self.shape.base64_width,
            prefix=self.shape.prefixes[2],
        )

    def metadata(self, *others: SigningKey) -> bytes:
        """Return the EntityDescriptor of this provider, with its certificate and those of *others* (rollover)."""
        return build_metadata(self.shape, self.entity_id, tuple(key.certificate for key in (self.key, *others)))


def to_base64(document: bytes) -> str:
    """Return *document* as the value of the ``SAMLResponse`` form field."""
    return b64encode(document).decode()
