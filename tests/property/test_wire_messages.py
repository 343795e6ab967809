"""What was expected, what was found and what to do about it is for the operator: no refusal tells it to the client."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

import federation
from federation import errors
from federation.errors import FederationError
from federation.server.render import JSON, XML, render_refusal
from tests.support.source import nodes

HOUSE = Path(federation.__file__).parent
EXPLANATION = {"check", "expected", "found", "remedy"}
CODES = sorted(
    (
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, FederationError) and kind not in (FederationError, errors.AccountFaults)
    ),
    key=lambda kind: kind.__name__,
)
WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).map(lambda word: f"\u2021{word}\u2021")


def told(refusal: FederationError, content_type: str) -> str:
    body = render_refusal(refusal, content_type=content_type, request_id="r").body
    if content_type == JSON:
        return str(json.loads(body)["Error"]["Message"])
    message = ET.fromstring(body).find("{*}Error/{*}Message")  # noqa: S314 - our own answer
    assert message is not None
    return message.text or ""


def make(kind: type[FederationError], explanation: dict[str, Any]) -> FederationError:
    place = {"file": explanation["found"], "path": "$"} if issubclass(kind, errors.AccountFault) else {}
    place |= {"path": "$"} if kind is errors.MalformedPolicyDocument else {}
    return kind(**explanation, **place)


@pytest.mark.parametrize("kind", CODES, ids=lambda kind: kind.__name__)
@tuned(max_examples=10)
@given(explanation=st.fixed_dictionaries(dict.fromkeys(sorted(EXPLANATION), WORDS)))
def test_without_aws_text_the_code_speaks_and_nothing_of_the_request(kind: type[FederationError], explanation: dict[str, str]) -> None:
    refusal = make(kind, explanation)
    for content_type in (XML, JSON):
        text = told(refusal, content_type)
        assert text
        assert "\u2021" not in text
        assert not any(word in text for word in explanation.values())


@pytest.mark.parametrize("kind", CODES, ids=lambda kind: kind.__name__)
def test_every_code_has_words_of_its_own(kind: type[FederationError]) -> None:
    assert kind.text.strip()
    assert (kind.text == FederationError.text) == (kind.http_status >= 500)


def constructions() -> Iterator[tuple[str, ast.expr]]:
    """Every ``message=`` of a refusal in the house."""
    for path in sorted(HOUSE.rglob("*.py")):
        for node in nodes(path):
            if not isinstance(node, ast.Call):
                continue
            keywords = {word.arg: word.value for word in node.keywords}
            if "message" in keywords and {"expected", "found"} <= keywords.keys():
                yield f"{path.relative_to(HOUSE)}:{node.lineno}", keywords["message"]


def test_no_text_of_aws_is_made_of_the_explanation() -> None:
    found = dict(constructions())
    assert len(found) > 60
    made = {where for where, text in found.items() if EXPLANATION & {node.id for node in ast.walk(text) if isinstance(node, ast.Name)}}
    assert made == set()
