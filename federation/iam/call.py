"""The call record of an operation of IAM."""

from __future__ import annotations

from typing import ClassVar

from federation.calls.record import Call


class IamCall(Call):
    """The unchecked parameters of one call of an operation of IAM. Every operation requires a signature."""

    __slots__ = ()

    service: ClassVar[str] = "iam"
    echoes_values: ClassVar[bool] = False
