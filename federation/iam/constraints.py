"""The constraints of IAM's service model (2010-05-08) on the parameters of its operations."""

from __future__ import annotations

import re
from typing import Final

from federation import limits
from federation.calls.constraints import (
    BooleanConstraint,
    EnumConstraint,
    IntegerConstraint,
    StructureListConstraint,
    TextConstraint,
    TextListConstraint,
)
from federation.sts.constraints import TAG, TAG_KEY

_NAME: Final = re.compile(r"[\w+=,.@-]+", re.ASCII)
_NAME_WRITTEN: Final = r"[\w+=,.@-]+"
_MARKER_CHARS: Final = 320
_PATH_CHARS: Final = 512
_VERSION_CHARS: Final = 64
_MOST_ITEMS: Final = 1000


def name(longest: int) -> TextConstraint:
    """Return the constraint on a name of at most *longest* characters."""
    return TextConstraint(shortest=1, longest=longest, pattern=_NAME, written=_NAME_WRITTEN)


ROLE_NAME: Final = name(64)
POLICY_NAME: Final = name(128)
PATH: Final = TextConstraint(
    shortest=1, longest=_PATH_CHARS, pattern=re.compile("/|/[!-~]+/"), written=r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)"
)
PATH_PREFIX: Final = TextConstraint(shortest=1, longest=_PATH_CHARS, pattern=re.compile("/[!-\x7f]*"), written=r"\u002F[\u0021-\u007F]*")
POLICY_PATH: Final = TextConstraint(
    shortest=1, longest=_PATH_CHARS, pattern=re.compile(r"(?:/[A-Za-z0-9.,+@=_-]+)*/"), written=r"((/[A-Za-z0-9\.,\+@=_-]+)*)/"
)
"""The path of a managed policy, and a prefix of such paths."""
DOCUMENT: Final = TextConstraint(
    shortest=1,
    longest=limits.POLICY_CHARS,
    pattern=re.compile("[\t\n\r -\xff]+"),
    written=r"[\u0009\u000A\u000D\u0020-\u00FF]+",
)
ROLE_DESCRIPTION: Final = TextConstraint(
    shortest=0,
    longest=1000,
    pattern=re.compile("[\t\n\r -~\xa1-\xff]*"),
    written=r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*",
)
POLICY_DESCRIPTION: Final = TextConstraint(shortest=0, longest=1000)
MAX_SESSION_DURATION: Final = IntegerConstraint(lowest=3600, highest=limits.ROLE_SESSION_MAX_SECONDS)
ARN: Final = TextConstraint(shortest=20, longest=limits.ARN_CHARS)
TAGS: Final = StructureListConstraint(element=TAG, most=limits.TAGS_PER_ENTITY)
TAG_KEYS: Final = TextListConstraint(element=TAG_KEY, most=limits.TAGS_PER_ENTITY)
MARKER: Final = TextConstraint(shortest=1, longest=_MARKER_CHARS, pattern=re.compile("[ -\xff]+"), written=r"[\u0020-\u00FF]+")
MAX_ITEMS: Final = IntegerConstraint(lowest=1, highest=_MOST_ITEMS)
BOOLEAN: Final = BooleanConstraint()
VERSION_ID: Final = TextConstraint(
    shortest=0,
    longest=_VERSION_CHARS,
    pattern=re.compile(r"v[1-9][0-9]*(?:\.[A-Za-z0-9-]*)?"),
    written=r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?",
)
POLICY_SCOPE: Final = EnumConstraint(("All", "AWS", "Local"))
POLICY_USAGE: Final = EnumConstraint(("PermissionsPolicy", "PermissionsBoundary"))
ENTITY_TYPE: Final = EnumConstraint(("User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"))
