"""Every set-up of the gallery."""

from typing import Final

from tests.support.failures import (
    characters,
    github,
    installations,
    operators,
    pipelines,
    saml_exchange,
    saml_messages,
    saml_trust,
    sent,
    web_calls,
    web_tokens,
    workloads,
    written_wrong,
)
from tests.support.failures.model import Failure

FAILURES: Final[tuple[Failure, ...]] = (
    *github.FAILURES,
    *pipelines.FAILURES,
    *workloads.FAILURES,
    *web_tokens.FAILURES,
    *web_calls.FAILURES,
    *saml_trust.FAILURES,
    *saml_messages.FAILURES,
    *saml_exchange.FAILURES,
    *characters.FAILURES,
    *written_wrong.FAILURES,
    *operators.FAILURES,
    *sent.FAILURES,
    *installations.FAILURES,
)
"""The set-ups, in the order of the page."""
