"""pysaml2: a service provider with the identity provider's metadata, that wants signed assertions and allows unsolicited responses."""

import logging
import tempfile
from pathlib import Path

from running import read, tell
from saml2 import BINDING_HTTP_POST
from saml2.client import Saml2Client
from saml2.config import SPConfig

logging.disable(logging.CRITICAL)
world = read()
saml = world["saml"]
metadata = Path(tempfile.mkdtemp()) / "idp.xml"
metadata.write_text(saml["metadata"], encoding="utf-8")
config = SPConfig()
config.load(
    {
        "entityid": saml["audience"],
        "xmlsec_binary": "/usr/bin/xmlsec1",
        "metadata": {"local": [str(metadata)]},
        "allow_unknown_attributes": True,
        "service": {
            "sp": {
                "endpoints": {"assertion_consumer_service": [(saml["recipient"], BINDING_HTTP_POST)]},
                "allow_unsolicited": True,
                "want_response_signed": False,
                "want_assertions_signed": True,
            }
        },
    }
)


def judge(token: str, _role: str) -> object:
    # One client for each response: it remembers no message of before, as a service of several processes would not.
    conversation = {"entity_id": saml["audience"], "remote_addr": "192.0.2.10"}  # without it, the recipient is not compared
    found = Saml2Client(config=config).parse_authn_request_response(token, BINDING_HTTP_POST, conv_info=conversation)
    if found is None:
        raise ValueError("no response")
    return [found.issuer(), found.get_subject().text, found.ava]


tell(["pysaml2", "pyOpenSSL", "cryptography"], {"saml": judge}, world)
