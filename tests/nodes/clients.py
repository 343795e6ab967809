"""Clients of the cluster: threads in the namespace of the hub, each with a connection that it keeps, and no second attempt."""

from __future__ import annotations

import ctypes
import http.client
import json
import os
import ssl
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from tests.support.server import DEPLOY, PROVIDER, ROLE, forge_response, fresh_token
from tests.support.sigv4 import signed_request

_CLONE_NEWNET = 0x40000000
VERSION = "2011-06-15"
JSON = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
NO_ANSWER = 0


class Keys(NamedTuple):
    """Credentials of a session."""

    key_id: str
    secret: str
    token: str

    @classmethod
    def of(cls, answer: Any, operation: str) -> Keys:
        issued = answer[f"{operation}Response"][f"{operation}Result"]["Credentials"]
        return cls(issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"])


def enter(space: str) -> None:
    """Move this thread, and no other, into a network namespace."""
    with Path(f"/run/netns/{space}").open("rb") as place:
        if ctypes.CDLL(None, use_errno=True).setns(place.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


def clients(space: str, count: int) -> ThreadPoolExecutor:
    """Return *count* threads in the namespace *space*."""
    return ThreadPoolExecutor(count, initializer=enter, initargs=(space,))


def fresh_response() -> str:
    """A SAML response of this moment, for one use."""
    return forge_response(datetime.now(UTC), seed=os.urandom(8).hex())


class Client:
    """A client with one connection, which verifies the certificate of who answers."""

    def __init__(self, address: str, port: int, authority: Path) -> None:
        context = ssl.create_default_context(cafile=str(authority))
        self._connection = http.client.HTTPSConnection(address, port, timeout=30, context=context)
        self.host = address if port == http.client.HTTPS_PORT else f"{address}:{port}"  # as the client writes it, and signs
        self.why = ""

    def close(self) -> None:
        self._connection.close()

    def get(self, path: str) -> tuple[int, Any]:
        return self._ask("GET", path, None, {})

    def saml(self, response: str) -> tuple[int, Any]:
        return self._post({"Action": "AssumeRoleWithSAML", "RoleArn": ROLE, "PrincipalArn": PROVIDER, "SAMLAssertion": response})

    def web_identity(self, token: str | None = None) -> tuple[int, Any]:
        given = fresh_token() if token is None else token
        login = {"Action": "AssumeRoleWithWebIdentity", "RoleArn": DEPLOY, "RoleSessionName": "job-7", "WebIdentityToken": given}
        return self._post(login)

    def who(self, keys: Keys) -> tuple[int, Any]:
        request = signed_request(
            {"Action": "GetCallerIdentity"},
            host=self.host,
            key_id=keys.key_id,
            secret=keys.secret,
            token=keys.token,
            at=datetime.now(UTC),
            more=(("accept", "application/json"),),
        )
        headers = {name: value for name, value in request.headers if name != "host"}
        return self._ask("POST", "/", request.body, headers)

    def _post(self, parameters: dict[str, str]) -> tuple[int, Any]:
        return self._ask("POST", "/", urlencode({"Version": VERSION, **parameters}).encode(), JSON)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, Any]:
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            octets = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            self.why = repr(error)
            return NO_ANSWER, None
        try:
            return answer.status, json.loads(octets)
        except ValueError:
            return answer.status, octets.decode("utf-8", "replace")
