"""Results of operations, in the form of boto3 and in that of the wire."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

Result = dict[str, Any]
"""The result of an operation by member name: texts, octets, integers, booleans, instants, lists, structures; policies as `PolicyText`."""


class PolicyText(str):
    """A policy document as JSON text. IAM sends it percent-encoded, and boto3 shows it as a dict."""

    __slots__ = ()

    @property
    def encoded(self) -> str:
        """The text as IAM sends it (RFC 3986)."""
        return quote(self, safe="")

    @property
    def parsed(self) -> object:
        """The document as boto3 shows it."""
        try:
            return json.loads(self)
        except (ValueError, RecursionError):  # the policy grammar accepts more JSON than `json`; boto3 shows such a text as it is
            return str(self)


class Entries(dict[str, Any]):
    """A map whose keys are data and not names of members, such as the summary of the account."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class IamAnswer:
    """The result of one operation.

    Attributes:
        result: The members; None for an operation that has no result.
    """

    result: Result | None = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the dict that boto3 returns for the operation, without ``ResponseMetadata``."""
        return {name: _shown(value) for name, value in (self.result or {}).items()}


def _shown(value: Any) -> Any:  # noqa: ANN401 - members of any type
    if isinstance(value, PolicyText):
        return value.parsed
    if isinstance(value, dict):
        return {name: _shown(inner) for name, inner in value.items()}
    return [_shown(each) for each in value] if isinstance(value, list) else value
