"""signxml: `XMLVerifier.verify` with the registered certificate and the place of the signature; only `signed_xml` is read."""

from base64 import b64decode

from running import read, tell
from signxml import SignatureConfiguration, XMLVerifier

world = read()
certificate = world["saml"]["certificate"]
ASSERTION = "{urn:oasis:names:tc:SAML:2.0:assertion}"
config = SignatureConfiguration(location=f"./{ASSERTION}Assertion/")


def judge(token: str, _role: str) -> object:
    verified = XMLVerifier().verify(b64decode(token), x509_cert=certificate, id_attribute="ID", expect_config=config)
    signed = (verified if not isinstance(verified, list) else verified[0]).signed_xml
    values = [element.text for element in signed.iterfind(f".//{ASSERTION}AttributeValue")]
    return [signed.findtext(f"{ASSERTION}Issuer"), signed.findtext(f"{ASSERTION}Subject/{ASSERTION}NameID"), values]


tell(["signxml", "lxml", "cryptography"], {"saml": judge}, world)
