"""AssumeRoleWithWebIdentity: each step grants what it should and refuses by its own check."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.session import get_session  # type: ignore[import-untyped]

from federation.errors import FederationError, IDPCommunicationError, IDPRejectedClaim, RegistrationError
from federation.identity import SessionTag
from federation.oauth.provider import OAuthProvider
from federation.oauth.registry import token_key
from federation.state import AuditEvent, MemoryReplayCache
from federation.sts.login.web_identity_claims import ROLES, SOURCE_IDENTITY, TAGS
from federation.testing.oidc import ABSENT
from tests.support.oidc import AT, NOW
from tests.support.sts.web_identity import (
    ACCESS_TOKEN,
    AMAZON,
    FACEBOOK,
    NAME,
    PROVIDER,
    ROLE,
    URL,
    World,
    amazon,
    mint,
    provider,
    trust,
)


class Events(list[AuditEvent]):
    def record(self, event: AuditEvent) -> None:
        self.append(event)


def refusal(world: World | None = None, token: object = None, **call: Any) -> FederationError:
    with pytest.raises(FederationError) as refused:
        (world or World()).assume(token, **call)
    return refused.value


def test_the_answer() -> None:
    session = World().assume(duration_seconds=7200)
    assert (session.subject, session.audience, session.provider) == ("workload-7", "client-a", PROVIDER)
    assert session.assumed_role_user.arn == "arn:aws:sts::123456789012:assumed-role/Deploy/job-7"
    assert session.assumed_role_user.assumed_role_id == "AROAEXAMPLEEXAMPLE234:job-7"
    assert session.credentials.expiration == AT + timedelta(seconds=7200), "the end of the token does not limit the session"
    assert session.packed_policy_size == session.session_token_utilization
    for secret in (session.credentials.secret_access_key, session.credentials.session_token):
        assert secret not in repr(session)


def test_the_dict_is_the_one_of_boto3() -> None:
    shape = get_session().get_service_model("sts").operation_model("AssumeRoleWithWebIdentity").output_shape
    answer = World().assume(mint(**{SOURCE_IDENTITY: "alice"})).to_dict()
    # Two members are younger than the client's model.
    assert answer.keys() - {"SessionTokenUtilization", "SessionTokenSize"} == shape.members.keys() - {
        "SessionTokenUtilization",
        "SessionTokenSize",
    }
    assert answer["SourceIdentity"] == "alice"
    assert "SourceIdentity" not in World().assume().to_dict()


def test_what_the_claims_ask_for_is_in_the_session() -> None:
    world = World()
    session = world.assume(
        mint(
            **{
                TAGS: {"principal_tags": {"Team": ["blue"]}, "transitive_tag_keys": ["Team"]},
                SOURCE_IDENTITY: "alice",
                ROLES: [ROLE],
            }
        )
    )
    opened = world.sts.session_of(session.credentials.access_key_id, session.credentials.session_token, at=AT)
    assert (opened.tags, opened.transitive_tag_keys) == ((SessionTag("Team", "blue"),), ("Team",))
    assert (opened.name, opened.source_identity, opened.federated_provider) == ("job-7", "alice", PROVIDER)
    assert opened.federated_keys == {}, "keys of IAM's own providers end with the exchange"


@pytest.mark.parametrize(
    ("url", "claims", "lasting"),
    [
        ("https://accounts.google.com", {"azp": "client-a"}, {"aud": "client-a", "sub": "workload-7"}),
        ("https://accounts.google.com", {"iss": "accounts.google.com"}, {"aud": "client-a", "sub": "workload-7"}),
        (
            "https://cognito-identity.amazonaws.com",
            {"amr": ["authenticated", "graph.facebook.com"]},
            {"amr": ("authenticated", "graph.facebook.com"), "aud": "client-a", "sub": "workload-7"},
        ),
    ],
    ids=["google", "google without scheme", "cognito"],
)
def test_the_built_in_issuers(url: str, claims: dict[str, Any], lasting: dict[str, Any]) -> None:
    name = url.removeprefix("https://")
    world = World(oidc=(provider(url, arn=name),))
    session = world.assume(mint(url, **claims))
    assert session.provider == name
    opened = world.sts.session_of(session.credentials.access_key_id, session.credentials.session_token, at=AT)
    assert opened.federated_provider == name
    assert opened.federated_keys == {f"{name}:{key}": value for key, value in lasting.items()}


@pytest.mark.parametrize("token", [ACCESS_TOKEN, ACCESS_TOKEN.replace("|", "%7C"), ACCESS_TOKEN.replace("|", "%7c"), ACCESS_TOKEN.encode()])
def test_an_access_token(token: object) -> None:
    world = World()
    session = world.assume(token, provider_id=AMAZON)
    assert (session.subject, session.audience, session.provider) == ("amzn1.account.A", "client", AMAZON)
    opened = world.sts.session_of(session.credentials.access_key_id, session.credentials.session_token, at=AT)
    assert opened.federated_keys == {f"{AMAZON}:app_id": "app", f"{AMAZON}:user_id": "amzn1.account.A"}


def test_other_oauth_servers() -> None:
    facebook = OAuthProvider(
        name=FACEBOOK,
        token_information={
            token_key("EAAB"): {"data": {"is_valid": True, "user_id": "7", "app_id": "app", "issued_at": NOW, "expires_at": NOW + 60}}
        },
    )
    own = OAuthProvider(
        name="as.example.com",
        token_information={token_key("opaque"): {"active": True, "sub": "alice", "aud": "us", "exp": NOW + 60}},
    )
    world = World(oauth=(facebook, own))
    assert world.assume("EAAB", provider_id=FACEBOOK).subject == "7"
    session = world.assume("opaque", provider_id="as.example.com")
    assert (session.subject, session.provider, session.audience) == ("alice", "as.example.com", "us")


@pytest.mark.parametrize(
    ("call", "code", "check"),
    [
        ({"role_session_name": "x"}, "ValidationError", "role-session-name"),
        ({"role_session_name": None}, "ValidationError", "role-session-name"),
        ({"role_session_name": "a/b"}, "ValidationError", "role-session-name"),
        ({"role_session_name": "ü" * 3}, "ValidationError", "role-session-name"),
        ({"token": "abc"}, "ValidationError", "web-identity-token"),
        ({"token": "a" * 20_001}, "ValidationError", "web-identity-token"),
        ({"token": 7}, "ValidationError", "web-identity-token"),
        ({"provider_id": "abc"}, "ValidationError", "provider-id"),
        ({"provider_id": 7}, "ValidationError", "provider-id"),
        ({"policy_arns": "x"}, "ValidationError", "policy-arns"),
        ({"duration_seconds": 899}, "ValidationError", "duration-seconds"),
        ({"duration_seconds": 14_401}, "ValidationError", "duration"),
        ({"policy": "{"}, "MalformedPolicyDocument", "policy-json"),
        ({"role_arn": "arn:aws:iam::123456789012:user/Deploy"}, "ValidationError", "role-arn"),
        ({"role_arn": f"{ROLE}2"}, "AccessDenied", "role"),
        ({"token": "opaque-token"}, "InvalidIdentityToken", "form"),
        ({"token": ACCESS_TOKEN}, "InvalidIdentityToken", "form"),
        ({"token": mint(URL + "/")}, "InvalidIdentityToken", "provider"),
        ({"token": mint(iss=5)}, "InvalidIdentityToken", "issuer"),
        ({"token": mint(audience="client-b")}, "InvalidIdentityToken", "audience"),
        ({"at": AT + timedelta(minutes=10)}, "ExpiredTokenException", "exp"),
        ({"token": mint(**{ROLES: [f"{ROLE}2"]})}, "InvalidIdentityToken", "roles-claim"),
        ({"token": mint(**{TAGS: []})}, "InvalidIdentityToken", "principal-tags"),
        ({"token": mint(**{TAGS: {"principal_tags": {"aws:x": ["y"]}}})}, "ValidationError", "principal-tags"),
        ({"token": mint(**{TAGS: {"transitive_tag_keys": ["x"]}})}, "InvalidParameterValue", "transitive-tag-keys"),
        ({"token": mint(**{SOURCE_IDENTITY: ["x"]})}, "InvalidIdentityToken", "source-identity"),
        ({"provider_id": AMAZON}, "InvalidIdentityToken", "provider-id"),
        ({"provider_id": FACEBOOK}, "IDPRejectedClaim", "provider-id"),
        ({"provider_id": "as.example.com"}, "AccessDenied", "provider-id"),
        ({"provider_id": FACEBOOK, "token": "EAAB"}, "IDPCommunicationError", "provider"),
        ({"provider_id": AMAZON, "token": "Atza|other"}, "IDPCommunicationError", "token-information"),
        ({"provider_id": AMAZON, "token": ACCESS_TOKEN, "at": AT + timedelta(hours=1)}, "ExpiredTokenException", "exp"),
    ],
    ids=range(32),
)
def test_every_step_refuses_by_its_own_check(call: dict[str, Any], code: str, check: str) -> None:
    error = refusal(None, **call)
    assert (error.code, error.check) == (code, check)


def test_the_claims_are_asked_before_the_trust_policy() -> None:
    error = refusal(World(trust_policy=trust(["accounts.google.com"])), mint(**{ROLES: [f"{ROLE}2"]}))
    assert error.check == "roles-claim"


@pytest.mark.parametrize(
    ("condition", "token", "granted"),
    [
        ({"StringEquals": {f"{NAME}:sub": "workload-7"}}, mint(), True),
        ({"StringEquals": {f"{NAME}:sub": "workload-8"}}, mint(), False),
        ({"StringEquals": {f"{NAME}:aud": "client-a"}}, mint(), True),
        ({"StringLike": {f"{NAME}:iss": "*"}}, mint(), False),
        ({"StringEquals": {"sts:RoleSessionName": "job-7"}}, mint(), True),
        ({"Bool": {"sts:RoleAuthorizedByIdp": "false"}}, mint(), True),
        ({"Bool": {"sts:RoleAuthorizedByIdp": "true"}}, mint(), False),
        ({"Bool": {"sts:RoleAuthorizedByIdp": "true"}}, mint(**{ROLES: ROLE}), True),
        ({"StringEquals": {"aws:RequestTag/Team": "blue"}}, mint(**{f"{TAGS}/principal_tags/Team": "blue"}), True),
        ({"StringEquals": {"aws:userid": PROVIDER, "aws:PrincipalType": "User"}}, mint(), True),
        ({"Null": {"aws:PrincipalArn": "true"}}, mint(), True),
        # A13: a claim is no condition key, whatever it is called.
        ({"StringEquals": {"aws:SourceIp": "10.0.0.1"}}, mint(**{"aws:SourceIp": "10.0.0.1"}), False),
        ({"ForAnyValue:StringEquals": {f"{NAME}:amr": "mfa"}}, mint(amr=["pwd", "mfa"]), True),
    ],
    ids=range(13),
)
def test_conditions_of_the_trust_policy(condition: dict[str, Any], token: str, *, granted: bool) -> None:
    world = World(trust_policy=trust(condition=condition))
    if granted:
        world.assume(token)
    else:
        assert refusal(world, token).check == "trust-policy"


@pytest.mark.parametrize("principals", [[PROVIDER[:-1]], ["accounts.google.com"], [AMAZON]])
def test_another_provider_is_another_principal(principals: list[str]) -> None:
    assert refusal(World(trust_policy=trust(principals))).check == "trust-policy"


@pytest.mark.parametrize(
    ("actions", "token"),
    [
        (["sts:AssumeRole", "sts:AssumeRoleWithSAML"], mint()),
        (["sts:AssumeRoleWithWebIdentity"], mint(**{f"{TAGS}/principal_tags/Team": "blue"})),
        (["sts:AssumeRoleWithWebIdentity"], mint(**{SOURCE_IDENTITY: "alice"})),
    ],
)
def test_every_action_must_be_allowed(actions: list[str], token: str) -> None:
    error = refusal(World(trust_policy=trust(actions=actions)), token)
    assert (error.check, error.message) == ("trust-policy", "Not authorized to perform sts:AssumeRoleWithWebIdentity")


def test_a_near_miss_of_the_issuer_is_named() -> None:
    for url in (URL + "/", URL.upper().replace("HTTPS", "https")):
        assert URL in refusal(None, mint(url)).expected
    assert URL in refusal(None, mint("https://issuer.example.com/other")).expected
    stranger = refusal(None, mint("https://elsewhere.example.com"))
    assert URL not in stranger.expected
    assert stranger.message == "No OpenIDConnect provider found in your account for https://elsewhere.example.com"


def test_two_providers_of_one_issuer_are_a_fault() -> None:
    with pytest.raises(RegistrationError) as refused:
        _ = World(oidc=(provider(), provider(arn=PROVIDER + "x"))).sts
    assert refused.value.check == "issuer"


def test_j41_a_token_serves_until_it_ends() -> None:
    sts, token = World(service={"replay": MemoryReplayCache()}).sts, mint()
    for _ in range(2):
        sts.assume_role_with_web_identity(role_arn=ROLE, role_session_name="job", web_identity_token=token, at=AT)


def test_j41_a_token_serves_once_where_its_provider_is_registered_so() -> None:
    sts = World(oidc=(provider(reuse="refused"),), service={"replay": MemoryReplayCache()}).sts
    call: dict[str, Any] = {"role_arn": ROLE, "role_session_name": "job", "at": AT}
    sts.assume_role_with_web_identity(**call, web_identity_token=mint(jti="one"))
    sts.assume_role_with_web_identity(**call, web_identity_token=mint(jti="two"))
    for token in (mint(jti="one"), mint(jti=ABSENT)):
        with pytest.raises(IDPRejectedClaim) as refused:
            sts.assume_role_with_web_identity(**call, web_identity_token=token)
        assert refused.value.check == "replay"
    with pytest.raises(RegistrationError):
        provider(reuse="never")


def test_events() -> None:
    events = Events()
    world = World(service={"audit": events})
    token = mint(jti="token-1")
    session = world.assume(token)
    refusal(world, "opaque")
    refusal(world, mint(URL + "/"))
    refusal(world, token, duration_seconds=14_401)
    world.assume(ACCESS_TOKEN, provider_id=AMAZON)
    granted, undecoded, unknown, refused, opaque = (event.as_dict() for event in events)
    assert granted["userIdentity"] == {
        "type": "WebIdentityUser",
        "principalId": f"{PROVIDER}:{session.audience}:workload-7",
        "userName": "workload-7",
        "identityProvider": PROVIDER,
    }
    assert granted["responseElements"]["credentials"]["accessKeyId"] == session.credentials.access_key_id
    assert (granted["federation"]["tokenId"], granted["requestParameters"]["roleSessionName"]) == ("token-1", "job-7")
    assert (undecoded["federation"]["check"], undecoded["federation"].get("provider")) == ("form", None)
    assert (unknown["federation"]["check"], unknown["userIdentity"]) == ("provider", {"type": "WebIdentityUser"})
    assert (refused["federation"]["check"], refused["federation"]["subject"]) == ("duration", "workload-7")
    assert (opaque["federation"]["provider"], opaque["userIdentity"]["userName"]) == (AMAZON, "amzn1.account.A")
    text = json.dumps([event.as_dict() for event in events])
    for secret in (token, ACCESS_TOKEN, session.credentials.secret_access_key, session.credentials.session_token):
        assert secret not in text


def test_a_server_without_answers() -> None:
    error = refusal(World(oauth=()), ACCESS_TOKEN, provider_id=AMAZON)
    assert isinstance(error, IDPCommunicationError)
    assert refusal(World(oauth=(amazon(client_ids=["other"]),)), ACCESS_TOKEN, provider_id=AMAZON).check == "audience"
