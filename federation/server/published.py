"""What the server publishes of the account beside its operations: documents by path, and the inspector page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, NamedTuple

from federation.server.inspector import Inspector
from federation.sts.operations.web_identity_token import DISCOVERY_PATH, JWKS_PATH
from federation.sts.service import SecurityTokenService

HEALTH_PATH: Final = "/health"


class PublishedPages(NamedTuple):
    """What is published of one state of the account.

    Attributes:
        service: The security token service of that state.
        documents: JSON documents by path.
        inspector: The page.
    """

    service: SecurityTokenService
    documents: Mapping[str, bytes]
    inspector: Inspector


def published(service: SecurityTokenService) -> PublishedPages:
    """Return what is published of the account of *service*."""
    return PublishedPages(service, _documents(service), Inspector(service.account))


def _documents(service: SecurityTokenService) -> dict[str, bytes]:
    """Return the public documents by path: the health check, and discovery document and key set of the web identity tokens."""
    documents = {HEALTH_PATH: b'{"status":"ok"}'}
    outbound = service.outbound_documents()
    if outbound is not None:
        for path, document in zip((DISCOVERY_PATH, JWKS_PATH), outbound, strict=True):
            documents[path] = json.dumps(document, separators=(",", ":")).encode("ascii")
    return documents
