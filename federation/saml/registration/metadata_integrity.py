"""Detection of changes to a signed metadata file.

This does not prove the origin: metadata is trusted because it was registered (attack row M01). But a file whose digest does not match was
changed after it was signed, and is refused.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from federation import aws_texts
from federation.errors import FederationError, RegistrationError
from federation.saml.signature.algorithms import DIGESTS
from federation.saml.signature.proof import detach
from federation.saml.signature.signed_info import canonical_signed_info, canonicalise, read_signature, read_signed_info
from federation.saml.xml import DS, Element, parse_registered, reparse

CHECK: Final = "metadata-signature"


def check_unchanged(document: str | bytes) -> str | None:
    """Compare the digest in the signature of the root with the document, which the caller has parsed before.

    Returns:
        None where there is no such signature or the digest matches; otherwise a remark why it could not be compared.

    Raises:
        RegistrationError: The document was changed after it was signed.
    """
    try:
        root = parse_registered(document.encode("utf-8") if isinstance(document, str) else document)
        signature = root.find(f"{DS}Signature")
        if signature is None:
            return None
        fits = _digest_fits(root, signature)
    except (FederationError, ValueError):
        return "the metadata's own signature is not of a form that is looked at; trust comes from registration alone"
    if not fits:
        raise RegistrationError(
            check=CHECK,
            expected="metadata as it was signed",
            found="another digest: the document was changed after signing, if only by re-formatting",
            remedy="export the metadata again and register it untouched, or remove its Signature if the change is yours",
            message=aws_texts.iam.METADATA,
        )
    return None


def _digest_fits(root: Element, signature: Element) -> bool:
    parts = read_signature(signature)
    info = read_signed_info(reparse(canonical_signed_info(parts)))
    if info.uri not in ("", f"#{root.get('ID')}") or info.digest_method not in DIGESTS:
        raise ValueError("another reference or digest")
    detach(signature)
    return hmac.compare_digest(hashlib.new(DIGESTS[info.digest_method].name, canonicalise(root, info.transform)).digest(), info.digest)
