"""The tokens that are timed: signed assertions of the size AWS sees, made by the forge with keys of this run."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime

from federation.saml.provider import SamlProvider
from federation.testing.forge import SamlForge
from federation.testing.keys import SigningKey
from federation.testing.login import Login

AT = datetime(2026, 1, 15, 12, tzinfo=UTC)
ARN = "arn:aws:iam::123456789012:saml-provider/SAML-test"


@dataclass(frozen=True, slots=True)
class Sample:
    """A posted token, the provider that proves it and the signer's key."""

    name: str
    token: str
    provider: SamlProvider
    key: SigningKey


def samples() -> tuple[Sample, ...]:
    """Return the response of ten attributes, and the one of 400 that shows how cost grows."""
    key = SigningKey.generate("rsa-2048", common_name="benchmark", at=AT)
    forge = SamlForge(key=key)
    provider = SamlProvider.from_metadata(forge.metadata(), arn=ARN)
    return tuple(_sample(f"{count} attributes", count, width, forge, provider) for count, width in ((10, 190), (400, 30)))


def _sample(name: str, count: int, width: int, forge: SamlForge, provider: SamlProvider) -> Sample:
    attributes = {f"https://example.com/attributes/{number:03}": ("v" * width,) for number in range(count)}
    octets = forge.response(Login(at=AT, subject="alice@example.com", attributes=attributes, seed=name), sign="assertion")
    return Sample(f"{name}, {len(octets) / 1000:.1f} KB", base64.b64encode(octets).decode(), provider, forge.key)
