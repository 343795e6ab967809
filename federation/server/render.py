"""The AWS Query wire format, outbound: results and refusals as XML, or as JSON where the client asks for it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, cast

from lxml import etree

from federation.errors import FederationError, InternalFailure
from federation.server.messages import Response
from federation.server.shapes import Shape, Structure, Timestamp

NAMESPACE: Final = "https://sts.amazonaws.com/doc/2011-06-15/"
XML: Final = "text/xml"
JSON: Final = "application/json"
UNKNOWN_FAILURE: Final = "The request processing has failed because of an unknown error, exception or failure."
_SERVER_FAULT: Final = 500
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NSMAP: Final = cast("Mapping[str, str]", {None: NAMESPACE})  # lxml names the default namespace None; its stubs do not know


def accepted_type(accept: str) -> str:
    """Return the content type to answer in: JSON where the first type of *accept* is JSON, as STS does, XML otherwise."""
    first = accept.partition(",")[0].partition(";")[0].strip().lower()
    return JSON if first == JSON else XML


def render_result(name: str, result: Mapping[str, Any], shape: Structure, *, content_type: str, request_id: str) -> Response:
    """Render the result of the operation *name*; members that *shape* does not declare are left out, as are those that are None."""
    if content_type == JSON:
        document = {
            f"{name}Response": {f"{name}Result": _json_value(result, shape), "ResponseMetadata": {"RequestId": request_id}},
        }
        return Response(200, JSON, request_id, _json(document))
    root = _root(f"{name}Response")
    _write(etree.SubElement(root, f"{{{NAMESPACE}}}{name}Result"), result, shape)
    metadata = etree.SubElement(root, f"{{{NAMESPACE}}}ResponseMetadata")
    _leaf(metadata, "RequestId", request_id)
    return Response(200, XML, request_id, _xml(root))


def render_refusal(refusal: FederationError, *, content_type: str, request_id: str) -> Response:
    """Render *refusal*: its code, its status and AWS's message, nothing of what is for the operator. A fault of ours says only that."""
    ours = refusal.http_status >= _SERVER_FAULT
    status = InternalFailure.http_status if ours else refusal.http_status
    members = {
        "Type": "Receiver" if ours else "Sender",
        "Code": InternalFailure.code if ours else refusal.code,
        "Message": UNKNOWN_FAILURE if ours else refusal.message,
    }
    if content_type == JSON:
        return Response(status, JSON, request_id, _json({"Error": members, "RequestId": request_id}))
    root = _root("ErrorResponse")
    error = etree.SubElement(root, f"{{{NAMESPACE}}}Error")
    for member, text in members.items():
        _leaf(error, member, text)
    _leaf(root, "RequestId", request_id)
    return Response(status, XML, request_id, _xml(root))


def _write(parent: etree._Element, value: Mapping[str, Any], shape: Structure) -> None:
    for name, inner in shape.members.items():
        member = value.get(name)
        if member is None:
            continue
        if isinstance(inner, Structure):
            _write(etree.SubElement(parent, f"{{{NAMESPACE}}}{name}"), member, inner)
        else:
            _leaf(parent, name, _text(member, inner))


def _text(value: object, shape: Shape) -> str:
    if isinstance(shape, Timestamp) and isinstance(value, datetime):
        moment = value.astimezone(UTC)
        return moment.isoformat(timespec="milliseconds" if shape.milliseconds else "seconds").replace("+00:00", "Z")
    return str(value)


def _leaf(parent: etree._Element, name: str, text: str) -> None:
    # A subject may hold what XML 1.0 cannot say in any spelling; the answer stays well-formed whatever the token said.
    etree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = _NOT_XML.sub("\ufffd", text)


def _root(name: str) -> etree._Element:
    return etree.Element(f"{{{NAMESPACE}}}{name}", nsmap=_NSMAP)


def _xml(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="utf-8")


def _json_value(value: Any, shape: Shape) -> Any:  # noqa: ANN401 - decoded JSON has no narrower type
    if isinstance(shape, Structure):
        return {name: _json_value(value[name], inner) for name, inner in shape.members.items() if value.get(name) is not None}
    if isinstance(shape, Timestamp) and isinstance(value, datetime):
        return value.timestamp() if shape.milliseconds else int(value.timestamp())
    return value


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode("ascii")
