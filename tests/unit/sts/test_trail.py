"""The audit trail: one CloudTrail-shaped event for each of the eleven operations, granted or refused, and nothing secret in any."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.account import load_account
from federation.account.model import ManagedPolicy, OutboundIssuer, TradeInToken
from federation.account.organization import Organization
from federation.errors import FederationError
from federation.server.endpoint import Endpoint
from federation.server.messages import Request
from federation.state import AuditEvent
from federation.sts import trail
from federation.sts.catalogue import OPERATIONS, Operation
from federation.sts.service import SecurityTokenService
from tests.support import world
from tests.support.paths import FIXTURES
from tests.support.sigv4 import signed_request
from tests.support.sts import callers
from tests.support.sts.callers import AT as SIGNED_AT
from tests.support.world import CALLED

AT = CALLED
ACCOUNT, MEMBER = "123456789012", "111122223333"
USER = f"arn:aws:iam::{ACCOUNT}:user/DevAdmin"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/xaccounts3access"
SAML_ROLE = f"arn:aws:iam::{ACCOUNT}:role/TestSaml"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/SAML-test"
TASK = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
TRADE_IN = "Tr4de-1n-s3cret"
RESPONSE = (FIXTURES / "saml" / "documented.b64").read_text(encoding="ascii")
ID_TOKEN = (FIXTURES / "oidc" / "github.jwt").read_text(encoding="ascii").strip()
CODE = "492039"
TOKENS = (RESPONSE[:200], RESPONSE[-200:], ID_TOKEN, ID_TOKEN.rpartition(".")[2], TRADE_IN, CODE)
MEMBERS = {
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "requestParameters",
    "responseElements",
    "requestID",
    "eventID",
    "readOnly",
    "eventType",
    "managementEvent",
    "recipientAccountId",
    "eventCategory",
    "federation",
}

GRANTED: dict[str, dict[str, Any]] = {
    "assume_role": {"caller": USER, "role_arn": ROLE, "role_session_name": "s3", "policy_arns": (), "duration_seconds": 900},
    "assume_role_with_saml": {"role_arn": SAML_ROLE, "principal_arn": PROVIDER, "saml_assertion": RESPONSE},
    "assume_role_with_web_identity": {
        "role_arn": f"arn:aws:iam::{ACCOUNT}:role/GitHubDeploy",
        "role_session_name": "deploy",
        "web_identity_token": ID_TOKEN,
    },
    "assume_root": {"caller": USER, "target_principal": MEMBER, "task_policy_arn": TASK},
    "get_access_key_info": {"caller": USER, "access_key_id": "AKIARZPUZDIKGB2VALC4"},
    "get_caller_identity": {"caller": USER},
    "get_delegated_access_token": {"caller": USER, "trade_in_token": TRADE_IN},
    "get_federation_token": {"caller": USER, "name": "Bob", "tags": [{"Key": "team", "Value": "blue"}]},
    "get_session_token": {"caller": USER},
    "get_web_identity_token": {"caller": USER, "audience": ["https://vault.example.com"], "signing_algorithm": "ES384"},
}
REFUSED: dict[str, dict[str, Any]] = {
    "assume_role": {**GRANTED["assume_role"], "duration_seconds": 1, "serial_number": "GAHT12345678", "token_code": CODE},
    "assume_role_with_saml": {**GRANTED["assume_role_with_saml"], "saml_assertion": RESPONSE[:-200]},
    "assume_role_with_web_identity": {**GRANTED["assume_role_with_web_identity"], "web_identity_token": ID_TOKEN[:-9]},
    "assume_root": {**GRANTED["assume_root"], "target_principal": ACCOUNT},
    "decode_authorization_message": {"caller": USER, "encoded_message": ID_TOKEN},
    "get_access_key_info": {"caller": USER, "access_key_id": "short"},
    "get_caller_identity": {"caller": f"arn:aws:iam::{ACCOUNT}:user/Nobody"},
    "get_delegated_access_token": {"caller": USER, "trade_in_token": f"{TRADE_IN}!"},
    "get_federation_token": {"caller": USER, "name": "B"},
    "get_session_token": {"caller": USER, "serial_number": "GAHT12345678", "token_code": CODE},
    "get_web_identity_token": {"caller": USER, "audience": [], "signing_algorithm": "none"},
}


class Events(list[AuditEvent]):
    def record(self, event: AuditEvent) -> None:
        self.append(event)

    @property
    def last(self) -> dict[str, Any]:
        return self[-1].as_dict()


@pytest.fixture(scope="module")
def service() -> Callable[[Events], SecurityTokenService]:
    account = load_account(FIXTURES / "account")
    trade_in = TradeInToken(role_arn=ROLE, session_name="product", duration=900, expires_at=AT + timedelta(minutes=5))
    task = ManagedPolicy(arn=TASK, name="IAMAuditRootUserCredentials", path="/root-task/", policy=callers.identity(callers.EVERYTHING))
    able = replace(account.users[USER], inline_policies={"all": callers.identity(callers.EVERYTHING)})
    account = replace(
        account,
        users={USER: able},
        policies={**account.policies, TASK: task},
        organization=Organization(id="o-exampleorgid", root_access=frozenset({MEMBER})),
        trade_in_tokens={hashlib.sha256(TRADE_IN.encode()).hexdigest(): trade_in},
        outbound=OutboundIssuer(url="https://issuer.example.com", keys={"EC384_0": ec.generate_private_key(ec.SECP384R1())}),
    )
    return lambda events: SecurityTokenService(account, audit=events)


def secrets_of(answer: object) -> list[str]:
    credentials = getattr(answer, "credentials", None)
    found = [] if credentials is None else [credentials.secret_access_key, credentials.session_token]
    return [*found, *(getattr(answer, name) for name in ("web_identity_token", "decoded_message") if hasattr(answer, name))]


@pytest.mark.parametrize("method", GRANTED)
def test_a_granted_call(service: Callable[[Events], SecurityTokenService], method: str) -> None:
    events = Events()
    answer = getattr(service(events), method)(**GRANTED[method], at=AT)
    record = events.last
    assert len(events) == 1
    assert record.keys() - {"resources"} == MEMBERS
    assert record["eventName"] in {row.name for row in OPERATIONS.values() if row.method.__name__ == method}
    assert (record["federation"]["outcome"], record["eventTime"]) == ("granted", "2026-11-24T12:00:30Z")
    assert record["federation"]["time"] == "2026-11-24T12:00:30.250000Z"
    assert record["userIdentity"]["type"] in {"IAMUser", "SAMLUser", "WebIdentityUser"}
    text = json.dumps(record)
    assert [secret for secret in (*TOKENS, *secrets_of(answer)) if secret in text] == []


@pytest.mark.parametrize(
    ("method", "parameter"),
    [
        pytest.param(row.method.__name__, each.name, id=f"{row.name}.{each.name}")
        for row in OPERATIONS.values()
        for each in row.parameters
        if not each.required
    ],
)
def test_none_is_a_parameter_left_out(service: Callable[[Events], SecurityTokenService], method: str, parameter: str) -> None:
    left_out, none = Events(), Events()
    arguments = {name: value for name, value in GRANTED[method].items() if name != parameter}
    getattr(service(left_out), method)(**arguments, at=AT)
    getattr(service(none), method)(**arguments, **{parameter: None}, at=AT)
    assert none.last["requestParameters"] == left_out.last["requestParameters"]


@pytest.mark.parametrize("method", REFUSED)
def test_a_refused_call(service: Callable[[Events], SecurityTokenService], method: str) -> None:
    events = Events()
    with pytest.raises(FederationError) as refusal:
        getattr(service(events), method)(**REFUSED[method], at=AT)
    record = events.last
    assert record.keys() - {"resources"} == MEMBERS | {"errorCode", "errorMessage"}
    assert (record["errorCode"], record["errorMessage"], record["responseElements"]) == (refusal.value.code, refusal.value.message, None)
    assert record["federation"] | {"check": refusal.value.check, "remedy": refusal.value.remedy} == record["federation"]
    text = json.dumps(record)
    assert [secret for secret in TOKENS if secret in text] == []


def test_every_operation_is_refused_here() -> None:
    assert REFUSED.keys() == {row.method.__name__ for row in OPERATIONS.values()}


def test_a_saml_login_reads_like_cloudtrail(service: Callable[[Events], SecurityTokenService]) -> None:
    events = Events()
    session = service(events).assume_role_with_saml(**GRANTED["assume_role_with_saml"], duration_seconds=1800, at=AT)
    record = events.last
    assert record["userIdentity"] == {
        "type": "SAMLUser",
        "principalId": f"{session.name_qualifier}:SamlExample",
        "userName": "SamlExample",
        "identityProvider": session.name_qualifier,
    }
    asked = record["requestParameters"]
    assert asked.pop("sAMLAssertionID").startswith("_")
    assert asked == {"roleArn": SAML_ROLE, "principalArn": PROVIDER, "roleSessionName": "SamlExample", "durationSeconds": 1800}
    assert record["responseElements"]["credentials"] == {
        "accessKeyId": session.credentials.access_key_id,
        "expiration": "Nov 24, 2026, 12:30:30 PM",
    }
    assert record["resources"] == [
        {"accountId": ACCOUNT, "type": "AWS::IAM::Role", "ARN": SAML_ROLE},
        {"accountId": ACCOUNT, "type": "AWS::IAM::SAMLProvider", "ARN": PROVIDER},
    ]


def test_a_role_session_tells_what_it_came_from(service: Callable[[Events], SecurityTokenService]) -> None:
    events = Events()
    sts = service(events)
    session = sts.assume_role_with_web_identity(**GRANTED["assume_role_with_web_identity"], at=AT)
    sts.get_caller_identity(caller=session.credentials, at=AT)
    who = events.last["userIdentity"]
    assert (who["type"], who["accessKeyId"]) == ("AssumedRole", session.credentials.access_key_id)
    context = who["sessionContext"]
    assert context["sessionIssuer"]["userName"] == "GitHubDeploy"
    assert context["webIdFederationData"]["federatedProvider"].endswith("oidc-provider/token.actions.githubusercontent.com")
    assert context["attributes"] == {"creationDate": "2026-11-24T12:00:30Z", "mfaAuthenticated": "false"}


def test_other_callers(service: Callable[[Events], SecurityTokenService]) -> None:
    events = Events()
    sts = service(events)
    for method, kind in (("assume_root", "Root"), ("get_federation_token", "FederatedUser"), ("get_session_token", "IAMUser")):
        credentials = getattr(sts, method)(**GRANTED[method], at=AT).credentials
        sts.get_caller_identity(caller=credentials, at=AT)
        assert events.last["userIdentity"]["type"] == kind
        assert "attributes" in events.last["userIdentity"]["sessionContext"]
    sts.get_caller_identity(caller=f"arn:aws:iam::{ACCOUNT}:root", at=AT)
    assert events.last["userIdentity"] == {
        "type": "Root",
        "principalId": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:root",
        "accountId": ACCOUNT,
    }
    with pytest.raises(FederationError):
        sts.get_caller_identity(caller="nobody", at=AT)
    assert events.last["userIdentity"] == {"type": "Unknown"}


def test_over_http_an_event_tells_where_it_came_from() -> None:
    events = Events()
    endpoint = Endpoint(callers.service(audit=events))
    asked = signed_request({"Action": "GetCallerIdentity"}, host="sts.us-east-1.amazonaws.com")
    asked = Request(asked.method, asked.path, "", (*asked.headers, ("user-agent", "test/1")), asked.body, peer="192.0.2.7:50123")
    exchange = endpoint.answer(asked, at=SIGNED_AT)
    record = events.last
    assert (record["sourceIPAddress"], record["userAgent"], record["awsRegion"]) == ("192.0.2.7", "test/1", "us-east-1")
    assert record["requestID"] == exchange.response.request_id
    assert record["userIdentity"]["accessKeyId"] == world.KEY_ID
    callers.service(audit=events).get_caller_identity(caller=world.USER, at=SIGNED_AT)
    assert events.last["sourceIPAddress"] is None


@pytest.mark.parametrize(
    ("peer", "address"), [("[2001:db8::1]:443", "2001:db8::1"), ("2001:db8::1", "2001:db8::1"), ("192.0.2.7", "192.0.2.7"), ("", None)]
)
def test_addresses(peer: str, address: str | None) -> None:
    events = Events()
    asked = signed_request({"Action": "GetCallerIdentity"})
    Endpoint(callers.service(audit=events)).answer(Request("POST", "/", "", asked.headers, asked.body, peer=peer), at=SIGNED_AT)
    assert events.last["sourceIPAddress"] == address


class Hostile:
    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    def __hash__(self) -> int:
        raise RuntimeError

    def __len__(self) -> int:
        raise RuntimeError


HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.builds(lambda: 10**5000) | st.text() | st.binary() | st.builds(Hostile),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4) | st.tuples(inner),
    max_leaves=12,
)


@pytest.mark.parametrize("row", OPERATIONS.values(), ids=lambda row: row.name)
@settings(max_examples=15)
@given(data=st.data())
def test_parameters_of_any_type_make_an_event(row: Operation, data: st.DataObject) -> None:
    call: Any = row.call
    parameters = data.draw(st.fixed_dictionaries({each.name: HOSTILE for each in row.parameters}))
    event = AuditEvent(
        time=AT,
        operation=row.name,
        user_identity=trail.caller_identity(None),
        account=ACCOUNT,
        request_parameters=trail.included_parameters(call(**parameters)),
    )
    json.dumps(event.as_dict(), allow_nan=False)


class HostileText(str):
    __slots__ = ()

    def split(self, *_: Any, **__: Any) -> list[str]:
        raise RuntimeError


@pytest.mark.parametrize("role", [HostileText(ROLE), Hostile(), 7, [ROLE]])
def test_a_role_of_any_type_leaves_an_event(service: Callable[[Events], SecurityTokenService], role: Any) -> None:
    for method in ("assume_role", "assume_role_with_saml"):
        events = Events()
        with pytest.raises(FederationError):
            getattr(service(events), method)(**{**GRANTED[method], "role_arn": role}, at=AT)
        assert events.last["federation"]["outcome"] == "refused"
