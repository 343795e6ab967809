"""Captured and collected signed messages with the keys of who signed them, and our verdict on one."""

import base64
from pathlib import Path
from typing import Any

from lxml import etree

from federation.errors import FederationError
from federation.saml.decode import RawResponse
from federation.saml.registration.keys import load_certificates, load_decryption_key
from federation.saml.registration.permits import PERMITS
from federation.saml.response import ProvedResponse, prove_response
from federation.saml.xml import DS
from tests.support.shared import SHARED, manifest
from tests.support.signatures import Keys

# Every file once: the variants of a corpus case differ in what they expect, not in what was signed.
CORPUS = [
    case
    for case in manifest("corpora/manifest.json")
    if str(case["kind"]).startswith("saml-") and "config" in case and not case.get("variant_of")
]
CAPTURES = [
    entry
    for entry in manifest("captures/manifest.json", {"entries": ()})["entries"]
    if entry["kind"] == "saml" and "truncated" not in entry["id"]
]


def corpus_octets(case: dict[str, Any]) -> bytes:
    octets: bytes = (SHARED / "corpora" / case["file"]).read_bytes()
    return octets


def corpus_keys(case: dict[str, Any]) -> Keys:
    config, permit = case["config"], frozenset(case.get("requires") or ()) & PERMITS
    keys = [key for path in config["trusted_certificates"] for key in _certificates(SHARED / "corpora" / path, permit | {"rsa-1024"})]
    own = config.get("decryption_key")
    return Keys(keys, [load_decryption_key((SHARED / "corpora" / own).read_bytes())] if own else (), permit)


def _certificates(path: Path, permit: frozenset[str]) -> Any:
    try:
        return load_certificates(path.read_bytes(), permit)
    except FederationError:
        return ()


def capture_octets(entry: dict[str, Any]) -> bytes:
    return base64.b64decode((SHARED / "captures" / entry["file"]).read_bytes())


def capture_keys(entry: dict[str, Any]) -> Keys:
    metadata = etree.parse(str(SHARED / "captures" / entry["metadata"][0]))
    texts = [
        c.text or "" for d in metadata.iter("{*}KeyDescriptor") if d.get("use") != "encryption" for c in d.iter(f"{DS}X509Certificate")
    ]
    own = entry.get("decryption_key")
    keys = [load_decryption_key((SHARED / "captures" / own).read_bytes())] if own else ()
    return Keys([key for text in texts for key in load_certificates(text)], keys, frozenset({"cbc", "sha1", "rsa-sha1"}))


def judged(octets: bytes, keys: Keys, verifier: str = "strict") -> ProvedResponse | str:
    """The proof, or the name of the check that refuses."""
    try:
        return prove_response(RawResponse(octets), Keys(keys.keys, keys.decryption_keys, keys.permit, verifier=verifier))
    except FederationError as error:
        return error.check
