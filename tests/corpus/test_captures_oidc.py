"""Every captured ID token and access token, at its instant, against the documents its provider publishes."""

import json
from datetime import datetime
from typing import Any

import pytest

from federation import FederationError, OAuthProvider, OidcProvider, diagnose, validate
from federation.oauth.registry import token_key
from tests.support.shared import manifest, needs_shared, shared_path
from tests.support.verdicts import Registered, check_both_verdicts

ENTRIES = [e for e in manifest("captures/manifest.json", {"entries": []})["entries"] if e["kind"] in {"oidc", "oauth"}]

pytestmark = needs_shared


def read(relative: str) -> str:
    return shared_path(f"captures/{relative}").read_text(encoding="utf-8").strip()


def registered(entry: dict[str, Any], profile: Any) -> Registered:
    """The provider as the manifest assumes it: the token's audience, and ``azp`` where it has one, are registered client ids."""
    if entry["kind"] == "oidc":
        discovery, jwks = (read(document) for document in entry["metadata"])
        client_ids = [*entry["audience"], *([entry["azp"]] if entry.get("azp") else [])]
        return OidcProvider.from_documents(discovery=discovery, jwks=jwks, client_ids=client_ids, profile=profile)
    name = (entry["issuer"] or "oidc.panva.test").removeprefix("https://")
    answers = [json.loads(read(document)) for document in entry["metadata"]]
    answer = {**answers[0], **({"profile": answers[1]} if len(answers) > 1 else {})}
    return OAuthProvider(name=name, token_information={token_key(read(entry["file"])): answer}, profile=profile)


def judged(entry: dict[str, Any], profile: str) -> str:
    try:
        validate(read(entry["file"]), registered(entry, profile), at=datetime.fromisoformat(entry["instant"]))
    except FederationError:
        return "reject"
    return "accept"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e["id"])
def test_strict_agrees_with_the_manifest(entry: dict[str, Any]) -> None:
    if not entry.get("ambiguous"):
        assert judged(entry, "strict") == entry["expected"], entry.get("reason")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e["id"])
def test_aws_agrees_with_the_manifest(entry: dict[str, Any]) -> None:
    if len(entry["audience"]) > 1 and not entry.get("azp"):
        assert judged(entry, "aws") == "reject", "the service wants azp where aud names several"
    elif not entry.get("ambiguous"):
        assert judged(entry, "aws") == entry["expected"], entry.get("reason")


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e["expected"] == "accept"], ids=lambda e: e["id"])
def test_identity_is_that_of_the_manifest(entry: dict[str, Any]) -> None:
    provider = registered(entry, "strict")
    at = datetime.fromisoformat(entry["instant"])
    identity = validate(read(entry["file"]), provider, at=at)
    assert (identity.issuer, identity.subject, list(identity.audiences)) == (entry["issuer"], entry["subject"], entry["audience"])
    assert identity.audience == (entry.get("azp") or entry["audience"][0])
    if entry["kind"] == "oidc":
        assert dict(identity.attributes) == entry["attributes"]
    report = diagnose(read(entry["file"]), provider, at=at)
    assert (report.accepted, report.identity) == (True, identity)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e["id"])
def test_a_report_gives_for_each_profile_what_validate_says_under_it(entry: dict[str, Any]) -> None:
    check_both_verdicts(read(entry["file"]), registered(entry, "strict"), datetime.fromisoformat(entry["instant"]))
