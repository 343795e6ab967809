"""Why the claims of an ID token are not those that a login needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from federation import limits
from federation.errors import printable, show
from federation.explaining.oidc.issuer import explain_issuer
from federation.explaining.oidc.times import shown_instant
from federation.explaining.oidc.types import send_id_token
from federation.explaining.situation import Situation
from federation.explaining.wording import named, number
from federation.explanation import Cause, Edit, Obstacle, Place

_REQUIRED: Final = ("sub", "aud", "iat", "exp")
_MEANING: Final = {
    "sub": "who the token is for",
    "aud": "which client the token is issued for",
    "iat": "when the token was issued, in whole seconds since 1970",
    "exp": "when the token expires, in whole seconds since 1970",
}
_ACCESS: Final = ("scope", "scp", "client_id")
"""Claims by which access tokens are known (RFC 9068 section 2.2; ``scp`` of Microsoft and Okta)."""
_FORMS: Final = {"amr": "a list of texts", "jti": "a text that is not empty"}


def explain_required(situation: Situation) -> Obstacle:
    """Explain a token without a claim that AWS requires."""
    claims = situation.claims
    if "iss" not in claims:
        return explain_issuer(situation)
    missing = [name for name in _REQUIRED if name not in claims]
    first = missing[0] if missing else "sub"
    has = f"the token has no claim {' and no claim '.join(missing) or first}, and AWS requires sub, aud, iat and exp"
    access = _access_token(claims) if "aud" in missing else ""
    cause = Cause(check=situation.refusal.check, sentence=f"{has}{access}; its claims are {named(sorted(claims))}")
    if access:
        return Obstacle(causes=(cause,), edits=(send_id_token(situation),))
    edits = tuple(
        Edit(
            place=Place(owner="identity-provider", path=name),
            instruction=f"have the identity provider issue {name}: {_MEANING[name]}",
            new=name,
        )
        for name in missing
    )
    return Obstacle(causes=(cause,), edits=edits, alternatives=False)


def explain_subject(situation: Situation) -> Obstacle:
    """Explain a ``sub`` that can name nobody."""
    value = situation.claims.get("sub")
    found = _kind(value)
    if isinstance(value, str):
        found = "an empty text" if not value else f"a text of {number(len(value), 'character')}"
        found += " that holds NUL" if "\0" in value else ""
    sentence = f"sub is {found}, and must be a text of 1 to {limits.SUBJECT_CHARS} characters without NUL"
    return _have_issued(situation, "sub", sentence, f"a text of 1 to {limits.SUBJECT_CHARS} characters", found)


def explain_timestamp(situation: Situation) -> Obstacle:
    """Explain a time claim that is no whole number of seconds."""
    claims = situation.claims
    name = next((each for each in ("exp", "nbf", "iat") if situation.refusal.expected.startswith(each)), "exp")
    value = claims.get(name)
    found = f"{_kind(value)} {shown_instant(value)}" if value is not None else "null"
    sentence = f"{name} is {found}, and must be a whole number of seconds since 1970"
    new = str(int(value)) if isinstance(value, float) and 0 <= value < 1 << 53 else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < len(str(1 << 53)):
        new = str(int(value))
    return _have_issued(situation, name, sentence, "a JSON integer", printable(str(value)[:64]), new)


def explain_members(situation: Situation) -> Obstacle:
    """Explain a header or payload that names a member twice."""
    sentence = f"the token names the member {situation.refusal.found} twice: two readers can each see another value, and AWS takes the last"
    place = Place(owner="identity-provider", path="claims")
    edit = Edit(
        place=place, instruction="have the identity provider name every member once: look for a mapper that adds a claim a second time"
    )
    return Obstacle(causes=(Cause(check="members", sentence=sentence),), edits=(edit,))


def explain_claim_type(situation: Situation) -> Obstacle:
    """Explain an ``amr`` or a ``jti`` that is not of its type."""
    name = situation.refusal.check
    value, form = situation.claims.get(name), _FORMS[name]
    found = (
        "an empty text" if value == "" else f"{_kind(value)} {show(value)}" if not isinstance(value, list) else "a list with other members"
    )
    new = f'["{printable(value[:64])}"]' if name == "amr" and isinstance(value, str) else None
    return _have_issued(situation, name, f"{name} is {found}, and must be {form}", form, printable(str(value)[:64]), new)


def _access_token(claims: Mapping[str, Any]) -> str:
    """Return that the token is an access token, in words; empty where nothing says so."""
    if claims.get("token_use") == "access":
        return ": it is the access token of Cognito (token_use `access`), whose client stands in client_id"
    marks = [name for name in _ACCESS if name in claims]
    return f": it is an access token (it has {' and '.join(marks)})" if marks else ""


def _have_issued(situation: Situation, name: str, sentence: str, form: str, old: str, new: str | None = None) -> Obstacle:
    edit = Edit(
        place=Place(owner="identity-provider", path=name),
        instruction=f"have the identity provider issue {name} as {form}",
        old=old,
        new=new,
    )
    return Obstacle(causes=(Cause(check=situation.refusal.check, sentence=sentence),), edits=(edit,))


def _kind(value: object) -> str:
    kinds = {bool: "a boolean", int: "a number", float: "a fraction", str: "a text", list: "a list", dict: "an object", type(None): "null"}
    return kinds.get(type(value), "another value")
