"""The constraints of the service model on the parameters of signed operations (sts.md 1.0)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from federation import limits
from federation.identity import SessionTag
from federation.sts.parameters import Integer, Text, arn, violation
from federation.tags import in_alphabet

_NAME: Final = re.compile(r"[\w+=,.@-]*", re.ASCII)
_NAME_WRITTEN: Final = r"[\w+=,.@-]*"
_TAG_WRITTEN: Final = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]"
CONTEXT_PROVIDERS: Final = 5
AUDIENCES: Final = 10


class _TagAlphabet:
    """Letters, separators and digits of any script: classes that Python's regular expressions do not know."""

    def __init__(self, shortest: int) -> None:
        self._shortest = shortest

    def fullmatch(self, string: str, /) -> object | None:
        """Return anything but None where *string* is of the alphabet and long enough."""
        return string if len(string) >= self._shortest and in_alphabet(string) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextList:
    """A list of texts; AWS repeats the list and, in brackets, all that each member must be.

    Attributes:
        member: Name in messages.
        element: What each text must satisfy.
        fewest: Fewest members where the list is there.
        most: Most members.
        required: Whether None is refused.
    """

    member: str
    element: Text
    most: int
    fewest: int = 0
    required: bool = False

    def accepts(self, value: object) -> bool:
        """Tell whether *value* satisfies the constraint."""
        return next(self.violations(value), None) is None

    def violations(self, value: object) -> Iterator[str]:
        """Yield what AWS says of *value*."""
        if value is None:
            if self.required:
                yield violation(None, self.member, "Member must not be null")
            return
        if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
            yield violation(f"of type {type(value).__name__}", self.member, "Member must be a list of texts")
            return
        shown = f"'[{', '.join(value)[: limits.ECHOED_LIST_CHARS]}]'"
        if not self.fewest <= len(value) <= self.most:
            bound = f"less than or equal to {self.most}" if len(value) > self.most else f"greater than or equal to {self.fewest}"
            yield violation(shown, self.member, f"Member must have length {bound}")
        elif not all(map(self.element.accepts, value)):
            yield violation(shown, self.member, f"Member must satisfy constraint: [{', '.join(self._demands())}]")

    def _demands(self) -> Iterator[str]:
        yield f"Member must have length less than or equal to {self.element.longest}"
        yield f"Member must have length greater than or equal to {self.element.shortest}"
        if self.element.written:
            yield f"Member must satisfy regular expression pattern: {self.element.written}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureList:
    """A list of structures, each a mapping as in boto3; every member of each is judged by its own constraint.

    Attributes:
        member: Name in messages.
        members: Member of the structure, as in boto3, to its name in messages and its constraint.
        fewest: Fewest members where the list is there.
        most: Most members.
    """

    member: str
    members: Mapping[str, Text]
    most: int
    fewest: int = 0

    def accepts(self, value: object) -> bool:
        """Tell whether *value* satisfies the constraint."""
        return value in (None, ()) or next(self.violations(value), None) is None

    def violations(self, value: object) -> Iterator[str]:
        """Yield what AWS says of *value*."""
        if not isinstance(value, (list, tuple)):
            yield violation(f"of type {type(value).__name__}", self.member, "Member must be a list")
            return
        if not self.fewest <= len(value) <= self.most:
            bound = f"less than or equal to {self.most}" if len(value) > self.most else f"greater than or equal to {self.fewest}"
            yield violation(f"of {len(value)} members", self.member, f"Member must have length {bound}")
            return
        for number, item in enumerate(value, 1):
            for name, constraint in self.members.items():
                text = member_of(item, name)
                if not constraint.accepts(text):
                    yield from constraint.named(f"{self.member}.{number}.member.{constraint.member}").violations(text)


def member_of(item: object, name: str) -> object | None:
    """Return member *name* of a structure as boto3 takes it, or of a `SessionTag`; None for anything else."""
    if isinstance(item, SessionTag):
        return item.key if name == "Key" else item.value
    return item.get(name) if isinstance(item, Mapping) else None


TAG_KEY: Final = Text(
    member="key",
    shortest=1,
    longest=limits.TAG_KEY_CHARS,
    pattern=_TagAlphabet(1),
    written=f"{_TAG_WRITTEN}+",
    required=True,
    length_first=True,
)
TAG_VALUE: Final = Text(
    member="value", shortest=0, longest=limits.TAG_VALUE_CHARS, pattern=_TagAlphabet(0), written=f"{_TAG_WRITTEN}*", required=True
)
TAGS: Final = StructureList(member="tags", members={"Key": TAG_KEY, "Value": TAG_VALUE}, most=limits.SESSION_TAGS)
TRANSITIVE_TAG_KEYS: Final = TextList(member="transitiveTagKeys", element=TAG_KEY, most=limits.SESSION_TAGS)
EXTERNAL_ID: Final = Text(
    member="externalId", shortest=2, longest=1224, pattern=re.compile(r"[\w+=,.@:/-]*", re.ASCII), written=r"[\w+=,.@:\/-]*"
)
SERIAL_NUMBER: Final = Text(
    member="serialNumber", shortest=9, longest=256, pattern=re.compile(r"[\w+=/:,.@-]*", re.ASCII), written=r"[\w+=/:,.@-]*"
)
TOKEN_CODE: Final = Text(member="tokenCode", shortest=6, longest=6, pattern=re.compile(r"\d*", re.ASCII), written=r"[\d]*")
SOURCE_IDENTITY: Final = Text(member="sourceIdentity", shortest=2, longest=64, pattern=_NAME, written=_NAME_WRITTEN)
SESSION_POLICY: Final = Text(
    member="policy",
    shortest=1,
    longest=limits.POLICY_CHARS,
    pattern=re.compile(r"[\t\n\r -\xff]+"),
    written=r"[\u0009\u000A\u000D\u0020-\u00FF]+",
)
"""Policy of AssumeRole, for which the service model has no upper bound; `session_policies` has."""
PROVIDED_CONTEXTS: Final = StructureList(
    member="providedContexts",
    members={
        "ProviderArn": arn("providerArn"),
        "ContextAssertion": Text(member="contextAssertion", shortest=4, longest=2048, required=True, sensitive=True),
    },
    fewest=1,
    most=CONTEXT_PROVIDERS,
)
USER_DURATION: Final = Integer(member="durationSeconds", lowest=limits.ROLE_SESSION_MIN_SECONDS, highest=limits.USER_SESSION_MAX_SECONDS)
ROOT_DURATION: Final = Integer(member="durationSeconds", lowest=0, highest=limits.ASSUMED_ROOT_SECONDS)
TOKEN_DURATION: Final = Integer(
    member="durationSeconds", lowest=limits.WEB_IDENTITY_TOKEN_MIN_SECONDS, highest=limits.WEB_IDENTITY_TOKEN_MAX_SECONDS
)
FEDERATED_NAME: Final = Text(member="name", shortest=2, longest=32, pattern=_NAME, written=_NAME_WRITTEN, required=True)
ENCODED_MESSAGE: Final = Text(member="encodedMessage", shortest=1, longest=limits.ENCODED_MESSAGE_CHARS, required=True)
ACCESS_KEY_ID: Final = Text(
    member="accessKeyId", shortest=16, longest=128, pattern=re.compile(r"\w*", re.ASCII), written=r"[\w]*", required=True
)
TARGET_PRINCIPAL: Final = Text(member="targetPrincipal", shortest=12, longest=2048, required=True)
TASK_POLICY: Final = arn("taskPolicyArn")
TASK_POLICY_ARN: Final = replace(arn("taskPolicyArn.arn"), required=False)
TRADE_IN_TOKEN: Final = Text(member="tradeInToken", shortest=1, longest=limits.WEB_IDENTITY_TOKEN_CHARS, required=True, sensitive=True)
AUDIENCE: Final = TextList(
    member="audience", element=Text(member="audience", shortest=1, longest=1000), fewest=1, most=AUDIENCES, required=True
)
SIGNING_ALGORITHM: Final = Text(member="signingAlgorithm", shortest=5, longest=5, required=True)
