"""Signed input for tests of the SAML room: a provider's keys, valid messages, and malformed ones that a registered key signed."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

import pytest
import xmlsec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from federation.errors import FederationError
from federation.profiles import Profile
from federation.saml.decode import RawResponse
from federation.saml.registration.keys import DecryptionKey, Permit, VerificationKey, load_certificates, load_decryption_key
from federation.saml.response import ProvedResponse, prove_response
from federation.saml.xml import DS, EC, SAML, SAMLP, Element
from federation.testing.encryption import Encryption
from federation.testing.forge import SamlForge
from federation.testing.keys import SigningKey
from federation.testing.login import Login

AT = datetime(2026, 1, 15, 12, tzinfo=UTC)
ISSUER = "https://idp.example.com/saml"
LOGIN = Login(at=AT, subject="alice@example.com", attributes={"groups": ("engineering", "on-call")}, seed="tests")

Change = Callable[[Element], None]


@cache
def _key(kind: str, name: str) -> SigningKey:
    return SigningKey.generate(kind, common_name=f"{name} {kind}", at=AT)


def signing_key(kind: str = "rsa-2048", name: str = "idp") -> SigningKey:
    """The one key of that kind and name in this run."""
    return _key(kind, name)


@cache
def recipient() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def registered(*keys: SigningKey, permit: Permit = frozenset()) -> tuple[VerificationKey, ...]:
    return tuple(found for key in keys for found in load_certificates(key.certificate_pem(), permit))


@cache
def own_decryption_key() -> DecryptionKey:
    return load_decryption_key(SigningKey.private_pem(SigningKey(recipient(), signing_key().certificate)))


@dataclass(frozen=True)
class Keys:
    """A provider as `prove_response` sees it."""

    keys: Sequence[VerificationKey] = field(default_factory=lambda: registered(signing_key()))
    decryption_keys: Sequence[DecryptionKey] = ()
    permit: Permit = frozenset()
    encryption: str = "allowed"
    signed: str = "either"
    profile: Profile = Profile.STRICT
    verifier: str = "strict"


def forge(kind: str = "rsa-2048", name: str = "idp") -> SamlForge:
    return SamlForge(key=signing_key(kind, name), issuer=ISSUER)


def genuine(sign: str = "assertion", encryption: Encryption | None = None, before: Change | None = None) -> bytes:
    return forge().response(LOGIN, sign=sign, encryption=encryption, before_signing=before)  # type: ignore[arg-type]


def encryption(**how: object) -> Encryption:
    return Encryption(recipient=recipient().public_key(), **how)  # type: ignore[arg-type]


def tree(octets: bytes) -> Element:
    return etree.fromstring(octets)


def changed(octets: bytes, change: Change) -> bytes:
    root = tree(octets)
    change(root)
    return etree.tostring(root)


def prove(octets: bytes, provider: Keys | None = None) -> ProvedResponse:
    return prove_response(RawResponse(octets), provider or Keys())


def refused(octets: bytes, provider: Keys | None = None) -> FederationError:
    """The refusal of *octets*; a test asserts its ``check``."""
    with pytest.raises(FederationError) as caught:
        prove(octets, provider)
    return caught.value


def subject(proved: ProvedResponse) -> str | None:
    return proved.assertion.element.findtext(f"{SAML}Subject/{SAML}NameID")


def part(root: Element, path: str) -> Element:
    """The first element at *path*, in which ``saml:``, ``samlp:`` and ``ds:`` stand for their namespaces."""
    found = root.find(path, {"saml": SAML[1:-1], "samlp": SAMLP[1:-1], "ds": DS[1:-1]})
    assert found is not None, path
    return found


def resign(signature: Element, *, key: SigningKey | None = None, reference: Element | None = None) -> None:
    """Sign SignedInfo of *signature* as it now stands, by a registered key, after renewing its first digest where *reference* is given."""
    private = (key or signing_key()).private
    assert isinstance(private, rsa.RSAPrivateKey)
    if reference is not None:
        part(signature, "ds:SignedInfo/ds:Reference/ds:DigestValue").text = digest(reference, without=signature)
    octets = etree.tostring(part(signature, "ds:SignedInfo"), method="c14n", exclusive=True, with_comments=False)
    value = private.sign(octets, padding.PKCS1v15(), hashes.SHA256())
    part(signature, "ds:SignatureValue").text = base64.b64encode(value).decode()


def strange(number: int, octets: int = 4_000) -> bytes:
    """A document of some *octets* whose names no other number has."""
    element = b"<n%d.%d" + b' a%d.%d=""' * 50 + b"/>"
    count = octets // 600
    names = (element % tuple(part for place in range(51) for part in (number, index * 51 + place)) for index in range(count))
    return b"<a>" + b"".join(names) + b"</a>"


def sign_with_xmlsec(octets: bytes, prefixes: str) -> bytes:
    """The message *octets*, its one Signature made anew by libxmlsec with *prefixes* as the PrefixList of SignedInfo and of the reference.

    libxmlsec takes the list from the document; lxml, which signs everywhere else in these tests, filters it by what it has parsed before.
    """
    root = tree(octets)
    for method in (part(root, ".//ds:CanonicalizationMethod"), part(root, ".//ds:Transforms")[1]):
        for old in list(method):
            method.remove(old)
        etree.SubElement(method, f"{EC}InclusiveNamespaces", PrefixList=prefixes)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(signing_key().private_pem(), xmlsec.constants.KeyDataFormatPem)
    xmlsec.tree.add_ids(root, ["ID"])
    context.sign(part(root, ".//ds:Signature"))
    return etree.tostring(root)


def digest(element: Element, *, without: Element) -> str:
    """Base64 SHA-256 of the exclusive canonical form of *element* without the Signature *without*, computed on a copy of the document."""
    document = element.getroottree()
    copy = etree.ElementTree(etree.fromstring(etree.tostring(document)))
    twin, gone = (found for node in (element, without) if (found := copy.find(document.getelementpath(node))) is not None)
    twin.remove(gone)
    lists = without.iterfind(f"{DS}SignedInfo/{DS}Reference//{EC}InclusiveNamespaces")
    prefixes = [prefix for inclusive in lists for prefix in inclusive.get("PrefixList", "").split()]
    octets = etree.tostring(twin, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=prefixes or None)
    return base64.b64encode(hashlib.sha256(octets).digest()).decode()
