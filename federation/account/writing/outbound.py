"""Enabling and disabling of the account as an issuer of web identity tokens."""

from __future__ import annotations

import uuid
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from federation import limits
from federation.account.reading.faults import Faults
from federation.account.reading.outbound import ISSUER_FILE, OUTBOUND, OutboundKey
from federation.account.writing.atomic import PRIVATE_MODE
from federation.account.writing.documents import document_octets
from federation.account.writing.draft import Draft, Target, drafting
from federation.account.writing.entities import no_such_entity
from federation.errors import EntityAlreadyExists

_RSA_EXPONENT: Final = 65_537
_FILE: Final = f"{OUTBOUND}/{ISSUER_FILE}"


def enable_outbound(account: Target) -> str:
    """Enable the account as an issuer of web identity tokens and return the issuer URL. A disabled issuer keeps its URL and keys.

    Raises:
        EntityAlreadyExists: It is enabled already.
        AccountFault: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        issuer = _issuer(draft)
        if issuer is None:
            url = f"https://{uuid.uuid4()}.tokens.sts.global.api.aws"
            issuer = {"IssuerIdentifier": url}
            keys: dict[str, OutboundKey] = {
                "RSA_0.pem": rsa.generate_private_key(public_exponent=_RSA_EXPONENT, key_size=limits.RSA_MIN_BITS),
                "EC384_0.pem": ec.generate_private_key(ec.SECP384R1()),
            }
            for name, key in keys.items():
                octets = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
                draft.write(f"{OUTBOUND}/{name}", octets, mode=PRIVATE_MODE)
        elif issuer.get("JwtVendingEnabled") is not False:
            raise EntityAlreadyExists(
                file=_FILE,
                path="",
                expected="an account that issues no web identity tokens",
                found="an account that issues them",
                remedy="leave it as it is: the account issues web identity tokens already",
                check="write",
            )
        draft.write(_FILE, document_octets({**issuer, "JwtVendingEnabled": True}))
        return str(issuer["IssuerIdentifier"])


def disable_outbound(account: Target) -> str:
    """Disable the issuer and return its URL. Its keys are kept, for tokens that it signed and for enabling it again.

    Raises:
        NoSuchEntity: The account has no issuer, or it is disabled already.
        AccountFault: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        issuer = _issuer(draft)
        if issuer is None or issuer.get("JwtVendingEnabled") is False:
            raise no_such_entity(_FILE, "an account that issues web identity tokens", "an account that issues none")
        draft.write(_FILE, document_octets({**issuer, "JwtVendingEnabled": False}))
        return str(issuer["IssuerIdentifier"])


def _issuer(draft: Draft) -> dict[str, object] | None:
    if ISSUER_FILE not in draft.entries(OUTBOUND):
        return None
    faults = Faults()
    document = draft.tree(faults).json(_FILE)
    if not isinstance(document, dict) or "IssuerIdentifier" not in document:
        faults.add(_FILE, "$.IssuerIdentifier", "the issuer", "none", "correct the file")
    if len(faults) or not isinstance(document, dict):
        raise faults.error()
    return document
