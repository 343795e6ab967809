"""The nodes of the syntax tree of Terraform's language."""

from __future__ import annotations

from dataclasses import dataclass

from federation.explaining.positions import TextSpan


@dataclass(frozen=True, slots=True)
class HclNode(TextSpan):
    """A node of the syntax tree, without line ends and comments.

    Attributes:
        rule: The rule of the grammar, or the kind of a token.
        text: The text of a token; empty for others.
        children: What is inside.
    """

    rule: str
    text: str
    children: tuple[HclNode, ...]

    @property
    def rules(self) -> tuple[HclNode, ...]:
        """The children that are no tokens."""
        return tuple(each for each in self.children if not each.text)
