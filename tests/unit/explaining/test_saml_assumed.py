"""After the first refusal the rest is still judged, so that one round repairs everything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from federation.errors import IDPRejectedClaim
from federation.state import MemoryReplayCache
from federation.testing import SigningKey, to_base64
from tests.support.explaining import edit_of, explained, granted, refusal
from tests.support.sts import saml_login
from tests.support.sts.saml_login import PROVIDER, ROLE, World, attributes, login, mint, trust

PRESENTED_ELSEWHERE = trust(condition={"StringEquals": {"saml:aud": "https://other.example.com"}})


def later(explanation: Any) -> list[str]:
    return [each.causes[0].check for each in explanation.later]


def test_several_faults_of_one_response_are_told_at_once() -> None:
    world = World(trust_policy=PRESENTED_ELSEWHERE)
    sent = attributes(Role=(f"{ROLE}, {PROVIDER}",))
    token = mint(login(issuer="https://idp.example.com/saml/", response_issuer=None, attributes=sent))
    explanation = explained(world, token, check="issuer")
    assert later(explanation) == ["role-pair", "condition"]
    assert len(explanation.edits) > 2


@pytest.mark.parametrize(
    ("check", "how"),
    [
        ("signature-algorithm", {"signing": saml_login.forge().signing(algorithm="rsa-sha1", digest="sha1")}),
        ("response-issuer", {"made": login(response_issuer="https://proxy.example.com")}),
    ],
)
def test_the_trust_policy_is_asked_after_what_the_strict_profile_alone_refuses(check: str, how: dict[str, Any]) -> None:
    world = World(trust_policy=PRESENTED_ELSEWHERE)
    explanation = explained(world, mint(how.pop("made", None), **how), check=check)
    assert later(explanation)[-1] == "condition"


def test_a_signed_response_is_judged_on_where_its_assertion_must_be_signed() -> None:
    world = World(provider=saml_login.provider(profile="aws"), trust_policy=PRESENTED_ELSEWHERE)
    assert later(explained(world, mint(sign="response"), check="signature-missing")) == ["condition"]
    assert later(explained(world, mint(sign=None), check="signature-missing")) == []


def test_an_assertion_in_the_clear_is_judged_on() -> None:
    key = SigningKey.generate("rsa-2048", common_name="ours", at=datetime(2026, 1, 1, tzinfo=UTC))
    provider = saml_login.provider(decryption_keys=pem(key), encryption="required")
    explanation = explained(World(provider=provider, trust_policy=PRESENTED_ELSEWHERE), mint(), check="encryption")
    assert later(explanation) == ["condition"]


def pem(key: SigningKey) -> bytes:
    return key.private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def test_a_key_of_another_kind_is_judged_on_as_unverified() -> None:
    forge = replace(saml_login.forge(), key=SigningKey.generate("p256", common_name="new", at=datetime(2026, 1, 1, tzinfo=UTC)))
    token = to_base64(forge.response(login(), sign="assertion"))
    explanation = explained(World(trust_policy=PRESENTED_ELSEWHERE), token, check="signature-algorithm")
    assert later(explanation) == ["condition"]


def test_nothing_is_granted_by_an_explanation() -> None:
    world = World(service={"replay": MemoryReplayCache()})
    token = mint()
    assert refusal(world, mint(login(audiences=("urn:other",)))).explanation.first.edits
    assert granted(world, token)


def test_a_second_use_is_told_with_the_rule_of_aws() -> None:
    sts = World(service={"replay": MemoryReplayCache()}).sts
    call: dict[str, Any] = {"role_arn": ROLE, "principal_arn": PROVIDER, "saml_assertion": mint(), "at": saml_login.AT}
    sts.assume_role_with_saml(**call)
    with pytest.raises(IDPRejectedClaim) as caught:
        sts.assume_role_with_saml(**{**call, "at": saml_login.AT + timedelta(seconds=1)})
    explanation = caught.value.explanation
    assert "AWS takes a token until it ends, this service takes it once" in explanation.cause
    assert edit_of(explanation, "token").instruction == "Sign in again, and send the new token."
    edit = edit_of(explanation, "account")
    assert (edit.place.file, edit.place.path, edit.old, edit.new) == ("account.toml", "replay", "once", "as-aws")
