"""A text of AWS that is called recorded is in a recorded answer, and a recorded answer has no text that the home lacks."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import pytest

from federation import aws_texts
from tests.support.shared import needs_shared, shared_path
from tests.support.texts import home

FILES: Final = ("sts-calls", "federation-tokens", "policy-writes", "policy-recorded")
RECORDED: Final = [name for name, text in home().items() if "Recorded: " in text.said]

pytestmark = needs_shared


@cache
def answers() -> frozenset[str]:
    """Every message in a recorded answer of the service."""
    cases = [case for file in FILES for case in json.loads(shared_path(f"recordings/{file}.json").read_text(encoding="utf-8"))["cases"]]
    found = {text for case in cases if case["recorded"] for text in _messages(case)}
    return frozenset(text.replace("<uuid>", aws_texts.saml.NO_REQUEST_ID) for text in found)


def _messages(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("message"), str):
            yield value["message"]
        for inner in value.values():
            yield from _messages(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _messages(inner)


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_text_is_in_an_answer(name: str) -> None:
    text = home()[name]
    assert any(text.pattern.search(answer) for answer in answers()), f"no recording has {name}: correct its source, federation/{text.place}"


def test_every_recorded_answer_has_a_text_of_the_home() -> None:
    parts = [part.strip() for text in home().values() for part in [max(text.fixed, key=len)] if len(part) > 8]
    unknown = [answer for answer in answers() if not any(part in answer for part in parts)]

    assert len(answers()) > 50
    assert unknown == [], "write these texts in federation/aws_texts, and let the rule send them"
