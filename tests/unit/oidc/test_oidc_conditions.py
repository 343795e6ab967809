"""The condition keys a trust policy sees are those the service exposes, and no other claim."""

from typing import Any

import pytest

from federation import OidcProvider, validate
from federation.oidc.conditions import KeyNames
from federation.testing.oidc import OidcForge
from federation.testing.oidc_shapes import OIDC_SHAPES
from tests.support.oidc import AT, CLIENT, key


def keys_of(shape: str, **claims: Any) -> dict[str, Any]:
    forge = OidcForge(key=key(), shape=OIDC_SHAPES[shape])
    client_ids = [CLIENT, "web", "mobile", OIDC_SHAPES[shape].audience, "115607654321098765432"]
    return dict(validate(forge.token(at=AT, **claims), forge.provider(client_ids=client_ids), at=AT).context_keys)


@pytest.mark.parametrize("shape", OIDC_SHAPES)
def test_no_key_but_those_listed(shape: str) -> None:
    name = OIDC_SHAPES[shape].issuer.removeprefix("https://")
    listed = {f"{name}:{claim}" for claim in ("aud", "oaud", "sub", "amr")} | {vendor for _, vendor in KeyNames.of(name).vendor}
    keys = keys_of(shape)
    assert {f"{name}:aud", f"{name}:sub"} <= set(keys) <= listed


def test_github() -> None:
    name = "token.actions.githubusercontent.com"
    keys = keys_of("github", subject="repo:octo-org/octo-repo:environment:Production")
    assert keys[f"{name}:sub"] == "repo:octo-org/octo-repo:environment:Production"
    assert keys[f"{name}:environment"] == "Production"
    assert keys[f"{name}:repository"] == "octo-org/octo-repo"
    assert not {f"{name}:{absent}" for absent in ("repository_owner", "runner_environment", "iss", "visibility", "oaud")} & set(keys)


@pytest.mark.parametrize(
    ("provider", "has"),
    [
        ("token.actions.githubusercontent.com/acme", True),
        ("token.actions.acme.ghe.com", True),
        ("github.com/enterprises/acme", True),
        ("Token.actions.githubusercontent.com", False),
        ("token.actions.githubusercontent.com.example.com", False),
        ("token.actions.githubusercontent.com/a/b", False),
        ("xtoken.actions.githubusercontent.com", False),
        ("gitlab.com", True),
        ("gitlab.example.com", False),
        ("oidc.circleci.com/org/1", True),
        ("oidc.circleci.com/org/", False),
        ("agent.acme.buildkite.dev", True),
        ("agent.acme.buildkite.site", True),
        ("agent.acme.buildkite.com", False),
        ("idcs-0123abc.identity.oraclecloud.com", True),
        ("identity.oraclecloud.com", False),
        ("accounts.google.com", True),
        ("accounts-google.com", False),
    ],
)
def test_vendors_by_exact_issuer(provider: str, has: bool) -> None:  # noqa: FBT001 - a table's column
    assert bool(KeyNames.of(provider).vendor) is has


@pytest.mark.parametrize(
    ("claims", "aud", "oaud"),
    [
        ({"aud": "web"}, "web", None),
        ({"aud": ["web"]}, "web", None),
        ({"aud": "web", "azp": "mobile"}, "mobile", "web"),
        ({"aud": ["web", "other"], "azp": "mobile"}, "mobile", ("web", "other")),
        ({"aud": ["web", "mobile"]}, "web", None),
    ],
)
def test_aud_and_oaud(claims: dict[str, Any], aud: str, oaud: object) -> None:
    keys = keys_of("generic", **claims)
    assert (keys["issuer.example.com:aud"], keys.get("issuer.example.com:oaud")) == (aud, oaud)


def test_google() -> None:
    keys = keys_of("google", azp="mobile", aud="web", google={"organization_number": 123456})
    assert keys == {
        "accounts.google.com:aud": "mobile",
        "accounts.google.com:oaud": "web",
        "accounts.google.com:sub": "115607654321098765432",
        "accounts.google.com:google/organization_number": "123456",
    }


def test_google_may_leave_the_scheme_out_and_nobody_else() -> None:
    forge = OidcForge(key=key(), shape=OIDC_SHAPES["google"])
    identity = validate(forge.token(at=AT, iss="accounts.google.com"), forge.provider(), at=AT)
    assert (identity.provider_arn, len(identity.notes)) == ("accounts.google.com", 1)


def test_multivalued_keys_are_tuples_even_of_one() -> None:
    assert keys_of("cognito-identity", amr=["authenticated"])["cognito-identity.amazonaws.com:amr"] == ("authenticated",)


@pytest.mark.parametrize(
    ("value", "text"), [(True, "true"), (7, "7"), ("x", "x"), ("", ""), (["x"], None), ({}, None), (None, None), (1.5, None)]
)
def test_values_as_text(value: object, text: str | None) -> None:
    assert keys_of("gitlab", ref_protected=value).get("gitlab.com:ref_protected") == text


def test_aws_profile_exposes_the_subject_it_reports() -> None:
    forge = OidcForge(key=key())
    provider = OidcProvider(url=forge.url, client_ids=[CLIENT], jwks=forge.jwks(), profile="aws")
    identity = validate(forge.token(at=AT, audience=CLIENT, sub=123, amr="pwd"), provider, at=AT)
    assert (identity.subject, identity.context_keys["issuer.example.com:sub"]) == ("123", "123")
    assert "issuer.example.com:amr" not in identity.context_keys
