"""Which tokens are found in what somebody pastes, where, and what is said beside them."""

import base64
import json
from collections.abc import Mapping
from urllib.parse import quote, urlencode

import pytest

from federation import limits
from federation.judging.kinds import OAUTH, OIDC, SAML
from federation.judging.pasted import Container, FoundToken, Pasted, find_tokens
from tests.support.growth import spends_at_most
from tests.support.paths import REPOSITORY

JWT = (REPOSITORY / "fixtures/oidc/github.jwt").read_text(encoding="ascii").strip()
OTHER = (REPOSITORY / "fixtures/oidc/gitlab.jwt").read_text(encoding="ascii").strip()
RESPONSE = (REPOSITORY / "fixtures/saml/documented.b64").read_text(encoding="ascii").strip()
XML = base64.b64decode(RESPONSE)
ROLE = "arn:aws:iam::123456789012:role/GitHubDeploy"
PROVIDER = "arn:aws:iam::123456789012:saml-provider/TestSaml"
SIGN_IN = "https://signin.aws.amazon.com/saml"


def entry(
    url: str = "https://idp.example/app",
    *,
    form: Mapping[str, str] | None = None,
    sent: Mapping[str, str] | None = None,
    answer: str = "",
    received: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """An entry of a HAR file."""
    posted = {"postData": {"mimeType": "application/x-www-form-urlencoded", "text": urlencode(form)}} if form else {}
    return {
        "request": {"method": "POST" if form else "GET", "url": url, "headers": pairs(sent), **posted},
        "response": {"status": 200, "headers": pairs(received), "content": {"text": answer}},
    }


def pairs(values: Mapping[str, str] | None) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in (values or {}).items()]


def har(*entries: object) -> bytes:
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()


def one(pasted: bytes) -> FoundToken:
    (found,) = find_tokens(pasted).tokens
    return found


PAGE = f'<!DOCTYPE html><form method=post action="{SIGN_IN}"><input type="hidden" name="SAMLResponse" value="{RESPONSE}"/></form>'
LOGIN = {"Action": "AssumeRoleWithWebIdentity", "RoleArn": ROLE, "RoleSessionName": "job", "WebIdentityToken": JWT}
WITH_SAML = {"Action": "AssumeRoleWithSAML", "RoleArn": ROLE, "PrincipalArn": PROVIDER, "SAMLAssertion": RESPONSE}
HEAD = "POST / HTTP/1.1\r\nHost: sts.amazonaws.com\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"

ALONE = {
    "alone": (JWT, ()),
    "with line ends": (f"\r\n{JWT[:40]}\r\n{JWT[40:]}\n", ("line ends within it",)),
    "quoted": (f'"{JWT}"\n', ("quotation marks",)),
    "as JSON text": (json.dumps(JWT), ("quotation marks",)),
    "Bearer": (f"Bearer {JWT}", ("the word Bearer before it",)),
    "header": (f"Authorization: Bearer {JWT}\r\n", ("the word Bearer before it",)),
    "quoted header": (f"'Authorization: Bearer {JWT}'", ("quotation marks", "the word Bearer before it")),
}


@pytest.mark.parametrize(("pasted", "left_out"), ALONE.values(), ids=ALONE)
@pytest.mark.parametrize("encoding", ["ascii", "utf-8-sig", "utf-16"])
def test_a_token_alone_and_what_was_around_it(pasted: str, left_out: tuple[str, ...], encoding: str) -> None:
    found = find_tokens(pasted.encode(encoding))
    mark = () if encoding == "ascii" else ("a byte order mark",)
    assert (found.container, [each.token for each in found.tokens]) == ("", [JWT.encode()])
    assert (found.tokens[0].kind, found.tokens[0].left_out, found.tokens[0].place) == (OIDC, (*mark, *left_out), "")


HOLDS = {
    "form of a login page": (urlencode({"SAMLResponse": RESPONSE, "RelayState": ""}), "a form", RESPONSE, "the form, field SAMLResponse"),
    "form that nobody encoded": (f"SAMLResponse={RESPONSE}&RelayState=x", "a form", RESPONSE, "the form, field SAMLResponse"),
    "call of STS": (urlencode(LOGIN), "a form", JWT, "the form, field WebIdentityToken"),
    "call with SAML": (urlencode(WITH_SAML), "a form", RESPONSE, "the form, field SAMLAssertion"),
    "form of a web application": (
        urlencode({"_csrf": "x", "ctl00$Form:state": "y", "SAMLResponse": RESPONSE}),
        "a form",
        RESPONSE,
        "the form, field SAMLResponse",
    ),
    "token exchange": (
        urlencode({"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": JWT}),
        "a form",
        JWT,
        "the form, field subject_token",
    ),
    "request": (HEAD + urlencode(LOGIN), "an HTTP request", JWT, "the request, the body, field WebIdentityToken"),
    "request with line feeds": (
        HEAD.replace("\r", "") + urlencode(LOGIN),
        "an HTTP request",
        JWT,
        "the request, the body, field WebIdentityToken",
    ),
    "query": (
        f"GET /?{urlencode(LOGIN)} HTTP/1.1\r\nHost: x\r\n\r\n",
        "an HTTP request",
        JWT,
        "the request, the query, field WebIdentityToken",
    ),
    "header of a request": (
        f"GET /me HTTP/1.1\r\nHost: x\r\nauthorization: bearer {JWT}\r\n\r\n",
        "an HTTP request",
        JWT,
        "the request, header Authorization",
    ),
    "header lines": (
        f"Host: x\r\nAuthorization: Bearer {JWT}\r\nAccept: */*\r\n",
        "HTTP headers",
        JWT,
        "the headers, header Authorization",
    ),
    "answer": (
        'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"id_token": "%s"}' % JWT,  # noqa: UP031 - braces
        "an HTTP answer",
        JWT,
        "the answer, the body, field id_token",
    ),
    "answer of GitHub": (json.dumps({"count": 1, "value": JWT}), "a JSON document", JWT, "the JSON document, field value"),
    "answer of a token endpoint": (
        json.dumps({"access_token": "opaque", "id_token": JWT, "refresh_token": "r"}),
        "a JSON document",
        JWT,
        "the JSON document, field id_token",
    ),
    "answer of Kubernetes": (
        json.dumps({"kind": "TokenRequest", "status": {"token": JWT}}),
        "a JSON document",
        JWT,
        "the JSON document, member status, field token",
    ),
    "input of the AWS CLI": (json.dumps(LOGIN), "a JSON document", JWT, "the JSON document, field WebIdentityToken"),
    "list": (json.dumps([{}, {"token": JWT}]), "a JSON document", JWT, "the JSON document, member [1], field token"),
    "page": (PAGE, "an HTML page", RESPONSE, "the page, field SAMLResponse"),
    "page with entities": (PAGE.replace("+", "&#x2b;").replace("==", "=&#61;"), "an HTML page", RESPONSE, "the page, field SAMLResponse"),
    "page of OpenID Connect": (f"<form><input value='{JWT}' name='id_token'></form>", "an HTML page", JWT, "the page, field id_token"),
    "URL": (f"https://app.example/cb#state=1&id_token={JWT}", "a URL", JWT, "the URL, field id_token"),
    "curl": (
        f"curl '{SIGN_IN}' -H 'accept: */*' --data-raw 'SAMLResponse={quote(RESPONSE, safe='')}&RelayState='",
        "a curl command",
        RESPONSE,
        "the curl command, the data, field SAMLResponse",
    ),
    "curl with a header": (
        f'curl -sH "Authorization: bearer {JWT}" https://x.example',
        "a curl command",
        JWT,
        "the curl command, header Authorization",
    ),
    "variable": (f"export AWS_TOKEN='{JWT}'", "an assignment", JWT, "the value that is assigned"),
    "line of YAML": (f"token: {JWT}", "an assignment", JWT, "the value that is assigned"),
}


@pytest.mark.parametrize(("pasted", "container", "token", "place"), HOLDS.values(), ids=HOLDS)
@pytest.mark.parametrize("encoding", ["ascii", "utf-16"])
def test_a_container_of_one_token(pasted: str, container: str, token: str, place: str, encoding: str) -> None:
    found = find_tokens(f"\n{pasted}\n".encode(encoding))
    assert (found.container, len(found.tokens)) == (container, 1)
    assert (found.tokens[0].token.decode(), found.tokens[0].place) == (token, place)
    assert found.tokens[0].left_out[-1] == f"everything but {place}"
    assert found.tokens[0].kind == (SAML if token == RESPONSE else OIDC)


@pytest.mark.parametrize("pasted", [HEAD + urlencode(LOGIN), json.dumps(LOGIN), har(entry(form=LOGIN)).decode()])
def test_what_the_call_says_beside_the_token(pasted: str) -> None:
    found = one(pasted.encode())
    assert (found.role_arn, found.role_session_name, found.principal_arn, found.provider_id) == (ROLE, "job", None, None)


@pytest.mark.parametrize("xml", [XML, b"\xef\xbb\xbf" + XML, b"\n" + XML + b"\r\n"])
def test_xml_of_a_response_is_encoded_as_a_client_does(xml: bytes) -> None:
    found = one(xml)
    assert (found.token, found.kind, found.encoded) == (base64.b64encode(XML), SAML, True)


def test_a_har_file_of_a_login_is_one_token_that_stands_in_several_places() -> None:
    chosen = {"SAMLResponse": RESPONSE, "RelayState": "", "roleIndex": ROLE}
    pasted = har(entry(answer=PAGE), entry(SIGN_IN, form={"SAMLResponse": RESPONSE}), entry(f"{SIGN_IN}?x=1#y", form=chosen))
    found = find_tokens(pasted)
    (token,) = found.tokens
    assert (found.container, found.unread, token.token.decode(), token.places, token.role_arn) == ("a HAR file", "", RESPONSE, 3, ROLE)
    assert token.place == f"entry 3 of the HAR file, POST {SIGN_IN}, field SAMLResponse"


HAR = {
    "query": (entry(f"https://a.example/cb?id_token={JWT}"), "GET https://a.example/cb, field id_token"),
    "header": (entry(sent={"authorization": f"Bearer {JWT}"}), "GET https://idp.example/app, header Authorization"),
    "redirect": (
        entry(received={"Location": f"https://a.example/#id_token={JWT}"}),
        "GET https://idp.example/app, the answer, header Location, field id_token",
    ),
    "answer": (entry(answer=json.dumps({"id_token": JWT})), "GET https://idp.example/app, the answer, field id_token"),
    "hostile URL": (entry(f"https://a.example/\x1b[2J{'s' * 65}/x?id_token={JWT}"), "GET https://a.example/…/x, field id_token"),
}


@pytest.mark.parametrize(("where", "place"), HAR.values(), ids=HAR)
def test_every_part_of_an_entry(where: object, place: str) -> None:
    assert (one(har(entry(), where)).token.decode(), one(har(entry(), where)).place) == (JWT, f"entry 2 of the HAR file, {place}")


@pytest.mark.parametrize("value", [RESPONSE, quote(RESPONSE, safe="")], ids=["decoded", "encoded"])
def test_params_of_a_browser_that_decodes_them_and_of_one_that_does_not(value: str) -> None:
    sent = {"request": {"method": "POST", "url": SIGN_IN, "postData": {"params": pairs({"SAMLResponse": value})}}}
    assert one(har(sent)).token.decode() == RESPONSE


def test_an_answer_in_base64_is_decoded() -> None:
    text = base64.b64encode(json.dumps({"id_token": JWT}).encode()).decode()
    assert one(har({"response": {"content": {"encoding": "base64", "text": text}}})).token.decode() == JWT


def test_different_tokens_are_listed_in_order() -> None:
    found = find_tokens(har(entry(form={"SAMLResponse": RESPONSE}), entry(form={**LOGIN, "WebIdentityToken": OTHER}), entry(form=LOGIN)))
    assert [each.token.decode() for each in found.tokens] == [RESPONSE, OTHER, JWT]
    assert [each.kind for each in found.tokens] == [SAML, OIDC, OIDC]


def test_opaque_access_tokens_count_only_where_nothing_else_stands() -> None:
    opaque = entry(sent={"Authorization": "Bearer Atza|opaque"})
    assert one(har(opaque, entry(form=LOGIN))).kind == OIDC
    assert one(har(opaque)).kind == OAUTH


NOTHING = {
    "HAR file": har(entry(), entry(form={"user": "a", "password": "b"})),
    "cut HAR file": har(entry(form=LOGIN))[:-1],
    "request": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("pasted", NOTHING.values(), ids=NOTHING)
def test_a_container_without_a_token_has_none(pasted: bytes) -> None:
    found = find_tokens(pasted)
    assert found.container
    assert found.tokens == ()


TOKENS_THEMSELVES = [
    b"",
    b"   ",
    b"Atza|IwEBIA=",
    b"abc=def",
    b'{"iss": "a"}',
    b"<html>login</html>",
    b"<Assertion/>",
    b"<Response/>",
    b"\x00\xff\xfe",
    f"{JWT} {OTHER}".encode(),
    f"{JWT}!".encode(),
    f"x{JWT}\n".encode(),
]


@pytest.mark.parametrize("pasted", TOKENS_THEMSELVES)
def test_what_is_no_container_is_judged_as_it_is(pasted: bytes) -> None:
    """Whatever is wrong with a token must not be mended on the way to its validator."""
    found = find_tokens(pasted)
    assert (found.container, found.tokens[0].token, found.tokens[0].left_out) == ("", pasted.strip(), ())


def test_the_repr_holds_no_token() -> None:
    for pasted in (JWT, urlencode(LOGIN), PAGE, har(entry(f"https://a.example/{JWT}/x?id_token={JWT}")).decode()):
        shown = repr(find_tokens(pasted.encode()))
        assert JWT[:40] not in shown
        assert RESPONSE[:40] not in shown


def test_a_token_that_is_too_long_stays_too_long_and_costs_no_more() -> None:
    for octets in (b"A", b'"', b" "):
        pasted = b"A" + octets * 20_000_000 + b"A"
        with spends_at_most(2.0):
            [found] = find_tokens(pasted).tokens
        assert len(found.token) > limits.SAML_RESPONSE_CHARS or octets == b" "


def test_limits_are_told() -> None:
    many = har(*({} for _ in range(limits.PASTED_ENTRIES)), entry(form=LOGIN))
    assert find_tokens(many) == Pasted(container=Container.HAR, tokens=(), unread=f"the entries after the first {limits.PASTED_ENTRIES}")
    several = har(*(entry(sent={"Authorization": f"Bearer {JWT}{number}"}) for number in range(limits.PASTED_TOKENS + 1)))
    found = find_tokens(several)
    assert (len(found.tokens), found.unread) == (limits.PASTED_TOKENS, f"what follows {limits.PASTED_TOKENS} different tokens")


@pytest.mark.parametrize("beginning", ["", "{", "POST / HTTP/1.1\r\n", "curl ", "<", "SAMLResponse=", "https://a.example/?"])
@pytest.mark.parametrize(
    "piece",
    [
        "eyJ",
        "eyJa.",
        "<input ",
        "<input name=",
        "<!---->",
        '{"a":',
        "[",
        "a=b&",
        "a: b\r",
        "a:\t",
        " ",
        '"',
        "'",
        "%2B",
        "=",
        "a=eyJ.",
        "\0",
    ],
)
def test_cost_is_bounded_for_whatever_is_repeated(beginning: str, piece: str) -> None:
    pasted = (beginning + piece * (300_000 // len(piece))).encode()
    with spends_at_most(1.0):
        find_tokens(pasted)
