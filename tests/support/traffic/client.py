"""A client of servers: one connection that it keeps to each, and a second attempt only where there is a second server."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from tests.support.server import DEPLOY, PROVIDER, ROLE, forge_response, fresh_token
from tests.support.sigv4 import signed_request

VERSION = "2011-06-15"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
NO_ANSWER = 0
ROUNDS, PAUSE_SECONDS = 3, 0.1
"""How often each of several servers is asked at most, and how long the client waits before it asks the next one."""


class Keys(NamedTuple):
    """Credentials of a session."""

    key_id: str
    secret: str
    token: str

    @classmethod
    def of(cls, answer: Any, operation: str) -> Keys:
        issued = answer[f"{operation}Response"][f"{operation}Result"]["Credentials"]
        return cls(issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"])


class Request(NamedTuple):
    """One request, as it is sent to one server."""

    method: str
    path: str
    body: bytes | None
    headers: dict[str, str]


def fresh_response() -> str:
    """A SAML response of this moment, for one use."""
    return forge_response(datetime.now(UTC), seed=os.urandom(8).hex())


class Client:
    """A client of the servers that *connect* connects to. One server is asked once; of several, the next one where one does not answer."""

    def __init__(self, *connect: Callable[[], http.client.HTTPConnection]) -> None:
        self._connect = connect
        self._connections: dict[int, http.client.HTTPConnection] = {}
        self._turns = itertools.count()
        self.why = ""
        self.tries = 0

    def close(self) -> None:
        while self._connections:
            self._connections.popitem()[1].close()

    def get(self, path: str) -> tuple[int, Any]:
        return self._ask(lambda _: Request("GET", path, None, {}))

    def saml(self, response: str) -> tuple[int, Any]:
        return self._post({"Action": "AssumeRoleWithSAML", "RoleArn": ROLE, "PrincipalArn": PROVIDER, "SAMLAssertion": response})

    def web_identity(self, token: str | None = None) -> tuple[int, Any]:
        given = fresh_token() if token is None else token
        return self._post({"Action": "AssumeRoleWithWebIdentity", "RoleArn": DEPLOY, "RoleSessionName": "job-7", "WebIdentityToken": given})

    def who(self, keys: Keys) -> tuple[int, Any]:
        def request(host: str) -> Request:
            signed = signed_request(
                {"Action": "GetCallerIdentity"},
                host=host,
                key_id=keys.key_id,
                secret=keys.secret,
                token=keys.token,
                at=datetime.now(UTC),
                more=(("accept", "application/json"),),
            )
            return Request("POST", "/", signed.body, {name: value for name, value in signed.headers if name != "host"})

        return self._ask(request)

    def _post(self, parameters: dict[str, str]) -> tuple[int, Any]:
        body = urlencode({"Version": VERSION, **parameters}).encode()
        return self._ask(lambda _: Request("POST", "/", body, FORM))

    def _ask(self, request: Callable[[str], Request]) -> tuple[int, Any]:
        servers, first = len(self._connect), next(self._turns)
        self.tries = 1
        status, answer = self._ask_one(first % servers, request)
        while status == NO_ANSWER and servers > 1 and self.tries < ROUNDS * servers:
            time.sleep(PAUSE_SECONDS)
            status, answer = self._ask_one((first + self.tries) % servers, request)
            self.tries += 1
        return status, answer

    def _ask_one(self, server: int, request: Callable[[str], Request]) -> tuple[int, Any]:
        connection = self._connections.get(server) or self._connections.setdefault(server, self._connect[server]())
        plain = connection.port == connection.default_port
        host = connection.host if plain else f"{connection.host}:{connection.port}"  # as http.client writes it, and as it is signed
        try:
            connection.request(*request(host))
            answer = connection.getresponse()
            octets = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connections.pop(server).close()
            self.why = repr(error)
            return NO_ANSWER, None
        try:
            return answer.status, json.loads(octets)
        except ValueError:
            return answer.status, octets.decode("utf-8", "replace")
