"""The hosts of AWS's sign-in endpoints for SAML (IAM user guide, "SAML 2.0 federation endpoints")."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SIGN_IN_HOSTS: Final[Mapping[str, str]] = MappingProxyType(
    {"aws": "signin.aws.amazon.com", "aws-cn": "signin.amazonaws.cn", "aws-us-gov": "signin.amazonaws-us-gov.com"}
)
"""The host by partition; the regional endpoints have the region in front of it."""
