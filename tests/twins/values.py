"""Changes of texts and attribute values: white space, line breaks, markup characters, characters far out, and values of another meaning."""

from __future__ import annotations

from random import Random

from tests.twins.tree import Node

TEXTS = (
    "", " ", "\n", "\t", "\r", "\r\n", " a ", "a\tb\nc", "a\r\nb", "&amp;", "<b>", "]]>", "a>b", "'\"", "\u00e9", "e\u0301", "\U0001f600",
    "\u2028",
    "\u00a0", "\u0085", "\ufeff", "\ufffd", "\u202e", "\ud7ff", "x" * 300, "x" * 20_000, "&#65;", "${x}", "alice@example.com",
    "\u3042" * 30, "\x7f",
    "]]", ">", "]]&>", "a\u0300b", "\uf900", "\u0130", "0", "true", "\u200b",
)  # fmt: skip
INSTANTS = (
    "2026-01-15T12:00:00Z", "2026-01-15T12:00:00.123456789Z", "2026-01-15T24:00:00Z", "2026-01-15T12:00:00", "2026-01-15T12:00:00+00:00",
    "2026-01-15", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T24:00:00Z", " 2026-01-15T12:00:00Z", "2026-01-15t12:00:00z",
    "",
    "2026-01-15T12:00:60Z", "-2026-01-15T12:00:00Z", "2026-01-15T12:00:00.Z", "2026-01-15T12:00:00." + "1" * 60 + "Z",
)  # fmt: skip
URNS = (
    "urn:oasis:names:tc:SAML:2.0:status:Success", "urn:oasis:names:tc:SAML:2.0:status:Responder", "urn:oasis:names:tc:SAML:2.0:cm:bearer",
    "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches", "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", "1.1", "2.0", "#_response",
    "_assertion",
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments", "http://www.w3.org/2000/09/xmldsig#sha1",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
)  # fmt: skip
_TIMES = ("IssueInstant", "NotBefore", "NotOnOrAfter", "AuthnInstant", "SessionNotOnOrAfter")


def text(root: Node, rng: Random) -> None:
    node = rng.choice([each for each in root.walk() if not each.elements])
    node.children = [rng.choice(TEXTS)]


def splice_text(root: Node, rng: Random) -> None:
    node = rng.choice([each for each in root.walk() if not each.elements])
    old = "".join(child for child in node.children if isinstance(child, str))
    at = rng.randint(0, len(old))
    node.children = [old[:at] + rng.choice(TEXTS) + old[at:]]


def value(root: Node, rng: Random) -> None:
    node = rng.choice([each for each in root.walk() if _plain(each)] or [root])
    if places := _plain(node):
        at = rng.choice(places)
        name, old = node.attributes[at]
        new = rng.choice((rng.choice(TEXTS), rng.choice(URNS), f"{old}{rng.choice(TEXTS)}", f"{rng.choice(TEXTS)}{old}"))
        node.attributes[at] = (name, rng.choice(INSTANTS) if name in _TIMES else new)


def _plain(node: Node) -> list[int]:
    return [index for index, (name, _) in enumerate(node.attributes) if not name.startswith("xmlns")]


def same_id(root: Node, rng: Random) -> None:
    named = [node for node in root.walk() if node.get("ID") is not None]
    if len(named) > 1:
        one, other = rng.sample(named, 2)
        one.put("ID", other.get("ID") or "")


def odd_id(root: Node, rng: Random) -> None:
    named = [node for node in root.walk() if node.get("ID") is not None]
    if named:
        rng.choice(named).put(
            "ID", rng.choice(("", " ", "1", "a b", "_a:b", "_\u00e9", "_a&b", "#_a", "_a\tb", '_"', "_a\nb", "_a>b", "\u0130d"))
        )


def repeated_name(root: Node, rng: Random) -> None:
    """Two Attribute elements of one Name, perhaps in two statements."""
    attributes = [node for node in root.walk() if node.local == "Attribute"]
    if attributes:
        node = rng.choice(attributes)
        parent = root.parent_of(node)
        if parent is not None:
            twin = node.copy()
            if rng.random() < 0.3:
                twin.children = []
            parent.children.append(twin)


VALUES = (text, text, splice_text, splice_text, value, value, value, same_id, odd_id, repeated_name)
