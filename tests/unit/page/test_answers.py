import base64
import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from federation.account import load_account
from federation.errors import FederationError
from federation.page.accounts import PageAccount, served_accounts
from tests.support.page import answered, asked, text_of
from tests.support.paths import FIXTURES
from tests.support.world import ACCOUNT, JUDGED, SAML_ROLE

DIRECTORY = FIXTURES / "account"
DEPLOY = f"arn:aws:iam::{ACCOUNT}:role/GitHubDeploy"


@pytest.fixture(scope="module")
def account() -> PageAccount:
    return served_accounts([load_account(DIRECTORY)], {ACCOUNT: DIRECTORY})[0]


def fixture(name: str) -> str:
    return (FIXTURES / name).read_text("ascii")


def section(page: Any, name: str) -> str:
    [found] = page.xpath(f"//*[@id='{name}']")
    return text_of(found)


def test_the_verdict_comes_first_then_the_one_cause_and_its_edit(account: PageAccount) -> None:
    page = answered(account, pasted=fixture("oidc/github-branch.jwt"))
    assert [str(each) for each in page.xpath("//*[@id='answer']//*[@id]/@id")][:5] == [
        "status",
        "verdict",
        "verdict-title",
        "cause",
        "cause-title",
    ]
    assert section(page, "verdict").startswith("✗ refused: trust-policy")
    cause = section(page, "cause")
    assert "the token is a GitHub token for branch feature ; the policy trusts branch main" in cause
    added = " ".join(text_of(each) for each in page.xpath("//*[@id='cause']/div[@class='edit']//tr[@class='added']"))
    assert added.startswith('19 + added: "token.actions.githubusercontent.com:sub": [ "repo:octo-org/octo-repo:ref:refs/heads/main"')
    assert [text_of(each) for each in page.xpath("//tr[@class='added']//mark")] == [
        "[",
        ', "repo:octo-org/octo-repo:ref:refs/heads/feature"]',
    ]
    assert "lets in every login with" in cause


def test_differences_are_marked_inside_the_strings(account: PageAccount) -> None:
    page = answered(account, pasted=fixture("oidc/github-branch.jwt"))
    assert [text_of(each) for each in page.xpath("//*[@id='cause']/div[@class='cause']//mark")] == ["main", "feature"]


def test_every_condition_is_marked(account: PageAccount) -> None:
    page = answered(account, pasted=fixture("oidc/github-branch.jwt"))
    states = [
        (text_of(each.find("strong")), text_of(each)[0])
        for each in page.xpath("//*[@id='policy-of-role']//div[contains(@class, 'state-note')]")
    ]
    assert states == [("met", "✓"), ("met", "✓"), ("met", "✓"), ("unmet", "✗")]
    assert page.xpath("//*[@id='policy-of-role']/@open")


def test_without_a_proof_every_condition_is_unknown(account: PageAccount) -> None:
    page = answered(account, pasted=fixture("saml/refused/tampered.b64"))
    states = {text_of(each) for each in page.xpath("//*[@id='policy-of-role']//div[contains(@class, 'state-note')]")}
    assert states == {"? unknown"}
    assert "UNPROVED" in section(page, "message")
    assert not page.xpath("//*[@id='message']//li[contains(@class, ' signed')]")
    assert not page.xpath("//pre//span[@class='signed']")
    assert "There are none" in section(page, "condition-keys")
    assert all("UNVERIFIED" in text_of(row) for row in page.xpath("//*[@id='attributes']//tbody/tr"))


def test_what_was_signed_is_told_apart(account: PageAccount) -> None:
    page = answered(account, pasted=fixture("saml/documented.b64"))
    [assertion] = page.xpath("//*[@id='message']//ol[@class='tree']/li[contains(@class, 'd1')][strong/bdi='saml2:Assertion']")
    assert text_of(assertion).startswith("signed: saml2:Assertion")
    assert [text_of(row) for row in page.xpath("//*[@id='message']//li[contains(@class, 'd1 unsigned')]")] == ["not signed: ds:Signature"]


def test_a_jwt_is_shown_in_its_parts(account: PageAccount) -> None:
    token = fixture("oidc/github.jwt").strip()
    page = answered(account, pasted=token, instant="now")
    signed, unsigned = page.xpath("//*[@id='raw']//pre/span")
    assert (signed.get("class"), unsigned.get("class")) == ("signed", "unsigned")
    assert text_of(signed) == f"[signed:] {token.rpartition('.')[0]}"
    assert "1795521600 (2026-11-24T12:00:00Z, 30 seconds before it was judged)" in section(page, "message")


def test_the_session_is_shown_without_its_secrets(account: PageAccount) -> None:
    page = answered(account, pasted=fixture("oidc/github.jwt"))
    session = section(page, "session")
    assert f"arn:aws:sts::{ACCOUNT}:assumed-role/GitHubDeploy/" in session
    assert session.count("(masked)") == 3
    assert "ASIA… (masked)" in session


def test_the_times_are_in_order_and_in_words(account: PageAccount) -> None:
    page = answered(account, pasted=fixture("oidc/github.jwt"), instant="now")
    names = [text_of(each) for each in page.xpath("//ol[@class='timeline']/li/strong")]
    assert names == ["issued", "not before", "judged at", "token ends", "session ends"]
    assert "9 minutes 30 seconds after it was judged" in section(page, "times")


def test_condition_keys_are_those_of_the_decision(account: PageAccount) -> None:
    keys = section(answered(account, pasted=fixture("oidc/github-branch.jwt")), "condition-keys")
    assert "token.actions.githubusercontent.com:sub repo:octo-org/octo-repo:ref:refs/heads/feature" in keys
    assert "sts:RoleSessionName" in keys


def test_the_role_is_proposed(account: PageAccount) -> None:
    assert f"for {DEPLOY} (the likely role" in section(answered(account, pasted=fixture("oidc/github.jwt")), "verdict")
    assert f"for {SAML_ROLE} (the likely role" in section(answered(account, pasted=fixture("saml/documented.b64")), "verdict")
    chosen = section(answered(account, pasted=fixture("oidc/github.jwt"), role="FederatedWebIdentityRole"), "verdict")
    assert "role/FederatedWebIdentityRole , judged" in chosen
    assert "refused: trust-policy" in chosen


def test_a_role_that_the_account_does_not_have_is_explained(account: PageAccount) -> None:
    page = answered(account, pasted=fixture("oidc/github.jwt"), role="GitHubDeply")
    assert "GitHubDeploy" in section(page, "cause")


@pytest.mark.parametrize("field", ["account", "provider"])
def test_a_name_that_is_unknown_is_refused(account: PageAccount, field: str) -> None:
    page = asked(account, fields={"pasted": fixture("oidc/github.jwt"), field: "nobody"})
    assert section(page, "unanswered").startswith(f"✗ Not judged: {field}")


def test_the_tokens_of_a_har_file_can_be_chosen_among(account: PageAccount) -> None:
    entries = [
        {
            "request": {
                "method": "POST",
                "url": "https://signin.aws.amazon.com/saml",
                "postData": {"text": urlencode({"SAMLResponse": token.strip()})},
            }
        }
        for token in (fixture("saml/documented.b64"), fixture("saml/refused/tampered.b64"))
    ]
    har = json.dumps({"log": {"version": "1.2", "entries": entries}})
    first, second = (answered(account, pasted=har, chosen=chosen) for chosen in ("", "2"))
    assert section(first, "verdict").startswith("✓ granted")
    assert section(second, "verdict").startswith("✗ refused: signature-digest")
    for page, chosen in ((first, "1"), (second, "2")):
        assert page.xpath("//fieldset[@class='tokens']//input[@form='question'][@name='chosen']/@value") == ["1", "2"]
        assert page.xpath("//fieldset[@class='tokens']//input[@checked]/@value") == [chosen]


def test_raw_xml_is_encoded_and_that_is_said(account: PageAccount) -> None:
    page = answered(account, pasted=base64.b64decode(fixture("saml/documented.b64")).decode())
    assert section(page, "verdict").startswith("✓ granted")
    assert "encoded as base64" in section(page, "verdict")


def test_a_call_says_which_role_it_asks_for(account: PageAccount) -> None:
    form = urlencode(
        {
            "Action": "AssumeRoleWithWebIdentity",
            "RoleArn": DEPLOY,
            "RoleSessionName": "job-7",
            "WebIdentityToken": fixture("oidc/github.jwt").strip(),
        }
    )
    page = answered(account, pasted=form)
    assert "assumed-role/GitHubDeploy/job-7" in section(page, "session")


def test_an_empty_form_is_no_question(account: PageAccount) -> None:
    assert section(answered(account, pasted=" \n"), "fault") == "✗ Paste or choose a token first."


def test_a_long_token_is_judged_without_a_cause(account: PageAccount) -> None:
    page = answered(account, pasted="A" * 1_048_576)
    assert "No cause is sought" in section(page, "cause")
    assert "longer than STS takes" in section(page, "message")


def test_the_link_holds_no_token(account: PageAccount) -> None:
    token = fixture("oidc/github.jwt").strip()
    [link] = answered(account, pasted=token, role=DEPLOY, instant="now").xpath("//a[@id='link']/@href")
    assert link == f"/?{urlencode({'role': DEPLOY, 'at': 'now'})}"


def test_a_later_instant(account: PageAccount) -> None:
    page = answered(account, pasted=fixture("oidc/github.jwt"), instant="now", now=JUDGED + timedelta(days=1))
    assert "refused: exp" in section(page, "verdict")


def test_an_edit_of_a_file_that_has_changed_since_is_one_of_the_policy_that_was_judged(tmp_path: Any) -> None:
    (tmp_path / "roles").mkdir()
    (tmp_path / "roles" / "GitHubDeploy.json").write_text("{}")
    changed = served_accounts([load_account(DIRECTORY)], {ACCOUNT: tmp_path})[0]
    page = answered(changed, pasted=fixture("oidc/github-branch.jwt"))
    assert page.xpath("//*[@id='cause']//tr[@class='added']")
    assert "MainBranch" in section(page, "policy-of-role")


def test_nothing_but_refusals_escapes(account: PageAccount) -> None:
    for pasted in ("\ud800", "\x00" * 9, "é" * 70_000, "[[[" * 1_000, "<" * 1_000, "eyJ.eyJ.eyJ", "a.b.c.d.e"):
        try:
            answered(account, pasted=pasted)
        except FederationError as refusal:  # none reaches the server either
            pytest.fail(str(refusal))
