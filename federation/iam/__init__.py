"""AWS IAM for one account, offline: the operations that make and change what a federated login needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.lazy import lazily

if TYPE_CHECKING:
    from federation.iam.answer import IamAnswer
    from federation.iam.service import IdentityAndAccessManagement

__all__ = ["IamAnswer", "IdentityAndAccessManagement"]

_HOMES: Final = {"IamAnswer": "answer", "IdentityAndAccessManagement": "service"}

if not TYPE_CHECKING:  # a checker would take any name from it
    __getattr__ = lazily(__name__, _HOMES)
