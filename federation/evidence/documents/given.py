"""What the caller knows of files: the values of expressions, by their text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

ACCOUNT_ID: Final = "AWS::AccountId"
PARTITION: Final = "AWS::Partition"
_OF_TERRAFORM: Final = re.compile(r"data\.aws_(?:(?P<account>caller_identity)\.[\w-]+\.account_id|partition\.[\w-]+\.partition)", re.ASCII)


class GivenValues(Mapping[str, str]):
    """Values by the text of the expression. What CloudFormation calls account and partition is also known by Terraform's words for them."""

    def __init__(self, values: Mapping[str, str]) -> None:
        """Know *values*."""
        self._values = dict(values)

    def __getitem__(self, expression: str) -> str:
        """Return the value of *expression*.

        Raises:
            KeyError: It is not known.
        """
        if expression not in self._values and (match := _OF_TERRAFORM.fullmatch(expression)) is not None:
            return self._values[ACCOUNT_ID if match["account"] else PARTITION]
        return self._values[expression]

    def __iter__(self) -> Iterator[str]:
        """Yield the expressions that were given."""
        return iter(self._values)

    def __len__(self) -> int:
        """Return how many expressions were given."""
        return len(self._values)
