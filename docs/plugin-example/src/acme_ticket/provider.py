"""A registered issuer of tickets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from federation import PluginCheck
from federation.errors import RegistrationError, show
from federation.profiles import Profile

KIND: Final = "acme-ticket"
MOST_KEYS: Final = 4
"""Keys that are tried in turn: a bound on the work for one ticket."""


@dataclass(frozen=True, slots=True)
class TicketProvider:
    """An issuer of tickets.

    Attributes:
        arn: Its host name: the Federated principal of trust policies, the ProviderId of calls, the prefix of its condition keys.
        audience: The one audience by which tickets address us.
        keys: Its public keys.
        profile: Tickets have one set of rules: both profiles read them alike.
    """

    arn: str
    audience: str
    keys: tuple[Ed25519PublicKey, ...] = field(repr=False)
    profile: Profile = Profile.STRICT
    kind = KIND

    @classmethod
    def of_files(cls, name: str, *, settings: Mapping[str, object], files: Mapping[str, bytes], profile: Profile) -> TicketProvider:
        """Register what ``plugin-providers/<name>/`` holds: ``audience`` in provider.toml, and one or more ``*.pem`` public keys.

        Raises:
            RegistrationError: checks ``settings``, ``files``, ``key``.
        """
        audience = settings.get("audience")
        if set(settings) != {"audience"} or not isinstance(audience, str) or not audience:
            raise _unfit("settings", "audience, a text, and nothing else", ", ".join(map(str, settings)) or "nothing")
        strangers = [file for file in files if not file.endswith(".pem")]
        if strangers or not 1 <= len(files) <= MOST_KEYS:
            raise _unfit("files", f"1 to {MOST_KEYS} public keys, *.pem", strangers[0] if strangers else str(len(files)))
        return cls(name, audience, tuple(_public_key(file, pem) for file, pem in sorted(files.items())), profile)


def _public_key(file: str, pem: bytes) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise _unfit("key", "an Ed25519 public key, PEM", file)
    return key


def _unfit(check: str, expected: str, found: str) -> RegistrationError:
    return RegistrationError(check=PluginCheck(check), expected=expected, found=show(found), remedy="correct the provider's directory")
