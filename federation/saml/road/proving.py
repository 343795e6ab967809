"""The seam of the two engines: octets in, a proved assertion out."""

from __future__ import annotations

from typing import Final

from federation.errors import FederationError
from federation.report import BOTH, CheckResult
from federation.saml.decode import RawResponse
from federation.saml.reading import shape
from federation.saml.reading.assertion import read_assertion
from federation.saml.response import STAGES, ProvedResponse, ProviderKeys, examine_response, prove_response
from federation.saml.road.fast import prove_fast
from federation.saml.road.proved import ProvedAssertion

READING: Final = (shape.CHECK, shape.CLAUSE, BOTH)
_READ: Final = CheckResult(*READING, "passed")
_ALL_PASSED: Final = (*(stage.passed for stage in STAGES), _READ)


def prove(raw: RawResponse, provider: ProviderKeys) -> ProvedAssertion:
    """Verify *raw* with the keys of *provider*, and read its assertion from what was signed.

    Raises:
        InvalidIdentityToken: The first stage of the provider's profile that refuses, or the reading of the assertion.
    """
    return prove_fast(raw, provider) or _read(prove_response(raw, provider))


def examine(raw: RawResponse, provider: ProviderKeys) -> tuple[tuple[CheckResult, ...], ProvedAssertion | None, tuple[str, ...]]:
    """Run every stage of `prove` for both profiles. A stage whose input an earlier stage did not set is skipped.

    Returns:
        The results in order, the proved assertion where every stage of some profile passed, and the remarks on what was proved.
    """
    fast = prove_fast(raw, provider)
    if fast is not None and fast.signed.element == "Assertion":  # so that the stages of both profiles pass
        return _ALL_PASSED, fast, fast.notes
    stages, proved = examine_response(raw, provider)
    if proved is None:
        return (*stages, CheckResult(*READING, "skipped")), None, ()
    try:
        read = _read(proved)
    except FederationError as refusal:
        return (*stages, CheckResult(*READING, "refused", refusal)), None, proved.notes
    return (*stages, _READ), read, proved.notes


def _read(proved: ProvedResponse) -> ProvedAssertion:
    assertion = read_assertion(proved.assertion.element, decrypt=proved.decrypt)
    return ProvedAssertion(assertion, proved.assertion.signed, proved.envelope, proved.encrypted, proved.notes, "python")
