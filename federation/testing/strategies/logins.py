"""Logins of the SAML forge that a careful verifier accepts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from hypothesis import strategies as st

from federation.testing import names
from federation.testing.login import Login
from federation.testing.strategies.values import session_names, tag_keys, tag_values

_FORMATS: Final = ("", names.PERSISTENT, names.TRANSIENT, names.EMAIL, names.UNSPECIFIED)
_AUDIENCES: Final = (names.AWS_SIGN_IN, "urn:amazon:webservices")
_DURATIONS: Final = (900, 3600)
"""Ends of the session durations that every role allows, in seconds."""


def subjects() -> st.SearchStrategy[str]:
    """Return identifiers of users: 1 to 64 letters, digits, signs of punctuation and symbols of any alphabet, without space."""
    return st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=64)


def aws_attributes(*, role: str, provider: str, tags: bool = True) -> st.SearchStrategy[Mapping[str, Sequence[str]]]:
    """Return attributes of an assertion that AWS accepts for *role*: Role and RoleSessionName, and any of those that are optional.

    Args:
        role: ARN of the role that is asked for.
        provider: ARN of the SAML provider.
        tags: Also session tags and a source identity. The trust policy must then allow ``sts:TagSession`` and ``sts:SetSourceIdentity``.
    """
    account = role.split(":")[4]
    others = st.lists(st.from_regex(rf"arn:aws:iam::{account}:role/[A-Za-z0-9]{{1,12}}", fullmatch=True), max_size=3, unique=True)
    pairs = st.tuples(others, st.booleans()).map(lambda drawn: _pairs([*drawn[0], role], provider, provider_first=drawn[1]))
    demanded = {"Role": pairs, "RoleSessionName": session_names().map(_single)}
    optional = {"SessionDuration": st.integers(*_DURATIONS).map(str).map(_single)}
    if tags:
        optional["SourceIdentity"] = session_names().filter(lambda name: not name.lower().startswith("aws:")).map(_single)
    plain = st.fixed_dictionaries(demanded, optional=optional)
    tagged = st.dictionaries(tag_keys(), tag_values(), max_size=3 if tags else 0).filter(_distinct)
    return st.builds(_named, plain, tagged)


def logins(*, at: datetime, role: str, provider: str, tags: bool = True) -> st.SearchStrategy[Login]:
    """Return logins at *at*, aware, that a provider of the forge asserts and AWS accepts for *role*, used within 30 seconds.

    Args:
        at: Time of the login, aware.
        role: ARN of the role that is asked for.
        provider: ARN of the SAML provider.
        tags: As for `aws_attributes`.
    """
    return st.builds(
        Login,
        at=st.just(at),
        subject=subjects(),
        subject_format=st.sampled_from(_FORMATS),
        audiences=st.sampled_from(_AUDIENCES).map(lambda audience: (audience,)),
        not_before=st.sampled_from((timedelta(0), timedelta(minutes=-5), None)),
        validity=st.integers(60, 3600).map(lambda seconds: timedelta(seconds=seconds)),
        session=st.sampled_from((timedelta(0), timedelta(hours=1), None)),
        attributes=aws_attributes(role=role, provider=provider, tags=tags),
        seed=st.integers(0, 999).map(str),
    )


def _pairs(roles: Sequence[str], provider: str, *, provider_first: bool) -> tuple[str, ...]:
    return tuple(f"{provider},{role}" if provider_first else f"{role},{provider}" for role in roles)


def _single(value: str) -> tuple[str, ...]:
    return (value,)


def _distinct(tags: Mapping[str, str]) -> bool:
    """Return whether the keys of *tags* differ in more than case: AWS compares them without it."""
    return len({key.casefold() for key in tags}) == len(tags)


def _named(plain: Mapping[str, Sequence[str]], tagged: Mapping[str, str]) -> dict[str, Sequence[str]]:
    stated = {f"{names.AWS_ATTRIBUTES}{name}": values for name, values in plain.items()}
    return {**stated, **{f"{names.AWS_ATTRIBUTES}PrincipalTag:{key}": (value,) for key, value in tagged.items()}}
