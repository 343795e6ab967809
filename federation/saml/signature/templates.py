"""A cache of parsed SignedInfo elements by their octets.

The SignedInfo elements of one identity provider differ only in the referenced ID and in the digest. When one of them was parsed and
verified, a later one whose canonical octets are equal except for these two values has the same other values and need not be parsed. Only
octets that a registered key signed become a template. Other octets are parsed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from federation.saml.decode import base64_octets
from federation.saml.signature.signed_info import SignedInfo

_MAX_TEMPLATES: Final = 256
_MAX_OCTETS: Final = 4096
"""Longest SignedInfo that is stored. Real ones have about 600 octets; at most 256 are stored."""
_URI: Final = b' URI="#'
_DIGEST: Final = b"DigestValue>"

# Canonical XML does not escape characters of such an ID, or of base64.
_PLAIN_ID: Final = re.compile(r"[A-Za-z0-9_.:\-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class _SignedInfoTemplate:
    between: bytes
    after: bytes
    info: SignedInfo


_templates: dict[bytes, _SignedInfoTemplate] = {}


def recall(canonical: bytes, element_id: str | None) -> SignedInfo | None:
    """Return the values of *canonical* where it equals a template except for *element_id* and the digest; None where it must be parsed."""
    before, _, rest = canonical.partition(_URI)
    template = _templates.get(before)
    if template is None or element_id is None or _PLAIN_ID.fullmatch(element_id) is None:
        return None
    start = element_id.encode() + template.between
    if not rest.startswith(start) or not rest.endswith(template.after):
        return None
    try:
        digest = base64_octets(rest[len(start) : len(rest) - len(template.after)])
    except ValueError:
        return None
    known = template.info
    return SignedInfo(known.canonicalisation, known.signature_method, f"#{element_id}", known.transform, known.digest_method, digest)


def remember(canonical: bytes, info: SignedInfo) -> None:
    """Store *canonical*, which a registered key signed and whose values are *info*, as a template."""
    before, _, rest = canonical.partition(_URI)
    element_id = info.uri[1:].encode()
    between, marker, tail = rest.removeprefix(element_id).partition(_DIGEST)
    digest, _, _ = tail.partition(b"<")
    if before in _templates or len(canonical) > _MAX_OCTETS or not rest.startswith(element_id + b'"') or not marker:
        return
    if len(_templates) >= _MAX_TEMPLATES:
        _templates.clear()
    _templates[before] = _SignedInfoTemplate(between + marker, tail[len(digest) :], info)
