"""The documents that the server publishes of the account beside its operations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, NamedTuple

from federation.sts.operations.web_identity_token import DISCOVERY_PATH, JWKS_PATH
from federation.sts.service import SecurityTokenService

HEALTH_PATH: Final = "/health"


class PublishedDocuments(NamedTuple):
    """What is published of one state of the account.

    Attributes:
        service: The security token service of that state.
        documents: JSON documents by path.
    """

    service: SecurityTokenService
    documents: Mapping[str, bytes]


def published(service: SecurityTokenService) -> PublishedDocuments:
    """Return what is published of the account of *service*."""
    return PublishedDocuments(service, _documents(service))


def _documents(service: SecurityTokenService) -> dict[str, bytes]:
    """Return the public documents by path: the health check, and discovery document and key set of the web identity tokens."""
    documents = {HEALTH_PATH: b'{"status":"ok"}'}
    outbound = service.outbound_documents()
    if outbound is not None:
        for path, document in zip((DISCOVERY_PATH, JWKS_PATH), outbound, strict=True):
            documents[path] = json.dumps(document, separators=(",", ":")).encode("ascii")
    return documents
