"""Why an ID token is refused: the explanation of every check of `federation.oidc`, and of the claims that AWS reads for the session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from federation.explaining import assuming
from federation.explaining.oidc import audience, claims, issuer, keys, session, signature, times, types
from federation.explaining.presented import explain_presented, unwrapped
from federation.explaining.situation import Row

__all__ = ["TABLE"]

_PRESENTED: Final = Row(explain_presented, unwrapped)

TABLE: Final[Mapping[str, Row]] = {
    **dict.fromkeys(("type", "size", "form", "base64url", "json", "claims"), _PRESENTED),
    **dict.fromkeys(("crit", "b64", "zip", "cty", "header"), Row(types.explain_header)),
    "provider": Row(issuer.explain_issuer, issuer.with_its_issuer),
    "issuer": Row(issuer.explain_issuer),
    "registered-keys": Row(keys.explain_unregistered, keys.with_a_registered_key),
    "key-set": Row(keys.explain_key_set),
    "kid": Row(keys.explain_kid, keys.with_a_registered_key),
    "alg": Row(keys.explain_alg, keys.with_a_registered_key),
    "signature": Row(signature.explain_signature),
    "members": Row(claims.explain_members),
    "typ": Row(types.explain_typ, assuming.with_its_type),
    "required-claims": Row(claims.explain_required),
    **dict.fromkeys(("subject", "subject-value"), Row(claims.explain_subject)),
    **dict.fromkeys(("timestamp", "numeric-date"), Row(claims.explain_timestamp)),
    "exp": Row(times.explain_exp, assuming.within_its_time),
    **dict.fromkeys(("iat", "nbf"), Row(times.explain_early, assuming.within_its_time)),
    "lifetime": Row(times.explain_lifetime),
    "authorized-party": Row(audience.explain_several, audience.with_the_right_audience),
    "audience": Row(audience.explain_audience, audience.with_the_right_audience),
    "audience-trusted": Row(audience.explain_audience_trusted, audience.with_the_right_audience),
    "token-use": Row(types.explain_token_use),
    "confirmation": Row(types.explain_confirmation),
    **dict.fromkeys(("amr", "jti"), Row(claims.explain_claim_type)),
    "roles-claim": Row(session.explain_roles, session.with_the_right_claims),
    "principal-tags": Row(session.explain_tags, session.with_the_right_claims),
    "transitive-tag-keys": Row(session.explain_transitive, session.with_the_right_claims),
    "source-identity": Row(session.explain_source_identity, session.with_the_right_claims),
}
"""Check to its explanation, for ID tokens."""
