"""Rules about Principal, Action and their negations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from federation.errors import show
from federation.policy.conditions import Condition
from federation.policy.document import member
from federation.policy.grammar import Kind
from federation.policy.lint.finding import Hit, Rule, Severity
from federation.policy.lint.linted_statement import LintedStatement
from federation.policy.lint.vocabulary import placeholder
from federation.policy.principal import OPERATIONS
from federation.vendors import BUILT_IN

_FENCES: Final = (
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
)
"""Keys that say whose principal the caller is, and which the caller cannot choose."""
_ELEMENTS: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements"
_PRINCIPAL: Final = f"{_ELEMENTS}_principal.html"
_ARN_FIELDS: Final = 6
_ACCOUNT: Final = 4
_UNIQUE_ID: Final = re.compile(r"A[A-Z0-9]{3}[A-Z0-9]{12,}", re.ASCII)
_OIDC_URL: Final = re.compile(r"arn:[^:]*:iam::\d{12}:oidc-provider/https?:", re.ASCII)


def _negated(name: str, severity: Severity) -> Rule:
    """Return the rule about an Allow with the negated element *name*."""
    listed = name.removeprefix("Not")

    def check(linted: LintedStatement) -> Iterator[Hit]:
        element = getattr(linted.statement, listed.lower())
        if linted.allows and element is not None and element.negated:
            message = f"Allow with {name} grants everything that it does not list, now and in future"
            yield Hit(f"{linted.statement.path}.{name}", message, f"list what is meant under {listed}")

    finds, because = f"An Allow with {name}.", "It grants everything that it does not list, now and in future."
    return Rule(f"allow-{name.lower()}", severity, finds, because, check, f"{_ELEMENTS}_{name.lower()}.html")


def _everyone(linted: LintedStatement) -> Iterator[Hit]:
    element = linted.statement.principal
    if element is None or not element.everyone or element.negated or not linted.allows:
        return
    if any(fences(condition) for key in _FENCES for condition in linted.by_key.get(key, ())):
        return
    whom = "every principal of every AWS account" + (" and callers without credentials" if element.anonymous else "")
    remedy = "name the accounts or roles, or demand aws:PrincipalOrgID or aws:PrincipalAccount"
    if linted.kind is Kind.TRUST and not linted.grants("sts:AssumeRole"):
        whom, remedy = "no federated caller, but every principal of every AWS account", "name the provider"
    severity: Severity = "error" if linted.grants("sts:AssumeRole") else "warning"
    yield Hit(f"{linted.statement.path}.Principal", f"`*` matches {whom}", remedy, severity)


def fences(condition: Condition) -> bool:
    """Whether the condition lets through some callers only, whatever they choose."""
    qualified = condition.operator
    if qualified.operator.negated or qualified.matches_absence or qualified.operator.name == "Null" or not condition.expected:
        return False
    return not qualified.operator.wildcards or not any(_open(condition.folded, text) for text in condition.expected)


def _open(key: str, pattern: str) -> bool:
    """Whether *pattern* leaves open whose principal it is: an ARN is fenced by its account, everything else by any character of its own."""
    fields = pattern.split(":", _ARN_FIELDS - 1)
    owner = fields[_ACCOUNT] if key.endswith("arn") and len(fields) == _ARN_FIELDS else pattern
    return not owner.strip("*?")


def _never_matching(linted: LintedStatement) -> Iterator[Hit]:
    element = linted.statement.principal
    if element is None or linted.kind is not Kind.TRUST:
        return
    at = f"{linted.statement.path}.{'NotPrincipal' if element.negated else 'Principal'}"
    for type_, names in element.names.items():
        for name in sorted(names):
            said = linted.has_provider(name) or placeholder(name, braces=True) is not None
            reason = None if said else _why_never(type_, name)
            if reason is not None:
                yield Hit(member(at, type_), f"{show(name)} {reason[0]}", reason[1], about=name)


def _why_never(type_: str, name: str) -> tuple[str, str] | None:
    if name != "*" and ("*" in name or "?" in name):
        return "matches nobody: a principal has no wildcards", "name each principal, or test aws:PrincipalArn with ArnLike"
    if type_ == "Federated" and name == "*":
        return "matches nobody: federated callers are trusted by the name of their provider", "name the provider"
    if type_ == "Federated" and not name.startswith("arn:") and name not in BUILT_IN:
        return "is no provider that AWS has built in", f"register it and write arn:aws:iam::<account>:oidc-provider/{name[:128]}"
    if type_ == "Federated" and _OIDC_URL.match(name):
        return "is no ARN of a provider: an ARN contains the URL without https://", "remove https:// from the ARN"
    return None


def _unregistered(linted: LintedStatement) -> Iterator[Hit]:
    element = linted.statement.principal
    if element is None or linted.account is None or linted.kind is not Kind.TRUST:
        return
    for name in sorted(element.names.get("Federated", ())):
        if name.startswith("arn:") and not linted.has_provider(name) and placeholder(name, braces=True) is None:
            message = f"the account has no provider {show(name)}; federated callers need a provider of the role's own account"
            path = f"{linted.statement.path}.{'NotPrincipal' if element.negated else 'Principal'}.Federated"
            yield Hit(path, message, "correct the ARN, or register the provider; `federation account show` lists them", about=name)


def _deleted(linted: LintedStatement) -> Iterator[Hit]:
    element = linted.statement.principal
    for name in sorted(element.names.get("AWS", ())) if element is not None else ():
        if _UNIQUE_ID.fullmatch(name):
            path = f"{linted.statement.path}.{'NotPrincipal' if element and element.negated else 'Principal'}.AWS"
            message = f"{show(name)} is the id of a deleted user or role; a new one with the same name has another id"
            yield Hit(path, message, "remove it, or write the ARN of the principal that is meant", about=name)


def _foreign_action(linted: LintedStatement) -> Iterator[Hit]:
    if not linted.trusts or linted.statement.action.negated:
        return
    granted = {operation for operation in OPERATIONS.values() if linted.grants(operation)}
    for caller in sorted(linted.callers) if granted else ():
        wanted = OPERATIONS[caller]
        if wanted not in granted:
            kind = {"SAML": "a SAML provider", "OIDC": "an OIDC provider", "AWS": "an AWS principal", "Service": "a service"}[caller]
            message = f"{kind} calls {wanted}, which the statement does not grant"
            yield Hit(f"{linted.statement.path}.Action", message, f"write {wanted}, or name other principals", new=wanted)


RULES: Final = (
    _negated("NotPrincipal", "error"),
    _negated("NotAction", "warning"),
    _negated("NotResource", "warning"),
    Rule(
        "everyone-trusted",
        "error",
        "Principal `*` without a condition on the caller's organization, account or ARN; a warning where it cannot assume the role.",
        "Any AWS account can call; a value that the caller chooses, such as an external id, restricts nobody.",
        _everyone,
        _PRINCIPAL,
    ),
    Rule(
        "principal-never-matches",
        "warning",
        "A principal that no caller can be.",
        "A wildcard inside a principal matches nobody, nor does a provider's bare host name or a URL with `https://`.",
        _never_matching,
        _PRINCIPAL,
    ),
    Rule(
        "provider-unregistered",
        "warning",
        "A provider that the account does not have; found where a whole account is read.",
        "The statement never applies: a provider and the roles that trust it stand in one account.",
        _unregistered,
        _PRINCIPAL,
    ),
    Rule(
        "deleted-principal",
        "note",
        "A unique id (`AIDA…`, `AROA…`) where an ARN was.",
        "IAM shows the id when the user or role it stood for was deleted; making one of the same name does not restore the trust.",
        _deleted,
        _PRINCIPAL,
    ),
    Rule(
        "action-of-another-principal",
        "warning",
        "An action that the statement's principals cannot perform to assume the role.",
        "SAML providers use AssumeRoleWithSAML, OIDC providers AssumeRoleWithWebIdentity, all other principals AssumeRole.",
        _foreign_action,
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html",
    ),
)
