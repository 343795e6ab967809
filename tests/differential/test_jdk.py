"""The JDK (javax.xml.crypto) as third verifier and signer: it says the same as we and libxmlsec, of the same octets."""

from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from federation.saml.parsing import canonical_octets
from federation.saml.xml import DS
from tests.support.awkward import ASSERTION_ID, FORMS, PREFIX_LISTS, RESPONSE_ID, sign_by_libxmlsec
from tests.support.jdk import Awkward, Jdk, JdkError, JdkSignature, needs_jdk, running_jdk
from tests.support.shared import needs_shared
from tests.support.signatures import Keys, registered, signing_key
from tests.support.signed_messages import CAPTURES, CORPUS, capture_keys, capture_octets, corpus_keys, corpus_octets, judged

pytestmark = [pytest.mark.twins, needs_jdk]


@pytest.fixture(scope="module")
def jdk() -> Iterator[Jdk]:
    with running_jdk() as process:
        yield process


def verified(jdk: Jdk, octets: bytes, keys: Keys) -> list[JdkSignature]:
    """Every Signature of *octets*, by that one of *keys* which verifies it, or by any."""
    tried = [jdk.verify(octets, key) for key in keys.keys if key.kind in ("rsa", "ec")]
    return [next((one for one in same if one.valid), same[0]) for same in zip(*tried, strict=True)]


def agrees(jdk: Jdk, octets: bytes, keys: Keys) -> None:
    """What we prove, the JDK verifies over the same octets; what no key signed for us, none signed for the JDK."""
    proved = judged(octets, keys)
    if isinstance(proved, str):
        if proved in ("signature", "signature-digest"):
            assert not all(signature.valid for signature in verified(jdk, octets, keys))
        return
    signatures = verified(jdk, octets, keys)
    assert all(signature.valid for signature in signatures)
    ours = {part.signed.octets for part in (proved.response, proved.assertion) if part is not None}
    theirs = {reference.octets for signature in signatures for reference in signature.references}
    # A signature within an encrypted assertion is not in the document that the JDK sees.
    assert (theirs <= ours) if proved.encrypted else (theirs == ours)


@needs_shared
@pytest.mark.parametrize("entry", CAPTURES, ids=[entry["id"] for entry in CAPTURES])
def test_the_jdk_says_the_same_of_the_captures(jdk: Jdk, entry: dict[str, Any]) -> None:
    agrees(jdk, capture_octets(entry), capture_keys(entry))


@needs_shared
@pytest.mark.parametrize("case", CORPUS, ids=[case["id"] for case in CORPUS])
def test_the_jdk_says_the_same_of_the_corpora(jdk: Jdk, case: dict[str, Any]) -> None:
    agrees(jdk, corpus_octets(case), corpus_keys(case))


def libxmlsec_verifies(octets: bytes) -> bool:
    root = etree.fromstring(octets)
    xmlsec.tree.add_ids(root, ["ID"])
    for signature in root.iter(f"{DS}Signature"):
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(signing_key().certificate_pem(), xmlsec.constants.KeyDataFormatCertPem)
        try:
            context.verify(signature)
        except xmlsec.Error:
            return False
    return True


def all_prove(jdk: Jdk, octets: bytes, *, by_signxml: bool) -> None:
    """We, libxmlsec and the JDK accept *octets*, signxml where it can, and all name the same octets as signed."""
    keys = Keys(registered(signing_key()))
    proved = judged(octets, keys)
    assert not isinstance(proved, str), proved
    agrees(jdk, octets, keys)
    assert libxmlsec_verifies(octets)
    if by_signxml:
        twin = judged(octets, keys, "signxml")
        assert not isinstance(twin, str), twin
        assert twin.assertion.signed.octets == proved.assertion.signed.octets


# Of reference and SignedInfo. signxml ignores a PrefixList of SignedInfo, so half of them have none.
LISTS = [(prefixes, prefixes if index % 2 else "") for index, prefixes in enumerate(PREFIX_LISTS)]


@pytest.mark.parametrize("element_id", [RESPONSE_ID, ASSERTION_ID])
@pytest.mark.parametrize("form", FORMS)
def test_what_the_jdk_signs_awkwardly_all_prove(jdk: Jdk, form: str, element_id: str) -> None:
    key, certificate = signing_key(), signing_key().certificate.public_bytes(Encoding.DER)
    for prefix, (of_reference, of_signed_info) in zip(cycle(("ds", "", "b", "")), LISTS, strict=False):
        signed = jdk.sign(FORMS[form], element_id, key.private, Awkward(prefix, of_reference, of_signed_info), certificate)
        assert b"&#13;" in signed
        all_prove(jdk, signed, by_signxml=not of_signed_info)


@pytest.mark.parametrize("form", FORMS)
def test_what_libxmlsec_signs_awkwardly_all_prove(jdk: Jdk, form: str) -> None:
    for prefix, lists in zip(cycle(("", "ds")), LISTS, strict=False):
        inner = sign_by_libxmlsec(FORMS[form], ASSERTION_ID, signing_key(), prefix=prefix, lists=lists)
        all_prove(jdk, sign_by_libxmlsec(inner, RESPONSE_ID, signing_key(), lists=lists), by_signxml=not lists[1])


@pytest.mark.parametrize("form", FORMS)
def test_the_canonical_forms_of_libxml2_and_the_jdk_are_equal(jdk: Jdk, form: str) -> None:
    for prefixes in (tuple(text.split()) for text in PREFIX_LISTS):
        for element in (found for found in etree.fromstring(FORMS[form]).iter() if found.get("ID")):
            assert jdk.canonicalise(FORMS[form], element.get("ID", ""), prefixes) == canonical_octets(element, prefixes), prefixes


def test_the_jdk_refuses_another_signature(jdk: Jdk) -> None:
    signed = sign_by_libxmlsec(FORMS["plain"], ASSERTION_ID, signing_key())
    (changed,) = jdk.verify(signed.replace(b"on-call", b"on-call "), *registered(signing_key()))
    assert changed.by_key
    assert not changed.valid
    (foreign,) = jdk.verify(signed, *registered(signing_key(name="other")))
    assert not foreign.by_key
    assert foreign.references[0].valid


def test_the_jdk_says_why_it_cannot(jdk: Jdk) -> None:
    with pytest.raises(JdkError, match="SAXParseException"):
        jdk.canonicalise(b"<open>", ASSERTION_ID)
    with pytest.raises(JdkError, match="no element has the ID"):
        jdk.sign(FORMS["plain"], "absent", signing_key().private, Awkward())
