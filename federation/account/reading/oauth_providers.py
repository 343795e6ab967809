"""Reading of ``oauth-providers/<name>/``: the responses of an OAuth 2.0 server for its access tokens, by the SHA-256 of the token.

``<sha256>.json`` is a response as received. ``<sha256>.jwt`` is a signed response (RFC 9701), which a key of ``jwks.json`` verifies. No
token is stored.
"""

from __future__ import annotations

import re
from typing import Any, Final

from federation import limits
from federation.account.reading.faults import Faults
from federation.account.reading.fields import Fields
from federation.account.reading.files import Tree
from federation.account.reading.names import file_name, read_name
from federation.account.reading.oidc_providers import JWKS_FILE, SETTINGS_FILE, account_options, read_common_options
from federation.account.reading.settings import Settings, names
from federation.errors import RegistrationError, show
from federation.oauth.provider import OAuthProvider

OAUTH_PROVIDERS: Final = "oauth-providers"
ANSWER: Final = re.compile(r"(?P<key>[0-9a-f]{64})\.(?:json|jwt)", re.ASCII)
ANSWER_OCTETS: Final = 65_536
"""Largest response for one token."""


def read_oauth_providers(tree: Tree, settings: Settings, faults: Faults) -> dict[str, OAuthProvider]:
    """Return every OAuth 2.0 server of the account by name."""
    present = (read_name(entry, directory=OAUTH_PROVIDERS, suffix="", faults=faults) for entry in tree.entries(OAUTH_PROVIDERS))
    found = {name: read_oauth_provider(tree, name, settings, faults) for name in present if name is not None}
    return {name: provider for name, provider in found.items() if provider is not None}


def provider_directory(name: str) -> str:
    """Return the path of the directory of the server *name*, relative to the account directory."""
    return f"{OAUTH_PROVIDERS}/{file_name(name)}"


def read_oauth_provider(tree: Tree, name: str, settings: Settings, faults: Faults) -> OAuthProvider | None:
    """Return one server with all its responses; None after recording faults."""
    before, directory = len(faults), provider_directory(name)
    options = read_registration(tree, name, settings, faults)
    answers: dict[str, bytes] = {}
    files: dict[str, str] = {}
    for entry in tree.entries(directory):
        file, answer = f"{directory}/{entry}", ANSWER.fullmatch(entry)
        if entry in {SETTINGS_FILE, JWKS_FILE}:
            continue
        if answer is None:
            faults.add(file, "", f"{SETTINGS_FILE}, {JWKS_FILE} or <SHA-256 of a token>.json or .jwt", show(entry), "remove the file")
        elif answer["key"] in answers:
            faults.add(file, "", "one answer for each token", "a second one", "remove one of them")
        else:
            files[answer["key"]] = file
            answers[answer["key"]] = (tree.read(file, longest=ANSWER_OCTETS) or b"").strip()
    return None if options is None or len(faults) > before else _register(options, answers, files, faults)


def read_registration(tree: Tree, name: str, settings: Settings, faults: Faults) -> dict[str, Any] | None:
    """Return the arguments of the `OAuthProvider` of one directory, without the responses; None after recording faults."""
    before, directory = len(faults), provider_directory(name)
    entries = tree.entries(directory)
    options: dict[str, Any] = {"name": name, **account_options(settings)}
    if SETTINGS_FILE in entries:
        options |= _read_options(tree, f"{directory}/{SETTINGS_FILE}", faults)
    if JWKS_FILE in entries:
        options["jwks"] = tree.read(f"{directory}/{JWKS_FILE}", longest=limits.JWKS_OCTETS)
    if len(faults) > before:
        return None
    try:
        OAuthProvider(**options, token_information={})
    except RegistrationError as refusal:
        faults.add_refusal(f"{directory}/{_file_of(refusal)}".removesuffix("/"), "", refusal)
        return None
    return options


def _register(options: dict[str, Any], answers: dict[str, bytes], files: dict[str, str], faults: Faults) -> OAuthProvider | None:
    try:
        return OAuthProvider(**options, token_information=answers)
    except RegistrationError:
        for key, answer in answers.items():  # find the response at fault
            try:
                OAuthProvider(**options, token_information={key: answer})
            except RegistrationError as refusal:
                faults.add_refusal(files[key], "", refusal)
        return None


def _read_options(tree: Tree, file: str, faults: Faults) -> dict[str, Any]:
    document = tree.toml(file)
    if document is None:
        return {}
    fields = Fields(document, file=file, faults=faults)
    options = read_common_options(fields)
    lists = {name: names(fields, name) for name in ("client_ids", "resource_servers")}
    fields.finish()
    return {**options, **{name: value for name, value in lists.items() if value is not None}}


def _file_of(refusal: RegistrationError) -> str:
    """Return the file at fault; empty for the directory, whose name is that of the server."""
    return JWKS_FILE if refusal.check.startswith("jwk") else "" if refusal.check == "name" else SETTINGS_FILE
