"""Changes to a signature, and signatures of an attacker's key under the name of the real one (attack rows K01 to K05, S15, S18 to S30)."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from federation.testing import names
from federation.testing.forge import Hook
from federation.testing.keys import SigningKey, SigningPrivateKey, self_signed
from federation.testing.mutating.trees import drop, forge_subject, part, strip_signatures
from federation.testing.shapes import KeyInfoStyle
from federation.testing.signing import Signing, sign_element

_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
_ALGORITHMS: Final = (
    (f"{names.DS}rsa-sha1", ("K06",)),
    (f"{names.DS}hmac-sha1", ("K05",)),
    (f"{_MORE}hmac-sha256", ("K05",)),
    (f"{_MORE}rsa-md5", ("K06",)),
    (f"{_MORE}ecdsa-sha256", ("S40",)),
    (f"{_MORE}RSA-SHA256", ("K20",)),
    (f"{_MORE}rsa-sha256/", ("K20",)),
    (f"{_MORE}rsa-sha512", ("K19",)),
    ("", ("K19",)),
)
_TRANSFORMS: Final = (
    ("http://www.w3.org/TR/1999/REC-xslt-19991116", ("S29",)),
    ("http://www.w3.org/TR/1999/REC-xpath-19991116", ("S28",)),
    (f"{names.DS}base64", ("S28",)),
    (f"{names.EXC_C14N}WithComments", ("C03",)),
    ("http://www.w3.org/TR/2001/REC-xml-c14n-20010315", ("C04",)),
)
_URIS: Final = (
    ("", ("S18",)),
    ("#xpointer(/)", ("S19",)),
    ("#_other", ("S18",)),
    ("file:///etc/passwd", ("S20",)),
    ("http://127.0.0.1/x", ("S20",)),
)
_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
_VALUES: Final = ("", "AA==", "not base64", "Zm9yZ2Vk" * 40)

NamedEdit = tuple[str, tuple[str, ...], Hook]


def signature_edits(root: etree._Element) -> Iterator[NamedEdit]:
    """Yield name, attack rows and edit of every change to a signature of *root*. An edit raises `LookupError` where it does not apply."""
    yield "unsigned", ("S25",), _unsigned
    yield "unsigned, subject forged", ("S25",), _unsigned_and_forged
    for value in _VALUES:
        yield f"SignatureValue {value[:12] or 'empty'!r}", ("S26",), partial(_text, path=".//ds:SignatureValue", text=value)
    yield "SignatureValue reversed", ("S39",), _reversed
    yield "SignatureValue truncated", ("S26",), partial(_truncated, path=".//ds:SignatureValue")
    yield "DigestValue truncated", ("C11",), partial(_truncated, path=".//ds:DigestValue")
    yield "DigestValue empty", ("C01",), partial(_text, path=".//ds:DigestValue", text="")
    yield "comment in DigestValue", ("S15",), partial(_comment, path=".//ds:DigestValue")
    for uri, rows in _URIS:
        yield f"Reference {uri or 'empty'}", rows, partial(_attribute, path=".//ds:Reference", name="URI", value=uri)
    yield "no Reference", ("S17",), lambda tree: drop(part(tree, ".//ds:Reference"))
    for algorithm, rows in _ALGORITHMS:
        yield f"SignatureMethod {algorithm or 'empty'}", rows, partial(_algorithm, name="SignatureMethod", value=algorithm)
    for digest in (f"{names.DS}sha1", f"{_MORE}md5", ""):
        yield f"DigestMethod {digest or 'empty'}", ("K07",), partial(_algorithm, name="DigestMethod", value=digest)
    for transform, rows in _TRANSFORMS:
        yield f"Transform {transform}", rows, partial(_transform, algorithm=transform)
    yield "HMACOutputLength", ("S30",), _hmac_length
    yield "Reference to a Manifest", ("S31",), partial(_attribute, path=".//ds:Reference", name="Type", value=f"{names.DS}Manifest")
    yield "HMAC with the certificate as secret", ("K05",), partial(_hmac, form="certificate")
    yield "HMAC with the public key as secret", ("K05",), partial(_hmac, form="public key")
    yield from _of_another_key(root)


def _of_another_key(root: etree._Element) -> Iterator[NamedEdit]:
    """Yield forged logins that an attacker's key signed, with each way to name a key."""
    genuine = certificate_of(root)
    attacker = same_name(genuine)
    styles: tuple[tuple[str, tuple[str, ...], KeyInfoStyle], ...] = (
        ("another key, its certificate of the same name and number in KeyInfo", ("K01", "K02"), "certificate"),
        ("another key, with KeyName", ("K01", "K02"), "name-and-certificate"),
        ("another key as KeyValue", ("K03",), "value"),
        ("another key, without KeyInfo", ("K01",), "none"),
    )
    for target in ("saml:Assertion", "."):
        for name, rows, style in styles:
            yield f"{name} ({target})", rows, partial(_signed_by, key=attacker, style=style, target=target)
    if genuine is not None:
        yield "another key, the genuine certificate in KeyInfo", ("K01",), partial(_under_certificate, key=attacker, certificate=genuine)


def certificate_of(root: etree._Element) -> x509.Certificate | None:
    """Return the certificate in KeyInfo of the first signature; None where there is none."""
    found = root.find(f".//{{{names.DS}}}X509Certificate")
    return None if found is None or not found.text else x509.load_der_x509_certificate(b64decode(found.text))


def same_name(genuine: x509.Certificate | None) -> SigningKey:
    """Return another key of the same kind whose certificate has the names, number and validity of *genuine*."""
    if genuine is None:
        private = _attacker("rsa-2048")
        return SigningKey(private, self_signed(private, common_name="idp", at=_LONG_AGO, life=timedelta(days=36_500)))
    public = genuine.public_key()
    private = _attacker("p256" if isinstance(public, ec.EllipticCurvePublicKey) else "rsa-2048")
    builder = x509.CertificateBuilder(
        issuer_name=genuine.issuer,
        subject_name=genuine.subject,
        public_key=private.public_key(),
        serial_number=genuine.serial_number,
        not_valid_before=genuine.not_valid_before_utc,
        not_valid_after=genuine.not_valid_after_utc,
    )
    return SigningKey(private, builder.sign(private, hashes.SHA256()))


@cache
def _attacker(kind: str) -> SigningPrivateKey:
    """Return the attacker's key of *kind*, the same for every token of the process."""
    return ec.generate_private_key(ec.SECP256R1()) if kind == "p256" else rsa.generate_private_key(public_exponent=65_537, key_size=2048)


def _signed_by(root: etree._Element, *, key: SigningKey, style: KeyInfoStyle, target: str) -> None:
    strip_signatures(root)
    forge_subject(root)
    if target == ".":
        signed = sign_element(root, key, Signing(key_info=style))
        for child in list(root):
            root.remove(child)
        root.extend(list(signed))
    else:
        sign_element(part(root, target), key, Signing(key_info=style))


def _under_certificate(root: etree._Element, *, key: SigningKey, certificate: x509.Certificate) -> None:
    _signed_by(root, key=key, style="certificate", target="saml:Assertion")
    part(root, ".//ds:X509Certificate").text = b64encode(certificate.public_bytes(Encoding.DER)).decode()


def _unsigned(root: etree._Element) -> None:
    if root.find(f"{{{names.SAML}}}EncryptedAssertion") is not None:
        raise LookupError("the ciphertext may contain another signature")
    strip_signatures(root)


def _unsigned_and_forged(root: etree._Element) -> None:
    _unsigned(root)
    forge_subject(root)


def _text(root: etree._Element, *, path: str, text: str) -> None:
    part(root, path).text = text


def _truncated(root: etree._Element, *, path: str) -> None:
    found = part(root, path)
    found.text = b64encode(b64decode(found.text or "")[:-1]).decode()


def _reversed(root: etree._Element) -> None:
    found = part(root, ".//ds:SignatureValue")
    found.text = b64encode(b64decode(found.text or "")[::-1]).decode()


def _comment(root: etree._Element, *, path: str) -> None:
    found = part(root, path)
    text = found.text or ""
    found.text = text[:4]
    comment = etree.Comment("forged")
    comment.tail = text[4:]
    found.insert(0, comment)


def _attribute(root: etree._Element, *, path: str, name: str, value: str) -> None:
    found = part(root, path)
    if found.get(name) == value:
        raise LookupError("it has this value")
    found.set(name, value)


def _algorithm(root: etree._Element, *, name: str, value: str) -> None:
    _attribute(root, path=f".//ds:{name}", name="Algorithm", value=value)


def _transform(root: etree._Element, *, algorithm: str) -> None:
    etree.SubElement(part(root, ".//ds:Transforms"), f"{{{names.DS}}}Transform", Algorithm=algorithm)


def _hmac_length(root: etree._Element) -> None:
    method = part(root, ".//ds:SignatureMethod")
    method.set("Algorithm", f"{_MORE}hmac-sha256")
    etree.SubElement(method, f"{{{names.DS}}}HMACOutputLength").text = "0"


def _hmac(root: etree._Element, *, form: str) -> None:
    certificate = certificate_of(root)
    if certificate is None:
        raise LookupError("no certificate in KeyInfo")
    secret = (
        certificate.public_bytes(Encoding.DER)
        if form == "certificate"
        else certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    part(root, ".//ds:SignatureMethod").set("Algorithm", f"{_MORE}hmac-sha256")
    octets = etree.tostring(part(root, ".//ds:SignedInfo"), method="c14n", exclusive=True, with_comments=False)
    part(root, ".//ds:SignatureValue").text = b64encode(hmac.digest(secret, octets, "sha256")).decode()
