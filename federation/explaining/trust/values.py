"""Why the value of a condition key is none of those that the policy demands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from federation.errors import show
from federation.explaining.difference import differs_in_case_alone
from federation.explaining.rewriting import shown
from federation.explaining.saml.evidence import Evidence
from federation.explaining.trust import origins, subjects
from federation.explaining.trust.asked import Asked, Unmet, bounded
from federation.explaining.trust.mismatch import Mismatch
from federation.explaining.trust.overlooked import explain_overlooked
from federation.explanation import ABSENT, Change, Edit, Place
from federation.policy import Statement
from federation.policy.conditions import Condition
from federation.policy.grammar import CURRENT
from federation.policy.variables import Unresolved, read_template
from federation.policy.wildcard import fold

_SAML_2_FORMAT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
_DELIMITERS: Final = ("/", ":", "|", "@")
"""What stands between the parts of a name."""
_SEPARATORS: Final = re.compile(r"[\s,;|\"'\[\]]+")
"""What stands between values in one text."""
_REGULAR: Final = re.compile(r"\.\*|\.\+|\([^()|]*\|[^()]*\)|\[[^\[\]]+\]|\A\^|(?<!\$)\$\Z|\\[.dwsb/]", re.ASCII)
"""Signs of a regular expression that names and subjects do not have."""

ExplainValue = Callable[[Mismatch], Unmet | None]


def explain_mismatch(asked: Asked, statement: Statement, condition: Condition, found: str) -> Unmet:
    """Explain why *found*, the one value of the condition's key, is not what the policy demands."""
    mismatch = Mismatch(asked, statement, condition, found)
    return next(finding for explain in _EXPLAIN if (finding := explain(mismatch)) is not None)


def _no_value(at: Mismatch) -> Unmet | None:
    if at.condition.expected:
        return None
    return at.finding(f"the policy lists no value of {show(at.condition.key)}, and nothing matches an empty list", [at.added()])


def _variable(at: Mismatch) -> Unmet | None:
    condition = at.condition
    text = next((each for each in condition.expected if "${" in each), None)
    if text is None or not condition.operator.operator.family.variables:
        return None
    if not condition.variables:
        if not _variables_meet(at, text):
            return None
        old = at.asked.policy.document.get("Version", ABSENT)
        change = Change(path="$.Version", old=old, new=CURRENT)
        sentence = f"the policy's version has no variables, so that {show(text)} stands for these characters themselves"
        before = None if old is ABSENT else shown(old)
        return at.finding(sentence, [at.asked.edit("$.Version", f'write "Version": "{CURRENT}"', [change], old=before, new=shown(CURRENT))])
    resolved = read_template(text, variables=True, path=condition.path).resolve(at.asked.request.folded_keys)
    if isinstance(resolved, Unresolved):
        at.nearest = text
        return at.finding(f"the policy demands {show(text)}, which has no value: {resolved.value}", [at.replaced()])
    return None


def _variables_meet(at: Mismatch, text: str) -> bool:
    """Whether the condition would be met if the version had variables."""
    resolved = read_template(text, variables=True, path=at.condition.path).resolve(at.asked.request.folded_keys)
    return not isinstance(resolved, Unresolved)


def _audience(at: Mismatch) -> Unmet | None:
    asked, folded = at.asked, at.condition.folded
    if at.claim not in ("aud", "oaud") or asked.protocol != "OIDC":
        return None
    other = f"{asked.provider}:{'oaud' if at.claim == 'aud' else 'aud'}"
    values = asked.value(other) or ()
    texts = (values,) if isinstance(values, str) else values
    told = origins.origin(asked, folded)
    if at.claim == "aud" and any(text in at.condition.expected for text in texts):
        sentence = f"the token has an `azp`, {show(at.found)}, and then `:aud` is `azp`; its `aud`, {show(texts[0])}, is the key `:oaud`"
        return at.finding(sentence, [edit for edit in (at.key(other), at.added()) if edit is not None])
    sentence = f"the token is for the audience {show(at.found)}, its claim {told.name}; the policy demands {show(at.nearest)}"
    registered = origins.client_ids(asked)
    if registered is not None and at.nearest not in registered:
        return at.finding(f"{sentence}, which is no client id of the provider, so that no token has it", [at.replaced()])
    ask = origins.another_audience(asked, told, old=at.found, new=at.nearest)
    return at.finding(sentence, [ask] if origins.is_default_audience(asked, at.found) else [ask, at.added()])


def _recipient(at: Mismatch) -> Unmet | None:
    if at.condition.folded != "saml:aud":
        return None
    audiences = origins.audiences(at.asked)
    if not at.nearest.startswith(("https://", "http://")) and "*" not in at.nearest:
        named = f", which is the Audience of the assertion: {show(at.nearest)}" if at.nearest in audiences else f" {show(at.nearest)}"
        sentence = f"`saml:aud` is the Recipient of the assertion, {show(at.found)}; the policy demands an audience{named}"
        return at.finding(sentence, [at.replaced()])
    if differs_in_case_alone(at.nearest, at.found):
        return None
    sentence = f"the assertion was made for the recipient {show(at.found)}; the policy trusts {show(at.nearest)}"
    return at.finding(sentence, [at.added(), *origins.setting(at.asked, at.condition.folded, old=at.found, new=at.nearest)])


def _format(at: Mismatch) -> Unmet | None:
    if at.condition.folded != "saml:sub_type":
        return None
    if at.nearest == _SAML_2_FORMAT + at.found:
        sentence = f"`saml:sub_type` is {show(at.found)}: AWS leaves {show(_SAML_2_FORMAT)} out, and the policy's value has it"
        return at.finding(sentence, [at.replaced()])
    if at.found.endswith(f":{at.nearest}"):
        sentence = f"`saml:sub_type` is {show(at.found)}: AWS shortens formats of SAML 2.0 alone, and the policy's value is short"
        return at.finding(sentence, [at.replaced()])
    return None


def _wildcard(at: Mismatch) -> Unmet | None:
    condition = at.condition
    if at.wildcards or condition.operator.operator.family.name != "String":
        return None
    patterns = [text for text in condition.expected if "*" in text or "?" in text]
    like = condition.operator.name.replace(condition.operator.operator.name, "StringLike")
    fitting = [text for text in patterns if at.asked.accepts(at.statement, like, condition.key, [text])]
    if not patterns or (at.nearest not in patterns and not fitting):
        return None
    at.nearest = next(iter(fitting), at.nearest)
    sentence = (
        f"the policy's value {show(at.nearest)} holds a wildcard, and {condition.operator.operator.name} takes it for the character itself"
    )
    if not fitting:
        told = subjects.compare(at.asked, at.nearest, at.found).sentence if _is_subject(at) else f"{at.source} {show(at.found)}"
        sentence += f". As a pattern it would not match either: {told}"
    moved = at.operator(like) if fitting else None
    return at.finding(sentence, [at.replaced(), *([moved] if moved is not None else [])])


def _several_in_one(at: Mismatch) -> Unmet | None:
    """Explain values that were written into one text, as a joined list or the JSON of one."""
    several = [each for each in _SEPARATORS.split(at.nearest) if each]
    fitting = next((each for each in several if at.accepts(each)), None)
    if len(several) < 2 or fitting is None:  # noqa: PLR2004 - one value is not several
        return None
    sentence = (
        f"the policy's value {show(at.nearest)} is {len(several)} values in one text, and {at.condition.operator.name} compares it as one: "
        "several values are a list of texts"
    )
    return at.finding(sentence, [at.replaced(fitting), at.listed(several)])


def _regular_expression(at: Mismatch) -> Unmet | None:
    """Explain a value in the syntax of regular expressions, which no operator reads."""
    sign = _REGULAR.search(at.nearest)
    if sign is None or _REGULAR.search(at.found) is not None or at.condition.operator.operator.family.name != "String":
        return None
    knows = "`*` and `?` alone" if at.wildcards else "no pattern at all"
    sentence = (
        f"{at.source} {show(at.found)}; the policy's value {show(at.nearest)} is a regular expression (it has {show(sign[0])}), and "
        f"{at.condition.operator.operator.name} knows {knows}"
    )
    return at.finding(sentence, [at.replaced()])


def _of_another_claim(at: Mismatch) -> Unmet | None:
    """Explain a value that the token has in another claim or attribute, such as the e-mail address in place of the subject."""
    asked, folded = at.asked, at.condition.folded
    if at.wildcards or folded not in (fold(f"{asked.provider}:{at.claim}"), "saml:sub"):
        return None
    said: Mapping[str, Any] = asked.situation.claims if asked.protocol == "OIDC" else Evidence(asked.situation).attributes
    other = next((name for name, value in said.items() if name != at.claim and at.nearest in (value, *_texts(value))), None)
    if other is None:
        return None
    what = "claim" if asked.protocol == "OIDC" else "attribute"
    sentence = f"{at.source} {show(at.found)}; the policy demands {show(at.nearest)}, which is the {asked.token}'s {what} {show(other)}"
    return at.finding(sentence, [at.replaced(), *origins.setting(asked, folded, old=at.found, new=at.nearest)])


def _texts(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list | tuple) else ()


def _case(at: Mismatch) -> Unmet | None:
    fixed = _beginning(at.nearest) if at.wildcards else at.nearest
    begun = at.found[: len(fixed)]
    if not differs_in_case_alone(fixed, begun) or (fixed == at.nearest and len(at.nearest) != len(at.found)):
        return None
    sentence = f"{at.source} {show(at.found)}, which differs from the policy's {show(at.nearest)} in upper and lower case alone"
    if fixed == at.nearest:
        return at.finding(sentence, [at.replaced()])
    corrected = begun + at.nearest[len(fixed) :]
    if not at.accepts(corrected):
        return None
    return at.finding(sentence, [at.replaced(), at.replaced(corrected)])


def _subject(at: Mismatch) -> Unmet | None:
    if not _is_subject(at):
        return None
    reading = subjects.compare(at.asked, at.nearest, at.found)
    edits = [at.replaced() if reading.dead else at.added()]
    if at.wildcards and reading.carried is not None and "*" in reading.carried:
        edits.append(at.replaced(reading.carried))
    edits += _lasting(at)
    if reading.obtain:
        place = Place(owner="workflow", path="sub", source=at.asked.grammar.source)
        edits.append(Edit(place=place, instruction=reading.obtain, old=bounded(at.found), new=bounded(at.nearest)))
    return at.finding(reading.sentence, edits)


def _is_subject(at: Mismatch) -> bool:
    """Whether the condition is about the subject, and its forms are known."""
    return at.condition.folded == fold(f"{at.asked.provider}:sub") and bool(at.asked.grammar.forms)


def _lasting(at: Mismatch) -> Iterator[Edit]:
    """Yield the edit that leaves open what is new with every run, such as the number of a commit."""
    subject = at.asked.grammar.read(at.found)
    if subject is None or subject.lasting == at.found:
        return
    if at.wildcards:
        yield at.added(subject.lasting)
    else:
        edit = at.operator("StringLike", [*at.condition.expected, subject.lasting])
        if edit is not None:
            yield edit


def _plain(at: Mismatch) -> Unmet:
    folded = at.condition.folded
    sentence = f"{at.source} {show(at.found)}; the policy demands {show(at.nearest)}{_resolved(at)}{_lacking(at)}"
    wanted = _value(at)
    settings = [] if wanted is None else origins.setting(at.asked, folded, old=at.found, new=wanted)
    if folded == "sts:externalid":  # it tells one customer's call from another's: only the caller knows which it is
        return at.finding(sentence, settings)
    first = at.asked.protocol != "SAML" and folded == "sts:rolesessionname"
    return at.finding(sentence, [*settings, at.added()] if first else [at.added(), *settings])


def _value(at: Mismatch) -> str | None:
    """Return the value that the policy demands, with its variables replaced; None where it is no one value: a pattern, or a network."""
    text = at.nearest
    if "${" in text and at.condition.variables:
        resolved = _replaced(at)
        text = "" if resolved is None else resolved
    plain = text and not any(sign in at.nearest for sign in "*?")
    return text if plain and at.condition.compares(text, at.asked.request.folded_keys) is True else None


def _lacking(at: Mismatch) -> str:
    """Return what the policy's value lacks, where it is the beginning or the end of the request's; empty otherwise."""
    head, tail = at.found.removesuffix(at.nearest), at.found.removeprefix(at.nearest)
    if at.nearest and head != at.found and head.endswith(_DELIMITERS):
        return f", which lacks {show(head)} at the beginning"
    if at.nearest and tail != at.found and tail.startswith(_DELIMITERS):
        return f", which lacks {show(tail)} at the end"
    return ""


def _resolved(at: Mismatch) -> str:
    """Return what the variables of the nearest value stand for in this request; empty where it has none."""
    text = _replaced(at) if "${" in at.nearest and at.condition.variables else None
    return "" if text is None else f", which is {show(text)} here"


def _replaced(at: Mismatch) -> str | None:
    """Return the nearest value with its variables replaced; None where one has no value."""
    pieces = read_template(at.nearest, variables=True, path=at.condition.path).resolve(at.asked.request.folded_keys)
    return None if isinstance(pieces, Unresolved) else "".join(piece.text for piece in pieces)


def _beginning(pattern: str) -> str:
    """Return what stands before the first wildcard."""
    return pattern[: min((place for sign in "*?" if (place := pattern.find(sign)) >= 0), default=len(pattern))]


_EXPLAIN: Final[tuple[ExplainValue, ...]] = (
    _no_value,
    _variable,
    explain_overlooked,
    _audience,
    _recipient,
    _format,
    _several_in_one,
    _regular_expression,
    _wildcard,
    _case,
    _subject,
    _of_another_claim,
    _plain,
)
