"""Trust policies as public repositories hold them: a login that one of them refuses is explained, and the edit repairs it."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from federation.errors import FederationError
from federation.explaining import fixing
from federation.policy import Policy, compare, who_can
from federation.vendors import find_vendor
from tests.support.shared import manifest, needs_shared
from tests.support.sts import web_identity

POLICIES = manifest("policies/real-trust-policies.json", {"policies": []})["policies"]
AUDIENCE = "sts.amazonaws.com"

pytestmark = needs_shared


def issuers(policy: Policy) -> Iterator[str]:
    """The web identity providers that *policy* trusts, as far as they can be registered."""
    for statement in policy.statements:
        for name in sorted(statement.principal.names.get("Federated", ())) if statement.principal else ():
            if ":saml-provider/" not in name:
                yield name


def logins() -> Iterator[tuple[str, Policy, str]]:
    for row in POLICIES:
        try:
            policy = Policy.stored(row["policy"])
        except FederationError:
            continue
        for provider in dict.fromkeys(issuers(policy)):
            yield row["source"], policy, provider


@pytest.mark.parametrize(("source", "policy", "provider"), list(logins()))
def test_a_stranger_is_refused_and_the_edit_lets_him_in(source: str, policy: Policy, provider: str) -> None:
    issuer = provider.partition(":oidc-provider/")[2] or provider
    try:
        registered = web_identity.provider(f"https://{issuer}", provider, client_ids=[AUDIENCE])
    except FederationError:
        pytest.skip(f"{source}: a placeholder stands for the issuer")
    shape = find_vendor(issuer).shape
    token = web_identity.mint(f"https://{issuer}", audience=AUDIENCE, sub="stranger" if shape is None else shape.subject)

    def attempt(text: Any) -> None:
        web_identity.World(oidc=(registered,), trust_policy=Policy.stored(text)).assume(token)

    refusal = refused(lambda: attempt(policy.source_text))
    if refusal is None:
        pytest.skip(f"{source}: the policy trusts everybody")
    assert refusal.check == "trust-policy"
    assert refusal.explanation.edits
    for edit in refusal.explanation.edits if refusal.explanation.first.alternatives else ():
        if edit.changes:
            attempt(fixing.apply(json.dumps(policy.document, indent=4), edit.changes))


def refused(attempt: Callable[[], None]) -> FederationError | None:
    try:
        attempt()
    except FederationError as refusal:
        return refusal
    return None


def stored() -> Iterator[Policy]:
    for row in POLICIES:
        with suppress(FederationError):
            yield Policy.stored(row["policy"])


def test_whoever_gets_in_is_told_with_a_login() -> None:
    for policy in stored():
        found = who_can(policy)
        assert found.decided
        for admission in found.admissions:
            assert admission.login is not None
            assert all(policy.evaluate(admission.login.request.asking(action)).allowed for action in admission.login.actions)


def test_every_policy_is_equal_to_itself_and_less_with_one_statement_less() -> None:
    for policy in stored():
        assert compare(policy, policy).relation == "equal"
        statements = [each.source for each in policy.statements]
        for index, left_out in enumerate(statements):
            others = statements[:index] + statements[index + 1 :]
            if others:
                found = compare(policy, Policy.stored({**policy.document, "Statement": others})).relation
                assert found in ({"equal", "narrower"} if left_out["Effect"] == "Allow" else {"equal", "wider"})
