"""What every refusal is: a code, the check that refused, what was expected, what was found, and the remedy."""

from __future__ import annotations

from collections.abc import Callable
from copyreg import __newobj__  # type: ignore[attr-defined]  # documented under object.__reduce_ex__
from typing import Any, ClassVar, Literal, cast

from federation import aws_texts
from federation.check_names import CheckName
from federation.explanation import Edit, Explanation, Question, explained

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
    "InvalidAuthenticationCode",
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
    "Throttling",
    "UnknownOperationException",
    "UnmodifiableEntity",
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
