"""Each check of a SAML response, and its explanation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from federation.explaining.saml import attributes, content, keys, parties, roles, signatures, times
from federation.explaining.saml.assumed import ASSUMED
from federation.explaining.situation import Explain, Row

_EXPLAINED: Final[Mapping[str, Explain]] = {
    **content.FORM,
    "provider": parties.provider,
    "issuer": parties.issuer,
    "response-issuer": parties.response_issuer,
    "audience": parties.audience,
    "recipient": parties.recipient,
    "destination": parties.destination,
    "sp-name-qualifier": parties.sp_name_qualifier,
    "in-response-to": parties.in_response_to,
    **dict.fromkeys(("conditions-expiry", "confirmation-expiry", "session-expiry", "session-not-on-or-after"), times.expired),
    "age": times.age,
    **dict.fromkeys(("not-before", "confirmation-not-before", "issue-instant"), times.not_begun),
    "time-syntax": times.syntax,
    **dict.fromkeys(("signature", "signature-digest"), keys.signature),
    "signature-missing": signatures.unsigned,
    "signature-algorithm": signatures.algorithm,
    **dict.fromkeys(("signature-shape", "signature-reference", "signature-transform", "canonicalisation"), signatures.signature_form),
    "encryption": signatures.not_encrypted,
    "encryption-shape": signatures.encryption_form,
    "encryption-algorithm": signatures.encryption_algorithm,
    "decryption-key": signatures.no_decryption_key,
    "decryption": signatures.undecryptable,
    "role-pair": roles.role_pair,
    "role-session-name": attributes.session_name,
    "session-duration": attributes.session_duration,
    "principal-tags": attributes.principal_tags,
    "transitive-tag-keys": attributes.transitive_tag_keys,
    "source-identity": attributes.source_identity,
    "status": content.status,
    "root": content.root,
    "assertion-count": content.assertion_count,
    "subject": content.subject,
    "name-id-format": content.name_id_format,
    "subject-confirmation": content.subject_confirmation,
    "single-confirmation": content.single_confirmation,
    "confirmation-data": content.confirmation_data,
    "conditions": content.conditions,
    "authn-statement": content.authn_statement,
}


TABLE: Final[Mapping[str, Row]] = {check: Row(explain, ASSUMED.get(check)) for check, explain in _EXPLAINED.items()}
"""Check to its explanation, and to the trial that would be if it were met."""
