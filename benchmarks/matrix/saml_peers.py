"""Other libraries on the same SAML response, as their documentation shows the use.

`pybergshamra`, `xmlsec` and `signxml` verify the signatures and read nothing; `minisaml`, `onelogin` and `saml2` judge the response.
"""

from __future__ import annotations

import base64
import logging
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from benchmarks.matrix.model import Skip, peer
from benchmarks.matrix.running import InProcess
from benchmarks.matrix.saml import AUDIENCE, SamlSample, decryption_key, judging, refuse_forged, signed_parts

DS = "{http://www.w3.org/2000/09/xmldsig#}"
SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
XENC = "{http://www.w3.org/2001/04/xmlenc#}"
NO_DECRYPTION = "does not decrypt"


def certificate(given: SamlSample) -> str:
    """The certificate of the signer, PEM."""
    return given.forge.key.certificate.public_bytes(Encoding.PEM).decode()


def pybergshamra(given: SamlSample) -> InProcess:
    """All signatures, by the registered key alone."""
    library = peer("pybergshamra")
    public = given.forge.key.certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    keys = library.KeysManager()
    keys.add_key(library.load_spki_pem(public))
    context = library.DsigContext(keys)
    context.trusted_keys_only = True
    opening = library.KeysManager()
    opening.add_key(library.load_rsa_private_pem(decryption_key().private_pem()))
    opener = library.EncContext(opening)
    count = len(tuple(signed_parts(given.case.sign)))

    def judge(token: str) -> None:
        text = base64.b64decode(token).decode()
        if given.case.encrypted:
            text = library.decrypt(opener, text)
        found = library.verify_all(context, text) if count > 1 else [library.verify(context, text)]
        if len(found) != count or not all(found):
            raise ValueError("not valid")

    return judging(given, judge)


def xmlsec(given: SamlSample) -> InProcess:
    """All signatures, by the registered certificate."""
    library = peer("xmlsec")
    key = library.Key.from_memory(certificate(given), library.constants.KeyDataFormatCertPem)
    opening = library.KeysManager()
    opening.add_key(library.Key.from_memory(decryption_key().private_pem(), library.constants.KeyDataFormatPem))

    def judge(token: str) -> None:
        root = etree.fromstring(base64.b64decode(token))
        if given.case.encrypted:
            encrypted = root.find(f".//{XENC}EncryptedData")
            library.EncryptionContext(opening).decrypt(encrypted)
        library.tree.add_ids(root, ["ID"])
        for signature in list(root.iter(f"{DS}Signature")):
            context = library.SignatureContext()
            context.key = key
            context.verify(signature)

    return judging(given, judge)


def signxml(given: SamlSample) -> InProcess:
    """All signatures, each at its place, by the registered certificate."""
    if given.case.encrypted:
        raise Skip(NO_DECRYPTION)
    verifying = peer("signxml.verifier")
    places = {"response": "./", "assertion": f"./{SAML}Assertion/"}
    configs = [
        verifying.SignatureConfiguration(location=places[part], verification_time=given.at) for part in signed_parts(given.case.sign)
    ]
    known = given.forge.key.certificate

    def judge(token: str) -> None:
        for config in configs:
            verifying.XMLVerifier().verify(base64.b64decode(token), x509_cert=known, id_attribute="ID", expect_config=config)

    return judging(given, judge)


def minisaml(given: SamlSample) -> InProcess:
    """`validate_response` with certificate, audience and issuer, of the response without PrefixList, which it does not read."""
    if given.case.encrypted:
        raise Skip(NO_DECRYPTION)
    validate = peer("minisaml.response").validate_response
    known, issuer = given.forge.key.certificate, given.forge.entity_id
    token, forged = given.plain

    def judge(token: str) -> object:
        return validate(data=token, certificate=known, expected_audience=AUDIENCE, idp_issuer=issuer)

    refuse_forged(judge, forged)
    return InProcess(lambda: judge(token))


def python3_saml(given: SamlSample) -> InProcess:
    """`process_response` of a strict service provider."""
    auth = peer("onelogin.saml2.auth").OneLogin_Saml2_Auth
    parts = tuple(signed_parts(given.case.sign))
    settings = {
        "strict": True,
        "sp": {
            "entityId": AUDIENCE,
            "assertionConsumerService": {"url": AUDIENCE},
            "privateKey": decryption_key().private_pem().decode(),
            "x509cert": decryption_key().certificate_pem().decode(),
        },
        "idp": {
            "entityId": given.forge.entity_id,
            "singleSignOnService": {"url": "https://idp.example/sso"},
            "x509cert": certificate(given),
        },
        "security": {
            "wantAssertionsSigned": "assertion" in parts,
            "wantMessagesSigned": "response" in parts,
            "wantAssertionsEncrypted": given.case.encrypted,
            "rejectDeprecatedAlgorithm": True,
        },
    }
    address = {"https": "on", "http_host": "signin.aws.amazon.com", "script_name": "/saml", "get_data": {}}

    def judge(token: str) -> None:
        one = auth({**address, "post_data": {"SAMLResponse": token}}, settings)
        one.process_response()
        if one.get_errors() or not one.is_authenticated():
            raise ValueError(f"{one.get_errors()} {one.get_last_error_reason()}")

    return judging(given, judge)


@dataclass(frozen=True, slots=True)
class WithFiles:
    """What is timed, with files that go when it is done."""

    timed: InProcess
    files: tempfile.TemporaryDirectory[str]

    def round(self, nanoseconds: int) -> float:
        """See `Timed`."""
        return self.timed.round(nanoseconds)

    def close(self) -> None:
        """Remove the files."""
        self.files.cleanup()


def pysaml2(given: SamlSample) -> WithFiles:
    """`parse_authn_request_response`, by the program xmlsec1. One client for each response: it remembers none of before."""
    client, configuring = peer("saml2.client").Saml2Client, peer("saml2.config")
    program = shutil.which("xmlsec1")
    if program is None:
        raise Skip("the program xmlsec1 is not installed")
    logging.getLogger("saml2").setLevel(logging.CRITICAL + 1)
    folder = tempfile.TemporaryDirectory()
    config = configuring.SPConfig()
    config.load(_pysaml2_settings(given, Path(folder.name), program))
    conversation = {"entity_id": AUDIENCE, "remote_addr": "192.0.2.10"}  # without it, the recipient is not compared
    post = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"

    def judge(token: str) -> None:
        if client(config=config).parse_authn_request_response(token, post, conv_info=conversation) is None:
            raise ValueError("no response")

    try:
        return WithFiles(judging(given, judge), folder)
    except Exception:
        folder.cleanup()
        raise


def _pysaml2_settings(given: SamlSample, folder: Path, program: str) -> dict[str, Any]:
    """Write the files of a service provider below *folder* and return its settings."""
    files = {
        "idp.xml": given.forge.metadata(),
        "sp.key": decryption_key().private_pem(),
        "sp.crt": decryption_key().certificate_pem(),
    }
    for name, octets in files.items():
        (folder / name).write_bytes(octets)
    pair = {"key_file": str(folder / "sp.key"), "cert_file": str(folder / "sp.crt")}
    parts = tuple(signed_parts(given.case.sign))
    return {
        "entityid": AUDIENCE,
        "xmlsec_binary": program,
        "metadata": {"local": [str(folder / "idp.xml")]},
        "allow_unknown_attributes": True,
        "encryption_keypairs": [pair],
        "service": {
            "sp": {
                "endpoints": {"assertion_consumer_service": [(AUDIENCE, "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST")]},
                "allow_unsolicited": True,
                "want_response_signed": "response" in parts,
                "want_assertions_signed": "assertion" in parts,
            }
        },
    }
