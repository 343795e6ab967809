"""Results of operations, in the form of boto3 and in that of the wire."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

Result = dict[str, Any]
"""The result of an operation by member name: texts, integers, booleans, instants, lists, structures; policies as `PolicyText`."""


class PolicyText(str):
    """A policy document as JSON text. IAM sends it percent-encoded, and boto3 shows it as a dict."""

    __slots__ = ()


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
        shown = _mapped(self.result or {}, _as_boto3)
        return shown if isinstance(shown, dict) else {}

    def on_the_wire(self) -> Mapping[str, Any] | None:
        """Return the members as they are sent; None where the response has no result element."""
        return None if self.result is None else _mapped(self.result, _as_sent)


def _mapped(value: Any, text: Any) -> Any:  # noqa: ANN401 - members of any type
    if isinstance(value, (PolicyText, bytes)):
        return text(value)
    if isinstance(value, Entries):
        return value
    if isinstance(value, Mapping):
        return {name: _mapped(inner, text) for name, inner in value.items()}
    return [_mapped(each, text) for each in value] if isinstance(value, list) else value


def _as_sent(value: PolicyText | bytes) -> str:
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else quote(value, safe="")


def _as_boto3(document: PolicyText | bytes) -> object:
    if isinstance(document, bytes):
        return document
    try:
        return json.loads(document)
    except (ValueError, RecursionError):  # the policy grammar accepts more JSON than `json` does; boto3 shows such a text as it is
        return str(document)
