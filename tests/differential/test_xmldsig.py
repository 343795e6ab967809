"""Our verifier against signxml and libxmlsec: on captured and collected messages all three say the same of the same signature."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from federation.errors import FederationError
from federation.saml.decode import RawResponse
from federation.saml.registration.keys import PERMITS, load_certificates, load_decryption_key
from federation.saml.response import prove_response
from federation.saml.xml import DS
from tests.support.shared import SHARED, manifest, needs_shared
from tests.support.signatures import Keys

pytestmark = needs_shared

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


def capture_keys(entry: dict[str, Any]) -> Keys:
    metadata = etree.parse(str(SHARED / "captures" / entry["metadata"][0]))
    texts = [
        c.text or "" for d in metadata.iter("{*}KeyDescriptor") if d.get("use") != "encryption" for c in d.iter(f"{DS}X509Certificate")
    ]
    own = entry.get("decryption_key")
    keys = [load_decryption_key((SHARED / "captures" / own).read_bytes())] if own else ()
    return Keys([key for text in texts for key in load_certificates(text)], keys, frozenset({"cbc", "sha1", "rsa-sha1"}))


def verdict(octets: bytes, keys: Keys, verifier: str) -> tuple[str, bytes | None]:
    try:
        proved = prove_response(RawResponse(octets), Keys(keys.keys, keys.decryption_keys, keys.permit, verifier=verifier))
    except FederationError as error:
        # signxml does not tell a wrong digest from a wrong signature.
        return error.check.replace("signature-digest", "signature"), None
    return "proved", proved.assertion.signed.octets


@pytest.mark.parametrize("case", CORPUS, ids=[case["id"] for case in CORPUS])
def test_signxml_says_the_same_of_the_corpora(case: dict[str, Any]) -> None:
    octets, keys = (SHARED / "corpora" / case["file"]).read_bytes(), corpus_keys(case)
    assert verdict(octets, keys, "strict") == verdict(octets, keys, "signxml")


@pytest.mark.parametrize("entry", CAPTURES, ids=[entry["id"] for entry in CAPTURES])
def test_signxml_says_the_same_of_the_captures(entry: dict[str, Any]) -> None:
    octets, keys = base64.b64decode((SHARED / "captures" / entry["file"]).read_bytes()), capture_keys(entry)
    assert verdict(octets, keys, "strict") == verdict(octets, keys, "signxml")


def signatures(root: etree._Element) -> Iterator[etree._Element]:
    yield from root.iter(f"{DS}Signature")


def libxmlsec_verifies(octets: bytes, keys: Keys) -> bool:
    """Whether libxmlsec verifies every signature of the document by one of the registered keys."""
    root = etree.fromstring(octets)
    xmlsec.tree.add_ids(root, ["ID"])
    return all(any(_verifies(signature, key) for key in keys.keys) for signature in signatures(root))


def _verifies(signature: etree._Element, key: Any) -> bool:
    context = xmlsec.SignatureContext()
    pem = key.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    context.key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem)
    try:
        context.verify(signature)
    except xmlsec.Error:
        return False
    return True


@pytest.mark.parametrize("entry", CAPTURES, ids=[entry["id"] for entry in CAPTURES])
def test_libxmlsec_verifies_what_we_prove(entry: dict[str, Any]) -> None:
    octets, keys = base64.b64decode((SHARED / "captures" / entry["file"]).read_bytes()), capture_keys(entry)
    check, _ = verdict(octets, keys, "strict")
    if check == "proved":
        assert libxmlsec_verifies(octets, keys)
    elif check == "signature":
        assert not libxmlsec_verifies(octets, keys)


@pytest.mark.parametrize("case", CORPUS, ids=[case["id"] for case in CORPUS])
def test_libxmlsec_verifies_what_we_prove_of_the_corpora(case: dict[str, Any]) -> None:
    octets, keys = (SHARED / "corpora" / case["file"]).read_bytes(), corpus_keys(case)
    if verdict(octets, keys, "strict")[0] == "proved":
        assert libxmlsec_verifies(octets, keys)
