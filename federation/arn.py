"""Amazon Resource Names. An `Arn` comes from `Arn.parse` only."""

from __future__ import annotations

import re
from dataclasses import dataclass

from federation import aws_texts, limits
from federation.check_names import CheckName
from federation.errors import ValidationError, show

_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>\d{12}|aws|):(?P<resource>.+)",
    re.ASCII | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Arn:
    """One ARN by its fields. ``resource`` is everything after the fifth colon, e.g. ``role/path/Name``."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: object, *, check: CheckName = "arn") -> Arn:
        """Parse *text*.

        Raises:
            ValidationError: *text* is not a str of that form. The message is that of STS, ``<arn> is invalid``.
        """
        bounded = text if isinstance(text, str) and len(text) <= limits.ARN_CHARS else None
        match = None if bounded is None else _ARN.fullmatch(bounded)
        if match is None:
            raise ValidationError(
                check=check,
                expected="an ARN, arn:<partition>:<service>:<region>:<account>:<resource>",
                found=show(text),
                remedy="copy the ARN from the IAM console or from `federation account show`",
                message=None if bounded is None else aws_texts.parameters.is_invalid(bounded),
            )
        return cls(**match.groupdict())

    @property
    def resource_type(self) -> str:
        """First segment of the resource, such as ``role`` or ``saml-provider``."""
        return self.resource.partition("/")[0]

    @property
    def name(self) -> str:
        """Last segment of the resource: the name without its path."""
        return self.resource.rpartition("/")[2]

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"
