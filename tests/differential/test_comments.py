"""Comments between signed elements, against libxmlsec and signxml: all verify the signature, and nobody's digest covers a comment."""

import pytest
import xmlsec
from lxml import etree

from federation.saml.xml import DS
from tests.support.signatures import Keys, genuine, part, prove, signing_key


def commented(element: etree._Element) -> None:
    for path in ("samlp:Status", "saml:Assertion", ".//saml:Subject", ".//saml:Attribute"):
        holder = part(element, path)
        holder.insert(len(holder), etree.Comment(f" after the last element of {path} "))
        holder.insert(1, etree.Comment(f" inside {path} "))


@pytest.mark.parametrize("sign", ["assertion", "response", "both"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_all_verify_a_message_with_comments_between_its_elements(sign: str, when: str) -> None:
    octets = genuine(sign, before=commented if when == "before" else None)
    root = etree.fromstring(octets)
    if when == "after":
        part(root, "saml:Assertion").append(etree.Comment(" put in later "))
        octets = etree.tostring(root)
    assert b"<!--" in octets
    ours, theirs = (prove(octets, Keys(verifier=verifier)) for verifier in ("strict", "signxml"))
    assert ours.assertion.signed.octets == theirs.assertion.signed.octets
    xmlsec.tree.add_ids(root, ["ID"])
    for signature in root.iter(f"{DS}Signature"):
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(signing_key().certificate_pem(), xmlsec.constants.KeyDataFormatCertPem)
        context.verify(signature)  # raises where it does not
