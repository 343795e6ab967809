"""What refuses first, what would refuse later, and what AWS would accept: found by judging the login again."""

import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

import federation
from federation import FederationError, OidcProvider
from federation.errors import InvalidIdentityToken
from federation.explaining import engine
from federation.explaining.situation import Row, Situation
from federation.explanation import Obstacle
from federation.validators import diagnose, validate
from tests.support import oidc, repairs
from tests.support.sts import saml_login

LATE = timedelta(hours=3)


def refused(token: object, provider: OidcProvider, *, after: timedelta = timedelta()) -> FederationError:
    with pytest.raises(FederationError) as caught:
        validate(token, provider, at=oidc.AT + after)
    return caught.value


def test_what_would_refuse_later_is_found_in_order() -> None:
    explanation = refused(oidc.token(aud="other", token_use="access"), oidc.provider(), after=LATE).explanation
    assert explanation.first.causes[0].check == "exp"
    assert [each.causes[0].check for each in explanation.later] == ["audience", "token-use"]


def test_a_check_that_is_met_by_nothing_ends_the_list() -> None:
    explanation = refused(oidc.token(aud="other")[:-8] + "AAAAAAAA", oidc.provider()).explanation
    assert (explanation.first.causes[0].check, explanation.later) == ("signature", ())


def test_what_the_strict_profile_alone_refuses_is_said() -> None:
    times = diagnose(saml_login.mint(), saml_login.provider(audiences=["urn:other"]), at=saml_login.AT)
    assert times.refusal() is not None
    assert times.explanation is not None
    assert times.explanation.aws_accepts
    assert times.cause == times.explanation.cause


def test_a_refusal_of_which_nobody_asked_anything_is_explained_by_its_words() -> None:
    refusal = InvalidIdentityToken(check="audience", expected="a", found="b", remedy="do c")
    assert refusal.cause == "expected a, found b"
    assert [edit.instruction for edit in refusal.edits] == ["do c"]


def test_the_question_is_not_shown() -> None:
    token = oidc.token(aud="other")
    refusal = refused(token, oidc.provider())
    assert token not in repr(refusal.question) + repr(refusal) + str(refusal.__dict__)


def test_a_bug_of_an_explainer_does_not_hide_the_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Situation) -> Obstacle:
        raise KeyError

    monkeypatch.setattr(engine, "OF_KIND", {"oidc-id-token": {"audience": Row(broken)}})
    refusal = refused(oidc.token(aud="other"), oidc.provider())
    assert engine.explain(refusal).cause == f"expected {refusal.expected}, found {refusal.found}"
    with pytest.raises(KeyError):
        engine.explanation_of(refusal)


def test_the_package_installs_the_engine_that_raises_nothing() -> None:
    script = "import federation; from federation import explanation; print(explanation._engine[0].__module__)"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60).stdout
    assert shown == "federation\n"
    assert federation.explain is engine.explain


def test_a_token_is_not_judged_again_for_another_trust_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    trust = repairs.statement(repairs.equals("repo:acme/app:ref:refs/heads/dev"))
    with pytest.raises(FederationError) as caught:
        repairs.WebLogin(statements=(trust,), call={"duration_seconds": 43_200}).attempt()
    judged: list[object] = []

    def counted(token: Any, provider: Any, *, at: Any) -> Any:
        judged.append(provider)
        return validate(token, provider, at=at)

    monkeypatch.setattr("federation.sts.operations.assume_role_with_web_identity.validate", counted)
    explanation = engine.explanation_of(caught.value)
    assert [each.causes[0].check for each in explanation.later] == ["duration"]
    assert len(judged) == 1
