"""The request that a policy is asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from federation.errors import ValidationError, show
from federation.identity import ContextValue
from federation.policy.principal import Principal
from federation.policy.wildcard import fold, units


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestContext:
    """Who wants to do what to which resource, and under which circumstances.

    Attributes:
        principal: The caller.
        action: The action, e.g. ``sts:AssumeRoleWithSAML``; compared without regard to case.
        resource: ARN of the resource; None where the policy has no Resource element, as trust policies.
        keys: Condition keys: a str is the value of a single-valued key, a list or tuple the values of a key that is multivalued by
            definition, even with one value. An empty list is an absent key. Names compare without regard to ASCII case.

    Raises:
        ValidationError: A value is of another type, or two names differ only by case (attack row A18).
    """

    principal: Principal
    action: str
    resource: str | None = None
    keys: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    folded_keys: dict[str, ContextValue] = field(init=False, repr=False, compare=False)
    folded_action: str = field(init=False, repr=False, compare=False)
    resource_units: str | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.principal, Principal):
            raise _fault("principal", "a Principal", type(self.principal).__name__)
        if not isinstance(self.action, str) or not (self.resource is None or isinstance(self.resource, str)):
            raise _fault("action", "text for action and resource", type(self.action).__name__)
        if not isinstance(self.keys, Mapping):
            raise _fault("context-keys", "a mapping of condition keys", type(self.keys).__name__)
        object.__setattr__(self, "folded_keys", _folded(self.keys))
        object.__setattr__(self, "folded_action", units(fold(self.action)))
        object.__setattr__(self, "resource_units", None if self.resource is None else units(self.resource))


_fold = lru_cache(maxsize=1024)(fold)
"""The same few names come with every request of a provider."""


def _folded(keys: Mapping[str, str | Sequence[str]]) -> dict[str, ContextValue]:
    if set(map(type, keys)) == set(map(type, keys.values())) == {str}:  # nearly every request
        plain: dict[str, ContextValue] = dict(zip(map(_fold, keys), keys.values(), strict=True))  # type: ignore[arg-type]  # all are text
        if len(plain) == len(keys):
            return plain
    folded: dict[str, ContextValue] = {}
    for name, value in keys.items():
        if not isinstance(name, str):
            raise _fault("context-keys", "names that are text", type(name).__name__)
        key = fold(name)
        if key in folded:
            raise _fault("context-keys", "every condition key once, whatever its case", show(name))
        if isinstance(value, str):
            folded[key] = value
        elif isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
            folded[key] = tuple(value)
        else:
            raise _fault("context-keys", f"text or a list of text for {show(name)}", type(value).__name__)
    return {key: value for key, value in folded.items() if value != ()} if () in folded.values() else folded


def _fault(check: str, expected: str, found: str) -> ValidationError:
    return ValidationError(check=check, expected=expected, found=found, remedy="correct the request that the policy is asked about")
