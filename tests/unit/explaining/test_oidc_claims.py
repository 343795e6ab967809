"""Times, types and claims of ID tokens: both values, in UTC and seconds, and who can change them."""

from datetime import timedelta
from typing import Any

import pytest

from federation.testing.oidc import ABSENT
from tests.support.oidc import AT, NOW, forge
from tests.support.sts.web_identity import NAME, PROVIDER, ROLE, URL, World, mint, provider, trust
from tests.support.web_explaining import explained, only_edit, told

CLUSTER = "https://oidc.eks.us-east-1.amazonaws.com/id/A1"
TAGS, ROLES, SOURCE = (f"https://aws.amazon.com/{name}" for name in ("tags", "roles", "source_identity"))


def of(url: str) -> World:
    arn = PROVIDER.replace(NAME, url.removeprefix("https://"))
    return World(oidc=(provider(url=url, arn=arn),), trust_policy=trust(principals=[arn]))


def test_a_token_that_expired_tells_instants_and_spans() -> None:
    explanation = explained(World(), mint(), check="exp", at=AT + timedelta(hours=3))
    assert explanation.cause == (
        "the token expired at 2026-11-24T12:10:00Z (exp), 10200 s (2.83 h) before it is used at 2026-11-24T15:00:00Z; "
        "it was issued at 2026-11-24T12:00:00Z for 600 s (10 min)"
    )
    comparison = explanation.first.causes[0].comparisons[0]
    assert (comparison.expected, comparison.found) == ("before 2026-11-24T12:10:00Z", "2026-11-24T15:00:00Z")
    assert only_edit(explanation.first).place.owner == "token"


def test_what_aws_forgives_is_said() -> None:
    explanation = explained(World(), mint(), check="exp", at=AT + timedelta(seconds=700))
    assert "100 s before" in explanation.cause
    assert explanation.cause.endswith("; AWS forgives 300 s, this provider 0 s")
    assert explanation.aws_accepts


def test_a_stale_file_of_a_cluster_is_read_again() -> None:
    explanation = explained(of(CLUSTER), mint(CLUSTER, exp=NOW + 86_400), check="exp", at=AT + timedelta(days=2))
    fresh, longer = explanation.first.edits
    assert "read the file that AWS_WEB_IDENTITY_TOKEN_FILE names again for each call" in fresh.instruction
    assert told(longer) == ("eks.amazonaws.com/token-expiration", 'eks.amazonaws.com/token-expiration: "86400"', None)
    assert longer.place.source == "https://github.com/aws/amazon-eks-pod-identity-webhook"


@pytest.mark.parametrize(("claim", "words"), [("iat", "was issued at"), ("nbf", "holds from")])
def test_a_clock_that_is_behind(claim: str, words: str) -> None:
    explanation = explained(World(), mint(**{claim: NOW + 400}), check=claim)
    assert (
        f"the token {words} 2026-11-24T12:06:40Z ({claim}), 400 s (6.67 min) after it is used at 2026-11-24T12:00:00Z" in explanation.cause
    )
    edit = only_edit(explanation.first)
    assert (edit.place.owner, edit.old, edit.new) == ("clock", "2026-11-24T12:00:00Z", "2026-11-24T12:06:40Z or later")


def test_a_token_that_ended_before_it_was_issued() -> None:
    explanation = explained(World(), mint(exp=NOW + 10, iat=NOW + 20), check="iat")
    assert [each.causes[0].check for each in explanation.later][:1] == ["exp"]


@pytest.mark.parametrize(
    ("claims", "words", "new"),
    [
        ({"exp": 1.5}, "exp is a fraction `1.5`", "1"),
        ({"iat": "yesterday"}, "iat is a text `yesterday`", None),
        ({"exp": None}, "exp is null", None),
        ({"nbf": True}, "nbf is a boolean `True`", None),
    ],
)
def test_a_time_that_is_no_number_of_seconds(claims: dict[str, Any], words: str, new: str | None) -> None:
    explanation = explained(World(), mint(**claims), check="timestamp")
    assert words in explanation.cause
    (name,) = claims
    edit = only_edit(explanation.first)
    assert (edit.place.owner, edit.place.path, edit.new) == ("identity-provider", name, new)


def test_digits_that_aws_reads_and_strict_does_not() -> None:
    explanation = explained(World(), mint(exp=str(NOW + 600)), check="numeric-date")
    assert f"exp is a text `{NOW + 600}`" in explanation.cause
    assert only_edit(explanation.first).new == str(NOW + 600)
    assert explanation.aws_accepts


def test_an_access_token_of_cognito_has_no_audience() -> None:
    explanation = explained(World(), mint(aud=ABSENT, token_use="access", client_id="1h57"), check="required-claims")
    assert "no claim aud" in explanation.cause
    assert "it is the access token of Cognito (token_use `access`)" in explanation.cause
    assert told(only_edit(explanation.first)) == ("WebIdentityToken", "access_token", "id_token")


@pytest.mark.parametrize("missing", ["sub", "iat", "exp"])
def test_a_claim_that_aws_requires(missing: str) -> None:
    explanation = explained(World(), mint(**{missing: ABSENT}), check="required-claims")
    assert f"the token has no claim {missing}, and AWS requires sub, aud, iat and exp; its claims are `aud`" in explanation.cause
    assert told(only_edit(explanation.first)) == (missing, None, missing)


def test_several_missing_claims_are_told_at_once() -> None:
    explanation = explained(World(), mint(sub=ABSENT, iat=ABSENT), check="required-claims")
    assert [edit.new for edit in explanation.first.edits] == ["sub", "iat"]
    assert not explanation.first.alternatives


def test_a_token_without_issuer() -> None:
    explanation = explained(World(), mint(iss=ABSENT), check="required-claims")
    assert "has no claim iss" in explanation.cause


@pytest.mark.parametrize(
    ("value", "words"), [("", "an empty text"), ("x" * 300, "a text of 300 characters"), (7, "a number"), ("a\0b", "that holds NUL")]
)
def test_a_subject_that_names_nobody(value: object, words: str) -> None:
    explanation = explained(World(), mint(sub=value), check="subject")
    assert words in explanation.cause
    assert "1 to 255 characters" in explanation.cause


def test_a_subject_that_fails_inside_aws() -> None:
    explanation = explained(World(oidc=(provider(profile="aws"),)), mint(sub=None), check="subject-value")
    assert "sub is null" in explanation.cause


@pytest.mark.parametrize(
    ("claims", "check", "words", "new"),
    [
        ({"amr": "mfa"}, "amr", "amr is a text `mfa`, and must be a list of texts", '["mfa"]'),
        ({"amr": [1]}, "amr", "amr is a list with other members", None),
        ({"jti": ""}, "jti", "jti is an empty text", None),
        ({"jti": 7}, "jti", "jti is a number `7`", None),
    ],
)
def test_a_claim_of_another_type(claims: dict[str, Any], check: str, words: str, new: str | None) -> None:
    explanation = explained(World(), mint(**claims), check=check)
    assert words in explanation.cause
    assert told(only_edit(explanation.first))[0] == check
    assert only_edit(explanation.first).new == new


def test_a_member_twice() -> None:
    header = b'{"alg":"RS256","kid":"key-1"}'
    token = forge(issuer=URL).sign(header, b'{"iss":"%s","sub":"a","sub":"b"}' % URL.encode())
    explanation = explained(World(), token, check="members")
    assert "the token names the member `sub` twice" in explanation.cause


@pytest.mark.parametrize(
    ("header", "check", "words"),
    [
        ({"crit": ["exp"]}, "crit", "names extensions that its reader must understand"),
        ({"b64": False}, "b64", "not base64url-encoded"),
        ({"zip": "DEF"}, "zip", "compressed"),
        ({"cty": "JWT"}, "cty", "another token is nested in it"),
        ({"alg": 7}, "header", "alg as a non-empty string"),
    ],
)
def test_a_header_that_changes_the_meaning(header: dict[str, Any], check: str, words: str) -> None:
    explanation = explained(World(), forge(issuer=URL).token(at=AT, audience="client-a", header=header), check=check)
    assert words in explanation.cause
    assert only_edit(explanation.first).place.owner == "identity-provider"


def test_an_access_token_by_its_type() -> None:
    token = forge(issuer=URL).token(at=AT, audience="client-a", header={"typ": "application/at+jwt"})
    explanation = explained(World(oidc=(provider(token_types=["JWT"]),)), token, check="typ")
    assert "the token's typ is `application/at+jwt`, which is an OAuth access token (RFC 9068)" in explanation.cause
    assert explanation.aws_accepts
    assert told(only_edit(explanation.first)) == ("WebIdentityToken", "access_token", "id_token")


def test_a_token_for_another_use() -> None:
    access = explained(World(), mint(token_use="access"), check="token-use")
    assert "token_use is `access`: it is the access token" in access.cause
    logout = explained(World(), mint(events={"http://schemas.openid.net/event/backchannel-logout": {}}), check="token-use")
    assert "`http://schemas.openid.net/event/backchannel-logout`" in logout.cause
    assert "a security event such as a logout token" in logout.cause


def test_a_github_job_is_told_how_to_come_by_an_id_token() -> None:
    url = "https://token.actions.githubusercontent.com"
    edit = only_edit(explained(of(url), mint(url, token_use="access"), check="token-use").first)
    assert edit.place.setting == "permissions: id-token: write"


def test_a_token_bound_to_a_key() -> None:
    explanation = explained(World(), mint(cnf={"jkt": "x"}), check="confirmation")
    assert "the token is bound to a key (claim cnf: `jkt`)" in explanation.cause
    assert explanation.aws_accepts


def test_a_roles_claim_that_names_another_role() -> None:
    near = ROLE.replace("Deploy", "deploy")
    explanation = explained(World(), mint(**{ROLES: [near]}), check="roles-claim")
    assert f"the call asks for `{ROLE}`, and the claim {ROLES} allows `{near}` alone" in explanation.cause
    assert "in upper and lower case alone" in explanation.cause
    edit = only_edit(explanation.first)
    assert (edit.old, edit.new) == (f'["{near}"]', f'["{near}", "{ROLE}"]')
    assert World().assume(mint(**{ROLES: [near, ROLE]})).audience == "client-a"


@pytest.mark.parametrize(
    ("value", "words"), [(7, "is a number"), (["x"], "holds 1 entry, `x`, and none is a role ARN"), ([], "holds 0 entries")]
)
def test_a_roles_claim_in_another_form(value: object, words: str) -> None:
    explanation = explained(World(), mint(**{ROLES: value}), check="roles-claim")
    assert words in explanation.cause
    assert only_edit(explanation.first).new == f'["{ROLE}"]'


@pytest.mark.parametrize(
    ("tags", "words", "old", "new"),
    [
        ({"principal_tags": {"Project": "x"}}, "Project is a text `x`, and must be a list of one text", "a text `x`", '["x"]'),
        ({"principal_tags": {"Project": ["x", "y"]}}, "Project is a list of 2 values", "a list of 2 values", '["x:y"]'),
        ({"principal_tags": ["Project"]}, "principal_tags is a list", "a list", None),
        ("Project", "tags is a text", "a text", None),
        (
            {"principal_tags": {"Project": ["a*b"]}},
            "a tag whose value has 3 characters, `a*b`",
            "a tag whose value has 3 characters, `a*b`",
            None,
        ),
    ],
)
def test_tags_in_another_form(tags: object, words: str, old: str, new: str | None) -> None:
    explanation = explained(World(), mint(**{TAGS: tags}), check="principal-tags")
    assert words in explanation.cause
    edit = only_edit(explanation.first)
    assert edit.place.path.startswith(TAGS)
    assert (edit.old, edit.new) == (old, new)


def test_what_would_refuse_after_the_tags_is_found() -> None:
    world = World(trust_policy=trust(actions=["sts:AssumeRoleWithWebIdentity"]))
    explanation = explained(world, mint(**{TAGS: {"principal_tags": {"Project": "x"}}}), check="principal-tags")
    assert [cause.check for each in explanation.later for cause in each.causes] == ["action"]


@pytest.mark.parametrize(
    ("keys", "words", "new"),
    [
        ("Project", "is a text, and must be a list of texts", '["Project"]'),
        (["Projects"], "names `Projects`, and the token has the tags `Project`: `Project` is near", '["Project"]'),
        (["Project", "Unlike-anything"], "names `Unlike-anything`", '["Project"]'),
    ],
)
def test_transitive_keys_that_are_no_tags(keys: object, words: str, new: str) -> None:
    tags = {"principal_tags": {"Project": ["x"]}, "transitive_tag_keys": keys}
    explanation = explained(World(), mint(**{TAGS: tags}), check="transitive-tag-keys")
    assert words in explanation.cause
    assert only_edit(explanation.first).new == new


@pytest.mark.parametrize(
    ("value", "words", "new"),
    [("alice smith", "which holds ` `", "alice-smith"), ("x", "which has 1 character", None), (7, "is a number", None)],
)
def test_a_source_identity_that_is_no_name(value: object, words: str, new: str | None) -> None:
    explanation = explained(World(), mint(**{SOURCE: value}), check="source-identity")
    assert words in explanation.cause
    assert told(only_edit(explanation.first))[0] == SOURCE
    assert only_edit(explanation.first).new == new
