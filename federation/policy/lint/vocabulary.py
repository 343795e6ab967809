"""The meaning of a condition's key in its statement."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import takewhile
from typing import Final

from federation.condition_keys import SAML_KEYS, SERVICE_KEYS, find_key
from federation.policy.conditions import Condition
from federation.policy.lint.linted_statement import LintedStatement
from federation.policy.wildcard import fold
from federation.vendors import find_vendor

_PLACEHOLDER: Final = re.compile(
    r"\$\{(?![*?$]\})[^}:]{0,256}\}|\$[A-Za-z_(]\w{0,256}\)?|\{\{[^}]{0,256}\}\}|<[^<>:/]{1,256}>|(?<![A-Za-z0-9])YOUR[-_][A-Z0-9_-]+",
    re.ASCII,
)
"""What stands for a value in templates, scripts and examples. A policy variable has a colon, but for `${*}`, `${?}` and `${$}`. The bounds
keep the cost of a long text small."""
_BRACE: Final = re.compile(r"(?<![^\s:])[^\s:{}]*[{}][^\s:]*")
LONGEST: Final = 128
"""Characters of a key that is looked up for misspelling."""
_ALIKE: Final = 0.7
"""Share of a name that must remain once the differing middle is cut out: one mistake in one place of an ordinary name passes."""
NAMES: Final = {key.name.lower(): key.name for key in (*SERVICE_KEYS, *SAML_KEYS)}


def split_key(condition: Condition) -> tuple[str, str]:
    """Return the provider and the claim of a key such as ``gitlab.com:sub``, folded; keys of AWS have a short provider without a dot."""
    provider, _, claim = condition.folded.rpartition(":")
    return provider, claim


def placeholder(text: str, *, braces: bool = False) -> str | None:
    """Return the placeholder that nobody filled in, None where there is none; with *braces* also a text with a brace, which names lack."""
    match = _PLACEHOLDER.search(text) or (_BRACE.search(text) if braces else None)
    return None if match is None else match[0]


def placeholder_in_key(condition: Condition) -> str | None:
    """Return the placeholder in the key of *condition*; the names of tags may hold anything."""
    return None if find_key(condition.folded) is not None else placeholder(condition.key, braces=True)


def provider_of(linted: LintedStatement, condition: Condition) -> str | None:
    """Return the provider among the statement's principals whose key the condition reads, None for any other key."""
    return linted.providers.get(split_key(condition)[0])


def multivalued(linted: LintedStatement, condition: Condition) -> bool | None:
    """Whether the condition's key has a list of values by definition; None where that is not known."""
    key = find_key(condition.folded)
    if key is not None:
        return key.multivalued
    provider, claim = split_key(condition)
    if "." not in provider:
        return None
    if claim == "amr":
        return True
    registered = provider_of(linted, condition)
    exposed = {fold(each) for each in find_vendor(registered).exposed_claims} if registered is not None else {"aud", "sub"}
    return False if claim in exposed and claim != "oaud" else None


@lru_cache(maxsize=1024)
def closest(name: str, known: tuple[str, ...]) -> str | None:
    """Return the one of *known* (in lower case) from which *name* differs in one place, as a slip of the pen does; None where none does.

    A whole word too many is another slip than a misspelt word: ``repository_name`` is nearer to ``repository`` than to ``repository_id``.
    """
    if len(name) > LONGEST:
        return None
    beginning, _, last = name.rpartition("_")
    others = [word for before, _, word in map(_parted, known) if before == beginning]
    if beginning in known and not any(last.startswith(word) or _likeness(last, word) >= _ALIKE for word in others):
        return beginning
    score, best = max(((_likeness(name, each), each) for each in known if abs(len(each) - len(name)) <= len(name) // 2), default=(0.0, ""))
    return best if score >= _ALIKE else None


def _parted(name: str) -> tuple[str, str, str]:
    return name.rpartition("_")


def _likeness(one: str, other: str) -> float:
    """Return the share of the longer text that the common beginning and the common end make up."""
    shorter, longer = sorted((len(one), len(other)))
    head = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    tail = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(reversed(one), reversed(other), strict=False)))
    return min(head + tail, shorter) / longer if longer else 0.0
