"""AWS Signature Version 4: verification of signed requests."""

from __future__ import annotations

from federation.sts.sigv4.authorization import Signature, parse_authorization
from federation.sts.sigv4.checks import SignedHeaderRules, unknown_access_key
from federation.sts.sigv4.request import SignedRequest
from federation.sts.sigv4.verification import SecretLookup, VerifiedSignature, verify

__all__ = [
    "SecretLookup",
    "Signature",
    "SignedHeaderRules",
    "SignedRequest",
    "VerifiedSignature",
    "parse_authorization",
    "unknown_access_key",
    "verify",
]
