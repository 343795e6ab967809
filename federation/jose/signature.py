"""Verification of a compact JWS. Only this module constructs a `SignedToken`, whose octets a registered key has signed."""

from __future__ import annotations

from dataclasses import InitVar, dataclass
from typing import Final

from federation import aws_texts
from federation.errors import IDPCommunicationError, InternalFailure, InvalidIdentityToken, show
from federation.jose.algorithms import ALGORITHMS, AWS
from federation.jose.decode import Header, Payload, RawToken
from federation.jose.jwks import KeySet
from federation.jose.keys import JsonWebKey
from federation.portable import kept_here
from federation.profiles import Profile
from federation.records import record
from federation.report import AWS as AWS_ALONE
from federation.report import BOTH, STRICT, Check

_MAKER: Final = object()


@record(repr=False)
class SignedToken:
    """The payload and header of a token whose signature was verified, and the registered key that verified it."""

    header: Header
    payload: Payload
    key: JsonWebKey
    maker: InitVar[object]

    __reduce_ex__ = kept_here

    def __post_init__(self, maker: object) -> None:
        if maker is not _MAKER:
            raise InternalFailure(
                check="internal",
                expected="a token proved by verify_token",
                found="one made elsewhere",
                remedy="call verify_token",
            )


@dataclass(slots=True)
class KeySelection:
    """The state between the stages of `SELECTION`. ``candidates`` are set by the stage that selects keys."""

    raw: RawToken
    keys: KeySet
    algorithms: frozenset[str]
    candidates: tuple[JsonWebKey, ...] = ()


def _require_registered_keys(proof: KeySelection) -> None:
    """The issuer's key set is registered. It stands for what AWS fetches from the issuer, and nothing is fetched here."""
    if not proof.keys.registered:
        raise IDPCommunicationError(
            check="registered-keys",
            expected="a registered key set of the issuer",
            found="none",
            remedy=(
                "register the issuer's keys with `federation account update-oidc-provider --jwks`; under test control, "
                "PUT them to /_federation/jwks?issuer=URL, or mint the token there"
            ),
            message=aws_texts.web_identity.NO_KEY,
        )


def _require_sound_keys(proof: KeySelection) -> None:
    """Profile strict loads the key set whole: it skips no malformed key and takes no kid twice."""
    fault = proof.keys.fault
    if fault is not None:
        raise InvalidIdentityToken(
            check="key-set",
            expected=f"a key set that profile strict loads: {fault.expected}",
            found=fault.found,
            remedy=fault.remedy,
            message=aws_texts.web_identity.NOT_VALIDATED,
        )


def _require_registered_algorithm(proof: KeySelection) -> None:
    """The header names an algorithm of the provider's allow-list."""
    if proof.raw.header.alg not in proof.algorithms:
        raise _not_allowed(proof.raw.header.alg, proof.algorithms)


def _require_algorithm_of_aws(proof: KeySelection) -> None:
    """The header names an algorithm of the provider's allow-list that AWS verifies too."""
    alg = proof.raw.header.alg
    if alg not in proof.algorithms or alg not in AWS:
        raise _not_allowed(alg, proof.algorithms & AWS)


def _select_keys(proof: KeySelection) -> None:
    """The kid names one registered key that fits, or leaves a bounded number of them open."""
    header = proof.raw.header
    proof.candidates = proof.keys.strict_candidates(header.alg, header.kid)


def _select_key_of_aws(proof: KeySelection) -> None:
    """The kid names one registered key that fits; it may be absent or empty where exactly one key is indexed."""
    header = proof.raw.header
    proof.candidates = proof.keys.aws_candidates(header.alg, header.kid)


SELECTION: Final[tuple[Check[KeySelection], ...]] = (
    Check("registered-keys", "AWS, documented: IDPCommunicationError", BOTH, _require_registered_keys),
    Check("key-set", "RFC 7517 section 5; attack row M09", STRICT, _require_sound_keys),
    Check("alg", "RFC 8725 section 3.1", STRICT, _require_registered_algorithm),
    Check("alg", "RFC 8725 section 3.1; AWS, observed", AWS_ALONE, _require_algorithm_of_aws),
    Check("kid", "RFC 7515 section 4.1.4", STRICT, _select_keys),
    Check("kid", "RFC 7515 section 4.1.4; AWS, observed", AWS_ALONE, _select_key_of_aws),
)
"""The stages of the selection of keys, in order. Each has the profiles that enforce it."""

_SELECTION_OF: Final = {profile: tuple(check.run for check in SELECTION if profile in check.profiles) for profile in Profile}


def verify_token(
    raw: RawToken, keys: KeySet, *, algorithms: frozenset[str], profile: Profile, proved: SignedToken | None = None
) -> SignedToken:
    """Verify the signature of *raw* with *keys*.

    Args:
        raw: The decoded token.
        keys: The key set of the provider.
        algorithms: The accepted algorithms of the provider. The name that is checked here is the one that is used (attack row J04).
        profile: The profile whose rules select the key.
        proved: What was returned for another profile. Where it is of *raw* and the same key is selected, it is returned again.

    Raises:
        IDPCommunicationError: Check ``registered-keys``: *keys* were never registered.
        InvalidIdentityToken: Checks ``key-set``, ``alg``, ``kid``, ``signature``.
    """
    proof = KeySelection(raw, keys, algorithms)
    for run in _SELECTION_OF[profile]:
        run(proof)
    verify = ALGORITHMS[raw.header.alg].verify
    for key in proof.candidates:
        if proved is not None and proved.key is key and proved.payload is raw.payload:
            return proved
        if verify(key.public, raw.signature, raw.signing_input):
            return SignedToken(raw.header, raw.payload, key, _MAKER)
    raise InvalidIdentityToken(
        check="signature",
        expected="a signature by the registered key that the token names",
        found="one that does not verify",
        remedy="get a new token, or register the issuer's present key set: the token was altered, cut, or signed by another key",
        message=aws_texts.web_identity.NOT_VALIDATED,
    )


def _not_allowed(alg: str, allowed: frozenset[str]) -> InvalidIdentityToken:
    return InvalidIdentityToken(
        check="alg",
        expected=f"one of {', '.join(sorted(allowed))}",
        found=show(alg),
        remedy="have the issuer sign with an allowed asymmetric algorithm",
        message=aws_texts.web_identity.NOT_VALIDATED,
    )
