"""Issued credentials in the forms that the AWS CLI, shells and SDKs read."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any, Final

FORMS: Final = ("json", "env", "credential-process")
"""The answer as the AWS CLI prints it; lines for a shell to evaluate; the JSON for ``credential_process`` of an AWS profile."""

_VARIABLES: Final = {
    "AWS_ACCESS_KEY_ID": "AccessKeyId",
    "AWS_SECRET_ACCESS_KEY": "SecretAccessKey",
    "AWS_SESSION_TOKEN": "SessionToken",
    "AWS_CREDENTIAL_EXPIRATION": "Expiration",
}


def formatted(answer: Mapping[str, Any], form: str) -> str:
    """Return the credentials in *answer* in the form ``env`` or ``credential-process``."""
    credentials = answer["Credentials"]
    plain = {**credentials, "Expiration": credentials["Expiration"].isoformat()}
    if form == "env":
        return "\n".join(f"export {name}={shlex.quote(plain[member])}" for name, member in _VARIABLES.items())
    return json.dumps({"Version": 1, **plain}, indent=2)
