"""What IAM keeps of an identity provider beside what judges its tokens: GetSAMLProvider and GetOpenIDConnectProvider return it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from federation import clock
from federation.identity import SessionTag

VALID_YEARS: Final = 100
"""Years after its creation at which a SAML provider ends by its ValidUntil (IAM API). Nothing is refused because of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcDetails:
    """What IAM keeps of an OpenID Connect provider.

    Attributes:
        created_at: CreateDate, aware UTC.
        tags: The tags of the provider.
        thumbprints: ThumbprintList. It has no effect here, because no keys are fetched.
    """

    created_at: datetime = clock.UNSTATED
    tags: tuple[SessionTag, ...] = ()
    thumbprints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedKey:
    """A private key of a SAML provider, as IAM lists it.

    Attributes:
        id: KeyId, ``SAMLPK…``, derived from the public key.
        file: Its file, relative to the directory of the provider.
        uploaded_at: Timestamp, aware UTC; that of the provider's creation where no file states one.
    """

    id: str
    file: str
    uploaded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SamlDetails:
    """What IAM keeps of a SAML provider.

    Attributes:
        uuid: SAMLProviderUUID, ``SAMLSP…``, derived from account, name and CreateDate; empty where the provider was not read from a file.
        created_at: CreateDate, aware UTC.
        tags: The tags of the provider.
        metadata: SAMLMetadataDocument, as registered. Not in the repr.
        private_keys: The private keys, in the order of their files.
    """

    uuid: str = ""
    created_at: datetime = clock.UNSTATED
    tags: tuple[SessionTag, ...] = ()
    metadata: str = field(default="", repr=False)
    private_keys: tuple[UploadedKey, ...] = ()

    @property
    def valid_until(self) -> datetime:
        """ValidUntil, aware UTC: `VALID_YEARS` after the creation, at most the end of the year 9999."""
        year = min(self.created_at.year + VALID_YEARS, 9999)
        try:
            return self.created_at.replace(year=year)
        except ValueError:  # the 29th of February of a year that is no leap year
            return self.created_at.replace(year=year, day=28)
