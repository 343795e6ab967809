"""The map of an account as boxes and lines between them, condensed to what one picture can show.

Identities are bunched by their source and by the beginning of their subject, roles by equal trust. What a box leaves out it counts, and the
text of its tooltip lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from federation.account.access import AccessMap, AccessSource, IdentityGroup, MappedRole
from federation.drawing.prefixes import Bunch, Path, bunches
from federation.drawing.words import KINDS, conditions, number, resource_of, summary_of, whom
from federation.errors import printable

Tone = Literal["title", "text", "quiet", "loud"]

GROUPS: Final = 48
"""Boxes of identities that a picture shows at most, unless there are more sources."""
ROLE_BOXES: Final = 64
SOURCES_OF_A_KIND: Final = 12
"""More sources of one kind are one box."""
NAMES: Final = 8
FEW_NAMES: Final = 3
"""Names that a box of roles lists, and where there are more than `CALM` such boxes."""
CALM: Final = 16
TOOLTIP: Final = 60
"""Lines of a tooltip."""
_TOKEN: Final = re.compile(r"[^-_:/@.]*[-_:/@.]?")
_MANY: Final = {"oidc": "OpenID Connect providers", "saml": "SAML providers", "account": "AWS accounts"}


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of a box: text without control characters, and how it looks."""

    text: str
    tone: Tone = "text"


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the picture.

    Attributes:
        lines: What stands in it.
        tooltip: What it stands for, in full as far as `TOOLTIP` lines go.
        loud: Whether everybody or strangers can come in here, or nobody at all.
    """

    lines: tuple[TextLine, ...]
    tooltip: str
    loud: bool = False


@dataclass(frozen=True, slots=True)
class MapDrawing:
    """The boxes in three columns, and which of them are joined, by their index in their column.

    Attributes:
        title: What the picture is of.
        summary: What it shows, in one sentence.
        sources: Where identities come from.
        groups: Groups of identities.
        roles: The roles that the same groups can assume.
        from_sources: Source and group.
        to_roles: Group and box of roles.
    """

    title: str
    summary: str
    sources: tuple[Box, ...]
    groups: tuple[Box, ...]
    roles: tuple[Box, ...]
    from_sources: tuple[tuple[int, int], ...]
    to_roles: tuple[tuple[int, int], ...]


def draw_map(found: AccessMap) -> MapDrawing:
    """Return *found* as boxes. Equal maps give equal drawings."""
    kinds = [source.kind for source in found.sources]
    bundled = {kind for kind in _MANY if kinds.count(kind) > SOURCES_OF_A_KIND}  # type: ignore[arg-type]
    keys = {source.id: source.kind if source.kind in bundled else source.id for source in found.sources}
    kept = {source.id: source for source in found.sources}
    room = GROUPS
    apart: dict[str, list[tuple[Path, IdentityGroup]]] = {key: [] for key in keys.values()}
    for group in found.groups:
        apart[keys[group.source]].append((_path(group, kept[group.source]), group))
    while True:
        clusters = bunches(filter(None, apart.values()), room)
        boxes = _equal_trust(found.roles, clusters)
        if len(boxes) <= ROLE_BOXES or room <= len(apart):
            break
        room //= 2
    order = {key: place for place, key in enumerate(apart)}
    clusters.sort(key=lambda cluster: (order[keys[cluster.members[0].source]], cluster.prefix))
    boxes = _equal_trust(found.roles, clusters)
    names = NAMES if len(boxes) <= CALM else FEW_NAMES
    return MapDrawing(
        title=f"Who can assume the roles of account {found.account_id}",
        summary=summary_of(found),
        sources=tuple(_source_box([s for s in found.sources if keys[s.id] == key], found.groups) for key in order),
        groups=tuple(_group_box(cluster, kept) for cluster in clusters),
        roles=tuple(_role_box(roles, names=names, nobody=not joined) for joined, roles in boxes),
        from_sources=tuple((order[keys[cluster.members[0].source]], place) for place, cluster in enumerate(clusters)),
        to_roles=tuple((group, place) for place, (joined, _) in enumerate(boxes) for group in joined),
    )


def _path(group: IdentityGroup, source: AccessSource) -> Path:
    """Return by what the identities of a source are told apart, from the general to the particular."""
    own = () if source.kind in {"oidc", "oauth", "saml", "plugin"} else _tokens(resource_of(group.principal))
    subject = () if group.subject is None else _tokens(_beginning(group.subject.values))
    more = tuple(demand.words for demand in group.demands)
    return (source.id, *own, *subject, "\0".join((group.operation, *group.spared, *more)))


def _tokens(text: str) -> Path:
    return tuple(filter(None, _TOKEN.findall(text)))


def _beginning(values: Sequence[str]) -> str:
    """Return the common beginning of *values*."""
    first, last = min(values), max(values)
    return first[: next((place for place, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))]


def _equal_trust(
    roles: Iterable[MappedRole], clusters: Sequence[Bunch[IdentityGroup]]
) -> list[tuple[tuple[int, ...], tuple[MappedRole, ...]]]:
    """Return the roles by the clusters that can assume them, in the order of the clusters; those that nobody can come last."""
    joined: dict[str, list[int]] = {}
    for place, cluster in enumerate(clusters):
        for arn in {arn for group in cluster.members for arn in group.roles}:
            joined.setdefault(arn, []).append(place)
    alike: dict[tuple[tuple[int, ...], bool, bool], list[MappedRole]] = {}
    for role in roles:
        alike.setdefault((tuple(joined.get(role.arn, ())), bool(role.denies), bool(role.remarks)), []).append(role)
    found = [(groups, tuple(members)) for (groups, _, _), members in alike.items()]
    return sorted(found, key=lambda each: (not each[0], sum(each[0]) / len(each[0]) if each[0] else 0, each[1][0].arn))


def _source_box(sources: Sequence[AccessSource], groups: Iterable[IdentityGroup]) -> Box:
    ids = {source.id for source in sources}
    mine = [group for group in groups if group.source in ids]
    roles = {arn for group in mine for arn in group.roles}
    count = TextLine(f"{number(len(mine), 'group')}, {number(len(roles), 'role')}" if mine else "no role trusts it", "quiet")
    absent = [source for source in sources if not source.registered]
    if len(sources) > 1:
        kind = sources[0].kind
        listed = [TextLine(f"{len(sources)} {_MANY[kind]}", "title"), *_names([source.name for source in sources], FEW_NAMES)]
        told = [f"{source.name} {source.detail}" for source in sources]
    else:
        [source] = sources
        listed = [TextLine(KINDS[source.kind], "quiet"), TextLine(printable(source.name), "title")]
        listed += [TextLine(printable(source.detail), "quiet")] if source.detail and source.registered else []
        told = [source.id, source.detail]
    wrong = [TextLine(f"NOT REGISTERED: {len(absent)} of {len(sources)}" if len(sources) > 1 else "NOT REGISTERED: nobody", "loud")]
    everybody = sources[0].kind == "everybody"
    return Box((*listed, *(wrong if absent else ()), count), _tooltip(told), loud=bool(absent) or everybody)


def _group_box(cluster: Bunch[IdentityGroup], sources: dict[str, AccessSource]) -> Box:
    groups = cluster.members
    told = [
        f"{whom(group, sources[group.source])}: {'; '.join(conditions(group, sources[group.source])) or 'no further condition'}"
        for group in groups
    ]
    loud = [TextLine(text, "loud") for text in _reaches(groups)]
    warned = [TextLine(printable(text), "loud") for text in _common([group.warnings for group in groups])] if loud else []
    if len(groups) == 1:
        [group] = groups
        lines = [TextLine(whom(group, sources[group.source]), "title"), *map(TextLine, conditions(group, sources[group.source]))]
        told += group.warnings
    else:
        lines = _several(cluster, sources)
    return Box((*loud, *lines, *warned), _tooltip(told), loud=bool(loud))


def _several(cluster: Bunch[IdentityGroup], sources: dict[str, AccessSource]) -> list[TextLine]:
    demanded = [conditions(group, sources[group.source]) for group in cluster.members]
    shared = _common(demanded)
    differ = any(len(each) > len(shared) for each in demanded)
    return [
        TextLine(_prefix(cluster), "title"),
        TextLine(f"{len(cluster.members)} groups of identities", "quiet"),
        *map(TextLine, shared),
        *([TextLine("and further conditions, which differ", "quiet")] if differ else []),
    ]


def _reaches(groups: Sequence[IdentityGroup]) -> list[str]:
    """Return that everybody, or strangers, can come in, and by how many of several groups."""
    counts = [(reach, sum(1 for group in groups if group.reach == reach)) for reach in ("everybody", "strangers")]
    return [reach.upper() if len(groups) == 1 else f"{reach.upper()}: {count} of {len(groups)}" for reach, count in counts if count]


def _prefix(cluster: Bunch[IdentityGroup]) -> str:
    beginning = printable("".join(part for part in cluster.prefix[1:] if "\0" not in part))
    return f"`{beginning}`…" if beginning else "various identities"


def _common(several: Sequence[Sequence[str]]) -> list[str]:
    """Return what all of *several* have, in the order of the first."""
    return [each for each in several[0] if all(each in others for others in several[1:])]


def _role_box(roles: Sequence[MappedRole], *, names: int, nobody: bool) -> Box:
    head = [TextLine("NOBODY CAN COME IN", "loud")] if nobody else []
    many = [TextLine(f"{len(roles)} roles", "title")] if len(roles) > 1 else []
    lines = [*head, *many, *_names([role.name for role in roles], names)]
    if len(roles) == 1:
        lines += [TextLine(printable(text), "quiet") for text in (*roles[0].denies, *roles[0].remarks)]
    else:
        lines += (
            [TextLine(f"Deny statements in {'each' if all(role.denies for role in roles) else 'some'}", "quiet")] if roles[0].denies else []
        )
        lines += [TextLine("with principals that cannot come in", "quiet")] if roles[0].remarks else []
    told = [f"{role.file or role.arn}{''.join(f'; {each}' for each in (*role.denies, *role.remarks))}" for role in roles]
    return Box(tuple(lines), _tooltip(told), loud=nobody)


def _names(names: Sequence[str], most: int) -> list[TextLine]:
    """Return *names* as lines; where they are too many, their beginnings with counts."""
    if len(names) <= most:
        return [TextLine(printable(name), "title" if len(names) == 1 else "text") for name in names]
    grouped = bunches([((_tokens(name), name) for name in names)], most)
    return [
        TextLine(printable(bunch.members[0] if len(bunch.members) == 1 else f"{''.join(bunch.prefix)}… ({len(bunch.members)})"))
        for bunch in grouped
    ]


def _tooltip(lines: Sequence[str]) -> str:
    rest = len(lines) - TOOLTIP
    return "\n".join([*map(printable, lines[:TOOLTIP]), *([f"and {rest} more"] if rest > 0 else [])])
