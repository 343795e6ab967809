"""The usual libraries on the same token: the signature alone, without reading or checking anything."""

from __future__ import annotations

import base64
from collections.abc import Callable

import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml.verifier import SignatureConfiguration, XMLVerifier

from benchmarks.saml import AT, Sample

LOCATION = "./{urn:oasis:names:tc:SAML:2.0:assertion}Assertion/"
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"


def signxml_verify(sample: Sample) -> Callable[[], object]:
    config = SignatureConfiguration(location=LOCATION, verification_time=AT)
    certificate = sample.key.certificate

    def run() -> object:
        return XMLVerifier().verify(base64.b64decode(sample.token), x509_cert=certificate, id_attribute="ID", expect_config=config)

    return run


def xmlsec_verify(sample: Sample) -> Callable[[], object]:
    key = xmlsec.Key.from_memory(sample.key.certificate.public_bytes(Encoding.PEM), xmlsec.constants.KeyDataFormatCertPem)

    def run() -> None:
        root = etree.fromstring(base64.b64decode(sample.token))
        xmlsec.tree.add_ids(root, ["ID"])
        context = xmlsec.SignatureContext()
        context.key = key
        signature = next(root.iter(SIGNATURE))
        context.verify(signature)

    return run
