"""The JSON that the test control takes: which members a body may have, and of what type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from federation.errors import MalformedInput, show
from federation.jose.strictjson import Complaint, decode_object
from federation.testing.workbench.moving import read_instant

_REMEDY: Final = "docs/server.md has the members of every body"
_BODY: Final = Complaint(MalformedInput, "control-body", "the body", _REMEDY)

Reader = Callable[[object], object]
"""Returns a value of JSON as the argument it stands for, or raises a `FederationError`."""
Members = Mapping[str, Reader]


def read_body(body: bytes, members: Members, *, required: Sequence[str] = ()) -> dict[str, Any]:
    """Return the members of the JSON object in *body* as arguments; an empty body is an empty object.

    Raises:
        FederationError: It is no such object, a member is unknown, repeated or of another type, or a required one is missing.
    """
    decoded = decode_object(body, _BODY) if body else None
    given = {} if decoded is None else decoded.members
    if decoded is not None and decoded.repeated:
        raise _BODY.refusal("JSON that names every member once", show(decoded.repeated[0]))
    unknown = [name for name in given if name not in members]
    if unknown:
        raise _BODY.refusal(f"an object with {', '.join(members)} alone", show(unknown[0]))
    missing = [name for name in required if name not in given]
    if missing:
        raise _BODY.refusal(f"an object with {', '.join(required)}", f"none with {missing[0]}")
    return {name: _read(name, value, members[name]) for name, value in given.items()}


def read_number(text: str, *, most: int) -> int:
    """Return the number in *text*, 1 to *most*.

    Raises:
        MalformedInput: Check ``control-query``: it is none.
    """
    if text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 1 <= int(text) <= most:
        return int(text)
    raise MalformedInput(check="control-query", expected=f"a number from 1 to {most}", found=show(text), remedy="ask for fewer")


def _read(name: str, value: object, reader: Reader) -> object:
    try:
        return reader(value)
    except TypeError as fault:
        raise _BODY.refusal(f"an object whose {name} is {fault}", show(value)) from None


def _of(kind: type, what: str) -> Reader:
    def read(value: object) -> object:
        if type(value) is not kind:
            raise TypeError(what)
        return value

    return read


_text: Final = _of(str, "text")
_flag: Final = _of(bool, "true or false")
_whole: Final = _of(int, "a whole number")
_object: Final = _of(dict, "an object")


def _number(value: object) -> object:
    if type(value) not in {int, float}:
        raise TypeError("a number")
    return value


def _texts(value: object) -> object:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise TypeError("a list of texts")
    return value


def _lists(value: object) -> object:
    if not isinstance(value, dict):
        raise TypeError("an object of lists of texts")
    return {name: _texts(each) for name, each in value.items()}


NAMED: Final[Members] = {"name": _text}
CLOCK: Final[Members] = {"at": read_instant, "offset": _number, "move": _number}
MFA: Final[Members] = {"serial_number": _text}
_ISSUED: Final[Members] = {"validity": _whole, "at": read_instant, "register_provider": _flag}
_CLAIMED: Final[Members] = {"audience": _text, "claims": _object, "without": _texts}
MINT_OIDC: Final[Members] = {
    **dict.fromkeys(("shape", "issuer", "subject", "algorithm"), _text),
    "header": _object,
    **_CLAIMED,
    **_ISSUED,
}
MINT_EKS: Final[Members] = {
    **dict.fromkeys(("namespace", "service_account", "pod", "node", "cluster", "region"), _text),
    **_CLAIMED,
    **_ISSUED,
}
LOGIN: Final = ("provider", "roles")
"""What every minted response names."""
MINT_SAML: Final[Members] = {
    **dict.fromkeys(("provider", "session_name", "subject", "shape", "issuer", "recipient"), _text),
    "roles": _texts,
    "audiences": _texts,
    "attributes": _lists,
    **_ISSUED,
}
