"""MinIO with one OpenID Connect provider, whose policy comes from a claim: AssumeRoleWithWebIdentity of its STS. It has no SAML."""

import os
import urllib.parse
import urllib.request
from xml.etree import ElementTree as ET

from running import read, tell

world = read()


def judge(token: str, _role: str) -> object:
    form = {"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "DurationSeconds": "900", "WebIdentityToken": token}
    request = urllib.request.Request(os.environ["PEER_ENDPOINT"], data=urllib.parse.urlencode(form).encode())  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - loopback
            document = answer.read()
    except urllib.error.HTTPError as refusal:
        told = ET.fromstring(refusal.read())  # noqa: S314 - of a server that we started
        raise ValueError(" ".join(filter(None, (told.findtext(".//{*}Code"), told.findtext(".//{*}Message"))))) from None
    found = ET.fromstring(document)  # noqa: S314 - likewise
    return [found.findtext(".//{*}SubjectFromWebIdentityToken")]


tell([], {"oidc": judge}, world)
