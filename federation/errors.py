"""The classes of every refusal that the engine raises.

Each class is one error code of the STS wire protocol (service model 2011-06-15) with its HTTP status. The rule that refused is the
attribute ``check``; a rule has no class of its own. Code that refuses passes the check, what was expected, what was found, and the remedy.

Style of the texts: lower case, no full stop, the terms of the specifications, and `show` around every value from outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copyreg import __newobj__  # type: ignore[attr-defined]  # documented under object.__reduce_ex__
from datetime import timedelta
from typing import Any, ClassVar, Final, Literal, cast

from federation import aws_texts
from federation.check_names import CheckName
from federation.explanation import Edit, Explanation, Question, explained

MAX_SHOWN = 160
"""Most characters of a foreign value that an error repeats (attack row D04: a refusal must not amplify its input)."""


_PLAIN = (int, float, type(None), timedelta)
"""Types whose ``str()`` may be shown. Of other types only the type name is shown: their ``__str__`` is foreign code."""


_DECEPTIVE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
    "\u2611-\u2613\u2705\u2713-\u2718\u274c\u274e\U0001f5f4-\U0001f5f9]"
)
"""Characters that `str.isprintable` accepts and that must be escaped: invisible ones, and the ticks and crosses of the tool's verdicts."""


def printable(text: str) -> str:
    """Return *text* with control, bidirectional and invisible characters, ticks and crosses escaped (attack rows T08, D07).

    The result cannot move a cursor, change colours, reorder the text beside it, or look like a verdict of the tool.
    """
    if text.isprintable() and (text.isascii() or not _DECEPTIVE.search(text)):
        return text
    return "".join(c if c.isprintable() and not _DECEPTIVE.match(c) else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def show(value: object) -> str:
    """Return a foreign value as an error shows it: in backticks, `printable`, cut after `MAX_SHOWN` characters.

    The caller must never pass a token, a secret or a key.
    """
    if isinstance(value, int) and value.bit_length() > MAX_SHOWN:  # str() of an integer raises beyond 4300 digits
        return f"an integer of {value.bit_length()} bits"
    text = value if isinstance(value, str) else str(value) if isinstance(value, _PLAIN) else type(value).__name__
    safe = printable(text[:MAX_SHOWN])
    return f"`{safe}`" if len(text) <= MAX_SHOWN else f"`{safe}`… ({len(text)} characters)"


ErrorCode = Literal[
    "AccessDenied",
    "AccountFault",
    "DeleteConflict",
    "EntityAlreadyExists",
    "ExpiredToken",
    "ExpiredTokenException",
    "ExpiredTradeInTokenException",
    "IDPCommunicationError",
    "IDPRejectedClaim",
    "IncompleteSignature",
    "InternalFailure",
    "InvalidAction",
    "InvalidAuthorizationMessageException",
    "InvalidClientTokenId",
    "InvalidIdentityToken",
    "InvalidInput",
    "InvalidParameterValue",
    "JWTPayloadSizeExceededException",
    "LimitExceeded",
    "MalformedInput",
    "MalformedPolicyDocument",
    "MalformedQueryString",
    "MissingAction",
    "MissingAuthenticationToken",
    "MissingContentLength",
    "NoSuchEntity",
    "OutboundWebIdentityFederationDisabledException",
    "PackedPolicyTooLarge",
    "RegionDisabledException",
    "RequestEntityTooLarge",
    "RequestTimeout",
    "SessionDurationEscalationException",
    "SignatureDoesNotMatch",
    "UnknownOperationException",
    "ValidationError",
]
"""Every code that a `FederationError` can have: the codes of the STS wire protocol, and those of IAM for an account directory."""


class FederationError(Exception):
    """A refusal. Every exception that the engine raises, for input of any type and size, is an instance of this class.

    Attributes:
        code: The error code of the STS wire protocol, e.g. ``InvalidIdentityToken``.
        http_status: The HTTP status that AWS sends with the code.
        check: Name of the rule that refused, e.g. ``audience``. ``docs/checks.md`` lists all of them.
        expected: What the rule requires.
        found: What was found instead, bounded in length and escaped.
        remedy: What the reader can do.
        text: The message that a client receives where AWS's text for the situation is not known. It repeats nothing of the request.
        aws_message: The text that AWS sends for this situation; None where it is not known.
        message: `aws_message`, or a summary of check, expected and found where it is None.

    ``str(error)`` is one line and holds no token, secret or key. Two refusals are equal when class and attributes are equal. A refusal can
    be pickled and copied; a process pool returns it unchanged.
    """

    code: ClassVar[ErrorCode] = "InternalFailure"
    http_status: ClassVar[int] = 500
    text: ClassVar[str] = aws_texts.service.FAILURE
    _question: Question | None = None
    _explanation: Explanation | None = None

    def __init__(self, *, check: CheckName, expected: str, found: str, remedy: str, message: str | None = None) -> None:
        self.check: str = check
        self.expected = expected
        self.found = found
        self.remedy = remedy
        self.aws_message: str | None = message
        self.message: str = message if message is not None else f"{check}: expected {expected}, found {found}"
        super().__init__(self.message)

    @property
    def wire_message(self) -> str:
        """The message that a client receives: `aws_message`, or `text` where that is None. The explanation goes to the operator only."""
        return self.text if self.aws_message is None else self.aws_message

    @property
    def question(self) -> Question | None:
        """What was asked; None where the refusal did not come from `validate`, `diagnose` or an operation."""
        return self._question

    def asked(self, question: Question) -> None:
        """Keep *question*, so that the refusal can be explained. The last one stays: an operation knows more than the validator it asks."""
        self._question = question

    @property
    def explanation(self) -> Explanation:
        """Why it is refused and what to change: causes and edits. Computed when it is first asked for, from what was asked."""
        if self._explanation is None:
            self._explanation = explained(self)
        return self._explanation

    @property
    def cause(self) -> str:
        """What is true here, in one sentence."""
        return self.explanation.cause

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What to change so that the login succeeds; of alternatives the one that lets in least comes first."""
        return self.explanation.edits

    def __str__(self) -> str:
        return f"{self.code}: {self.check}: expected {self.expected}, found {self.found}; {self.remedy}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.check}>"

    def __reduce__(self) -> tuple[Callable[..., object], tuple[Any, ...], dict[str, Any]]:
        # The default rebuilds an exception by calling its class with the text; these classes take keywords only.
        # The question stays here, since it holds the token; what it says of the refusal travels.
        if self._question is not None:
            self._explanation = self.explanation
        return __newobj__, (type(self), *self.args), {name: value for name, value in self.__dict__.items() if name != "_question"}

    def __eq__(self, other: object) -> bool:
        return self._facts() == other._facts() if type(self) is type(other) else NotImplemented

    def _facts(self) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if name not in ("_question", "_explanation")}

    def __hash__(self) -> int:
        return hash((type(self), self.check, self.expected, self.found))

    def as_dict(self) -> dict[str, str | int]:
        """Return the refusal as plain data with stable names, for logs and ``--json``."""
        return {
            "code": self.code,
            "http_status": self.http_status,
            "check": self.check,
            "expected": self.expected,
            "found": self.found,
            "remedy": self.remedy,
            "message": self.message,
        }


def check_of(refusal: FederationError) -> CheckName:
    """Return the name of the check of *refusal*, for another refusal that repeats it."""
    return cast(CheckName, refusal.check)  # the constructor takes no other


class InvalidIdentityToken(FederationError):
    """The SAML response or web identity token does not validate."""

    code: ClassVar[ErrorCode] = "InvalidIdentityToken"
    http_status = 400
    text = aws_texts.codes.INVALID_IDENTITY_TOKEN


class ExpiredTokenException(FederationError):
    """The SAML response or web identity token has expired."""

    code: ClassVar[ErrorCode] = "ExpiredTokenException"
    http_status = 400
    text = aws_texts.codes.EXPIRED_TOKEN


class ExpiredTradeInTokenException(FederationError):
    """The trade-in token has expired."""

    code: ClassVar[ErrorCode] = "ExpiredTradeInTokenException"
    http_status = 400
    text = aws_texts.codes.EXPIRED_TRADE_IN_TOKEN


class IDPCommunicationError(FederationError):
    """The identity provider's keys or token information are not registered. AWS raises it when it cannot reach the provider."""

    code: ClassVar[ErrorCode] = "IDPCommunicationError"
    http_status = 400
    text = aws_texts.codes.IDP_COMMUNICATION_ERROR


class IDPRejectedClaim(FederationError):
    """The identity provider reports a failure, or the token was used before or was revoked."""

    code: ClassVar[ErrorCode] = "IDPRejectedClaim"
    http_status = 403
    text = aws_texts.codes.IDP_REJECTED_CLAIM


class InvalidAuthorizationMessageException(FederationError):
    """The encoded authorization message cannot be opened."""

    code: ClassVar[ErrorCode] = "InvalidAuthorizationMessageException"
    http_status = 400
    text = aws_texts.authorization.ENCODED_MESSAGE


class JWTPayloadSizeExceededException(FederationError):
    """The JSON Web Token with its tags would be too large."""

    code: ClassVar[ErrorCode] = "JWTPayloadSizeExceededException"
    http_status = 400
    text = aws_texts.codes.JWT_PAYLOAD_SIZE_EXCEEDED


class MalformedPolicyDocument(FederationError):
    """A policy document is not JSON or violates the policy grammar. ``path`` is the JSON path of the fault."""

    code: ClassVar[ErrorCode] = "MalformedPolicyDocument"
    http_status = 400
    text = aws_texts.codes.MALFORMED_POLICY_DOCUMENT

    def __init__(
        self, *, path: str, expected: str, found: str, remedy: str, check: CheckName = "policy-grammar", message: str | None = None
    ) -> None:
        super().__init__(check=check, expected=expected, found=found, remedy=remedy, message=message)
        self.path = path

    def __str__(self) -> str:
        return f"{self.code}: {self.check}: at {self.path}: expected {self.expected}, found {self.found}; {self.remedy}"

    def as_dict(self) -> dict[str, str | int]:
        """Return the refusal as plain data, with the JSON ``path`` of the fault."""
        return {**super().as_dict(), "path": self.path}


class PackedPolicyTooLarge(FederationError):
    """Session policies and tags make the session token exceed its limit."""

    code: ClassVar[ErrorCode] = "PackedPolicyTooLarge"
    http_status = 400
    text = aws_texts.codes.PACKED_POLICY_TOO_LARGE


class OutboundWebIdentityFederationDisabledException(FederationError):
    """The account does not issue web identity tokens."""

    code: ClassVar[ErrorCode] = "OutboundWebIdentityFederationDisabledException"
    http_status = 403
    text = aws_texts.service.OUTBOUND_DISABLED


class RegionDisabledException(FederationError):
    """The region is not activated for STS in the account."""

    code: ClassVar[ErrorCode] = "RegionDisabledException"
    http_status = 403
    text = aws_texts.codes.REGION_DISABLED


class SessionDurationEscalationException(FederationError):
    """The requested duration of a token ends after the calling session."""

    code: ClassVar[ErrorCode] = "SessionDurationEscalationException"
    http_status = 403
    text = aws_texts.codes.SESSION_DURATION_ESCALATION


class AccessDenied(FederationError):
    """A policy denies the request, by a Deny statement or because no Allow statement applies.

    Attributes:
        decision: The policy's `Decision`; None where none was evaluated.
        encoded_message: The message for DecodeAuthorizationMessage; None where the refusal has none.
        evaluation: The `Evaluation` of every policy that applied to a signed call; None for a federated login, which has one policy.
    """

    code: ClassVar[ErrorCode] = "AccessDenied"
    http_status = 403
    text = aws_texts.codes.ACCESS_DENIED
    encoded_message: str | None = None
    evaluation: object | None = None

    def __init__(
        self, *, check: CheckName, expected: str, found: str, remedy: str, message: str | None = None, decision: object | None = None
    ) -> None:
        super().__init__(check=check, expected=expected, found=found, remedy=remedy, message=message)
        self.decision = decision


class ValidationError(FederationError):
    """A request parameter violates its constraint."""

    code: ClassVar[ErrorCode] = "ValidationError"
    http_status = 400
    text = aws_texts.codes.VALIDATION_ERROR


class InvalidClientTokenId(FederationError):
    """The access key id or the session token is unknown. The refusal does not tell which, or why (attack row A23)."""

    code: ClassVar[ErrorCode] = "InvalidClientTokenId"
    http_status = 403
    text = aws_texts.requests.UNKNOWN_TOKEN


class ExpiredToken(FederationError):
    """The session token is genuine and has expired."""

    code: ClassVar[ErrorCode] = "ExpiredToken"
    http_status = 403
    text = aws_texts.requests.EXPIRED_TOKEN


class InvalidParameterValue(FederationError):
    """Request parameters contradict each other or the calling session."""

    code: ClassVar[ErrorCode] = "InvalidParameterValue"
    http_status = 400
    text = aws_texts.codes.INVALID_PARAMETER_VALUE


class RegistrationError(FederationError):
    """Provider material (metadata, key set, certificate, key) cannot be registered. The code is IAM's ``InvalidInput``."""

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


class LimitExceeded(AccountFault):
    """An IAM quota of the account is reached."""

    code: ClassVar[ErrorCode] = "LimitExceeded"
    http_status = 409
    text = aws_texts.codes.LIMIT_EXCEEDED


class InternalFailure(FederationError):
    """A bug of the engine or of a plug-in. The refusal repeats nothing of the input."""

    code: ClassVar[ErrorCode] = "InternalFailure"
    http_status = 500


class MissingAuthenticationToken(FederationError):
    """The request is not signed, and the operation requires a caller."""

    code: ClassVar[ErrorCode] = "MissingAuthenticationToken"
    http_status = 403
    text = aws_texts.requests.MISSING_TOKEN


class IncompleteSignature(FederationError):
    """The signature of the request lacks a part or is not of the form of Signature Version 4."""

    code: ClassVar[ErrorCode] = "IncompleteSignature"
    http_status = 400
    text = aws_texts.codes.INCOMPLETE_SIGNATURE


class MalformedQueryString(FederationError):
    """The query string cannot be read as percent-encoded ``name=value`` pairs."""

    code: ClassVar[ErrorCode] = "MalformedQueryString"
    http_status = 400
    text = aws_texts.codes.MALFORMED_QUERY_STRING


class SignatureDoesNotMatch(FederationError):
    """The signature does not match the request, or its credential scope or date is not acceptable."""

    code: ClassVar[ErrorCode] = "SignatureDoesNotMatch"
    http_status = 403
    text = aws_texts.codes.SIGNATURE_DOES_NOT_MATCH


class MalformedInput(FederationError):
    """The form of a request, or a number in it, is malformed or ambiguous."""

    code: ClassVar[ErrorCode] = "MalformedInput"
    http_status = 400
    text = aws_texts.codes.MALFORMED_INPUT


class MissingAction(FederationError):
    """The request names no operation."""

    code: ClassVar[ErrorCode] = "MissingAction"
    http_status = 400
    text = aws_texts.requests.MISSING_ACTION


class InvalidAction(FederationError):
    """The request names an operation or a version of the interface that is not served here."""

    code: ClassVar[ErrorCode] = "InvalidAction"
    http_status = 400
    text = aws_texts.codes.INVALID_ACTION


class UnknownOperationException(FederationError):
    """No operation is served at this method and path."""

    code: ClassVar[ErrorCode] = "UnknownOperationException"
    http_status = 404
    text = aws_texts.codes.UNKNOWN_OPERATION


class RequestTimeout(FederationError):
    """The client did not send its request in time (`limits.REQUEST_SECONDS`)."""

    code: ClassVar[ErrorCode] = "RequestTimeout"
    http_status = 408
    text = aws_texts.codes.REQUEST_TIMEOUT


class RequestEntityTooLarge(FederationError):
    """The body of the request exceeds `limits.REQUEST_OCTETS`."""

    code: ClassVar[ErrorCode] = "RequestEntityTooLarge"
    http_status = 413
    text = aws_texts.requests.TOO_LARGE


class MissingContentLength(FederationError):
    """The request has a body and no Content-Length."""

    code: ClassVar[ErrorCode] = "MissingContentLength"
    http_status = 411
    text = aws_texts.requests.NO_CONTENT_LENGTH
