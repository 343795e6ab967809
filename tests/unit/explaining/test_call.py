"""The call before the token: ARNs, names and durations that cannot be what was meant, with the value to pass instead."""

import pytest

from federation.errors import FederationError
from federation.oauth.registry import token_key
from tests.support.explaining import explained as saml_explained
from tests.support.oidc import NOW
from tests.support.sts import saml_login
from tests.support.sts.web_identity import ACCESS_TOKEN, AMAZON, AMAZON_ANSWER, ROLE, World, amazon, mint
from tests.support.web_explaining import explained, only_edit, refused, told
from tests.support.world import ACCOUNT

IAM = f"arn:aws:iam::{ACCOUNT}:"


@pytest.mark.parametrize(
    ("given", "check", "words"),
    [
        (f"{IAM}role/Deploy", "role", f"the role of that name has the path `/team/`: its ARN is `{ROLE}`"),
        (ROLE.replace("Deploy", "deploy"), "role", "differs in upper and lower case alone"),
        (f"{IAM}role/team/Deplyo", "role", f"the role `{ROLE}` differs in 2 characters"),
        (ROLE.replace("aws:iam", "aws-us-gov:iam"), "role", "its partition is aws-us-gov, and the account is in aws"),
        (ROLE.replace(ACCOUNT, "111122223333"), "role", f"its account is 111122223333, and this account is {ACCOUNT}"),
        (f"{IAM}policy/Deploy", "role-arn", "which is a policy and no role"),
        (f"{IAM}instance-profile/Deploy", "role-arn", "which is an instance profile and no role"),
        (f"{IAM}user/Deploy", "role-arn", "which is an IAM user and no role"),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/job-7", "role-arn", "which is the session of a role (assumed-role) and no role"),
        ("Deploy", "role-arn", "it is a name and no ARN"),
        ("role/team/Deploy", "role-arn", "it does not have the form of an ARN"),
        (f" {ROLE}", "role-arn", "it has white space or quotation marks around it"),
        (f'"{ROLE}"', "role-arn", "it has white space or quotation marks around it"),
        (ROLE.replace(ACCOUNT, "1234-5678-9012"), "role-arn", "its account is written with hyphens: 1234-5678-9012"),
        (ROLE.replace(ACCOUNT, ""), "role", f"it names no account, and this account is {ACCOUNT}"),
        (ROLE.replace("iam::", "iam:us-east-1:"), "role", "it names the region us-east-1, and IAM has none"),
    ],
)
def test_what_the_role_arn_names(given: str, check: str, words: str) -> None:
    explanation = explained(World(), role_arn=given, check=check)
    assert f"RoleArn is `{given}`" in explanation.cause
    assert words in explanation.cause
    edit = only_edit(explanation.first)
    assert told(edit) == ("RoleArn", given, ROLE)
    assert World().assume(role_arn=edit.new).audience == "client-a"
    assert explanation.later == ()


def test_a_role_that_is_unlike_any() -> None:
    explanation = explained(World(), role_arn="${{ secrets.AWS_ROLE_TO_ASSUME }}", check="role-arn")
    assert "it is a variable that nobody replaced by its value" in explanation.cause
    assert only_edit(explanation.first).new is None


def test_aws_says_the_same_of_a_missing_role_and_of_a_policy() -> None:
    refusal = refused(World(), role_arn=f"{IAM}role/Deploy")
    assert (refusal.code, refusal.aws_message) == ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
    assert refused(World(), role_arn=f"{IAM}policy/Deploy").aws_message == f"{IAM}policy/Deploy is invalid"


def test_swapped_arns() -> None:
    swapped = {"role_arn": saml_login.PROVIDER, "principal_arn": saml_login.ROLE}
    with pytest.raises(FederationError) as caught:
        saml_login.World().assume(**swapped)
    assert "swapped" in caught.value.cause
    edits = {edit.old: edit.new for edit in caught.value.explanation.first.edits}
    assert edits == {saml_login.PROVIDER: saml_login.ROLE, saml_login.ROLE: saml_login.PROVIDER}


@pytest.mark.parametrize("given", ["saml-provider/Example", "arn:aws:iam:123456789012:saml-provider/Example"])
def test_a_principal_that_is_no_arn(given: str) -> None:
    explanation = saml_explained(saml_login.World(), None, principal_arn=given, check="principal-arn")
    assert f"PrincipalArn is `{given}`" in explanation.cause
    assert told(only_edit(explanation.first)) == ("PrincipalArn", given, saml_login.PROVIDER)


@pytest.mark.parametrize(
    ("call", "check", "words", "place"),
    [
        (
            {"role_session_name": "alice smith/1"},
            "role-session-name",
            "holds ` ` and `/`",
            ("RoleSessionName", "alice smith/1", "alice-smith-1"),
        ),
        ({"role_session_name": "x"}, "role-session-name", "has 1 character, and must have 2 to 64", ("RoleSessionName", "x", None)),
        ({"role_session_name": "y" * 70}, "role-session-name", "has 70 characters", ("RoleSessionName", "y" * 70, "y" * 64)),
        ({"duration_seconds": 60}, "duration-seconds", "an integer of 900 to 43200", ("DurationSeconds", "60", "900")),
        ({"duration_seconds": 86_400}, "duration-seconds", "is `86400`", ("DurationSeconds", "86400", "43200")),
        ({"provider_id": "x"}, "provider-id", "ProviderId `x` has 1 character", ("ProviderId", "x", None)),
        ({"policy": ""}, "policy", "Policy `` has 0 characters, and must have 1 to 2048", ("Policy", "", None)),
        ({"role_session_name": None}, "role-session-name", "RoleSessionName is missing", ("RoleSessionName", None, None)),
    ],
)
def test_a_parameter_outside_the_service_model(
    call: dict[str, object], check: str, words: str, place: tuple[str, str | None, str | None]
) -> None:
    explanation = explained(World(), check=check, **call)
    assert words in explanation.cause
    assert told(explanation.first.edits[0]) == place


def test_every_parameter_at_fault_is_told_at_once() -> None:
    explanation = explained(World(), role_session_name="a b", duration_seconds=1, check="role-session-name")
    assert [cause.check for cause in explanation.first.causes] == ["role-session-name", "duration-seconds"]
    assert [edit.new for edit in explanation.first.edits] == ["a-b", "900"]
    assert not explanation.first.alternatives


def test_what_would_refuse_after_a_parameter_is_found() -> None:
    explanation = explained(World(), mint(aud="elsewhere"), role_session_name="a b", check="role-session-name")
    assert [each.causes[0].check for each in explanation.later] == ["audience"]


def test_a_provider_id_beside_an_id_token() -> None:
    for provider_id in (AMAZON, "graph.facebook.com", "https://issuer.example.com"):
        explanation = explained(World(), mint(), provider_id=provider_id, check="provider-id")
        assert f"ProviderId is `{provider_id}`, which asks for an access token of that server, and the token is a JWT" in explanation.cause
        assert told(only_edit(explanation.first)) == ("ProviderId", provider_id, None)
        assert explanation.later == ()


@pytest.mark.parametrize("given", ["https://www.amazon.com", "www.amazon.com:443", "WWW.amazon.com", "https://www.amazon.com/"])
def test_a_provider_id_that_is_more_than_a_host(given: str) -> None:
    explanation = explained(World(), ACCESS_TOKEN, provider_id=given, check="provider-id")
    assert "`graph.facebook.com` and `www.amazon.com`" in explanation.cause
    assert told(only_edit(explanation.first)) == ("ProviderId", given, AMAZON)
    assert explanation.later == ()


def test_a_server_without_registration() -> None:
    explanation = explained(World(oauth=()), ACCESS_TOKEN, provider_id=AMAZON, check="provider")
    assert "names a server of access tokens that this account has no registration of" in explanation.cause
    edit = only_edit(explanation.first)
    assert edit.place.file == "oauth-providers/www.amazon.com/provider.toml"
    assert edit.command == "federation account add-oauth-provider --account account --name www.amazon.com"


def test_a_token_without_registered_information() -> None:
    token = "Atza|another-token-of-amazon"
    explanation = explained(World(), token, provider_id=AMAZON, check="token-information")
    assert "1 answer is registered, for other tokens" in explanation.cause
    edit = only_edit(explanation.first)
    assert edit.place.file.startswith("oauth-providers/www.amazon.com/")
    assert edit.place.file.endswith(".json")
    assert token not in str(explanation.as_dict())


@pytest.mark.parametrize(
    ("answer", "check", "words", "owner"),
    [
        ({"exp": 5, "iat": NOW - 1000}, "exp", "the token expired at", "token"),
        ({"iss": "https://other.example.com"}, "issuer", "of the issuer `https://other.example.com`", "provider"),
        ({"iat": NOW + 100}, "nbf", "this clock is behind the server's", "clock"),
    ],
)
def test_an_answer_that_proves_no_login(answer: dict[str, object], check: str, words: str, owner: str) -> None:
    world = World(oauth=(amazon(token_information={token_key(ACCESS_TOKEN): {**AMAZON_ANSWER, **answer}}),))
    explanation = explained(world, ACCESS_TOKEN, provider_id=AMAZON, check=check)
    assert words in explanation.cause
    assert only_edit(explanation.first).place.owner == owner


def test_a_client_that_is_not_registered() -> None:
    world = World(oauth=(amazon(client_ids=["clients"]),))
    explanation = explained(world, ACCESS_TOKEN, provider_id=AMAZON, check="audience")
    assert "answers that the token is for `client`, and registered are `clients`" in explanation.cause
    assert told(only_edit(explanation.first)) == ("", "client", "clients")
