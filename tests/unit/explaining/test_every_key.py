"""Every operator and every condition key is explained: what is missing is named."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from federation.condition_keys import SAML_KEYS, SERVICE_KEYS, Key
from federation.errors import FederationError
from federation.policy.operators import OPERATORS
from federation.policy.wildcard import fold
from federation.saml.reading.attributes import CONDITION_KEYS
from tests.support.failures.gallery import FAILURES
from tests.support.failures.logins import SIGN_IN, SamlLogin, allow_saml, policy
from tests.support.failures.model import Login
from tests.support.failures.operators import login as web_login
from tests.support.sts import callers
from tests.support.sts.callers import ROLE, account, refused, role, service, user
from tests.support.world import USER

KEYS = {key.name: key for key in (*SERVICE_KEYS, *SAML_KEYS)}
WANTED = "wanted-7"


def spelled(name: str) -> str:
    """The key by which a test asks for *name*, which may stand for a family."""
    return f"{name}team" if name.endswith("/") else name


def condition(key: Key) -> dict[str, Any]:
    operator = "ForAnyValue:StringEquals" if key.multivalued else "StringEquals"
    return {operator: {spelled(key.name): WANTED}}


def of_saml(key: Key, place: Path) -> FederationError:
    """The refusal of a SAML login by the key."""
    name = next((attribute for attribute, folded in CONDITION_KEYS.items() if fold(key.name) in folded), None)
    attributes = {} if name is None else {name: ("found-7",)}
    demanded = {**condition(key)}
    demanded.setdefault("StringEquals", {}).setdefault("saml:sub_type", "persistent")
    if fold(key.name) != "saml:aud":
        demanded["StringEquals"].setdefault("saml:aud", SIGN_IN)
    return tried(SamlLogin(trust=policy(allow_saml(demanded)), attributes=attributes), place)


def of_token(key: Key, place: Path) -> FederationError:
    """The refusal of a login with an ID token by the key."""
    [(operator, tests)] = condition(key).items()
    return tried(web_login(operator, WANTED, key=next(iter(tests))), place)


def of_caller(key: Key, _: Path) -> FederationError:
    """The refusal of AssumeRole by the key."""
    trust = callers.trusts(USER, Condition=condition(key))
    sts = service(account(users=(user(USER, callers.EVERYTHING),), roles=(role(trust=trust),)))
    return refused(sts.assume_role, caller=USER, role_arn=ROLE, role_session_name="session")


def tried(login: Login, place: Path) -> FederationError:
    login.write(place)
    with pytest.raises(FederationError) as caught:
        login.attempt(place)
    return caught.value


ASKING = {"SAML": of_saml, "OIDC": of_token, "AWS": of_caller}
"""Kind of caller to the refusal of its request by a key."""


def rows() -> Iterator[tuple[str, str]]:
    for name, key in KEYS.items():
        for caller in ("SAML", "OIDC", "AWS"):
            if caller in key.callers or not key.callers or (caller != "AWS" and "AWS" in key.callers):
                yield name, caller


@pytest.mark.parametrize(("name", "caller"), list(rows()), ids=lambda part: part)
def test_a_key_that_differs_is_told_with_both_values_and_one_that_is_absent_with_the_reason(tmp_path: Path, name: str, caller: str) -> None:
    explanation = ASKING[caller](KEYS[name], tmp_path).explanation
    told = "\n".join(
        part
        for cause in explanation.first.causes
        for part in (cause.sentence, *(text for each in cause.comparisons for text in (each.expected, each.found)))
    )
    assert fold(spelled(name)) in fold(told) or WANTED in told, told
    values = [each for cause in explanation.first.causes for each in cause.comparisons]
    assert all(each.expected == WANTED and each.found not in ("", WANTED) for each in values), values
    if values:
        assert values[0].found in told
    assert explanation.first.edits, told
    for edit in explanation.first.edits:
        assert edit.old is not None or edit.new is not None or edit.instruction
        assert "*" not in (edit.new or "")


def test_the_gallery_has_every_operator_and_every_qualifier() -> None:
    shown = {name for failure in FAILURES for each in failure.login.trust["Statement"] for name in each.get("Condition", {})}
    missing = sorted(set(OPERATORS) - {name.rpartition(":")[2].removesuffix("IfExists") for name in shown})
    assert missing == [], "give each a set-up in tests/support/failures/operators.py"
    assert any(name.endswith("IfExists") for name in shown)
    assert any(name.startswith("ForAnyValue:") for name in shown)
    assert any(name.startswith("ForAllValues:") for name in shown)


def test_every_kind_of_key_is_asked_about() -> None:
    asked = {name for name, _ in rows()}
    assert sorted(set(KEYS) - asked) == []
