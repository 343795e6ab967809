"""The inspector page: a form that takes a token, and shows its claims and the result of every check against the account.

The page is read-only: a token is not kept, not logged and not recorded as used. The page contains no script, loads nothing and cannot be
framed. What a token contains is shown as text only.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from lxml.html import HtmlElement, tostring
from lxml.html import builder as E  # noqa: N812 - the name by which lxml's builder goes

from federation import limits
from federation.account import Account
from federation.errors import FederationError, printable
from federation.explanation import Edit
from federation.identity import timestamp
from federation.judging.finder import Finder
from federation.judging.kinds import KINDS
from federation.judging.unverified_token import UnverifiedToken
from federation.profiles import Profile
from federation.report import CheckResult, Report
from federation.server.messages import LoggedResponse, Request, Response
from federation.server.wire import read_parameters
from federation.validators import diagnose

INSPECTOR_PATH: Final = "/inspector"
OPERATION: Final = "inspector"
_HTML: Final = "text/html; charset=utf-8"
_STYLE: Final = """
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
textarea { box-sizing: border-box; font-family: ui-monospace, monospace; height: 12rem; width: 100% }
table { border-collapse: collapse; margin: 1rem 0; width: 100% }
td, th { border-bottom: 1px solid #ccc; overflow-wrap: anywhere; padding: .25rem .5rem; text-align: left; vertical-align: top }
.warning { background: #fff3cd; padding: .5rem }
.refused { color: #a40000 }
"""
_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode('ascii')}'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final = (
    ("content-security-policy", _POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),  # with "no-referrer" browsers would post the form with "Origin: null"
)
_MARKS: Final = {"passed": "✓", "refused": "✗", "skipped": "·"}
_SHOWN_CHARS: Final = 2_000
_DEEPEST: Final = 8
# An explanation judges the message several times, and every client may post to the page (C05).
_TOO_LONG: Final = f"No cause is sought: the token is longer than the {limits.SAML_ASSERTION_PARAMETER_CHARS:_} characters that STS takes."
_WARNING: Final = "UNVERIFIED: the sender of the token may have chosen every value below."


class Inspector:
    """Answers requests for the page, for the providers of one account."""

    __slots__ = ("_finder",)

    def __init__(self, account: Account) -> None:
        """Serve the page for *account*.

        Raises:
            RegistrationError: Two OpenID Connect providers have the same issuer.
        """
        self._finder = Finder(account)

    def answer(self, request: Request, *, request_id: str, at: datetime) -> LoggedResponse:
        """Return the page; below its form, the findings on a posted token, judged at the instant *at*.

        Raises:
            FederationError: The form cannot be read. A fault of the token is shown in the page instead.
        """
        token = read_parameters(request).get("token", "").strip() if request.method == "POST" else ""
        findings = self._findings(token.encode("utf-8", "surrogatepass"), at) if token else []
        page = tostring(_page(findings), encoding="utf-8", doctype="<!DOCTYPE html>")
        return LoggedResponse(Response(200, _HTML, request_id, page, _HEADERS), operation=OPERATION)

    def _findings(self, token: bytes, at: datetime) -> list[HtmlElement]:
        unverified = UnverifiedToken(token)
        heading = E.H2(f"Taken for {KINDS[unverified.kind]}, judged at {timestamp(at)}")
        try:
            report = diagnose(token, self._finder.find(unverified), at=at)
        except FederationError as refusal:
            claimed = _claimed({"issuer": unverified.issuer, "subject": unverified.subject})
            return [heading, E.P("✗ refused", E.CLASS("refused")), _facts(refusal.as_dict()), *claimed]
        verdicts = [_verdict(report, profile) for profile in Profile]
        explained = _explained(report) if len(token) <= limits.SAML_ASSERTION_PARAMETER_CHARS else [E.P(_TOO_LONG)]
        return [heading, *verdicts, *explained, *_named(report), _checks(report)]


def _verdict(report: Report, profile: Profile) -> HtmlElement:
    refusal = report.refusal(profile)
    if refusal is None:
        return E.P(f"✓ {profile.value} accepts")
    return E.P(f"✗ {profile.value} refuses: {refusal.check}", E.CLASS("refused"))


def _explained(report: Report) -> list[HtmlElement]:
    """Return why the provider's profile refuses, and what to change."""
    refusal = report.refusal()
    if refusal is None:
        return []
    explanation = refusal.explanation
    obstacles = (explanation.first, *explanation.later)
    causes = [E.LI(_text(cause.sentence)) for each in obstacles for cause in each.causes]
    edits = [_edit(edit) for each in obstacles for edit in each.edits]
    return [E.H3("Cause"), E.UL(*causes), E.H3("Edit"), *edits]


def _edit(edit: Edit) -> HtmlElement:
    place = edit.place
    where = " ".join(part for part in (place.file, place.setting or place.path, place.source) if part)
    members = {"edit": edit.instruction, "in": where, "old": edit.old, "new": edit.new, "run": edit.command, "lets in": edit.lets_in}
    return _facts(members)


def _named(report: Report) -> list[HtmlElement]:
    """Return the identity in the token: proved, or claimed and marked as unverified."""
    if report.identity is not None:
        return [E.H3("Proved"), _facts(report.identity.as_dict())]
    return [E.H3("Claimed"), *_claimed(report.claimed)]


def _claimed(members: Mapping[str, Any]) -> list[HtmlElement]:
    """Return the claims of a token that proved nothing. Every row has a cell UNVERIFIED, as high as the row, with its own background."""
    table = _facts(members)
    table.set("class", "warning")
    for row in table.iter("tr"):
        row.insert(0, E.TH("UNVERIFIED"))
    return [E.P(_WARNING, E.CLASS("warning")), table]


def _checks(report: Report) -> HtmlElement:
    head = E.TR(*(E.TH(title) for title in ("check", *(profile.value for profile in Profile), "clause", "finding")))
    return E.TABLE(head, *(_check(result) for result in report.results))


def _check(result: CheckResult) -> HtmlElement:
    marks = (E.TD(_MARKS[result.outcome] if profile in result.profiles else "") for profile in Profile)
    refusal = result.refusal
    found = result.note if refusal is None else f"expected {refusal.expected}; found {refusal.found}; {refusal.remedy}"
    return E.TR(E.TD(result.name), *marks, E.TD(_text(result.clause)), E.TD(_text(found)))


def _facts(members: Mapping[str, Any], *, depth: int = 0) -> HtmlElement:
    rows = (E.TR(E.TH(_text(name)), E.TD(_value(value, depth))) for name, value in members.items() if value not in (None, "", [], {}))
    return E.TABLE(*rows)


def _value(value: object, depth: int) -> HtmlElement | str:
    if depth < _DEEPEST and isinstance(value, Mapping):
        return _facts(value, depth=depth + 1)
    if depth < _DEEPEST and isinstance(value, list | tuple):
        return E.DIV(*(E.DIV(_value(item, depth + 1)) for item in value))
    return _text(value)


def _text(value: object) -> str:
    """Return *value* as text that is safe beside other text (attack row T08), shortened to a limit."""
    return printable(str(value)[:_SHOWN_CHARS])


def _page(findings: list[HtmlElement]) -> HtmlElement:
    form = E.FORM(
        E.P("A SAML response in base64, an ID token or an access token. It is not kept, and not used up."),
        E.TEXTAREA(name="token", spellcheck="false", autocomplete="off", required="required"),
        E.P(E.BUTTON("Inspect", type="submit")),
        method="post",
        action=INSPECTOR_PATH,
    )
    head = E.HEAD(
        E.META(charset="utf-8"),
        E.META(name="viewport", content="width=device-width, initial-scale=1"),
        E.TITLE("federation: inspector"),
        E.STYLE(_STYLE),
    )
    return E.HTML(head, E.BODY(E.H1("Inspector"), form, *findings), lang="en")
