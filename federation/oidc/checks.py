"""The checks of the claims of a verified token, in order, in one list for both profiles.

Where the profiles differ only in the clock skew, a check reads it from its subject. Where they differ in the rule, each profile has its own
check.
"""

from __future__ import annotations

from typing import Final

from federation import aws_texts, limits
from federation.check_names import OidcCheck
from federation.errors import ExpiredTokenException, InternalFailure, InvalidIdentityToken, show
from federation.oidc.claims import Claims
from federation.oidc.issuer_url import how_to_register
from federation.oidc.provider import OidcProvider
from federation.profiles import Profile
from federation.records import record
from federation.report import AWS, BOTH, STRICT, Check

_MAX_SECONDS: Final = 1 << 53
_REQUIRED: Final = ("sub", "aud", "iat", "exp")
_ALL_REQUIRED: Final = frozenset(_REQUIRED)
_TIMES: Final = ("exp", "nbf", "iat")


@record()
class PresentedToken:
    """The subject of the checks: verified claims with the provider, the time and the profile.

    Attributes:
        claims: The signed claims.
        provider: The registered provider whose key signed them.
        profile: The profile whose checks run.
        now: The time to judge at, in seconds since 1970.
        leeway: Tolerance on ``exp``, ``nbf`` and ``iat``, in seconds (attack rows J29, J30).
    """

    claims: Claims
    provider: OidcProvider
    profile: Profile
    now: float
    leeway: int


def check_members(presentation: PresentedToken) -> None:
    """Refuse a header or payload that names a member twice: two readers could each see another value (attack row J25)."""
    claims = presentation.claims
    if claims.repeated or claims.header.repeated:
        raise _refusal("members", "every member named once", show((claims.header.repeated + claims.repeated)[0]))


def check_typ(presentation: PresentedToken) -> None:
    """Take only the types of token that the provider was registered for (RFC 8725 section 3.11); most issuers leave ``typ`` out."""
    typ = presentation.claims.header.typ
    if typ is not None and typ.lower().removeprefix("application/") not in presentation.provider.token_types:
        allowed = ", ".join(sorted(presentation.provider.token_types))
        raise _refusal("typ", f"typ absent or one of {allowed}", show(typ), "send the ID token, not another token of the same issuer")


def check_issuer(presentation: PresentedToken) -> None:
    """Require ``iss`` to equal the registered URL, character for character (attack rows J33, J34)."""
    issuer = presentation.claims.members.get("iss")
    if type(issuer) is not str or issuer not in presentation.provider.issuers:
        issuer = presentation.claims.required("iss")
        raise _refusal(
            "issuer",
            f"iss {show(presentation.provider.url)}",
            show(issuer),
            how_to_register(issuer, "register a provider for this issuer, path and trailing slash included"),
            aws_texts.web_identity.no_provider(issuer) if isinstance(issuer, str) else aws_texts.web_identity.NOT_VALIDATED,
        )


def check_required_claims(presentation: PresentedToken) -> None:
    """Require what the service requires: ``sub``, ``aud``, ``iat`` and ``exp`` (``iss`` was needed to find the provider)."""
    if not presentation.claims.members.keys() >= _ALL_REQUIRED:
        for name in _REQUIRED:
            presentation.claims.required(name)


def check_subject(presentation: PresentedToken) -> None:
    """Require a subject that can name somebody: a string of 1 to 255 characters without NUL (OIDC Core section 2; attack row J37)."""
    subject = presentation.claims.members.get("sub")
    if type(subject) is not str or not 0 < len(subject) <= limits.SUBJECT_CHARS or "\0" in subject:
        subject = presentation.claims.required("sub")
        raise _refusal("subject", f"sub as a string of 1 to {limits.SUBJECT_CHARS} characters without NUL", show(subject))


def check_subject_value(presentation: PresentedToken) -> None:
    """Answer as the service does: numbers are read as text, null fails inside it, other types do not validate."""
    if presentation.claims.required("sub") is None:
        raise InternalFailure(
            check="subject-value",
            expected="sub as a string or number",
            found=show(None),
            remedy="have the identity provider issue sub as a string",
            message=aws_texts.web_identity.UNKNOWN_ERROR,
        )
    presentation.claims.subject()


def check_timestamp(presentation: PresentedToken) -> None:
    """Require whole seconds in ``exp``, ``iat`` and, where present, ``nbf``; the service also reads strings of digits."""
    for name in _TIMES:
        if name in presentation.claims.members:
            presentation.claims.seconds(name)


def check_numeric_date(presentation: PresentedToken) -> None:
    """Require JSON integers from 0 to 2**53 in the time claims: not text, not a boolean, no fraction (attack rows J27, J50)."""
    members = presentation.claims.members
    for name in _TIMES:
        if name in members and not (type(members[name]) is int and 0 <= members[name] < _MAX_SECONDS):
            raise _refusal("numeric-date", f"{name} as a JSON integer of seconds since 1970", show(members[name]))


def check_exp(presentation: PresentedToken) -> None:
    """Refuse a token at and after ``exp`` (RFC 7519 section 4.1.4)."""
    expiry = presentation.claims.seconds("exp")
    if presentation.now - presentation.leeway >= expiry:
        raise ExpiredTokenException(
            check="exp",
            expected=f"an instant before exp {expiry}",
            found=f"{int(presentation.now)}, {int(presentation.now) - expiry} s later",
            remedy="get a new token from the identity provider",
            message=aws_texts.web_identity.expired(_printed_after(int(presentation.now), expiry), expiry),
        )


def check_iat(presentation: PresentedToken) -> None:
    """Refuse a token issued in the future."""
    issued = presentation.claims.seconds("iat")
    if issued > presentation.now + presentation.leeway:
        raise _refusal(
            "iat",
            "an iat that has passed",
            f"{issued}, {issued - int(presentation.now)} s ahead",
            "compare the clocks of the identity provider and this host",
            aws_texts.web_identity.issued_in_future(issued),
        )


def check_nbf(presentation: PresentedToken) -> None:
    """Refuse a token before its ``nbf`` (RFC 7519 section 4.1.5)."""
    if "nbf" not in presentation.claims.members:
        return
    not_before = presentation.claims.seconds("nbf")
    if presentation.now + presentation.leeway < not_before:
        raise _refusal(
            "nbf",
            f"an instant from nbf {not_before}",
            f"{int(presentation.now)}, {not_before - int(presentation.now)} s earlier",
            "compare the clocks of the identity provider and this host",
            aws_texts.web_identity.not_yet_valid(_printed_before(int(presentation.now), not_before), not_before),
        )


def check_lifetime(presentation: PresentedToken) -> None:
    """Refuse a token that ended before it was issued (attack row J29)."""
    claims = presentation.claims
    if claims.seconds("iat") > claims.seconds("exp"):
        raise _refusal("lifetime", "iat before exp", "iat after exp")


def check_authorized_party(presentation: PresentedToken) -> None:
    """Require ``azp`` where ``aud`` names several: the service does so whoever they are."""
    if len(presentation.claims.audiences()) > 1 and "azp" not in presentation.claims.members:
        raise _refusal(
            "authorized-party",
            "one audience, or azp",
            f"{len(presentation.claims.audiences())} audiences and no azp",
            "request a token for one audience",
            aws_texts.web_identity.SEVERAL_AUDIENCES,
        )


def check_audience(presentation: PresentedToken) -> None:
    """Require the token to be addressed to a registered client id: ``azp`` where present, else each audience (attack rows J31, J32)."""
    for audience in presentation.claims.addressed_to():
        if audience not in presentation.provider.registered:
            raise _refusal(
                "audience",
                "a registered client id as azp or, without azp, in every aud",
                show(audience),
                f"request a token for a registered client id, or add {show(audience)} to the provider's client ids",
                aws_texts.web_identity.NOT_VALIDATED,
            )


def check_audience_trusted(presentation: PresentedToken) -> None:
    """Require ``aud`` itself to name us beside ``azp``: a token for another relying party is not ours because our client asked for it."""
    if presentation.provider.registered.isdisjoint(presentation.claims.audiences()):
        raise _refusal(
            "audience-trusted",
            "a registered client id in aud",
            show(presentation.claims.audiences()[0]),
            "add the audience to the provider's client ids if tokens for it are meant for this account",
        )


def check_token_use(presentation: PresentedToken) -> None:
    """Refuse tokens that say they are something else: security events such as logout tokens, Cognito access tokens (attack row J39)."""
    members = presentation.claims.members
    if "events" in members:
        raise _refusal("token-use", "an identity token", "a security event token (it has the claim events)")
    if members.get("token_use", "id") != "id":
        raise _refusal("token-use", "token_use `id`", show(members["token_use"]), "send the ID token, not the access token")


def check_confirmation(presentation: PresentedToken) -> None:
    """Refuse a token bound to a key (RFC 7800): presented alone, it would be used as the bearer token it is not (attack row J54)."""
    if "cnf" in presentation.claims.members:
        raise _refusal("confirmation", "a bearer token", "one bound to a key (it has the claim cnf)", "request a bearer token")


def check_amr(presentation: PresentedToken) -> None:
    """Require ``amr``, which trust policies may ask for, to be a list of strings where present (RFC 8176)."""
    members = presentation.claims.members
    if "amr" not in members:
        return
    amr = members["amr"]
    if not isinstance(amr, list) or not all(isinstance(method, str) for method in amr):
        raise _refusal("amr", "amr as a list of strings", show(amr))


def check_jti(presentation: PresentedToken) -> None:
    """Require ``jti``, by which replay is noticed, to be a non-empty string where present (RFC 7519 section 4.1.7)."""
    jti = presentation.claims.members.get("jti", "absent")
    if not isinstance(jti, str) or not jti or "\0" in jti:
        raise _refusal("jti", "jti as a non-empty string", show(jti))


CHECKS: Final[tuple[Check[PresentedToken], ...]] = (
    Check("members", "RFC 8725 section 2.4; RFC 7515 section 4", STRICT, check_members),
    Check("typ", "RFC 8725 section 3.11", STRICT, check_typ),
    Check("issuer", "OpenID Connect Core 3.1.3.7 (2)", BOTH, check_issuer),
    Check("required-claims", "AWS, observed", BOTH, check_required_claims),
    Check("subject", "OpenID Connect Core 2", STRICT, check_subject),
    Check("subject-value", "AWS, observed", AWS, check_subject_value),
    Check("timestamp", "RFC 7519 section 2; AWS, observed", BOTH, check_timestamp),
    Check("numeric-date", "RFC 7519 section 2", STRICT, check_numeric_date),
    Check("exp", "RFC 7519 section 4.1.4", BOTH, check_exp),
    Check("iat", "RFC 7519 section 4.1.6; AWS, observed", BOTH, check_iat),
    Check("nbf", "RFC 7519 section 4.1.5", BOTH, check_nbf),
    Check("lifetime", "RFC 7519 section 4.1.4", STRICT, check_lifetime),
    Check("authorized-party", "AWS, observed", AWS, check_authorized_party),
    Check("audience", "OpenID Connect Core 3.1.3.7 (3-5)", BOTH, check_audience),
    Check("audience-trusted", "OpenID Connect Core 3.1.3.7 (3)", STRICT, check_audience_trusted),
    Check("token-use", "RFC 8725 section 3.12", STRICT, check_token_use),
    Check("confirmation", "RFC 7800 section 3", STRICT, check_confirmation),
    Check("amr", "RFC 8176 section 1", STRICT, check_amr),
    Check("jti", "RFC 7519 section 4.1.7", STRICT, check_jti),
)

CHECKS_OF: Final = {profile: tuple(check for check in CHECKS if profile in check.profiles) for profile in Profile}
"""The checks of each profile."""


def _printed_after(now: int, expiry: int) -> int:
    """Return the time that AWS prints for a token that expired: *now* minus its clock skew (observed).

    Where this is before *expiry*, so that AWS would accept the token, it is *now* itself.
    """
    aws = now - limits.AWS_LEEWAY_SECONDS
    return aws if aws >= expiry else now


def _printed_before(now: int, not_before: int) -> int:
    """Return the time that AWS prints for a token before its ``nbf``: *now* plus its clock skew; see `_printed_after`."""
    aws = now + limits.AWS_LEEWAY_SECONDS
    return aws if aws < not_before else now


def _refusal(
    check: OidcCheck,
    expected: str,
    found: str,
    remedy: str = "have the identity provider issue the token in this form",
    message: str | None = None,
) -> InvalidIdentityToken:
    return InvalidIdentityToken(check=check, expected=expected, found=found, remedy=remedy, message=message)
