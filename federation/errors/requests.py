"""Refusals of a request before its operation runs: its signature, its form, its size."""

from __future__ import annotations

from typing import ClassVar

from federation import aws_texts
from federation.errors.refusal import ErrorCode, FederationError


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


class Throttling(FederationError):
    """A peer asks for more than one peer may. AWS's SDKs wait and try again."""

    code: ClassVar[ErrorCode] = "Throttling"
    http_status = 429
    text = aws_texts.codes.THROTTLING
