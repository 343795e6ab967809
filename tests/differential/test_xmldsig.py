"""Our verifier against signxml and libxmlsec: on captured and collected messages all three say the same of the same signature."""

from collections.abc import Iterator
from typing import Any

import pytest
import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from federation.saml.xml import DS
from tests.support.shared import needs_shared
from tests.support.signatures import Keys
from tests.support.signed_messages import CAPTURES, CORPUS, capture_keys, capture_octets, corpus_keys, corpus_octets, judged

pytestmark = needs_shared


def verdict(octets: bytes, keys: Keys, verifier: str) -> tuple[str, bytes | None]:
    proved = judged(octets, keys, verifier)
    if isinstance(proved, str):
        # signxml does not tell a wrong digest from a wrong signature.
        return proved.replace("signature-digest", "signature"), None
    return "proved", proved.assertion.signed.octets


@pytest.mark.parametrize("case", CORPUS, ids=[case["id"] for case in CORPUS])
def test_signxml_says_the_same_of_the_corpora(case: dict[str, Any]) -> None:
    octets, keys = corpus_octets(case), corpus_keys(case)
    assert verdict(octets, keys, "strict") == verdict(octets, keys, "signxml")


@pytest.mark.parametrize("entry", CAPTURES, ids=[entry["id"] for entry in CAPTURES])
def test_signxml_says_the_same_of_the_captures(entry: dict[str, Any]) -> None:
    octets, keys = capture_octets(entry), capture_keys(entry)
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
    octets, keys = capture_octets(entry), capture_keys(entry)
    check, _ = verdict(octets, keys, "strict")
    if check == "proved":
        assert libxmlsec_verifies(octets, keys)
    elif check == "signature":
        assert not libxmlsec_verifies(octets, keys)


@pytest.mark.parametrize("case", CORPUS, ids=[case["id"] for case in CORPUS])
def test_libxmlsec_verifies_what_we_prove_of_the_corpora(case: dict[str, Any]) -> None:
    octets, keys = corpus_octets(case), corpus_keys(case)
    if verdict(octets, keys, "strict")[0] == "proved":
        assert libxmlsec_verifies(octets, keys)
