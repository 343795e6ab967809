"""One name in the spellings of its places: the wire, messages and events, Python, the command line.

``SAMLAssertion`` is ``sAMLAssertion`` in messages, ``saml_assertion`` in Python and ``saml-assertion`` as a flag.
"""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z]|$)|[A-Z]?[a-z0-9]+", re.ASCII)


def snake_case(name: str) -> str:
    """Return the wire name of an operation or a parameter as Python spells it, like boto3."""
    return "_".join(_WORD.findall(name)).lower()


def kebab_case(name: str) -> str:
    """Return the wire name of an operation or a parameter as the command line spells it, like the AWS CLI."""
    return "-".join(_WORD.findall(name)).lower()


def pascal_case(name: str) -> str:
    """Return a name in Python as the wire spells it. Wire names with an acronym, like ``SAMLAssertion``, do not come back."""
    return "".join(word.capitalize() for word in name.split("_"))


def lower_first(name: str) -> str:
    """Return a wire name as messages of AWS and CloudTrail events spell it: ``sAMLAssertion``."""
    return name[:1].lower() + name[1:]
