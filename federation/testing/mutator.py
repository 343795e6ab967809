"""A mutator of genuine tokens: what an attacker can make of a SAML response or an ID token without the key of its issuer.

    from federation.testing.mutator import mutations

    for mutation in mutations(token, jwks=jwks):
        assert not my_broker.accepts(mutation.token), mutation

A verifier must refuse every one; tests show that this project's verifier does, and accepts the token itself. What no signature covers, such
as the envelope of a response whose assertion alone is signed, is not changed: a change there is no attack on what was signed.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree

from federation.errors import ValidationError
from federation.testing.forge import Hook
from federation.testing.mutating.jwt import jwt_changes
from federation.testing.mutating.signatures import signature_edits
from federation.testing.mutating.texts import octet_changes, text_edits
from federation.testing.mutating.trees import tree_edits
from federation.testing.mutating.wrapping import WRAPPINGS

_COMPACT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Mutation:
    """A changed token that must be refused. ``str()`` returns its name; the repr does not show the token.

    Attributes:
        name: What was changed, in plain words; one of its own within the mutations of a token.
        rows: The rows of docs/attacks.md to which it belongs; empty where it is a plain change of what was signed.
        token: The changed token, in the form of the original.
    """

    name: str
    rows: tuple[str, ...]
    token: str = field(repr=False)

    def __str__(self) -> str:
        return self.name


def mutations(token: str | bytes, *, jwks: Mapping[str, Any] | None = None) -> Iterator[Mutation]:
    """Yield every mutation of the genuine *token*.

    Args:
        token: A signed SAML response in base64, or a compact ID token.
        jwks: Key set of the token's issuer, for HMACs keyed with its public keys; not needed for SAML.

    Raises:
        ValidationError: *token* is neither, or has no signature.
    """
    text = token.decode("ascii", "replace") if isinstance(token, bytes) else token
    if _COMPACT.fullmatch(text):
        yield from (Mutation(*change) for change in jwt_changes(text, [] if jwks is None else jwks["keys"]))
    else:
        yield from _saml_mutations(text)


def _saml_mutations(token: str) -> Iterator[Mutation]:
    document = _document(token)
    root = _tree(document)
    original = _canonical(root)
    plain = ((name, (), edit) for name, edit in tree_edits(root))
    for name, rows, edit in (*WRAPPINGS, *signature_edits(root), *text_edits(root), *plain):
        changed = _changed(document, edit)
        if changed is not None and _canonical(changed) != original:
            yield Mutation(name, rows, _encoded(etree.tostring(changed)))
    for name, rows, octets in octet_changes(document):
        yield Mutation(name, rows, _encoded(octets))


def _changed(document: bytes, edit: Hook) -> etree._Element | None:
    """Return the tree of *document* after *edit*; None where the edit does not apply to it."""
    root = _tree(document)
    try:
        edit(root)
    except LookupError:
        return None
    return root


def _document(token: str) -> bytes:
    try:
        document = b64decode(token, validate=False)
        signed = _tree(document).find(".//{*}SignatureValue") is not None
    except (ValueError, etree.XMLSyntaxError):
        signed = False
    if not signed:
        raise ValidationError(
            check="form",
            expected="a signed SAML response in base64, or a compact ID token",
            found=f"a text of {len(token)} characters that is neither",
            remedy="pass a token that the verifier accepts",
        )
    return document


def _tree(document: bytes) -> etree._Element:
    return etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))


def _canonical(root: etree._Element) -> bytes:
    return etree.tostring(root, method="c14n", with_comments=True)


def _encoded(document: bytes) -> str:
    return b64encode(document).decode("ascii")
