"""Registered JSON Web Key Sets (RFC 7517 section 5), and the selection of the key for a token.

Keys belong to one provider (attack row J14). A token can only refer to one of them. A key set is never fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from federation import aws_texts, limits
from federation.errors import InvalidIdentityToken, RegistrationError, show
from federation.jose.keys import JsonWebKey, read_key, read_kid
from federation.jose.strictjson import Complaint, decode_object
from federation.profiles import Profile

_MAX_KEYS: Final = 400
_AWS_MAX_RSA_KEYS: Final = 100
_REMEDY: Final = "register the key set that the issuer publishes at its jwks_uri"
_COMPLAINT: Final = Complaint(RegistrationError, "jwks", "the key set", _REMEDY)


@dataclass(frozen=True, slots=True)
class UnusableKey:
    """A JWK that profile ``aws`` skips. Profile ``strict`` refuses the whole set; ``reason`` is that refusal."""

    kid: str | None
    reason: RegistrationError


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys of one issuer.

    Attributes:
        keys: Every usable key, in the order of the document.
        index: The last key of each ``kid``, also where it is unusable. JWKs without ``kid`` are not in it.
        ambiguous: Key ids that occur more than once, in a set loaded for profile ``aws``.
        rsa_keys: Number of RSA keys.
        fault: The refusal of this set by profile ``strict``, in a set loaded for profile ``aws``; otherwise None.
    """

    keys: tuple[JsonWebKey, ...]
    index: Mapping[str, JsonWebKey | UnusableKey]
    ambiguous: frozenset[str]
    rsa_keys: int
    fault: RegistrationError | None = field(default=None, compare=False)

    @classmethod
    def parse(cls, document: str | bytes | Mapping[str, Any], *, profile: Profile = Profile.STRICT) -> KeySet:
        """Return the key set of JSON text or decoded JSON.

        Profile ``strict`` refuses the whole set for one malformed key (attack row M09) or for a ``kid`` that occurs twice. Profile ``aws``
        skips malformed keys and uses the last key of a ``kid`` (observed). Both refuse private and symmetric keys.

        Raises:
            RegistrationError: Checks ``jwks``, ``jwks-kid`` and those of `read_key`.
        """
        entries = _entries(document)
        keys: list[JsonWebKey] = []
        index: dict[str, JsonWebKey | UnusableKey] = {}
        ambiguous: set[str] = set()
        faults: list[RegistrationError] = []
        for position, entry in enumerate(entries):
            key = _read(entry, f"keys[{position}]")
            if key is None:
                continue
            if isinstance(key, JsonWebKey):
                keys.append(key)
            else:
                faults.append(key.reason)
            if key.kid is not None and key.kid in index:
                ambiguous.add(key.kid)
            if key.kid is not None:
                index[key.kid] = key
        if ambiguous:
            faults.append(RegistrationError(check="jwks-kid", expected="every kid once", found=show(min(ambiguous)), remedy=_REMEDY))
        if not keys:
            expected = "at least one public RSA, EC or Ed25519 key"
            faults.append(RegistrationError(check="jwks", expected=expected, found="none", remedy=_REMEDY))
        if faults and profile is Profile.STRICT:
            raise faults[0]
        rsa_keys = sum(key.kty == "RSA" for key in keys)
        return cls(tuple(keys), MappingProxyType(index), frozenset(ambiguous), rsa_keys, faults[0] if faults else None)

    @property
    def registered(self) -> bool:
        """Whether the set was parsed. A parsed set has a key or a fault; `UNREGISTERED` has neither."""
        return bool(self.keys) or self.fault is not None

    def strict_candidates(self, alg: str, kid: str | None) -> tuple[JsonWebKey, ...]:
        """Return the keys that may verify a token with *alg* and *kid*: the key of *kid*, or a limited number where there is none.

        Raises:
            InvalidIdentityToken: Checks ``kid`` (no key matches) and ``alg`` (the key of *kid* does not verify *alg*).
        """
        if kid is not None and kid in self.index:
            key = self.index[kid]
            if not isinstance(key, JsonWebKey) or kid in self.ambiguous:
                raise _no_key("the kid of one sound key", show(kid))
            if alg not in key.usable[Profile.STRICT]:
                raise _unfit(alg, key.usable[Profile.STRICT])
            return (key,)
        # Some issuers omit the kid in tokens or in keys. Then a limited number of matching keys without another kid is tried (row J13).
        fitting = tuple(key for key in self.keys if alg in key.usable[Profile.STRICT] and (kid is None or key.kid is None))
        if not 0 < len(fitting) <= limits.KEYS_PER_PROVIDER:
            named = "no kid" if kid is None else show(kid)
            raise _no_key(
                f"the kid of a registered key, or 1 to {limits.KEYS_PER_PROVIDER} keys for {alg} that it may mean",
                f"{named} and {len(fitting)} such keys",
            )
        return fitting

    def aws_candidates(self, alg: str, kid: str | None) -> tuple[JsonWebKey, ...]:
        """Return the key that AWS selects (observed). An absent or empty *kid* is accepted only where exactly one key is indexed.

        Raises:
            InvalidIdentityToken: As for `strict_candidates`.
        """
        if not kid and len(self.index) == 1:
            (key,) = self.index.values()
        elif kid and kid in self.index:
            key = self.index[kid]
        else:
            raise _no_key("the kid of one registered key", show(kid) if kid is not None else "no kid")
        if not isinstance(key, JsonWebKey):
            raise _unfit(alg, frozenset())
        if alg not in key.usable[Profile.AWS]:
            raise _unfit(alg, key.usable[Profile.AWS])
        if key.kty == "RSA" and self.rsa_keys > _AWS_MAX_RSA_KEYS:
            raise _no_key(f"at most {_AWS_MAX_RSA_KEYS} RSA keys in the set", "more")
        return (key,)


UNREGISTERED: Final = KeySet((), MappingProxyType({}), frozenset(), 0)
"""Stands for the key set of an issuer whose keys are not known."""


def _entries(document: str | bytes | Mapping[str, Any]) -> list[Any] | tuple[Any, ...]:
    if isinstance(document, (str, bytes)):
        if len(document) > limits.JWKS_OCTETS:
            raise _COMPLAINT.refusal(f"at most {limits.JWKS_OCTETS} octets of JSON", f"{len(document)}")
        octets = document.encode("utf-8", "surrogatepass") if isinstance(document, str) else document
        decoded = decode_object(octets, _COMPLAINT)
        if decoded.repeated:
            raise _COMPLAINT.refusal("JSON that names every member once", show(decoded.repeated[0]))
        document = decoded.members
    keys = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(keys, (list, tuple)) or len(keys) > _MAX_KEYS:
        raise _COMPLAINT.refusal(f"an object whose member keys is a list of at most {_MAX_KEYS}", show(type(document).__name__))
    return keys


def _read(entry: object, place: str) -> JsonWebKey | UnusableKey | None:
    if not isinstance(entry, Mapping):
        raise RegistrationError(check="jwk", expected=f"an object at {place}", found=show(type(entry).__name__), remedy=_REMEDY)
    try:
        return read_key(entry, place)
    except RegistrationError as fault:
        if fault.check in {"jwk-private", "jwk-symmetric"}:
            raise
        return UnusableKey(read_kid(entry, place), fault)


def _no_key(expected: str, found: str) -> InvalidIdentityToken:
    return InvalidIdentityToken(
        check="kid",
        expected=expected,
        found=found,
        remedy="register the issuer's present key set: its keys may have rotated since",
        message=aws_texts.web_identity.NO_KEY,
    )


def _unfit(alg: str, usable: frozenset[str]) -> InvalidIdentityToken:
    return InvalidIdentityToken(
        check="alg",
        expected=f"an algorithm of the named key: {', '.join(sorted(usable)) or 'none, it must not verify signatures'}",
        found=show(alg),
        remedy="have the issuer sign with an algorithm that fits its published key",
        message=aws_texts.web_identity.NOT_VALIDATED,
    )
