"""minisaml: `validate_response` with certificate, audience and issuer."""

from cryptography.x509 import load_pem_x509_certificate
from minisaml.response import validate_response
from running import read, tell

world = read()
saml = world["saml"]
certificate = load_pem_x509_certificate(saml["certificate"].encode())


def judge(token: str, _role: str) -> object:
    found = validate_response(data=token, certificate=certificate, expected_audience=saml["audience"], idp_issuer=saml["issuer"])
    return [found.issuer, found.name_id, [[each.name, each.values] for each in found.attributes]]


tell(["minisaml", "minisignxml", "lxml"], {"saml": judge}, world)
