"""Section 3 of the attack matrix: canonicalisation."""

import base64
import hashlib
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from federation.saml import response
from federation.saml.signature.algorithms import EXCLUSIVE, Canonicalisation
from federation.saml.signature.proof import StrictVerifier, Verified
from federation.saml.signature.signed_info import canonicalise
from federation.saml.xml import DS, EC, SAML, Element, parse
from tests.support.paths import REPOSITORY
from tests.support.signatures import LOGIN, Keys, changed, genuine, part, prove, refused, resign, sign_with_xmlsec, signing_key, subject

METHOD = Canonicalisation(EXCLUSIVE)


def golden(root: Element) -> None:
    """Have a registered key sign the digest of nothing: where canonicalisation fails in silence, it fits every message."""
    part(root, ".//ds:DigestValue").text = base64.b64encode(hashlib.sha256(b"").digest()).decode()
    resign(part(root, ".//ds:Signature"))


@pytest.mark.parametrize(("verifier", "check"), [("strict", "signature-digest"), ("signxml", "signature")])
def test_C01_a_golden_digest_fits_no_message(verifier: str, check: str) -> None:
    assert refused(changed(genuine(), golden), Keys(verifier=verifier)).check == check


@pytest.mark.parametrize("where", [b"<saml2p:Response ", b"<saml2:Assertion ", b"<saml2:Subject"])
def test_C01_a_canonical_form_that_cannot_be_made_is_a_refusal(where: bytes) -> None:
    octets = changed(genuine(), golden)
    # What SignedInfo itself can be canonicalised under is kept, so that the digest is what is asked for.
    relative = octets.replace(
        where, where.rstrip() + b' xmlns:e="1" e:x="" ' if where != b"<saml2p:Response " else where + b'xmlns:e="1" ', 1
    )
    assert relative != octets
    assert refused(relative).check == "canonicalisation"


def test_C02_a_signature_over_nothing_signs_nothing() -> None:
    def sign_nothing(root: Element) -> None:
        private = signing_key().private
        assert isinstance(private, rsa.RSAPrivateKey)
        value = private.sign(b"", padding.PKCS1v15(), hashes.SHA256())
        part(root, ".//ds:SignatureValue").text = base64.b64encode(value).decode()

    octets = changed(genuine(), sign_nothing)
    assert refused(octets).check == "signature"
    assert refused(octets.replace(b"<ds:SignedInfo", b'<ds:SignedInfo xmlns:e="1"', 1)).check == "canonicalisation"


def test_C13_canonical_octets_are_the_elements_own() -> None:
    root = parse(b'<a xmlns="urn:a"><b ID="1">x</b>tail<c/></a>').root
    assert canonicalise(root[0], METHOD) == b'<b xmlns="urn:a" ID="1">x</b>'


@pytest.mark.parametrize(
    "other", ["<x/>", '<x ID="{id}"/>', '<x:Assertion xmlns:x="urn:x" ID="{id}"/>', f'<Assertion xmlns="{SAML[1:-1]}" ID="_x"/>']
)
def test_C13_octets_of_another_element_prove_nothing(other: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verifier that canonicalises the wrong element, as lxml does when it is handed an ElementTree around one."""

    class Careless(StrictVerifier):
        def verify(self, *given: Any) -> Verified:
            return super().verify(*given)._replace(octets=other.replace("{id}", given[0].get("ID")).encode())

    monkeypatch.setattr(response, "named", lambda _name: Careless())
    assert refused(genuine()).check == "canonicalisation"


def test_C03_with_comments_is_the_same_where_there_are_none() -> None:
    def with_comments(root: Element) -> None:
        for element in (part(root, ".//ds:CanonicalizationMethod"), part(root, ".//ds:Transforms")[1]):
            element.set("Algorithm", EXCLUSIVE + "WithComments")
        resign(part(root, ".//ds:Signature"), reference=part(root, "saml:Assertion"))

    octets = changed(genuine(), with_comments)
    assert subject(prove(octets)) == LOGIN.subject
    assert refused(octets.replace(b"alice@", b"alice<!-- -->@")).check == "comment"


@pytest.mark.parametrize(
    "algorithm",
    [
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
        "http://www.w3.org/2006/12/xml-c14n11",
        "",
        None,
        EXCLUSIVE.upper(),
        EXCLUSIVE + " ",
    ],
)
def test_C04_C06_other_canonicalisations_of_signed_info(algorithm: str | None) -> None:
    def change(root: Element) -> None:
        method = part(root, ".//ds:CanonicalizationMethod")
        del method.attrib["Algorithm"]
        if algorithm is not None:
            method.set("Algorithm", algorithm)
        resign(part(root, ".//ds:Signature"))

    assert refused(changed(genuine(), change)).check == "signature-algorithm"


@pytest.mark.parametrize("prefixes", [" ".join(f"p{n}" for n in range(10_000)), "a:b", "1", "xs,xsd", "#other"])
@pytest.mark.parametrize("path", [".//ds:CanonicalizationMethod", ".//ds:Transforms"])
def test_C05_prefix_lists_are_bounded(prefixes: str, path: str) -> None:
    def change(root: Element) -> None:
        parent = part(root, path)
        parent = parent[1] if parent.tag == f"{DS}Transforms" else parent
        for child in list(parent):
            parent.remove(child)
        etree.SubElement(parent, f"{EC}InclusiveNamespaces", PrefixList=prefixes)
        resign(part(root, ".//ds:Signature"))

    assert refused(changed(genuine(), change)).check in {"signature-shape", "signature"}


# The default namespace is declared around the assertion and nowhere used in it: only a list that names it brings it in.
PREFIX_LISTS = ("#default", "#default saml2 saml2p ds", "saml2p #default #default", "saml2p", "absent saml2p xml xmlns", "")
PROVE = """
import sys
from federation.saml.registration.keys import load_certificates
from tests.support.signatures import Keys, prove
keys = Keys(load_certificates(sys.argv[1]))
sys.stdout.buffer.write(prove(sys.stdin.buffer.read(), keys).assertion.signed.octets)
"""


def inclusive(prefixes: str) -> bytes:
    return sign_with_xmlsec(genuine().replace(b"<saml2p:Response ", b'<saml2p:Response xmlns="urn:unused" ', 1), prefixes)


def proved_in_a_new_process(octets: bytes) -> bytes:
    """The assertion's signed octets, as a process that has parsed nothing before proves them."""
    certificate = signing_key().certificate_pem().decode()
    command = [sys.executable, "-c", PROVE, certificate]
    return subprocess.run(command, input=octets, capture_output=True, check=True, cwd=REPOSITORY).stdout


@pytest.mark.parametrize("prefixes", PREFIX_LISTS)
def test_C05_what_was_parsed_before_decides_nothing(prefixes: str) -> None:
    octets = inclusive(prefixes)
    cold = proved_in_a_new_process(octets)
    assert (b'xmlns="urn:unused"' in cold.partition(b">")[0]) == ("#default" in prefixes)
    names = "".join(f'<{name} xmlns:{name}="urn:{name}"/>' for name in ("absent", "other", "saml2p"))
    for seen in ("", '<a xmlns="#default"/>', '<a xmlns:a="#default">#default</a>', f"<a>{names}</a>"):
        if seen:
            parse(seen.encode())
        assert prove(octets).assertion.signed.octets == cold, seen
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(prove, octets).result().assertion.signed.octets == cold


@pytest.mark.skipif(shutil.which("xmlsec1") is None, reason="xmlsec1 is not installed")
@pytest.mark.parametrize("prefixes", PREFIX_LISTS)
def test_C05_xmlsec1_proves_the_same(prefixes: str, tmp_path: Path) -> None:
    message, certificate = tmp_path / "message.xml", tmp_path / "key.pem"
    message.write_bytes(inclusive(prefixes))
    certificate.write_bytes(signing_key().certificate_pem())
    command = [
        "xmlsec1",
        "--verify",
        "--pubkey-cert-pem",
        str(certificate),
        "--id-attr:ID",
        "Assertion",
        "--store-references",
        str(message),
    ]
    found = subprocess.run(command, capture_output=True, check=True)
    assert prove(message.read_bytes()).assertion.signed.octets in found.stdout + found.stderr


def test_C07_signed_content_carries_its_own_declarations() -> None:
    proved = prove(genuine("response"))
    assert proved.assertion.element.nsmap
    assert proved.assertion.signed.octets.startswith(b"<saml2p:Response xmlns:saml2p=")


def test_C08_prefixes_in_values_are_never_resolved() -> None:
    octets = genuine().replace(b"<saml2p:Response ", b'<saml2p:Response xmlns:xs="urn:other" ', 1)
    assert subject(prove(octets)) == LOGIN.subject


@pytest.mark.parametrize("value", ["A" * 44, "", "AAAA", base64.b64encode(hashlib.sha256(b"").digest()).decode()])
def test_C11_digests_are_compared_whole(value: str) -> None:
    def change(root: Element) -> None:
        part(root, ".//ds:DigestValue").text = value
        resign(part(root, ".//ds:Signature"))

    assert refused(changed(genuine(), change)).check in {"signature-digest", "signature-shape"}


def test_C12_line_separators_and_combining_characters_survive() -> None:
    name = "al\u2028i\u0301ce\r\u00e9"

    def change(root: Element) -> None:
        part(root, ".//saml:NameID").text = name

    assert subject(prove(genuine(before=change))) == name


def test_C09_attributes_are_ordered_by_namespace_and_code_point() -> None:
    document = '<a xmlns:z="urn:a" xmlns:b="urn:z" b:x="3" z:x="2" x="1" \u00e4="5" z:\u00e4="4" \U00010000="7" \uffee="6"/>'
    expected = '<a xmlns:b="urn:z" xmlns:z="urn:a" x="1" \u00e4="5" \uffee="6" \U00010000="7" z:x="2" z:\u00e4="4" b:x="3"></a>'
    document, expected = (text.replace("\uffee", "\u4e00") for text in (document, expected))
    assert canonicalise(parse(document.encode()).root, METHOD).decode() == expected


def test_C10_what_is_digested_is_parsed_again_before_it_is_read() -> None:
    def disguise(root: Element) -> None:
        part(root, ".//saml:NameID").text = "MARK"

    octets = genuine(before=disguise).replace(b"MARK", b"<![CDATA[MA]]>&#82;<![CDATA[K]]>")
    proved = prove(octets)
    assert subject(proved) == "MARK"
    assert b"CDATA" not in proved.assertion.signed.octets
