"""The exchange of a SAML response at a running server."""

from __future__ import annotations

import urllib.error
import urllib.request
from urllib.parse import urlencode

from tests.support.server import PROVIDER, ROLE, Served


def post(server: Served, response: str) -> int:
    """Exchange a SAML response and return the status of the answer."""
    parameters = {"Action": "AssumeRoleWithSAML", "Version": "2011-06-15", "RoleArn": ROLE, "PrincipalArn": PROVIDER}
    try:
        body = urlencode({**parameters, "SAMLAssertion": response}).encode()
        with urllib.request.urlopen(server.url, body, timeout=60) as answer:  # noqa: S310 - our own server
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code
