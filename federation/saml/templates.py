"""SignedInfo read a second time by comparing octets.

The SignedInfos of one IdP differ in the ID they reference and in the digest, nothing else. Once one of them has been parsed, read and
proved, the next whose canonical octets are the same around these two values says the same around them, so it need not be parsed again.
Only octets that a registered key has signed become a template; whatever does not fit one to the last octet is parsed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from federation.saml.decode import base64_octets
from federation.saml.signed_info import SignedInfo

_MAX_TEMPLATES: Final = 256
_MAX_OCTETS: Final = 4096
"""Longest SignedInfo that is kept; real ones have some 600 octets, and 256 of what a registered key can be made to sign is not much."""
_URI: Final = b' URI="#'
_DIGEST: Final = b"DigestValue>"

# Canonical XML writes such an ID as it is, without escapes; base64 needs none either.
_PLAIN_ID: Final = re.compile(r"[A-Za-z0-9_.:\-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Template:
    between: bytes
    after: bytes
    info: SignedInfo


_templates: dict[bytes, _Template] = {}


def recall(canonical: bytes, element_id: str | None) -> SignedInfo | None:
    """Return what *canonical* says where it is known octet for octet but for *element_id* and the digest; None where it must be parsed."""
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
    """Keep *canonical*, which a registered key signed and which was read as *info*, as a template for others."""
    before, _, rest = canonical.partition(_URI)
    element_id = info.uri[1:].encode()
    between, marker, tail = rest.removeprefix(element_id).partition(_DIGEST)
    digest, _, _ = tail.partition(b"<")
    if before in _templates or len(canonical) > _MAX_OCTETS or not rest.startswith(element_id + b'"') or not marker:
        return
    if len(_templates) >= _MAX_TEMPLATES:
        _templates.clear()
    _templates[before] = _Template(between + marker, tail[len(digest) :], info)
