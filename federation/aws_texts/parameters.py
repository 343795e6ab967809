"""Parameters of operations: the violations of the service model, and values that fit it and cannot be used (docs/observed.md 1.0, 9.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

NOT_NULL: Final = "Member must not be null"
"""A required parameter is absent. Recorded: docs/observed.md 9.3."""
TEXT: Final = "Member must be text"
"""A parameter of the library is no text. This project's wording: on the wire every value is text."""
INTEGER: Final = "Member must be an integer"
"""A parameter of the library is no integer. This project's wording: on the wire this is another refusal."""
BOOLEAN: Final = "Member must be a boolean"
"""A parameter of the library is no boolean. This project's wording: on the wire this is another refusal."""
LIST: Final = "Member must be a list"
"""A parameter of the library is no list. This project's wording: on the wire a list has no other form."""
LIST_OF_TEXTS: Final = "Member must be a list of texts"
"""A parameter of the library is no list of texts. This project's wording: on the wire every member is text."""
NO_VALUE: Final = "null"
"""Stands for a value that is absent. Recorded: docs/observed.md 9.3."""
HIDDEN: Final = "'****'"
"""Stands for a secret value. Reported: docs/observed.md 9.3."""
TARGET_PRINCIPAL: Final = "Request must contain a valid target principal"
"""TargetPrincipal of AssumeRoot is no account. Recorded: docs/observed.md 1.4."""
TASK_POLICY: Final = "Request must contain valid AWS managed task policy ARN"
"""TaskPolicyArn of AssumeRoot is none of the policies. Observed: docs/observed.md 1.4."""


def violations(found: Sequence[str]) -> str:
    """Return the text that lists each `violation`. Recorded: docs/observed.md 9.3."""
    return f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected: {'; '.join(found)}"


def violation(value: str, member: str, constraint: str) -> str:
    """Return one item of `violations`; *value* is what stands for it in texts. Recorded: docs/observed.md 9.3."""
    return f"Value {value} at '{member}' failed to satisfy constraint: {constraint}"


def violation_without_value(member: str, constraint: str) -> str:
    """Return one item of `violations` as IAM writes it. Reported: docs/observed.md 9.8."""
    return f"Value at '{member}' failed to satisfy constraint: {constraint}"


def invalid_value(member: str, demanded: str) -> str:
    """Return the text for a name or path of IAM with other characters than it may have. Reported: docs/observed.md 9.8."""
    return f"The specified value for {member} is invalid. {demanded}"


def shown(value: object) -> str:
    """Return what stands for a text or an integer. Recorded: docs/observed.md 9.3."""
    return f"'{value}'"


def listed(values: str) -> str:
    """Return what stands for a list; *values* are its members, joined by commas. Recorded: docs/observed.md 9.3."""
    return f"'[{values}]'"


def of_type(name: str) -> str:
    """Return what stands for a value of another type. This project's wording: on the wire every value is text."""
    return f"of type {name}"


def of_members(count: int) -> str:
    """Return what stands for a list of structures. This project's wording: what AWS says here is not known."""
    return f"of {count} members"


def of_more_bits(count: int) -> str:
    """Return what stands for an integer of more than *count* bits. This project's wording: what AWS says here is not known."""
    return f"of more than {count} bits"


def at_least_long(fewest: int) -> str:
    """Return the constraint on a length that is too small. Recorded: docs/observed.md 9.3."""
    return f"Member must have length greater than or equal to {fewest}"


def at_most_long(most: int) -> str:
    """Return the constraint on a length that is too big. Recorded: docs/observed.md 9.3."""
    return f"Member must have length less than or equal to {most}"


def at_least(lowest: int) -> str:
    """Return the constraint on an integer that is too small. Recorded: docs/observed.md 9.3."""
    return f"Member must have value greater than or equal to {lowest}"


def at_most(highest: int) -> str:
    """Return the constraint on an integer that is too big. Recorded: docs/observed.md 9.3."""
    return f"Member must have value less than or equal to {highest}"


def matching(pattern: str) -> str:
    """Return the constraint on a text that *pattern* does not match. Recorded: docs/observed.md 9.3."""
    return f"Member must satisfy regular expression pattern: {pattern}"


def one_of(values: Iterable[str]) -> str:
    """Return the constraint on a text that is none of *values*. Documented: docs/observed.md 9.3."""
    return f"Member must satisfy enum value set: [{', '.join(values)}]"


def each_satisfying(constraints: Iterable[str]) -> str:
    """Return the constraint on a list of which a member violates one of *constraints*. Recorded: docs/observed.md 9.3."""
    return f"Member must satisfy constraint: [{', '.join(constraints)}]"


def is_invalid(arn: str) -> str:
    """Return the text for an ARN that cannot be used. Observed: docs/observed.md 1.1."""
    return f"{arn} is invalid"
