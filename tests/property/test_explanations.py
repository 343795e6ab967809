"""Whatever is sent as a SAML response, its refusal is explained: nothing else is raised, and nothing of the token is repeated at length."""

import json
from base64 import b64decode, b64encode
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation import FederationError
from federation.testing.strategies import xml_text
from tests.support.sts.saml_login import PREFIX, PROVIDER, ROLE, World, attributes, login, mint

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
GOOD = b64decode(mint())
TEXT = xml_text()


def explain(token: object, **call: Any) -> None:
    try:
        World().assume(token, **call)
    except FederationError as refused:
        explanation = refused.explanation
    else:
        return
    told = [each.as_dict() for each in (explanation.first, *explanation.later)]
    shown = json.dumps(told, ensure_ascii=False)
    assert explanation.cause
    assert all(c.isprintable() for c in shown)
    assert not (isinstance(token, str) and len(token) > 700 and token[100:700] in shown)


@quick
@given(place=st.integers(0, len(GOOD) - 1), octet=st.integers(0, 255))
def test_an_octet_that_was_changed(place: int, octet: int) -> None:
    explain(b64encode(GOOD[:place] + bytes([octet]) + GOOD[place + 1 :]).decode())


@quick
@given(token=st.text(max_size=300) | st.binary(max_size=300) | st.none() | st.integers())
def test_no_response_at_all(token: object) -> None:
    explain(token)


@quick
@given(values=st.lists(TEXT | st.sampled_from([ROLE, PROVIDER, f"{ROLE},{PROVIDER}", f"{ROLE};{PROVIDER} "]), max_size=4))
def test_whatever_the_attributes_say(values: list[str]) -> None:
    for name in ("Role", "RoleSessionName", "SessionDuration", "SourceIdentity", "TransitiveTagKeys", "PrincipalTag_Key"):
        explain(mint(login(attributes=attributes(**{name: values}))))


@quick
@given(text=TEXT, name=TEXT)
def test_whatever_the_parties_say(text: str, name: str) -> None:
    explain(mint(login(issuer=text or "x", audiences=(text,), recipient=name, destination=name)))
    explain(mint(login(attributes={f"{PREFIX}{name}": (text,)})))


@quick
@given(role=st.text(min_size=1, max_size=60), provider=st.text(min_size=1, max_size=60))
def test_whatever_the_call_names(role: str, provider: str) -> None:
    explain(mint(), role_arn=role, principal_arn=provider)
