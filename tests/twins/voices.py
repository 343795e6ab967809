"""The JDK's word on what the fast engine proposes."""

from __future__ import annotations

from typing import Any

from federation.saml.registration.keys import VerificationKey
from federation.saml.signature.proof import SignatureCandidate
from tests.support.jdk import Jdk


def jdk_difference(jdk: Jdk, octets: bytes, keys: tuple[VerificationKey, ...], proposal: Any, *, proved: bool) -> str:
    """How the JDK's canonical octets of *octets* differ from those of *proposal*, or its verdict from *proved*; empty where neither does.

    Raises:
        JdkError: The JDK cannot read them.
    """
    candidates = [SignatureCandidate(*candidate) for candidate in proposal[:2] if candidate is not None]
    judged = list(zip(*(jdk.verify(octets, key) for key in keys), strict=True))
    if len(judged) != len(candidates):
        return "signatures that are not those of the JDK"
    for candidate, by_key in zip(candidates, judged, strict=True):
        # The JDK canonicalises SignedInfo for a key of the kind of the signature alone, and takes any Reference.
        if any(one.signed_info not in (b"", candidate.signed_info) for one in by_key):
            return "a canonical SignedInfo that is not the JDK's"
        if candidate.uri == f"#{candidate.element_id}" and by_key[0].references[0].octets != candidate.octets:
            return "canonical octets that are not the JDK's"
        if proved and not any(one.valid for one in by_key):
            return "the JDK does not verify what the fast engine proves"
    return ""
