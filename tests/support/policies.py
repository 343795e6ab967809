"""Short ways to write policies and requests in tests."""

from typing import Any

from federation.policy import Decision, Policy, Principal, RequestContext
from tests.support.world import SAML_PROVIDER

PROVIDER = SAML_PROVIDER
SAML = "sts:AssumeRoleWithSAML"


def statement(**members: Any) -> dict[str, Any]:
    """An Allow of AssumeRoleWithSAML for PROVIDER, changed by *members*; None removes a member."""
    base = {"Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": SAML, **members}
    return {name: value for name, value in base.items() if value is not None}


def document(*statements: Any, version: str | None = "2012-10-17") -> dict[str, Any]:
    return ({"Version": version} if version else {}) | {"Statement": list(statements)}


def trust(condition: Any, **members: Any) -> Policy:
    return Policy.stored(document(statement(Condition=condition, **members)), kind="trust")


def ask(
    policy: Policy, keys: Any = None, *, principal: Principal | None = None, action: str = SAML, resource: str | None = None
) -> Decision:
    caller = Principal.federated(PROVIDER) if principal is None else principal
    return policy.evaluate(RequestContext(principal=caller, action=action, resource=resource, keys=keys or {}))


def effect(condition: Any, keys: Any = None, **members: Any) -> str:
    """The effect of a policy with one statement with *condition*."""
    return ask(trust(condition, **members), keys).effect
