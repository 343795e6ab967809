"""The AWS Query wire format, outbound: results and refusals as XML, or as JSON where the client asks for it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from xml.sax.saxutils import escape

from federation import aws_texts
from federation.errors import FederationError, InternalFailure
from federation.iam.answer import Entries, PolicyText
from federation.server.messages import Response
from federation.sts.catalogue import Precision

NAMESPACE: Final = "https://sts.amazonaws.com/doc/2011-06-15/"
"""XML namespace of STS, and of refusals before the service is known."""
IAM_NAMESPACE: Final = "https://iam.amazonaws.com/doc/2010-05-08/"
"""XML namespace of IAM."""
XML: Final = "text/xml"
JSON: Final = "application/json"
_SERVER_FAULT: Final = 500
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN: Final = re.compile("[ !-%'-;=?-~]*")
"""Most texts: nothing of XML in them, and nothing to replace."""
_LINE_ENDS: Final = {"\r": "&#13;"}
"""An XML parser reads a literal carriage return as a line feed (XML 1.0 2.11)."""


def accepted_type(accept: str) -> str:
    """Return the content type of the response: JSON where the first type of *accept* is JSON, as STS does, XML otherwise."""
    first = accept.partition(",")[0].partition(";")[0].strip().lower()
    return JSON if first == JSON else XML


def render_result(
    name: str,
    result: Mapping[str, Any] | None,
    *,
    namespace: str = NAMESPACE,
    precision: Precision = "seconds",
    content_type: str,
    request_id: str,
) -> Response:
    """Render the result of an operation.

    Args:
        name: The operation.
        result: The members of its result; None for an operation that has no result.
        namespace: XML namespace of the service.
        precision: The precision of instants.
        content_type: `XML` or `JSON`.
        request_id: Identifies the request, in the response and in the log.
    """
    if content_type == JSON:
        answered = {} if result is None else {f"{name}Result": _json_value(result, precision)}
        document = {f"{name}Response": {**answered, "ResponseMetadata": {"RequestId": request_id}}}
        return Response(200, JSON, request_id, _json(document))
    answer = "" if result is None else _element(f"{name}Result", _members(result, precision))
    metadata = _element("ResponseMetadata", _leaf("RequestId", request_id))
    return Response(200, XML, request_id, _document(f"{name}Response", answer + metadata, namespace))


def render_refusal(refusal: FederationError, *, namespace: str = NAMESPACE, content_type: str, request_id: str) -> Response:
    """Render code, status and AWS's message of *refusal*, nothing for the operator; a fault of the server as InternalFailure alone."""
    ours = refusal.http_status >= _SERVER_FAULT
    status = InternalFailure.http_status if ours else refusal.http_status
    members = {
        "Type": "Receiver" if ours else "Sender",
        "Code": InternalFailure.code if ours else refusal.code,
        "Message": aws_texts.service.FAILURE if ours else refusal.wire_message,
    }
    if content_type == JSON:
        return Response(status, JSON, request_id, _json({"Error": members, "RequestId": request_id}))
    error = _element("Error", "".join([_leaf(member, text) for member, text in members.items()]))
    return Response(status, XML, request_id, _document("ErrorResponse", error + _leaf("RequestId", request_id), namespace))


def _members(structure: Mapping[str, Any], precision: Precision) -> str:
    return "".join([_member(name, value, precision) for name, value in structure.items()])


def _member(name: str, value: Any, precision: Precision) -> str:  # noqa: ANN401 - a member of any type
    if type(value) is str:  # most members; to ask whether they are mappings costs more than to render them
        return _leaf(name, value)
    if isinstance(value, Mapping):
        return _element(name, _entries(value, precision) if isinstance(value, Entries) else _members(value, precision))
    if isinstance(value, list):
        return _element(name, "".join([_member("member", each, precision) for each in value]))
    return _leaf(name, _text(value, precision))


def _entries(entries: Mapping[str, Any], precision: Precision) -> str:
    """Return a map whose keys are data, in the form of the Query protocol."""
    return "".join([_element("entry", _leaf("key", key) + _member("value", value, precision)) for key, value in entries.items()])


def _text(value: object, precision: Precision) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")
    if isinstance(value, (PolicyText, bytes)):
        return _encoded(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _encoded(value: PolicyText | bytes) -> str:
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value.encoded


def _leaf(name: str, text: str) -> str:
    if _PLAIN.fullmatch(text) is not None:
        return f"<{name}>{text}</{name}>"
    # A subject may hold characters that XML 1.0 cannot represent even escaped. They are replaced, so that the response stays well-formed.
    return _element(name, escape(_NOT_XML.sub("\ufffd", text), _LINE_ENDS))


def _element(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>"


def _document(name: str, content: str, namespace: str) -> bytes:
    return f'<{name} xmlns="{namespace}">{content}</{name}>'.encode()


def _json_value(value: Any, precision: Precision) -> Any:  # noqa: ANN401 - decoded JSON has no narrower type
    if isinstance(value, Mapping):
        return {name: _json_value(inner, precision) for name, inner in value.items()}
    if isinstance(value, list):
        return [_json_value(each, precision) for each in value]
    if isinstance(value, (PolicyText, bytes)):
        return _encoded(value)
    if isinstance(value, datetime):
        return value.timestamp() if precision == "milliseconds" else int(value.timestamp())
    return value


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode("ascii")
