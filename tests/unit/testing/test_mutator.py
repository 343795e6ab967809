"""The mutator: this verifier accepts the genuine token and refuses every mutation, in both profiles."""

from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

import federation
from docs.building.attack_rows import areas
from federation.errors import FederationError, InternalFailure, ValidationError
from federation.profiles import Profile
from federation.testing import to_base64
from federation.testing.mutating.trees import FORGED_SUBJECT
from federation.testing.mutator import Mutation, mutations
from tests.support import oidc, saml

ROWS = {row.id for area in areas() for row in area.rows}
AT = saml.AT + timedelta(seconds=10)
WRAPPINGS = [f"XSW{number}" for number in range(1, 9)]


def response(shape: str, sign: Any, **more: Any) -> str:
    return to_base64(saml.forge(shape=shape).response(saml.good_login(), sign=sign, **more))


def accepted(made: list[Mutation], provider: Any, at: Any) -> Iterator[str]:
    """The names of the mutations that *provider* does not refuse in its own words."""
    for mutation in made:
        try:
            federation.validate(mutation.token, provider, at=at)
        except FederationError as refusal:
            if not isinstance(refusal, InternalFailure):
                continue
        yield mutation.name


@pytest.mark.parametrize(
    ("shape", "sign", "content", "profiles"),
    [
        ("okta", "both", "plain", ("strict", "aws")),
        ("entra", "assertion", "plain", ("strict", "aws")),
        ("ping", "response", "plain", ("strict",)),  # AWS demands a signature over the assertion
        ("shibboleth", "both", "encrypted", ("strict", "aws")),
    ],
)
def test_every_mutation_of_a_response_is_refused(shape: str, sign: str, content: str, profiles: tuple[Any, ...]) -> None:
    token = response(shape, sign, encryption=saml.to_service_provider() if content == "encrypted" else None)
    made = list(mutations(token))
    for profile in profiles:
        provider = saml.provider(profile=profile, decryption_keys=saml.decryption_pem())
        assert federation.validate(token, provider, at=AT).subject == "subject-123"
        assert list(accepted(made, provider, AT)) == []


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA", "PS256"])
def test_every_mutation_of_an_id_token_is_refused(algorithm: str) -> None:
    token, jwks = oidc.token(algorithm), oidc.forge(algorithm).jwks()
    made = list(mutations(token.encode(), jwks=jwks))
    for profile in Profile if algorithm in {"RS256", "ES256"} else [Profile.STRICT]:
        provider = oidc.provider(algorithm, profile)
        assert federation.validate(token, provider, at=oidc.AT).subject
        assert list(accepted(made, provider, oidc.AT)) == []


def test_mutations_have_names_of_their_own_and_rows_that_exist() -> None:
    for token, jwks in ((response("okta", "both"), None), (oidc.token(), oidc.forge().jwks())):
        made = list(mutations(token, jwks=jwks))
        assert len({mutation.name for mutation in made}) == len(made)
        assert token not in {mutation.token for mutation in made}
        assert {row for mutation in made for row in mutation.rows} <= ROWS
        assert all(token[:40] not in repr(mutation) and str(mutation) == mutation.name for mutation in made)


def test_all_kinds_of_attack_are_made() -> None:
    names = [mutation.name for mutation in mutations(response("okta", "both"))]
    for kind in (
        *WRAPPINGS,
        "remove ",
        "duplicate ",
        "move up ",
        "rename ",
        "lengthen text",
        "comment in NameID",
        "another key",
        "unsigned",
    ):
        assert any(name.startswith(kind) for name in names), kind
    rows = {row for mutation in mutations(oidc.token(), jwks=oidc.forge().jwks()) for row in mutation.rows}
    assert rows >= {"J01", "J03", "J04", "J09", "J10", "J11", "J14", "J23", "J24", "J25"}


def test_a_naive_verifier_falls_for_them() -> None:
    """The mutations attack what they say: who believes the first NameID is deceived."""
    kinds = ("XSW3 forged assertion first", "another key", "unsigned, subject")
    attacks = [mutation.token for mutation in mutations(response("okta", "both")) if mutation.name.startswith(kinds)]
    assert len(attacks) > len(kinds)
    assert {etree.fromstring(b64decode(token)).findtext(".//{*}NameID") for token in attacks} == {FORGED_SUBJECT}


@pytest.mark.parametrize("token", ["", "AAAA", "a.b", "PGEvPg==", b"\xff", "\ud800"])
def test_what_is_no_signed_token_is_refused(token: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        list(mutations(token))
    assert refused.value.check == "form"
