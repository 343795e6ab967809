"""Rules about trust in an OIDC issuer: the identities, the audience, and the reach of wildcards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from federation.errors import show
from federation.policy.keys import RequestKeys
from federation.policy.lint.bounding import ACTION, bounding, demands, never_applies, trusted, wide_value
from federation.policy.lint.finding import Hit, Rule, Severity
from federation.policy.lint.linted_statement import LintedStatement
from federation.policy.shared_issuers import unscoped
from federation.policy.wildcard import fold
from federation.vendors import BUILT_IN, COGNITO, Customers, key_name

_SOURCE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html"
_BY_ISSUER: Final = "sts:roleauthorizedbyidp"
_DANGER: Final[Mapping[Customers, Severity]] = {"strangers": "error", "one": "warning", "unknown": "note"}
"""Severity of trust in an issuer without a condition on the identities, by its customers (attack row A02)."""


def _unscoped_for_iam(linted: LintedStatement) -> Iterator[Hit]:
    for statement, rule in unscoped((linted.statement,)) if linted.grants(ACTION) else ():
        message = (
            f"everybody can get a token of {show(rule.issuer)}, and IAM stores no new trust in it without a condition on the identities"
        )
        remedy = f"add a condition on {' or '.join(map(show, rule.keys))}"
        yield Hit(f"{statement.path}.Condition", message, remedy, about=rule.issuer, new=rule.keys[0])


def _unscoped(linted: LintedStatement) -> Iterator[Hit]:
    for provider, vendor in trusted(linted):
        shared = vendor.customers == "strangers"
        if not any(bounding(linted, provider, vendor)) and not never_applies(linted) and (shared or not _role_named_by_issuer(linted)):
            whose = "everybody can get a token of" if shared else "the role trusts every identity of"
            key, path = key_name(provider, vendor.bounds[0].claim), f"{linted.statement.path}.Condition"
            remedy = f"add a condition on {show(key)}, such as {show(vendor.example)}"
            yield Hit(path, f"{whose} {show(provider)}", remedy, _DANGER[vendor.customers], about=provider, new=key)


def _role_named_by_issuer(linted: LintedStatement) -> bool:
    """Whether the token itself must list the role: then the issuer says whose it is."""
    return any(
        each.operator.operator.name == "Bool" and each.holds(RequestKeys({each.folded: "false"})) is False
        for each in linted.by_key.get(_BY_ISSUER, ())
    )


def _too_wide(linted: LintedStatement) -> Iterator[Hit]:
    for provider, vendor in trusted(linted):
        found = tuple(bounding(linted, provider, vendor))
        if any(wide_value(vendor, bound, condition) is None for bound, condition in found):
            continue
        for bound, condition in found:
            wide = wide_value(vendor, bound, condition)
            who = f"customers of {vendor.name}" if vendor.customers == "strangers" else "identities of the issuer"
            message = f"{show(wide)} leaves open the part of {show(bound.claim)} that tells {who} apart"
            remedy = f"write out all before the first wildcard, as in {show(vendor.example)}"
            yield Hit(condition.path, message, remedy, _DANGER[vendor.customers], about=wide or "")


def _audience(linted: LintedStatement) -> Iterator[Hit]:
    said = {rule.issuer for _, rule in unscoped((linted.statement,)) if not rule.keys[0].endswith(":sub")}
    for provider in linted.providers.values() if linted.grants(ACTION) and not never_applies(linted) else ():
        if provider in said:
            continue
        claims = ("app_id",) if "app_id" in BUILT_IN.get(provider, ()) else ("aud", "oaud")
        conditions = [each for claim in claims for each in linted.by_key.get(fold(f"{provider}:{claim}"), ())]
        if any(demands(each) and all(text.strip("*? ") for text in each.expected) for each in conditions):
            continue
        path, name = f"{linted.statement.path}.Condition", f"{provider}:{claims[0]}"
        key = show(name)
        if provider in BUILT_IN:
            message = f"a token that {show(provider)} issued for any other application is accepted as well"
            yield Hit(path, message, f"add StringEquals on {key} with the id of your application", "warning", about=provider, new=name)
        else:
            message = f"a token for any audience that the provider {show(provider)} is registered with is accepted"
            yield Hit(path, message, f"add StringEquals on {key} with the audience that is meant", about=provider, new=name)


def _guests(linted: LintedStatement) -> Iterator[Hit]:
    if COGNITO not in linted.providers.values() or not linted.grants(ACTION) or never_applies(linted):
        return
    if not any(demands(each) for each in linted.by_key.get(f"{COGNITO}:amr", ())):
        message = "guests of the identity pool, who did not sign in, can assume the role as well"
        remedy = f'add "ForAnyValue:StringLike": {{"{COGNITO}:amr": "authenticated"}}'
        yield Hit(f"{linted.statement.path}.Condition", message, remedy)


RULES: Final = (
    Rule(
        "shared-issuer-unscoped",
        "error",
        "Trust in an issuer that serves everybody, without the condition that IAM demands of new policies.",
        "A stored policy keeps working, and everybody can get a token of such an issuer.",
        _unscoped_for_iam,
        _SOURCE,
    ),
    Rule(
        "issuer-unscoped",
        "error",
        "Trust in an OIDC issuer without a condition on the identities; a warning for clusters and enterprises, a note for unknown ones.",
        "Whoever the issuer serves can assume the role.",
        _unscoped,
        _SOURCE,
    ),
    Rule(
        "subject-too-wide",
        "error",
        "A wildcard before the part of the subject that names the customer, such as `repo:acme*` or `*:ref:refs/heads/main`.",
        "`repo:acme*` is also `repo:acme-evil/…`: the owner ends at its separator, and the pattern must reach beyond it.",
        _too_wide,
        _SOURCE,
    ),
    Rule(
        "audience-unscoped",
        "note",
        "Trust in an OIDC issuer without a condition on the audience; a warning for the issuers that AWS has built in.",
        "IAM compares with the provider's client ids alone, and built-in issuers have none.",
        _audience,
        _SOURCE,
    ),
    Rule(
        "cognito-guests",
        "error",
        "Trust in Cognito without a condition on `amr`.",
        "An identity pool also gives tokens to guests.",
        _guests,
        "https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html",
    ),
)
