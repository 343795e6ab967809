"""Whatever stands in a field, a token or a policy is text on the page: it makes no element and no attribute, and is read back as it was."""

import json
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from federation.account import load_account
from federation.errors import printable
from federation.page.accounts import PageAccount, served_accounts
from federation.page.dropped import DOCUMENTS
from federation.testing import OIDC_SHAPES, OidcForge, TokenKey
from tests.support.page import answered, asked
from tests.support.paths import FIXTURES
from tests.support.world import ACCOUNT, GITHUB, JUDGED

MARKUP = [
    '"',
    "'",
    "<",
    ">",
    "&",
    "</textarea>",
    "<script>",
    "<img src=x onerror=y>",
    "{{7*7}}",
    "{%",
    "`",
    "\u202e",
    "\u2066",
    "\x00",
    "\x1b",
    "✓",
    "&lt;",
]
TEXTS = st.lists(st.one_of(st.sampled_from(MARKUP), st.text(st.characters(exclude_categories=["Cs"]), max_size=8)), max_size=8).map("".join)
FIELDS = ("pasted", "chosen", "account", "provider", "role", "instant", "at", "metadata", "jwks", "issuer", "client_id", "policy")
ELEMENTS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "link",
        "script",
        "body",
        "a",
        "header",
        "img",
        "figure",
        "figcaption",
        "span",
        "p",
        "main",
        "div",
        "section",
        "h1",
        "h2",
        "h3",
    ),
    *(
        "form",
        "label",
        "textarea",
        "input",
        "select",
        "option",
        "datalist",
        "fieldset",
        "legend",
        "details",
        "summary",
        "button",
        "ul",
        "ol",
    ),
    *(
        "li",
        "strong",
        "em",
        "code",
        "bdi",
        "dl",
        "dt",
        "dd",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "mark",
        "time",
        "q",
        "svg",
    ),
    *("line", "pre"),
}
SHAPE = OIDC_SHAPES["github"]


@cache
def account() -> PageAccount:
    return served_accounts([load_account(FIXTURES / "account")], {})[0]


@cache
def forge() -> OidcForge:
    return OidcForge(key=TokenKey.generate("ES256"), shape=SHAPE)


@cache
def keys() -> str:
    return json.dumps(forge().jwks())


def check(page: Any) -> None:
    for element in page.iter():
        assert element.tag in ELEMENTS, element.tag
        assert not [name for name in element.attrib if name.startswith("on") or name == "style"]
        for name in ("src", "href", "action"):
            assert element.get(name, "/").startswith(("/", "#")), element.get(name)
    assert {script.get("src", "").startswith("/page/") for script in page.iter("script")} <= {True}
    visible = "".join(
        str(text) for element in page.iter() if element.tag != "textarea" for text in (element.text or "", element.tail or "")
    )
    assert not set("\u202e\u2066\x00\x1b") & set(visible)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), TEXTS))
def test_fields_are_text(fields: dict[str, str]) -> None:
    page = asked(account(), fields=fields)
    check(page)
    for name in ("issuer", "client_id", "at"):
        filled = fields.get(name, "").strip()
        if filled.isprintable():  # a browser sends no control characters of a line of text
            assert [box.get("value") for box in page.xpath(f"//input[@id='{name}']")] == [filled]


@settings(max_examples=25, deadline=None)
@given(subject=TEXTS, claim=TEXTS, name=TEXTS, value=TEXTS)
def test_what_token_and_policy_say_is_text(subject: str, claim: str, name: str, value: str) -> None:
    token = forge().token(at=JUDGED, subject=subject or "s", more={name or "n": claim, "nested": [{claim: name}]})
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Sid": "A",
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {f"{GITHUB}:sub": [value, "x"]}},
        },
    }
    policy = json.dumps(trust, ensure_ascii=False, indent=1)
    page = answered(account=DOCUMENTS, pasted=token, jwks=keys(), issuer=forge().url, client_id="sts.amazonaws.com", policy=policy)
    check(page)
    shown = {str(each) for each in page.xpath("//table[contains(@class, 'facts')]//td/bdi/text()")}
    if claim.strip() and name not in ("", "iat", "exp", "nbf", "auth_time"):
        assert any(printable(claim) in each for each in shown)
    [markdown] = page.xpath("//textarea[@id='markdown']")
    assert token.split(".")[2] not in markdown.text
