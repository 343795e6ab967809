"""The map of an account as text, whole: every group of identities, and every role."""

from __future__ import annotations

from collections.abc import Iterator

from federation.account.access import AccessMap, AccessSource, IdentityGroup, MappedRole
from federation.drawing.words import KINDS, conditions, summary_of, whom
from federation.errors import printable
from federation.wrapping import Line


def map_as_text(found: AccessMap, *, columns: int) -> str:
    """Return *found* as lines of at most *columns* cells."""
    rows = [row for line in _lines(found) for row in line.wrapped(columns)]
    return "\n".join((*rows, ""))


def _lines(found: AccessMap) -> Iterator[Line]:
    yield _line(f"Who can assume the roles of account {found.account_id}")
    yield _line(summary_of(found))
    names = {role.arn: role.name for role in found.roles}
    for source in found.sources:
        yield _line("")
        yield _line(_title(source))
        mine = [group for group in found.groups if group.source == source.id]
        for group in mine:
            yield from _group(group, source, names)
        if not mine:
            yield _line("no role trusts it", 1)
    entered = {arn for group in found.groups for arn in group.roles}
    yield from _roles("Nobody can assume", [role for role in found.roles if role.arn not in entered])
    yield from _roles("Deny statements and principals that cannot come in", [role for role in found.roles if role.denies or role.remarks])


def _title(source: AccessSource) -> str:
    name = f"{KINDS[source.kind]} {source.name}" if source.kind not in {"everybody", "service", "canonical-user"} else source.name
    loud = "" if source.registered else "NOBODY CAN COME IN: "
    return f"{loud}{name[:1].upper()}{name[1:]}{f' ({source.detail})' if source.detail else ''}"


def _group(group: IdentityGroup, source: AccessSource, names: dict[str, str]) -> Iterator[Line]:
    loud = {"everybody": "EVERYBODY: ", "strangers": "STRANGERS: "}.get(group.reach, "")
    yield _line(f"{loud}{whom(group, source)}", 1)
    for words in conditions(group, source):
        yield _line(f"and {words}", 2)
    for warning in group.warnings:
        yield _line(f"! {warning}", 2)
    yield _line(f"→ {', '.join(names[arn] for arn in group.roles)}", 2)


def _roles(title: str, roles: list[MappedRole]) -> Iterator[Line]:
    if not roles:
        return
    yield _line("")
    yield _line(title)
    for role in roles:
        told = "; ".join((*role.denies, *role.remarks))
        yield _line(f"{role.name}{f': {told}' if told else ''}", 1)


def _line(text: str, depth: int = 0) -> Line:
    lead = "  " * depth
    return Line(lead + printable(text), len(lead), f"{lead}  ")
