"""The one taxonomy: every refusal the engine can utter, and nothing else leaves it.

Each class is one code of the STS wire protocol (service model 2011-06-15) with the HTTP status AWS sends it under; *which* rule refused
is data (``check``), never a class of its own. Refusing code names the check, what was expected, what was found and what to do.

Style: lower case, no full stop, values from outside go through `show`, words of the specifications instead of class names.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copyreg import __newobj__  # type: ignore[attr-defined]  # documented under object.__reduce_ex__
from datetime import timedelta
from typing import Any, ClassVar, Final

MAX_SHOWN = 160
"""Characters of a foreign value that an error may repeat (attack row D04: a refusal must not amplify its input)."""


_PLAIN = (int, float, type(None), timedelta)
"""Kinds of value that are shown as they are; of any other, whose text is its own affair, the name of its type."""


_DECEPTIVE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
    "\u2611-\u2613\u2705\u2713-\u2718\u274c\u274e\U0001f5f4-\U0001f5f9]"
)
"""What is called printable and shows nothing: selectors, joiners, fillers; and ticks and crosses, by which the tool says its verdicts."""


def printable(text: str) -> str:
    """Return *text* with control, bidirectional and other invisible characters escaped, and ticks and crosses (attack rows T08, D07).

    What is left can neither move a cursor, nor change colours, nor reorder what stands beside it, nor look like a verdict.
    """
    if text.isprintable() and (text.isascii() or not _DECEPTIVE.search(text)):
        return text
    return "".join(c if c.isprintable() and not _DECEPTIVE.match(c) else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def show(value: object) -> str:
    """Render a foreign value for an error: backticked, `printable`, cut after `MAX_SHOWN` characters. Never pass a token, secret or key."""
    if isinstance(value, int) and value.bit_length() > MAX_SHOWN:  # Python refuses to write out integers of some thousand digits
        return f"an integer of {value.bit_length()} bits"
    text = value if isinstance(value, str) else str(value) if isinstance(value, _PLAIN) else type(value).__name__
    safe = printable(text[:MAX_SHOWN])
    return f"`{safe}`" if len(text) <= MAX_SHOWN else f"`{safe}`… ({len(text)} characters)"


class FederationError(Exception):
    """A refusal. Everything the engine raises, for input of any type and size, is an instance of this class.

    Attributes:
        code: The code on the STS wire, e.g. ``InvalidIdentityToken``.
        http_status: The HTTP status AWS sends the code under.
        check: Name of the rule that refused, as listed in ``docs/checks.md``, e.g. ``audience``.
        expected: What the rule demands.
        found: What was there instead; bounded and escaped.
        remedy: What the reader can do about it.
        text: What is sent where AWS's text for the situation is not known: words of the code alone, and nothing of the request.
        aws_message: The text AWS sends for this situation; None where it is not known.
        message: That text, otherwise the summary of this error.

    ``str(error)`` is one line and holds no token, secret or key. Two refusals are equal that are of one class and say the same. A refusal
    can be pickled and copied: raised in a process pool it comes back as itself.
    """

    code: ClassVar[str] = "InternalFailure"
    http_status: ClassVar[int] = 500
    text: ClassVar[str] = "The request processing has failed because of an unknown error, exception or failure."

    def __init__(self, *, check: str, expected: str, found: str, remedy: str, message: str | None = None) -> None:
        self.check = check
        self.expected = expected
        self.found = found
        self.remedy = remedy
        self.aws_message: str | None = message
        self.message: str = message if message is not None else f"{check}: expected {expected}, found {found}"
        super().__init__(self.message)

    @property
    def wire_message(self) -> str:
        """What a client is told: AWS's text or that of the code. The explanation is for the operator, never for who is refused."""
        return self.text if self.aws_message is None else self.aws_message

    def __str__(self) -> str:
        return f"{self.code}: {self.check}: expected {self.expected}, found {self.found}; {self.remedy}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.check}>"

    def __reduce__(self) -> tuple[Callable[..., object], tuple[Any, ...], dict[str, Any]]:
        # An exception is otherwise made again by calling its class with its text, which classes with keywords do not take.
        return __newobj__, (type(self), *self.args), self.__dict__

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if type(self) is type(other) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), self.check, self.expected, self.found))

    def as_dict(self) -> dict[str, str | int]:
        """Return the refusal as plain data, stable names, for logs and ``--json``."""
        return {
            "code": self.code,
            "http_status": self.http_status,
            "check": self.check,
            "expected": self.expected,
            "found": self.found,
            "remedy": self.remedy,
            "message": self.message,
        }


class InvalidIdentityToken(FederationError):
    """The SAML response or web identity token does not validate."""

    code = "InvalidIdentityToken"
    http_status = 400
    text = "The identity token could not be validated."


class ExpiredTokenException(FederationError):
    """The SAML response or web identity token is past its time."""

    code = "ExpiredTokenException"
    http_status = 400
    text = "The identity token has expired."


class ExpiredTradeInTokenException(FederationError):
    """The trade-in token is past its time."""

    code = "ExpiredTradeInTokenException"
    http_status = 400
    text = "The trade-in token has expired."


class IDPCommunicationError(FederationError):
    """The identity provider's keys or answers are not at hand; offline: nothing is registered for this issuer."""

    code = "IDPCommunicationError"
    http_status = 400
    text = "The identity provider could not be reached."


class IDPRejectedClaim(FederationError):
    """The identity provider says no, or the identity was used before or revoked."""

    code = "IDPRejectedClaim"
    http_status = 403
    text = "The identity provider rejected the claim."


class InvalidAuthorizationMessageException(FederationError):
    """The encoded authorization message cannot be opened."""

    code = "InvalidAuthorizationMessageException"
    http_status = 400
    text = "Message is not valid"


class JWTPayloadSizeExceededException(FederationError):
    """The JSON Web Token with its tags would be too large."""

    code = "JWTPayloadSizeExceededException"
    http_status = 400
    text = "The payload of the token exceeds its maximum size."


class MalformedPolicyDocument(FederationError):
    """A policy document is not JSON or breaks the policy grammar; ``path`` is the JSON path of the fault."""

    code = "MalformedPolicyDocument"
    http_status = 400
    text = "The policy document is malformed."

    def __init__(
        self, *, path: str, expected: str, found: str, remedy: str, check: str = "policy-grammar", message: str | None = None
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

    code = "PackedPolicyTooLarge"
    http_status = 400
    text = "The session policies and tags exceed their maximum size."


class OutboundWebIdentityFederationDisabledException(FederationError):
    """The account does not issue web identity tokens."""

    code = "OutboundWebIdentityFederationDisabledException"
    http_status = 403
    text = "OutboundWebIdentityFederation is disabled."


class RegionDisabledException(FederationError):
    """The region is not activated for STS in the account."""

    code = "RegionDisabledException"
    http_status = 403
    text = "STS is not activated in this region."


class SessionDurationEscalationException(FederationError):
    """A token was asked to outlive the session that asks for it."""

    code = "SessionDurationEscalationException"
    http_status = 403
    text = "The requested duration exceeds the duration of the session."


class AccessDenied(FederationError):
    """A policy refuses, explicitly or by silence.

    ``decision`` is the policy's `Decision` where one was evaluated, otherwise None. ``encoded_message`` is what DecodeAuthorizationMessage
    opens, where the refusal has one.
    """

    code = "AccessDenied"
    http_status = 403
    text = "Access denied."
    encoded_message: str | None = None

    def __init__(
        self, *, check: str, expected: str, found: str, remedy: str, message: str | None = None, decision: object | None = None
    ) -> None:
        super().__init__(check=check, expected=expected, found=found, remedy=remedy, message=message)
        self.decision = decision


class ValidationError(FederationError):
    """A request parameter breaks its constraint."""

    code = "ValidationError"
    http_status = 400
    text = "The request does not satisfy its constraints."


class InvalidClientTokenId(FederationError):
    """The access key id or the session token is not one of ours; says no more than that (attack row A23)."""

    code = "InvalidClientTokenId"
    http_status = 403
    text = "The security token included in the request is invalid."


class ExpiredToken(FederationError):
    """The session token is genuine and past its expiration."""

    code = "ExpiredToken"
    http_status = 403
    text = "The security token included in the request is expired"


class InvalidParameterValue(FederationError):
    """Request parameters contradict each other or the calling session."""

    code = "InvalidParameterValue"
    http_status = 400
    text = "A parameter of the request is not valid."


class RegistrationError(FederationError):
    """Provider material (metadata, key set, certificate, key) cannot be registered; IAM's ``InvalidInput``."""

    code = "InvalidInput"
    http_status = 400
    text = "The input is not valid."


class AccountFault(FederationError):
    """A file of the account directory is at fault.

    Attributes:
        file: Path of the file, relative to the account directory.
        path: Place inside the file (JSON path, TOML key, XPath), or empty for the file as a whole.
    """

    code = "AccountFault"
    http_status = 500

    def __init__(
        self, *, file: str, path: str, expected: str, found: str, remedy: str, check: str = "account", message: str | None = None
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
    """Every fault of an account directory; a broken account never half-loads. ``faults`` holds at least one `AccountFault`."""

    def __init__(self, faults: tuple[AccountFault, ...]) -> None:
        first = faults[0]
        super().__init__(
            file=first.file, path=first.path, expected=first.expected, found=first.found, remedy=first.remedy, check=first.check
        )
        self.faults = faults

    def __str__(self) -> str:
        rest = len(self.faults) - 1
        return super().__str__() + (f" (and {rest} more)" if rest else "")


class EntityAlreadyExists(AccountFault):
    """The account has an entity of that name; IAM tells names apart by more than case."""

    code = "EntityAlreadyExists"
    http_status = 409
    text = "An entity of that name exists already."


class NoSuchEntity(AccountFault):
    """The account has no entity of that name, or the entity has nothing of that name."""

    code = "NoSuchEntity"
    http_status = 404
    text = "There is no entity of that name."


class DeleteConflict(AccountFault):
    """Something else still hangs on what is to be deleted."""

    code = "DeleteConflict"
    http_status = 409
    text = "The entity is in use and cannot be deleted."


class LimitExceeded(AccountFault):
    """The account has as many of these as IAM lets it have."""

    code = "LimitExceeded"
    http_status = 409
    text = "The account has as many of these as it may have."


class InternalFailure(FederationError):
    """A bug of the engine. It carries no detail of the input."""

    code = "InternalFailure"
    http_status = 500


class MissingAuthenticationToken(FederationError):
    """The request is signed by nobody, and the operation needs a caller."""

    code = "MissingAuthenticationToken"
    http_status = 403
    text = "Request is missing Authentication Token"


class IncompleteSignature(FederationError):
    """The request's signature lacks a part or has not the form of Signature Version 4."""

    code = "IncompleteSignature"
    http_status = 400
    text = "The request signature does not conform to AWS standards."


class MalformedQueryString(FederationError):
    """The query string cannot be read as percent-encoded ``name=value`` pairs."""

    code = "MalformedQueryString"
    http_status = 400
    text = "The query string is malformed."


class SignatureDoesNotMatch(FederationError):
    """The request, its scope or its clock is not what the owner of the access key signed."""

    code = "SignatureDoesNotMatch"
    http_status = 403
    text = "The request signature does not match."


class MalformedInput(FederationError):
    """A request's form, or a number in it, cannot be read one way only."""

    code = "MalformedInput"
    http_status = 400
    text = "The request is malformed."


class MissingAction(FederationError):
    """The request names no operation."""

    code = "MissingAction"
    http_status = 400
    text = "The request is missing an action or a required parameter."


class InvalidAction(FederationError):
    """The request names an operation or a version of the interface that is not served here."""

    code = "InvalidAction"
    http_status = 400
    text = "The action or the version is not valid."


class UnknownOperationException(FederationError):
    """Nothing is served under this method and path."""

    code = "UnknownOperationException"
    http_status = 404
    text = "The operation is not known."


class RequestTimeout(FederationError):
    """The client did not finish its request in time."""

    code = "RequestTimeout"
    http_status = 408
    text = "The request took too long."


class RequestEntityTooLarge(FederationError):
    """The body of the request exceeds the limit."""

    code = "RequestEntityTooLarge"
    http_status = 413
    text = "Request entity too large"


class MissingContentLength(FederationError):
    """The length of the request's body is not announced."""

    code = "MissingContentLength"
    http_status = 411
    text = "You must provide the Content-Length HTTP header."
