"""Every check of a web identity has an explanation of its own, whatever the token says, and in time."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from federation import FederationError
from federation.explaining import call, engine, oauth, oidc
from federation.explaining.plain import plainly
from federation.explanation import Question
from federation.oauth.checks import CHECKS as OAUTH_CHECKS
from federation.oauth.validator import STAGES as OAUTH_STAGES
from federation.oidc.checks import CHECKS as OIDC_CHECKS
from federation.oidc.validator import STAGES as OIDC_STAGES
from federation.sts.login.web_identity_claims import CHECKS as SESSION_CHECKS
from federation.sts.operations.assume_role_with_web_identity import AssumeRoleWithWebIdentity
from tests.support.growth import assert_grows_linearly
from tests.support.sts.web_identity import ROLE, World, mint, provider
from tests.support.web_explaining import refused

TEAM = ROLE.removesuffix("Deploy")
AWS = "https://aws.amazon.com/"
CLAIMS = [
    *("iss", "sub", "aud", "azp", "exp", "iat", "nbf", "jti", "amr", "cnf", "events", "token_use"),
    *(f"{AWS}{name}" for name in ("tags", "roles", "source_identity", "tags/principal_tags/Team", "tags/transitive_tag_keys")),
]
VALUES: list[object] = [
    *(None, True, 0, -1, 1.5, 1e300, 2**70, "", "x", "a\0b", "a\u202eb", "y" * 5000),
    *([], [1], ["a"], [["a"]], {}, {"a": 1}),
    {"principal_tags": {"": ["x"]}},
    {"principal_tags": {"a": []}, "transitive_tag_keys": "a"},
    {"principal_tags": {"a": ["x"]}, "transitive_tag_keys": ["b", "b"]},
    {"principal_tags": {f"k{number}": ["v"] for number in range(60)}},
]


@pytest.mark.parametrize("rule", [*OIDC_STAGES, *OIDC_CHECKS, *SESSION_CHECKS], ids=lambda rule: rule.name)
def test_every_check_of_an_id_token_is_explained(rule: object) -> None:
    row = oidc.TABLE[rule.name]  # type: ignore[attr-defined]
    assert row.explain is not plainly


@pytest.mark.parametrize("rule", [*OAUTH_STAGES, *OAUTH_CHECKS], ids=lambda rule: rule.name)
def test_every_check_of_an_access_token_is_explained(rule: object) -> None:
    row = oauth.TABLE[rule.name]  # type: ignore[attr-defined]
    assert row.explain is not plainly


def test_every_parameter_of_the_call_is_explained() -> None:
    assert {each.flag for each in AssumeRoleWithWebIdentity.parameters} <= call.OF_PARAMETERS.keys() | engine.TABLE.keys()


@pytest.mark.parametrize("profile", ["strict", "aws"])
@pytest.mark.parametrize("claim", CLAIMS)
def test_whatever_a_claim_holds_is_explained(claim: str, profile: str) -> None:
    world = World(oidc=(provider(profile=profile),))
    for value in VALUES:
        try:
            world.assume(mint(**{claim: value}))
        except FederationError as refusal:
            explanation = refusal.explanation
            assert explanation.first.edits, (claim, value)
            texts = [cause.sentence for each in (explanation.first, *explanation.later) for cause in each.causes]
            texts += [edit.instruction for edit in explanation.edits]
            assert all(text and text.isprintable() and len(text) < 2000 for text in texts), (claim, value)


def test_an_explanation_costs_no_more_than_the_number_of_roles() -> None:
    world = World()
    role = world.sts.account.roles[ROLE]
    given = TEAM.replace("team/", "") + "Deploy77"
    asked = AssumeRoleWithWebIdentity(role_arn=given, role_session_name="job-7", web_identity_token=mint())

    def of_roles(count: int) -> Callable[[], None]:
        roles = {f"{TEAM}{name}": replace(role, arn=f"{TEAM}{name}", name=name) for name in map("Deploy{}".format, range(count))}
        large = refused(world, role_arn=given)
        assert large.question is not None
        large.asked(Question(at=large.question.at, account=replace(world.sts.account, roles=roles), call=asked))

        def explained() -> None:
            assert engine.explanation_of(large).first.edits[0].new == f"{TEAM}Deploy77"

        return explained

    assert_grows_linearly(of_roles, small=1_250, within=1)
