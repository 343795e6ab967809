"""What `federation policy lint` looks for in the workloads of files: each rule with its reason and its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from federation.policy.lint import Severity


@dataclass(frozen=True, slots=True)
class WorkloadRule:
    """One rule.

    Attributes:
        id: Stable name.
        severity: That of its findings unless one says otherwise.
        finds: What it finds, one sentence.
        because: Why that matters, one sentence.
        source: URL of the documentation of what it says.
    """

    id: str
    severity: Severity
    finds: str
    because: str
    source: str


WITHOUT_TOKEN: Final = WorkloadRule(
    "workload-without-token",
    "error",
    "A job that asks for a role and has no permission to ask for a token.",
    "GitHub gives a token only to a job with `id-token: write`, so the action fails before AWS is asked.",
    "https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws",
)
AUDIENCE: Final = WorkloadRule(
    "workload-audience",
    "error",
    "A workload that asks for an audience that is no client id of the provider in the files.",
    "AWS refuses every token whose audience the provider is not registered for.",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html",
)
DURATION: Final = WorkloadRule(
    "workload-duration",
    "error",
    "A job that asks for a longer session than the role of the files allows.",
    "AWS refuses the call whatever the token says.",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-settings.html",
)
REFUSED: Final = WorkloadRule(
    "workload-refused",
    "error",
    "A workload that asks for a role of the files whose trust policy lets in none of its tokens; a note where that is so of some.",
    "Whatever the file leaves open and whatever else the token says, the login is refused: it is proved, not tried.",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html",
)
WORKLOAD_RULES: Final = (WITHOUT_TOKEN, AUDIENCE, DURATION, REFUSED)
"""Every rule, in the order of its findings."""
