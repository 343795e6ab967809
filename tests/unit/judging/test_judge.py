"""What becomes of one captured token."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from federation.account import Account, load_account
from federation.judging.capture import Capture, CaptureFault
from federation.judging.judge import Judge, Judgement, JudgingInstant, ProfileVerdict
from federation.saml.registration.provider import SamlProvider
from tests.support import oidc
from tests.support.paths import FIXTURES
from tests.support.sts import saml_login
from tests.support.sts.saml_login import AT, ROLE, World
from tests.support.world import JUDGED

SHIPPED_AT = JUDGED
ISSUER = oidc.provider()


@pytest.fixture(scope="module")
def account() -> Account:
    return replace(World().account, oidc_providers={ISSUER.arn: ISSUER})


def judged(account: Account, token: str, *, capture: dict[str, Any] | None = None, **how: Any) -> Judgement:
    judge = Judge(account, **{"instant": JudgingInstant(at=AT), **how})
    return judge.judge(Capture(id="one", token=token.encode(), **(capture or {})))


def check(judgement: Judgement) -> object:
    return None if judgement.refusal is None else judgement.refusal["check"]


def test_a_saml_response(account: Account) -> None:
    found = judged(account, saml_login.mint())
    assert (found.kind, found.provider, found.profile) == ("saml2-response", saml_login.PROVIDER, "strict")
    assert (found.accepted, found.subject, found.issuer) == (True, "subject-123", "https://idp.example.com/saml")
    assert found.verdicts == {"aws": ProfileVerdict(accepted=True), "strict": ProfileVerdict(accepted=True)}
    assert (found.refusal, found.claimed, found.at) == (None, None, "2026-11-24T12:00:30.250000Z")


def test_an_id_token(account: Account) -> None:
    found = judged(account, oidc.token(jti="t-1"))
    assert (found.kind, found.provider, found.accepted, found.token_id) == ("oidc-id-token", ISSUER.arn, True, "t-1")


def test_access_tokens_of_a_server() -> None:
    shipped = load_account(FIXTURES / "account")
    token = (FIXTURES / "oauth" / "documented.token").read_text(encoding="ascii").strip()
    found = judged(shipped, token, instant=JudgingInstant(at=SHIPPED_AT))
    assert (found.kind, found.provider, found.accepted) == ("oauth-access-token", "www.amazon.com", True)
    assert check(judged(shipped, token, instant=JudgingInstant(issued=True))) == "instant"


def test_a_refused_token_proves_nobody_and_still_says_what_it_claims(account: Account) -> None:
    found = judged(account, saml_login.mint(), instant=JudgingInstant(at=AT + timedelta(hours=1)))
    assert (found.accepted, found.subject, found.issuer) == (False, None, None)
    assert found.claimed == {"issuer": "https://idp.example.com/saml", "subject": "subject-123"}
    assert {verdict.code for verdict in found.verdicts.values()} == {"ExpiredTokenException"}


def test_the_profiles_may_disagree(account: Account) -> None:
    found = judged(account, saml_login.mint(saml_login.login(audiences=("https://elsewhere.example.com",))))
    assert (found.verdicts["aws"].accepted, found.verdicts["strict"].accepted, found.accepted) == (True, False, False)


def test_instants_the_record_goes_before_the_run(account: Account) -> None:
    late = JudgingInstant(at=AT + timedelta(days=1))
    for token in (saml_login.mint(), oidc.token()):
        assert not judged(account, token, instant=late).accepted
        assert judged(account, token, instant=late, capture={"at": AT}).accepted
        assert judged(account, token, instant=late, capture={"issued": True}).accepted
        assert judged(account, token, instant=JudgingInstant(issued=True)).accepted
        assert not judged(account, token, instant=JudgingInstant(issued=True), capture={"at": AT + timedelta(days=1)}).accepted


@pytest.mark.parametrize("iat", [None, "now", True, 10**19, -(10**18), 1e300])
def test_a_token_that_does_not_say_when(account: Account, iat: object) -> None:
    assert check(judged(account, oidc.token(iat=iat), instant=JudgingInstant(issued=True))) == "instant"


@pytest.mark.parametrize(("token", "refusing"), [("", "size"), ("eyJ.eyJ.x", "base64url"), ("<xml/>", "base64"), ("\udcff", "base64")])
def test_what_cannot_be_decoded_says_so_whatever_the_instant(account: Account, token: str, refusing: str) -> None:
    octets = token.encode("utf-8", "surrogateescape")
    for instant in (JudgingInstant(at=AT), JudgingInstant(issued=True)):
        found = Judge(account, instant=instant).judge(Capture(id="one", token=octets))
        assert (found.accepted, found.claimed) == (False, {"issuer": None, "subject": None})
        assert check(found) == refusing


def test_a_fault_of_the_capture(account: Account) -> None:
    found = Judge(account).judge(Capture(id="x", fault=CaptureFault("a file that can be read", "Permission denied")))
    assert (found.kind, found.accepted, check(found)) == (None, False, "capture")


def test_nobody_to_judge_it(account: Account) -> None:
    foreign = oidc.forge(shape="github").token(at=oidc.AT)
    found = judged(account, foreign)
    assert (found.provider, check(found), found.verdicts["aws"].check) == (None, "provider", "provider")


def test_identity_providers_registered_twice(account: Account) -> None:
    """The same entity id with another key and another audience: whichever accepts."""
    other = "arn:aws:iam::123456789012:saml-provider/Other"
    elsewhere = SamlProvider.from_metadata(saml_login.forge().metadata(), arn=other, recipients=["https://elsewhere.example.com"])
    twice = replace(account, saml_providers={other: elsewhere, **account.saml_providers})
    assert judged(twice, saml_login.mint()).provider == saml_login.PROVIDER
    refused = judged(twice, saml_login.mint(saml_login.login(recipient="https://third.example.com", destination=None)))
    assert (refused.provider, check(refused)) == (other, "recipient")


def test_a_role_is_asked(account: Account) -> None:
    granted = judged(account, saml_login.mint(), role_arn=ROLE)
    assert (granted.accepted, granted.role) == (True, {"arn": ROLE, "effect": "Allow"})
    trust = saml_login.trust(condition={"StringEquals": {"saml:sub": "somebody-else"}})
    denied = judged(World(trust_policy=trust).account, saml_login.mint(), role_arn=ROLE)
    assert (denied.accepted, denied.subject, denied.role) == (False, "subject-123", {"arn": ROLE, "effect": "ImplicitDeny"})
    assert (check(denied), denied.verdicts["strict"].accepted) == ("trust-policy", True)
    unmet = judged(account, saml_login.mint(saml_login.login(attributes=saml_login.attributes(RoleSessionName=None))), role_arn=ROLE)
    assert check(unmet) == "role-session-name"
    unknown = judged(account, oidc.token(), role_arn=f"{ROLE}X")
    assert check(unknown) == "role"


def test_a_bug_is_the_judgement_on_one_token(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> Iterator[None]:
        raise RuntimeError("secret")

    monkeypatch.setattr("federation.judging.judge.diagnose", broken)
    found = judged(account, saml_login.mint())
    assert found.is_bug
    assert "secret" not in str(found)
