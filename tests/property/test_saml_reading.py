"""Whatever is read, signed or registered: a value or a refusal, never another exception."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import federation
from federation.errors import FederationError, RegistrationError
from federation.saml.reading.assertion import read_assertion
from federation.saml.reading.times import read_instant
from federation.saml.registration.metadata import read_metadata
from federation.testing import SHAPES
from federation.testing.message import build_response
from tests.support.saml import AT, ISSUER, forge, found, good_login, provider, respond

METADATA = forge(shape="okta").metadata()
RESPONSE = base64.b64decode(respond())
ASSERTION = etree.tostring(found(build_response(good_login(), SHAPES["okta"], ISSUER), "Assertion"))
NAMES = [
    "Issuer",
    "Subject",
    "NameID",
    "SubjectConfirmation",
    "Conditions",
    "Audience",
    "AuthnStatement",
    "Attribute",
    "AttributeValue",
    "x",
]


def attempt(act: Callable[[], Any]) -> Any:
    """What *act* returns, or the refusal it raises; any other exception is the failure of the test."""
    try:
        return act()
    except FederationError as refusal:
        return refusal


def outcome(document: bytes) -> str:
    found_out = attempt(lambda: read_metadata(document))
    if isinstance(found_out, FederationError):
        assert isinstance(found_out, RegistrationError)
        return found_out.check
    return ",".join(key.fingerprint for key in found_out.keys)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_octets_as_metadata(octets: bytes) -> None:
    assert outcome(octets)


@given(st.integers(0, len(METADATA) - 1), st.binary(max_size=3), st.integers(0, 3))
def test_damaged_metadata(place: int, put: bytes, cut: int) -> None:
    assert outcome(METADATA[:place] + put + METADATA[place + cut :])


@given(st.integers(0, len(RESPONSE) - 1), st.binary(max_size=2), st.integers(0, 2))
def test_a_damaged_response_is_refused_or_says_the_same(place: int, put: bytes, cut: int) -> None:
    token = base64.b64encode(RESPONSE[:place] + put + RESPONSE[place + cut :])
    good = federation.validate(base64.b64encode(RESPONSE), provider(), at=AT)
    verdict = attempt(lambda: federation.validate(token, provider(), at=AT))
    assert verdict == good or (isinstance(verdict, FederationError) and verdict.code != "InternalFailure")


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.sampled_from(NAMES), st.text(alphabet="ab \n<é", max_size=4), st.booleans()),
        min_size=1,
        max_size=4,
    )
)
def test_any_shape_of_a_signed_assertion(edits: list[tuple[int, str, str, bool]]) -> None:
    """Who may sign may write nonsense; the reader refuses it in its own words."""
    root = etree.fromstring(ASSERTION)
    for place, name, text, remove in edits:
        elements = list(root.iter())
        target = elements[place % len(elements)]
        parent = target.getparent()
        if remove and parent is not None:
            parent.remove(target)
        else:
            child = etree.SubElement(target, f"{{urn:oasis:names:tc:SAML:2.0:assertion}}{name}")
            child.text = text
    read = attempt(lambda: read_assertion(etree.fromstring(etree.tostring(root))))
    if isinstance(read, FederationError):
        assert read.check in {"assertion-shape", "text", "attribute-value"}
    else:
        assert all(isinstance(value, str) for values in read.attributes.values() for value in values)


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z", fullmatch=True))
def test_any_text_as_instant(text: str) -> None:
    read = attempt(lambda: read_instant(text, "x"))
    assert read.check == "time-syntax" if isinstance(read, FederationError) else read.utcoffset() == timedelta(0)


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_any_instant_of_judgement(moment: datetime) -> None:
    at = moment.replace(tzinfo=UTC)
    inside = AT <= at < AT + timedelta(minutes=5)
    for profile in ("strict", "aws"):
        registered = provider(profile=profile, clock_skew=timedelta(minutes=10), max_age=timedelta(minutes=5))
        report = federation.diagnose(respond(), registered, at=at)
        assert report.accepted or not inside


@pytest.mark.parametrize("at", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_the_ends_of_the_calendar(at: datetime) -> None:
    for skew in (timedelta(0), timedelta(minutes=10)):
        with pytest.raises(FederationError) as refused:
            federation.validate(respond(), provider(clock_skew=skew), at=at)
        assert refused.value.code != "InternalFailure"
