"""ServiceAccounts of Kubernetes that ask for a role of AWS (IAM roles for service accounts)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from federation.evidence.documents.collecting import Collected, known_text
from federation.evidence.documents.model import ExpectedLogin
from federation.evidence.documents.source import SourceFile
from federation.evidence.documents.values import DocumentValue, ListValue, MapValue
from federation.explaining.positions import TextSpan
from federation.policy.document import member

ROLE: Final = "eks.amazonaws.com/role-arn"
AUDIENCE: Final = "eks.amazonaws.com/audience"
DEFAULT_AUDIENCE: Final = "sts.amazonaws.com"
"""What the webhook of EKS asks for where the annotation names no audience."""


def is_manifest(root: MapValue) -> bool:
    """Whether *root* is an object of Kubernetes."""
    return known_text(root.get("apiVersion")) is not None and known_text(root.get("kind")) is not None


def read_manifest(root: MapValue, source: SourceFile, collected: Collected) -> None:
    """Record the logins of the service accounts in *root*, an object or a list of them."""
    for at, each in _accounts(root):
        metadata = each.get("metadata")
        annotations = metadata.get("annotations") if isinstance(metadata, MapValue) else None
        role = annotations.get(ROLE) if isinstance(annotations, MapValue) else None
        if not isinstance(metadata, MapValue) or not isinstance(annotations, MapValue) or role is None:
            continue
        name, namespace = known_text(metadata.get("name")), metadata.get("namespace")
        # Without a namespace that of the command that applies the file is meant.
        space = "*" if namespace is None else known_text(namespace)
        subjects = (f"system:serviceaccount:{space or '*'}:{name or '*'}",)
        audience = annotations.get(AUDIENCE)
        collected.logins.append(
            ExpectedLogin(
                source=source,
                path=member(f"{at}.metadata.annotations", ROLE),
                written=TextSpan(role.start, role.end),
                address=f"ServiceAccount {space or '*'}/{name or '*'}",
                role=_plain(known_text(role)),
                issuer=None,
                subjects=subjects,
                audience=DEFAULT_AUDIENCE if audience is None else known_text(audience),
            )
        )


def _accounts(root: DocumentValue) -> Iterator[tuple[str, MapValue]]:
    """Yield the service accounts, each with its JSON path."""
    if not isinstance(root, MapValue):
        return
    kind = known_text(root.get("kind"))
    if kind == "ServiceAccount":
        yield "$", root
    elif kind in ("List", "ServiceAccountList"):
        items = root.get("items")
        for number, each in enumerate(items.items if isinstance(items, ListValue) else ()):
            if isinstance(each, MapValue) and known_text(each.get("kind")) in ("ServiceAccount", None):
                yield f"$.items[{number}]", each


def _plain(text: str | None) -> str | None:
    """Return *text* where it is what the cluster gets; a template of Helm or of a shell is not."""
    return None if text is None or "{{" in text or "${" in text else text
