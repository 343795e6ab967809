"""Claims that a vendor is not known to issue are named in a note, and change no verdict."""

import json
from typing import Any

import pytest

from federation import diagnose, validate
from federation.jose.decode import decode_token
from federation.oidc.inspection import NAMED_CLAIMS, inspect_token
from federation.testing.oidc_shapes import OIDC_SHAPES
from federation.vendors import VENDORS, find_vendor
from tests.support.oidc import AT, forge
from tests.support.shared import manifest, needs_shared, shared_path

SHAPES = [vendor.shape.name for vendor in VENDORS if vendor.shape is not None and vendor.documented_claims is not None]
STANDS_FOR = {"gitlab.example.com": "gitlab.com"}
"""Issuers of the captures that are the same software under another name."""
CAPTURES = [e for e in manifest("captures/manifest.json", {"entries": []})["entries"] if e["kind"] == "oidc" and e["expected"] == "accept"]


def notes(shape: str, profile: Any = "strict", **claims: Any) -> tuple[str, ...]:
    """The notes of `validate`, which are those of `diagnose`."""
    issuer = forge(shape=shape)
    provider, token = issuer.provider(profile=profile), issuer.token(at=AT, **claims)
    identity = validate(token, provider, at=AT)
    assert diagnose(token, provider, at=AT).notes == identity.notes
    inspected = inspect_token(token)["unaccounted_claims"]
    assert inspected == "".join(note for note in identity.notes if "not known to issue" in note)
    return identity.notes


def test_the_forge_imitates_every_vendor_whose_claims_are_known() -> None:
    assert {"github", "gitlab", "circleci", "buildkite", "terraform", "google", "eks", "cognito-identity"} == set(SHAPES)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("profile", ["strict", "aws"])
def test_documented_claims_are_accounted_for_and_a_new_one_is_named(shape: str, profile: str) -> None:
    assert notes(shape, profile) == ()
    vendor = find_vendor(OIDC_SHAPES[shape].issuer.removeprefix("https://")).name
    found = notes(shape, profile, new_claim="its value", **{"https://aws.amazon.com/tags": {"principal_tags": {}}})
    assert found == (f"{vendor} is not known to issue `new_claim`: the vendor may have changed its tokens",)


def test_names_are_escaped_and_shortened_and_only_some_are_named() -> None:
    claims = {"\x1b[31m" + "x" * 5000: 1, **{f"z{number}": number for number in range(40)}}
    (note,) = notes("github", **claims)
    assert note.isprintable()
    assert len(note) < 1000
    assert f"and {41 - NAMED_CLAIMS} more" in note


def test_an_issuer_of_which_nothing_is_known_may_say_anything() -> None:
    assert notes("generic", anything="goes") == ()
    assert notes("cognito", **{"custom:team": "a"}) == ()


def test_claims_that_customers_name_are_accounted_for_by_their_beginning() -> None:
    assert notes("github", repo_property_team="a") == ()
    assert notes("buildkite", **{"agent_tag:queue": "a"}) == ()


@needs_shared
@pytest.mark.parametrize("entry", CAPTURES, ids=lambda e: e["id"])
def test_captured_tokens_have_no_other_claims(entry: dict[str, Any]) -> None:
    claims = decode_token(shared_path(f"captures/{entry['file']}").read_text(encoding="ascii").strip()).payload.claims().members
    name = str(claims["iss"]).removeprefix("https://")
    known = find_vendor(STANDS_FOR.get(name, name)).known_claims
    assert known is None or known.unaccounted(claims) == [], json.dumps(sorted(claims))
