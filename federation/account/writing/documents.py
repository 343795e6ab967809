"""Conversion of the arguments of writers to names, octets, and documents in the form of account files."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from federation import clock
from federation.account.reading.files import parse_json
from federation.check_names import AccountCheck
from federation.errors import RegistrationError, ValidationError, show
from federation.identity import timestamp


def check_name(check: AccountCheck, name: object, pattern: re.Pattern[str]) -> None:
    """Require a name that matches *pattern*.

    Raises:
        ValidationError: Check *check*: it does not.
    """
    if not isinstance(name, str) or pattern.fullmatch(name) is None:
        raise ValidationError(check=check, expected=f"a name matching {pattern.pattern}", found=show(name), remedy="choose another")


def instant(at: datetime | None) -> str:
    """Return *at*, the present time when None, in whole seconds and the form of ``CreateDate`` in account files.

    Raises:
        ValidationError: *at* is not aware.
    """
    return str(timestamp(whole_second(at)))


def whole_second(at: datetime | None) -> datetime:
    """Return *at*, the present time when None, in UTC without fractions of a second.

    Raises:
        ValidationError: *at* is not aware.
    """
    return clock.resolve(at).replace(microsecond=0)


def octets_of(material: object) -> bytes:
    """Return the content of a file, passed as `str` or `bytes`, as octets.

    Raises:
        RegistrationError: *material* is neither.
    """
    if isinstance(material, str):
        return material.encode("utf-8", "surrogatepass")
    if isinstance(material, bytes):
        return material
    raise RegistrationError(check="type", expected="text or octets", found=type(material).__name__, remedy="pass the content of the file")


def parsed(text: str) -> Any:  # noqa: ANN401 - JSON
    """Return the parsed JSON of *text*; *text* itself where only the policy grammar accepts it."""
    try:
        return parse_json(text)
    except (ValueError, RecursionError):  # the policy grammar accepts more JSON than `parse_json` does
        return text


def document_octets(document: object) -> bytes:
    """Return *document* as the JSON text of an account file.

    Raises:
        ValidationError: It has no JSON form: a lone surrogate, NaN or an infinity, a value of another type.
    """
    try:
        return (json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")
    except UnicodeEncodeError:
        raise ValidationError(check="text", expected="Unicode text", found="a lone surrogate", remedy="correct the text") from None
    except (ValueError, TypeError, RecursionError) as error:
        raise ValidationError(
            check="value",
            expected="a value that JSON can represent",
            found=type(error).__name__,
            remedy="pass texts, numbers, lists and objects",
        ) from None
