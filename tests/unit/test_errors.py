"""The taxonomy: codes and statuses of the wire, one line of text, nothing foreign that could act on a terminal or fill a log."""

import json
from typing import get_args

import pytest
from botocore.session import get_session  # type: ignore[import-untyped]

from federation import errors
from federation.errors import AccountFault, AccountFaults, FederationError, InvalidIdentityToken, MalformedPolicyDocument, printable, show

CLASSES = FederationError.__subclasses__()
IN_THE_MODEL = {
    shape.metadata.get("error", {}).get("code", name): shape.metadata.get("error", {}).get("httpStatusCode")
    for model in [get_session().get_service_model("sts")]
    for name in model.shape_names
    for shape in [model.shape_for(name)]
    if shape.metadata.get("exception")
}


@pytest.mark.parametrize("code", IN_THE_MODEL)
def test_every_error_of_the_service_model_is_here_with_its_status(code: str) -> None:
    [found] = [found for found in CLASSES if found.code == code]

    assert found.http_status == IN_THE_MODEL[code]


def test_codes_are_told_apart_and_documented() -> None:
    assert len({found.code for found in CLASSES}) == len(CLASSES)
    assert all(found.__doc__ for found in CLASSES)


def test_every_code_is_in_the_literal_and_no_other() -> None:
    """`ErrorCode` is what type checkers and users see; the classes are what is raised."""
    classes, pending = set[type[FederationError]](), [FederationError]
    while pending:
        classes.add(each := pending.pop())
        pending += [child for child in each.__subclasses__() if child.__module__.startswith("federation.")]

    assert {found.code for found in classes} == set(get_args(errors.ErrorCode))
    assert list(get_args(errors.ErrorCode)) == sorted(get_args(errors.ErrorCode))


def test_an_error_is_one_line_and_plain_data() -> None:
    refusal = InvalidIdentityToken(check="audience", expected="ours", found=show("theirs\n"), remedy="ask", message="AWS says")

    assert str(refusal) == r"InvalidIdentityToken: audience: expected ours, found `theirs\n`; ask"
    assert json.loads(json.dumps(refusal.as_dict())) == {
        "code": "InvalidIdentityToken",
        "http_status": 400,
        "check": "audience",
        "expected": "ours",
        "found": r"`theirs\n`",
        "remedy": "ask",
        "message": "AWS says",
    }


def test_without_a_text_of_aws_the_message_is_the_summary() -> None:
    refusal = InvalidIdentityToken(check="audience", expected="ours", found="theirs", remedy="ask")

    assert refusal.message == "audience: expected ours, found theirs"
    assert repr(refusal) == "<InvalidIdentityToken audience>"


def test_errors_that_have_a_place_say_it() -> None:
    policy = MalformedPolicyDocument(path="$.Statement[0]", expected="x", found="y", remedy="z")
    fault = AccountFault(file="roles/A.json", path="$.Tags", expected="x", found="y", remedy="z")
    faults = AccountFaults((fault, fault))

    assert (policy.as_dict()["path"], fault.as_dict()["file"], fault.as_dict()["path"]) == ("$.Statement[0]", "roles/A.json", "$.Tags")
    assert "at $.Statement[0]:" in str(policy)
    assert str(faults) == f"{fault} (and 1 more)"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("plain é", "`plain é`"),
        ("a\x1b[2J\r\n\x00", r"`a\x1b[2J\r\n\x00`"),
        ("\u202egnp.exe\u200b", r"`\u202egnp.exe\u200b`"),
        ("\ud800", r"`\ud800`"),
        (7, "`7`"),
        (True, "`True`"),
        (None, "`None`"),
        (b"octets", "`bytes`"),
        (["list"], "`list`"),
        (1 << 10_000, "an integer of 10001 bits"),
        ("x" * 161, f"`{'x' * 160}`… (161 characters)"),
    ],
)
def test_show(value: object, shown: str) -> None:
    assert show(value) == shown


@pytest.mark.parametrize("size", [0, 1, 160, 100_000])
def test_what_is_shown_is_bounded(size: int) -> None:
    assert len(show("\U000e0001" * size)) <= errors.MAX_SHOWN * len(r"\U000e0001") + 40


def test_printable_leaves_nothing_that_acts_on_a_terminal() -> None:
    everything = "".join(map(chr, (*range(0x3000), *range(0xD800, 0xE000), *range(0xE0000, 0xE0080))))

    assert printable(everything).isprintable()
    assert printable("as it is") == "as it is"


@pytest.mark.parametrize("character", "\u034f\u115f\u1160\u2800\u3164\uffa0\ufe0f\U000e0100✓✔✗✘✅❌☑🗸🗹")
def test_printable_escapes_what_shows_nothing_and_what_looks_like_a_verdict(character: str) -> None:
    assert printable(f"a{character}b") == f"a{character.encode('unicode_escape').decode('ascii')}b"
