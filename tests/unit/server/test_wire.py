import re

import pytest

from federation import limits
from federation.calls.constraints import Constraint
from federation.errors import FederationError, MalformedInput, MalformedQueryString
from federation.server.messages import Request
from federation.server.wire import read_arguments, read_parameters
from federation.sts import constraints

FORM = (("content-type", "application/x-www-form-urlencoded; charset=utf-8"),)
CONSTRAINTS: dict[str, Constraint] = {
    "RoleArn": constraints.ARN,
    "DurationSeconds": constraints.ROLE_DURATION,
    "Tags": constraints.TAGS,
    "PolicyArns": constraints.POLICY_ARNS,
    "TransitiveTagKeys": constraints.TRANSITIVE_TAG_KEYS,
    "TaskPolicyArn": constraints.TASK_POLICY_ARN,
}


def post(body: bytes, *, query: str = "", headers: tuple[tuple[str, str], ...] = FORM) -> Request:
    return Request("POST", "/", query, headers, body)


def refusal_of(request: Request) -> FederationError:
    with pytest.raises(FederationError) as caught:
        read_parameters(request)
    return caught.value


def test_a_form_is_read() -> None:
    body = b"Action=AssumeRoleWithSAML&Version=2011-06-15&SAMLAssertion=ab%2Bc%2Fd%3D%3d&RoleArn=a+b%20c&Empty=&Bare&&X=%C3%A9=="
    assert read_parameters(post(body)) == {
        "Action": "AssumeRoleWithSAML",
        "Version": "2011-06-15",
        "SAMLAssertion": "ab+c/d==",
        "RoleArn": "a b c",
        "Empty": "",
        "Bare": "",
        "X": "é==",
    }


def test_a_query_string_is_read() -> None:
    assert read_parameters(Request("GET", "/", "Action=GetCallerIdentity&Version=2011-06-15")) == {
        "Action": "GetCallerIdentity",
        "Version": "2011-06-15",
    }


@pytest.mark.parametrize("escaped", ["%252B", "%%32B", "%25%32B", "%2b", "%2B", "%253D", "%25252F", "%e2%82%ac", "a%00b"])
def test_escapes_are_undone_once(escaped: str) -> None:
    once = re.sub("%([0-9a-fA-F]{2})", lambda match: chr(int(match[1], 16)), escaped).encode("latin-1")
    if "%%" in escaped:
        assert refusal_of(post(b"A=" + escaped.encode())).check == "parameter-escape"
    else:
        assert read_parameters(post(b"A=" + escaped.encode())) == {"A": once.decode("utf-8")}


def test_a_signature_in_the_query_is_no_second_source() -> None:
    query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00"
    assert read_parameters(post(b"Action=GetCallerIdentity", query=query)) == {"Action": "GetCallerIdentity"}


@pytest.mark.parametrize(
    ("request_", "check", "code"),
    [
        (post(b"A=1&A=2"), "duplicate-parameter", "MalformedInput"),
        (post(b"A=1&%41=1"), "duplicate-parameter", "MalformedInput"),
        (Request("GET", "/", "SAMLAssertion=x&SAMLAssertion=y"), "duplicate-parameter", "MalformedInput"),
        (post(b"A=1", query="B=2"), "parameter-source", "MalformedInput"),
        (post(b"A=1", query="Action=GetCallerIdentity&X-Amz-Date=x"), "parameter-source", "MalformedInput"),
        (post(b"A=%zz"), "parameter-escape", "MalformedQueryString"),
        (post(b"A=%"), "parameter-escape", "MalformedQueryString"),
        (post(b"A=1&B=%4"), "parameter-escape", "MalformedQueryString"),
        (post(b"A=%ff"), "parameter-text", "MalformedInput"),
        (post(b"A=\xff"), "parameter-text", "MalformedInput"),
        (post(b"A=%ED%A0%80"), "parameter-text", "MalformedInput"),
        (post(b"A=%C0%80"), "parameter-text", "MalformedInput"),
        (post(b"{}", headers=(("content-type", "application/json"),)), "content-type", "MalformedInput"),
        (post(b"A=1", headers=()), "content-type", "MalformedInput"),
        (post(b"A=1", headers=(*FORM, *FORM)), "content-type", "MalformedInput"),
        (post(b"A=1", headers=(("content-type", "multipart/form-data; boundary=x"),)), "content-type", "MalformedInput"),
        (post(b"A=1", headers=(("content-type", FORM[0][1].replace("utf-8", "utf-16")),)), "content-type", "MalformedInput"),
        (post(b"&".join(b"A%d=1" % n for n in range(limits.REQUEST_PARAMETERS + 1))), "parameter-count", "MalformedInput"),
        (post(b"&" * limits.REQUEST_PARAMETERS), "parameter-count", "MalformedInput"),
    ],
)
def test_what_can_be_read_two_ways_is_refused(request_: Request, check: str, code: str) -> None:
    refusal = refusal_of(request_)
    assert (refusal.check, refusal.code, refusal.http_status) == (check, code, 400)


@pytest.mark.parametrize(
    ("body", "message"),
    [(b"A=%zz1", "Illegal hex character in escape % pattern: %zz"), (b"A=%4", "Incomplete trailing escape % sequence")],
)
def test_a_bad_escape_is_worded_as_aws_words_it(body: bytes, message: str) -> None:
    refusal = refusal_of(post(body))
    assert isinstance(refusal, MalformedQueryString)
    assert refusal.message == message


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded ; Charset=UTF-8", FORM[0][1]]
)
def test_spellings_of_the_content_type(content_type: str) -> None:
    assert read_parameters(post(b"A=1", headers=(("content-type", content_type),))) == {"A": "1"}


def test_lists_and_structures_unfold() -> None:
    parameters = {
        "RoleArn": "r",
        "Tags.member.2.Value": "v2",
        "Tags.member.2.Key": "k2",
        "Tags.member.1.Key": "k1",
        "Tags.member.1.Value": "",
        "PolicyArns.member.1.arn": "p",
        "TransitiveTagKeys.member.1": "k1",
        "TaskPolicyArn.arn": "t",
    }
    assert read_arguments(parameters, CONSTRAINTS) == {
        "RoleArn": "r",
        "Tags": [{"Key": "k1", "Value": ""}, {"Key": "k2", "Value": "v2"}],
        "PolicyArns": [{"arn": "p"}],
        "TransitiveTagKeys": ["k1"],
        "TaskPolicyArn": {"arn": "t"},
    }


def test_ten_elements_keep_their_order() -> None:
    parameters = {f"TransitiveTagKeys.member.{n}": str(n) for n in range(12, 0, -1)}
    assert read_arguments(parameters, CONSTRAINTS) == {"TransitiveTagKeys": [str(n) for n in range(1, 13)]}


def test_what_the_model_does_not_name_is_ignored() -> None:
    parameters = {"Foo": "1", "RoleArn.member.1": "x", "Tags.member.1.Key": "k", "Tags.member.1.Colour": "red", "roleArn": "y"}
    assert read_arguments(parameters, CONSTRAINTS) == {"Tags": [{"Key": "k"}]}


def test_an_empty_list_is_a_list() -> None:
    assert read_arguments({"Tags": ""}, CONSTRAINTS) == {"Tags": []}


@pytest.mark.parametrize(
    "parameters",
    [
        {"Tags.member.2.Key": "k"},
        {"Tags.member.1.Key": "k", "Tags.member.3.Key": "k"},
        {"Tags.member.0.Key": "k"},
        {"Tags.member.01.Key": "k"},
        {"Tags.member.-1.Key": "k"},
        {"Tags.member.\u0661.Key": "k"},
        {"Tags.member.99999999999.Key": "k"},
        {"Tags.1.Key": "k"},
        {"Tags.": "k"},
        {"Tags.member": "k"},
        {"Tags.member.x": "k"},
        {"Tags": "k"},
        {"Tags": "", "Tags.member.1.Key": "k"},
    ],
)
def test_a_list_with_a_gap_is_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(MalformedInput) as caught:
        read_arguments(parameters, CONSTRAINTS)
    assert caught.value.check == "list-index"


@pytest.mark.parametrize("parameters", [{"Tags.member.1": "k"}, {"TaskPolicyArn": "arn"}, {"TransitiveTagKeys.member.1.Key": "k"}])
def test_a_value_is_no_structure(parameters: dict[str, str]) -> None:
    with pytest.raises(MalformedInput) as caught:
        read_arguments(parameters, CONSTRAINTS)
    assert caught.value.check == "parameter-shape"


@pytest.mark.parametrize(("text", "value"), [("900", 900), ("0900", 900), ("+900", 900), ("-5", -5), ("2147483647", 2147483647)])
def test_integers_that_parse(text: str, value: int) -> None:
    assert read_arguments({"DurationSeconds": text}, CONSTRAINTS) == {"DurationSeconds": value}


@pytest.mark.parametrize(
    "text", [" 900 ", "\t900\n", "900.0", "9e2", "2147483648", "-2147483649", "0x10", "\uff1900", "+", "1_000", "--1", "9" * 5000]
)
def test_integers_that_do_not(text: str) -> None:
    with pytest.raises(MalformedInput) as caught:
        read_arguments({"DurationSeconds": text}, CONSTRAINTS)
    assert caught.value.check == "parameter-integer"


def test_an_empty_integer_is_worded_as_aws_words_it() -> None:
    with pytest.raises(MalformedInput) as caught:
        read_arguments({"DurationSeconds": ""}, CONSTRAINTS)
    assert caught.value.message == "missing value for decimal type"
