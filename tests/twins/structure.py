"""Changes of the structure of a response: elements moved, repeated, wrapped, renamed, exchanged, left out or brought in."""

from __future__ import annotations

from random import Random

from tests.twins.tree import Node

LOCALS = (
    "Response", "Assertion", "EncryptedAssertion", "Signature", "Issuer", "Subject", "NameID", "Conditions", "Audience", "Advice",
    "AudienceRestriction", "AttributeStatement", "Attribute", "AttributeValue", "AuthnStatement", "AuthnContext", "Status", "StatusCode",
    "StatusMessage", "Extensions", "OneTimeUse", "ProxyRestriction", "SubjectConfirmation", "SubjectConfirmationData", "SubjectLocality",
    "AuthnContextClassRef", "AuthzDecisionStatement", "StatusDetail", "BaseID", "EncryptedID", "assertion", "X", "Object", "SignedInfo",
)  # fmt: skip


def some(root: Node, rng: Random) -> Node:
    """An element below *root*."""
    return rng.choice([node for node in root.walk() if node is not root] or [root])


def _place(node: Node, rng: Random) -> int:
    return rng.randint(0, len(node.children))


def move(root: Node, rng: Random) -> None:
    node = some(root, rng)
    parent = root.parent_of(node)
    inside = list(node.walk())
    target = rng.choice([each for each in root.walk() if not any(each is one for one in inside)] or [root])
    if parent is not None:
        parent.children = [child for child in parent.children if child is not node]
        target.children.insert(_place(target, rng), node)


def repeat(root: Node, rng: Random) -> None:
    node = some(root, rng)
    parent = root.parent_of(node)
    if parent is not None:
        at = next(index for index, child in enumerate(parent.children) if child is node)
        parent.children.insert(at + rng.randint(0, 1), node.copy())


def copy_elsewhere(root: Node, rng: Random) -> None:
    target = some(root, rng)
    target.children.insert(_place(target, rng), some(root, rng).copy())


def wrap(root: Node, rng: Random) -> None:
    node = some(root, rng)
    parent = root.parent_of(node)
    if parent is not None:
        name = f"{node.prefix}:{rng.choice(LOCALS)}" if node.prefix else rng.choice(LOCALS)
        parent.children = [Node(name, [], [node]) if child is node else child for child in parent.children]


def wrap_twice_signed(root: Node, rng: Random) -> None:
    """The assertion again, with other values, beside or inside of it (XSW)."""
    original = root.find("Assertion")
    if original is None:
        return
    forged = original.copy()
    forged.put("ID", rng.choice(("_forged", forged.get("ID") or "")))
    name_id = forged.find("NameID")
    if name_id is not None:
        name_id.children = ["mallory"]
    target = rng.choice((root, original, forged, some(root, rng)))
    if target is forged:
        forged.children.append(original)
        root.children = [forged if child is original else child for child in root.children]
    else:
        target.children.insert(_place(target, rng), forged)


def unwrap(root: Node, rng: Random) -> None:
    node = some(root, rng)
    parent = root.parent_of(node)
    if parent is not None:
        parent.children = [each for child in parent.children for each in (node.children if child is node else [child])]


def rename(root: Node, rng: Random) -> None:
    node = some(root, rng)
    node.name = f"{node.prefix}:{rng.choice(LOCALS)}" if node.prefix else rng.choice(LOCALS)


def rename_into_another_namespace(root: Node, rng: Random) -> None:
    node = some(root, rng)
    prefixes = [name[6:] for each in root.walk() for name, _ in each.attributes if name.startswith("xmlns:")]
    prefix = rng.choice([*prefixes, "unbound", ""])
    node.name = f"{prefix}:{node.local}" if prefix else node.local


def exchange(root: Node, rng: Random) -> None:
    node = rng.choice([each for each in root.walk() if len(each.children) > 1] or [root])
    if len(node.children) > 1:
        one, other = rng.sample(range(len(node.children)), 2)
        node.children[one], node.children[other] = node.children[other], node.children[one]


def leave_out(root: Node, rng: Random) -> None:
    node = some(root, rng)
    parent = root.parent_of(node)
    if parent is not None:
        parent.children = [child for child in parent.children if child is not node]


def bring_in(root: Node, rng: Random) -> None:
    node = rng.choice(list(root.walk()))
    prefix = f"{node.prefix}:" if node.prefix and rng.random() < 0.7 else ""
    attributes = rng.choice(([], [("Value", "v")], [("Algorithm", "urn:x")], [("ID", "_new")], [("Name", "n")], [("Format", "urn:f")]))
    inside: list[Node | str] = [rng.choice(("", "text", " "))]
    node.children.insert(_place(node, rng), Node(prefix + rng.choice(LOCALS), list(attributes), inside))


def text_beside(root: Node, rng: Random) -> None:
    node = rng.choice([each for each in root.walk() if each.elements] or [root])
    node.children.insert(_place(node, rng), rng.choice((" ", "\n", "text", "\t", "&", "x\u00e9", "]]>", "\r")))


def nest(root: Node, rng: Random) -> None:
    node = some(root, rng)
    for _ in range(rng.choice((1, 5, 40, 70))):
        inner = Node(node.name, [], node.children)
        node.children = [inner]


def many(root: Node, rng: Random) -> None:
    node = some(root, rng)
    parent = root.parent_of(node)
    if parent is not None:
        parent.children += [node.copy() for _ in range(rng.choice((3, 30, 300)))]


STRUCTURE = (
    move, repeat, copy_elsewhere, wrap, wrap_twice_signed, unwrap, rename, rename_into_another_namespace, exchange, leave_out, bring_in,
    text_beside, nest, many,
)  # fmt: skip
