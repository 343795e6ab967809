"""Reading of ``outbound/``: the account as an issuer of web identity tokens.

``issuer.json`` is the output of ``get-outbound-web-identity-federation-info``. ``RSA_0.pem`` and ``EC384_0.pem`` are the signing keys,
named by key id. To rotate, add a key with the next number. The old key is published as long as its file exists.
"""

from __future__ import annotations

import re
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from federation import limits
from federation.account.model import OutboundIssuer
from federation.account.reading.faults import Faults
from federation.account.reading.fields import Fields
from federation.account.reading.files import Tree
from federation.errors import show

OUTBOUND: Final = "outbound"
ISSUER_FILE: Final = "issuer.json"
ISSUER: Final = re.compile(r"https://[a-z0-9-]{1,64}\.tokens\.sts\.global\.api\.aws", re.ASCII)

_KEY_FILE: Final = re.compile(r"(?P<kid>(?P<kind>RSA|EC384)_\d{1,6})\.pem", re.ASCII)
_KEY_OCTETS: Final = 16_384

OutboundKey = RSAPrivateKey | EllipticCurvePrivateKey


def read_outbound(tree: Tree, faults: Faults) -> OutboundIssuer | None:
    """Return the issuer; None where there is none, where it is disabled, or after recording faults."""
    entries = tree.entries(OUTBOUND)
    if not entries:
        return None
    before = len(faults)
    keys = {}
    url, enabled, published = None, False, ""
    if ISSUER_FILE in entries:
        url, enabled, published = _read_issuer(tree, faults)
    else:
        faults.add(f"{OUTBOUND}/{ISSUER_FILE}", "", "the issuer", "no file", "make it with `federation account enable-outbound`")
    for entry in entries:
        if entry == ISSUER_FILE:
            continue
        match, file = _KEY_FILE.fullmatch(entry), f"{OUTBOUND}/{entry}"
        if match is None:
            faults.add(file, "", f"{ISSUER_FILE}, RSA_<n>.pem or EC384_<n>.pem", show(entry), "rename or remove the file")
            continue
        tree.require_private(file, published=published)
        key = _read_key(tree, file, match["kind"], faults)
        if key is not None:
            keys[match["kid"]] = key
    for kind in ("RSA", "EC384"):
        if len(faults) == before and not any(kid.startswith(f"{kind}_") for kid in keys):
            faults.add(OUTBOUND, "", f"a key {kind}_0.pem", "none", "make it with `federation account enable-outbound`")
    return OutboundIssuer(url=url, keys=keys) if url is not None and enabled and len(faults) == before else None


def _read_issuer(tree: Tree, faults: Faults) -> tuple[str | None, bool, str]:
    file = f"{OUTBOUND}/{ISSUER_FILE}"
    document = tree.json(file)
    if document is None:
        return None, False, ""
    fields = Fields(document, file=file, faults=faults)
    url = fields.text("IssuerIdentifier", required=True, pattern=ISSUER)
    enabled = fields.raw("JwtVendingEnabled")
    if not isinstance(enabled, bool | None):
        fields.fault("JwtVendingEnabled", "true or false", "another value", "correct the value")
    published = fields.text("published", longest=1024) or ""
    fields.finish()
    return url, enabled is not False, published


def _read_key(tree: Tree, file: str, kind: str, faults: Faults) -> OutboundKey | None:
    octets = tree.read(file, longest=_KEY_OCTETS)
    if octets is None:
        return None
    try:
        key = load_pem_private_key(octets, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if kind == "RSA" and isinstance(key, RSAPrivateKey) and limits.RSA_MIN_BITS <= key.key_size <= limits.RSA_MAX_BITS:
        return key
    if kind == "EC384" and isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP384R1):
        return key
    wanted = "an RSA key of 2048 to 8192 bits" if kind == "RSA" else "a key on the curve P-384"
    faults.add(
        file, "", f"{wanted}, PEM, unencrypted", "something else (not shown)", "make a new key with `federation account enable-outbound`"
    )
    return None
