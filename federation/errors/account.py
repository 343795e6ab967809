"""Refusals of provider material and of changes to an account, by the codes of IAM, and the faults of an account directory."""

from __future__ import annotations

from typing import ClassVar

from federation import aws_texts
from federation.check_names import CheckName
from federation.errors.refusal import ErrorCode, FederationError, check_of


class RegistrationError(FederationError):
    """Provider material (metadata, key set, certificate, key) cannot be registered, or a parameter of IAM cannot be used.

    The code is IAM's ``InvalidInput``.
    """

    code: ClassVar[ErrorCode] = "InvalidInput"
    http_status = 400
    text = aws_texts.codes.INVALID_INPUT


class AccountFault(FederationError):
    """A file of the account directory is at fault.

    Attributes:
        file: Path of the file, relative to the account directory.
        path: Place inside the file (JSON path, TOML key, XPath), or empty for the file as a whole.
    """

    code: ClassVar[ErrorCode] = "AccountFault"
    http_status = 500

    def __init__(
        self, *, file: str, path: str, expected: str, found: str, remedy: str, check: CheckName = "account", message: str | None = None
    ) -> None:
        super().__init__(check=check, expected=expected, found=found, remedy=remedy, message=message)
        self.file = file
        self.path = path

    def __str__(self) -> str:
        where = f"{self.file}: {self.path}" if self.path else self.file
        return f"{self.code}: {where}: expected {self.expected}, found {self.found}; {self.remedy}"

    def as_dict(self) -> dict[str, str | int]:
        """Return the fault as plain data, with ``file`` and ``path``."""
        return {**super().as_dict(), "file": self.file, "path": self.path}


class AccountFaults(AccountFault):
    """Every fault of an account directory, in ``faults``, at least one. A directory with a fault is not loaded."""

    def __init__(self, faults: tuple[AccountFault, ...]) -> None:
        first = faults[0]
        super().__init__(
            file=first.file, path=first.path, expected=first.expected, found=first.found, remedy=first.remedy, check=check_of(first)
        )
        self.faults = faults

    def __str__(self) -> str:
        rest = len(self.faults) - 1
        return super().__str__() + (f" (and {rest} more)" if rest else "")


class EntityAlreadyExists(AccountFault):
    """The account has an entity of that name. IAM compares the names without regard to case."""

    code: ClassVar[ErrorCode] = "EntityAlreadyExists"
    http_status = 409
    text = aws_texts.codes.ENTITY_ALREADY_EXISTS


class NoSuchEntity(AccountFault):
    """The account has no entity of that name, or the entity has no part of that name."""

    code: ClassVar[ErrorCode] = "NoSuchEntity"
    http_status = 404
    text = aws_texts.codes.NO_SUCH_ENTITY


class DeleteConflict(AccountFault):
    """The entity cannot be deleted because others refer to it or it has parts of its own."""

    code: ClassVar[ErrorCode] = "DeleteConflict"
    http_status = 409
    text = aws_texts.codes.DELETE_CONFLICT


class UnmodifiableEntity(AccountFault):
    """Only AWS changes the entity: it is linked to a service."""

    code: ClassVar[ErrorCode] = "UnmodifiableEntity"
    http_status = 400
    text = aws_texts.codes.UNMODIFIABLE_ENTITY


class InvalidAuthenticationCode(FederationError):
    """The codes of an MFA device are not two consecutive ones of the present time."""

    code: ClassVar[ErrorCode] = "InvalidAuthenticationCode"
    http_status = 403
    text = aws_texts.codes.INVALID_AUTHENTICATION_CODE


class LimitExceeded(AccountFault):
    """An IAM quota of the account is reached."""

    code: ClassVar[ErrorCode] = "LimitExceeded"
    http_status = 409
    text = aws_texts.codes.LIMIT_EXCEEDED
