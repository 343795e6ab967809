"""What AWS reads of the attributes: each fault with both values, the nearest pair, and what to send or ask for instead."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from federation.account import Account, Role
from tests.support.explaining import edit_of, explained, granted
from tests.support.sts.saml_login import PREFIX, PROVIDER, ROLE, World, attributes, login, mint, trust
from tests.support.world import ACCOUNT, OTHER

PAIR = f"{ROLE},{PROVIDER}"
SECOND = f"arn:aws:iam::{ACCOUNT}:role/team/Portals"


class TwoRoles(World):
    """The account with a second role of a like name."""

    @property
    def account(self) -> Account:
        account = super().account
        second = Role(
            arn=SECOND, name="Portals", path="/team/", role_id="AROAEXAMPLEEXAMPLE235", trust_policy=trust(), max_session_duration=3600
        )
        return replace(account, roles={**account.roles, SECOND: second})


def token(**changes: Sequence[str] | None) -> str:
    return mint(login(attributes=attributes(**changes)))


def of_pair(*values: str) -> str:
    return token(Role=values)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (f"{ROLE}, {PROVIDER}", "there is white space in the value"),
        (f" {PAIR}\n", "there is white space in the value"),
        (f"{ROLE};{PROVIDER}", "its ARNs are not separated by a comma"),
        (f"{ROLE} | {PROVIDER}", "its ARNs are not separated by a comma"),
        (f"{PAIR};{SECOND},{PROVIDER}", "one AttributeValue holds 4 ARNs, and every pair needs an AttributeValue of its own"),
    ],
)
def test_a_pair_that_is_misspelt_is_told_how(value: str, fault: str) -> None:
    explanation = explained(World(), of_pair(value), check="role-pair")
    cause, edit = explanation.first.causes[0], edit_of(explanation, "identity-provider")
    assert cause.sentence.startswith(f"the assertion offers the role, but {fault}: `")
    assert (edit.place.path, edit.new) == (f"{PREFIX}Role", PAIR)
    assert cause.comparisons[0].expected == PAIR
    assert not cause.unverified
    assert granted(World(), of_pair(str(edit.new)))


@pytest.mark.parametrize(
    ("role", "provider", "part"),
    [
        (ROLE.replace("Portal", "Portale"), PROVIDER, "has the role `arn:aws:iam::123456789012:role/team/Portale` instead"),
        (ROLE.replace("Portal", "portal"), PROVIDER, "role/team/portal` (only the case differs) instead"),
        (ROLE, PROVIDER.replace("Example", "Beispiel"), "saml-provider/Beispiel` instead"),
        (
            ROLE.replace(ACCOUNT, OTHER),
            PROVIDER.replace(ACCOUNT, OTHER),
            f"is of the account {OTHER}, and the call is of {ACCOUNT}",
        ),
    ],
)
def test_a_pair_that_is_another_is_told_by_its_half(role: str, provider: str, part: str) -> None:
    explanation = explained(
        World(), of_pair(f"{role},{provider}", "arn:aws:iam::1:role/x,arn:aws:iam::1:saml-provider/y"), check="role-pair"
    )
    cause, edit = explanation.first.causes[0], edit_of(explanation, "identity-provider")
    assert cause.sentence.startswith("the nearest of 2 role pairs of the assertion ")
    assert cause.sentence.endswith(f"the call asks for `{ROLE}` with `{PROVIDER}`")
    assert part in cause.sentence
    assert cause.listings[0].members[0] == f"{role},{provider}"
    assert (cause.comparisons[0].expected, cause.comparisons[0].found) == (PAIR, f"{role},{provider}")
    assert (edit.old, edit.new) == (f"{role},{provider}", PAIR)


def test_a_role_that_the_account_has_and_the_assertion_offers_is_asked_for() -> None:
    world = TwoRoles()
    explanation = explained(world, of_pair(f"{SECOND},{PROVIDER}"), check="role-pair")
    first, second = explanation.first.edits
    assert (first.place.owner, first.place.path, first.old, first.new) == ("call", "RoleArn", ROLE, SECOND)
    assert second.place.owner == "identity-provider"
    assert granted(world, of_pair(f"{SECOND},{PROVIDER}"), role_arn=first.new)
    assert granted(world, of_pair(str(second.new)))


def test_a_role_that_nobody_has_is_not_offered() -> None:
    explanation = explained(World(), of_pair(f"{SECOND},{PROVIDER}"), check="role-pair", role_arn=ROLE)
    assert [edit.place.owner for edit in explanation.first.edits] == ["identity-provider"]


@pytest.mark.parametrize("name", [f"{PREFIX}role", "Role", "https://aws.amazon.com/SAML/Attribute/Role", "urn:groups"])
def test_pairs_in_another_attribute_are_found(name: str) -> None:
    sent = dict(attributes(Role=None)) | {name: (PAIR,)}
    explanation = explained(World(), mint(login(attributes=sent)), check="role-pair")
    edit = edit_of(explanation, "identity-provider")
    assert f"its role pairs stand in the attribute `{name}`" in explanation.cause
    assert ("it differs in upper and lower case" in explanation.cause) == (name == f"{PREFIX}role")
    assert (edit.old, edit.new) == (name, f"{PREFIX}Role")


def test_the_attributes_that_are_there_are_named_where_none_has_roles() -> None:
    explanation = explained(World(), token(Role=None), check="role-pair")
    assert explanation.cause == f"the assertion has no attribute `{PREFIX}Role`; it has `{PREFIX}RoleSessionName`"
    assert edit_of(explanation, "identity-provider").new == PAIR


def test_no_pair_at_all_is_shown() -> None:
    explanation = explained(World(), of_pair("Administrators"), check="role-pair")
    assert "has the value `Administrators`, which is no pair" in explanation.cause


def test_the_trust_policy_is_asked_after_the_pair() -> None:
    world = World(trust_policy=trust(condition={"StringEquals": {"saml:aud": "https://other.example.com"}}))
    explanation = explained(world, of_pair(f"{SECOND},{PROVIDER}"), check="role-pair")
    assert [each.causes[0].check for each in explanation.later] == ["condition"]


@pytest.mark.parametrize(
    ("values", "part", "new"),
    [
        (("alice smith",), "RoleSessionName is `alice smith`, with the characters ` `", "alice-smith"),
        (("CORP\\alice",), "with the characters `\\`", "CORP-alice"),
        (("jörg",), "with the characters `ö`", "j-rg"),
        (("a" * 70,), "of 70 characters", "a" * 64),
        (("alice", "bob"), "RoleSessionName has 2 values: `alice`, `bob`; AWS takes one", "alice"),
    ],
)
def test_a_session_name_that_aws_does_not_take(values: tuple[str, ...], part: str, new: str) -> None:
    explanation = explained(World(), token(RoleSessionName=values), check="role-session-name")
    edit = edit_of(explanation, "identity-provider")
    assert part in explanation.cause
    assert (edit.place.path, edit.new) == (f"{PREFIX}RoleSessionName", new)
    assert granted(World(), token(RoleSessionName=(new,)))


def test_a_session_name_that_is_missing() -> None:
    explanation = explained(World(), token(RoleSessionName=None), check="role-session-name")
    assert explanation.cause == f"the assertion has no attribute `{PREFIX}RoleSessionName`; it has `{PREFIX}Role`"
    sent = dict(attributes(RoleSessionName=None)) | {"RoleSessionName": ("alice",)}
    other = explained(World(), mint(login(attributes=sent)), check="role-session-name")
    edit = edit_of(other, "identity-provider")
    assert (edit.old, edit.new) == ("RoleSessionName", f"{PREFIX}RoleSessionName")


@pytest.mark.parametrize(
    ("value", "part", "new"),
    [
        ("60", "SessionDuration is 60 seconds; AWS takes 900 to 43200", "900"),
        ("86400", "SessionDuration is 86400 seconds", "43200"),
        ("8h", "SessionDuration is `8h`, which is no whole number", "3600"),
        ("3600.0", "which is no whole number of seconds", "3600"),
    ],
)
def test_a_session_duration_that_aws_does_not_take(value: str, part: str, new: str) -> None:
    explanation = explained(World(), token(SessionDuration=(value,)), check="session-duration")
    edit = edit_of(explanation, "identity-provider")
    assert part in explanation.cause
    assert (edit.old, edit.new) == (value, new)
    assert granted(World(), token(SessionDuration=(new,)))


@pytest.mark.parametrize(
    ("tags", "part", "new"),
    [
        ({"PrincipalTag_Team": ("a", "b")}, "the PrincipalTag `Team` has 2 values: `a`, `b`; a session tag has one", "a"),
        ({"PrincipalTag_Team": ("a,b",)}, "the value of the PrincipalTag `Team` is `a,b`, with the characters `,`", "a-b"),
        ({"PrincipalTag_Team": ("a" * 300,)}, "of 300 characters", "a" * 256),
        ({"PrincipalTag_Te#am": ("a",)}, "the key `Te#am`, with the characters `#`", "Te-am"),
        ({"PrincipalTag_Team": ("a",), "PrincipalTag_team": ("b",)}, "differ in upper and lower case alone", None),
        ({f"PrincipalTag_T{n}": ("a",) for n in range(51)}, "the assertion has 51 PrincipalTags; AWS takes 50", None),
    ],
)
def test_a_tag_that_is_none_is_named(tags: dict[str, tuple[str, ...]], part: str, new: str | None) -> None:
    explanation = explained(World(), token(**tags), check="principal-tags")
    assert part in explanation.cause
    edit = edit_of(explanation, "identity-provider")
    assert edit.new == new
    assert edit.place.path.startswith(f"{PREFIX}PrincipalTag:")


def test_a_transitive_key_without_its_tag() -> None:
    explanation = explained(World(), token(PrincipalTag_Department=("a",), TransitiveTagKeys=("Departments",)), check="transitive-tag-keys")
    assert explanation.cause == "TransitiveTagKeys names `Departments`; the assertion has the PrincipalTags `Department`"
    first, second = explanation.first.edits
    assert (first.old, first.new) == ("Departments", "Department")
    assert second.place.path == f"{PREFIX}PrincipalTag:Departments"
    assert granted(World(), token(PrincipalTag_Department=("a",), TransitiveTagKeys=(str(first.new),)))


def test_a_transitive_key_twice() -> None:
    explanation = explained(World(), token(PrincipalTag_T=("a",), TransitiveTagKeys=("T", "t")), check="transitive-tag-keys")
    assert explanation.cause == "TransitiveTagKeys names `t` twice"


def test_a_source_identity_that_aws_does_not_take() -> None:
    explanation = explained(World(), token(SourceIdentity=("aws:alice",)), check="source-identity")
    assert "SourceIdentity is `aws:alice`, with the characters `:`" in explanation.cause
    assert edit_of(explanation, "identity-provider").new == "aws-alice"


def test_a_duration_beyond_that_of_the_role_has_both_numbers() -> None:
    explanation = explained(World(), mint(), check="duration", duration_seconds=20_000)
    assert explanation.cause == f"the call asks for a session of 20000 seconds; MaxSessionDuration of {ROLE} is 14400 seconds"
    shorter, longer = explanation.first.edits
    assert (shorter.place.path, shorter.old, shorter.new) == ("DurationSeconds", "20000", "14400")
    assert (longer.place.owner, longer.place.path, longer.old, longer.new) == ("account", "$.MaxSessionDuration", "14400", "20000")
    assert longer.command == "federation account update-role --role-name Portal --max-session-duration 20000"
    assert "aws iam update-role --role-name Portal --max-session-duration 20000" in longer.instruction
    assert granted(World(), mint(), duration_seconds=14_400)
    assert granted(World(max_session_duration=20_000), mint(), duration_seconds=20_000)


def test_the_life_of_a_token_is_no_matter_of_its_attributes() -> None:
    assert granted(World(), mint(login(session=timedelta(hours=1))))
