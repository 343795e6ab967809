"""The request that a policy is evaluated for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from federation.check_names import PolicyCheck
from federation.errors import ValidationError, show
from federation.identity import ContextValue
from federation.policy.keys import RequestKeys
from federation.policy.principal import Principal
from federation.policy.wildcard import fold, units
from federation.portable import Recipe, rebuilt

_NO_KEYS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, init=False)
class RequestContext:
    """A request: principal, action, resource and condition keys.

    Attributes:
        principal: The caller. None where the kind of the policy needs no principal: identity policies, session policies and boundaries.
        action: The action, e.g. ``sts:AssumeRoleWithSAML``. It is compared without regard to case.
        resource: ARN of the resource; None where the policy has no Resource element, as in trust policies.
        keys: Condition keys by name. The value is a str for a single-valued key, and a list or tuple of str for a multivalued key, also
            where it has one value. An empty list means that the key is absent. Names are compared without regard to ASCII case.

    Raises:
        ValidationError: An argument or a value is of another type, or two names differ only by case (attack row A18).
    """

    principal: Principal | None
    action: str
    resource: str | None
    keys: Mapping[str, str | Sequence[str]]
    folded_keys: RequestKeys = field(init=False, repr=False, compare=False)
    folded_action: str = field(init=False, repr=False, compare=False)
    resource_units: str | None = field(init=False, repr=False, compare=False)

    def __reduce__(self) -> Recipe:
        return rebuilt(self)

    def __init__(
        self, *, principal: Principal | None, action: str, resource: str | None = None, keys: Mapping[str, str | Sequence[str]] = _NO_KEYS
    ) -> None:
        if not (principal is None or isinstance(principal, Principal)):
            raise _fault("principal", "a Principal or None", type(principal).__name__)
        if not isinstance(action, str) or not (resource is None or isinstance(resource, str)):
            raise _fault("action", "text for action and resource", type(action).__name__)
        if not isinstance(keys, Mapping):
            raise _fault("context-keys", "a mapping of condition keys", type(keys).__name__)
        self._fill(principal, action, resource, keys, _folded(keys))

    def asking(self, action: str) -> RequestContext:
        """Return the same request with another *action*, without parsing the keys again."""
        other = object.__new__(RequestContext)
        other._fill(self.principal, action, self.resource, self.keys, self.folded_keys)
        return other

    def _fill(
        self,
        principal: Principal | None,
        action: str,
        resource: str | None,
        keys: Mapping[str, str | Sequence[str]],
        folded_keys: RequestKeys,
    ) -> None:
        put = object.__setattr__
        put(self, "principal", principal)
        put(self, "action", action)
        put(self, "resource", resource)
        put(self, "keys", keys)
        put(self, "folded_keys", folded_keys)
        put(self, "folded_action", _fold_action(action))
        put(self, "resource_units", None if resource is None else units(resource))


@lru_cache(maxsize=256)
def _fold_action(action: str) -> str:
    return units(fold(action))


def _folded(keys: Mapping[str, str | Sequence[str]]) -> RequestKeys:
    names = _fold_names(tuple(keys)) if type(keys) is dict else _fold_names.__wrapped__(tuple(keys))
    values = keys.values()
    if set(map(type, values)) == {str}:  # the common case
        return RequestKeys(zip(names, values, strict=True))  # type: ignore[arg-type]  # all are text
    read = {folded: _value(name, keys[name]) for folded, name in zip(names, keys, strict=True)}
    return RequestKeys({name: value for name, value in read.items() if value != ()})


@lru_cache(maxsize=256)
def _fold_names(names: tuple[object, ...]) -> tuple[str, ...]:
    """Return the folded names of condition keys. Requests of one provider have the same names, hence the cache."""
    folded: dict[str, None] = {}
    for name in names:
        if not isinstance(name, str):
            raise _fault("context-keys", "names that are text", type(name).__name__)
        key = fold(name)
        if key in folded:
            raise _fault("context-keys", "every condition key once, whatever its case", show(name))
        folded[key] = None
    return tuple(folded)


def _value(name: str, value: object) -> ContextValue:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return tuple(value)
    raise _fault("context-keys", f"text or a list of text for {show(name)}", type(value).__name__)


def _fault(check: PolicyCheck, expected: str, found: str) -> ValidationError:
    return ValidationError(check=check, expected=expected, found=found, remedy="correct the request that the policy is asked to decide")
