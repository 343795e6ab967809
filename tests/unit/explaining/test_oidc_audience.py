"""Audiences: the claim that decides, every registered client id, and the setting of the vendor or the registration to change."""

import json

import pytest

from federation import OidcProvider, validate
from federation.errors import InvalidIdentityToken
from tests.support.oidc import AT
from tests.support.sts.web_identity import PROVIDER, URL, World, mint, provider, trust
from tests.support.web_explaining import explained, only_edit, told
from tests.support.world import ACCOUNT, GITHUB

GITHUB_URL = f"https://{GITHUB}"
GITHUB_ARN = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"
ADD = f"aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn {GITHUB_ARN} --client-id sts.amazonaws.com"


def github(*client_ids: str) -> World:
    registered = provider(url=GITHUB_URL, arn=GITHUB_ARN, client_ids=client_ids)
    return World(oidc=(registered,), trust_policy=trust(principals=[GITHUB_ARN]))


def world(url: str, *client_ids: str) -> World:
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{url.removeprefix('https://')}"
    return World(oidc=(provider(url=url, arn=arn, client_ids=client_ids),), trust_policy=trust(principals=[arn]))


def registered_with(world: World, client_ids: list[str]) -> World:
    """The same world once the client ids of the edit are registered."""
    (before,) = world.oidc
    return World(oidc=(provider(url=before.url, arn=before.arn, client_ids=client_ids),), trust_policy=world.trust_policy)


def client_ids(text: str | None) -> list[str]:
    assert text is not None
    ids: list[str] = json.loads(text.removeprefix("client_ids = "))
    return ids


def test_a_misspelled_audience_is_corrected_where_it_is_asked_for() -> None:
    explanation = explained(github("sts.amazonaws.com", "other"), mint(GITHUB_URL, audience="sts.amazon.com"), check="audience")
    cause = explanation.first.causes[0]
    assert cause.sentence == (
        f"the token is for the audience `sts.amazon.com` (claim aud), and the provider {GITHUB} accepts `sts.amazonaws.com` and `other`"
    )
    assert (cause.comparisons[0].expected, cause.comparisons[0].found) == ("sts.amazonaws.com", "sts.amazon.com")
    assert cause.listings[0].members == ("sts.amazonaws.com", "other")
    assert cause.listings[0].nearest == "sts.amazonaws.com"
    edit = only_edit(explanation.first)
    assert told(edit) == ("audience", "audience: sts.amazon.com", "audience: sts.amazonaws.com")
    assert edit.place.owner == "workflow"
    assert edit.place.source == "https://github.com/aws-actions/configure-aws-credentials/blob/main/action.yml"
    assert edit.lets_in == ""


def test_an_audience_for_aws_is_registered_where_a_misspelled_one_is() -> None:
    wrong, token = github("sts.amazon.com"), mint(GITHUB_URL, audience="sts.amazonaws.com")
    register, request = explained(wrong, token, check="audience").first.edits
    assert (register.place.file, register.place.path) == (f"oidc-providers/{GITHUB}/provider.toml", "client_ids")
    assert register.old == 'client_ids = ["sts.amazon.com"]'
    assert register.new == 'client_ids = ["sts.amazon.com", "sts.amazonaws.com"]'
    assert register.command == ADD
    assert "sts.amazonaws.com" in register.lets_in
    assert told(request) == ("audience", "audience: sts.amazonaws.com", "audience: sts.amazon.com")
    repaired = registered_with(wrong, client_ids(register.new))
    assert repaired.assume(token).audience == "sts.amazonaws.com"
    with pytest.raises(InvalidIdentityToken):
        repaired.assume(mint(GITHUB_URL, audience="https://github.com/acme"))


def test_the_default_audience_of_the_vendor_is_never_registered() -> None:
    explanation = explained(github("sts.amazonaws.com"), mint(GITHUB_URL, audience="https://github.com/acme"), check="audience")
    assert "`https://github.com/acme` (claim aud), which GitHub takes where no audience is asked for" in explanation.cause
    assert told(only_edit(explanation.first)) == ("audience", "audience: https://github.com/acme", "audience: sts.amazonaws.com")


@pytest.mark.parametrize(
    ("url", "found", "wanted", "setting", "old", "new"),
    [
        ("https://gitlab.com", "https://gitlab.com", "sts.amazonaws.com", "aud", "aud: https://gitlab.com", "aud: sts.amazonaws.com"),
        (
            "https://app.terraform.io",
            "tfc",
            "aws.workload.identity",
            "TFC_AWS_WORKLOAD_IDENTITY_AUDIENCE",
            "TFC_AWS_WORKLOAD_IDENTITY_AUDIENCE=tfc",
            "TFC_AWS_WORKLOAD_IDENTITY_AUDIENCE=aws.workload.identity",
        ),
        (
            "https://oidc.eks.us-east-1.amazonaws.com/id/A1",
            "https://kubernetes.default.svc",
            "sts.amazonaws.com",
            "eks.amazonaws.com/audience",
            "eks.amazonaws.com/audience: https://kubernetes.default.svc",
            "eks.amazonaws.com/audience: sts.amazonaws.com",
        ),
        (
            "https://agent.buildkite.com",
            "https://buildkite.com/acme",
            "sts.amazonaws.com",
            "--audience",
            "buildkite-agent oidc request-token --audience https://buildkite.com/acme",
            "buildkite-agent oidc request-token --audience sts.amazonaws.com",
        ),
        (
            "https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
            "elsewhere",
            "ari:cloud:bitbucket::workspace/1",
            "audiences",
            "audiences: [elsewhere]",
            "audiences: [ari:cloud:bitbucket::workspace/1]",
        ),
        (
            "https://oidc.circleci.com/org/1",
            "elsewhere",
            "sts.amazonaws.com",
            "--claims",
            'circleci run oidc get --claims \'{"aud": "elsewhere"}\'',
            'circleci run oidc get --claims \'{"aud": "sts.amazonaws.com"}\'',
        ),
        ("https://acme.okta.com/oauth2/default", "api://default", "sts.amazonaws.com", "Audience", "api://default", "sts.amazonaws.com"),
        ("https://idp.example.com/realms/acme", "account", "sts.amazonaws.com", "Included Custom Audience", "account", "sts.amazonaws.com"),
        ("https://acme.eu.auth0.com/", "https://acme/api", "sts.amazonaws.com", "Identifier", "https://acme/api", "sts.amazonaws.com"),
        (URL, "elsewhere", "sts.amazonaws.com", "aud", "elsewhere", "sts.amazonaws.com"),
    ],
)
def test_another_audience_is_asked_for_by_the_setting_of_the_vendor(
    url: str, found: str, wanted: str, setting: str, old: str, new: str
) -> None:
    explanation = explained(world(url, wanted), mint(url, audience=found), check="audience")
    edit = only_edit(explanation.first)
    assert f"`{found}`" in explanation.cause
    assert f"`{wanted}`" in explanation.cause
    assert told(edit) == (setting, old, new)
    assert edit.place.source.startswith("https://") or url == URL


def test_azp_decides_where_a_token_has_both() -> None:
    token = mint(azp="115607654321098765432")
    explanation = explained(World(), token, check="audience")
    assert "for the client `115607654321098765432` (claim azp; AWS compares azp, not aud" in explanation.cause
    assert "its aud `client-a` is registered, its azp is not" in explanation.cause
    edit = only_edit(explanation.first)
    assert (edit.old, edit.new) == ('client_ids = ["client-a"]', 'client_ids = ["client-a", "115607654321098765432"]')
    assert registered_with(World(), client_ids(edit.new)).assume(token).audience == "115607654321098765432"


def test_an_azp_of_a_stranger_is_not_registered() -> None:
    explanation = explained(World(), mint(azp="elsewhere", aud="elsewhere"), check="audience")
    assert told(only_edit(explanation.first)) == ("aud", "elsewhere", "client-a")


@pytest.mark.parametrize(("found", "registered"), [("api://1234", "1234"), ("1234", "api://1234"), ("spn:1234", "1234")])
def test_the_uri_and_the_id_of_one_application(found: str, registered: str) -> None:
    tenant = "https://sts.windows.net/88888888-8888-4888-8888-888888888888/"
    before, token = world(tenant, registered), mint(tenant, audience=found)
    explanation = explained(before, token, check="audience")
    assert f"`{found}` and `{registered}` differ" in explanation.cause or found.startswith("spn:")
    edit = only_edit(explanation.first)
    assert client_ids(edit.new) == [registered, found]
    assert registered_with(before, client_ids(edit.new)).assume(token).audience == found


@pytest.mark.parametrize(("found", "how"), [("https://app/", "in a slash at the end"), ("https://APP", "in upper and lower case alone")])
def test_a_slash_or_case_is_told_and_both_ways_are_open(found: str, how: str) -> None:
    explanation = explained(world(URL, "https://app"), mint(audience=found), check="audience")
    assert f"`{found}` and `https://app` differ {how}" in explanation.cause
    assert [each.place.owner for each in explanation.first.edits] == ["identity-provider", "provider"]


def test_aws_takes_one_audience_or_azp() -> None:
    aws = World(oidc=(provider(profile="aws"),))
    explanation = explained(aws, mint(aud=["elsewhere", "client-a"]), check="authorized-party")
    assert "aud names 2 audiences, `elsewhere` and `client-a`, and the token has no azp" in explanation.cause
    assert told(only_edit(explanation.first)) == ("aud", "elsewhere, client-a", "client-a")


def test_an_aud_of_others_beside_a_registered_azp() -> None:
    explanation = explained(World(), mint(aud="elsewhere", azp="client-a"), check="audience-trusted")
    assert "azp `client-a` is a registered client id, and aud names `elsewhere`" in explanation.cause
    assert explanation.aws_accepts
    assert told(only_edit(explanation.first)) == ("aud", "elsewhere", "client-a")


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"aud": []}, "aud is an empty list"),
        ({"aud": 7}, "aud is int `7`"),
        ({"aud": ["a", 1]}, "a list of others"),
        ({"azp": 7}, "azp is int"),
    ],
)
def test_an_audience_of_another_type(claims: dict[str, object], words: str) -> None:
    explanation = explained(World(), mint(**claims), check="audience")
    assert words in explanation.cause
    assert only_edit(explanation.first).place.owner == "identity-provider"


def test_many_client_ids_are_listed_and_only_the_new_one_is_written() -> None:
    many = [f"client-{number:03}" for number in range(100)]
    explanation = explained(world(URL, *many), mint(audience="sts.amazonaws.com"), check="audience")
    listing = explanation.first.causes[0].listings[0]
    assert sorted(listing.members) == many
    register = explanation.first.edits[0]
    assert (register.old, register.new) == (None, '"sts.amazonaws.com"')


def test_an_audience_that_cannot_be_typed_makes_no_command() -> None:
    hostile = "api://a\n$(reboot)\u202e"
    explanation = explained(world(URL, hostile.removeprefix("api://")), mint(audience=hostile), check="audience")
    edit = only_edit(explanation.first)
    assert edit.command == ""
    assert "\u202e" not in str(explanation.as_dict())
    assert "\n" not in str(explanation.as_dict()["first"]["causes"])


def test_a_registration_outside_an_account_is_no_file() -> None:
    lone = OidcProvider(url=URL, client_ids=["1234"], jwks=provider().jwks, arn=PROVIDER)
    with pytest.raises(InvalidIdentityToken) as caught:
        validate(mint(audience="api://1234"), lone, at=AT)
    (edit,) = caught.value.edits
    assert (edit.place.file, edit.place.path, edit.new) == ("", "client_ids", 'client_ids = ["1234", "api://1234"]')


def test_where_no_client_id_is_registered_the_audience_is() -> None:
    registered = provider(url=GITHUB_URL, arn=GITHUB_ARN, client_ids="none")
    nobody = World(oidc=(registered,), trust_policy=trust(principals=[GITHUB_ARN]))
    edit = only_edit(explained(nobody, mint(GITHUB_URL, audience="mine"), check="audience").first)
    assert (edit.place.path, edit.old, edit.new) == ("client_ids", 'client_ids = "none"', 'client_ids = ["mine"]')
