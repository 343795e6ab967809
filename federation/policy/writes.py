"""The rules by which IAM and STS accept a document that is offered, beyond the grammar.

What was stored before a rule came keeps working.
"""

from __future__ import annotations

import re
from typing import Any, Final

from federation.aws_texts import policies as texts
from federation.check_names import PolicyCheck
from federation.errors import MalformedPolicyDocument, show
from federation.policy.conditions import Condition
from federation.policy.document import member
from federation.policy.grammar import CURRENT, Kind
from federation.policy.operators import ARN, DATE, IP, NUMERIC
from federation.policy.shared_issuers import check_shared_issuers
from federation.policy.statement import Statement
from federation.policy.wildcard import Pattern

ASSUME_ACTIONS: Final = (
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:TagSession",
    "sts:SetSourceIdentity",
    "sts:SetContext",
)
"""The actions a trust policy may specify; IAM compares them with their case (AWS, observed)."""
_OTHER_ACTIONS: Final = (
    "sts:AssumeRoot",
    "sts:DecodeAuthorizationMessage",
    "sts:GetAccessKeyInfo",
    "sts:GetCallerIdentity",
    "sts:GetDelegatedAccessToken",
    "sts:GetFederationToken",
    "sts:GetServiceBearerToken",
    "sts:GetSessionToken",
    "sts:GetWebIdentityToken",
    "sts:TagGetWebIdentityToken",
)
_AWS_PRINCIPAL: Final = re.compile(
    r"\*|\d{12}"
    r"|arn:aws[a-z-]*:iam::\d{12}:(?:root|(?:user|role)/[^*?]+)"
    r"|arn:aws[a-z-]*:sts::\d{12}:(?:assumed-role/[^*?/]+/[^*?/]+|federated-user/[^*?/]+)",
    re.ASCII,
)
_FEDERATED_PRINCIPAL: Final = re.compile(
    r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?:/[^*?\s]*)?|arn:aws[a-z-]*:iam::\d{12}:(?:saml-provider|oidc-provider)/[^*?\s]+", re.ASCII
)
_SERVICE_PRINCIPAL: Final = re.compile(r"[A-Za-z0-9.-]+\.[A-Za-z0-9.-]+", re.ASCII)
_VENDOR: Final = re.compile(r"\*|[A-Za-z0-9*?-]+:.+", re.ASCII | re.DOTALL)
_ECHOED: Final = 2048
"""Most characters of the policy that a text repeats."""
_TYPED: Final = (NUMERIC, DATE, IP, ARN)


def check_write(statements: tuple[Statement, ...], kind: Kind, *, version: str, managed: bool) -> None:
    """Apply the rules for *kind*; session policies are checked by STS, which lets malformed values through (AWS, observed).

    Args:
        statements: The compiled statements.
        kind: What the document is offered as.
        version: The version of the policy language.
        managed: The document becomes a managed policy.

    Raises:
        MalformedPolicyDocument: A rule refuses; checks ``policy-version``, ``policy-action``, ``policy-resource``, ``policy-principal``,
            ``policy-condition-key``, ``policy-value``, ``policy-shared-issuer``, ``policy-effect``.
    """
    if managed and version != CURRENT:
        expected = f"{CURRENT}, as managed policies must say"
        raise _fault("policy-version", "$.Version", expected, version, texts.version_at_least(CURRENT))
    for statement in statements:
        _check_actions(statement, kind)
        if kind is Kind.RESOURCE_CONTROL and statement.effect != "Deny":
            expected = "Deny: RCPFullAWSAccess of AWS alone allows"
            raise _fault("policy-effect", f"{statement.path}.Effect", expected, statement.effect, texts.SYNTAX)
    for statement in statements:
        if kind is Kind.TRUST:
            _check_principals(statement)
        elif kind is not Kind.RESOURCE:
            _check_resources(statement)
        for condition in statement.conditions:
            _check_values(condition, kind)
    if kind is Kind.TRUST:
        check_shared_issuers(statements)


def _check_actions(statement: Statement, kind: Kind) -> None:
    for text in statement.action.spelled:
        if not _VENDOR.fullmatch(text):
            raise _fault("policy-action", statement.path, "an action of the form service:action", text, texts.NO_VENDOR)
        if text.count(":") > 1:
            raise _fault("policy-action", statement.path, "an action of the form service:action, with one colon", text, texts.COLONS)
        if kind is Kind.TRUST and not _assumes(text):
            expected = f"one of {', '.join(ASSUME_ACTIONS)}"
            raise _fault("policy-action", statement.path, expected, text, texts.ASSUME_ACTIONS)


def _assumes(text: str) -> bool:
    """Whether *text* is one of the actions, or a pattern that covers some of them and no other action of STS."""
    pattern = Pattern.read(text)
    return any(map(pattern.matches, ASSUME_ACTIONS)) and not any(map(pattern.matches, _OTHER_ACTIONS))


def _check_resources(statement: Statement) -> None:
    for text in statement.resource.spelled if statement.resource else ():
        if text != "*" and not (text.startswith("arn:") and text.count(":") >= 2):  # noqa: PLR2004 - arn:partition:…
            raise _fault("policy-resource", statement.path, "an ARN or `*`", text, texts.resource_form(text[:_ECHOED]))


def _check_principals(statement: Statement) -> None:
    element = statement.principal
    if element is None:
        return
    name = "NotPrincipal" if element.negated else "Principal"
    path = member(statement.path, name)
    if element.spelled == ("*",):
        raise _fault("policy-principal", path, "principals by type", "*", texts.EVERYBODY)
    patterns = {"AWS": _AWS_PRINCIPAL, "Federated": _FEDERATED_PRINCIPAL, "Service": _SERVICE_PRINCIPAL}
    for type_, names in element.names.items():
        for text in sorted(names):
            if type_ in patterns and not patterns[type_].fullmatch(text):
                message = texts.invalid_principal(type_, text[:_ECHOED])
                if type_ == "Federated":
                    message = texts.FEDERATED_PRINCIPAL
                raise _fault("policy-principal", member(path, type_), f"a principal of type {type_}", text, message)


def _check_values(condition: Condition, kind: Kind) -> None:
    if ":" not in condition.key:
        raise _fault("policy-condition-key", condition.path, "a key of the form service:key", condition.key, texts.NO_VENDOR)
    if condition.folded.startswith("https://"):
        expected = "a provider's URL without https://"
        raise _fault("policy-condition-key", condition.path, expected, condition.key, texts.COLONS_OF_KEY)
    if kind in (Kind.SESSION, Kind.RESOURCE) or condition.operator.operator.family not in _TYPED:
        return
    bad = condition.malformed
    if bad is not None:
        raise _fault("policy-value", condition.path, f"a value of the type {condition.operator.operator.family.name}", bad, texts.SYNTAX)


def _fault(check: PolicyCheck, path: str, expected: str, found: Any, message: str) -> MalformedPolicyDocument:  # noqa: ANN401 - shown as it is
    return MalformedPolicyDocument(
        check=check, path=path, expected=expected, found=show(found), remedy="correct the document before offering it", message=message
    )
