"""The public strategies keep their promises: this project's verifier and evaluator give the verdicts that they name."""

import json
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

import federation
from federation import FederationError
from federation.account import add_role, add_saml_provider
from federation.account.live import LiveAccount
from federation.policy import Policy, Principal, RequestContext
from federation.sts.service import SecurityTokenService
from federation.testing import Login, to_base64
from federation.testing import strategies as public
from federation.testing.names import AWS_ATTRIBUTES
from tests.support import oidc, saml
from tests.support.world import ACCOUNT, GITHUB

quick = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
FORGE = oidc.forge()
AUDIENCE = oidc.CLIENT
KEYS = {f"{GITHUB}:aud": "sts.amazonaws.com", f"{GITHUB}:sub": "repo:acme/app:ref:refs/heads/main", f"{GITHUB}:actor": "a*?${x}"}
PROVIDER = f"arn:aws:iam::123456789012:oidc-provider/{GITHUB}"
ACTION = "sts:AssumeRoleWithWebIdentity"


def refused_by(token: object, provider: Any, at: Any) -> str | None:
    try:
        federation.validate(token, provider, at=at)
    except FederationError as refusal:
        return refusal.check
    return None


@settings(max_examples=25)
@given(public.xml_text())
def test_xml_holds_the_text(text: str) -> None:
    element = etree.Element("a", {"b": text})
    element.text = text
    again = etree.fromstring(etree.tostring(element))
    assert (again.text or "", again.get("b")) == (text, text)


@settings(max_examples=25)
@given(public.json_values())
def test_json_values_come_back(value: Any) -> None:
    assert json.loads(json.dumps(value, allow_nan=False)) == value


@quick
@given(st.data(), st.sampled_from(("okta", "entra", "keycloak")))
def test_logins_are_accepted(data: st.DataObject, shape: str) -> None:
    login = data.draw(public.logins(at=saml.AT, role=saml.ROLE, provider=saml.ARN))
    token = to_base64(saml.forge(shape=shape).response(login))
    identity = federation.validate(token, saml.provider(), at=saml.AT + timedelta(seconds=30))
    assert identity.subject == login.subject


@cache
def permissive() -> SecurityTokenService:
    """STS of an account whose role trusts the identity provider of these tests, session tags and source identities included."""
    live = LiveAccount.in_memory(ACCOUNT)
    actions = ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"]
    statement = {"Effect": "Allow", "Principal": {"Federated": saml.ARN}, "Action": actions}
    with live.changing() as draft:
        add_saml_provider(draft, name=saml.ARN.rpartition("/")[2], metadata=saml.forge(shape="okta").metadata())
        add_role(draft, name=saml.ROLE.rpartition("/")[2], trust_policy=json.dumps({"Version": "2012-10-17", "Statement": statement}))
    return SecurityTokenService(live.account, replay=None)


@quick
@given(public.logins(at=saml.AT, role=saml.ROLE, provider=saml.ARN))
def test_logins_get_the_role_that_they_ask_for(login: Login) -> None:
    token = to_base64(saml.forge(shape="okta").response(login))
    at = saml.AT + timedelta(seconds=30)
    session = permissive().assume_role_with_saml(role_arn=saml.ROLE, principal_arn=saml.ARN, saml_assertion=token, at=at)
    assert session.assumed_role_user.arn.endswith(f"/{login.attributes[f'{AWS_ATTRIBUTES}RoleSessionName'][0]}")


@quick
@given(public.claim_sets(FORGE, at=oidc.AT, audience=AUDIENCE))
def test_claims_are_valid_or_have_the_fault_that_is_named(claim_set: public.ClaimSet) -> None:
    assert refused_by(claim_set.signed_by(FORGE), FORGE.provider(client_ids=(AUDIENCE,)), oidc.AT) == claim_set.fault


@pytest.mark.parametrize("fault", public.FAULTS)
def test_every_fault_is_found_by_its_check(fault: Any) -> None:
    @settings(quick, max_examples=5)
    @given(public.faulty_claim_sets(FORGE, at=oidc.AT, audience=AUDIENCE, faults=[fault]))
    def check(claim_set: public.ClaimSet) -> None:
        provider = FORGE.provider(client_ids=(AUDIENCE,), clock_skew=600)
        assert refused_by(claim_set.signed_by(FORGE), provider, oidc.AT) == fault == claim_set.fault

    check()


@pytest.mark.parametrize("faults", [[], ["nonsense"]])
def test_unknown_faults_are_refused(faults: Any) -> None:
    with pytest.raises(ValueError, match="faults must be some of issuer, "):
        public.faulty_claim_sets(FORGE, at=oidc.AT, audience=AUDIENCE, faults=faults)


@quick
@given(st.data(), st.sampled_from((0, 60, 600)), st.sampled_from((None, timedelta(minutes=5), timedelta(seconds=20))))
def test_instants_around_the_boundaries_of_a_response(data: st.DataObject, skew: int, max_age: Any) -> None:
    login = saml.good_login(not_before=timedelta(seconds=30), session=timedelta(minutes=2), at=saml.AT + timedelta(milliseconds=500))
    token = to_base64(saml.forge(shape="okta").response(login))
    provider = saml.provider(clock_skew=skew, max_age=max_age)
    instant = data.draw(public.instants(token, provider))
    assert (refused_by(token, provider, instant.at) is None) is instant.valid, instant


@quick
@given(st.data(), st.sampled_from((0, 60, 600)), st.sampled_from(({}, {"nbf": oidc.NOW + 90})))
def test_instants_around_the_boundaries_of_an_id_token(data: st.DataObject, skew: int, times: dict[str, int]) -> None:
    token = oidc.token(**times)
    provider = FORGE.provider(client_ids=(AUDIENCE,), clock_skew=skew)
    instant = data.draw(public.instants(token, provider))
    assert (refused_by(token, provider, instant.at) is None) is instant.valid, instant


def effect(document: Any) -> str:
    request = RequestContext(principal=Principal.federated(PROVIDER), action=ACTION, keys=KEYS)
    return Policy.stored(document, kind="trust").evaluate(request).effect


@quick
@given(public.trust_policies(PROVIDER, KEYS, action=ACTION))
def test_fitting_policies_allow(document: Any) -> None:
    assert effect(document) == "Allow"


@quick
@given(public.refusing_trust_policies(PROVIDER, KEYS, action=ACTION))
def test_mismatching_policies_refuse_by_the_key_that_is_named(mismatch: public.UnmetPolicy) -> None:
    assert effect(mismatch.document) == "ImplicitDeny"
    for block in mismatch.document["Statement"][0]["Condition"].values():
        block.pop(mismatch.key, None)
    conditions = {name: block for name, block in mismatch.document["Statement"][0]["Condition"].items() if block}
    without = {**mismatch.document["Statement"][0], "Condition": conditions}
    assert (
        Policy.stored({"Version": "2012-10-17", "Statement": [without]}, kind="trust")
        .evaluate(RequestContext(principal=Principal.federated(PROVIDER), action=ACTION, keys=KEYS))
        .allowed
    )


@quick
@given(public.mutated(saml.respond()) | public.mutated(oidc.token(), jwks=FORGE.jwks()))
def test_mutated_tokens_are_refused(mutation: Any) -> None:
    provider = FORGE.provider(client_ids=(AUDIENCE,)) if mutation.token.count(".") else saml.provider()
    assert refused_by(mutation.token, provider, saml.AT)


@quick
@given(public.damaged(oidc.token()))
def test_damaged_tokens_are_refused(token: str) -> None:
    assert refused_by(token, FORGE.provider(client_ids=(AUDIENCE,)), oidc.AT)
