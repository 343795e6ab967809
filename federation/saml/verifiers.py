"""The verifiers of XML signatures by the names under which providers ask for them."""

from __future__ import annotations

from functools import cache

from federation.errors import RegistrationError, show
from federation.saml.signature.proof import StrictVerifier, Verifier


@cache
def named(verifier: str) -> Verifier:
    """Return the verifier of that name, ``strict`` or ``signxml``, importing it on first use.

    Raises:
        RegistrationError: check ``verifier``: there is none of that name, or its library is not installed.
    """
    remedy = "use `strict`, or install the extra `testing` for `signxml`"
    unknown = RegistrationError(check="verifier", expected="strict or signxml", found=show(verifier), remedy=remedy)
    match verifier:
        case "strict":
            return StrictVerifier()
        case "signxml":
            try:
                from federation.saml.signature.signxml_twin import SignxmlVerifier  # noqa: PLC0415 - signxml is an extra
            except ImportError:
                raise unknown from None
            return SignxmlVerifier()
        case _:
            raise unknown
