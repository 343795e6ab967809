"""The report of an audit: one HTML file that needs no script, no network and no other file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from federation.drawing.charts import SERIES, bars, columns
from federation.drawing.templating import render
from federation.judging.chronicle import Chronicle, JudgedSpan, Refusals, Spans

ROWS: Final = 20
"""Rows of a table; what it leaves out is counted in one more."""
BARS: Final = 12
_OTHERS: Final = "others"
_ACCEPTED: Final = "accepted"
_REFUSED: Final = "refused"
_DAY: Final = timedelta(days=1)
_UNITS: Final = ((1440, "day"), (60, "hour"), (1, "minute"))


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table of the report.

    Attributes:
        caption: What it lists.
        head: Headings. A heading that begins with ``#`` is that of a column of numbers, and shows without it.
        rows: Its cells as text, escaped by the template.
        code: Number of the columns at the beginning that hold names of a program.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    code: int = 1


@dataclass(frozen=True, slots=True)
class ReportFigure:
    """A number at the top of the report: its name, the number as text, and whether that is ``good``, ``bad`` or neither."""

    name: str
    value: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class ReportSection:
    """A part of the report: its heading, a sentence, its chart if it has one, and its tables."""

    id: str
    heading: str
    text: str
    tables: tuple[ReportTable, ...]
    chart: str | None = None


def audit_report(chronicle: Chronicle, *, of: str) -> str:
    """Return the report on *chronicle* as an HTML document. Equal chronicles give equal reports.

    Args:
        chronicle: The judgements.
        of: Whom they were judged for, such as ``account 123456789012``.

    Raises:
        RegistrationError: Check ``report-extra``: a package of the extra ``report`` is not installed.
    """
    tally = chronicle.tally
    sections = [
        _over_time(chronicle),
        _by_check(chronicle),
        _to_change(chronicle),
        _by_provider(chronicle),
        _by_role(chronicle),
        _by_profile(chronicle),
        _samples(chronicle),
    ]
    return render(
        "audit-report.html",
        title=f"Audit of {of}: {_count(tally.refused)} of {_count(tally.accepted + tally.refused)} tokens refused",
        heading=f"Audit of {of}",
        lead="Captured tokens, judged against the registered providers",
        figures=[
            ReportFigure("tokens", _count(tally.accepted + tally.refused)),
            ReportFigure("accepted", _count(tally.accepted), "good"),
            ReportFigure("refused", _count(tally.refused), "bad"),
            *([ReportFigure("not judged: a bug of the engine", str(tally.bugs), "bad")] if tally.bugs else []),
        ],
        footer="It holds no token; issuers and subjects of refused tokens are claims that nobody proved.",
        period=period(chronicle.spans, "no token was judged at an instant"),
        kinds=ReportTable("By kind", ("kind", "#accepted", "#refused"), tuple((k, _count(a), _count(r)) for k, a, r in tally.by_kind())),
        sections=[section for section in sections if section is not None],
    )


def _over_time(chronicle: Chronicle) -> ReportSection | None:
    spans = list(chronicle.spans)
    if not spans:
        return None
    checks = _largest(chronicle, SERIES - 2)
    length = chronicle.spans.length
    labels = [moment(span.start, length) for span in spans]
    series = {check: [span.refused.get(check, 0) for span in spans] for check in checks}
    rest = [_besides(span, checks) for span in spans]
    if any(rest):
        series[_OTHERS] = rest
    rows = [(label, span) for label, span in zip(labels, spans, strict=True) if span.accepted or span.refused]
    return ReportSection(
        "time",
        "Over time",
        f"By the instant at which each token was judged, in spans of {span_length(length)}. Spans without a token have no row.",
        (
            ReportTable(
                "Judged in each span",
                ("from (UTC)", "#accepted", "#refused", "most often refused by"),
                tuple((label, _count(span.accepted), _count(sum(span.refused.values())), _most(span.refused)) for label, span in rows),
            ),
        ),
        columns("time", "Refused tokens over time, by check", labels, series, first=2),
    )


def _by_check(chronicle: Chronicle) -> ReportSection | None:
    if not chronicle.refusals:
        return None
    ordered = sorted(chronicle.refusals.items(), key=lambda each: -each[1].count)
    total = chronicle.tally.refused
    table = ReportTable(
        "Refusals by check",
        ("check", "code", "#tokens", "#share", "first (UTC)", "last (UTC)"),
        tuple((check, code, _count(found.count), _share(found.count, total), *_seen(found)) for (check, code), found in ordered),
        code=2,
    )
    chart = bars("check", "Refused tokens by check", _folded([(check, found.count) for (check, _), found in ordered]), first=2)
    return ReportSection("checks", "What refuses", "The check that decides, of the profile of each provider.", (table,), chart)


def _to_change(chronicle: Chronicle) -> ReportSection | None:
    listed, others = chronicle.remedies.most_common(ROWS)
    if not listed:
        return None
    rows = [(check, remedy, _count(count)) for (check, remedy), count in listed]
    table = ReportTable("Remedies, the most frequent first", ("check", "remedy", "#tokens"), tuple(_with_others(rows, others)))
    text = "Each refusal names one remedy. federation explain shows the exact edit for one token."
    return ReportSection("change", "What to change", text, (table,))


def _by_provider(chronicle: Chronicle) -> ReportSection:
    counts: dict[str | None, dict[str, int]] = {}
    listed, others = chronicle.providers.most_common(10 * ROWS)
    for (provider, accepted), count in listed:
        counts.setdefault(provider, {_ACCEPTED: 0, _REFUSED: 0})[_ACCEPTED if accepted else _REFUSED] = count
    ordered = sorted(counts.items(), key=lambda each: -sum(each[1].values()))
    rows = [(_provider(name), _count(both[_ACCEPTED]), _count(both[_REFUSED])) for name, both in ordered[:ROWS]]
    rest = others + sum(sum(both.values()) for _, both in ordered[ROWS:])
    tables = [ReportTable("By provider", ("provider", "#accepted", "#refused"), tuple(_with_others(rows, rest)))]
    claimed, more = chronicle.issuers.most_common(ROWS)
    if claimed:
        unknown = [(issuer or "none that could be read", _count(count)) for issuer, count in claimed]
        caption = "Issuers that tokens without a provider claim, UNVERIFIED"
        tables.append(ReportTable(caption, ("claimed issuer", "#tokens"), tuple(_with_others(unknown, more))))
    chart = bars("provider", "Tokens by provider", [(_short(name), both) for name, both in ordered[:BARS]])
    return ReportSection("providers", "By provider", "The provider whose verdict counts.", tuple(tables), chart)


def _by_role(chronicle: Chronicle) -> ReportSection | None:
    listed, others = chronicle.roles.most_common(ROWS)
    if not listed:
        return None
    rows = [(role, effect, _count(count)) for (role, effect), count in listed]
    table = ReportTable("By role", ("role", "effect of its trust policy", "#tokens"), tuple(_with_others(rows, others)))
    return ReportSection("roles", "By role", "What the trust policy says to tokens that prove somebody.", (table,))


def _by_profile(chronicle: Chronicle) -> ReportSection:
    profiles = sorted({profile for profile, _ in chronicle.profiles})
    counts = [(each, chronicle.profiles[each, True], chronicle.profiles[each, False]) for each in profiles]
    tables = [
        ReportTable(
            "Verdicts of both profiles on the token alone",
            ("profile", "#accepts", "#refuses"),
            tuple((profile, _count(accepts), _count(refuses)) for profile, accepts, refuses in counts),
        )
    ]
    listed, others = chronicle.lenient.most_common(ROWS)
    if listed:
        rows = [(check, _count(count)) for check, count in listed]
        caption = "Accepted by aws and refused by strict, by the check that refuses"
        tables.append(ReportTable(caption, ("check", "#tokens"), tuple(_with_others(rows, others))))
    text = "aws: what AWS was observed to do; strict: what a careful verifier demands."
    return ReportSection("profiles", "By profile", text, tuple(tables))


def _samples(chronicle: Chronicle) -> ReportSection | None:
    ordered = sorted(chronicle.refusals.items(), key=lambda each: -each[1].count)[:ROWS]
    tables = tuple(
        ReportTable(
            check,
            ("token", "at", "provider", "issuer, UNVERIFIED", "subject, UNVERIFIED", "expected", "found"),
            tuple(
                (each.id, each.at or "-", _short(each.provider), each.issuer or "-", each.subject or "-", each.expected, each.found)
                for each in found.samples
            ),
            code=5,
        )
        for (check, _), found in ordered
    )
    text = "The first tokens of each check, by the id in the output of federation audit. No token is shown."
    return ReportSection("samples", "Samples", text, tables) if tables else None


def _largest(chronicle: Chronicle, most: int) -> list[str]:
    """Return the checks that refuse most."""
    counts: dict[str, int] = {}
    for (check, _), found in chronicle.refusals.items():
        counts[check] = counts.get(check, 0) + found.count
    return sorted(counts, key=lambda check: -counts[check])[:most]


def _besides(span: JudgedSpan, checks: Sequence[str]) -> int:
    return sum(count for check, count in span.refused.items() if check not in checks)


def _most(refused: Mapping[str, int]) -> str:
    return "" if not refused else max(refused, key=lambda check: refused[check])


def _folded(counts: Sequence[tuple[str, int]]) -> list[tuple[str, dict[str, float]]]:
    """Return the bars of *counts*, the smallest ones together."""
    rest = sum(count for _, count in counts[BARS:])
    return [(name, {_REFUSED: count}) for name, count in [*counts[:BARS], *([(_OTHERS, rest)] if rest else [])]]


def _with_others(rows: Sequence[tuple[str, ...]], others: int) -> list[tuple[str, ...]]:
    if not others:
        return list(rows)
    return [*rows, (_OTHERS, *("" for _ in rows[0][2:]), _count(others))]


def _provider(name: str | None) -> str:
    return "no provider found" if name is None else name


def _short(name: str | None) -> str:
    """Return a provider by its own name, without the beginning of its ARN."""
    if name is None:
        return "no provider found"
    return name.partition("-provider/")[2] or name


def _seen(found: Refusals) -> tuple[str, str]:
    return tuple("-" if each is None else f"{each:%Y-%m-%d %H:%M:%S}" for each in (found.first, found.last))  # type: ignore[return-value]


def period(spans: Spans, none: str) -> str:
    """Return from when to when *spans* reach, in words; *none* where they are empty."""
    listed = list(spans)
    if not listed:
        return none
    first, last = moment(listed[0].start, spans.length), moment(listed[-1].start, spans.length)
    return f"{first} UTC" if first == last else f"{first} to {last} UTC"


def moment(start: datetime, length: timedelta) -> str:
    """Return the *start* of a span of that *length*, as precise as the length needs it."""
    return f"{start:%Y-%m-%d}" if length >= _DAY else f"{start:%Y-%m-%d %H:%M}"


def span_length(length: timedelta) -> str:
    """Return the *length* of a span in words."""
    minutes = int(length.total_seconds()) // 60
    size, unit = next((size, unit) for size, unit in _UNITS if minutes >= size)
    count = minutes // size
    return f"{count:,} {unit}" if count == 1 else f"{count:,} {unit}s"


def _count(number: int) -> str:
    return f"{number:,}"


def _share(count: int, total: int) -> str:
    return f"{100 * count / total:.1f} %" if total else "-"
