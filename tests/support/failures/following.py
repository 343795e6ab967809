"""Makes an edit as its reader would: by the content of the edit alone."""

import json
import subprocess
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from federation.explaining import fixing
from federation.explanation import Edit, Obstacle
from tests.support.failures.logins import ATTRIBUTES, USED, SamlLogin, WebLogin, as_sent
from tests.support.failures.model import Login

TAGS: Final = "https://aws.amazon.com/tags"
SAID: Final = {
    "Conditions/AudienceRestriction/Audience": "audiences",
    "SubjectConfirmationData/@Recipient": "recipient",
    "Response/@Destination": "destination",
    "NameID/@Format": "subject_format",
    "NameID": "subject",
    "NameID/@SPNameQualifier": "audiences",
    "Assertion/Issuer": "issuer",
    "Response/Issuer": "response_issuer",
    "Status/StatusCode": "status",
}
"""Places in a response to the field of `federation.testing.Login` that decides them."""


class NotFollowedError(AssertionError):
    """An edit whose content is not sufficient to make it."""


def follow(obstacle: Obstacle, login: Login, chosen: Mapping[str, Any]) -> Login:
    """Return *login* after the edits of *obstacle*: the first, or all of them where they belong together.

    An edit that names a place but leaves the new value to the reader or to a vendor takes *chosen*.
    """
    edits = obstacle.edits[:1] if obstacle.alternatives else obstacle.edits
    for edit in edits:
        if chosen and not edit.changes:
            assert edit.place.path or edit.place.setting, edit
            login = replace(login, **chosen)
            continue
        login = _FOLLOW[edit.place.owner](edit, login)
    return login


def _policy(edit: Edit, login: Login) -> Login:
    return replace(login, trust=fixing.changed(login.trust, edit.changes))


def _provider(edit: Edit, login: Login) -> Login:
    path = edit.place.path
    if isinstance(login, SamlLogin) and path == "decryption_keys":
        return replace(login, decrypting=True)
    if isinstance(login, SamlLogin):
        # Other metadata: that which the identity provider publishes now.
        return replace(login, registered=None, registered_key=None)
    if path == "client_ids":
        return replace(login, client_ids=tuple(tomllib.loads(edit.new or "")["client_ids"]))
    if path == "url":
        url = tomllib.loads(edit.new or "")["url"]
        former = tomllib.loads(edit.old)["url"] if edit.old else None
        kept = () if login.registered is None else tuple(each for each in login.registered if f"https://{each}" != former)
        return replace(login, registered=(*kept, url.removeprefix("https://")))
    if path.startswith("$.keys"):
        return replace(login, registered_kid=None, registered_key=None, unregistered=False)
    raise NotFollowedError(edit)


def _call(edit: Edit, login: Login) -> Login:
    name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in edit.place.path).lstrip("_")
    if edit.place.path in ("SAMLAssertion", "WebIdentityToken"):
        sent = login.sent
        return replace(login, sent=(lambda token: _shell(edit.command, sent(token))) if edit.command else as_sent)
    if edit.new is None:
        return replace(login, call={key: value for key, value in login.call.items() if key != name})
    return replace(login, call={**login.call, name: int(edit.new) if name == "duration_seconds" else edit.new})


def _shell(command: str, text: str) -> str:
    """The output of *command* of an edit for *text*."""
    return subprocess.run(["sh", "-c", command], input=text, capture_output=True, text=True, check=True).stdout.removesuffix("\n")


def _issued_anew(edit: Edit, login: Login) -> Login:
    """A new token, used at once and sent as its issuer sends it."""
    anew = replace(login, used=USED, sent=as_sent)
    return replace(anew, altered=None) if isinstance(anew, SamlLogin) else anew


def _at_issuer(edit: Edit, login: Login) -> Login:
    return _at_identity_provider(edit, login) if isinstance(login, SamlLogin) else _in_token(edit, login)


def _in_token(edit: Edit, login: WebLogin) -> Login:
    path, new = edit.place.path, edit.new
    if path in ("sub", "iss", "aud", "environment") or edit.place.setting in ("audience", "aud"):
        value = None if new is None else new.rpartition(": ")[2]
        if path == "environment":
            repository = login.sub.split(":")[1]
            return replace(login, sub=f"repo:{repository}:environment:{value}", claims={**login.claims, "environment": value})
        stated: dict[str, Any] = {{"sub": "sub", "iss": "issuer"}.get(path, "aud"): value}
        return replace(login, **stated)
    if path == "alg" and new is not None:
        return replace(login, algorithm=new, header={}, sent=as_sent)
    if path.startswith(f"{TAGS}.principal_tags."):
        tags = {path.removeprefix(f"{TAGS}.principal_tags."): _read(new or "")}
        return replace(login, claims={**login.claims, TAGS: {"principal_tags": tags}})
    if new is None:
        gone = {each.strip() for each in (edit.old or path).split(",")} | {path}
        return replace(login, claims={name: value for name, value in login.claims.items() if name not in gone})
    said = _read(new)
    said = [said] if isinstance(login.claims.get(path), list) and not isinstance(said, list) else said
    return replace(login, claims={**login.claims, path: said})


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _at_identity_provider(edit: Edit, login: SamlLogin) -> Login:
    path, new = edit.place.path, edit.new
    if path in login.damage:
        return replace(login, damage={place: hook for place, hook in login.damage.items() if place != path})
    if path == "Assertion/Signature":
        return replace(login, sign="assertion")
    if path.endswith("/@NotOnOrAfter") and new is not None:
        return replace(login, said={**login.said, "validity": timedelta(seconds=int(new.removesuffix(" s")))})
    if path in SAID:
        name = SAID[path]
        value = (new,) if name == "audiences" else new
        return replace(login, said={**login.said, name: value})
    if path.startswith(ATTRIBUTES):
        name = path.removeprefix(ATTRIBUTES)
        if new is not None and new.startswith(ATTRIBUTES):
            return replace(login, attributes={**login.attributes, name: None, new.removeprefix(ATTRIBUTES): login.attributes[name]})
        return replace(login, attributes={**login.attributes, name: None if new is None else (new,)})
    raise NotFollowedError(edit)


def _clock(edit: Edit, login: Login) -> Login:
    return replace(login, used=USED)


_FOLLOW: Final[dict[str, Callable[[Edit, Any], Login]]] = {
    "policy": _policy,
    "provider": _provider,
    "call": _call,
    "token": _issued_anew,
    "identity-provider": _at_issuer,
    "workflow": _at_issuer,
    "clock": _clock,
}
