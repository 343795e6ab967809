"""Trust policies: those that fit a provider and a login, and small ones that hit each other often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

PolicyDocument = dict[str, Any]
Keys = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class UnmetPolicy:
    """A trust policy that refuses a login because of one condition.

    Attributes:
        document: The policy.
        key: The condition key that does not match.
    """

    document: PolicyDocument
    key: str


def trust_policies(provider: str, keys: Keys, *, action: str) -> st.SearchStrategy[PolicyDocument]:
    """Return trust policies that allow *action* for a login by *provider* whose request has the condition keys *keys*.

    Each has an Allow with conditions on any of the keys, and may have further statements that do not match. IAM stores some of them only
    where they stand already: for GitHub and others it demands a condition on ``sub`` of a new policy.

    Args:
        provider: ARN of the provider, or the host name of a built-in one.
        keys: Condition keys of the request with one value each; keys with several values get no condition.
        action: Such as ``sts:AssumeRoleWithWebIdentity``.
    """
    allowing = _allow(provider, action, _met(keys))
    beside = st.lists(_unmatched(provider, action, keys), max_size=2)
    return st.builds(lambda first, others: _document([first, *others]), allowing, beside)


def refusing_trust_policies(provider: str, keys: Keys, *, action: str) -> st.SearchStrategy[UnmetPolicy]:
    """Return trust policies that do not allow *action* for *provider* and *keys*, because one condition of their only Allow does not match.

    Args:
        provider: As for `trust_policies`.
        keys: As for `trust_policies`; at least one key with one value.
        action: As for `trust_policies`.
    """
    single = _single(keys)

    def mismatching(key: str) -> st.SearchStrategy[UnmetPolicy]:
        others = {name: value for name, value in single.items() if name != key}
        block = _unmet(key, single[key])
        return st.builds(lambda met, unmet: UnmetPolicy(_document([_statement(provider, action, [*met, unmet])]), key), _met(others), block)

    return st.sampled_from(sorted(single)).flatmap(mismatching)


def _document(statements: Sequence[PolicyDocument]) -> PolicyDocument:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _statement(provider: str, action: str, blocks: Sequence[tuple[str, str, Any]]) -> PolicyDocument:
    conditions: dict[str, dict[str, Any]] = {}
    for operator, key, value in blocks:
        conditions.setdefault(operator, {})[key] = value
    stated: PolicyDocument = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": action}
    return {**stated, "Condition": conditions} if conditions else stated


def _single(keys: Keys) -> dict[str, str]:
    return {name: value for name, value in keys.items() if isinstance(value, str)}


def _met(keys: Keys) -> st.SearchStrategy[list[tuple[str, str, Any]]]:
    """Return conditions on any of *keys* that their values meet, at most one for each key."""
    single = _single(keys)
    if not single:
        return st.just([])
    one = [st.none() | _matching(name, value) for name, value in sorted(single.items())]
    return st.tuples(*one).map(lambda blocks: [block for block in blocks if block is not None])


def _matching(key: str, value: str) -> st.SearchStrategy[tuple[str, str, Any]]:
    literal = _literal(value)
    exact = st.sampled_from(("StringEquals", "StringLike")).map(lambda operator: (operator, key, literal))
    among = st.lists(st.text(alphabet="ab", max_size=4), max_size=2).map(lambda others: ("StringLike", key, [*others, literal]))
    cut = st.integers(0, len(value)).map(lambda place: ("StringLike", key, _literal(value[:place]) + "*"))
    cased = st.just(("StringEqualsIgnoreCase", key, _literal(value.swapcase() if value.isascii() else value)))
    return exact | among | cut | cased


def _unmet(key: str, value: str) -> st.SearchStrategy[tuple[str, str, Any]]:
    longer = st.text(alphabet="ab", min_size=1, max_size=4).map(lambda more: _literal(value + more))
    operators = st.sampled_from(("StringEquals", "StringLike", "StringEqualsIgnoreCase"))
    positive = st.builds(lambda operator, other: (operator, key, other), operators, longer)
    return positive | st.just(("StringNotEquals", key, _literal(value))) | st.just(("Null", key, "true"))


def _allow(provider: str, action: str, blocks: st.SearchStrategy[list[tuple[str, str, Any]]]) -> st.SearchStrategy[PolicyDocument]:
    return blocks.map(lambda met: _statement(provider, action, met))


def _unmatched(provider: str, action: str, keys: Keys) -> st.SearchStrategy[PolicyDocument]:
    elsewhere = st.sampled_from(("Allow", "Deny")).map(
        lambda effect: {"Effect": effect, "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}
    )
    single = _single(keys)
    if not single:
        return elsewhere
    unmet = st.sampled_from(sorted(single)).flatmap(lambda key: _unmet(key, single[key]))
    return elsewhere | st.builds(
        lambda effect, block: {**_statement(provider, action, [block]), "Effect": effect}, st.sampled_from(("Allow", "Deny")), unmet
    )


def _literal(value: str) -> str:
    """Return *value* as a policy writes it where no character has another meaning: a variable stands for each that has one."""
    return "".join(f"${{{char}}}" if char in "*?$" else char for char in value)
