"""The matrix of benchmarks has every row that was promised, and says who was skipped and why."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

for needed in ("botocore", "granian"):
    pytest.importorskip(needed)
from benchmarks import __main__ as benchmarks  # noqa: E402 - it needs its peers
from benchmarks.matrix import engines, running  # noqa: E402
from benchmarks.matrix.model import Contestant, Labelled, Question, Skip, peer  # noqa: E402
from benchmarks.matrix.pages import GOALS, NAMES  # noqa: E402
from benchmarks.matrix.questions import QUESTIONS  # noqa: E402
from benchmarks.matrix.results import Cell, Table  # noqa: E402
from benchmarks.matrix.saml import refuse_forged  # noqa: E402

BY_NAME = {question.name: question for question in QUESTIONS}
SAML_PEERS = ("lxml floor", "pybergshamra", "python-xmlsec", "signxml", "JDK", "minisaml", "python3-saml", "pysaml2")
JWT_PEERS = ("PyJWT", "joserfc", "authlib", "jwcrypto", "fast-jwt", "jose")
COLUMNS = {
    "saml-size": ("5 KB", "8 KB", "24 KB", "127 KB"),
    "saml-key": ("RSA-2048", "RSA-3072", "RSA-4096", "P-256", "P-384"),
    "saml-signed": ("Response", "Assertion", "both", "encrypted"),
    "jwt": ("RS256", "PS256", "ES256", "EdDSA"),
    "policies": ("1 statement", "20 statements", "100 statements"),
    "accounts": ("1 role", "1 000 roles", "10 000 roles"),
    "server": ("AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"),
}
ROWS = {
    **dict.fromkeys(("saml-size", "saml-key", "saml-signed"), SAML_PEERS),
    "jwt": JWT_PEERS,
    "startup": ("federation --version", "federation demo", "federation validate", "federation explain"),
    "server": ("federation serve", "moto_server"),
}


def test_the_tables_are_those_of_the_page() -> None:
    assert tuple(BY_NAME) == NAMES


@pytest.mark.parametrize(("name", "columns"), COLUMNS.items())
def test_every_sample_is_a_column(name: str, columns: tuple[str, ...]) -> None:
    assert tuple(case.label for case in BY_NAME[name].cases) == columns


@pytest.mark.parametrize(("name", "rows"), ROWS.items())
def test_every_peer_is_a_row(name: str, rows: tuple[str, ...]) -> None:
    labels = [each.label for each in BY_NAME[name].contestants]
    assert [row for row in rows if not any(label.startswith(row) for label in labels)] == []


@pytest.mark.parametrize("what", ["federation.validate", "assume_role_with_"])
@pytest.mark.parametrize("name", ["saml-size", "saml-key", "saml-signed"])
def test_every_engine_is_a_row(name: str, what: str) -> None:
    labels = [each.label for each in BY_NAME[name].contestants if each.label.startswith(what)]
    assert [label.rpartition(", ")[2] for label in labels] == [f"{engine.name} engine" for engine in engines.engines()]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_base_and_chart_are_of_the_table(question: Question) -> None:
    labels = [each.label for each in question.contestants]
    assert len(labels) == len(set(labels))
    assert question.base in labels
    assert question.charted in [case.label for case in question.cases]


def test_every_goal_is_of_a_cell() -> None:
    for goal in GOALS:
        question = BY_NAME[goal.name]
        installed = goal.row.replace("fast engine", "python engine")  # the fast one is a contestant only where it is installed
        assert installed in [each.label for each in question.contestants]
        assert goal.column in [case.label for case in question.cases]


@dataclass
class Counting:
    """What is timed without a clock: a call takes *micros*."""

    micros: float
    gives_up: int = 1_000
    rounds: int = 0
    closed: bool = False

    def round(self, nanoseconds: int) -> float:
        assert nanoseconds > 0
        self.rounds += 1
        if self.rounds == self.gives_up:
            raise Skip("its process ended")
        return self.micros

    def close(self) -> None:
        self.closed = True


def question(**made: Callable[[object], Counting]) -> Question:
    contestants = tuple(Contestant(label, make) for label, make in made.items())
    cases = (Labelled("small", 1), Labelled("large", 2))
    return Question(
        name="q",
        title="Q",
        told="T.",
        cases=cases,
        prepare=lambda case: case,
        contestants=contestants,
        base="base",
        charted="small",
        rounds=4,
    )


def table(asked: Question) -> Table:
    said: list[str] = []
    found = running.measured(asked, seconds=0.001, progress=said.append)
    assert [line.partition(" (")[0] for line in said] == ["q: small", "q: large"]
    return found


def test_cells_are_compared_with_the_base_of_their_round() -> None:
    timed = [Counting(10.0), Counting(25.0)]
    found = table(question(base=lambda _: timed[0], other=lambda _: timed[1]))
    assert found.rows["base"] == (Cell(10.0, 10.0, 1.0),) * 2
    assert found.rows["other"] == (Cell(25.0, 25.0, 2.5),) * 2
    assert [(each.rounds, each.closed) for each in timed] == [(10, True)] * 2, "one round before, and four, of each column"
    assert found.skipped() == {}


def test_who_is_not_installed_is_skipped_by_name() -> None:
    found = table(question(base=lambda _: Counting(10.0), absent=lambda _: peer("no_such_library.at_all")))
    assert found.skipped() == {"absent": "no_such_library is not installed"}
    assert list(found.measured()) == ["base"]


def test_a_sample_that_a_peer_cannot_judge_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    def refusing(case: object) -> Counting:
        if isinstance(case, Labelled) and case.number == 2:
            raise ValueError("no such\nalgorithm")
        return Counting(20.0)

    found = table(question(base=lambda _: Counting(10.0), other=refusing))
    assert found.skipped() == {"other (large)": "refuses the sample (ValueError)"}
    assert found.cell("other", "small") == Cell(20.0, 20.0, 2.0)
    assert "ValueError: no such algorithm" in capsys.readouterr().err


def test_who_gives_up_in_a_round_is_skipped_and_closed() -> None:
    ending = Counting(10.0, gives_up=3)
    found = table(question(base=lambda _: Counting(10.0), other=lambda case: ending if case.label == "small" else Counting(5.0)))  # type: ignore[attr-defined]
    assert found.skipped() == {"other (small)": "its process ended"}
    assert ending.closed


def test_what_is_ours_must_be_measured() -> None:
    asked = question(base=lambda _: Counting(10.0))
    broken = Contestant("ours", lambda _: peer("no_such_library").x, ours=True)
    failing = Contestant("ours", lambda _: running.InProcess(lambda: 1 // 0), ours=True)
    assert table(with_row(asked, broken)).skipped() == {"ours": "no_such_library is not installed"}
    with pytest.raises(ZeroDivisionError):
        table(with_row(asked, failing))


def with_row(asked: Question, row: Contestant) -> Question:
    return Question(**{name: getattr(asked, name) for name in asked.__dataclass_fields__} | {"contestants": (*asked.contestants, row)})


def test_who_accepts_a_forged_token_is_not_timed() -> None:
    with pytest.raises(Skip, match="accepts a forged token"):
        refuse_forged(lambda token: token, ("forged",))

    def judge(token: str) -> object:
        raise ValueError(token)

    refuse_forged(judge, ("forged",))


def test_an_unknown_table_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        benchmarks.main(["sml"])
    assert "no such table: sml" in capsys.readouterr().err
