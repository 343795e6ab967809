"""The exchange of a SAML response at a running server."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from urllib.parse import urlencode

from tests.support.server import PROVIDER, ROLE, Served


def post(server: Served, response: str) -> int:
    """Exchange a SAML response and return the status of the answer."""
    return exchange(server, response)[0]


def exchange(server: Served, response: str) -> tuple[int, str]:
    """Exchange a SAML response and return the status of the answer, and the access key id that was granted; empty for none."""
    parameters = {"Action": "AssumeRoleWithSAML", "Version": "2011-06-15", "RoleArn": ROLE, "PrincipalArn": PROVIDER}
    try:
        body = urlencode({**parameters, "SAMLAssertion": response}).encode()
        with urllib.request.urlopen(server.url, body, timeout=60) as answer:  # noqa: S310 - our own server
            granted = re.search(r"<AccessKeyId>(\w+)</AccessKeyId>", answer.read().decode())
            return int(answer.status), granted[1] if granted else ""
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code, ""
