"""Principals, actions, resources, Not-elements and how a decision comes about."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from federation.errors import ValidationError
from federation.policy import Policy, Principal, RequestContext
from tests.support.policies import PROVIDER, SAML, ask, document, statement, trust
from tests.support.world import ACCOUNT

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
USER = f"arn:aws:iam::{ACCOUNT}:user/path/bob"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/path/Deploy"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/ci"
FEDERATED_USER = f"arn:aws:sts::{ACCOUNT}:federated-user/bob"
SESSION_CALLER = Principal.aws(SESSION, role_arn=ROLE, unique_id="AROAEXAMPLEEXAMPLE000")


def via(principal: Any, caller: Principal, *, name: str = "Principal", effect: str = "Allow", kind: str = "trust") -> str | None:
    members = {"Principal": None, name: principal, "Effect": effect, "Action": "sts:AssumeRole"}
    resource = {} if kind == "trust" else {"Resource": "*"}
    return ask(Policy.stored(document(statement(**members, **resource)), kind=kind), principal=caller, action="sts:AssumeRole").via


@pytest.mark.parametrize(
    ("principal", "caller", "how"),
    [
        ({"AWS": ACCOUNT}, Principal.aws(USER), "account"),
        ({"AWS": ROOT}, Principal.aws(USER), "account"),
        ({"AWS": ROOT}, SESSION_CALLER, "account"),
        ({"AWS": ROOT}, Principal.aws(ROOT), "direct"),
        ({"AWS": "111122223333"}, Principal.aws(USER), None),
        ({"AWS": "arn:aws-cn:iam::123456789012:root"}, Principal.aws(USER), None),
        ({"AWS": USER}, Principal.aws(USER), "direct"),
        ({"AWS": USER.upper()}, Principal.aws(USER), None),
        ({"AWS": ROLE}, SESSION_CALLER, "direct"),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/Deploy"}, Principal.aws(SESSION), "direct"),
        ({"AWS": SESSION}, SESSION_CALLER, "direct"),
        ({"AWS": SESSION + "2"}, SESSION_CALLER, None),
        ({"AWS": "AROAEXAMPLEEXAMPLE000"}, SESSION_CALLER, "direct"),
        ({"AWS": FEDERATED_USER}, Principal.aws(FEDERATED_USER), "direct"),
        ({"AWS": "*"}, Principal.aws(USER), "everyone"),
        ({"AWS": ["111122223333", USER]}, Principal.aws(USER), "direct"),
        ({"AWS": "*"}, Principal.federated(PROVIDER), None),
        ("*", Principal.federated(PROVIDER), None),
        ("*", Principal.aws(USER), "everyone"),
        ("*", Principal.anonymous(), None),
        ({"Federated": PROVIDER}, Principal.federated(PROVIDER), "direct"),
        ({"Federated": PROVIDER}, Principal.federated(PROVIDER + "x"), None),
        ({"Federated": PROVIDER.replace(ACCOUNT, "111122223333")}, Principal.federated(PROVIDER), None),
        ({"AWS": PROVIDER}, Principal.federated(PROVIDER), None),
        ({"Federated": "accounts.google.com"}, Principal.federated("accounts.google.com"), "direct"),
        ({"Service": "ec2.amazonaws.com"}, Principal.service("ec2.amazonaws.com"), "direct"),
        ({"Service": "ec2.amazonaws.com"}, Principal.service("lambda.amazonaws.com"), None),
        ({"AWS": "*"}, Principal.service("ec2.amazonaws.com"), None),
        ({"Service": "ec2.amazonaws.com", "AWS": USER}, Principal.aws(USER), "direct"),
    ],
)
def test_principals(principal: Any, caller: Principal, how: str | None) -> None:
    assert via(principal, caller) == how


def test_everyone_includes_the_anonymous_in_resource_policies_alone() -> None:
    assert via("*", Principal.anonymous(), kind="resource") == "everyone"


@pytest.mark.parametrize(
    "caller", [Principal.federated(PROVIDER), Principal.aws(USER), Principal.anonymous(), Principal.service("x.amazonaws.com")]
)
@pytest.mark.parametrize("star", ["*", {"AWS": "*"}])
def test_a_deny_of_everyone_stops_everyone(caller: Principal, star: Any) -> None:
    assert via(star, caller, effect="Deny") == "everyone"


def test_a_deny_spares_whom_it_lists_with_role_and_account() -> None:
    assert via({"AWS": [USER, ROOT]}, Principal.aws(USER), name="NotPrincipal", effect="Deny") is None
    assert via({"AWS": [USER]}, Principal.aws(USER), name="NotPrincipal", effect="Deny") == "everyone"
    assert via({"AWS": [SESSION, ROLE, ROOT]}, SESSION_CALLER, name="NotPrincipal", effect="Deny") is None
    assert via({"AWS": [SESSION, ROOT]}, SESSION_CALLER, name="NotPrincipal", effect="Deny") == "everyone"
    assert via({"Federated": PROVIDER}, Principal.federated(PROVIDER), name="NotPrincipal", effect="Deny") is None


def test_an_allow_of_all_others_is_taken_literally() -> None:
    assert via({"AWS": USER}, Principal.aws(USER), name="NotPrincipal") is None
    assert via({"AWS": USER}, SESSION_CALLER, name="NotPrincipal") == "everyone"


@pytest.mark.parametrize(
    ("action", "matches"),
    [
        ("sts:*", True),
        ("*", True),
        ("STS:assumerolewithsaml", True),
        ("sts:AssumeRole?ithSAML", True),
        ("sts:AssumeRole", False),
        ("*:TagSession", False),
    ],
)
def test_actions(*, action: str, matches: bool) -> None:
    assert ask(trust({}, Action=action)).allowed is matches
    assert ask(trust({}, Action=None, NotAction=action)).allowed is not matches


@pytest.mark.parametrize(
    ("resource", "asked", "matches"),
    [
        ("*", None, True),
        ("*", "arn:aws:s3:::b/o", True),
        ("arn:aws:s3:::b*", "arn:aws:s3:::b:x/o", True),
        ("arn:aws:s3:::b/O", "arn:aws:s3:::b/o", False),
        ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/bob/x", True),
        ("arn:aws:s3:::b/${aws:PrincipalTag/none}/*", "arn:aws:s3:::b//x", False),
        ("arn:aws:s3:::b/o", None, False),
    ],
)
def test_resources(*, resource: str, asked: str | None, matches: bool) -> None:
    policy = Policy.stored(document({"Effect": "Allow", "Action": "s3:*", "Resource": resource}), kind="identity")
    assert ask(policy, {"aws:username": "bob"}, action="s3:GetObject", resource=asked).allowed is matches
    if "none" not in resource:
        negated = Policy.stored(document({"Effect": "Allow", "Action": "s3:*", "NotResource": resource}), kind="identity")
        assert ask(negated, {"aws:username": "bob"}, action="s3:GetObject", resource=asked).allowed is not matches


def test_not_resource_with_an_unknown_variable_does_not_match() -> None:
    policy = Policy.stored(document({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::${aws:x}"}), kind="identity")
    assert ask(policy, action="s3:GetObject", resource="arn:aws:s3:::b").effect == "ImplicitDeny"


def test_deny_wins_and_names_itself() -> None:
    policy = Policy.stored(document(statement(), statement(Effect="Deny", Sid="Stop")), kind="trust")
    decision = ask(policy)
    assert decision.effect == "Deny"
    assert decision.statement is not None
    assert decision.statement.sid == "Stop"
    assert decision.nearest is None


def test_the_most_direct_allow_decides() -> None:
    caller = Principal.aws(USER)
    statements = [statement(Principal={"AWS": name}, Action="sts:AssumeRole") for name in (ROOT, "*", USER)]
    for kept, how in ((1, "account"), (2, "everyone"), (3, "direct")):
        policy = Policy.stored(document(*statements[:kept]), kind="trust")
        assert ask(policy, principal=caller, action="sts:AssumeRole").via == how


def test_explanation_of_a_near_miss() -> None:
    key = "token.actions.githubusercontent.com:sub"
    policy = trust({"StringLike": {key: ["repo:x/y:*", "repo:o/r:ref:refs/heads/main"]}})
    decision = ask(policy, {key: "repo:o/r:ref:refs/heads/dev"})
    assert decision.nearest is not None
    assert decision.nearest.sentence == (
        f"statement 0 does not apply: StringLike {key}: found `repo:o/r:ref:refs/heads/dev`, "
        "nearest pattern `repo:o/r:ref:refs/heads/main` differs at character 25"
    )
    assert json.loads(json.dumps(decision.as_dict()))["nearest"]["failures"][0]["path"] == f'$.Statement[0].Condition.StringLike["{key}"]'


@pytest.mark.parametrize(
    ("condition", "keys", "part"),
    [
        ({"StringEquals": {"saml:sub": "b*"}}, {"saml:sub": "bob"}, "StringLike would read them as wildcards"),
        ({"StringEquals": {"saml:sub": "bob"}}, {"saml:sub": "Bob"}, "differs in upper and lower case alone"),
        ({"StringEquals": {"saml:cn": "a"}}, {"saml:cn": ["a"]}, "write ForAnyValue:StringEquals"),
        ({"StringEquals": {"saml:subject": "a"}}, {"saml:sub": "a"}, "the request has no such key; the nearest it has are `saml:sub`"),
        ({"StringEquals": {"https://idp.example.com:sub": "a"}}, {"idp.example.com:sub": "a"}, "without https://"),
        ({"NumericEquals": {"aws:x": "1"}}, {"aws:x": "one"}, "no value of the type Numeric"),
        ({"StringNotEquals": {"aws:x": "1"}}, {"aws:x": "1"}, "expected another than `1`"),
        ({"StringEquals": {"aws:x": "${aws:y}"}}, {"aws:x": "1"}, "absent from the request and the variable has no default"),
        ({"StringEquals": {"aws:x": []}}, {"aws:x": "1"}, "the policy lists no value"),
        ({"Null": {"aws:x": "false"}}, {}, "the key is absent, expected present"),
        ({"ArnLike": {"aws:x": "not-an-arn"}}, {"aws:x": USER}, "a Deny applies and an Allow does not"),
    ],
)
def test_hints(condition: Any, keys: Any, part: str) -> None:
    nearest = ask(trust(condition), keys).nearest
    assert nearest is not None
    assert part in nearest.sentence


def test_hint_on_the_version() -> None:
    policy = Policy.stored(document(statement(Condition={"StringEquals": {"aws:x": "${aws:y}"}}), version=None), kind="trust")
    nearest = ask(policy, {"aws:x": "1", "aws:y": "1"}).nearest
    assert nearest is not None
    assert "write 2012-10-17" in nearest.sentence


def test_hint_on_the_star_principal() -> None:
    nearest = ask(Policy.stored(document(statement(Principal={"AWS": "*"})), kind="trust")).nearest
    assert nearest is not None
    assert "never covers a federated caller" in nearest.sentence


@pytest.mark.parametrize(
    ("keys", "check"),
    [
        ({"aws:RequestTag/Admin": "1", "aws:RequestTag/admin": "2"}, "context-keys"),
        ({"saml:aud": None}, "context-keys"),
        ({"saml:aud": ["a", 1]}, "context-keys"),
        ({1: "a"}, "context-keys"),
        ([("saml:aud", "a")], "context-keys"),
    ],
)
def test_ambiguous_requests_are_refused(keys: Any, check: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        RequestContext(principal=Principal.federated(PROVIDER), action=SAML, keys=keys)
    assert refusal.value.check == check


@pytest.mark.parametrize("arn", ["", None, "bob", "arn:aws:s3:::bucket", USER.replace(ACCOUNT, "1"), b"arn"])
def test_callers_need_a_principal_arn(arn: Any) -> None:
    with pytest.raises(ValidationError) as refusal:
        Principal.aws(arn)
    assert refusal.value.check == "principal"


def test_requests_are_typed() -> None:
    caller = Principal.federated(PROVIDER)
    for members, check in (({"principal": "bob", "action": SAML}, "principal"), ({"principal": caller, "action": None}, "action")):
        with pytest.raises(ValidationError) as refusal:
            RequestContext(**members)
        assert refusal.value.check == check


def test_a_policy_that_allows_nothing_has_no_near_miss() -> None:
    other = statement(Effect="Deny", Action="sts:TagSession")
    assert ask(Policy.stored(document(other), kind="trust")).nearest is None


def test_near_misses_name_few_parts_and_few_values() -> None:
    condition = {"StringEquals": {f"aws:RequestTag/{number}": [str(number)] * 9 for number in range(9)}}
    nearest = ask(trust(condition), {f"aws:RequestTag/{number}": "x" * 9999 for number in range(9)}).nearest
    assert nearest is not None
    assert len(nearest.failures) == 9
    assert nearest.sentence.endswith("; and 6 more")
    assert len(nearest.sentence) < 1500


@pytest.mark.parametrize("operator", ["NumericEquals", "DateLessThan", "Bool", "IpAddress"])
def test_an_operator_without_variables_is_explained_whatever_its_values_look_like(operator: str) -> None:
    nearest = ask(trust({operator: {"saml:cn": ["${saml:sub", "${saml:sub}"]}}), {"saml:cn": "x" if operator != "Bool" else "true"}).nearest
    assert nearest is not None
    assert "`${saml:sub`" in nearest.sentence or "no value of the type" in nearest.sentence


def test_not_principal_explains_itself() -> None:
    policy = Policy.stored(document(statement(Principal=None, NotPrincipal={"Federated": PROVIDER}, Sid="Others")), kind="trust")
    nearest = ask(policy).nearest
    assert nearest is not None
    assert nearest.sentence == f"statement `Others` does not apply: NotPrincipal lists `{PROVIDER}`"
    assert via("*", Principal.aws(USER), name="NotPrincipal", effect="Deny") is None


def test_only_a_request_is_evaluated() -> None:
    with pytest.raises(ValidationError) as refusal:
        trust({}).evaluate({"action": SAML})  # type: ignore[arg-type]
    assert refusal.value.check == "request-context"


READ = document(
    {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}
)


@pytest.mark.parametrize("kind", ["identity", "session", "boundary"])
def test_a_policy_of_the_caller_needs_no_caller(kind: str) -> None:
    policy = Policy.parse(READ, kind=kind)
    keys = {"aws:SecureTransport": "true"}
    inside = RequestContext(principal=None, action="s3:GetObject", resource="arn:aws:s3:::b/k", keys=keys)
    decision = policy.evaluate(inside)
    assert (decision.effect, decision.via) == ("Allow", "direct")
    outside = policy.evaluate(RequestContext(principal=None, action="s3:GetObject", resource="arn:aws:s3:::c/k", keys=keys))
    assert outside.effect == "ImplicitDeny"
    assert outside.nearest is not None
    assert [getattr(part, "name", None) for part in outside.nearest.failures] == ["Resource"]
    assert outside.as_dict()["statements"][0]["principal"] is None
    assert policy.evaluate(inside.asking("ec2:RunInstances")).effect == "ImplicitDeny"


@pytest.mark.parametrize("kind", ["trust", "resource"])
@pytest.mark.parametrize("action", [SAML, "sts:TagSession"])
def test_a_policy_that_names_principals_is_not_asked_about_nobody(kind: str, action: str) -> None:
    body = statement(Principal="*", Resource=None if kind == "trust" else "*")
    policy = Policy.stored(document(body, {**body, "Effect": "Deny", "Action": "sts:TagSession"}), kind=kind)
    with pytest.raises(ValidationError) as refusal:
        policy.evaluate(RequestContext(principal=None, action=action, resource=None if kind == "trust" else "arn:aws:s3:::b"))
    assert (refusal.value.check, refusal.value.found) == ("principal", "no caller")
    assert kind in refusal.value.expected
    anonymous = RequestContext(principal=Principal.anonymous(), action="sts:TagSession", resource="*")
    assert policy.evaluate(anonymous).effect == "Deny", "an anonymous caller is a caller"


def test_names_that_a_caller_has_and_has_not() -> None:
    assert via({"AWS": f"arn:aws:iam::{ACCOUNT}:role/path"}, Principal.aws(USER)) is None, "a user's path is no role"
    assert via({"AWS": f"arn:aws:iam::{ACCOUNT}:role/Deploy"}, SESSION_CALLER) is None, "the role that is given has a path"
    assert via({"AWS": f"arn:aws:iam::{ACCOUNT}:role/bob"}, Principal.aws(FEDERATED_USER)) is None
    assert via({"AWS": "AIDAEXAMPLE"}, Principal.aws(USER, unique_id="AIDAEXAMPLE")) == "direct"
    assert Principal.aws(USER).names == {USER}
    assert Principal.aws(SESSION).names == {SESSION, f"arn:aws:iam::{ACCOUNT}:role/Deploy"}
    assert Principal.aws(USER.replace("aws", "aws-cn", 1)).accounts == {ACCOUNT, ROOT.replace("aws", "aws-cn", 1)}
    assert Principal.aws(f"{USER}\nx").name == f"{USER}\nx"
    for number in ("\u0661" * 12, "1234567890123", "12345678901"):
        with pytest.raises(ValidationError):
            Principal.aws(USER.replace(ACCOUNT, number))


@pytest.mark.parametrize("make", [Principal.federated, Principal.service, Principal.aws])
@pytest.mark.parametrize("name", ["", None, 5, b"x", ["x"]])
def test_names_are_text(make: Any, name: object) -> None:
    with pytest.raises(ValidationError) as refusal:
        make(name)
    assert refusal.value.check == "principal"
    for option in ("role_arn", "unique_id"):
        if name is not None:
            with pytest.raises(ValidationError):
                Principal.aws(USER, **{option: name})  # type: ignore[arg-type] # what is refused


@pytest.mark.parametrize(
    ("principal", "caller", "allow", "deny"),
    [
        ({"AWS": ROOT}, Principal.aws(USER), None, "everyone"),
        ({"AWS": ACCOUNT}, Principal.aws(USER), None, "everyone"),
        ({"AWS": [USER, ACCOUNT]}, Principal.aws(USER), None, None),
        ({"AWS": ROOT}, Principal.aws(ROOT), None, None),
        ({"AWS": [SESSION, ROLE, ACCOUNT]}, SESSION_CALLER, None, None),
        ({"AWS": [SESSION, ROLE]}, SESSION_CALLER, None, "everyone"),
        ({"AWS": ["AROAEXAMPLEEXAMPLE000", ROOT]}, SESSION_CALLER, None, "everyone"),
        ({"AWS": "111122223333"}, Principal.aws(USER), "everyone", "everyone"),
        ({"Federated": PROVIDER}, Principal.aws(USER), "everyone", "everyone"),
        ({"AWS": USER}, Principal.anonymous(), "everyone", "everyone"),
        ({"AWS": USER}, Principal.federated(PROVIDER), "everyone", "everyone"),
        ({"Federated": PROVIDER}, Principal.federated(PROVIDER), None, None),
        ({"AWS": "*"}, Principal.aws(USER), None, None),
        ("*", Principal.anonymous(), None, None),
    ],
)
def test_all_but_those_listed(principal: Any, caller: Principal, allow: str | None, deny: str | None) -> None:
    assert via(principal, caller, name="NotPrincipal") == allow
    assert via(principal, caller, name="NotPrincipal", effect="Deny") == deny


def test_whom_a_star_covers() -> None:
    callers = [Principal.aws(USER), Principal.federated(PROVIDER), Principal.service("ec2.amazonaws.com"), Principal.anonymous()]
    for star in ("*", {"AWS": "*"}):
        assert [via(star, each) for each in callers] == ["everyone", None, None, None]
        assert [via(star, each, kind="resource") for each in callers] == ["everyone", None, None, "everyone"]
        assert [via(star, each, effect="Deny") for each in callers] == ["everyone"] * 4
    assert [via({"Federated": "*"}, each) for each in callers] == [None] * 4


def test_the_first_of_equally_direct_statements_decides() -> None:
    caller = Principal.aws(USER)
    for names, index in (([USER, USER, ROOT], 0), ([ROOT, USER, USER], 1), (["*", "*"], 0), ([ROOT, ACCOUNT], 0), ([ROOT, "*", ROOT], 1)):
        statements = [statement(Principal={"AWS": name}, Action="sts:AssumeRole") for name in names]
        decision = ask(Policy.stored(document(*statements), kind="trust"), principal=caller, action="sts:AssumeRole")
        assert decision.statement is not None
        assert decision.statement.index == decision.as_dict()["statement"] == index
    nothing = ask(Policy.stored(document(statement(Action="sts:TagSession")), kind="trust"))
    assert (nothing.statement, nothing.as_dict()["statement"], nothing.via, nothing.allowed) == (None, None, None, False)
    assert nothing.as_dict()["nearest"] is not None
    assert ask(trust({})).as_dict()["nearest"] is None


def resources(element: str, *listed: str) -> Policy:
    return Policy.stored(document({"Effect": "Allow", "Action": "s3:*", element: list(listed)}), kind="identity")


@pytest.mark.parametrize(
    ("listed", "resource", "not_resource"),
    [
        (["arn:aws:s3:::${aws:none}", "arn:aws:s3:::b"], True, False),
        (["arn:aws:s3:::b", "arn:aws:s3:::${aws:none}"], True, False),
        (["arn:aws:s3:::${aws:none}", "arn:aws:s3:::c"], False, False),
        (["arn:aws:s3:::c", "arn:aws:s3:::${aws:none}"], False, False),
        (["${aws:long}", "arn:aws:s3:::b"], True, False),
        (["${aws:long}", "arn:aws:s3:::${aws:none}"], False, False),
        (["arn:aws:s3:::b", "${aws:long}", "${aws:none}"], True, False),
        (["${aws:long}", "arn:aws:s3:::c"], False, True),
        (["arn:aws:s3:::${aws:username}", "arn:aws:s3:::c"], True, False),
        (["arn:aws:s3:::c", "arn:aws:s3:::${aws:username}"], True, False),
        (["arn:aws:s3:::${aws:many}", "arn:aws:s3:::c"], False, False),
        (["arn:aws:s3:::?", "arn:aws:s3:::${aws:username}x"], True, False),
    ],
)
def test_resources_are_asked_one_after_the_other(*, listed: list[str], resource: bool, not_resource: bool) -> None:
    keys = {"aws:username": "b", "aws:long": "x" * 500, "aws:many": ["b"]}
    for element, expected in (("Resource", resource), ("NotResource", not_resource)):
        decision = ask(resources(element, *listed), keys, action="s3:GetObject", resource="arn:aws:s3:::b")
        assert decision.allowed is expected


@pytest.mark.parametrize(
    ("members", "check"),
    [
        ({"action": b"x"}, "action"),
        ({"resource": 5}, "action"),
        ({"resource": b"x", "action": "x"}, "action"),
        ({"principal": 0}, "principal"),
        ({"keys": None}, "context-keys"),
        ({"keys": "x"}, "context-keys"),
        ({"keys": {"a:b": ("x", None)}}, "context-keys"),
        ({"keys": {"a:b": {"x": "y"}}}, "context-keys"),
        ({"keys": {"a:b": 5}}, "context-keys"),
        ({"keys": {"a:b": "x", "A:B": ["x"]}}, "context-keys"),
    ],
)
def test_requests_of_other_types(members: dict[str, Any], check: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        RequestContext(**{"principal": None, "action": "s3:GetObject", **members})
    assert refusal.value.check == check


class Named(Mapping[Any, str]):
    """A mapping whose names are no text, and need not be hashable."""

    def __iter__(self) -> Iterator[Any]:
        return iter([[]])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, _name: object) -> str:
        return "x"


def test_a_mapping_of_any_kind_holds_the_keys() -> None:
    given = RequestContext(principal=None, action="S3:GetObject", keys=MappingProxyType({"A:b": "x", "a:c": ["y"], "a:d": []}))
    assert dict(given.folded_keys) == {"a:b": "x", "a:c": ("y",)}
    with pytest.raises(ValidationError) as refusal:
        RequestContext(principal=None, action="x", keys=Named())
    assert refusal.value.check == "context-keys"


def test_a_request_that_is_changed_is_read_again() -> None:
    first = RequestContext(principal=Principal.aws(USER), action="s3:GetObject", resource="arn:aws:s3:::b", keys={"a:b": "x"})
    second = replace(first, action="S3:PutObject", resource="arn:aws:s3:::\U00010400", keys={"A:C": "y"})
    assert (second.folded_action, second.resource_units, dict(second.folded_keys)) == (
        "s3:putobject",
        "arn:aws:s3:::\ud801\udc00",
        {"a:c": "y"},
    )
    assert second.principal == first.principal
    assert replace(first) == first
    other = first.asking("s3:PutObject")
    assert (other.folded_action, other.resource, other.keys, other.principal) == (
        "s3:putobject",
        first.resource,
        first.keys,
        first.principal,
    )


def test_actions_by_name_and_by_pattern() -> None:
    policy = Policy.stored(document({"Effect": "Allow", "Action": ["s3:GetObject", "ec2:*"], "Resource": "*"}), kind="identity")
    negated = Policy.stored(document({"Effect": "Allow", "NotAction": ["s3:GetObject", "ec2:*"], "Resource": "*"}), kind="identity")
    for action, covered in (("s3:GetObject", True), ("S3:GETOBJECT", True), ("ec2:Run", True), ("s3:Get", False), ("ec2", False)):
        assert ask(policy, action=action, resource="arn:aws:s3:::b").allowed is covered
        assert ask(negated, action=action, resource="arn:aws:s3:::b").allowed is not covered
