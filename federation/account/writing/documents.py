"""What writers make of what they are given: names, octets, and documents in the form that account files hold."""

from __future__ import annotations

import json
import re
from typing import Any

from federation.account.files import parse_json
from federation.errors import RegistrationError, ValidationError, show


def check_name(check: str, name: object, pattern: re.Pattern[str]) -> None:
    """Require a name of *pattern*.

    Raises:
        ValidationError: check *check*.
    """
    if not isinstance(name, str) or pattern.fullmatch(name) is None:
        raise ValidationError(check=check, expected=f"a name matching {pattern.pattern}", found=show(name), remedy="choose another")


def octets_of(material: object) -> bytes:
    """Return the content of a file, given as text or octets.

    Raises:
        RegistrationError: It is neither.
    """
    if isinstance(material, str):
        return material.encode("utf-8", "surrogatepass")
    if isinstance(material, bytes):
        return material
    raise RegistrationError(check="type", expected="text or octets", found=type(material).__name__, remedy="pass the content of the file")


def parsed(text: str) -> Any:  # noqa: ANN401 - JSON
    """Return the JSON of *text*, or *text* itself where only the policy grammar can read it."""
    try:
        return parse_json(text)
    except (ValueError, RecursionError):  # the policy grammar reads JSON more generously than an account file is stored
        return text


def document_octets(document: object) -> bytes:
    """Return *document* as the JSON text that account files hold.

    Raises:
        ValidationError: It holds what JSON cannot: a text that is no Unicode, a number without bounds, a value of another kind.
    """
    try:
        return (json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")
    except UnicodeEncodeError:
        raise ValidationError(check="text", expected="Unicode text", found="a lone surrogate", remedy="correct the text") from None
    except (ValueError, TypeError, RecursionError) as error:
        raise ValidationError(
            check="value", expected="what JSON can hold", found=type(error).__name__, remedy="pass texts, numbers, lists and objects"
        ) from None
