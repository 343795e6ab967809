"""Conversion of names between the wire, messages and events, Python, and the command line.

The wire name ``SAMLAssertion`` is ``sAMLAssertion`` in messages, ``saml_assertion`` in Python and ``saml-assertion`` as a flag.
"""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z]|$)|[A-Z]?[a-z0-9]+", re.ASCII)


def snake_case(name: str) -> str:
    """Return the wire name of an operation or a parameter in the spelling of Python and boto3."""
    return "_".join(_WORD.findall(name)).lower()


def kebab_case(name: str) -> str:
    """Return the wire name of an operation or a parameter in the spelling of the AWS CLI."""
    return "-".join(_WORD.findall(name)).lower()


def pascal_case(name: str) -> str:
    """Return a Python name in the spelling of the wire. It does not restore acronyms, as in ``SAMLAssertion``."""
    return "".join(word.capitalize() for word in name.split("_"))


def lower_first(name: str) -> str:
    """Return a wire name in the spelling of AWS's messages and CloudTrail events: ``sAMLAssertion``."""
    return name[:1].lower() + name[1:]
