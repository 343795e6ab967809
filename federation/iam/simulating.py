"""Simulation: whether policies allow actions on resources, by the evaluation that also decides signed calls."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from federation.errors import MalformedPolicyDocument, RegistrationError, check_of
from federation.iam.answer import Result
from federation.identity import ContextValue
from federation.policy import Policy
from federation.policy.context import RequestContext
from federation.policy.statement import Effect
from federation.policy.variables import keys_named
from federation.sts.authorization.evaluation import Evaluation, Layer, Resource, evaluate
from federation.sts.callers.caller import Caller

ALLOWED: Final = "allowed"
EXPLICIT_DENY: Final = "explicitDeny"
IMPLICIT_DENY: Final = "implicitDeny"
_DECODER: Final = json.JSONDecoder()
_SPACE: Final = " \t\n\r"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A policy of a simulation.

    Attributes:
        id: SourcePolicyId of its statements.
        type: SourcePolicyType of its statements.
        policy: The policy; None for a policy of AWS whose document is not in the account, which allows nothing.
    """

    id: str
    type: str
    policy: Policy | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What all questions of one simulation have in common.

    Attributes:
        caller: The caller, with the policies *sources* and *boundary* as its permissions.
        sources: Its identity-based policies.
        boundary: The policies of its permissions boundary; None where it has none.
        organization: Service control policies, level by level; each level must allow.
        resource_policy: The policy of the resource, or None.
        owner: Account id of the resource's owner.
        keys: Condition keys of the request.
    """

    caller: Caller
    sources: tuple[Source, ...]
    boundary: tuple[Source, ...] | None
    organization: tuple[tuple[Source, ...], ...]
    resource_policy: Source | None
    owner: str
    keys: Mapping[str, ContextValue]

    def result(self, action: str, resource: str) -> Result:
        """Return the EvaluationResult of *action* on *resource*."""
        policy = None if self.resource_policy is None else self.resource_policy.policy
        evaluation = evaluate(
            self.caller, action=action, resource=Resource(arn=resource, account=self.owner, policy=policy), keys=self.keys
        )
        organization = [_effect(level, evaluation.request) for level in self.organization]
        decision = _decision(evaluation, organization)
        shown: Result = {
            "MatchedStatements": list(self._matched(decision, evaluation.request)),
            "MissingContextValues": self._missing(),
        }
        boundary = evaluation.layers.get(Layer.BOUNDARY)
        if boundary is not None:
            shown["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": boundary.effect == "Allow"}
        specific = {"EvalResourceName": resource, "EvalResourceDecision": decision, **shown}
        organizations = {"OrganizationsDecisionDetail": {"AllowedByOrganizations": all(effect == "Allow" for effect in organization)}}
        return {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": decision,
            **shown,
            **(organizations if organization else {}),
            "ResourceSpecificResults": [] if resource == "*" else [specific],
        }

    def _all(self) -> Iterator[Source]:
        yield from self.sources
        yield from self.boundary or ()
        yield from (source for level in self.organization for source in level)
        yield from () if self.resource_policy is None else (self.resource_policy,)

    def _matched(self, decision: str, request: RequestContext) -> Iterator[Result]:
        """Yield the statements that decide: those that deny, or those of identity-based and resource policies that allow."""
        if decision == EXPLICIT_DENY:
            yield from (shown for source in self._all() for shown in _statements(source, "Deny", request))
        elif decision == ALLOWED:
            allowing = self.sources if self.resource_policy is None else (*self.sources, self.resource_policy)
            yield from (shown for source in allowing for shown in _statements(source, "Allow", request))

    def _missing(self) -> list[str]:
        given = {name.lower() for name in self.keys}
        return [name for name in context_keys(source.policy for source in self._all()) if name.lower() not in given]


def input_policies(documents: Iterable[str], member: str, *, kind: str = "identity") -> tuple[Source, ...]:
    """Return the policies in the parameter *member*.

    Raises:
        RegistrationError: A document violates the policy grammar.
    """
    return tuple(
        Source(id=f"{member}.{number}", type="IAM Policy", policy=_read(document, kind)) for number, document in enumerate(documents, 1)
    )


def context_keys(policies: Iterable[Policy | None]) -> list[str]:
    """Return the condition keys that *policies* refer to, in conditions and in variables, each once, whatever its case."""
    found: dict[str, str] = {}
    for policy in policies:
        for name in () if policy is None else _keys_of(policy):
            found.setdefault(name.lower(), name)
    return sorted(found.values(), key=str.lower)


def _keys_of(policy: Policy) -> Iterator[str]:
    for statement in policy.statements:
        texts: list[str] = list(statement.resource.spelled) if statement.resource is not None else []
        for condition in statement.conditions:
            yield condition.key
            texts += condition.expected
        if policy.version == "2012-10-17":
            yield from (name for text in texts for name in keys_named(text))


def _read(document: str, kind: str) -> Policy:
    try:
        return Policy.stored(document, kind=kind)
    except MalformedPolicyDocument as refusal:
        raise RegistrationError(
            check=check_of(refusal),
            expected=refusal.expected,
            found=refusal.found,
            remedy=refusal.remedy,
            message=refusal.wire_message,
        ) from None


def _decision(evaluation: Evaluation, organization: Sequence[str]) -> str:
    if evaluation.explicit_deny or "Deny" in organization:
        return EXPLICIT_DENY
    return ALLOWED if evaluation.allowed and all(effect == "Allow" for effect in organization) else IMPLICIT_DENY


def _effect(sources: Iterable[Source], request: RequestContext) -> str:
    effects = {source.policy.evaluate(request).effect for source in sources if source.policy is not None}
    return next((effect for effect in ("Deny", "Allow") if effect in effects), "ImplicitDeny")


def _statements(source: Source, effect: Effect, request: RequestContext) -> Iterator[Result]:
    """Yield the statements of *source* with *effect* that apply, as MatchedStatements lists them."""
    policy = source.policy
    if policy is None:
        return
    spans = _spans(policy.source_text)
    for statement, (start, end) in zip(policy.statements, spans, strict=True):
        if statement.effect == effect and statement.applies(request) is not None:
            yield {
                "SourcePolicyId": source.id,
                "SourcePolicyType": source.type,
                "StartPosition": _position(policy.source_text, start),
                "EndPosition": _position(policy.source_text, end),
            }


def _position(text: str, offset: int) -> Result:
    """Return line and column of *offset*, both from one."""
    return {"Line": text.count("\n", 0, offset) + 1, "Column": offset - text.rfind("\n", 0, offset)}


def _spans(text: str) -> list[tuple[int, int]]:
    """Return where each statement of the policy *text*, valid JSON, begins and ends."""
    place = _after_space(text, _after_space(text, 0) + 1)
    while text[place] != "}":
        name, place = _DECODER.raw_decode(text, place)
        place = _after_space(text, _after_space(text, place) + 1)
        if name == "Statement":
            return list(_elements(text, place)) if text[place] == "[" else [(place, _end(text, place))]
        place = _after_space(text, _end(text, place))
        place = _after_space(text, place + 1) if text[place] == "," else place
    return []


def _elements(text: str, place: int) -> Iterator[tuple[int, int]]:
    place = _after_space(text, place + 1)
    while text[place] != "]":
        end = _end(text, place)
        yield place, end
        place = _after_space(text, end)
        place = _after_space(text, place + 1) if text[place] == "," else place


def _end(text: str, place: int) -> int:
    value: tuple[Any, int] = _DECODER.raw_decode(text, place)
    return value[1]


def _after_space(text: str, place: int) -> int:
    while place < len(text) and text[place] in _SPACE:
        place += 1
    return place
