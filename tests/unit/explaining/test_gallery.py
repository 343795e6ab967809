"""The set-ups of docs/failures.md: each is refused as AWS refuses it, explained by its true cause, and repaired by its own edit."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from federation.errors import AccessDenied, FederationError
from federation.explanation import Explanation
from tests.support.failures.following import follow
from tests.support.failures.gallery import FAILURES
from tests.support.failures.logins import SamlLogin, as_sent
from tests.support.failures.model import Failure, Login

LONGEST_NAME = 64
"""Characters of a word that is sent in place of a token and can be told."""
BY_NAME = {failure.name: failure for failure in FAILURES}
Refusal = Callable[[Failure], FederationError]
SOME = 3
"""One of so many set-ups is repaired and logged in by `make test`, and all by `make wide`."""
each_failure = pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.name)


def refused(login: Login, directory: Path) -> FederationError:
    login.write(directory)
    with pytest.raises(FederationError) as caught:
        login.attempt(directory)
    return caught.value


@pytest.fixture(scope="module")
def refusal_of(tmp_path_factory: pytest.TempPathFactory) -> Refusal:
    """The refusal of a set-up, which the tests ask for once."""

    @cache
    def of(name: str) -> FederationError:
        return refused(BY_NAME[name].login, tmp_path_factory.mktemp(name) / "account")

    return lambda failure: of(failure.name)


def causes(explanation: Explanation) -> str:
    return "\n".join(json.dumps(each.as_dict(), ensure_ascii=False) for each in explanation.first.causes)


def test_the_gallery_is_large_and_names_each_set_up_once() -> None:
    names = Counter(failure.name for failure in FAILURES)
    assert [name for name, count in names.items() if count > 1] == []
    titles = Counter((failure.seen, failure.title) for failure in FAILURES)
    assert [title for title, count in titles.items() if count > 1] == []


@each_failure
def test_a_set_up_is_refused_as_it_says(failure: Failure, refusal_of: Refusal) -> None:
    refusal = refusal_of(failure)
    assert (refusal.check, refusal.code) == (failure.check, failure.code)
    assert refusal.explanation.aws_message == failure.seen


@each_failure
def test_the_explanation_names_cause_and_edit(failure: Failure, refusal_of: Refusal) -> None:
    explanation = refusal_of(failure).explanation
    told = causes(explanation)
    assert [words for words in failure.cause if json.dumps(words, ensure_ascii=False)[1:-1] not in told] == [], told
    edit = explanation.first.edits[0]
    assert edit.place.owner == failure.owner, edit
    assert failure.old is None or failure.old in (edit.old or ""), edit
    assert failure.new is None or failure.new in (edit.new or ""), edit


@pytest.mark.parametrize(
    "failure",
    [pytest.param(failure, marks=[pytest.mark.wide] if number % SOME else [], id=failure.name) for number, failure in enumerate(FAILURES)],
)
def test_the_edit_lets_in_the_login_and_no_foreign_one(failure: Failure, refusal_of: Refusal, tmp_path: Path) -> None:
    refusal = refusal_of(failure)
    repaired = follow(refusal.explanation.first, failure.login, failure.chosen)
    repaired.write(tmp_path / "repaired")
    repaired.attempt(tmp_path / "repaired")
    for change in failure.foreign:
        foreign = refused(replace(repaired, **change), tmp_path / f"foreign-{failure.foreign.index(change)}")
        assert isinstance(foreign, AccessDenied)
        assert foreign.check == "trust-policy"


@each_failure
def test_nothing_is_told_as_next_that_the_first_edit_mends(failure: Failure, refusal_of: Refusal) -> None:
    """Every login of the gallery succeeds after its first edit: nothing is left to refuse."""
    later = refusal_of(failure).explanation.later
    assert later == (), [cause.sentence for each in later for cause in each.causes]


@each_failure
def test_an_explanation_holds_no_token(failure: Failure, refusal_of: Refusal) -> None:
    told = json.dumps(refusal_of(failure).explanation.as_dict())
    for token in (failure.login.token(), replace(failure.login, sent=as_sent).token()):
        pieces = (token, token.rpartition(".")[2], token[-64:], token[:64])
        assert [piece for piece in pieces if len(piece) > LONGEST_NAME and piece in told] == []


def test_one_round_tells_every_party_that_a_response_names_wrongly(tmp_path: Path) -> None:
    said = {"audiences": ("https://sp.example.com",), "recipient": "https://sp.example.com/acs"}
    explanation = refused(SamlLogin(said=said), tmp_path).explanation
    checks = [obstacle.causes[0].check for obstacle in (explanation.first, *explanation.later)]
    assert checks[:2] == ["sp-name-qualifier", "recipient"]
