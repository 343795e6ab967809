"""Policy documents: the grammar, and what is asked of one that is offered (docs/observed.md 5.1, 9.4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

SYNTAX: Final = "Syntax errors in policy."
"""A violation of the grammar without a text of its own. Observed: docs/observed.md 9.4."""
INVALID_JSON: Final = "This policy contains invalid Json"
"""The document is no JSON object. Observed: docs/observed.md 9.4."""
VERSION: Final = "The policy must contain a valid version string"
"""Version has another value. Reported: docs/observed.md 9.4."""
PRINCIPAL_PROHIBITED: Final = "Policy document should not specify a principal."
"""The policy of an identity or a session has a Principal. Observed: docs/observed.md 5.1."""
NO_PRINCIPALS: Final = "The passed in policy has a statement with no principals!"
"""A statement names no principal. Observed: docs/observed.md 9.4."""
NO_ACTIONS: Final = "Policy statement must contain actions."
"""A statement names no action. Reported: docs/observed.md 9.4."""
NO_RESOURCES: Final = "Policy statement must contain resources."
"""A statement names no resource. Reported: docs/observed.md 9.4."""
SID_FORM: Final = "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
"""A Sid has another character. Reported: docs/observed.md 9.4."""
SID_REPEATED: Final = "Statement IDs (SID) in a single policy must be unique."
"""Two statements have one Sid. Reported: docs/observed.md 9.4."""
COLONS: Final = "Actions/Condition can contain only one colon."
"""An action has two colons. Reported: docs/observed.md 9.4."""
COLONS_OF_KEY: Final = "Condition can contain only one colon."
"""A condition key begins with https://. Reported: docs/observed.md 9.4."""
NO_VENDOR: Final = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
"""An action or a condition key has no colon. Reported: docs/observed.md 9.4."""
ASSUME_ACTIONS: Final = "AssumeRole policy may only specify STS AssumeRole actions."
"""A trust policy has an action that assumes no role. Recorded: docs/observed.md 9.4."""
EVERYBODY: Final = 'AssumeRolepolicy contained an invalid principal: "STAR":"*".'
"""The Principal of a trust policy is the text ``*``. Recorded: docs/observed.md 9.4."""
FEDERATED_PRINCIPAL: Final = "Federated principals must be valid domain names or SAML metadata ARNs"
"""A federated principal has another form. Recorded: docs/observed.md 9.4."""
COGNITO_WITHOUT_CONDITION: Final = "A condition block must be present for the Cognito provider"
"""A statement trusts Cognito and has no condition. Recorded: docs/observed.md 9.4."""


def prohibited(element: str) -> str:
    """Return the text for an *element* that the policies of this kind do not have. Observed: docs/observed.md 9.4."""
    return f"Has prohibited field {element}"


def version_at_least(version: str) -> str:
    """Return the text for a managed policy of an older version. Reported: docs/observed.md 9.4."""
    return f"Policy document must be version {version} or greater."


def resource_form(resource: str) -> str:
    """Return the text for a resource that is no ARN. Reported: docs/observed.md 9.4."""
    return f'Resource {resource} must be in ARN format or "*".'


def invalid_principal(type_: str, principal: str) -> str:
    """Return the text for a principal that has not the form of its type. Observed: docs/observed.md 9.4."""
    return f'Invalid principal in policy: "{type_}":"{principal}"'


def application_required(issuer: str) -> str:
    """Return the text for a statement that trusts every application of *issuer*. Recorded: docs/observed.md 9.4."""
    return f"Policy trusting {issuer} requires a StringEquals condition on an application id"


def scope_required(principal: str, keys: Iterable[str]) -> str:
    """Return the text for a statement that trusts every customer of a shared issuer. Recorded: docs/observed.md 9.4."""
    return (
        f"Trust policy with trusted principal {principal} must evaluate, using StringEquals, StringLike or "
        f"StringEqualsIgnoreCase, {' or '.join(keys)} which is not scoped to all."
    )
