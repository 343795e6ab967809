"""The constraints of the service model (2011-06-15) on request parameters, and the one message AWS makes of all that break them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from federation import limits
from federation.errors import ValidationError, show
from federation.tags import utf16_units

ECHOED_CHARS: Final = 4096
"""Characters of a value that the message repeats; AWS repeats all of it, which would let a caller amplify (attack row D04)."""


class Constraint(Protocol):
    """What one parameter must satisfy."""

    @property
    def member(self) -> str:
        """Name of the parameter in messages: that of the API with a small first letter."""
        ...

    def accepts(self, value: object) -> bool:
        """Tell whether *value* satisfies the constraint; the path of nearly every call."""
        ...

    def violations(self, value: object) -> Iterator[str]:
        """Yield what AWS says of *value*, which `accepts` refused."""
        ...


class Pattern(Protocol):
    """What a whole text must match: a compiled regular expression, or a rule that such cannot express."""

    def fullmatch(self, string: str, /) -> object | None:
        """Return anything but None where *string* matches."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text parameter.

    Attributes:
        member: Name in messages.
        shortest: Fewest UTF-16 code units, the unit AWS counts in.
        longest: Most of them.
        pattern: What the whole text must match.
        written: The pattern as AWS writes it in messages.
        required: Whether None is refused.
        sensitive: Whether messages show ``****`` instead of the value; such a parameter may also be ASCII `bytes`.
        length_first: Whether AWS was seen to name the length before the pattern (tag keys); elsewhere the pattern comes first.
    """

    member: str
    shortest: int
    longest: int
    pattern: Pattern | None = None
    written: str = ""
    required: bool = False
    sensitive: bool = False
    length_first: bool = False

    def named(self, member: str) -> Text:
        """Return the same constraint under another name."""
        return replace(self, member=member)

    def accepts(self, value: object) -> bool:
        """Tell whether *value* satisfies the constraint."""
        if value is None:
            return not self.required
        if not isinstance(value, str):
            return self.sensitive and isinstance(value, bytes) and self.shortest <= len(value) <= self.longest
        units = len(value) if value.isascii() else utf16_units(value)
        return self.shortest <= units <= self.longest and (self.pattern is None or self.pattern.fullmatch(value) is not None)

    def violations(self, value: object) -> Iterator[str]:
        """Yield what AWS says of *value*."""
        if value is None:
            yield violation(None, self.member, "Member must not be null")
            return
        if not isinstance(value, str) and not (self.sensitive and isinstance(value, bytes)):
            yield violation(f"of type {type(value).__name__}", self.member, "Member must be text")
            return
        shown = "'****'" if self.sensitive else f"'{_echo(value)}'"
        length = [violation(shown, self.member, text) for text in self._length(value)]
        matches = self.pattern is None or (isinstance(value, str) and self.pattern.fullmatch(value) is not None)
        pattern = [] if matches else [violation(shown, self.member, f"Member must satisfy regular expression pattern: {self.written}")]
        yield from length + pattern if self.length_first else pattern + length

    def _length(self, value: str | bytes) -> Iterator[str]:
        units = utf16_units(value) if isinstance(value, str) else len(value)
        if units < self.shortest:
            yield f"Member must have length greater than or equal to {self.shortest}"
        if units > self.longest:
            yield f"Member must have length less than or equal to {self.longest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Integer:
    """An integer parameter, absent as None, from *lowest* to *highest*."""

    member: str
    lowest: int
    highest: int

    def accepts(self, value: object) -> bool:
        """Tell whether *value* satisfies the constraint."""
        return value is None or (type(value) is int and self.lowest <= value <= self.highest)

    def violations(self, value: object) -> Iterator[str]:
        """Yield what AWS says of *value*."""
        if not isinstance(value, int) or isinstance(value, bool):
            yield violation(f"of type {type(value).__name__}", self.member, "Member must be an integer")
        elif value < self.lowest:
            yield violation(_number(value), self.member, f"Member must have value greater than or equal to {self.lowest}")
        else:
            yield violation(_number(value), self.member, f"Member must have value less than or equal to {self.highest}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArnList:
    """A list of ARNs, each a str or, as in boto3, a mapping ``{"arn": …}``; at most *most* of them."""

    member: str
    most: int

    def accepts(self, value: object) -> bool:
        """Tell whether *value* satisfies the constraint."""
        return value == () or next(self.violations(value), None) is None

    def violations(self, value: object) -> Iterator[str]:
        """Yield what AWS says of *value*."""
        if not isinstance(value, (list, tuple)):
            yield violation(f"of type {type(value).__name__}", self.member, "Member must be a list")
            return
        if len(value) > self.most:
            yield violation(f"of {len(value)} members", self.member, f"Member must have length less than or equal to {self.most}")
            return
        for number, item in enumerate(value, 1):
            constraint = arn(f"{self.member}.{number}.member.arn")
            text = arn_of(item)
            if not constraint.accepts(text):
                yield from constraint.violations(text)


_ARN_TEXT: Final = re.compile(r"[\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd]+")
# Java reads \u10000-\u10FFFF in the model's pattern as something else: characters beyond the BMP never match (observed).
_ARN_WRITTEN: Final = r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+"


def arn(member: str) -> Text:
    """Return the constraint of an ARN parameter: 20 to `limits.ARN_CHARS` code units of printable text."""
    return Text(member=member, shortest=20, longest=limits.ARN_CHARS, pattern=_ARN_TEXT, written=_ARN_WRITTEN, required=True)


ROLE_ARN: Final = arn("roleArn")
PRINCIPAL_ARN: Final = arn("principalArn")
SAML_ASSERTION: Final = Text(
    member="sAMLAssertion", shortest=4, longest=limits.SAML_ASSERTION_PARAMETER_CHARS, required=True, sensitive=True
)
ROLE_SESSION_NAME: Final = Text(
    member="roleSessionName", shortest=2, longest=64, pattern=re.compile(r"[\w+=,.@-]*", re.ASCII), written=r"[\w+=,.@-]*", required=True
)
WEB_IDENTITY_TOKEN: Final = Text(
    member="webIdentityToken", shortest=4, longest=limits.WEB_IDENTITY_TOKEN_CHARS, required=True, sensitive=True
)
PROVIDER_ID: Final = Text(member="providerId", shortest=4, longest=2048)
POLICY_ARNS: Final = ArnList(member="policyArns", most=limits.SESSION_POLICY_ARNS)
POLICY: Final = Text(
    member="policy",
    shortest=1,
    longest=limits.SESSION_POLICY_CHARS,
    pattern=re.compile(r"[\t\n\r -\xff]+"),
    written=r"[\u0009\u000A\u000D\u0020-\u00FF]+",
)
ROLE_DURATION: Final = Integer(member="durationSeconds", lowest=limits.ROLE_SESSION_MIN_SECONDS, highest=limits.ROLE_SESSION_MAX_SECONDS)
MINIMUM_SESSION_TOKEN_SIZE: Final = Integer(member="minimumSessionTokenSize", lowest=0, highest=limits.SESSION_TOKEN_OCTETS)


def check_parameters(*given: tuple[Constraint, object]) -> None:
    """Require that every value satisfies its constraint.

    Raises:
        ValidationError: Some do not. ``check`` is the first parameter at fault, ``message`` AWS's text, which names every violation.
    """
    broken = [(constraint, value) for constraint, value in given if not constraint.accepts(value)]
    if not broken:
        return
    texts = [text for constraint, value in broken for text in constraint.violations(value)]
    constraint, value = broken[0]
    hidden = isinstance(constraint, Text) and constraint.sensitive and value is not None
    raise ValidationError(
        check=_kebab(constraint.member),
        expected=texts[0].partition("constraint: ")[2],
        found=f"{type(value).__name__} of {len(value)} (not shown)" if hidden and isinstance(value, (str, bytes)) else show(value),
        remedy="correct the parameter" + (f" and {len(texts) - 1} more, see the message" if len(texts) > 1 else ""),
        message=f"{len(texts)} validation error{'s' if len(texts) > 1 else ''} detected: {'; '.join(texts)}",
    )


def arn_of(item: object) -> object:
    """Return the ARN of a PolicyDescriptorType, given as such or as the bare ARN."""
    return item.get("arn") if isinstance(item, Mapping) else item


def violation(value: str | None, member: str, constraint: str) -> str:
    """Return one item of AWS's message; *value* is already quoted, None is a missing parameter."""
    return f"Value {'null' if value is None else value} at '{member}' failed to satisfy constraint: {constraint}"


def _number(value: int) -> str:
    return f"'{value}'" if value.bit_length() <= 64 else "of more than 64 bits"  # noqa: PLR2004 - nothing larger comes over the wire


def _echo(value: str | bytes) -> str:
    text = value if isinstance(value, str) else ""
    return text if len(text) <= ECHOED_CHARS else f"{text[:ECHOED_CHARS]}…"


def _kebab(member: str) -> str:
    """Return ``saml-assertion`` for ``sAMLAssertion``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", member[0].upper() + member[1:]).lower().replace(".", "-")
