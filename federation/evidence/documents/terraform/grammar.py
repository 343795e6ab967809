"""The parser of python-hcl2, which is loaded with this module: where its grammar is not in its cache yet, that takes seconds."""

from __future__ import annotations

from typing import Final

from hcl2.parser import parser
from lark import Token, Tree
from lark.exceptions import LarkError

from federation.evidence.documents.faults import broken
from federation.evidence.documents.terraform.nodes import HclNode

_LEFT_OUT: Final = frozenset({"new_line_or_comment"})
_CLOSED: Final = frozenset(
    {
        "attr_splat_expr_term",
        "binary_op",
        "conditional",
        "for_object_expr",
        "for_tuple_expr",
        "full_splat_expr_term",
        "get_attr_expr_term",
        "index_expr_term",
        "unary_op",
    }
)
"""Rules whose inside is not looked at: it may be nested as deep as the file is long, and their text says all that is asked."""


def syntax_tree(text: str, written: str) -> HclNode:
    """Return the body of the HCL *text*; *written* is what the file has, character by character in the same places.

    Raises:
        ValidationError: Check ``document-syntax``.
    """
    try:
        # The grammar ends a line with its end, so that the last one needs one.
        tree = parser().parse(f"{text}\n")
    except LarkError as error:
        at = getattr(error, "pos_in_stream", None)
        where = _position(written, min(at, len(written))) if isinstance(at, int) else ""
        raise broken("document-syntax", "HCL", f"text that the grammar does not allow{where}", remedy="run `terraform validate`") from None
    return _node(tree.children[0])


def _position(text: str, at: int) -> str:
    return f" at line {text.count(chr(10), 0, at) + 1} column {at - text.rfind(chr(10), 0, at)}"


def _node(tree: Tree[Token] | Token) -> HclNode:
    if isinstance(tree, Token):
        return HclNode(tree.start_pos or 0, tree.end_pos or 0, tree.type, str(tree), ())
    children = () if tree.data in _CLOSED else tuple(_node(each) for each in tree.children if not _is_left_out(each))
    start, end = (0, 0) if tree.meta.empty else (tree.meta.start_pos, tree.meta.end_pos)
    return HclNode(start, end, str(tree.data), "", children)


def _is_left_out(tree: Tree[Token] | Token) -> bool:
    return isinstance(tree, Tree) and tree.data in _LEFT_OUT
