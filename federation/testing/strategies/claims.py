"""Claims of ID tokens by validity: valid ones, and ones with a single fault that is named."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from hypothesis import strategies as st

from federation.check_names import OidcCheck
from federation.testing.oidc import ABSENT, OidcForge
from federation.testing.strategies.values import json_values

_DAY: Final = 86_400
_SKEW: Final = 600
"""More than any clock skew that a provider may have, in seconds."""
_REQUIRED: Final = ("sub", "aud", "iat", "exp")


@dataclass(frozen=True, slots=True)
class ClaimSet:
    """The payload of an ID token.

    Attributes:
        claims: Its members.
        fault: Name of the check by which a verifier of profile ``strict`` refuses them (docs/checks.md); empty for valid claims.
    """

    claims: Mapping[str, Any] = field(repr=False)
    fault: OidcCheck | None = None

    def signed_by(self, forge: OidcForge) -> str:
        """Return the compact token of these claims with a signature of *forge*."""
        header = {"alg": forge.key.algorithm, **({} if forge.key.kid is None else {"kid": forge.key.kid})}
        return forge.sign(json.dumps(header).encode(), json.dumps(self.claims).encode())


ClaimChange = st.SearchStrategy[dict[str, object]]


def valid_claim_sets(forge: OidcForge, *, at: datetime, audience: str) -> st.SearchStrategy[ClaimSet]:
    """Return claims of *forge* that are valid at *at*, aware, for *audience*: any subject, any times around *at*, any further claims."""
    return _valid(forge, at, audience).map(ClaimSet)


def faulty_claim_sets(
    forge: OidcForge, *, at: datetime, audience: str, faults: Collection[OidcCheck] | None = None
) -> st.SearchStrategy[ClaimSet]:
    """Return claims of *forge* with exactly one fault at *at*, aware, for *audience*.

    Args:
        forge: The issuer.
        at: Time at which they are judged, aware.
        audience: The one registered client id.
        faults: The faults to choose from; None for all of `FAULTS`.

    Raises:
        ValueError: *faults* is empty or has a name that is not in `FAULTS`.
    """
    chosen = FAULTS if faults is None else tuple(faults)
    if not chosen or not set(chosen) <= set(FAULTS):
        raise ValueError(f"faults must be some of {', '.join(FAULTS)}")
    changes = _faults(forge, int(at.timestamp()), audience)

    def faulty(fault: OidcCheck) -> st.SearchStrategy[ClaimSet]:
        return st.builds(lambda claims, change: ClaimSet(_changed(claims, change), fault), _valid(forge, at, audience), changes[fault])

    return st.sampled_from(chosen).flatmap(faulty)


def claim_sets(forge: OidcForge, *, at: datetime, audience: str) -> st.SearchStrategy[ClaimSet]:
    """Return valid and faulty claims alike; `ClaimSet.fault` tells them apart."""
    return valid_claim_sets(forge, at=at, audience=audience) | faulty_claim_sets(forge, at=at, audience=audience)


def _valid(forge: OidcForge, at: datetime, audience: str) -> st.SearchStrategy[dict[str, Any]]:
    now = int(at.timestamp())
    further = st.dictionaries(st.text(max_size=8).map("x_{}".format), json_values(max_leaves=4), max_size=2)
    stated = st.fixed_dictionaries(
        {
            "iss": st.just(forge.url),
            "sub": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=255),
            "aud": st.sampled_from((audience, [audience])),
            "iat": st.integers(now - _DAY, now),
            "exp": st.integers(now + 1, now + _DAY),
        },
        optional={
            "nbf": st.integers(now - _DAY, now),
            "jti": st.uuids().map(str),
            "amr": st.lists(st.sampled_from(("pwd", "mfa", "hwk")), max_size=2),
            "azp": st.just(audience),
        },
    )
    return st.builds(lambda more, claims: {**more, **claims}, further, stated)


def _changed(claims: Mapping[str, Any], changes: Mapping[str, object]) -> dict[str, Any]:
    return {name: value for name, value in {**claims, **changes}.items() if value is not ABSENT}


def _faults(forge: OidcForge, now: int, audience: str) -> dict[OidcCheck, ClaimChange]:
    """Return the changes that make each fault and no other."""
    return {
        "issuer": _set(
            "iss", f"{forge.url}/", forge.url.upper(), forge.url.replace("https:", "http:"), f"{forge.url}.example", [forge.url]
        ),
        "required-claims": st.sampled_from(_REQUIRED).map(lambda name: {name: ABSENT}),
        "subject": _set("sub", "", 7, None, "a" * 256, "a\0", ["a"]),
        "timestamp": _one_of_times("soon", [], {}, None),
        "numeric-date": st.sampled_from(({"exp": str(now + _DAY)}, {"iat": str(now)}, {"nbf": str(now)})),
        "exp": st.integers(1, _DAY).map(lambda late: {"iat": now - 2 * _DAY, "nbf": ABSENT, "exp": now - _SKEW - late}),
        "iat": st.integers(1, _DAY).map(lambda early: {"iat": now + _SKEW + early, "nbf": ABSENT, "exp": now + 3 * _DAY}),
        "nbf": st.integers(1, _DAY).map(lambda early: {"nbf": now + _SKEW + early}),
        "audience": st.sampled_from((f"{audience}.example", audience[:-1], "other", ["other"])).map(
            lambda other: {"aud": other, "azp": ABSENT}
        ),
        "audience-trusted": st.just({"aud": "other", "azp": audience}),
        "token-use": st.sampled_from(({"events": {}}, {"token_use": "access"})),
        "confirmation": _set("cnf", {"jkt": "x"}, {}, None),
        "amr": _set("amr", "pwd", [1], None, {}),
        "jti": _set("jti", "", 7, None, "a\0"),
    }


def _set(name: str, *values: object) -> ClaimChange:
    return st.sampled_from(values).map(lambda value: {name: value})


def _one_of_times(*values: object) -> ClaimChange:
    return st.builds(lambda name, value: {name: value}, st.sampled_from(("exp", "iat", "nbf")), st.sampled_from(values))


FAULTS: Final[tuple[OidcCheck, ...]] = (
    *("issuer", "required-claims", "subject", "timestamp", "numeric-date", "exp", "iat", "nbf"),
    *("audience", "audience-trusted", "token-use", "confirmation", "amr", "jti"),
)
"""The faults of `faulty_claim_sets`, each by the name of the check that finds it."""
