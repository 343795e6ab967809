"""The fast engine: what the extension proposes is verified by the same keys and rules, and read as the same types.

Whatever does not hold is no refusal: the Python engine judges the same octets and finds the words.
"""

from __future__ import annotations

from federation.engines import proposer
from federation.errors import FederationError
from federation.profiles import Profile
from federation.saml.decode import RawResponse
from federation.saml.notes import proof_notes
from federation.saml.reading.envelope import SUCCESS, Envelope
from federation.saml.reading.proposed import read_proposed
from federation.saml.response import ProviderKeys
from federation.saml.road.proved import ProvedAssertion
from federation.saml.signature.proof import SignedOctets, verify_proposal


def prove_fast(raw: RawResponse, provider: ProviderKeys) -> ProvedAssertion | None:
    """Return the proved assertion of *raw*; None where the Python engine must judge."""
    propose = proposer()
    if propose is None or provider.verifier != "strict" or provider.encryption == "required":
        return None
    proposal = propose(raw.octets)
    if proposal is None:
        return None
    try:
        proposed = verify_proposal(proposal, keys=provider.keys, permit=provider.permit)
        if not _signs_enough(proposed.response, proposed.own, provider):
            return None
        envelope = Envelope(*proposed.envelope, signed=proposed.response is not None)
        assertion = read_proposed(proposed.values)
    except FederationError:
        return None
    if envelope.status_codes != (SUCCESS,):
        return None
    by = tuple(filter(None, (proposed.response, proposed.own)))
    return ProvedAssertion(assertion, proposed.values.signed, envelope, encrypted=False, notes=proof_notes(by), engine="fast")


def _signs_enough(response: SignedOctets | None, own: SignedOctets | None, provider: ProviderKeys) -> bool:
    """Return whether the elements that *provider* and its profile demand are signed."""
    if own is None and (provider.signed == "assertion" or provider.profile is Profile.AWS):
        return False
    return response is not None or provider.signed != "response"
