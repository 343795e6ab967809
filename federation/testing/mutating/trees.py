"""Parts of a response that edits need, and the edits that change signed content element by element."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Final

from lxml import etree

from federation.testing import names
from federation.testing.forge import Hook

FORGED_SUBJECT: Final = "forged@attacker.example"
"""The NameID that forged assertions assert."""
FORGED_ID: Final = "_forged"
"""The ID of forged elements."""
_PREFIXES: Final = {"saml": names.SAML, "samlp": names.SAMLP, "ds": names.DS}
ASSERTION: Final = f"{{{names.SAML}}}Assertion"
SIGNATURE: Final = f"{{{names.DS}}}Signature"


def part(root: etree._Element, path: str) -> etree._Element:
    """Return the first element at *path*, in which ``saml:``, ``samlp:`` and ``ds:`` stand for their namespaces.

    Raises:
        LookupError: There is none.
    """
    found = root.find(path, _PREFIXES)
    if found is None:
        raise LookupError(path)
    return found


def forge_subject(root: etree._Element) -> None:
    """Make `FORGED_SUBJECT` the subject of every assertion in *root*."""
    for name_id in root.iter(f"{{{names.SAML}}}NameID"):
        name_id.text = FORGED_SUBJECT


def forged(element: etree._Element) -> etree._Element:
    """Return a copy of *element* with another ID and subject and without signature."""
    twin = without_signature(element)
    twin.set("ID", FORGED_ID)
    forge_subject(twin)
    return twin


def without_signature(element: etree._Element) -> etree._Element:
    """Return a copy of *element* without its own signature."""
    twin = copy.deepcopy(element)
    for signature in twin.findall(SIGNATURE):
        twin.remove(signature)
    return twin


def strip_signatures(root: etree._Element) -> None:
    """Remove every signature."""
    for signature in list(root.iter(SIGNATURE)):
        drop(signature)


def drop(element: etree._Element) -> None:
    """Remove *element* from its parent."""
    parent = element.getparent()
    if parent is None:
        raise LookupError("the root has no parent")
    parent.remove(element)


def tree_edits(root: etree._Element) -> Iterator[tuple[str, Hook]]:
    """Yield the name and the edit of every change to one element of the signed content of *root*.

    Elements of a signature, which its own edits change, and elements that no signature covers are left alone: a change to the latter is
    no attack on what was signed.
    """
    for place, element in enumerate(root.iter(etree.Element)):
        if not _is_signed(element):
            continue
        name = etree.QName(element).localname
        for what, change in _CHANGES.items():
            yield f"{what} {name} ({place})", _at(place, change)
        for attribute in map(str, element.keys()):
            yield f"change @{attribute} of {name} ({place})", _at(place, _attribute(attribute, remove=False))
            yield f"remove @{attribute} of {name} ({place})", _at(place, _attribute(attribute, remove=True))


def _is_signed(element: etree._Element) -> bool:
    above = [element, *element.iterancestors()]
    return not any(each.tag == SIGNATURE for each in above) and any(each.find(SIGNATURE) is not None for each in above)


def _at(place: int, change: Hook) -> Hook:
    def edit(root: etree._Element) -> None:
        change(next(each for number, each in enumerate(root.iter(etree.Element)) if number == place))

    return edit


def _duplicate(element: etree._Element) -> None:
    if element.getparent() is None:
        raise LookupError("the root stands alone")
    twin = copy.deepcopy(element)
    twin.tail = None
    element.addnext(twin)


def _move(element: etree._Element) -> None:
    """Move *element* from its parent to the end of the element above."""
    parent = element.getparent()
    above = None if parent is None else parent.getparent()
    if above is None:
        raise LookupError("nothing above the parent")
    above.append(element)


def _swap(element: etree._Element) -> None:
    """Exchange *element* with the one after it."""
    following = element.getnext()
    if following is None:
        raise LookupError("the last child")
    following.addnext(element)


def _rename(element: etree._Element) -> None:
    element.tag = f"{element.tag}X"


def _another_namespace(element: etree._Element) -> None:
    element.tag = f"{{urn:other}}{etree.QName(element).localname}"


def _append_text(element: etree._Element) -> None:
    element.text = f"{element.text or ''}x"


def _surround_text(element: etree._Element) -> None:
    if not (element.text or "").strip():
        raise LookupError("no text")
    element.text = f" {element.text} "


def _remove_text(element: etree._Element) -> None:
    if not (element.text or "").strip():
        raise LookupError("no text")
    element.text = None


def _insert_child(element: etree._Element) -> None:
    etree.SubElement(element, "{urn:other}extra")


def _attribute(name: str, *, remove: bool) -> Hook:
    def change(element: etree._Element) -> None:
        if remove:
            del element.attrib[name]
        else:
            element.set(name, f"{element.get(name)}x")

    return change


_CHANGES: Final[dict[str, Hook]] = {
    "remove": drop,
    "duplicate": _duplicate,
    "move up": _move,
    "swap with the next": _swap,
    "rename": _rename,
    "another namespace for": _another_namespace,
    "lengthen text of": _append_text,
    "surround with spaces the text of": _surround_text,
    "remove text of": _remove_text,
    "insert a child into": _insert_child,
}
