"""Every set-up of the gallery."""

from typing import Final

from tests.support.failures import github, pipelines, saml_trust, workloads
from tests.support.failures.model import Failure

FAILURES: Final[tuple[Failure, ...]] = (
    *github.FAILURES,
    *pipelines.FAILURES,
    *workloads.FAILURES,
    *saml_trust.FAILURES,
)
"""The set-ups, in the order of the page."""
