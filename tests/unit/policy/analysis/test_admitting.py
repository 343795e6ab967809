"""`federation.policy.who_can`: what is said, what is left out, and that everybody is said loudly."""

from typing import Any

import pytest

from federation import limits
from federation.policy import Admission, Policy, WhoCan, who_can
from federation.policy.analysis.words import conditions, exceptions, headline, identities, powers
from tests.support.analysis import SECOND, TAG, USER
from tests.support.policies import SAML, document, statement
from tests.support.trusts import scoped, web
from tests.support.world import ACCOUNT, GITHUB, OTHER, SAML_PROVIDER

ROOT = f"arn:aws:iam::{OTHER}:root"


def ask(*statements: Any) -> WhoCan:
    return who_can(Policy.stored(document(*statements)))


def only(*statements: Any) -> Admission:
    [admission] = ask(*statements).admissions
    return admission


def words(admission: Admission) -> list[str]:
    return [demand.words for demand in admission.demands]


def deny(condition: Any = None, **members: Any) -> dict[str, Any]:
    return statement(**{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "*", "Condition": condition or {}, **members})


def test_identities_in_the_words_of_the_vendor() -> None:
    found = only(scoped(GITHUB, ["repo:acme/app:ref:refs/heads/*", "repo:acme/infra:environment:prod", "repo:acme/x:*"], "StringLike"))
    assert headline(found) == f"identities of {GITHUB}"
    assert identities(found) == (
        "any branch of repository `acme/app` (`repo:acme/app:ref:refs/heads/*`)",
        "environment `prod` of repository `acme/infra` (`repo:acme/infra:environment:prod`)",
        "every job of repository `acme/x` (`repo:acme/x:*`)",
    )
    assert conditions(found) == ("aud is `sts.amazonaws.com`",)
    assert found.login is not None
    assert found.login.request.keys[f"{GITHUB}:aud"] == "sts.amazonaws.com"


@pytest.mark.parametrize(
    ("condition", "left"),
    [
        ({"StringLike": {"saml:sub": ["a*", "ab", "ab*", "a*"]}}, ["saml:sub is like `a*`"]),
        ({"StringLike": {"saml:sub": "*"}}, []),
        ({"Bool": {"aws:SecureTransport": "true"}, "Null": {"saml:aud": "false"}}, []),
        ({"StringLike": {"saml:sub": "a*"}, "StringEquals": {"saml:sub": ["ab", "b"]}}, ["saml:sub is `ab`"]),
        ({"StringLike": {"saml:sub": ["a", "b*"]}, "StringNotLike": {"saml:sub": "b*"}}, ["saml:sub is `a`"]),
        ({"NumericLessThan": {"aws:SomethingNew": ["1", "1"]}}, ["aws:SomethingNew is below `1`"]),
    ],
)
def test_what_changes_nothing_is_left_out(condition: Any, left: list[str]) -> None:
    assert words(only(statement(Condition=condition))) == left


def test_statements_that_others_take_in_are_left_out() -> None:
    found = only(
        statement(Condition={"StringEquals": {"saml:sub": "ab"}}),
        statement(Condition={"StringLike": {"saml:sub": "a*"}}),
        statement(Condition={"StringLike": {"saml:sub": ["a*"]}, "StringEquals": {"saml:iss": "x"}}),
    )
    assert (words(found), found.statements) == (["saml:sub is like `a*`"], (1,))


def test_ways_that_differ_in_one_key_are_joined() -> None:
    found = only(scoped(GITHUB, "repo:acme/a:ref:x"), scoped(GITHUB, "repo:acme/b:*", "StringLike"), scoped(GITHUB, "repo:acme/c:ref:x"))
    assert found.demands[1].values == ("repo:acme/a:ref:x", "repo:acme/b:*", "repo:acme/c:ref:x")
    assert (found.demands[1].operator, found.statements) == ("StringLike", (0, 1, 2))
    apart = ask(scoped(GITHUB, "repo:acme/a*:ref:x"), scoped(GITHUB, "repo:acme/b:*", "StringLike"))
    assert len(apart.admissions) == 2, "StringEquals compares a star as a character"


def test_everybody_is_said_first_and_loudly() -> None:
    found = ask(statement(), web(GITHUB), statement(Principal={"AWS": "*"}, Action="sts:AssumeRole"))
    assert found.everybody
    assert [headline(each) for each in found.admissions] == [
        f"EVERYBODY: identities of {GITHUB}",
        "EVERYBODY: any principal of any AWS account",
        "users of SAML provider SAML-test",
    ]
    assert not ask(statement()).everybody


def test_strangers() -> None:
    found = only(scoped(GITHUB, "repo:acme*", "StringLike"))
    assert (found.reach, headline(found)) == ("strangers", f"STRANGERS: identities of {GITHUB}")
    assert found.warnings


def test_a_deny_is_an_exception_or_the_end() -> None:
    found = only(statement(), deny({"StringLike": {"saml:sub": "a*"}, "StringEquals": {"saml:iss": "x"}}))
    assert exceptions(found) == ("saml:iss is `x` and saml:sub is like `a*`",)
    shut = ask(statement(), deny())
    assert (shut.admissions, shut.nobody) == ((), ("statement 1 lets in none of users of SAML provider SAML-test: a Deny keeps them out",))


def test_contradictions_let_nobody_in() -> None:
    shut = ask(statement(Condition={"StringEquals": {"saml:sub": "a"}, "StringLike": {"saml:sub": "b*"}}))
    assert shut.admissions == ()
    assert shut.nobody == ("statement 1 lets in none of users of SAML provider SAML-test: no request meets its conditions",)
    foreign = ask(statement(Condition={"StringEquals": {f"{GITHUB}:sub": "a"}}))
    assert foreign.admissions == ()


def test_principals_on_equal_terms_are_told_together() -> None:
    found = only(statement(Principal={"Federated": [SAML_PROVIDER, SECOND]}))
    assert found.principals == (SAML_PROVIDER, SECOND)
    assert found.whom == ("users of SAML provider SAML-test", "users of SAML provider Second")


def test_one_of_many_is_told_with_the_many() -> None:
    found = ask(statement(Principal={"AWS": [ROOT, "*"]}, Action="sts:AssumeRole"), deny(Principal={"AWS": USER}))
    assert [(each.principals, exceptions(each)) for each in found.admissions] == [(("*",), (USER,))]
    named = ask(statement(Principal={"AWS": ROOT}, Action="sts:AssumeRole"), statement(Principal={"AWS": USER}, Action="sts:AssumeRole"))
    assert [each.principals for each in named.admissions] == [(USER,), (ROOT,)]


def test_not_principal_lets_in_all_others() -> None:
    found = ask(statement(Principal=None, NotPrincipal={"Federated": SAML_PROVIDER}, Action="sts:*"))
    assert {each.type for each in found.admissions} == {"Federated", "AWS", "Service"}
    assert all(each.principals == ("*",) for each in found.admissions)
    assert any(each.reach == "everybody" for each in found.admissions)


def test_what_may_accompany_the_login() -> None:
    assert powers(only(statement(Action=[SAML, TAG, "sts:SetSourceIdentity"]))) == "set session tags, set a source identity"
    assert powers(only(statement(), statement(Action=TAG, Condition={"StringEquals": {"saml:sub": []}}))) == ""


def test_saml_and_services() -> None:
    found = ask(statement(Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole"))
    assert [headline(each) for each in found.admissions] == ["the service ec2.amazonaws.com"]
    assert found.admissions[0].as_dict()["login"] == {
        "principal": "ec2.amazonaws.com",
        "type": "Service",
        "actions": ["sts:AssumeRole"],
        "keys": {},
    }


def test_what_the_bound_ends_is_listed_without_a_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ANALYSIS_STEPS", 10)
    found = ask(statement(Condition={"StringLike": {"saml:sub": [f"{number}*" for number in range(50)]}}))
    assert (found.decided, [each.login for each in found.admissions]) == (False, [None])


def test_an_open_account_names_the_rest() -> None:
    found = ask(statement(Principal={"AWS": [ACCOUNT, OTHER]}, Action="sts:AssumeRole"))
    assert [each.whom for each in found.admissions] == [(f"any principal of account {OTHER}", f"any principal of account {ACCOUNT}")]


DEMAND = {"StringEquals": {"aws:RequestTag/a": "a"}}


def test_a_demanded_tag_needs_the_action_that_sets_it() -> None:
    tagged = only(statement(Action=[SAML, TAG], Condition=DEMAND))
    assert (words(tagged), powers(tagged)) == (["aws:RequestTag/a is `a`"], "set session tags")
    assert tagged.login is not None
    assert tagged.login.actions == (SAML, TAG)


def test_a_demanded_tag_that_nothing_lets_them_set() -> None:
    shut = ask(statement(Condition=DEMAND))
    why = "its conditions demand what only sts:TagSession sets, and no statement allows them sts:TagSession"
    assert (shut.admissions, shut.nobody) == ((), (f"statement 1 lets in none of users of SAML provider SAML-test: {why}",))


def test_whoever_is_denied_without_tags_gets_in_with_them() -> None:
    found = only(statement(Action=[SAML, TAG]), deny({"Null": {"aws:TagKeys": "true"}}))
    assert found.login is not None
    assert found.login.actions == (SAML, TAG)


def test_ways_with_and_without_tags_stand_apart() -> None:
    found = ask(statement(Action=[SAML, TAG], Condition=DEMAND), statement(Condition={"StringEquals": {"saml:sub": "a"}}))
    assert [(words(each), powers(each)) for each in found.admissions] == [
        (["aws:RequestTag/a is `a`"], "set session tags"),
        (["saml:sub is `a`"], "set session tags"),
    ]
