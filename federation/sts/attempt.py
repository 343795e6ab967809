"""What is known of a running call, for its audit event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from federation.errors import FederationError
from federation.identity import VerifiedIdentity
from federation.state import AuditEvent
from federation.sts.exchange import SessionRequest
from federation.sts.results import FederatedRoleSession


@dataclass(slots=True)
class Attempt:
    """One call while it runs. The only thing in this room that changes; it belongs to one call and one thread."""

    operation: str
    role_arn: object
    provider_arn: object
    identity: VerifiedIdentity | None = None
    request: SessionRequest | None = None

    def granted(self, session: FederatedRoleSession, *, at: datetime) -> AuditEvent:
        """Return the event of a granted call."""
        return self._event("granted", at, access_key_id=session.credentials.access_key_id, expires_at=session.credentials.expiration)

    def refused(self, refusal: FederationError, *, at: datetime) -> AuditEvent:
        """Return the event of a refused call."""
        return self._event("refused", at, code=refusal.code, check=refusal.check)

    def _event(
        self,
        outcome: str,
        at: datetime,
        *,
        access_key_id: str | None = None,
        expires_at: datetime | None = None,
        code: str | None = None,
        check: str | None = None,
    ) -> AuditEvent:
        identity, request = self.identity, self.request
        return AuditEvent(
            time=at,
            operation=self.operation,
            outcome=outcome,
            role_arn=_text(self.role_arn),
            provider_arn=_text(self.provider_arn),
            issuer=identity.issuer if identity else None,
            subject=identity.subject if identity else None,
            token_id=identity.token_id if identity else None,
            session_name=request.name if request else None,
            source_identity=request.source_identity if request else None,
            access_key_id=access_key_id,
            expires_at=expires_at,
            code=code,
            check=check,
        )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
