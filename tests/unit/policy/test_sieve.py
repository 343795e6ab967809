"""Many patterns against many texts: read together they say what each pair says alone, and a slow, obvious matcher says the same."""

import random
import re

import pytest

from federation.policy import operands
from federation.policy.operands import Beyond, Equals, Networks, Patterns, RequestValues
from federation.policy.values import ArnPattern, read_arn
from federation.policy.wildcard import Chunk, Pattern, Piece, Places, fold, units
from tests.support.policy_twin import arn_like, like


def words(rng: random.Random, alphabet: str, longest: int, number: int) -> list[str]:
    return ["".join(rng.choices(alphabet, k=rng.randint(0, longest))) for _ in range(number)]


def expression(pattern: str) -> str:
    return re.escape(units(pattern)).replace(r"\*", ".*").replace(r"\?", ".")


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sieve from the first comparison on."""
    monkeypatch.setattr(operands, "_WORTH", -1)


@pytest.mark.parametrize("seed", range(12))
def test_patterns_one_by_one(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - a sample, no secret
    texts = [units(text) for text in words(rng, "ab\u00e9\U00010400"[: rng.randint(2, 4)], 8, 25)]
    for pattern in words(rng, "ab**??\u00e9", 7, 25):
        compiled = Pattern.read(pattern)
        assert [compiled.matches(text) for text in texts] == [like(pattern, text) for text in texts]
        assert [compiled.matches(text, Places(text)) for text in texts] == [like(pattern, text) for text in texts]


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(("number", "longest"), [(1, 5), (7, 12), (40, 9), (12, 40)])
def test_patterns_together(seed: int, number: int, longest: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - a sample, no secret
    texts = tuple(words(rng, "abc"[: rng.randint(1, 3)], longest, number))
    patterns = words(rng, "abc**?", rng.choice([2, 4, 7]), rng.choice([1, 3, 30]))
    told = Patterns.of([Pattern.read(each) for each in patterns]).matching(RequestValues(texts, units))
    assert list(told) == [any(like(pattern, text) for pattern in patterns) for text in texts]


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("seed", range(8))
def test_arns_together(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - a sample, no secret
    texts = (*(":".join(["arn", *words(rng, "ab", 3, 5)]) for _ in range(30)), "no-arn", "arn:aws", "", "xrn:a:b:a:b:a")
    patterns = [":".join(["arn", *words(rng, "ab***?", 3, 5)]) for _ in range(20)]
    whole = Patterns.of([pattern for each in patterns if (pattern := ArnPattern.of((Piece(each),))) is not None])
    values = RequestValues(texts, read_arn)
    told = list(whole.matching(values))
    for text, value, matched in zip(texts, values.read, told, strict=True):
        if value is not None:
            assert matched is any(arn_like(each.split(":", 5), text.split(":", 5)) for each in patterns)
            assert whole.matches(value) is matched
    assert values.read[-4:] == (None, None, None, None)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("length", [255, 256, 257, 300])
def test_long_patterns_together(length: int) -> None:
    """Patterns too long for a sieve are asked one by one, and what the sieve has found stays found."""
    rng = random.Random(length)  # noqa: S311 - a sample, no secret
    text = "".join(rng.choices("ab", k=length))
    beyond = "\U00010400" * (length // 2) + "a" * (length % 2)
    texts = (text, text[:-1], text + "a", "ab", beyond, "b" + text[1:] if text[0] == "a" else "a" + text[1:])
    for patterns in ([text + "*"], [text[:-1] + "?"], [f"{beyond}*"], ["a*", "b" * length + "*"], [text + "*", beyond + "*", "?b"], [text]):
        told = Patterns.of([Pattern.read(each) for each in patterns]).matching(RequestValues(texts, units))
        assert list(told) == [any(re.fullmatch(expression(pattern), units(each)) is not None for pattern in patterns) for each in texts]


@pytest.mark.usefixtures("always")
def test_long_patterns_of_arns_pass_over_what_is_no_arn() -> None:
    long = "arn:aws:s3:::" + "b" * 300
    texts = (long + "/x", "b" * 400, long, "arn:aws:s3:::a", "x")
    compiled = [ArnPattern.of((Piece(each),)) for each in (long + "/*", "arn:*:s3:::a")]
    told = list(Patterns.of([each for each in compiled if each is not None]).matching(RequestValues(texts, read_arn)))
    assert [told[n] for n in (0, 2, 3)] == [True, False, True]


@pytest.mark.parametrize("text", ["", "a", "abcabc", "abcdefghijklmnopqrstuvwxyz" * 3, "\u4e00b\u4e00\x01\u0100" * 4, "a" * 17])
def test_places(text: str) -> None:
    places = Places(text)
    for char in [*dict.fromkeys(text), "!", "\u4e01", "\x00", "\ud800"]:
        assert places.of(char) == places.of(char) == sum(1 << at for at, each in enumerate(text) if each == char)


@pytest.mark.parametrize("seed", range(10))
def test_the_first_place_of_a_chunk(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - a sample, no secret
    text = "".join(rng.choices("ab", k=9))
    for form in ["?", "a?", "?a", "a?b", "??", "ab", "?b?", "a??b"]:
        chunk = Pattern.read(form).chunks[0]
        for start in range(10):
            for end in range(start, 10):
                expected = next((at for at in range(start, end - len(form) + 1) if like(form, text[at : at + len(form)])), -1)
                assert chunk.find(text, start, end, Places(text)) == expected


def test_runs_of_a_chunk() -> None:
    assert Chunk.of("ab", frozenset()).runs == ((0, "ab"),)
    assert Chunk.of("a\0b", frozenset({1})).runs == ((0, "a"), (2, "b"))
    assert Chunk.of("\0\0", frozenset({0, 1})).runs == ()


def test_what_a_pattern_knows_of_itself() -> None:
    for text, exact, shortest in (
        ("", "", 0),
        ("ab", "ab", 2),
        ("a?", None, 2),
        ("a*b", None, 2),
        ("**", None, 0),
        ("\U00010400", None, 2),
    ):
        found = Pattern.read(text)
        assert (found.exact, found.shortest) == (units(text) if text.startswith("\U00010400") else exact, shortest)
    mixed = Pattern.of(Piece("a?"), Piece("*?", literal=True), Piece("*b"))
    assert [mixed.matches(text) for text in ("ax*?b", "ax*?zzb", "axyzb", "a*?b")] == [True, True, False, False]


def test_folding_changes_ascii_letters_alone() -> None:
    assert fold("AZaz@[`{09") == "azaz@[`{09"
    assert fold("\u00c9AMYZ@[\u212a") == "\u00c9amyz@[\u212a"
    for text in ("", "abc", "\u00e9\uffff", "\ud800"):
        assert units(text) == text
    assert units("aaa\U00010400\u00e9") == "aaa\ud801\udc00\u00e9"
    assert units("\ufeffa\U00010000") == "\ufeffa\ud800\udc00"


def test_a_sieve_is_built_once_it_pays() -> None:
    values = RequestValues(("a" * 100,) * 20, units)
    assert values.sieve(1) is None
    assert values.sieve(1_000_000) is not None
    assert values.sieve(1) is values.sieve(1)
    assert RequestValues(("a" * 8,), units).sieve((1 << 20) // 33) is None
    assert RequestValues(("a" * 8,), units).sieve((1 << 20) // 33 + 1) is not None


def test_order_equality_and_networks_say_the_same_of_one_and_of_many() -> None:
    read = {"1": 1, "5": 5, "x": None, "9": 9}
    values = RequestValues(tuple(read), read.__getitem__)
    less = Beyond(5, lambda one, other: one < other)
    assert [bool(each) for each in less.matching(values)] == [True, False, False, False]
    assert not any(Beyond(None, lambda _one, _other: True).matching(values))
    assert list(Equals(frozenset({5})).matching(values)) == [False, True, False, False]
    nothing = Networks.of([])
    assert not any(nothing.matching(RequestValues(("x",), lambda _: None)))
