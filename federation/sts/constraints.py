"""The constraints of the service model (2011-06-15) on the parameters of its operations (docs/observed.md 1.0)."""

from __future__ import annotations

import re
from typing import Final

from federation import limits
from federation.calls.constraints import (
    IntegerConstraint,
    StructureConstraint,
    StructureListConstraint,
    TextConstraint,
    TextListConstraint,
)
from federation.tags import in_alphabet

_NAME: Final = re.compile(r"[\w+=,.@-]*", re.ASCII)
_NAME_WRITTEN: Final = r"[\w+=,.@-]*"
_TAG_WRITTEN: Final = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]"
_DOCUMENT: Final = re.compile(r"[\t\n\r -\xff]+")
_DOCUMENT_WRITTEN: Final = r"[\u0009\u000A\u000D\u0020-\u00FF]+"
_ARN: Final = re.compile(r"[\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd]+")
# Java reads \u10000-\u10FFFF in the model's pattern as something else: characters beyond the BMP never match (observed).
_ARN_WRITTEN: Final = r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+"
_CONTEXT_PROVIDERS: Final = 5
_AUDIENCES: Final = 10


class _TagAlphabet:
    """Letters, separators and digits of any script: classes that Python's regular expressions do not know."""

    def __init__(self, shortest: int) -> None:
        self._shortest = shortest

    def fullmatch(self, string: str, /) -> object | None:
        """Return anything but None where *string* is of the alphabet and long enough."""
        return string if len(string) >= self._shortest and in_alphabet(string) else None


ARN: Final = TextConstraint(shortest=20, longest=limits.ARN_CHARS, pattern=_ARN, written=_ARN_WRITTEN)
POLICY_DESCRIPTOR: Final = StructureConstraint(members={"arn": ARN})
"""PolicyDescriptorType, as boto3's ``{"arn": …}`` or as the bare ARN."""
POLICY_ARNS: Final = StructureListConstraint(element=POLICY_DESCRIPTOR, most=limits.SESSION_POLICY_ARNS)
TASK_POLICY_ARN: Final = StructureConstraint(members={"arn": ARN}, required=False)
POLICY: Final = TextConstraint(shortest=1, longest=limits.SESSION_POLICY_CHARS, pattern=_DOCUMENT, written=_DOCUMENT_WRITTEN)
LONG_POLICY: Final = TextConstraint(shortest=1, longest=limits.POLICY_CHARS, pattern=_DOCUMENT, written=_DOCUMENT_WRITTEN)
"""Policy of AssumeRole, for which the service model has no upper bound; `session_policies` has."""
SAML_ASSERTION: Final = TextConstraint(shortest=4, longest=limits.SAML_ASSERTION_PARAMETER_CHARS, secret=True)
WEB_IDENTITY_TOKEN: Final = TextConstraint(shortest=4, longest=limits.WEB_IDENTITY_TOKEN_CHARS, secret=True)
TRADE_IN_TOKEN: Final = TextConstraint(shortest=1, longest=limits.WEB_IDENTITY_TOKEN_CHARS, secret=True)
PROVIDER_ID: Final = TextConstraint(shortest=4, longest=2048)
SESSION_NAME: Final = TextConstraint(shortest=2, longest=64, pattern=_NAME, written=_NAME_WRITTEN)
SOURCE_IDENTITY: Final = SESSION_NAME
FEDERATED_NAME: Final = TextConstraint(shortest=2, longest=32, pattern=_NAME, written=_NAME_WRITTEN)
EXTERNAL_ID: Final = TextConstraint(shortest=2, longest=1224, pattern=re.compile(r"[\w+=,.@:/-]*", re.ASCII), written=r"[\w+=,.@:\/-]*")
SERIAL_NUMBER: Final = TextConstraint(shortest=9, longest=256, pattern=re.compile(r"[\w+=/:,.@-]*", re.ASCII), written=r"[\w+=/:,.@-]*")
TOKEN_CODE: Final = TextConstraint(shortest=6, longest=6, pattern=re.compile(r"\d*", re.ASCII), written=r"[\d]*")
ENCODED_MESSAGE: Final = TextConstraint(shortest=1, longest=limits.ENCODED_MESSAGE_CHARS)
ACCESS_KEY_ID: Final = TextConstraint(shortest=16, longest=128, pattern=re.compile(r"\w*", re.ASCII), written=r"[\w]*")
TARGET_PRINCIPAL: Final = TextConstraint(shortest=12, longest=2048)
SIGNING_ALGORITHM: Final = TextConstraint(shortest=5, longest=5)
AUDIENCE: Final = TextListConstraint(element=TextConstraint(shortest=1, longest=1000), fewest=1, most=_AUDIENCES)
TAG_KEY: Final = TextConstraint(
    shortest=1, longest=limits.TAG_KEY_CHARS, pattern=_TagAlphabet(1), written=f"{_TAG_WRITTEN}+", length_first=True
)
TAG_VALUE: Final = TextConstraint(shortest=0, longest=limits.TAG_VALUE_CHARS, pattern=_TagAlphabet(0), written=f"{_TAG_WRITTEN}*")
TAG: Final = StructureConstraint(members={"Key": TAG_KEY, "Value": TAG_VALUE})
TAGS: Final = StructureListConstraint(element=TAG, most=limits.SESSION_TAGS)
TRANSITIVE_TAG_KEYS: Final = TextListConstraint(element=TAG_KEY, most=limits.SESSION_TAGS)
PROVIDED_CONTEXT: Final = StructureConstraint(
    members={"ProviderArn": ARN, "ContextAssertion": TextConstraint(shortest=4, longest=2048, secret=True)}
)
PROVIDED_CONTEXTS: Final = StructureListConstraint(element=PROVIDED_CONTEXT, fewest=1, most=_CONTEXT_PROVIDERS)
ROLE_DURATION: Final = IntegerConstraint(lowest=limits.ROLE_SESSION_MIN_SECONDS, highest=limits.ROLE_SESSION_MAX_SECONDS)
USER_DURATION: Final = IntegerConstraint(lowest=limits.ROLE_SESSION_MIN_SECONDS, highest=limits.USER_SESSION_MAX_SECONDS)
ROOT_DURATION: Final = IntegerConstraint(lowest=0, highest=limits.ASSUMED_ROOT_SECONDS)
TOKEN_DURATION: Final = IntegerConstraint(lowest=limits.WEB_IDENTITY_TOKEN_MIN_SECONDS, highest=limits.WEB_IDENTITY_TOKEN_MAX_SECONDS)
SESSION_TOKEN_SIZE: Final = IntegerConstraint(lowest=0, highest=limits.SESSION_TOKEN_OCTETS)
