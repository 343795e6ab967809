"""The names of what a provider may permit, apart from key handling, which the options of the command line need not import."""

from __future__ import annotations

from typing import Final

PERMITS: Final = frozenset({"sha1", "rsa-sha1", "ecdsa-sha1", "rsa-1024", "cbc", "rsa1_5"})
"""Names of the weak algorithms and forms that a provider can permit."""
