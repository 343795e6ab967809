"""What refuses the files of an account directory and what is written to them."""

from __future__ import annotations

from typing import Literal

AccountCheck = Literal[
    "access-key-id",
    "account",
    "account-alias",
    "account-id",
    "decryption-keys",
    "device-name",
    "edit",
    "group-name",
    "issuer",
    "jwks",
    "keyring",
    "mfa-secret",
    "name",
    "new-group-name",
    "new-user-name",
    "partition",
    "path",
    "policy-arn",
    "policy-name",
    "policy-versions",
    "profile",
    "provider",
    "quota",
    "role-name",
    "saml-provider-name",
    "settings",
    "status",
    "tags",
    "text",
    "token-information",
    "trade-in-token",
    "type",
    "unset",
    "user-name",
    "value",
    "write",
]
