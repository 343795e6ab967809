"""Rules about who may call AssumeRole on whose behalf: accounts, services, MFA and the tags of a session."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from federation.errors import show
from federation.policy.conditions import Condition
from federation.policy.document import member
from federation.policy.keys import RequestKeys
from federation.policy.lint.bounding import never_applies
from federation.policy.lint.elements import fences
from federation.policy.lint.finding import Hit, Rule
from federation.policy.lint.linted_statement import LintedStatement
from federation.policy.principal import OPERATIONS, PrincipalElement
from federation.policy.statement import Statement
from federation.policy.wildcard import fold

_ASSUME: Final = "sts:AssumeRole"
_ACCOUNT: Final = re.compile(r"(?:arn:[^:]*:iam::)?(?P<id>\d{12})(?::.*)?", re.ASCII)
_MFA: Final = "aws:multifactorauthpresent"
_EXTERNAL_ID: Final = "sts:externalid"
_ORGANIZATION: Final = ("aws:principalorgid", "aws:principalorgpaths")
_SOURCE: Final = ("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths")
_BESIDE: Final = ("sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext")
"""Actions that come with an assumption and do nothing by themselves."""
_GUIDE: Final = "https://docs.aws.amazon.com"
SERVICES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "appstream": "appstream2/latest/developerguide/example-fleet-machine.html",
        "autoscaling": "autoscaling/ec2/userguide/cross-service-confused-deputy-prevention.html",
        "bedrock": "bedrock/latest/userguide/cross-service-confused-deputy-prevention.html",
        "codedeploy": "codedeploy/latest/userguide/security_confused_deputy.html",
        "datazone": "sagemaker-unified-studio/latest/adminguide/AmazonSageMakerDomainService.html",
        "dms": "dms/latest/userguide/cross-service-confused-deputy-prevention.html",
        "ecs-tasks": "AmazonECS/latest/developerguide/task-iam-roles.html",
        "iot": "iot/latest/developerguide/cross-service-confused-deputy-prevention.html",
        "mgn": "mgn/latest/ug/cross-service-confused-deputy-prevention.html",
        "personalize": "personalize/latest/dg/cross-service-confused-deputy-prevention.html",
        "sagemaker": "sagemaker/latest/dg/security-confused-deputy-prevention.html",
        "scheduler": "scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html",
        "states": "step-functions/latest/dg/procedure-create-iam-role.html",
        "transfer": "transfer/latest/userguide/confused-deputy.html",
        "vpc-flow-logs": "vpc/latest/userguide/flow-logs-iam-role.html",
    }
)
"""Services that say for which resource they assume a role, with the page of AWS's documentation that tells so."""


def _across_accounts(linted: LintedStatement) -> Iterator[Hit]:
    element = linted.statement.principal
    if element is None or linted.home is None or not linted.grants(_ASSUME) or never_applies(linted):
        return
    asked = any(_demanded(linted, key) for key in (_EXTERNAL_ID, *_ORGANIZATION))
    for name in sorted(element.names.get("AWS", ())) if not asked else ():
        account = _ACCOUNT.fullmatch(name)
        if account is not None and account["id"] != linted.home:
            message = f"whoever {show(name)} of another account acts for can have it assume the role"
            remedy = "demand sts:ExternalId of a third party, or aws:PrincipalOrgID within your organization"
            yield Hit(member(f"{linted.statement.path}.Principal", "AWS"), message, remedy, about=name)


def _demanded(linted: LintedStatement, key: str) -> bool:
    """Whether a condition on *key* fails without it."""
    return any(each.expected and each.holds(RequestKeys()) is False for each in linted.by_key.get(key, ()))


def _for_any_resource(linted: LintedStatement) -> Iterator[Hit]:
    element = linted.statement.principal
    if element is None or not linted.grants(_ASSUME) or any(fences(each) for key in _SOURCE for each in linted.by_key.get(key, ())):
        return
    for name in sorted(element.names.get("Service", ())):
        service = name.partition(".amazonaws.com")[0]
        if service in SERVICES:
            message = f"{show(name)} can assume the role for a resource of any account"
            remedy = f"demand aws:SourceAccount, or aws:SourceArn: {_GUIDE}/{SERVICES[service]}"
            yield Hit(member(f"{linted.statement.path}.Principal", "Service"), message, remedy, about=name)


def _only_beside(linted: LintedStatement) -> Iterator[Hit]:
    statement = linted.statement
    if not linted.trusts or statement.action.negated or _everyone(statement) or any(map(linted.grants, OPERATIONS.values())):
        return
    granted = next((action for action in _BESIDE if linted.grants(action)), None)
    if granted is not None and not any(_lets_assume(each, statement) for each in linted.siblings):
        wanted = OPERATIONS[min(linted.callers)] if len(linted.callers) == 1 else ""
        message = f"{granted} alone lets nobody in, and no statement lets these principals assume the role"
        yield Hit(f"{statement.path}.Action", message, f"add {wanted or 'the operation of the principals'}", new=wanted)


def _everyone(statement: Statement) -> bool:
    return statement.principal is not None and statement.principal.everyone


def _lets_assume(other: Statement, statement: Statement) -> bool:
    """Whether *other* grants an assumption to a principal of *statement*."""
    if other.effect != "Allow" or not any(other.action.matches(fold(each)) for each in OPERATIONS.values()):
        return False
    mine, theirs = statement.principal, other.principal
    if mine is None or theirs is None or theirs.negated or theirs.everyone or mine.everyone:
        return True
    whole = {
        match["id"] for name in _names(theirs) if (match := _ACCOUNT.fullmatch(name)) is not None and name.endswith((match["id"], ":root"))
    }
    return any(
        name in _names(theirs) or ((match := _ACCOUNT.fullmatch(name)) is not None and match["id"] in whole) for name in _names(mine)
    )


def _names(element: PrincipalElement) -> frozenset[str]:
    return frozenset(name for names in element.names.values() for name in names)


def _without_mfa(linted: LintedStatement) -> Iterator[Hit]:
    for condition in linted.by_key.get(_MFA, ()):
        if linted.allows and _fails_open(condition):
            if any(each.holds(RequestKeys()) is False for each in linted.by_key[_MFA] if each is not condition):
                continue
            message = "access keys carry no aws:MultiFactorAuthPresent at all, so the Allow applies to them without MFA"
            yield Hit(condition.path, message, "write Bool", new="Bool")
        elif not linted.allows and _stops_only_consoles(condition):
            message = "access keys carry no aws:MultiFactorAuthPresent at all, so the Deny does not stop them"
            yield Hit(condition.path, message, "write BoolIfExists", new="BoolIfExists")


def _fails_open(condition: Condition) -> bool:
    wants = condition.holds(RequestKeys({_MFA: "true"})) is True and condition.holds(RequestKeys({_MFA: "false"})) is False
    return wants and condition.holds(RequestKeys()) is True and condition.operator.name == "BoolIfExists"


def _stops_only_consoles(condition: Condition) -> bool:
    stops = condition.holds(RequestKeys({_MFA: "false"})) is True and condition.holds(RequestKeys({_MFA: "true"})) is False
    return stops and condition.holds(RequestKeys()) is False and condition.operator.name == "Bool"


def is_about_mfa(linted: LintedStatement, condition: Condition) -> bool:
    """Whether `mfa-by-presence` says what is wrong with *condition*."""
    return condition.folded == _MFA and linted.allows and _fails_open(condition)


RULES: Final = (
    Rule(
        "external-id-missing",
        "note",
        "Trust in a principal of another account without `sts:ExternalId` or its organization; found where the role's account is known.",
        "A third party that serves many customers can be made to use the role of one for another.",
        _across_accounts,
        f"{_GUIDE}/IAM/latest/UserGuide/confused-deputy.html",
    ),
    Rule(
        "service-source-missing",
        "note",
        "Trust in a service that says for which resource it calls, without `aws:SourceArn` or `aws:SourceAccount`.",
        "The service could be made to use the role for a resource of another account.",
        _for_any_resource,
        f"{_GUIDE}/IAM/latest/UserGuide/confused-deputy.html",
    ),
    Rule(
        "tag-session-alone",
        "warning",
        "An Allow of `sts:TagSession`, `sts:SetSourceIdentity` or `sts:SetContext` to principals that no statement lets assume the role.",
        "These actions come with an assumption and grant nothing without one.",
        _only_beside,
        f"{_GUIDE}/IAM/latest/UserGuide/id_session-tags.html",
    ),
    Rule(
        "mfa-by-presence",
        "warning",
        "MFA demanded by BoolIfExists in an Allow, or its lack stopped by Bool in a Deny.",
        "Requests with long-term access keys lack `aws:MultiFactorAuthPresent`, so neither condition means them.",
        _without_mfa,
        f"{_GUIDE}/IAM/latest/UserGuide/reference_policies_condition-keys.html",
    ),
)
