"""The message as it was sent, with what a registered key signed told apart from what it did not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from federation.errors import FederationError
from federation.identity import timestamp
from federation.jose.decode import decode_token
from federation.judging.kinds import OIDC, SAML
from federation.oidc.provider import OidcProvider
from federation.oidc.validator import prove_token
from federation.page.facts import Fact, facts_of
from federation.page.judged import Judged
from federation.page.times import CLAIMS, beside, instant_of
from federation.saml.coverage import Coverage, SourceElement, cover
from federation.saml.registration.provider import SamlProvider

_MOST_ELEMENTS: Final = 600
_MOST_TEXT: Final = 400
_MOST_PLAINTEXT: Final = 100_000
_DEEPEST: Final = 16


class RawPart(NamedTuple):
    """A stretch of the raw message, and whether a registered key signed it."""

    text: str
    signed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeRow:
    """An element in the tree of a SAML response.

    Attributes:
        depth: How many elements it is in, at most `_DEEPEST`.
        name: Its name; empty for a comment.
        attributes: Its attributes, without declarations of namespaces.
        text: Its text, cut.
        signed: Whether a registered key signed it.
    """

    depth: int
    name: str
    attributes: tuple[Fact, ...]
    text: str
    signed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMessage:
    """A message.

    Attributes:
        signed_by: What the verified signatures cover and by which key, in words; empty where none verified.
        raw: The message as it was sent.
        tree: The elements of a SAML response; empty for a JWT.
        left_out: How many elements the tree leaves out.
        plaintext: The assertion that was encrypted, as it was proved; empty where none was.
        header: The header of a JWT.
        claims: The claims of a JWT.
    """

    signed_by: tuple[str, ...]
    raw: tuple[RawPart, ...] = field(repr=False)
    tree: tuple[TreeRow, ...] = field(default=(), repr=False)
    left_out: int = 0
    plaintext: str = field(default="", repr=False)
    header: tuple[Fact, ...] = ()
    claims: tuple[Fact, ...] = field(default=(), repr=False)

    @property
    def signed(self) -> bool:
        """Whether a registered key signed any of it."""
        return bool(self.signed_by)


def message_of(judged: Judged) -> ShownMessage | None:
    """Return the message that was judged; None where there is nothing to read in it: an opaque token, or one that cannot be decoded."""
    if judged.too_long:
        return None
    try:
        if judged.token.kind == SAML:
            provider = judged.provider if isinstance(judged.provider, SamlProvider) else None
            return _saml(cover(judged.token.token, provider))
        return _jwt(judged) if judged.token.kind == OIDC else None
    except FederationError:
        return None


def _saml(coverage: Coverage) -> ShownMessage:
    rows = tuple(_row(each) for each in coverage.elements[:_MOST_ELEMENTS])
    return ShownMessage(
        signed_by=tuple(f"the {element}, by the registered key {key[:16]}…" for element, key in coverage.signed_by),
        raw=tuple(RawPart(coverage.octets[each.start : each.end].decode("utf-8", "replace"), each.signed) for each in coverage.spans),
        tree=rows,
        left_out=len(coverage.elements) - len(rows),
        plaintext=(coverage.plaintext or b"")[:_MOST_PLAINTEXT].decode("utf-8", "replace"),
    )


def _row(element: SourceElement) -> TreeRow:
    attributes = (Fact(name, _cut(value)) for name, value in element.attributes if name != "xmlns" and not name.startswith("xmlns:"))
    return TreeRow(
        depth=min(element.depth, _DEEPEST),
        name=element.name,
        attributes=tuple(attributes),
        text=_cut(" ".join(element.text.split())),
        signed=element.signed,
    )


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]}… ({len(text)} characters)"


def _jwt(judged: Judged) -> ShownMessage:
    raw = decode_token(judged.token.token)
    signed_by = _signer(judged)
    signing_input, _, signature = judged.token.token.decode("ascii").rpartition(".")
    return ShownMessage(
        signed_by=signed_by,
        raw=(RawPart(signing_input, bool(signed_by)), RawPart(f".{signature}", signed=False)),
        header=facts_of(raw.header.parameters),
        claims=tuple(_in_words(fact, raw.payload.claims().members, judged) for fact in facts_of(raw.payload.claims().members)),
    )


def _in_words(fact: Fact, claims: Mapping[str, Any], judged: Judged) -> Fact:
    """Return *fact*, a claim, with the instant that it states in words."""
    at = instant_of(claims.get(fact.name)) if fact.name in CLAIMS else None
    return fact if at is None else Fact(fact.name, f"{fact.value} ({timestamp(at)}, {beside(at, judged.at)})")


def _signer(judged: Judged) -> tuple[str, ...]:
    """Return in words which key of the provider verifies the token; empty where none does."""
    provider = judged.provider
    if not isinstance(provider, OidcProvider):
        return ()
    try:
        proved = prove_token(judged.token.token, provider, profile=provider.profile, at=judged.at)
    except FederationError:
        return ()
    kid = proved.claims.header.kid
    return (f"header and claims, by a registered key of the issuer{'' if kid is None else f', kid {kid}'}",)
