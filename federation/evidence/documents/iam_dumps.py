"""What IAM answers: ``get-account-authorization-details``, ``get-role`` and ``list-roles``, documents URL-encoded or not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from federation.account.reading.entities import GROUP, POLICY, ROLE, USER, EntityKind
from federation.evidence.documents.collecting import Collected, known_text, map_of, number_of
from federation.evidence.documents.model import FoundProvider, FoundRole
from federation.evidence.documents.source import SourceFile
from federation.evidence.documents.values import DocumentValue, ListValue, MapValue, ScalarValue, TextPiece, TextValue
from federation.policy import Kind

TRUST: Final = "AssumeRolePolicyDocument"
LISTED: Final = ("Roles", *(kind.listed for kind in (ROLE, USER, GROUP, POLICY)))
"""The members by which an answer is told from other JSON, lists of entities."""
_ENCODED: Final = ("%7B", "%7b")


def is_answer(root: MapValue) -> bool:
    """Whether *root* is an answer that has policies, or the registration of a provider."""
    if any(isinstance(root.get(name), ListValue) for name in LISTED):
        return True
    role = root.get(ROLE.member)
    if isinstance(role, MapValue) and role.get(ROLE.name_member) is not None:
        return True
    return root.get("ClientIDList") is not None and root.get("Url") is not None


def read_answer(root: MapValue, source: SourceFile, collected: Collected) -> None:
    """Record the entities of the answer *root*."""
    for value in (*_list(root.get("Roles")), *_list(root.get(ROLE.listed)), *_one(root.get(ROLE.member))):
        with collected.resource(source, _named(value, ROLE), value):
            _role(map_of(value, "a role"), source, collected)
    for kind in (USER, GROUP):
        for value in _list(root.get(kind.listed)):
            with collected.resource(source, _named(value, kind), value):
                _inline(kind, map_of(value, kind.noun), source, collected)
    for value in _list(root.get(POLICY.listed)):
        with collected.resource(source, _named(value, POLICY), value):
            _managed(map_of(value, "a policy"), source, collected)
    if root.get("ClientIDList") is not None:
        url, listed = known_text(root.get("Url")), [known_text(each) for each in _list(root.get("ClientIDList"))]
        ids = None if None in listed else tuple(each for each in listed if each is not None)
        full = None if url is None else url if "://" in url else f"https://{url}"
        collected.providers.append(FoundProvider(file=source.name, address=url or "", kind="oidc", url=full, client_ids=ids))


def _role(role: MapValue, source: SourceFile, collected: Collected) -> None:
    address, policy = _named(role, ROLE), role.get(TRUST)
    trust = None if policy is None else collected.document(_decoded(policy), source, form="iam", address=address, kind=Kind.TRUST)
    collected.roles.append(
        FoundRole(
            address=address,
            name=known_text(role.get(ROLE.name_member)),
            arn=known_text(role.get("Arn")),
            trust=trust,
            max_session=number_of(role.get("MaxSessionDuration")),
        )
    )
    _inline(ROLE, role, source, collected)


def _inline(kind: EntityKind, entity: MapValue, source: SourceFile, collected: Collected) -> None:
    for each in _list(entity.get(kind.inline_member)):
        document = each.get("PolicyDocument") if isinstance(each, MapValue) else None
        if document is not None and isinstance(each, MapValue):
            where = f"{_named(entity, kind)} {known_text(each.get('PolicyName')) or ''}".strip()
            collected.document(_decoded(document), source, form="iam", address=where, kind=Kind.IDENTITY)


def _managed(policy: MapValue, source: SourceFile, collected: Collected) -> None:
    """Record the default version, as is the one in force."""
    for version in _list(policy.get("PolicyVersionList")):
        default = version.get("IsDefaultVersion") if isinstance(version, MapValue) else None
        document = version.get("Document") if isinstance(version, MapValue) else None
        if document is not None and isinstance(default, ScalarValue) and default.text == "true":
            collected.document(_decoded(document), source, form="iam", address=_named(policy, POLICY), kind=Kind.IDENTITY)


def _decoded(value: DocumentValue) -> DocumentValue:
    """Return a document that the API answers URL-encoded, decoded."""
    text = known_text(value)
    if not isinstance(value, TextValue) or text is None or not text.lstrip().startswith(_ENCODED):
        return value
    [piece] = value.pieces
    return TextValue(value.start, value.end, (TextPiece(piece.start, piece.end, unquote(text), spelling="percent"),))


def _named(value: DocumentValue, kind: EntityKind) -> str:
    if not isinstance(value, MapValue):
        return ""
    return known_text(value.get("Arn")) or known_text(value.get(kind.name_member)) or ""


def _list(value: DocumentValue | None) -> tuple[DocumentValue, ...]:
    return value.items if isinstance(value, ListValue) else ()


def _one(value: DocumentValue | None) -> Iterator[DocumentValue]:
    if value is not None:
        yield value
