"""A compiled statement. Evaluation and explanation use the same methods."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from federation.policy.conditions import Condition
from federation.policy.context import RequestContext
from federation.policy.principal import PrincipalElement, Via
from federation.policy.variables import Template, Unresolved, outgrows
from federation.policy.wildcard import Pattern, fold

Effect = Literal["Allow", "Deny"]


@dataclass(frozen=True, slots=True)
class ActionElement:
    """A compiled Action or NotAction. Names are compared without regard to ASCII case."""

    negated: bool
    spelled: tuple[str, ...]
    _names: frozenset[str] = field(repr=False)
    _patterns: tuple[Pattern, ...] = field(repr=False)

    @classmethod
    def compile(cls, spelled: tuple[str, ...], *, negated: bool) -> ActionElement:
        """Compile action names and patterns."""
        patterns = [Pattern.read(fold(text)) for text in spelled]
        return cls(
            negated,
            spelled,
            frozenset(pattern.exact for pattern in patterns if pattern.exact is not None),
            tuple(pattern for pattern in patterns if pattern.exact is None),
        )

    def matches(self, action: str) -> bool:
        """Return whether the element matches *action*, which is folded."""
        return (action in self._names or any(pattern.matches(action) for pattern in self._patterns)) is not self.negated


@dataclass(frozen=True, slots=True)
class ResourceElement:
    """A compiled Resource or NotResource. Patterns with policy variables are compiled for each request, others once."""

    negated: bool
    spelled: tuple[str, ...]
    templates: tuple[Template, ...] = field(repr=False)
    _patterns: tuple[Pattern | Template, ...] = field(repr=False)

    @classmethod
    def compile(cls, spelled: tuple[str, ...], templates: tuple[Template, ...], *, negated: bool) -> ResourceElement:
        """Compile resource patterns."""
        ready = tuple(template if template.pieces is None else Pattern.of(*template.pieces) for template in templates)
        return cls(negated, spelled, templates, ready)

    def matches(self, request: RequestContext) -> bool:
        """Return whether the element matches the resource of *request*. A request without a resource is matched by ``*`` only."""
        text = request.resource_units or ""
        found = False
        for each in self._patterns:
            pattern = each
            if isinstance(pattern, Template):
                pieces = pattern.resolve(request.folded_keys)
                if isinstance(pieces, Unresolved):
                    # The variable has no value, so neither Resource nor NotResource matches.
                    if self.negated:
                        return False
                    continue
                if found or outgrows(pieces, len(text)):
                    continue
                pattern = Pattern.of(*pieces)
            found = found or pattern.matches(text)
        return found is not self.negated


@dataclass(frozen=True, slots=True)
class Statement:
    """A compiled statement. ``source`` is the statement as plain data, for lint and display."""

    index: int
    sid: str | None
    effect: Effect
    principal: PrincipalElement | None
    action: ActionElement
    resource: ResourceElement | None
    conditions: tuple[Condition, ...]
    path: str
    source: dict[str, Any] = field(repr=False, compare=False)

    def via(self, request: RequestContext) -> Via | None:
        """Return how the principal element matches the caller; ``direct`` for a statement without one, as in identity policies."""
        return "direct" if self.principal is None else self.principal.match(request.principal)

    def applies(self, request: RequestContext) -> Via | None:
        """Return how the statement applies to *request*, or None where it does not."""
        if not self.action.matches(request.folded_action):
            return None
        via = self.via(request)
        if via is None or not (self.resource is None or self.resource.matches(request)):
            return None
        unsettled_applies = self.effect == "Deny"
        for condition in self.conditions:
            outcome = condition.holds(request.folded_keys)
            # None means that a malformed operand decides: a Deny applies, an Allow does not.
            if outcome is False or (outcome is None and not unsettled_applies):
                return None
        return via
