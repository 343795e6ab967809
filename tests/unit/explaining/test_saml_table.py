"""Every check of a SAML login has an explanation of its own, and every product of the forge is told by its words."""

import re
from pathlib import Path

import pytest

import federation
from federation.explaining.engine import OF_KIND, TABLE
from federation.explaining.plain import plainly
from federation.saml.checks import CHECKS
from federation.saml.registration.provider import SamlProvider
from federation.sts.login import saml_attributes
from federation.testing import SHAPES
from federation.vendors.identity_providers import IDENTITY_PROVIDERS, UNKNOWN, IdentityProvider, find_identity_provider

ROOM = Path(federation.__file__).parent / "saml"
BEFORE_THE_XML = {"type", "size", "base64", "content"}
"""What was sent instead of a SAML response is explained by what it looks like, for every kind of token."""
OF_REGISTRATION = re.compile(r"registration/|verifiers|algorithms")
"""Refusals of a registration are no refusals of a login."""


def refused_by_the_room() -> set[str]:
    """The checks that the code of the room names where it refuses."""
    found: set[str] = set()
    for path in ROOM.rglob("*.py"):
        if OF_REGISTRATION.search(path.as_posix()):
            continue
        text = path.read_text(encoding="utf-8")
        found.update(re.findall(r'(?:malformed|refuse|refuse_strictly|_check_ended|_check_begun)\(\s*"([a-z0-9-]+)"', text))
        found.update(re.findall(r'check="([a-z0-9-]+)"', text))
        found.update(re.findall(r'^CHECK: Final = "([a-z0-9-]+)"', text, re.MULTILINE))
    return found - BEFORE_THE_XML - {"internal"}


LISTED = {check.name for check in CHECKS} | {check.name for check in saml_attributes.CHECKS}


@pytest.mark.parametrize("check", sorted(LISTED | refused_by_the_room()))
def test_every_check_of_a_saml_login_has_an_explanation_of_its_own(check: str) -> None:
    row = OF_KIND[SamlProvider.kind].get(check) or TABLE.get(check)
    assert row is not None
    assert row.explain is not plainly


@pytest.mark.parametrize("product", IDENTITY_PROVIDERS, ids=[product.name for product in IDENTITY_PROVIDERS])
def test_every_setting_has_its_source(product: IdentityProvider) -> None:
    assert product.settings
    for setting in product.settings.values():
        assert setting.name
        assert re.fullmatch(r"https://[a-z0-9.-]+/\S+", setting.source)


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        ("okta", "Okta"),
        ("entra", "Microsoft Entra ID"),
        ("adfs", "AD FS"),
        ("keycloak", "Keycloak"),
        ("shibboleth", "Shibboleth"),
        ("google", "Google Workspace"),
        ("onelogin", "OneLogin"),
    ],
)
def test_a_product_is_told_by_its_entity_id(shape: str, name: str) -> None:
    assert find_identity_provider(SHAPES[shape].issuer).name == name


@pytest.mark.parametrize(
    ("issuer", "name"),
    [
        ("https://auth.pingone.eu/11111111-2222-4333-8444-555555555555", "PingOne"),
        ("urn:acme.eu.auth0.com", "Auth0"),
        ("https://sso.jumpcloud.com/saml2/aws", "JumpCloud"),
        ("https://login.example.com/auth/realms/master", "Keycloak"),
        ("https://sts.windows.net/11111111-2222-4333-8444-555555555555/", "Microsoft Entra ID"),
        ("https://evil.example.com/?https://sts.windows.net/11111111-2222-4333-8444-555555555555/", "the identity provider"),
        ("https://idp.example.com", "the identity provider"),
    ],
)
def test_other_products_are_told_too(issuer: str, name: str) -> None:
    assert find_identity_provider(issuer).name == name


def test_a_product_is_told_by_its_shape_where_customers_choose_the_issuer() -> None:
    assert find_identity_provider("urn:x", ("http://schemas.microsoft.com/identity/claims/tenantid",)).name == "Microsoft Entra ID"
    assert find_identity_provider("urn:x", ("http://schemas.auth0.com/nickname",)).name == "Auth0"
    assert find_identity_provider("urn:x", (), "ID_11111111-2222-4333-8444-555555555555").name == "Keycloak"
    assert find_identity_provider(None) is UNKNOWN
