"""Files that are dropped, pasted or chosen: each is recognised, and goes into its field."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.paths import FIXTURES
from tests.support.visits import TOKENS, answered, answers, ask, drop, paste, token

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

METADATA = (FIXTURES / "saml/metadata/shibboleth.xml").read_bytes()
JWKS = (FIXTURES / "oidc/jwks.json").read_bytes()
ROLE = (FIXTURES / "account/roles/GitHubDeploy.json").read_bytes()
POLICY = json.dumps(json.loads(ROLE)["AssumeRolePolicyDocument"], indent=2).encode()
SAID = "#question [role=status]"
DOCUMENTS = {
    "metadata": ("metadata", METADATA, "SAML metadata"),
    "metadata after a comment": (
        "metadata",
        b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <x> -->\n" + METADATA.partition(b"?>\n")[2],
        "SAML metadata",
    ),
    "key set": ("jwks", JWKS, "a key set"),
    "trust policy": ("policy", POLICY, "a trust policy"),
    "trust policy as PowerShell writes it": ("policy", POLICY.decode().encode("utf-16"), "a trust policy"),
    "what get-role prints": ("policy", json.dumps({"Role": json.loads(ROLE)}).encode(), "a trust policy"),
}


@pytest.fixture
def opened(page: Page) -> Page:
    page.goto("/")
    return page


def test_a_dropped_token_is_judged_at_once(opened: Page) -> None:
    drop(opened, {"id-token": (FIXTURES / TOKENS["refused"]).read_bytes()})
    answers(opened, "refused: trust-policy")
    assert opened.locator(SAID).inner_text() == "id-token was taken for the token."


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_dropped_document_goes_into_its_field(opened: Page, name: str) -> None:
    field, octets, kind = DOCUMENTS[name]
    drop(opened, {"a file": octets})
    opened.locator(SAID).filter(has_text=f"a file was taken for {kind}.").wait_for()
    assert opened.locator(f"#{field}").input_value().strip().startswith(("{", "<"))
    assert opened.locator(f"#{field}").is_visible()
    assert opened.locator("#account").input_value() == "documents"
    filled = [each for each in ("pasted", "metadata", "jwks", "policy") if opened.locator(f"#{each}").input_value()]
    assert filled == [field]


def test_several_files_at_once_are_a_whole_login(opened: Page) -> None:
    opened.locator("#documents > summary").click()
    opened.locator("#client_id").fill("sts.amazonaws.com")
    drop(opened, {"policy.json": POLICY, "keys.json": JWKS, "token": (FIXTURES / TOKENS["granted"]).read_bytes()})
    answers(opened, "granted")
    assert opened.locator(SAID).inner_text() == (
        "policy.json was taken for a trust policy. keys.json was taken for a key set. token was taken for the token."
    )


def test_a_changed_policy_changes_the_answer_at_once(opened: Page) -> None:
    opened.locator("#documents > summary").click()
    opened.locator("#client_id").fill("sts.amazonaws.com")
    drop(opened, {"policy.json": POLICY, "keys.json": JWKS, "token": token("refused").encode()})
    answers(opened, "refused: trust-policy")
    opened.locator("#policy").fill(POLICY.decode().replace("heads/main", "heads/feature"))
    opened.locator("#policy").press("Tab")
    answers(opened, "granted")


def test_what_is_no_text_is_left_out(opened: Page) -> None:
    drop(opened, {"picture.png": b"\x89PNG\r\n\x1a\n\xff\xfe"})
    opened.locator(SAID).filter(has_text="picture.png is no text, and was left out.").wait_for()
    assert opened.locator("#pasted").input_value() == ""


def test_the_name_of_a_file_is_text(opened: Page) -> None:
    drop(opened, {"<img src=x onerror=alert(1)>\u202e": token("refused").encode()})
    answers(opened, "refused: trust-policy")
    assert opened.locator(SAID).inner_text().startswith("<img src=x onerror=alert(1)>")
    assert opened.locator("#question img").count() == 0


def test_a_document_that_is_pasted_as_a_token_goes_into_its_field(opened: Page) -> None:
    paste(opened, "#pasted", JWKS.decode())
    assert opened.locator("#jwks").input_value() == JWKS.decode()
    assert opened.locator("#pasted").input_value() == ""
    assert opened.locator(SAID).inner_text() == "What was pasted was taken for a key set."


def test_a_token_is_pasted_as_ever(opened: Page) -> None:
    paste(opened, "#pasted", token("granted").strip())
    assert opened.locator("#pasted").input_value() == token("granted").strip()
    assert opened.locator(SAID).inner_text() == ""


def test_a_paste_beside_every_field_is_a_token(opened: Page) -> None:
    paste(opened, "body", token("granted"))
    answers(opened, "granted")


def test_a_chosen_file_is_as_a_dropped_one(opened: Page) -> None:
    opened.locator("#pasted_file").set_input_files(FIXTURES / TOKENS["refused"])
    answers(opened, "refused: trust-policy")
    assert opened.locator("#pasted").input_value() == token("refused")
    ask(opened, token("granted"))
    assert answered(opened) == "granted"


def test_a_file_that_is_long_stays_a_file(opened: Page) -> None:
    drop(opened, {"long": b" " * 131_073 + token("refused").encode()})
    answers(opened, "refused: trust-policy")
    assert opened.locator("#pasted").input_value() == ""
    ask(opened, token("granted"))
    assert answered(opened) == "granted", "what is written replaces the file"
