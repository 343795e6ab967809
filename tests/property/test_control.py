"""Any request of the test control gets an answer in JSON, which is no failure of the server."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.account.live import LiveAccount
from federation.server.control import Control
from federation.server.endpoint import Endpoint
from federation.server.messages import Request
from federation.sts.service import SecurityTokenService
from federation.testing.workbench import Workbench
from tests.support.workbench import made

PATHS = (
    "snapshot",
    "reset",
    "clock",
    "mint/oidc",
    "mint/eks",
    "mint/saml",
    "mint/mfa-code",
    "mint/access-key",
    "jwks",
    "events",
    "issuers/a/jwks",
    "saml/x/metadata",
)
NAMES = (
    *("name", "at", "offset", "move", "shape", "issuer", "subject", "claims", "header", "without", "validity", "algorithm"),
    *("namespace", "cluster", "region", "provider", "roles", "attributes", "audiences", "serial_number", "register_provider"),
)
TEXT = st.one_of(st.sampled_from(("github", "okta", "Corp", "ES256", "eks", "aud", "exp", "2026-11-24T12:00:00Z")), st.text(max_size=12))
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT)
VALUES = st.recursive(SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)), max_leaves=6)
BODIES = st.one_of(
    st.binary(max_size=40),
    st.dictionaries(st.one_of(st.sampled_from(NAMES), TEXT), VALUES, max_size=5).map(lambda members: json.dumps(members).encode()),
)


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Endpoint:
    path: Path = made(tmp_path_factory.mktemp("control") / "account")
    live = LiveAccount.open(path)
    return Endpoint(SecurityTokenService(live.account), control=Control(Workbench(live)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(("GET", "POST", "PUT", "DELETE", "\x00")),
    path=st.one_of(st.sampled_from(PATHS), st.text(max_size=30)),
    query=st.one_of(st.sampled_from(("", "last=3", "issuer=https://a.example.com", "shape=okta")), st.text(max_size=20)),
    body=BODIES,
)
def test_every_request_gets_json_and_never_a_failure(endpoint: Endpoint, method: str, path: str, query: str, body: bytes) -> None:
    headers = (("host", "localhost"), ("content-type", "application/json"))
    response = endpoint.answer(Request(method, f"/_federation/{path}", query, headers, body)).response
    assert response.status < 500, response.body
    if response.content_type != "application/samlmetadata+xml":
        assert isinstance(json.loads(response.body), dict)
