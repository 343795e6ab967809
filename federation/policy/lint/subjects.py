"""Rules about the subject of a web identity: the forms that a vendor writes, and who chooses the parts of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from federation.errors import show
from federation.policy.conditions import Condition
from federation.policy.keys import RequestKeys
from federation.policy.lint.bounding import ACTION, before_wildcard, bounding, flaw_of, never_applies, trusted, wide_value
from federation.policy.lint.finding import Hit, Rule, Severity
from federation.policy.lint.linted_statement import LintedStatement
from federation.policy.lint.vocabulary import placeholder
from federation.policy.statement import Statement
from federation.policy.wildcard import fold
from federation.vendors import VENDORS, Bound, Vendor
from federation.vendors.github_subjects import is_of_anybody
from federation.vendors.subjects import GITHUB, KUBERNETES, Grammar, grammar_of

_TEXT_AFTER_STAR: Final = re.compile(r"\*.*[^*?]", re.DOTALL)
_TEXT_AND_AT_AFTER_STAR: Final = re.compile(r"\*[^@]*@.*[^*?]|@.*\*.*[^*?]", re.DOTALL)
_SERVICE_ACCOUNT: Final = "system:serviceaccount:"
_OWNER: Final = re.compile(r"repo:[^/:@]+(?P<id>@[^/:]+)?/(?P<name>[^/:@]*)(?P<name_id>@[^/:]+)?")
_STAR_FOR_ID: Final = re.compile(r"repo:[^/:@]+@\*|repo:[^/:]+/[^/:@]+@\*")
_GITHUB: Final = "https://docs.github.com/en/actions/reference/security/oidc"
_AWS: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html"


def _values(linted: LintedStatement, claims: tuple[str, ...] = ("sub",)) -> Iterator[tuple[Vendor, Bound, Condition]]:
    """Yield the conditions on *claims* of the providers that the statement trusts."""
    for provider, vendor in trusted(linted):
        for bound, condition in bounding(linted, provider, vendor):
            if bound.claim in claims:
                yield vendor, bound, condition


def _narrow(linted: LintedStatement) -> Iterator[tuple[Vendor, Bound, Condition, str]]:
    """Yield the values of ``sub`` that a token can have, of statements that can apply, where each stays within one customer.

    What nobody filled in is left out: another rule says so, and the rest depends on what it stands for.
    """
    if never_applies(linted):
        return
    for vendor, bound, condition in _values(linted):
        if wide_value(vendor, bound, condition) is None:
            for text in condition.expected:
                if flaw_of(vendor, condition, text) is None and placeholder(text) is None:
                    yield vendor, bound, condition, text


def _impossible(linted: LintedStatement) -> Iterator[Hit]:
    for vendor, _, condition in _values(linted):
        for text in condition.expected:
            flaw = flaw_of(vendor, condition, text)
            if flaw is None or placeholder(text) is not None:
                continue
            other = _of_another_vendor(vendor, text)
            beginning = before_wildcard(condition, text)
            rest = "" if beginning is None else text[len(beginning) :]
            mended = flaw.mended[0][0] + rest if flaw.mended else ""
            if other is not None:
                message = f"no token of {vendor.name} has the subject {show(text)}, which is one of {other.name}"
                yield Hit(condition.path, message, f"trust the provider of {other.name}, or write a subject of {vendor.name}", about=text)
                continue
            unless = " unless its form is customised" if flaw.customised else ""
            message = f"no token of {vendor.name} has the subject {show(text)}{unless}: it {flaw.said}"
            remedy = f"write {show(mended)}" if mended else f"write the whole subject, such as {show(vendor.example)}"
            one = mended if len(flaw.mended) == 1 and "<" not in mended and not flaw.customised else ""
            yield Hit(condition.path, message, remedy, about=text, new=one)


def _of_another_vendor(vendor: Vendor, text: str) -> Vendor | None:
    """Return the other vendor, of which alone *text* is a subject; None where there is none."""
    grammars = dict.fromkeys(each.subjects for each in VENDORS if each.subjects.forms and each.subjects is not vendor.subjects)
    grammar = grammar_of(text, grammars)
    if grammar is None or not grammar.prefix or not text.startswith(grammar.prefix):
        return None
    return next(each for each in VENDORS if each.subjects is grammar)


def _unanchored(linted: LintedStatement) -> Iterator[Hit]:
    for vendor, bound, condition in _values(linted, ("sub", "job_workflow_ref")) if not never_applies(linted) else ():
        if not condition.operator.operator.wildcards or wide_value(vendor, bound, condition) is not None:
            continue
        for text in condition.expected:
            if bound.claim == "sub" and flaw_of(vendor, condition, text) is not None:
                continue
            if _can_cross(vendor.subjects, text, workflow=bound.claim != "sub" or "job_workflow_ref:" in text):
                message = f"the text after a star of {show(text)} can also come from a part that users name, such as a branch"
                yield Hit(condition.path, message, "write the whole value and compare with StringEquals", about=text)


def _can_cross(grammar: Grammar, text: str, *, workflow: bool) -> bool:
    """Whether a star of *text* can take in the end of one part and the beginning of another, and text after it be of that other one."""
    if workflow and grammar is GITHUB:  # a branch or tag may hold `@` and `/`, and so may end like any reference
        return _TEXT_AND_AT_AFTER_STAR.search(text) is not None
    if _TEXT_AFTER_STAR.search(text) is None:
        return False
    known = KUBERNETES if not grammar.forms and text.startswith(_SERVICE_ACCOUNT) else grammar
    return not known.colons or text.count(":") < known.colons


def _organization(linted: LintedStatement) -> Iterator[Hit]:
    said: set[str] = set()
    for vendor, bound, condition, text in _narrow(linted):
        beginning = before_wildcard(condition, text)
        if vendor.customers != "strangers" or beginning is None or not _ends_with_customer(bound, beginning):
            continue
        customer = beginning.rstrip("/:").partition("@")[0].rpartition(":")[2]
        if customer not in said:
            said.add(customer)
            every = "" if text.strip("*?") != beginning else ", for whatever job"
            message = f"{show(text)} takes in all that {show(customer)} has and will have{every}"
            yield Hit(condition.path, message, "name the repositories, projects or pipelines that are meant", about=text)


def _ends_with_customer(bound: Bound, beginning: str) -> bool:
    """Whether *beginning* says who the customer is, and nothing of what the customer has."""
    if beginning.startswith("repo:") and beginning.endswith("/") and beginning.count("/") == 1:
        return True
    return bound.beginning is not None and re.fullmatch(bound.beginning, beginning) is not None and not beginning.endswith("@")


def _chosen(linted: LintedStatement) -> Iterator[Hit]:
    for vendor, _, condition, text in _narrow(linted):
        claims = text.split(":")[::2]
        if vendor.subjects is not GITHUB or not is_of_anybody(claims[0]) or _owner_demanded(linted, condition):
            continue
        if all(map(is_of_anybody, claims)):
            message = f"{show(text)} says only what the author of a workflow chooses: any repository can have that subject"
            severity: Severity = "error" if vendor.customers == "strangers" else "warning"
        else:
            message = f"{show(text)} begins with {show(claims[0])}, which the author of a workflow chooses, and says only then whose it is"
            severity = "warning"
        yield Hit(condition.path, message, "have subjects begin with `repo`, and write it so", severity, about=text)


def _owner_demanded(linted: LintedStatement, subject: Condition) -> bool:
    """Whether a condition on another claim than the *subject* names the customer."""
    return any(
        condition is not subject and bound.claim != "sub" and wide_value(vendor, bound, condition) is None
        for provider, vendor in trusted(linted)
        for bound, condition in bounding(linted, provider, vendor)
    )


def _pull_requests(linted: LintedStatement) -> Iterator[Hit]:
    whole = {hit.about for hit in _organization(linted)}
    for vendor, bound, condition, text in _narrow(linted):
        ending = vendor.pull_request
        if ending is None or text in whole:
            continue
        beginning = before_wildcard(condition, text)
        if text.endswith(ending) and beginning is None:
            message = f"{show(text)} matches every pull request, and whoever opens one chooses the workflow that runs"
            yield Hit(condition.path, message, "trust a protected environment or a branch instead", "warning", about=text)
        elif (
            beginning is not None
            and not _ends_with_customer(bound, beginning)
            and any(_lets_in(linted, condition, each) for each in _pull_requests_from(beginning, ending))
        ):
            message = f"{show(text)} also matches pull requests"
            yield Hit(condition.path, message, "write out the branch, the tag or the environment where one is meant", about=text)


def _lets_in(linted: LintedStatement, subject: Condition, text: str) -> bool:
    """Whether *text* meets every condition of the statement on the key of *subject*, and no Deny is about that key and takes it in."""
    keys = RequestKeys({subject.folded: text})
    if not all(each.holds(keys) is True for each in linted.by_key[subject.folded]):
        return False
    denies = (each for each in linted.siblings if each.effect == "Deny" and {one.folded for one in each.conditions} == {subject.folded})
    return not any(_is_about(each, linted) and all(one.holds(keys) for one in each.conditions) for each in denies)


def _is_about(deny: Statement, linted: LintedStatement) -> bool:
    """Whether *deny* is about every login that the statement lets in."""
    element, ours = deny.principal, linted.statement.principal
    if element is None or ours is None or element.negated or not deny.action.matches(fold(ACTION)):
        return False
    return element.everyone or ours.names.get("Federated", frozenset()) <= element.names.get("Federated", frozenset())


def _pull_requests_from(beginning: str, ending: str) -> Iterator[str]:
    """Yield subjects of pull requests that begin so, one for each part in which *beginning* can end; none where it cannot."""
    parts = beginning.split(":", 2)
    if len(parts) > 2:  # noqa: PLR2004 - repo, its name, the context
        yield f"{parts[0]}:{parts[1]}{ending}"
        return
    yield from (f"{beginning}{rest}{ending}" for rest in ("", "x", "/x", "x/x"))


def _without_ids(linted: LintedStatement) -> Iterator[Hit]:
    conditions = {id(condition): condition for vendor, _, condition, _ in _narrow(linted) if vendor.name == "GitHub"}
    for condition in conditions.values():
        bare = [text for text in condition.expected if (match := _OWNER.match(text)) is not None and not match["id"]]
        # A star directly after the owner or before the slash takes the id in.
        missed = [text for text in bare if not any(condition.compares(each, RequestKeys()) for each in _numbered(text))]
        if missed and not _covered(linted, condition, missed):
            message = (
                f"{show(missed[0])} matches no token of a repository that was created, renamed or transferred since 2026-07-15: "
                "those name owner and repository with their ids"
            )
            yield Hit(condition.path, message, "list the subject with the ids beside it once the repository has such", about=missed[0])


def _numbered(text: str) -> Iterator[str]:
    """Yield the subjects with ids that the pattern or value *text* would be for, one for each length of an id that it may spell."""
    match = _OWNER.match(text)
    if match is None:
        return
    owner = text[: match.start("name") - 1]
    name, rest = match["name"].replace("*", "x") or "x", text[match.end() :].replace("*", "x")
    for rest_ in dict.fromkeys((rest, rest or ":ref:refs/heads/x")):
        yield f"{owner}@1/{name}@2{rest_}"


def _covered(linted: LintedStatement, condition: Condition, missed: list[str]) -> bool:
    """Whether another value of the policy is for the same owners, with their ids."""
    texts = [text for each in linted.siblings for other in each.conditions if other.folded == condition.folded for text in other.expected]
    owners = {match[1] for text in texts if (match := re.match(r"repo:([^/:@]+)@", text)) is not None}
    return {text.partition("/")[0].removeprefix("repo:") for text in missed} <= owners


def _ids_by_wildcard(linted: LintedStatement) -> Iterator[Hit]:
    for vendor, _, condition, text in _narrow(linted):
        if vendor.subjects is GITHUB and condition.operator.operator.wildcards and _STAR_FOR_ID.match(text) is not None:
            message = f"{show(text)} takes any id, and so whoever has these names later, which the ids are there to end"
            yield Hit(
                condition.path, message, "write the ids: `gh api repos/OWNER/REPOSITORY --jq '.owner.id, .id'` prints them", about=text
            )


RULES: Final = (
    Rule(
        "subject-unanchored",
        "note",
        "A pattern with text after a star that can be of another part than is meant, such as `repo:acme/*-deploy`.",
        "The star takes in any text, separators included; where the form of subjects leaves no room for that, nothing is found.",
        _unanchored,
        _AWS,
    ),
    Rule(
        "subject-incomplete",
        "warning",
        "A subject, or a pattern, that no token of the vendor has: it lacks a part, or has one that the vendor writes otherwise, such as "
        "`repo:acme/app:branch:main`, a repository without its owner, or a namespace in capitals.",
        "The whole subject is compared, so no token matches.",
        _impossible,
        _GITHUB,
    ),
    Rule(
        "subject-chosen",
        "error",
        "A GitHub subject that begins with a claim that a workflow's author chooses, such as `environment:production`; a warning where the "
        "owner is named after it.",
        "Subjects can be customised in every repository, so anybody's workflow can have it.",
        _chosen,
        _GITHUB,
    ),
    Rule(
        "organization-trusted",
        "note",
        "A pattern for all that one customer has, such as `repo:acme/*`.",
        "It takes in repositories that are made later, by whoever may make one.",
        _organization,
        _GITHUB,
    ),
    Rule(
        "pull-request-trusted",
        "note",
        "A GitHub subject that is, or takes in, `pull_request`.",
        "Whoever opens a pull request decides what the workflow runs; a warning where the value names it.",
        _pull_requests,
        _GITHUB,
    ),
    Rule(
        "subject-without-ids",
        "note",
        "A GitHub subject without the ids of owner and repository, where no other value has them.",
        "Repositories created, renamed or transferred since 2026-07-15 have them in their subjects, and so have those that opted in.",
        _without_ids,
        "https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/",
    ),
    Rule(
        "ids-by-wildcard",
        "warning",
        "A GitHub subject with `@*` in place of an id, such as `repo:acme@*/app@*:ref:refs/heads/main`.",
        "Names can be taken over once their owner gives them up; ids never are.",
        _ids_by_wildcard,
        "https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/",
    ),
)
