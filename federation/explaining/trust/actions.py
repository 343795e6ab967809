"""Why a statement's Action does not cover the action of the request."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from federation.errors import show
from federation.explaining.difference import how_they_differ
from federation.explaining.nearest import edits
from federation.explaining.rewriting import shown
from federation.explaining.trust import origins
from federation.explaining.trust.asked import ASSUME_ROLE, SAML, WEB_IDENTITY, Asked, Unmet
from federation.explanation import Cause, Change, Edit, Place
from federation.policy import Statement
from federation.policy.wildcard import fold
from federation.sts.login.trust import SET_SOURCE_IDENTITY, TAG_SESSION

_WHOSE: Final = {
    ASSUME_ROLE: "callers with AWS credentials",
    SAML: "assertions of SAML providers",
    WEB_IDENTITY: "tokens of OpenID Connect and OAuth providers",
}
_MAX_TOLD: Final = 8
_SEPARATORS: Final = re.compile(r"[\s,;|\"'\[\]]+")
"""What stands between actions in one text."""
_FEW: Final = 3
"""Characters by which a misspelt action differs at most."""
_KNOWN: Final = frozenset(map(fold, (*_WHOSE, TAG_SESSION, SET_SOURCE_IDENTITY)))


def explain_action(asked: Asked, statement: Statement) -> Unmet:
    """Explain why the Action element of *statement* does not cover the action of the request."""
    name = "NotAction" if statement.action.negated else "Action"
    path = f"{statement.path}.{name}"
    cause = Cause(check="action", sentence=_sentence(asked, statement), place=asked.place(path))
    if statement.action.negated:
        instruction = f"list {show(asked.request.action)} under Action, in a statement of its own"
        return Unmet(cause=cause, edits=(Edit(place=asked.place(path), instruction=instruction, old=shown(statement.source[name])),))
    return Unmet(cause=cause, edits=(_covering(asked, statement, path), *_unasked(asked)))


def _sentence(asked: Asked, statement: Statement) -> str:
    wanted = asked.request.action
    listed = ", ".join(map(show, statement.action.spelled[:_MAX_TOLD]))
    if wanted == TAG_SESSION:
        return f"the {asked.token} carries the session tags {_tags(asked)}, and no statement allows {show(wanted)} to the caller"
    if wanted == SET_SOURCE_IDENTITY:
        identity = asked.value("sts:SourceIdentity")
        return f"the {asked.token} carries the source identity {show(identity)}, and no statement allows {show(wanted)} to the caller"
    if statement.action.negated:
        return f"NotAction lists {listed}, and so leaves {show(wanted)} out"
    whose = next((f", which is for {_WHOSE[each]}" for each in _WHOSE if fold(each) in map(fold, statement.action.spelled)), "")
    mistaken = _mistaken(asked, statement)
    if mistaken is not None:
        return f"the statement allows {show(mistaken.text)}, and {mistaken.why}; {_article(asked)} comes by {show(wanted)}"
    return f"the statement allows {listed}{whose}; {_article(asked)} comes by {show(wanted)}"


class Mistaken(NamedTuple):
    """An entry of Action that was meant for the action of the request, and what is wrong with it.

    Attributes:
        text: The entry.
        why: What is wrong, as a clause.
    """

    text: str
    why: str


def _mistaken(asked: Asked, statement: Statement) -> Mistaken | None:
    """Return the entry that was meant for the action and names another; None where there is none."""
    wanted = asked.request.action
    for text in statement.action.spelled:
        several = [each for each in _SEPARATORS.split(text) if each]
        if len(several) > 1 and fold(wanted) in map(fold, several):
            return Mistaken(text, f"that is {len(several)} actions in one text, which names none")
        how = how_they_differ(fold(text), fold(wanted))
        if how:
            return Mistaken(text, f"it differs {how}")
        service, _, name = text.partition(":")
        if fold(name) == fold(wanted.partition(":")[2]):
            return Mistaken(text, f"the service {show(service)} has no such action")
        if fold(text) not in _KNOWN and 0 < edits(fold(text), fold(wanted)) <= _FEW:
            return Mistaken(text, "no service has an action of that name")
    return None


def _article(asked: Asked) -> str:
    return {"SAML": "an assertion", "OIDC": "a token"}.get(asked.protocol, "the caller")


def _tags(asked: Asked) -> str:
    """Return which tags the token carries, keys and values."""
    prefix = "aws:requesttag/"
    pairs = [(name[len(prefix) :], value) for name, value in asked.request.keys.items() if fold(name).startswith(prefix)]
    rest = len(pairs) - _MAX_TOLD
    told = ", ".join(f"{show(key)} = {show(value)}" for key, value in pairs[:_MAX_TOLD])
    return told + (f" and {rest} more" if rest > 0 else "")


def _covering(asked: Asked, statement: Statement, path: str) -> Edit:
    """Return the edit by which the statement covers the action. An action that none of its principals can perform gives way."""
    wanted, old = asked.request.action, statement.source["Action"]
    listed: list[Any] = list(old) if isinstance(old, list) else [old]
    useless = [each for each in listed if wanted in _WHOSE and _is_useless(statement, each)]
    mistaken = _mistaken(asked, statement)
    useless = useless or ([mistaken.text] if mistaken is not None and mistaken.text in listed else [])
    if useless:
        new = [wanted if each == useless[0] else each for each in listed if each == useless[0] or each not in useless]
        instruction = f"write {shown(wanted)} in place of {', '.join(map(shown, useless))}"
    else:
        new = [*listed, wanted]
        instruction = f"add {shown(wanted)} to the actions"
    value = new if isinstance(old, list) or len(new) > 1 else new[0]
    change = Change(path=path, old=old, new=value)
    return asked.edit(path, instruction, [change], old=shown(old), new=shown(value))


def _is_useless(statement: Statement, action: str) -> bool:
    """Whether *action* is one of another kind of callers than those whom the statement names: federated ones."""
    element = statement.principal
    if element is None or element.negated or set(element.names) != {"Federated"}:
        return False
    saml = any(":saml-provider/" in name for name in element.names["Federated"])
    web = any(":saml-provider/" not in name for name in element.names["Federated"])
    performed = {fold(SAML)} if saml else set()
    performed |= {fold(WEB_IDENTITY)} if web else set()
    return fold(action) in set(map(fold, _WHOSE)) - performed


def _unasked(asked: Asked) -> tuple[Edit, ...]:
    """Return the edit by which the token does not ask for what is not allowed."""
    if asked.request.action == TAG_SESSION:
        keys = asked.value("aws:TagKeys") or ()
        names = [origins.wish(asked, f"aws:requesttag/{key}") for key in ((keys,) if isinstance(keys, str) else keys)[:_MAX_TOLD]]
    elif asked.request.action == SET_SOURCE_IDENTITY:
        names = [origins.wish(asked, "sts:sourceidentity")]
    else:
        return ()
    place = Place(owner="identity-provider", path=names[0] if names else "")
    return (Edit(place=place, instruction=f"do not send {', '.join(map(show, names))}", old=", ".join(names)),)
