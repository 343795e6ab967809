"""A document as names, attributes and text in the order written, and as octets again in one of many equal spellings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from xml.parsers import expat


@dataclass(slots=True)
class Node:
    """An element. Names hold their prefix, and declarations are attributes, all as written; values and texts are unescaped."""

    name: str
    attributes: list[tuple[str, str]] = field(default_factory=list)
    children: list[Node | str] = field(default_factory=list)

    @property
    def local(self) -> str:
        return self.name.rpartition(":")[2]

    @property
    def prefix(self) -> str:
        return self.name.rpartition(":")[0]

    @property
    def elements(self) -> list[Node]:
        return [child for child in self.children if isinstance(child, Node)]

    def get(self, name: str) -> str | None:
        return next((value for key, value in self.attributes if key == name), None)

    def put(self, name: str, value: str) -> None:
        self.attributes = [(key, old) for key, old in self.attributes if key != name] + [(name, value)]

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def copy(self) -> Node:
        return Node(self.name, list(self.attributes), [child.copy() if isinstance(child, Node) else child for child in self.children])

    def parent_of(self, node: Node) -> Node | None:
        return next((each for each in self.walk() if any(child is node for child in each.children)), None)

    def find(self, local: str) -> Node | None:
        return next((each for each in self.walk() if each.local == local), None)


def read(octets: bytes) -> Node:
    """The tree of *octets*; comments and instructions are left out.

    Raises:
        ValueError: They are not well-formed.
    """
    top = Node("")
    path = [top]
    parser = expat.ParserCreate()
    parser.buffer_text = parser.ordered_attributes = True

    def start(name: str, attributes: list[str]) -> None:
        node = Node(name, list(zip(attributes[::2], attributes[1::2], strict=True)))
        path[-1].children.append(node)
        path.append(node)

    def text(data: str) -> None:
        here = path[-1].children
        if here and isinstance(here[-1], str):
            here[-1] += data
        else:
            here.append(data)

    parser.StartElementHandler, parser.CharacterDataHandler = start, text
    parser.EndElementHandler = lambda _name: path.pop()
    try:
        parser.Parse(octets, True)  # noqa: FBT003 - its only form
    except expat.ExpatError as fault:
        raise ValueError(str(fault)) from None
    (root,) = top.elements
    return root


QUIRKS = (
    "attribute order", "spaces in tags", "single quotes", "references", "hexadecimal references", "empty elements", "spaced end tags",
    "spaced equals", "comments", "cdata", "instructions", "crlf",
)  # fmt: skip
DECLARATIONS = (
    b'<?xml version="1.0" encoding="UTF-8"?>', b'<?xml version="1.0"?>\n', b'<?xml version="1.0" encoding="utf-8" standalone="yes"?>',
    b"<?xml version='1.0' encoding='UTF-8'?>", b'<?xml version="1.0" encoding="us-ascii"?>', b'<?xml version="1.1"?>', b" ", b"\n\n",
    b'<?xml version="1.0" encoding="ISO-8859-1"?>', b"\xef\xbb\xbf", b'<?xml  version = "1.0" ?>', b'<?xml version="1.0" standalone="no"?>',
)  # fmt: skip


def write(root: Node, rng: Random, quirks: frozenset[str] = frozenset()) -> bytes:
    """*root* as octets. Without *quirks* in one plain spelling; each of them is another spelling of the same document, here and there."""
    writer = _Writer(rng, quirks)
    writer.element(root)
    octets = "".join(writer.parts).encode("utf-8", "surrogatepass")
    return octets.replace(b"\n", b"\r\n") if "crlf" in quirks else octets


class _Writer:
    def __init__(self, rng: Random, quirks: frozenset[str]) -> None:
        self.rng, self.quirks, self.parts = rng, quirks, list[str]()

    def often(self, quirk: str) -> bool:
        return quirk in self.quirks and self.rng.random() < 0.3

    def element(self, node: Node) -> None:
        put, attributes = self.parts.append, node.attributes
        if self.often("attribute order"):
            attributes = self.rng.sample(attributes, len(attributes))
        put(f"<{node.name}")
        for name, value in attributes:
            put(self.rng.choice(("  ", "\n", "\t", "\n    ")) if self.often("spaces in tags") else " ")
            quote = "'" if self.often("single quotes") else '"'
            put(f"{name}{' = ' if self.often('spaced equals') else '='}{quote}{self.escaped(value, quote)}{quote}")
        if not node.children and not self.often("empty elements"):
            put(" />" if self.often("spaces in tags") else "/>")
            return
        put(" >" if self.often("spaces in tags") else ">")
        for child in node.children:
            if isinstance(child, str):
                self.text(child)
            else:
                self.element(child)
            if self.rng.random() < 0.02:
                self.beside()
        put(f"</{node.name}{' ' if self.often('spaced end tags') else ''}>")

    def beside(self) -> None:
        if "comments" in self.quirks:
            self.parts.append("<!-- beside -->")
        if "instructions" in self.quirks:
            self.parts.append("<?beside it?>")

    def text(self, text: str) -> None:
        if "cdata" in self.quirks and "]]>" not in text and "\r" not in text and self.often("cdata"):
            self.parts.append(f"<![CDATA[{text}]]>")
        else:
            self.parts.append(self.escaped(text, ""))

    def escaped(self, value: str, quote: str) -> str:
        value = value.replace("&", "&amp;").replace("<", "&lt;").replace("\r", "&#13;")
        if quote:
            value = value.replace(quote, "&quot;" if quote == '"' else "&apos;").replace("\n", "&#10;").replace("\t", "&#x9;")
        elif "]]>" in value or self.often("references"):
            value = value.replace(">", "&gt;")
        if value and "&" not in value and not value.startswith("@") and (self.often("references") or self.often("hexadecimal references")):
            at = self.rng.randrange(len(value))
            form = "&#x{:X};" if "hexadecimal references" in self.quirks else self.rng.choice(("&#{};", "&#0{};"))
            value = value[:at] + form.format(ord(value[at])) + value[at + 1 :]
        return value
