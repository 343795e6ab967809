"""What the files of IAM's entities have in common: one ``<Name>.json`` each, wrapped as AWS prints it or not, named as it is called."""

from __future__ import annotations

import re
from collections.abc import Iterator

from federation.account.faults import Faults
from federation.account.fields import Fields
from federation.account.files import Tree
from federation.errors import show


def json_files(tree: Tree, directory: str, faults: Faults) -> tuple[tuple[str, str], ...]:
    """Return file and stem of every ``*.json`` in *directory*; anything else there, and names that differ by case alone, are faults."""
    found = []
    seen: dict[str, str] = {}
    for entry in tree.entries(directory):
        file, (stem, dot, suffix) = f"{directory}/{entry}", entry.rpartition(".")
        if not stem or dot + suffix != ".json":
            faults.add(file, "", "files named <Name>.json", show(entry), "rename or remove the file")
        elif seen.setdefault(stem.lower(), entry) != entry:
            faults.add(file, "", "names that differ by more than case", show(seen[stem.lower()]), "IAM names are unique whatever the case")
        else:
            found.append((file, stem))
    return tuple(found)


def entities(tree: Tree, directory: str, kind: str, faults: Faults) -> Iterator[tuple[str, str, object]]:
    """Yield file, name and document of every entity in *directory*; a ``{"<kind>": …}`` around it, as get-role prints, is taken off."""
    for file, name in json_files(tree, directory, faults):
        document = tree.json(file)
        if document is not None:
            yield file, name, document[kind] if isinstance(document, dict) and document.keys() == {kind} else document


def check_name(fields: Fields, member: str, name: str, pattern: str) -> None:
    """Require that the entity in file ``<name>.json`` is called so, and that the name is one IAM allows."""
    given = fields.text(member)
    if given not in {None, name}:
        fields.fault(member, f"the name of the file, {show(name)}", show(given), "rename the file or correct the member")
    if re.fullmatch(pattern, name, re.ASCII) is None:
        fields.fault(member, f"a name matching {pattern}", show(name), "rename the file")


def check_arn(fields: Fields, *allowed: str) -> str:
    """Require that ``Arn``, where it is given, is one of *allowed*; return it, or else the first of them."""
    given = fields.text("Arn")
    if given is None or given in allowed:
        return given or allowed[0]
    fields.fault("Arn", allowed[0], show(given), "correct or remove the member")
    return allowed[0]
