"""What is known of a running federated login, for its audit event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from federation.errors import FederationError
from federation.identity import VerifiedIdentity
from federation.state import AuditEvent
from federation.sts import trail
from federation.sts.exchange import SessionRequest

_USERS: Final = {"AssumeRoleWithSAML": "SAMLUser", "AssumeRoleWithWebIdentity": "WebIdentityUser"}


@dataclass(slots=True)
class Attempt:
    """One call while it runs. The only thing in this room that changes; it belongs to one call and one thread.

    Attributes:
        operation: Its name.
        call: Its parameters, as they came.
        account: The account that answers.
        provider_arn: The provider it names, or was found to be of.
        identity: Whom its token proved, once it has.
        request: What the login asks its session to be, once that is read.
    """

    operation: str
    call: object
    account: str
    provider_arn: object
    identity: VerifiedIdentity | None = None
    request: SessionRequest | None = None

    def granted(self, session: trail.Answer, *, at: datetime) -> AuditEvent:
        """Return the event of a granted call."""
        return self._event(at, session=session)

    def refused(self, refusal: FederationError, *, at: datetime) -> AuditEvent:
        """Return the event of a refused call."""
        return self._event(at, refusal=refusal)

    def _event(self, at: datetime, *, session: trail.Answer | None = None, refusal: FederationError | None = None) -> AuditEvent:
        return AuditEvent(
            time=at,
            operation=self.operation,
            user_identity=trail.login_identity(_USERS[self.operation], self.identity),
            account=self.account,
            request_parameters={**trail.told_parameters(self.call), **self._asked()},
            response_elements=None if session is None else trail.told_answer(self.operation, session),
            resources=self._resources(),
            proved=self._proved(),
            refusal=refusal,
        )

    def _asked(self) -> dict[str, object]:
        """Return what the token asks for: CloudTrail lists it among the parameters, where a SAML call has it from."""
        identity, request = self.identity, self.request
        asked: dict[str, object] = {}
        if identity is not None and identity.name_qualifier is not None:
            asked["sAMLAssertionID"] = identity.token_id
        if request is not None:
            asked |= {
                "roleSessionName": request.name,
                "sourceIdentity": request.source_identity,
                "principalTags": {tag.key: tag.value for tag in request.tags} or None,
                "transitiveTagKeys": request.transitive_tag_keys or None,
            }
        return {name: value for name, value in asked.items() if value is not None}

    def _resources(self) -> dict[str, str]:
        named = (getattr(self.call, "role_arn", None), trail.ROLE), (getattr(self.call, "principal_arn", None), trail.SAML_PROVIDER)
        return {arn: kind for arn, kind in named if type(arn) is str}

    def _proved(self) -> dict[str, object]:
        identity = self.identity
        told = {"provider": self.provider_arn if type(self.provider_arn) is str else None}
        if identity is not None:
            told |= {"issuer": identity.issuer, "subject": identity.subject, "tokenId": identity.token_id}
        return {name: value for name, value in told.items() if value is not None}
