"""The registrations by which captured messages are judged."""

from collections.abc import Collection
from functools import cache
from typing import Literal

from federation.saml.registration.provider import SamlProvider, VerifierName
from tests.support.saml import ARN
from tests.support.shared import shared_path

ProfileName = Literal["strict", "aws"]


def saml_provider(
    metadata: str, *, permit: Collection[str] = (), profile: ProfileName = "strict", verifier: VerifierName = "strict"
) -> SamlProvider:
    """Return the provider of the *metadata* file of the captures, with the decryption key of their service provider."""
    return _saml_provider(metadata, frozenset(permit), profile, verifier)


@cache  # loading a private key takes longer than any judgement, and a provider is immutable
def _saml_provider(metadata: str, permit: frozenset[str], profile: ProfileName, verifier: VerifierName) -> SamlProvider:
    return SamlProvider.from_metadata(
        shared_path(f"captures/{metadata}").read_bytes(),
        arn=ARN,
        decryption_keys=shared_path("captures/sp/sp-decryption-key.TEST-ONLY.pem").read_bytes(),
        permit=permit,
        profile=profile,
        verifier=verifier,
    )
