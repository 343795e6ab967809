"""What to write where a trust policy means no subject, another than its author thinks, or more than one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from federation.errors import show
from federation.explaining.linting.case import APPLIES, ExplainFinding, LintCase, about, pair, placeholder, vendor_of
from federation.explaining.rewriting import shown, with_value
from federation.explaining.wording import command
from federation.explanation import Obstacle
from federation.policy.lint.bounding import before_wildcard, flaw_of

_STAR: Final = re.compile(r"\*+")
_REPOSITORY: Final = re.compile(r"repo:(?P<owner>[^/:@]+)(?:@[^/:]*)?/(?P<name>[^/:@]+)(?:@[^/:]*)?")
_WILDCARD: Final = re.compile(r"[*?]")


def explain_unanchored(case: LintCase) -> Obstacle:
    """Explain text after a star: the whole subject is the author's to write."""
    condition, text = about(case, case.condition), case.finding.about
    whole = f'"StringEquals": {{{pair(condition, _STAR.sub("<…>", text))}}}'
    return case.explained(case.edit(old=shown(text), new=whole))


def explain_impossible(case: LintCase) -> Obstacle:
    """Explain a subject that no token has. Where one is known to be meant, a program writes it; of several the author chooses."""
    condition, text, new = about(case, case.condition), case.finding.about, case.finding.new
    vendor = vendor_of(case)
    if new:
        changes = with_value(case.statement, condition, new, instead_of=text)
        return case.explained(case.edit(changes, old=shown(text), new=shown(new), lets_in=APPLIES))
    flaw = flaw_of(vendor, condition, text)
    beginning = before_wildcard(condition, text)
    rest = "" if beginning is None else text[len(beginning) :]
    meant = [(mended + rest, what) for mended, what in flaw.mended] if flaw is not None else []
    edits = [
        case.edit(old=shown(text), new=shown(mended), instruction=f"write {show(mended)}, {what}")
        for mended, what in meant
        if mended != text
    ]
    return case.explained(*(edits or [case.edit(old=shown(text), new=shown(placeholder(vendor.example)))]))


def explain_chosen(case: LintCase) -> Obstacle:
    """Explain a subject that anybody can bring about."""
    text = case.finding.about
    return case.explained(case.edit(old=shown(text), new=shown(f"repo:<owner>/<repository>:{text}")))


def explain_organization(case: LintCase) -> Obstacle:
    """Explain a pattern for all of one customer: what is meant of it is the author's to list."""
    condition, text = about(case, case.condition), case.finding.about
    beginning = before_wildcard(condition, text) or ""
    rest = text[len(beginning) :].lstrip("*?")
    return case.explained(case.edit(old=shown(text), new=shown(f"{beginning}<…>{rest}")))


def explain_pull_requests(case: LintCase) -> Obstacle:
    """Explain trust in pull requests: what is meant instead is the author's to say."""
    text = case.finding.about
    ending = vendor_of(case).pull_request or ""
    beginning = text.removesuffix(ending) if text.endswith(ending) else text.rstrip("*").rstrip(":")
    return case.explained(case.edit(old=shown(text), new=shown(f"{beginning}:environment:<environment>")))


def explain_without_ids(case: LintCase) -> Obstacle:
    """Explain a subject without ids: they are GitHub's to tell."""
    text = case.finding.about
    return case.explained(case.edit(old=shown(text), new=f"{shown(text)}, {shown(_numbered(text))}", command=_asking(text)))


def explain_any_id(case: LintCase) -> Obstacle:
    """Explain ids of which any is taken, likewise."""
    text = case.finding.about
    return case.explained(case.edit(old=shown(text), new=shown(_numbered(text)), command=_asking(text)))


def _numbered(text: str) -> str:
    match = _REPOSITORY.match(text)
    if match is None:  # the ids of whatever repository: only that of the owner can be written
        return re.sub(r"^(repo:[^/:@]+)(?:@[^/:]*)?/?", r"\1@<id of the owner>/", text)
    name = match["name"] if _WILDCARD.search(match["name"]) else f"{match['name']}@<id of the repository>"
    return f"repo:{match['owner']}@<id of the owner>/{name}{text[match.end() :]}"


def _asking(text: str) -> str:
    """Return the command that prints the ids; empty where the repository is not named."""
    match = _REPOSITORY.match(text)
    if match is None or _WILDCARD.search(match["owner"] + match["name"]) or "$" in match[0]:
        return ""
    return command("gh", "api", f"repos/{match['owner']}/{match['name']}", "--jq", ".owner.id, .id")


TABLE: Final[Mapping[str, ExplainFinding]] = {
    "subject-unanchored": explain_unanchored,
    "subject-incomplete": explain_impossible,
    "subject-chosen": explain_chosen,
    "organization-trusted": explain_organization,
    "pull-request-trusted": explain_pull_requests,
    "subject-without-ids": explain_without_ids,
    "ids-by-wildcard": explain_any_id,
}
