"""Changes of names and declarations: prefixes renamed, bound anew, moved, doubled and left over; attributes brought in and exchanged."""

from __future__ import annotations

from random import Random

from federation.saml.xml import DS, EC, SAML, SAMLP, XSI
from tests.twins.structure import some
from tests.twins.tree import Node

PREFIXES = ("a", "b", "x", "xs", "xsi", "saml", "samlp", "ds", "ns0", "n0", "A", "_", "xmlfoo", "a.b", "a-b", "\u00e9")
URIS = (
    "urn:unused", "urn:a", "urn:b:c", "http://example.com/", "http://example.com", "http://www.w3.org/2001/XMLSchema", XSI[1:-1],
    SAML[1:-1], SAMLP[1:-1], DS[1:-1], EC[1:-1], "http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/",
)  # fmt: skip
ODD_URIS = (
    "", " ", "relative", "../relative", "a:", ":a", "http://", "http://a:b", "http://a:99999999999/", "http://[::1]/", "urn:a b",
    "urn:a#b#c",
    "urn:%41", "urn:%4", "http://a/?b=c&d", "urn:\u00e9", 'urn:a"b', "http:///", "x-y:z", "x.y:z", "1:2", "urn:a/../b",
    "HTTP://EXAMPLE.COM",
    "http://a#", "urn:a?=#", "http:a", "h:?", "h:#", "h:~", "file:///c:/x", "urn:" + "n" * 120, "urn:" + "n" * 300, "mailto:a@b", "a:b:c:d",
    "http://-/", "http://a:/", "http://a:1:2/", "http://a//b", "h:/", "h://", "h:///", "http://_/", "http://a=b/", "http://a?:#", "h:.:.",
)  # fmt: skip
_ALPHABET = "abAZ09:/.#_-~?="


def declared(node: Node) -> list[str]:
    return [name for name, _ in node.attributes if name == "xmlns" or name.startswith("xmlns:")]


def _free_uri(rng: Random) -> str:
    kind = rng.random()
    if kind < 0.5:
        return rng.choice(URIS)
    if kind < 0.8:
        return rng.choice(ODD_URIS)
    return rng.choice(("urn:", "http:", "http://", "a:", "h1:")) + "".join(rng.choice(_ALPHABET) for _ in range(rng.randint(1, 12)))


def declare(root: Node, rng: Random) -> None:
    node = rng.choice(list(root.walk()))
    prefix = rng.choice((*PREFIXES, ""))
    node.put(f"xmlns:{prefix}" if prefix else "xmlns", _free_uri(rng))


def declare_again(root: Node, rng: Random) -> None:
    """A declaration that is in scope already, once more further down."""
    names = [(name, value) for node in root.walk() for name, value in node.attributes if name.startswith("xmlns")]
    if names:
        some(root, rng).put(*rng.choice(names))


def declare_many(root: Node, rng: Random) -> None:
    node = rng.choice(list(root.walk()))
    for number in range(rng.choice((5, 20, 33, 70))):
        node.put(f"xmlns:n{number}", f"urn:n:{number}")


def rename_prefix(root: Node, rng: Random) -> None:
    """One prefix of the whole document, in every name and declaration; what it is named after may be taken."""
    used = sorted({node.prefix for node in root.walk()} | {name[6:] for node in root.walk() for name in declared(node)})
    old, new = rng.choice(used), rng.choice((*PREFIXES, ""))
    _rename(root, old, new)


def _rename(root: Node, old: str, new: str) -> None:
    declaration = {True: "xmlns", False: "xmlns:"}
    for node in root.walk():
        if node.prefix == old:
            node.name = f"{new}:{node.local}" if new else node.local
        was, becomes = declaration[not old] + old, declaration[not new] + new
        node.attributes = [(becomes if name == was else name, value) for name, value in node.attributes]
        if old and new:
            node.attributes = [
                (f"{new}:{name.partition(':')[2]}" if name.startswith(f"{old}:") else name, value) for name, value in node.attributes
            ]


def another_prefix(root: Node, rng: Random) -> None:
    """One element gets another prefix for its namespace, declared on itself or above; perhaps it is the default."""
    node, new = some(root, rng), rng.choice((*PREFIXES, "", ""))
    uri = next((value for each in root.walk() for name, value in each.attributes if name == f"xmlns:{node.prefix}"), SAML[1:-1])
    for each in node.walk() if rng.random() < 0.5 else (node,):
        if each.prefix == node.prefix and each is not node:
            each.name = f"{new}:{each.local}" if new else each.local
    node.name = f"{new}:{node.local}" if new else node.local
    holder = node if rng.random() < 0.6 else rng.choice([each for each in root.walk() if any(node is one for one in each.walk())])
    holder.put(f"xmlns:{new}" if new else "xmlns", uri)


def move_declaration(root: Node, rng: Random) -> None:
    """A declaration goes down to each child, or up to the root."""
    node = rng.choice([each for each in root.walk() if declared(each)] or [root])
    names = declared(node)
    if not names:
        return
    name = rng.choice(names)
    value = node.get(name) or ""
    node.attributes = [(key, old) for key, old in node.attributes if key != name]
    for target in node.elements if rng.random() < 0.7 else [root]:
        if target.get(name) is None:
            target.put(name, value)
    if node.prefix == name[6:]:
        node.put(name, value)


def drop_declaration(root: Node, rng: Random) -> None:
    node = rng.choice([each for each in root.walk() if declared(each)] or [root])
    names = declared(node)
    if names:
        gone = rng.choice(names)
        node.attributes = [(key, old) for key, old in node.attributes if key != gone]


def undeclare(root: Node, rng: Random) -> None:
    some(root, rng).put(rng.choice(("xmlns", "xmlns", "xmlns:a", "xmlns:xs")), "")


ATTRIBUTES = (
    "ID", "Id", "id", "iD", "xml:id", "AssertionID", "Version", "IssueInstant", "Format", "Name", "NameFormat", "FriendlyName", "Method",
    "Value",
    "xsi:type", "xsi:nil", "xsi:schemaLocation", "xml:lang", "xml:space", "xml:base", "a:b", "x:ID", "Consent", "NotBefore", "NotOnOrAfter",
    "Recipient", "Address", "InResponseTo", "SessionIndex", "Type", "URI", "Algorithm", "PrefixList", "NameQualifier", "SPNameQualifier",
    "Count",
)  # fmt: skip


def attribute(root: Node, rng: Random) -> None:
    node, name = rng.choice(list(root.walk())), rng.choice(ATTRIBUTES)
    node.put(name, rng.choice(("", "v", "xs:string", "x:t", "true", "0", root.get("ID") or "_", "2026-01-15T12:00:00Z", "urn:x")))
    if name.startswith("xsi:") and rng.random() < 0.8:
        rng.choice((node, root)).put("xmlns:xsi", XSI[1:-1])


def type_of_a_value(root: Node, rng: Random) -> None:
    """xsi:type, under some prefix, whose value needs a prefix that nothing else does."""
    values = [node for node in root.walk() if node.local == "AttributeValue"]
    if values:
        node, prefix = rng.choice(values), rng.choice(("xsi", "xsi", "i", "x"))
        node.attributes = [(name, value) for name, value in node.attributes if not name.endswith(":type")]
        node.put(f"{prefix}:type", rng.choice(("xs:string", "xsd:string", "a:b", "string", "")))
        rng.choice((node, root)).put(f"xmlns:{prefix}", XSI[1:-1])
        rng.choice((node, root)).put("xmlns:xs", "http://www.w3.org/2001/XMLSchema")


def rename_attribute(root: Node, rng: Random) -> None:
    node = rng.choice([each for each in root.walk() if each.attributes] or [root])
    if node.attributes:
        at = rng.randrange(len(node.attributes))
        node.attributes[at] = (rng.choice(ATTRIBUTES), node.attributes[at][1])


def drop_attribute(root: Node, rng: Random) -> None:
    node = rng.choice([each for each in root.walk() if each.attributes] or [root])
    if node.attributes:
        node.attributes.pop(rng.randrange(len(node.attributes)))


def prefixed_attribute(root: Node, rng: Random) -> None:
    """An attribute of SAML with the prefix of its element, which puts it into the namespace."""
    node = rng.choice([each for each in root.walk() if each.attributes and each.prefix] or [root])
    plain = [index for index, (name, _) in enumerate(node.attributes) if ":" not in name and name != "xmlns"]
    if plain:
        at = rng.choice(plain)
        node.attributes[at] = (f"{node.prefix}:{node.attributes[at][0]}", node.attributes[at][1])


NAMES = (
    declare, declare, declare, declare_again, declare_again, declare_many, rename_prefix, rename_prefix, another_prefix, another_prefix,
    move_declaration, move_declaration, drop_declaration, undeclare, attribute, type_of_a_value, type_of_a_value, rename_attribute,
    drop_attribute, prefixed_attribute,
)  # fmt: skip
