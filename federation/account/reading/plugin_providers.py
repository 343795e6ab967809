"""Reading of ``plugin-providers/<host>/``: a provider of a plug-in. Only ``kind`` is read here; the plug-in reads the other settings.

A plug-in is used only where ``account.toml`` enables it by name. Being installed is not enough (attack row O07).
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import unquote

from federation.account.reading.faults import Faults
from federation.account.reading.files import Tree
from federation.account.reading.names import read_name
from federation.account.reading.settings import SETTINGS_FILE as ACCOUNT_FILE
from federation.account.reading.settings import Settings
from federation.errors import FederationError, show
from federation.protocols import Provider
from federation.validators import plugin
from federation.vendors import BUILT_IN

PLUGIN_PROVIDERS: Final = "plugin-providers"
SETTINGS_FILE: Final = "provider.toml"
FILES: Final = 100
"""Most files of one provider."""
_HOST: Final = re.compile(r"(?=.{1,253}\Z)[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII)


def read_plugin_providers(tree: Tree, settings: Settings, faults: Faults) -> dict[str, Provider]:
    """Return every provider of a plug-in by host name."""
    found: dict[str, Provider] = {}
    # The host name is the prefix of the provider's condition keys, so it must be unique.
    taken = {*BUILT_IN, *(unquote(entry) for room in ("oidc-providers", "oauth-providers") for entry in tree.entries(room))}
    for entry in tree.entries(PLUGIN_PROVIDERS):
        directory, name = f"{PLUGIN_PROVIDERS}/{entry}", read_name(entry, directory=PLUGIN_PROVIDERS, suffix="", faults=faults)
        if name is None:
            continue
        if _HOST.fullmatch(name) is None or name in taken:
            faults.add(directory, "", "a lower-case host name that no other provider has", show(name), "rename the directory")
            continue
        provider = _read_provider(tree, name, directory, settings, faults)
        if provider is not None:
            found[name] = provider
    return found


def _read_provider(tree: Tree, name: str, directory: str, settings: Settings, faults: Faults) -> Provider | None:
    before, file = len(faults), f"{directory}/{SETTINGS_FILE}"
    entries = tree.entries(directory)
    if len(entries) > FILES:
        faults.add(directory, "", f"at most {FILES} files", str(len(entries)), "remove what the plug-in does not read")
        return None
    document = tree.toml(file)
    options: dict[str, Any] = document if isinstance(document, dict) else {}
    files = {entry: tree.read(f"{directory}/{entry}") or b"" for entry in entries if entry != SETTINGS_FILE}
    kind = options.pop("kind", None)
    if len(faults) == before and (not isinstance(kind, str) or kind not in settings.plugins):
        enabled = ", ".join(map(show, settings.plugins)) or "none is enabled"
        remedy = f'write plugins = ["<kind>"] in {ACCOUNT_FILE}, or correct the kind'
        faults.add(file, "$.kind", f"a plug-in that {ACCOUNT_FILE} enables: {enabled}", show(kind), remedy)
    if len(faults) > before:
        return None
    try:
        return plugin(str(kind)).register(name, settings=options, files=files, profile=settings.profile)
    except FederationError as refusal:
        faults.add_refusal(file, "", refusal)
    except Exception as bug:  # noqa: BLE001 - foreign code: the account is at fault, not the engine
        faults.add(file, "", f"a provider of kind {show(kind)}", f"{type(bug).__name__} in the plug-in", "tell the plug-in's author")
    return None
