"""The token's issuer beside every registered URL: what differs, and the registration, setting or policy to change."""

import pytest

from federation.explaining.fixing import changed
from federation.policy import Policy
from tests.support.sts.web_identity import NAME, ROLE, URL, World, mint, provider, trust
from tests.support.web_explaining import explained, only_edit, refused, told
from tests.support.world import ACCOUNT, GITHUB

ARN = f"arn:aws:iam::{ACCOUNT}:oidc-provider/"
CLUSTERS = "https://oidc.eks.us-east-1.amazonaws.com/id/"
OLD, NEW = f"{CLUSTERS}0LD0", f"{CLUSTERS}NEW1"
TENANT = "88888888-8888-4888-8888-888888888888"


def world(url: str, condition: dict[str, object] | None = None, *, client_ids: tuple[str, ...] = ("client-a",)) -> World:
    arn = ARN + url.removeprefix("https://")
    return World(oidc=(provider(url=url, arn=arn, client_ids=client_ids),), trust_policy=trust(principals=[arn], condition=condition))


@pytest.mark.parametrize(
    ("registered", "issuer", "how"),
    [
        (f"{URL}/", URL, "in a slash at the end"),
        (URL, f"{URL}/", "in a slash at the end"),
        (URL, "https://Issuer.example.com/tenant", "in upper and lower case alone"),
    ],
)
def test_a_spelling_of_the_registered_issuer(registered: str, issuer: str, how: str) -> None:
    explanation = explained(world(registered), mint(issuer), check="provider")
    cause = explanation.first.causes[0]
    assert f"`{issuer}`, and the account has a provider for `{registered}`: they differ {how}" in cause.sentence
    assert (cause.comparisons[0].expected, cause.comparisons[0].found) == (registered, issuer)
    assert cause.unverified
    register, follow = explanation.first.edits
    assert register.new == f'url = "{issuer}"'
    assert f"aws iam create-open-id-connect-provider --url {issuer} --client-id-list client-a" in register.instruction
    assert f"federation account add-oidc-provider --account account --url {issuer} --client-id client-a" in register.command
    assert (follow.old, follow.new) == (registered.removeprefix("https://"), issuer.removeprefix("https://"))
    assert explanation.later == ()
    assert not explanation.first.alternatives


def test_the_edits_of_another_spelling_let_in_the_login_and_nobody_else() -> None:
    before = world(f"{URL}/", {"StringEquals": {f"{NAME}/:sub": "alice"}})
    token = mint(URL, sub="alice")
    _, follow = explained(before, token, check="provider").first.edits
    policy = Policy.stored(changed(before.trust_policy.document, follow.changes), kind="trust")
    after = World(oidc=(provider(),), trust_policy=policy)
    assert after.assume(token).subject == "alice"
    assert refused(after, mint(URL, sub="bob")).check == "trust-policy"


def test_a_cluster_that_was_created_again() -> None:
    account = "system:serviceaccount:web:shop"
    before = world(OLD, {"StringEquals": {f"{OLD.removeprefix('https://')}:sub": account}})
    token = mint(NEW, sub=account)
    explanation = explained(before, token, check="provider")
    cause = explanation.first.causes[0]
    assert f"the token's issuer is `{NEW}`, and the account has a provider for `{OLD}`" in cause.sentence
    assert "an EKS cluster has a new issuer id when it is created again" in cause.sentence
    assert cause.listings[1].label == f"roles that trust {OLD}"
    assert cause.listings[1].members == (ROLE,)
    register, follow = explanation.first.edits
    assert register.new == f'url = "{NEW}"'
    policy = Policy.stored(changed(before.trust_policy.document, follow.changes), kind="trust")
    after = World(oidc=(provider(url=NEW, arn=ARN + NEW.removeprefix("https://")),), trust_policy=policy)
    assert after.assume(token).subject == account
    assert refused(after, mint(NEW, sub="system:serviceaccount:web:other")).check == "trust-policy"
    assert explanation.later == ()


def test_what_would_refuse_after_the_registration_is_found_and_marked() -> None:
    before = world(OLD, {"StringEquals": {f"{OLD.removeprefix('https://')}:sub": "system:serviceaccount:web:shop"}})
    explanation = explained(before, mint(NEW, sub="system:serviceaccount:web:till", audience="client-a"), check="provider")
    assert [cause.check for each in explanation.later for cause in each.causes] == ["condition"]
    assert all(cause.unverified for each in explanation.later for cause in each.causes)
    assert "till" in explanation.later[0].causes[0].sentence


def test_a_cluster_of_another_region() -> None:
    elsewhere = OLD.replace("us-east-1", "eu-west-1")
    explanation = explained(world(OLD), mint(elsewhere), check="provider")
    assert "the cluster is in eu-west-1, and the provider is for region us-east-1" in explanation.cause


def test_two_versions_of_the_tokens_of_one_tenant() -> None:
    v1, v2 = f"https://sts.windows.net/{TENANT}/", f"https://login.microsoftonline.com/{TENANT}/v2.0"
    explanation = explained(world(v2), mint(v1), check="provider")
    assert "the token is a v1.0 token, and the provider is registered for v2.0 tokens of the same tenant" in explanation.cause
    setting = explanation.first.edits[0]
    assert told(setting) == ("accessTokenAcceptedVersion", '"accessTokenAcceptedVersion": null', '"accessTokenAcceptedVersion": 2')
    assert setting.place.source.startswith("https://learn.microsoft.com/")
    other = explained(world(v1), mint(v2), check="provider")
    assert other.first.edits[0].new == '"accessTokenAcceptedVersion": null'


def test_an_enterprise_of_github_has_an_issuer_of_its_own() -> None:
    explanation = explained(world(f"https://{GITHUB}"), mint(f"https://{GITHUB}/acme"), check="provider")
    assert "the enterprise `acme` issues its tokens by an issuer of its own" in explanation.cause
    assert explanation.first.edits[0].new == f'url = "https://{GITHUB}/acme"'
    other = explained(world(f"https://{GITHUB}/acme"), mint(f"https://{GITHUB}"), check="provider")
    assert "the token comes by GitHub's common issuer, and the provider is for the enterprise `acme`" in other.cause
    edit = other.first.edits[0]
    assert edit.place.setting == "include_enterprise_slug"
    assert (edit.old, edit.new) == ('{"include_enterprise_slug": false}', '{"include_enterprise_slug": true}')


def test_http_is_changed_at_the_issuer() -> None:
    edit = only_edit(explained(World(), mint("http://issuer.example.com/tenant"), check="provider").first)
    assert told(edit) == ("iss", "http://issuer.example.com/tenant", URL)
    assert edit.place.owner == "identity-provider"
    assert "IAM takes https issuers alone" in edit.instruction


def test_no_provider_at_all() -> None:
    explanation = explained(World(oidc=()), mint(), check="provider")
    assert explanation.cause == f"the token's issuer is `{URL}`, and the account {ACCOUNT} has no OpenID Connect provider"
    edit = only_edit(explanation.first)
    assert (edit.place.file, edit.place.path) == (f"oidc-providers/{NAME}/provider.toml", "url")
    assert edit.command == (
        f"federation account add-oidc-provider --account account --url {URL} --client-id sts.amazonaws.com --jwks jwks.json"
    )
    # The token's own audience is not what is registered for AWS, and that is said next.
    assert [each.causes[0].check for each in explanation.later] == ["audience"]


def test_providers_of_other_issuers_are_listed() -> None:
    explanation = explained(World(), mint("https://unrelated.example.org"), check="provider")
    assert f"has no provider for it; registered are `{URL}`" in explanation.cause
    assert explanation.first.causes[0].listings[0].members == (URL,)


def test_a_role_of_another_account_is_asked_there() -> None:
    role = "arn:aws:iam::111122223333:role/Deploy"
    explanation = explained(World(), mint("https://unrelated.example.org"), check="provider", role_arn=role)
    assert f"the role is of account 111122223333 and the providers are those of account {ACCOUNT}" in explanation.cause
    assert told(only_edit(explanation.first)) == ("RoleArn", role, ROLE)


@pytest.mark.parametrize("issuer", [7, None, ["https://issuer.example.com"]])
def test_an_issuer_that_is_no_text(issuer: object) -> None:
    explanation = explained(World(), mint(iss=issuer), check="issuer")
    assert "has an iss that is no text" in explanation.cause
    assert only_edit(explanation.first).place.path == "iss"


def test_a_hostile_issuer_is_shown_safely() -> None:
    explanation = explained(World(), mint("https://x/\n$(reboot)\u202e✔"), check="provider")
    spoken = [explanation.cause, *(text for edit in explanation.edits for text in (edit.instruction, edit.old or "", edit.new or ""))]
    assert not any(mark in text for text in spoken for mark in "\n\u202e✔")
    assert all("reboot" not in edit.command for edit in explanation.first.edits)
