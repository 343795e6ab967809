"""Making the account an issuer of web identity tokens."""

from __future__ import annotations

import os
import uuid
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from federation import limits
from federation.account.outbound import ISSUER_FILE, OUTBOUND, SigningKey
from federation.account.writing.atomic import PRIVATE_MODE, PUBLIC_MODE, write_directory
from federation.account.writing.entries import document_octets, open_account

_RSA_EXPONENT: Final = 65_537


def enable_outbound(path: str | os.PathLike[str]) -> str:
    """Make the account an issuer of web identity tokens, with fresh keys, and return the issuer's URL.

    Raises:
        AccountFault: It is one already, the directory is at fault or cannot be written.
    """
    root, _ = open_account(path)
    url = f"https://{uuid.uuid4()}.tokens.sts.global.api.aws"
    keys: dict[str, SigningKey] = {
        "RSA_0.pem": rsa.generate_private_key(public_exponent=_RSA_EXPONENT, key_size=limits.RSA_MIN_BITS),
        "EC384_0.pem": ec.generate_private_key(ec.SECP384R1()),
    }
    files = {ISSUER_FILE: (document_octets({"IssuerIdentifier": url, "JwtVendingEnabled": True}), PUBLIC_MODE)}
    for file, key in keys.items():
        files[file] = (key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), PRIVATE_MODE)
    write_directory(root / OUTBOUND, files)
    return url
