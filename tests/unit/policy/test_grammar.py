"""What is no policy, where the fault stands, and AWS's text for it."""

import json
from typing import Any

import pytest

from federation import limits
from federation.errors import MalformedPolicyDocument
from federation.policy import Policy, Principal, RequestContext
from federation.policy.lint import lint
from tests.support.policies import PROVIDER, SAML, document, statement
from tests.support.world import GITHUB

INVALID = "This policy contains invalid Json"
SYNTAX = "Syntax errors in policy."


def refusal(source: Any, kind: str = "trust") -> MalformedPolicyDocument:
    with pytest.raises(MalformedPolicyDocument) as caught:
        Policy.parse(source, kind=kind)
    return caught.value


@pytest.mark.parametrize(
    ("source", "path", "found"),
    [
        ("", "$", "Expecting value at line 1 column 1"),
        ("{} {}", "$", "Extra data at line 1 column 4"),
        ("[]", "$", "a JSON list"),
        ('"x"', "$", "a JSON str"),
        (b"\xff{}", "$", "an octet that is none at 0"),
        ("\ufeff{}", "$", "Unexpected UTF-8 BOM (decode using utf-8-sig) at line 1 column 1"),
        ('{"a": NaN}', "$", "`NaN`"),
        ('{"Version": "2012-10-17", "Version": "2008-10-17"}', "$", "`Version` twice"),
        ('{"Statement": [{"Sid": "a", "\\u0053id": "b"}]}', "$.Statement[0]", "`Sid` twice"),
        ('{"Statement": {"Condition": {"Bool": {"a:b": "1", "a:b": "2"}}}}', "$.Statement.Condition.Bool", "`a:b` twice"),
        ('{"Statement": [{"Sid": "\\ud800"}]}', "$.Statement[0].Sid", "a lone surrogate"),
        ("[" * 100_000, "$", "more"),
        ('{"a":' * 40 + "1" + "}" * 40, "$", "more"),
        ('"' * 100_001, "$", "Extra data at line 1 column 3"),
        (None, "$", "`None`"),
        (7, "$", "`7`"),
        ({"Statement": object()}, "$", "TypeError"),
        ({"Statement": float("nan")}, "$", "ValueError"),
    ],
)
def test_documents_that_are_no_json(source: Any, path: str, found: str) -> None:
    error = refusal(source)
    assert (error.check, error.path, error.found, error.message) == ("policy-json", path, found, INVALID)


def test_documents_that_are_too_long() -> None:
    error = refusal(" " * (limits.POLICY_CHARS + 1))
    assert (error.check, error.found) == ("policy-size", f"{limits.POLICY_CHARS + 1} characters")


@pytest.mark.parametrize(
    ("source", "path", "message"),
    [
        ({}, "$.Statement", SYNTAX),
        (document(), "$.Statement", SYNTAX),
        (document("x"), "$.Statement[0]", SYNTAX),
        ({"Statement": "x"}, "$.Statement", SYNTAX),
        ({**document(statement()), "version": "x"}, "$", SYNTAX),
        ({**document(statement()), "Id": 1}, "$.Id", SYNTAX),
        (document(statement(), version="2012-10-18"), "$.Version", "The policy must contain a valid version string"),
        ({"Version": 2012, "Statement": [statement()]}, "$.Version", "The policy must contain a valid version string"),
        (document(statement(Effect="allow")), "$.Statement[0].Effect", SYNTAX),
        (document(statement(Effect=None)), "$.Statement[0].Effect", SYNTAX),
        (document(statement(effect="Allow")), "$.Statement[0]", SYNTAX),
        (document(statement(), statement(Principal=None)), "$.Statement[1]", "The passed in policy has a statement with no principals!"),
        (document(statement(Principal={})), "$.Statement[0].Principal", "The passed in policy has a statement with no principals!"),
        (document(statement(Principal="x")), "$.Statement[0].Principal", SYNTAX),
        (document(statement(Principal={"aws": "*"})), "$.Statement[0].Principal", SYNTAX),
        (document(statement(Principal={"AWS": [1]})), "$.Statement[0].Principal.AWS", SYNTAX),
        (document(statement(NotPrincipal={"AWS": "*"})), "$.Statement[0]", SYNTAX),
        (document(statement(Action=None)), "$.Statement[0]", "Policy statement must contain actions."),
        (document(statement(Action=[])), "$.Statement[0]", "Policy statement must contain actions."),
        (document(statement(Action=7)), "$.Statement[0].Action", SYNTAX),
        (document(statement(NotAction="sts:TagSession")), "$.Statement[0]", SYNTAX),
        (document(statement(Resource="*")), "$.Statement[0].Resource", "Has prohibited field Resource"),
        (document(statement(NotResource="*")), "$.Statement[0].NotResource", "Has prohibited field NotResource"),
        (document(statement(Condition=[])), "$.Statement[0].Condition", SYNTAX),
        (document(statement(Condition={"StringEqual": {"a:b": "1"}})), "$.Statement[0].Condition.StringEqual", SYNTAX),
        (document(statement(Condition={"stringEquals": {"a:b": "1"}})), "$.Statement[0].Condition.stringEquals", SYNTAX),
        (document(statement(Condition={"NullIfExists": {"a:b": "true"}})), "$.Statement[0].Condition.NullIfExists", SYNTAX),
        (document(statement(Condition={"ForSome:Bool": {"a:b": "1"}})), '$.Statement[0].Condition["ForSome:Bool"]', SYNTAX),
        (document(statement(Condition={"Bool": "true"})), "$.Statement[0].Condition.Bool", SYNTAX),
        (document(statement(Condition={"Bool": {"a:b": None}})), '$.Statement[0].Condition.Bool["a:b"]', SYNTAX),
        (document(statement(Condition={"Bool": {"a:b": [["x"]]}})), '$.Statement[0].Condition.Bool["a:b"]', SYNTAX),
        (document(statement(Condition={"Bool": {"a:b": "1", "A:B": "1"}})), '$.Statement[0].Condition.Bool["A:B"]', SYNTAX),
        (document(statement(Condition={"BinaryEquals": {"a:b": "no-binary"}})), '$.Statement[0].Condition.BinaryEquals["a:b"]', SYNTAX),
        (document(statement(Condition={"StringLike": {"a:b": "${a"}})), '$.Statement[0].Condition.StringLike["a:b"]', SYNTAX),
        (document(statement(Condition={"StringLike": {"a:b": "${}"}})), '$.Statement[0].Condition.StringLike["a:b"]', SYNTAX),
        (document(statement(Condition={"StringLike": {"a:b": "${a, b}"}})), '$.Statement[0].Condition.StringLike["a:b"]', SYNTAX),
        (document(statement(Condition={"StringLike": {"a:b": "${a:${c}}"}})), '$.Statement[0].Condition.StringLike["a:b"]', SYNTAX),
        (document(statement(Sid="a b")), "$.Statement[0].Sid", "Statement IDs (SID) must be alpha-numeric. "),
        (document(statement(Sid="a"), statement(Sid="a")), "$.Statement[1].Sid", "Statement IDs (SID) in a single policy must be unique."),
    ],
)
def test_documents_that_break_the_grammar(source: Any, path: str, message: str) -> None:
    error = refusal(source)
    assert error.path == path
    assert error.message.startswith(message)


def test_misspelt_operators_are_recognised() -> None:
    assert refusal(document(statement(Condition={"StringEqual": {"a:b": "1"}}))).remedy == "did you mean StringEquals?"
    assert refusal(document(statement(Condition={"stringlike": {"a:b": "1"}}))).remedy == "did you mean StringLike?"


@pytest.mark.parametrize("kind", ["identity", "session", "boundary"])
def test_policies_of_a_caller_name_no_principal(kind: str) -> None:
    error = refusal(document({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}), kind)
    assert (error.path, error.message) == ("$.Statement[0].Principal", "Policy document should not specify a principal.")
    error = refusal(document({"Effect": "Allow", "Action": "*"}), kind)
    assert error.message == "Policy statement must contain resources."


def test_kinds_are_known() -> None:
    assert refusal(document(statement()), "scp").found == "`scp`"


@pytest.mark.parametrize(
    "source",
    [
        document(statement(Sid=""), statement(Sid="")),
        document(statement(Condition={})),
        document(statement(Condition={"Bool": {}})),
        {"Statement": statement(), "Id": "x"},
        document(statement(Action=["sts:TagSession", "sts:AssumeRole*"])),
        document(statement(Condition={"ForAnyValue:StringLikeIfExists": {"a:b": ["1", True, 3, 1.5]}})),
    ],
)
def test_documents_that_are_fine(source: Any) -> None:
    policy = Policy.parse(source, kind="trust")
    assert json.loads(policy.source_text) == source
    assert Policy.parse(policy.source_text.encode(), kind="trust").document == policy.document


def test_size_counts_no_white_space() -> None:
    assert Policy.stored(json.dumps(document(statement()), indent=8)).size == Policy.stored(document(statement())).size


def test_numbers_keep_their_spelling() -> None:
    text = json.dumps(document(statement(Condition={"NumericEquals": {"a:b": 0}}))).replace(": 0", ": 1.50e1")
    assert Policy.stored(text).statements[0].conditions[0].expected == ("1.50e1",)


@pytest.mark.parametrize(
    ("members", "check", "message"),
    [
        ({"Action": "sts:*"}, "policy-action", "AssumeRole policy may only specify STS AssumeRole actions."),
        ({"Action": "*"}, "policy-action", "AssumeRole policy may only specify STS AssumeRole actions."),
        ({"Action": "sts:assumerole"}, "policy-action", "AssumeRole policy may only specify STS AssumeRole actions."),
        ({"Action": "sts:Assume*"}, "policy-action", "AssumeRole policy may only specify STS AssumeRole actions."),
        ({"Action": "s3:GetObject"}, "policy-action", "AssumeRole policy may only specify STS AssumeRole actions."),
        ({"Action": "AssumeRole"}, "policy-action", "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
        ({"Principal": "*"}, "policy-principal", 'AssumeRolepolicy contained an invalid principal: "STAR":"*".'),
        ({"Principal": {"Federated": "*"}}, "policy-principal", "Federated principals must be valid domain names or SAML metadata ARNs"),
        ({"Principal": {"AWS": "bob"}}, "policy-principal", 'Invalid principal in policy: "AWS":"bob"'),
        (
            {"Principal": {"AWS": "arn:aws:iam::123456789012:user/*"}},
            "policy-principal",
            'Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:user/*"',
        ),
        ({"Condition": {"StringEquals": {"sub": "x"}}}, "policy-condition-key", "Actions/Conditions must be prefaced by a vendor"),
        (
            {"Condition": {"StringEquals": {"https://idp.example.com:sub": "x"}}},
            "policy-condition-key",
            "Condition can contain only one colon.",
        ),
        ({"Condition": {"Null": {"HTTPS://idp.example.com:sub": "true"}}}, "policy-condition-key", "Condition can contain only one colon."),
        ({"Action": "sts:Assume:Role"}, "policy-action", "Actions/Condition can contain only one colon."),
        ({"Condition": {"NumericEquals": {"a:b": "NaN"}}}, "policy-value", SYNTAX),
        ({"Condition": {"DateEquals": {"a:b": "tomorrow"}}}, "policy-value", SYNTAX),
        ({"Condition": {"IpAddress": {"a:b": ["192.0.2.0/24", "2001:db8::5/64"]}}}, "policy-value", SYNTAX),
    ],
)
def test_rules_for_writing_bind_what_is_offered_and_not_what_is_stored(members: Any, check: str, message: str) -> None:
    source = document(statement(**members))
    error = refusal(source)
    assert error.check == check
    assert error.message.startswith(message)
    assert Policy.stored(source, kind="trust").statements


def test_session_policies_may_hold_malformed_values() -> None:
    source = document({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"NumericEquals": {"a:b": "NaN"}}})
    assert Policy.parse(source, kind="session").statements
    assert refusal(source, "identity").check == "policy-value"


@pytest.mark.parametrize("element", ["Action", "NotAction"])
@pytest.mark.parametrize("kind", ["identity", "boundary", "session"])
@pytest.mark.parametrize("action", ["s3:List:Bucket", "s3::*", "*:*:*"])
def test_an_action_has_one_colon(element: str, kind: str, action: str) -> None:
    source = document({"Effect": "Allow", element: ["s3:GetObject", action], "Resource": "*"})
    error = refusal(source, kind)
    assert (error.check, error.message) == ("policy-action", "Actions/Condition can contain only one colon.")
    assert Policy.stored(source, kind=kind).statements


def test_the_colons_of_a_condition_key_are_not_counted() -> None:
    keys = {"aws:ResourceTag/aws:cloudformation:stack-name": "a", "aws:RequestTag/https://x": "b", "oidc.example.com:8443/id:sub": "c"}
    source = document({"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": keys}})
    assert Policy.parse(source, kind="identity").statements


@pytest.mark.parametrize("version", [None, "2008-10-17"])
def test_a_managed_policy_is_of_the_current_version(version: str | None) -> None:
    source = document({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, version=version)
    for kind, managed in (("identity", True), ("boundary", False)):
        with pytest.raises(MalformedPolicyDocument) as caught:
            Policy.parse(source, kind=kind, managed=managed)
        assert (caught.value.check, caught.value.path) == ("policy-version", "$.Version")
        assert caught.value.message == "Policy document must be version 2012-10-17 or greater."
    assert Policy.parse(source, kind="identity").version == "2008-10-17", "inline policies may be of either (recorded)"
    assert Policy.stored(source, kind="boundary").version == "2008-10-17", "what is stored keeps working"
    assert Policy.parse({**source, "Version": "2012-10-17"}, kind="identity", managed=True).statements


def test_resources_are_arns() -> None:
    source = document({"Effect": "Allow", "Action": "s3:*", "Resource": "bucket"})
    assert refusal(source, "identity").message == 'Resource bucket must be in ARN format or "*".'


TURBONOMIC = "rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7"


@pytest.mark.parametrize(
    ("issuer", "condition", "accepted"),
    [
        (GITHUB, {"StringLike": {f"{GITHUB}:sub": "repo:o/r:*"}}, True),
        (GITHUB, {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}, False),
        (GITHUB, {"StringLike": {f"{GITHUB}:sub": ["repo:o/r:*", "*"]}}, False),
        (GITHUB, {"StringLike": {f"{GITHUB}:job_workflow_ref": "o/r/*"}}, True),
        (GITHUB + "/octo", {"StringLike": {f"{GITHUB}/octo:sub": "repo:o/r:*"}}, True),
        (GITHUB + "/octo", {"StringLike": {f"{GITHUB}:sub": "repo:o/r:*"}}, False),
        ("gitlab.com", {"StringLike": {"gitlab.com:sub": "**"}}, True),
        ("gitlab.com", {"StringLikeIfExists": {"gitlab.com:sub": "project_path:g/p:*"}}, False),
        ("gitlab.example.com", {}, True),
        ("sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d/", {"StringLike": {"sts:RoleSessionName": "MicrosoftSentinel_*"}}, True),
        ("sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d/", {}, False),
        ("oidc.vercel.com", {"StringEquals": {"oidc.vercel.com:aud": "https://vercel.com/acme"}}, True),
        ("gitlab.com", {"StringEquals": {"GITLAB.COM:SUB": "project_path:g/p:ref_type:branch:ref:main"}}, True),
        (TURBONOMIC, {"StringEquals": {f"{TURBONOMIC}:aud": "sts.amazonaws.com"}}, False),
        (TURBONOMIC, {"StringEquals": {f"{TURBONOMIC}:sub": "system:serviceaccount:acme:t8c-operator"}}, True),
    ],
)
def test_shared_issuers(*, issuer: str, condition: Any, accepted: bool) -> None:
    arn = f"arn:aws:iam::123456789012:oidc-provider/{issuer}"
    source = document(statement(Principal={"Federated": arn}, Action="sts:AssumeRoleWithWebIdentity", Condition=condition))
    if accepted:
        assert Policy.parse(source, kind="trust").statements
        return
    assert refusal(source).check == "policy-shared-issuer"
    assert Policy.stored(source, kind="trust").statements


@pytest.mark.parametrize("key", ["accounts.google.com:SUB", "ACCOUNTS.GOOGLE.COM:AUD", "www.amazon.com:SUB", "graph.facebook.com:SUB"])
def test_the_rule_of_a_built_in_issuer_reads_keys_as_they_are_written(key: str) -> None:
    issuer = key.lower().partition(":")[0]
    trusting = {"Principal": {"Federated": issuer}, "Action": "sts:AssumeRoleWithWebIdentity"}
    source = document(statement(**trusting, Condition={"StringEquals": {key: "x"}}))
    error = refusal(source)
    assert (error.check, error.message) == (
        "policy-shared-issuer",
        f"Policy trusting {issuer} requires a StringEquals condition on an application id",
    )
    assert Policy.parse(document(statement(**trusting, Condition={"StringEquals": {key.lower(): "x"}})), kind="trust").statements
    stored = Policy.stored(source, kind="trust")
    asked = RequestContext(principal=Principal.federated(issuer), action="sts:AssumeRoleWithWebIdentity", keys={key.lower(): "x"})
    assert stored.evaluate(asked).effect == "Allow", "evaluation knows no case in keys"
    assert not [finding for finding in lint(stored) if finding.id == "shared-issuer-unscoped"], "and lint says what evaluation does"


def test_errors_are_plain_data() -> None:
    error = refusal(document(statement(Effect="allow")))
    assert error.as_dict()["path"] == "$.Statement[0].Effect"
    assert str(error) == (
        "MalformedPolicyDocument: policy-grammar: at $.Statement[0].Effect: expected `Allow` or `Deny`, in this case, found `allow`; "
        "correct the document"
    )
    assert PROVIDER not in str(error)
    assert SAML not in str(error)


class Opaque:
    """An object that will not say what it is."""

    def __repr__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize("kind", ["", "Trust", None, 7, [], Opaque()])
def test_what_is_no_kind_of_policy(kind: Any) -> None:
    assert refusal(document(statement()), kind).expected.startswith("a kind of policy: trust, ")
