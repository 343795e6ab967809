"""Forms with files: multipart/form-data (RFC 7578), read strictly and in linear time."""

from __future__ import annotations

import re
from typing import Final

from federation.errors import MalformedInput, show
from federation.server.messages import Request
from federation.server.wire import read_parameters

MEDIA_TYPE: Final = "multipart/form-data"
MOST_PARTS: Final = 64
_BOUNDARY: Final = re.compile(
    r"""boundary=(?:"(?P<quoted>[0-9A-Za-z'()+_,./:=? -]{1,70})"|(?P<bare>[0-9A-Za-z'+_.-]{1,70}))\s*""", re.ASCII
)
_NAME: Final = re.compile(rb'content-disposition:\s*form-data;\s*name="(?P<name>[a-z_]{1,64})"(?:;\s*filename[^\r\n]*)?', re.IGNORECASE)
_HEAD_OCTETS: Final = 4_096


def read_form(request: Request) -> dict[str, str]:
    """Return the fields of the form in the body of *request*, by name. A file that was chosen is a field with its text.

    Raises:
        MalformedInput: The body is no form of either media type that browsers send, or names a field twice.
        MalformedQueryString: As of `read_parameters`.
    """
    media_type, _, rest = request.header("content-type").partition(";")
    if media_type.strip().lower() != MEDIA_TYPE:
        return read_parameters(request)
    boundary = _BOUNDARY.fullmatch(rest.strip())
    if boundary is None:
        raise _malformed("a boundary in the content type", show(rest.strip()))
    parts = (b"\r\n" + request.body).split(b"\r\n--" + (boundary["quoted"] or boundary["bare"]).encode("ascii"), MOST_PARTS + 2)
    if len(parts) > MOST_PARTS + 2:
        raise _malformed(f"at most {MOST_PARTS} parts", "more")
    if parts[0] or len(parts) == 1 or parts[-1].strip() != b"--":
        raise _malformed("parts between boundaries", "a body without its first or last boundary")
    fields: dict[str, str] = {}
    for part in parts[1:-1]:
        name, text = _field(part)
        if name in fields:
            raise MalformedInput(
                check="duplicate-parameter", expected="each field once", found=f"{show(name)} twice", remedy="send it once"
            )
        fields[name] = text
    return fields


def _field(part: bytes) -> tuple[str, str]:
    head, blank, content = part.partition(b"\r\n\r\n")
    named = [found for line in head[:_HEAD_OCTETS].split(b"\r\n") if (found := _NAME.fullmatch(line.strip())) is not None]
    if not blank or len(head) > _HEAD_OCTETS or len(named) != 1:
        raise _malformed("a part with one name", "another one")
    return named[0]["name"].decode("ascii"), _text(content)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:  # such as the UTF-16 of PowerShell's `>`: the judgement says so
        return content.decode("latin-1")


def _malformed(expected: str, found: str) -> MalformedInput:
    return MalformedInput(check="request-body", expected=expected, found=found, remedy="send the form with a browser")
