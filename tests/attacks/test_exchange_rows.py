"""Attack rows that belong to the exchange: what reaches a session, under whose name and for how long (sections 6, 7, 9, 11 and 12)."""

import copy
import dataclasses
import threading
from typing import Any

import pytest
from lxml import etree

from federation.account import Account
from federation.errors import AccessDenied, FederationError, InvalidIdentityToken
from federation.sts.results import AssumedRoleSession
from federation.sts.service import SecurityTokenService
from tests.support.sts.saml_login import AT, PREFIX, PROVIDER, ROLE, World, attributes, login, mint, provider, trust
from tests.support.world import ACCOUNT

SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"


def answer(world: World, token: object, **call: Any) -> AssumedRoleSession | FederationError:
    try:
        return world.assume(token, **call)
    except FederationError as refusal:
        return refusal


def attribute(name: str, *values: str) -> etree._Element:
    element = etree.Element(f"{SAML}Attribute", Name=name)
    for value in values:
        etree.SubElement(element, f"{SAML}AttributeValue").text = value
    return element


@pytest.mark.parametrize("profile", ["strict", "aws"])
@pytest.mark.parametrize("name", ["SessionDuration", "SourceIdentity", "PrincipalTag:admin", "RoleSessionName", "Role"])
@pytest.mark.parametrize("place", ["statement beside the assertion", "statement in the assertion", "attribute in its statement"])
def test_p25_session_data_that_nobody_signed(place: str, name: str, profile: str) -> None:
    """Session data comes from signed octets alone: whatever is put beside them afterwards is refused or without effect."""

    def inject(root: etree._Element) -> None:
        statement = root.find(f".//{SAML}AttributeStatement")
        assert statement is not None
        forged = attribute(PREFIX + name, "900")
        if place == "attribute in its statement":
            statement.append(forged)
            return
        beside = etree.Element(f"{SAML}AttributeStatement")
        beside.append(forged)
        parent = root if place == "statement beside the assertion" else statement.getparent()
        assert parent is not None
        parent.append(beside)

    world = World(provider=provider(profile=profile))
    result = answer(world, mint(after_signing=inject))
    if isinstance(result, FederationError):
        assert isinstance(result, InvalidIdentityToken)
    else:
        assert result.to_dict().keys() == world.assume().to_dict().keys()
        assert result.credentials.expiration == world.assume().credentials.expiration
        assert result.assumed_role_user == world.assume().assumed_role_user


@pytest.mark.parametrize("name", ["RoleSessionName", "SourceIdentity", "SessionDuration"])
def test_t12_a_singleton_given_by_two_attributes(name: str) -> None:
    """Two Attributes of one Name are two values, and a singleton has one: neither the first nor the last wins."""

    def double(root: etree._Element) -> None:
        statement = root.find(f".//{SAML}AttributeStatement")
        assert statement is not None
        statement.append(attribute(PREFIX + name, "1800"))
        statement.append(attribute(PREFIX + name, "3600"))

    values = attributes(RoleSessionName=None)
    if name != "RoleSessionName":
        values = attributes()
    result = answer(World(), mint(login(attributes=values), before_signing=double))
    assert isinstance(result, InvalidIdentityToken)
    assert result.check == {"RoleSessionName": "role-session-name", "SourceIdentity": "source-identity"}.get(name, "session-duration")


def test_t12_roles_of_two_attributes_are_one_list() -> None:
    def double(root: etree._Element) -> None:
        statement = root.find(f".//{SAML}AttributeStatement")
        assert statement is not None
        statement.append(attribute(f"{PREFIX}Role", f"{ROLE},{PROVIDER}"))

    other = attributes(Role=[f"{ROLE}Other,{PROVIDER}"])
    World().assume(mint(login(attributes=other), before_signing=double))


@pytest.mark.parametrize("name", ["role", "ROLE", " Role", "Role ", "https://aws.amazon.com/SAML/Attributes/Role/"])
def test_t12_names_are_exact(name: str) -> None:
    values = {**attributes(Role=None), (PREFIX + name if "/" not in name else name): [f"{ROLE},{PROVIDER}"]}
    result = answer(World(), mint(login(attributes=values)))
    assert isinstance(result, InvalidIdentityToken)
    assert result.check == "role-pair"


def test_a13_attributes_named_like_condition_keys() -> None:
    values = {**attributes(), "saml:sub": ["admin"], "aws:userid": ["admin"], "aws:SourceIp": ["10.0.0.1"], "sts:ExternalId": ["x"]}
    for key in ("aws:SourceIp", "sts:ExternalId"):
        policy = trust(condition={"Null": {key: "false"}})
        assert isinstance(answer(World(trust_policy=policy), mint(login(attributes=values))), AccessDenied)
    policy = trust(condition={"StringEquals": {"saml:sub": "admin"}})
    assert isinstance(answer(World(trust_policy=policy), mint(login(attributes=values))), AccessDenied)


def test_a18_tags_need_tag_session() -> None:
    tagged = mint(login(attributes=attributes(PrincipalTag_admin=["yes"])))
    assert isinstance(answer(World(trust_policy=trust(["sts:AssumeRoleWithSAML"])), tagged), AccessDenied)


def test_a19_names_come_from_the_token_and_conditions_bind_them() -> None:
    policy = trust(condition={"StringEquals": {"sts:RoleSessionName": "${saml:sub}"}})
    named = attributes(RoleSessionName=["subject-123"])
    World(trust_policy=policy).assume(mint(login(attributes=named)))
    assert isinstance(answer(World(trust_policy=policy), mint()), AccessDenied)


def test_a21_a_session_policy_is_carried_never_merged_into_the_role() -> None:
    world = World()
    widest = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    account = world.account
    session = world.assume(policy=widest)
    issued = world.sts.session_of(session.credentials.access_key_id, session.credentials.session_token, at=AT)
    assert issued.policy == widest
    assert account.roles[ROLE].inline_policies == {}


@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("change", ["*", "?", "/", " ", "\n", "\u200b", "x"])
def test_p24_a_pair_is_exact(half: int, change: str) -> None:
    halves = [ROLE, PROVIDER]
    halves[half] = halves[half][:-1] + change
    result = answer(World(), mint(login(attributes=attributes(Role=[",".join(halves)]))))
    assert isinstance(result, InvalidIdentityToken)
    assert result.check == "role-pair"


def test_p24_another_accounts_role_of_the_same_name() -> None:
    foreign = ROLE.replace(ACCOUNT, "111122223333")
    pair = attributes(Role=[f"{foreign},{PROVIDER}"])
    assert isinstance(answer(World(), mint(login(attributes=pair))), InvalidIdentityToken)
    assert isinstance(answer(World(), mint(login(attributes=pair)), role_arn=foreign), AccessDenied)


def test_k15_a_removed_provider_proves_nothing_any_more() -> None:
    world, token = World(), mint()
    world.assume(token)
    removed = dataclasses.replace(world.account, saml_providers={})
    with pytest.raises(InvalidIdentityToken) as refused:
        SecurityTokenService(removed).assume_role_with_saml(role_arn=ROLE, principal_arn=PROVIDER, saml_assertion=token, at=AT)
    assert refused.value.check == "provider"


def test_o04_no_refusal_holds_the_token() -> None:
    token = mint(login(attributes=attributes(Role=["x"])))
    for result in (answer(World(), token), answer(World(), token[:-8]), answer(World(), token, duration_seconds=1)):
        assert isinstance(result, FederationError)
        text = f"{result} {result!r} {result.as_dict()} {result.args}"
        assert not any(token[n : n + 40] in text for n in range(0, len(token) - 40, 40))


def test_o05_one_service_serves_many_threads() -> None:
    world = World(service={"replay": None})
    sts, token = world.sts, mint()
    seen: list[object] = []

    def work() -> None:
        for _ in range(5):
            session = sts.assume_role_with_saml(role_arn=ROLE, principal_arn=PROVIDER, saml_assertion=token, at=AT)
            seen.append(session.assumed_role_user)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 30
    assert set(seen) == {world.assume().assumed_role_user}


def test_o05_an_account_cannot_be_changed() -> None:
    account = World().account
    with pytest.raises(dataclasses.FrozenInstanceError):
        account.id = "111122223333"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        SecurityTokenService(account).account = account  # type: ignore[misc]
    assert isinstance(copy.copy(account), Account)
