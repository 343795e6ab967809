"""A provider is registered or refused with a reason, whatever is passed for whichever word of its registration."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from federation.errors import RegistrationError
from federation.oauth.provider import OAuthProvider
from federation.oidc.provider import OidcProvider
from federation.saml.registration.provider import SamlProvider
from tests.support.sts import web_identity
from tests.support.sts.saml_login import PROVIDER, forge


class Opaque:
    """An object that will not say what it is."""

    def __str__(self) -> str:
        raise RuntimeError

    __repr__ = __str__


ODD = {"opaque": Opaque(), "opaque in a list": [Opaque()], "endless digits": 10**5000, "endless digits in a list": [10**5000]}
CERTIFICATE = forge().key.certificate_pem()


def saml(**options: Any) -> SamlProvider:
    return SamlProvider(**{"arn": PROVIDER, "entity_ids": "https://idp.example.com", "certificates": CERTIFICATE, **options})


def saml_metadata(**options: Any) -> SamlProvider:
    return SamlProvider.from_metadata(**{"xml": forge().metadata(), "arn": PROVIDER, **options})


WORDS: dict[Callable[..., Any], Callable[..., Any]] = {
    saml: SamlProvider,
    saml_metadata: SamlProvider.from_metadata,
    web_identity.provider: OidcProvider,
    web_identity.amazon: OAuthProvider,
}
CASES = [(build, word) for build, signature in WORDS.items() for word in inspect.signature(signature).parameters]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(("build", "word"), CASES)
def test_odd_arguments(build: Callable[..., Any], word: str, odd: str) -> None:
    with pytest.raises(RegistrationError) as refused:
        build(**{word: ODD[odd]})

    assert len(str(refused.value)) < 2_000
