"""The report of an audit of recorded logins: one HTML file that needs no script, no network and no other file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from federation.drawing.audit_report import ROWS, ReportFigure, ReportSection, ReportTable, moment, period, span_length
from federation.drawing.charts import SERIES, bars, columns
from federation.drawing.templating import render
from federation.evidence.cloudtrail.event_judgement import EventOutcome
from federation.evidence.cloudtrail.event_tally import EventTally, OutcomeCounter

_BARS: Final = 12
_HEADINGS: Final = {
    EventOutcome.LOST: ("lost", "Who would lose access", "Logins that were granted and that the account refuses."),
    EventOutcome.GAINED: ("gained", "Who would gain access", "Logins that were refused and that the account grants."),
    EventOutcome.UNDECIDED: ("undecided", "What is not decided", "Logins of which the record does not say what a condition demands."),
}


def events_report(tally: EventTally, roles: Iterable[str], *, whose: str, against: bool) -> str:
    """Return the report on *tally* as an HTML document. Equal tallies give equal reports.

    Args:
        tally: The logins.
        roles: The federated roles of the accounts that judged them, by ARN.
        whose: Who judged them, such as ``account 123456789012``.
        against: Whether they were compared with another account, and not with what the records say.

    Raises:
        RegistrationError: Check ``report-extra``: a package of the extra ``report`` is not installed.
    """
    lost, gained, undecided = (tally.outcomes[each] for each in _HEADINGS)
    sections = [
        *(_groups(outcome, tally) for outcome in _HEADINGS),
        _over_time(tally),
        _by("roles", "By role", "role", tally.roles),
        _by("subjects", "By form of subject", "subject", tally.patterns),
        _by("audiences", "By audience", "audience", tally.audiences),
        _by("providers", "By provider", "provider", tally.providers),
        _unused(tally.unused(roles)),
        _unread(tally),
    ]
    compared = "with what another account says" if against else "with what the records say"
    return render(
        "audit-report.html",
        title=f"Logins to {whose}: {lost:,} of {tally.logins:,} lost, {gained:,} gained",
        heading=f"Logins to {whose}",
        lead=f"CloudTrail records of federated logins, judged by the policies of {whose}, and compared {compared}",
        period=period(tally.spans, "no login was recorded"),
        figures=[
            ReportFigure("logins", f"{tally.logins:,}"),
            ReportFigure("lost", f"{lost:,}", "bad" if lost else "good"),
            ReportFigure("gained", f"{gained:,}", "bad" if gained else "good"),
            ReportFigure("not decided", f"{undecided:,}"),
        ],
        kinds=ReportTable("By outcome", ("now", "#logins"), tuple((each.value, f"{tally.outcomes[each]:,}") for each in EventOutcome)),
        sections=[section for section in sections if section is not None],
        footer="It holds no token. Subjects are those that AWS recorded.",
    )


def _groups(outcome: EventOutcome, tally: EventTally) -> ReportSection | None:
    groups = tally.largest(outcome)
    if not groups:
        return None
    name, heading, text = _HEADINGS[outcome]
    rows = tuple(
        (
            group.role_arn,
            group.pattern,
            f"{counts.count:,}",
            counts.reason or group.depends_on or "-",
            ", ".join(e for e, _, _ in counts.samples),
        )
        for group, counts in groups[:ROWS]
    )
    rest = sum(counts.count for _, counts in groups[ROWS:])
    more = (("others", "", f"{rest:,}", "", ""),) if rest else ()
    table = ReportTable(heading, ("role", "subject", "#logins", "why", "first events"), (*rows, *more), code=2)
    return ReportSection(name, heading, text, (table,))


def _over_time(tally: EventTally) -> ReportSection | None:
    spans = list(tally.spans)
    if not spans:
        return None
    length = tally.spans.length
    labels = [moment(span.start, length) for span in spans]
    shown = [each for each in EventOutcome if tally.outcomes[each]][:SERIES]
    series = {each.value: [span.refused.get(each.value, 0) for span in spans] for each in shown}
    rows = [
        (label, *(f"{span.refused.get(each.value, 0):,}" for each in shown))
        for label, span in zip(labels, spans, strict=True)
        if any(span.refused.values())
    ]
    table = ReportTable("Logins in each span", ("from (UTC)", *(f"#{each.value}" for each in shown)), tuple(rows))
    text = f"By the time of each record, in spans of {span_length(length)}. Spans without a login have no row."
    return ReportSection("time", "Over time", text, (table,), columns("time", "Logins over time, by outcome", labels, series))


def _by(name: str, heading: str, what: str, counter: OutcomeCounter) -> ReportSection | None:
    rows = counter.largest(ROWS)
    if not rows:
        return None
    table = ReportTable(heading, (what, "#granted then", "#refused then"), tuple((each, f"{g:,}", f"{r:,}") for each, g, r in rows))
    chart = bars(name, f"Logins {heading[0].lower()}{heading[1:]}", [(each, {"granted": g, "refused": r}) for each, g, r in rows[:_BARS]])
    return ReportSection(name, heading, "What became of the logins when they were recorded.", (table,), chart)


def _unused(unused: Sequence[str]) -> ReportSection | None:
    if not unused:
        return None
    rest = len(unused) - ROWS
    rows = (*((arn,) for arn in unused[:ROWS]), *(((f"and {rest:,} more",),) if rest > 0 else ()))
    text = "Roles of the account that trust an identity provider, and to which no login of these records was granted."
    return ReportSection("unused", "Federated roles that nobody used", text, (ReportTable("Unused roles", ("role",), rows),))


def _unread(tally: EventTally) -> ReportSection | None:
    if not tally.unread:
        return None
    rows = tuple((each.place, each.expected, each.found) for each in tally.faults)
    text = f"{tally.unread:,} records or files could not be read; these are the first."
    return ReportSection("unread", "What could not be read", text, (ReportTable("Faults", ("place", "expected", "found"), rows),))
