"""The request that a policy is evaluated for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
from federation.records import filler

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

    def __new__(  # noqa: D102, PYI034 - the class says it; the object is of no subclass
        cls, *, principal: Principal | None, action: str, resource: str | None = None, keys: Mapping[str, str | Sequence[str]] = _NO_KEYS
    ) -> RequestContext:
        if not (principal is None or isinstance(principal, Principal)):
            raise _fault("principal", "a Principal or None", type(principal).__name__)
        if not isinstance(action, str) or not (resource is None or isinstance(resource, str)):
            raise _fault("action", "text for action and resource", type(action).__name__)
        if type(keys) is not dict and not isinstance(keys, Mapping):
            raise _fault("context-keys", "a mapping of condition keys", type(keys).__name__)
        return _made(principal, action, resource, keys, _folded(keys))

    def asking(self, action: str) -> RequestContext:
        """Return the same request with another *action*, without parsing the keys again."""
        return _made(self.principal, action, self.resource, self.keys, self.folded_keys)


_fill: Final = filler(RequestContext)


def _made(
    principal: Principal | None, action: str, resource: str | None, keys: Mapping[str, str | Sequence[str]], folded_keys: RequestKeys
) -> RequestContext:
    return _fill(principal, action, resource, keys, folded_keys, _fold_action(action), None if resource is None else units(resource))


@lru_cache(maxsize=256)
def _fold_action(action: str) -> str:
    return units(fold(action))


def _folded(keys: Mapping[str, str | Sequence[str]]) -> RequestKeys:
    respelled = _respelled(tuple(keys)) if type(keys) is dict else _respelled.__wrapped__(tuple(keys))
    folded = RequestKeys(keys)  # type: ignore[arg-type]  # lists are read below
    if not _is_all_text(folded.values()):
        read = {name: value if type(value) is str else _value(name, value) for name, value in folded.items()}
        folded = RequestKeys({name: value for name, value in read.items() if value != ()})
    for name, key in respelled:
        if name in folded:
            folded[key] = folded.pop(name)
    return folded


@lru_cache(maxsize=256)
def _respelled(names: tuple[object, ...]) -> tuple[tuple[str, str], ...]:
    """Return the *names* of condition keys that folding changes, with their folded names.

    Requests of one provider have the same names, hence the cache.
    """
    folded: dict[str, str] = {}
    for name in names:
        if not isinstance(name, str):
            raise _fault("context-keys", "names that are text", type(name).__name__)
        key = fold(name)
        if key in folded:
            raise _fault("context-keys", "every condition key once, whatever its case", show(name))
        folded[key] = name
    return tuple((name, key) for key, name in folded.items() if key != name)


def _is_all_text(values: Iterable[object]) -> bool:
    """Tell whether all *values* are text, by the fastest test of that."""
    try:
        "".join(values)  # type: ignore[arg-type]  # asked here
    except TypeError:
        return False
    return True


def _value(name: str, value: object) -> ContextValue:
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)) and _is_all_text(value):
        return tuple(value)
    raise _fault("context-keys", f"text or a list of text for {show(name)}", type(value).__name__)


def _fault(check: PolicyCheck, expected: str, found: str) -> ValidationError:
    return ValidationError(check=check, expected=expected, found=found, remedy="correct the request that the policy is asked to decide")
