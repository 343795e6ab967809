"""ScreenRow T08: whatever a token says and however wide the terminal is, no row on it begins with words of the token but for their mark."""

import base64
import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import unicodedata
from collections.abc import Callable, Iterator
from fcntl import ioctl

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from federation.cli.rendering.explanations import MOST_ROWS, print_explanation
from federation.cli.rendering.lines import FEWEST_COLUMNS, Screen
from federation.cli.rendering.plain import UNVERIFIED, aws_json, flatten, safe, unverified
from federation.cli.rendering.reports import print_verdicts
from federation.cli.rendering.results import console, facts, print_refusal
from federation.errors import InvalidIdentityToken, show
from federation.explaining.sources import Sources
from federation.explanation import Cause, Comparison, Edit, Explanation, Listing, Obstacle, Place
from federation.profiles import Profile
from federation.report import BOTH, CheckResult, Report
from federation.wrapping import cells
from tests.support.paths import REPOSITORY

VERDICT = "✓ strict accepts"
PADDED = "a" * 61 + " " + VERDICT
WIDE = "漢" * 40 + VERDICT
AMBIGUOUS = "я" * 70 + VERDICT
SEQUENCES = "❤\ufe0f1\ufe0f\u20e3" * 20 + VERDICT
INVISIBLE = "\u200b\u2060\u3164\u2800\u034f\u202e\x1b[2K\r\u2028" * 9 + VERDICT

COLUMNS = st.integers(FEWEST_COLUMNS, 200)
CHARACTERS = st.one_of(
    st.characters(),
    st.sampled_from(" ✓✗ax·:漢я❤ー\u0301\ufe0f\u20e3\u200d\u202e\u2066\u200b\u3164\t\r\n\x1b\x9b\U0001f600\U0001f1e9"),
)
CLAIM = st.one_of(st.text(CHARACTERS, max_size=300), st.integers(0, 210).map(lambda n: "a" * n + " " + VERDICT))


def rows(line: str, columns: int, width: Callable[[str], int]) -> Iterator[str]:
    """The rows in which a terminal shows *line*."""
    row, taken = "", 0
    for character in line:
        if taken + width(character) > columns:
            yield row
            row, taken = "", 0
        row, taken = row + character, taken + width(character)
    yield row


def narrow(character: str) -> int:
    """Cells on most terminals."""
    return 0 if unicodedata.category(character) in {"Mn", "Me", "Cf"} else 2 if unicodedata.east_asian_width(character) in "WF" else 1


def broad(character: str) -> int:
    """Cells on a terminal of the far east, which shows in two what Unicode calls ambiguous, and every picture."""
    return 2 if unicodedata.east_asian_width(character) == "A" or unicodedata.category(character) == "So" else narrow(character)


def printed(speak: Callable[[], object], monkeypatch: pytest.MonkeyPatch, columns: int, encoding: str = "utf-8") -> str:
    octets = io.BytesIO()
    stream = io.TextIOWrapper(octets, encoding=encoding, errors="backslashreplace")
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.setattr("sys.stderr", stream)
    speak()
    stream.flush()
    monkeypatch.undo()
    return octets.getvalue().decode(encoding)


def assert_marked(output: str, columns: int, mark: str) -> None:
    """Every row of every line bears *mark*, and none says a verdict."""
    for width in (narrow, broad):
        for line in output.splitlines():
            for row in rows(line, columns, width):
                assert row.startswith(mark.rstrip()) or not row
                assert row.strip() != VERDICT


ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@ANY
@given(st.dictionaries(CLAIM, CLAIM, max_size=4), COLUMNS, st.sampled_from(["utf-8", "latin-1", "ascii"]), st.sampled_from([0, 2]))
@example({"sub": PADDED}, 80, "utf-8", 0)
@example({"sub": WIDE}, 80, "utf-8", 0)
@example({"sub": AMBIGUOUS}, 80, "utf-8", 2)
@example({"sub": AMBIGUOUS}, 80, "ascii", 2)
@example({"sub": SEQUENCES, PADDED: "x"}, 20, "utf-8", 2)
@example({"sub": INVISIBLE}, 20, "utf-8", 2)
def test_every_row_of_a_claim_is_unverified(claims: dict[str, str], columns: int, encoding: str, indent: int) -> None:
    lines = list(unverified(claims, Screen(columns, encoding), indent=indent))

    assert_marked("\n".join(lines), columns, " " * indent + UNVERIFIED)
    said = "".join(line[indent + len(UNVERIFIED) :] for line in lines).replace(" ", "")
    screen = Screen(columns, encoding)
    assert said == "".join(screen.shown(safe(text)) for pair in flatten(claims) for text in pair).replace(" ", ""), "nothing is left out"


@ANY
@given(CLAIM, COLUMNS, st.sampled_from(["utf-8", "ascii"]))
@example(PADDED, 80, "utf-8")
@example(WIDE, 40, "utf-8")
@example(AMBIGUOUS, 40, "ascii")
def test_every_row_of_a_value_is_indented(claim: str, columns: int, encoding: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        output = printed(lambda: console().print(facts([("found", claim), (claim, "x")], indent=4)), patch, columns, encoding)

    assert_marked(output, columns, "    ")


def refusal(claim: str, *, message: str | None = None) -> InvalidIdentityToken:
    return InvalidIdentityToken(check="audience", expected="another", found=show(claim), remedy="none", message=message)


@ANY
@given(CLAIM, COLUMNS, st.sampled_from(["us", "AWS"]))
@example(PADDED, 80, "us")
@example(PADDED, 80, "AWS")
def test_every_row_of_a_refusal_is_indented(claim: str, columns: int, speaker: str) -> None:
    refused = refusal(claim, message=claim if speaker == "AWS" else None)
    report = Report("saml2-response", Profile.STRICT, (CheckResult("audience", "SAML Core", BOTH, "refused", refused),))
    with pytest.MonkeyPatch.context() as patch:
        output = printed(lambda: print_refusal(refused), patch, columns)
        told = printed(lambda: print_verdicts(report, console()), patch, columns)

    assert output.startswith("✗ refused:")
    assert told.startswith("✗ strict")
    for text in (output, told):
        assert_marked(text.partition("\n")[2], columns, "  ")


@ANY
@given(CLAIM, CLAIM, COLUMNS, st.sampled_from(["utf-8", "ascii"]), st.sampled_from([MOST_ROWS, None]))
@example(PADDED, VERDICT, 80, "utf-8", MOST_ROWS)
@example(WIDE, AMBIGUOUS, 40, "ascii", None)
@example(INVISIBLE, SEQUENCES, 20, "utf-8", MOST_ROWS)
def test_every_row_of_an_explanation_is_behind_a_label(one: str, other: str, columns: int, encoding: str, most: int | None) -> None:
    place = Place(owner="identity-provider", path=one, setting=other)
    compared = Comparison(expected=one, found=other, expected_from="policy", found_from="token")
    cause = Cause(
        check="condition",
        sentence=one,
        place=place,
        comparisons=(compared,),
        listings=(Listing(label="registered", members=(one, other), nearest=other),),
    )
    edit = Edit(place=place, instruction=one, old=other, new=one, command=other, lets_in=one)
    first = Obstacle(causes=(cause, cause), edits=(edit, edit))
    explanation = Explanation(first=first, later=(first,), aws_message=other)

    def speak() -> None:
        print_explanation(explanation, verdict="the verdict", out=console(), sources=Sources(), most=most)

    with pytest.MonkeyPatch.context() as patch:
        output = printed(speak, patch, columns, encoding)

    lines = output.splitlines()
    assert (lines[0], lines[-1]) == ("the verdict", "the verdict")
    assert most is None or columns < 80 or len(lines) <= MOST_ROWS
    assert_marked("\n".join(lines[1:-1]), columns, "  ")


def jwt(claims: dict[str, object]) -> str:
    parts = ({"alg": "RS256", "typ": "JWT"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode("ascii")).rstrip(b"=").decode("ascii") for part in parts]
    return ".".join([*encoded, "AAAA"])


VERBS = (
    ["inspect", "-"],
    ["validate", "-", "--account", "fixtures/account", "--provider", "token.actions.githubusercontent.com", "--verbose"],
    ["explain", "-", "--account", "fixtures/account", "--role-arn", "arn:aws:iam::123456789012:role/GitHubDeploy", "--verbose"],
    ["sts", "assume-role-with-web-identity", "--account", "fixtures/account", "--role-arn", "arn:aws:iam::123456789012:role/GitHubDeploy"],
)
CLAIMS = {"iss": "https://token.actions.githubusercontent.com", "aud": PADDED, "sub": PADDED, PADDED: 1, "iat": 1, "exp": 2}


@pytest.mark.parametrize("columns", [20, 80])
@pytest.mark.parametrize("verb", VERBS, ids=lambda words: words[0])
def test_no_row_on_a_terminal_is_the_tools_verdict(verb: list[str], columns: int) -> None:
    token = jwt(CLAIMS | {"sub": "a" * (columns - 1) + " " + VERDICT})
    words = [*verb, "--web-identity-token", token] if verb[0] == "sts" else verb
    shown = on_a_terminal(words, token, columns)

    assert "aaaa" in shown or verb[0] == "sts"
    for line in shown.splitlines():
        assert sum(map(broad, line)) <= columns
        assert line.strip() != VERDICT
        assert not line.startswith(("aa", "strict accepts"))


def on_a_terminal(words: list[str], token: str, columns: int) -> str:
    """What `federation` writes, both streams, on a terminal of so many columns."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    script = "from federation.cli.main import main; main()"
    environment = {**os.environ, "NO_COLOR": "1", "TERM": "xterm", "COLUMNS": "300"}  # as it was before the window became smaller
    with subprocess.Popen(
        [sys.executable, "-c", script, *words], cwd=REPOSITORY, env=environment, stdin=subprocess.PIPE, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        assert process.stdin is not None
        process.stdin.write(token.encode("ascii"))
        process.stdin.close()
        shown = b""
        try:
            while octets := os.read(ours, 65536):
                shown += octets
        except OSError:  # how Linux says that nobody writes any more
            shown += b"\n"
        process.wait(timeout=60)
    os.close(ours)
    return re.sub(r"\x1b\[[0-9;]*m", "", shown.decode("utf-8").replace("\r\n", "\n"))


def test_an_error_of_usage_is_wrapped_on_a_terminal() -> None:
    shown = on_a_terminal(["account", "init", "x", "--account-id", "a" * 70 + " strict accepts " + "b" * 80], "", 80)

    assert "Error: account-id: expected" in shown
    assert all(len(line) <= 80 and not line.startswith(("aa", "bb", "strict")) for line in shown.splitlines())


@ANY
@given(st.text(CHARACTERS, max_size=80))
@example(INVISIBLE)
def test_json_that_keeps_letters_says_the_same_and_deceives_nobody(claim: str) -> None:
    text = aws_json({"Subject": claim})

    assert json.loads(text) == {"Subject": claim}
    assert all(character == "\n" or safe(character) == character for character in text)
    assert "✓" not in text


def test_no_character_is_wider_than_it_is_counted() -> None:
    from rich.cells import cell_len  # noqa: PLC0415

    characters = map(chr, range(0x20000))  # beyond are ideographs alone
    assert [c for c in characters if max(narrow(c), broad(c), cell_len(c)) > cells(c) and safe(c) == c] == []
