"""Rules about a condition by itself: what its operator does with the values it lists and with a key that is absent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from federation.condition_keys import find_key
from federation.errors import show
from federation.policy.conditions import Condition
from federation.policy.keys import RequestKeys
from federation.policy.lint.callers import is_about_mfa
from federation.policy.lint.finding import Hit, Rule
from federation.policy.lint.keys import is_never_there
from federation.policy.lint.linted_statement import LintedStatement
from federation.policy.lint.vocabulary import multivalued
from federation.policy.operators import QUALIFIED

_ASKED: Final = ("aws:tagkeys", "sts:transitivetagkeys", "aws:requesttag/", "sts:sourceidentity")
"""Keys of what the caller asks for. A condition that their absence satisfies bounds the wish, and no wish is within every bound."""
_WILDCARD: Final = re.compile(r"[*?]")
_GUIDE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_OPERATORS: Final = f"{_GUIDE}/reference_policies_elements_condition_operators.html"
_SETS: Final = f"{_GUIDE}/reference_policies_condition-single-vs-multi-valued-context-keys.html"
_BLOCKS: Final = f"{_GUIDE}/reference_policies_condition-logic-multiple-context-keys-or-values.html"
_COMPARED: Final = 32
"""Values of one key that are compared with each other."""


def _literal_wildcard(linted: LintedStatement) -> Iterator[Hit]:
    for condition in linted.statement.conditions:
        operator = condition.operator.operator
        if operator.family.name != "String" or operator.wildcards:
            continue
        wild = next((text for text in condition.expected if _WILDCARD.search(text.replace("${*}", "").replace("${?}", ""))), None)
        if wild is not None:
            like = "StringNotLike" if operator.negated else "StringLike"
            message = f"{operator.name} compares `*` and `?` of {show(wild)} as the characters themselves"
            yield Hit(condition.path, message, f"write {like} for a pattern, or the whole value", about=wild, new=like)


def _vacuous_for_all_values(linted: LintedStatement) -> Iterator[Hit]:
    for condition in linted.statement.conditions if linted.allows else ():
        if condition.operator.quantifier != "ForAllValues" or _bounds_a_wish(condition) or _presence_demanded(linted, condition):
            continue
        message = f"ForAllValues is true when the request lacks {show(condition.key)}, so the Allow applies without it"
        plain = _without_quantifier(linted, condition)
        if multivalued(linted, condition) is False and not QUALIFIED[plain].matches_absence:
            yield Hit(condition.path, message, f"write {plain}: the key has one value", new=plain)
        else:
            yield Hit(condition.path, message, f"{_demand_presence(condition)}, or use ForAnyValue")


def _satisfied_by_absence(linted: LintedStatement) -> Iterator[Hit]:
    for condition in linted.statement.conditions if linted.allows else ():
        qualified = condition.operator
        if qualified.quantifier == "ForAllValues" or qualified.operator.name == "Null" or not qualified.matches_absence:
            continue
        if (
            _bounds_a_wish(condition)
            or _always_there(condition)
            or is_about_mfa(linted, condition)
            or _presence_demanded(linted, condition)
        ):
            continue
        message = f"{qualified.name} is true when the request lacks {show(condition.key)}, so the Allow applies without it"
        plain = qualified.name.removesuffix("IfExists")
        if QUALIFIED[plain].matches_absence:
            yield Hit(condition.path, message, f"{_demand_presence(condition)}, or list the values that are meant")
        else:
            yield Hit(condition.path, message, f"write {plain}", new=plain)


def _demands_absence(linted: LintedStatement) -> Iterator[Hit]:
    for condition in linted.statement.conditions if linted.allows else ():
        if condition.operator.operator.name == "Null" and condition.holds(RequestKeys()) is True and not _bounds_a_wish(condition):
            message = f"the Allow applies to requests without {show(condition.key)}"
            yield Hit(condition.path, message, "check that requests without the key are meant, or require a value of it")


def _demand_presence(condition: Condition) -> str:
    return f'add "Null": {{{json.dumps(condition.key[:128])}: "false"}}'


def _without_quantifier(linted: LintedStatement, condition: Condition) -> str:
    """Return the operator of *condition* without its quantifier; a Deny goes on to stop requests without the key."""
    plain = condition.operator.name.partition(":")[2]
    stops = not linted.allows and condition.operator.matches_absence and not QUALIFIED[plain].matches_absence
    return f"{plain}IfExists" if stops else plain


def _bounds_a_wish(condition: Condition) -> bool:
    return condition.folded.startswith(_ASKED)


def _always_there(condition: Condition) -> bool:
    key = find_key(condition.folded)
    return key is not None and key.constant and not condition.operator.if_exists and not condition.folded.startswith("saml:")


def _presence_demanded(linted: LintedStatement, condition: Condition) -> bool:
    """Whether another condition on the same key fails when the key is absent."""
    return any(each.holds(RequestKeys()) is False for each in linted.by_key[condition.folded] if each is not condition)


def _plain_on_list(linted: LintedStatement) -> Iterator[Hit]:
    for condition in linted.statement.conditions:
        qualified = condition.operator
        if qualified.quantifier is None and qualified.operator.name != "Null" and multivalued(linted, condition):
            effect = "the Allow never applies to a request that has it" if linted.allows else "the Deny never stops a request that has it"
            message = f"{show(condition.key)} is multivalued, which {qualified.name} never matches: {effect}"
            quantifier = "ForAllValues" if qualified.operator.negated else "ForAnyValue"
            new = f"{quantifier}:{qualified.name}"
            yield Hit(condition.path, message, f"write {new}", None if linted.allows else "error", new=new)


def _quantifier_on_single(linted: LintedStatement) -> Iterator[Hit]:
    for condition in linted.statement.conditions:
        qualified = condition.operator
        if qualified.quantifier is None or multivalued(linted, condition) is not False:
            continue
        if qualified.quantifier == "ForAllValues" and linted.allows and not _presence_demanded(linted, condition):
            continue  # said by for-all-values-absent, with the same remedy
        plain = _without_quantifier(linted, condition)
        yield Hit(condition.path, f"{show(condition.key)} has one value, which needs no set operator", f"write {plain}", new=plain)


def _empty(linted: LintedStatement) -> Iterator[Hit]:
    block = linted.statement.source.get("Condition")
    if isinstance(block, dict) and (not block or not all(block.values())):
        path = f"{linted.statement.path}.Condition"
        yield Hit(path, "an empty block demands nothing", "write the condition that is meant, or remove the block")


def _no_values(linted: LintedStatement) -> Iterator[Hit]:
    for condition in linted.statement.conditions:
        if not condition.expected:
            yield Hit(condition.path, "a condition without values matches no value", "list the values that are meant")


def _malformed_value(linted: LintedStatement) -> Iterator[Hit]:
    for condition in linted.statement.conditions:
        bad = condition.malformed
        if bad is not None:
            message = f"{show(bad)} is no value of the type {condition.operator.operator.family.name}"
            yield Hit(condition.path, message, "correct the value: as it stands it equals nothing", about=bad)


def _contradictions(linted: LintedStatement) -> Iterator[Hit]:
    for conditions in linted.by_key.values():
        chosen = next((each for each in conditions if _chooses(each)), None)
        others = [each for each in conditions if each is not chosen and len(each.expected) <= _COMPARED]
        if chosen is None or not others or is_never_there(linted, chosen) or any("${" in text for each in others for text in each.expected):
            continue
        if not any(all(each.holds(RequestKeys({each.folded: text})) for each in others) for text in chosen.expected):
            message = f"no value of {show(chosen.key)} satisfies every condition of the statement on it"
            yield Hit(chosen.path, message, "correct the condition that is not meant; conditions are joined by and, values of one by or")


def _chooses(condition: Condition) -> bool:
    """Whether the condition lists, character by character, every single value it lets through."""
    qualified = condition.operator
    plain = qualified.operator.name == "StringEquals" and qualified.quantifier is None and not qualified.if_exists
    return plain and 0 < len(condition.expected) <= _COMPARED and not any("${" in text for text in condition.expected)


RULES: Final = (
    Rule(
        "literal-wildcard",
        "warning",
        "`*` or `?` with an operator that compares them as characters.",
        "StringEquals and similar operators have no wildcards; StringLike has.",
        _literal_wildcard,
        _OPERATORS,
    ),
    Rule(
        "for-all-values-absent",
        "error",
        "An Allow with ForAllValues on a key that no other condition requires.",
        "ForAllValues is true when the key is absent.",
        _vacuous_for_all_values,
        _SETS,
    ),
    Rule(
        "absent-key-allows",
        "warning",
        "An Allow with IfExists or a negated operator on a key that no other condition requires.",
        "Both match a request without the key, and a negated operator matches every value that is not listed.",
        _satisfied_by_absence,
        _OPERATORS,
    ),
    Rule(
        "absence-demanded",
        "note",
        "An Allow with Null true.",
        "It applies only to requests without the key, which is seldom what is meant.",
        _demands_absence,
        _OPERATORS,
    ),
    Rule(
        "plain-operator-multivalued",
        "warning",
        "An operator without ForAnyValue or ForAllValues on a multivalued key; an error in a Deny.",
        "It never matches, negated or not, even where the list has one value.",
        _plain_on_list,
        _SETS,
    ),
    Rule(
        "set-operator-single-valued",
        "warning",
        "ForAnyValue or ForAllValues on a key that has one value.",
        "The quantifier changes only what an absent key means.",
        _quantifier_on_single,
        _SETS,
    ),
    Rule("empty-condition", "warning", "An empty Condition or operator block.", "It demands nothing.", _empty, _BLOCKS),
    Rule("no-values", "warning", "A condition with an empty list of values.", "It matches no value, negated or not.", _no_values, _BLOCKS),
    Rule(
        "malformed-value",
        "error",
        "A value that is not of the operator's type.",
        "It equals nothing: a positive operator never matches and a negated one always does; an ARN makes a Deny apply.",
        _malformed_value,
        _OPERATORS,
    ),
    Rule(
        "contradictory-conditions",
        "warning",
        "Conditions on one key that no value satisfies together.",
        "Conditions are joined by and; only the values of one are joined by or. The statement never applies.",
        _contradictions,
        _BLOCKS,
    ),
)
