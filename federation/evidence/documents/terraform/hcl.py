"""Files of Terraform's own language to blocks, by the grammar of python-hcl2."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from federation import limits
from federation.evidence.documents.faults import broken
from federation.evidence.documents.terraform.nodes import HclNode
from federation.explaining.positions import TextSpan
from federation.extras import require

_BEFORE_HEREDOC: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"?|#[^\n]*|//[^\n]*|/\*|<<-?(?P<mark>[a-zA-Z][a-zA-Z0-9._-]*)\r?\n')
"""What holds no beginning of a heredoc, or is one."""
_BRACKET: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"|[\[({]|[\])}]')


@dataclass(frozen=True)
class HclBlock(TextSpan):
    """A block.

    Attributes:
        kind: Its type, such as ``resource``.
        labels: Its labels, such as type and name of a resource.
        attributes: The expressions of its attributes, by name.
        names: Where the name of each attribute stands.
        blocks: The blocks inside, in their order.
    """

    kind: str
    labels: tuple[str, ...]
    attributes: Mapping[str, HclNode] = field(repr=False)
    names: Mapping[str, TextSpan] = field(repr=False)
    blocks: tuple[HclBlock, ...]

    def named(self, kind: str) -> tuple[HclBlock, ...]:
        """Return the blocks inside of the type *kind*."""
        return tuple(each for each in self.blocks if each.kind == kind)


def parse(text: str) -> HclNode:
    """Return the body of the HCL *text*.

    Raises:
        RegistrationError: Check ``document-hcl``: the extra ``hcl`` is not installed.
        ValidationError: Check ``document-size`` or ``document-syntax``.
    """
    require("python-hcl2", extra="hcl", check="document-hcl", module="hcl2")
    if len(text) > limits.EVIDENCE_HCL_CHARS:
        raise broken("document-size", f"HCL of at most {limits.EVIDENCE_HCL_CHARS} characters", f"{len(text)} characters")
    _check_depth(text)
    # The grammar and its parser are loaded where such a file is read.
    from federation.evidence.documents.terraform.grammar import syntax_tree  # noqa: PLC0415

    return syntax_tree(_masked(text), text)


def read_blocks(text: str) -> tuple[HclBlock, ...]:
    """Return the blocks of the HCL *text*; the refusals are those of `parse`."""
    return tuple(_blocks(parse(text)))


def _blocks(body: HclNode) -> Iterator[HclBlock]:
    return (_block(each) for each in body.children if each.rule == "block")


def _block(node: HclNode) -> HclBlock:
    heads = [each for each in node.rules if each.rule != "body"]
    [body] = (each for each in node.rules if each.rule == "body")
    kind, *labels = map(_label, heads)
    written = [each.rules for each in body.children if each.rule == "attribute"]
    attributes = {_label(name): value for name, value in written}
    names: dict[str, TextSpan] = {_label(name): name for name, _ in written}
    return HclBlock(node.start, node.end, kind, tuple(labels), attributes, names, tuple(_blocks(body)))


def _label(node: HclNode) -> str:
    return node.text or "".join(_label(each) for each in node.children if each.rule != "DBLQUOTE")


def _masked(text: str) -> str:
    """Return *text* with other characters in its heredocs, as many: whoever reads a heredoc reads it in the text of the file.

    The grammar looks for the end of a heredoc in a time that grows with the square of its length, where much of it is white space.

    Raises:
        ValidationError: Check ``document-syntax``: a heredoc does not end.
    """
    parts: list[str] = []
    at = copied = 0
    while (match := _BEFORE_HEREDOC.search(text, at)) is not None:
        if match[0] == "/*":
            at = text.find("*/", match.end())
            if at < 0:
                break
            continue
        at = match.end()
        if match["mark"] is None:
            continue
        end = re.compile(rf"^[ \t]*{re.escape(match['mark'])}\r?$", re.MULTILINE).search(text, at)
        if end is None:
            line = text.count("\n", 0, match.start()) + 1
            raise broken("document-syntax", "HCL", f"a heredoc at line {line} that does not end", remedy="run `terraform validate`")
        if end.start() > at:
            parts += (text[copied:at], "_" * (end.start() - at - 1), "\n")
            copied = end.start()
        at = end.end()
    return "".join((*parts, text[copied:]))


def _check_depth(text: str) -> None:
    depth = 0
    for match in _BRACKET.finditer(text):
        first = match[0][0]
        depth += 1 if first in "[({" else -1 if first in "])}" else 0
        if depth > limits.EVIDENCE_DEPTH:
            raise broken("document-syntax", f"HCL nested at most {limits.EVIDENCE_DEPTH} deep", "deeper nesting")
