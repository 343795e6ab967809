import json
from typing import Any

import pytest

from federation.page.dropped import DOCUMENTS
from federation.testing import Login, aws_attributes, to_base64
from tests.support.page import answered, asked, text_of
from tests.support.paths import FIXTURES
from tests.support.sts import saml_login
from tests.support.world import ACCOUNT, GITHUB, ISSUED

ACCOUNT_FILES = FIXTURES / "account"
POLICY = json.dumps(json.loads((ACCOUNT_FILES / "roles" / "GitHubDeploy.json").read_text())["AssumeRolePolicyDocument"], indent=2)
ISSUER = f"https://{GITHUB}"


def fixture(name: str) -> str:
    return (FIXTURES / name).read_text("utf-8")


def jwks() -> str:
    return (ACCOUNT_FILES / "oidc-providers" / GITHUB / "jwks.json").read_text()


def metadata() -> str:
    return (ACCOUNT_FILES / "saml-providers" / "SAML-test" / "metadata.xml").read_text("utf-8")


def verdict(page: Any) -> str:
    [found] = page.xpath("//*[@id='verdict' or @id='unanswered']")
    return text_of(found)


@pytest.mark.parametrize("account", [DOCUMENTS, ""])
def test_a_key_set_and_a_policy_judge(account: str) -> None:
    common = {"account": account, "jwks": jwks(), "issuer": ISSUER, "client_id": "sts.amazonaws.com", "policy": POLICY}
    assert verdict(asked(fields={"pasted": fixture("oidc/github.jwt"), **common})).startswith("✓ granted")
    refused = asked(fields={"pasted": fixture("oidc/github-branch.jwt"), **common})
    assert verdict(refused).startswith("✗ refused: trust-policy")
    assert "trust-policy.json:14" in text_of(refused.xpath("//*[@id='cause']")[0])
    assert refused.xpath("//*[@id='cause']//tr[@class='added']")


@pytest.mark.parametrize("wrap", ["Role", None])
def test_what_aws_prints_of_a_role_is_a_policy_too(wrap: str | None) -> None:
    role = {"RoleName": "X", "AssumeRolePolicyDocument": json.loads(POLICY)}
    printed = json.dumps({wrap: role} if wrap else role, indent=4)
    page = answered(pasted=fixture("oidc/github-branch.jwt"), jwks=jwks(), issuer=ISSUER, client_id="sts.amazonaws.com", policy=printed)
    assert verdict(page).startswith("✗ refused: trust-policy")
    assert page.xpath("//*[@id='cause']//tr[@class='added']")


def test_metadata_alone_judges_the_response_alone() -> None:
    page = answered(pasted=fixture("saml/documented.b64"), metadata=metadata())
    assert verdict(page).startswith("✓ accepted")
    assert "not called: no role" in verdict(page)


@pytest.mark.parametrize("order", [1, -1])
def test_metadata_and_a_policy_judge_a_response_for_the_role_that_it_names(order: int) -> None:
    role, provider = f"arn:aws:iam::{ACCOUNT}:role/Team", f"arn:aws:iam::{ACCOUNT}:saml-provider/Okta"
    pair = (role, provider)[::order]
    forge = saml_login.forge()
    attributes = aws_attributes(role=pair[0], provider=pair[1], session_name="alice")
    response = to_base64(forge.response(Login(at=ISSUED, subject="alice", attributes=attributes)))
    statement = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithSAML"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
    page = answered(pasted=response, metadata=forge.metadata().decode(), policy=policy)
    assert verdict(page).startswith("✓ granted")
    assert f"for {role} " in verdict(page)


def test_without_a_client_id_every_token_is_refused_and_that_is_explained() -> None:
    page = answered(pasted=fixture("oidc/github.jwt"), jwks=jwks())
    assert "✗ refused: audience" in verdict(page)
    assert "which nothing proves" in verdict(page)


def test_keys_of_somebody_else_prove_nothing() -> None:
    other = json.loads(jwks())
    other["keys"][0]["n"] = "w" + other["keys"][0]["n"][1:]
    page = answered(pasted=fixture("oidc/github.jwt"), jwks=json.dumps(other), issuer=ISSUER, client_id="sts.amazonaws.com", policy=POLICY)
    assert "✗ refused: signature" in verdict(page)


@pytest.mark.parametrize(
    ("fields", "check"),
    [
        ({"account": DOCUMENTS}, "account"),
        ({"policy": "{"}, "json"),
        ({"policy": '{"Statement": []}'}, ""),
        ({"metadata": "<x/>"}, ""),
        ({"jwks": "{}", "issuer": "https://a.example"}, ""),
        ({"jwks": "{}", "issuer": "nonsense"}, ""),
    ],
)
def test_documents_at_fault_are_named(fields: dict[str, str], check: str) -> None:
    told = verdict(asked(fields={"pasted": fixture("oidc/github.jwt"), **fields}))
    assert told.startswith("✗ Not judged: "), told
    assert all(word in told for word in ("expected", "found", "remedy"))


def test_documents_beside_a_served_account_are_told_of() -> None:
    from federation.account import load_account  # noqa: PLC0415
    from federation.page.accounts import served_accounts  # noqa: PLC0415

    [served] = served_accounts([load_account(ACCOUNT_FILES)], {})
    page = answered(served, pasted=fixture("oidc/github.jwt"), account=ACCOUNT, policy=POLICY)
    assert "The dropped documents were not used" in verdict(page)
