"""Mutants of signed responses. A mutant is a recipe, which follows from seed and number alone and can be made smaller piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from random import Random

from federation.saml.registration.keys import VerificationKey
from federation.saml.xml import DS
from tests.support.signatures import registered
from tests.twins import octets as after
from tests.twins.names import NAMES
from tests.twins.seeds import Seed, seeds, signed_seeds, small_seeds
from tests.twins.signing import Form, own_key, sign, signature
from tests.twins.structure import STRUCTURE
from tests.twins.tree import DECLARATIONS, QUIRKS, Node, write
from tests.twins.values import VALUES

FAMILY = 20
AS_SIGNED, SMALL_ONES = 0.15, 0.7
_STRUCTURAL = (STRUCTURE, NAMES, VALUES)


@dataclass(frozen=True, slots=True)
class Mutant:
    """How a message is made.

    Attributes:
        number: Its number in the run.
        kinds: Names of the changes, for the report.
        tree: The response before it is signed; None where *start* was signed by somebody else.
        forms: How each element is signed that is, inner ones first.
        start: Octets before *changes*; empty where they are yet to be made of *tree*.
        quirks: Spellings of the document.
        spelling: Seed of the spellings.
        head: What stands before the root element.
        changes: What is done to the octets after signing, each with its own seed.
        keys: The registered keys.
        permit: Weak algorithms that are permitted.
    """

    number: int
    kinds: tuple[str, ...]
    tree: Node | None
    forms: tuple[tuple[str, Form], ...]
    start: bytes
    quirks: frozenset[str]
    spelling: int
    head: bytes
    changes: tuple[tuple[after.Change, int], ...]
    keys: tuple[VerificationKey, ...]
    permit: frozenset[str]

    def octets(self) -> bytes:
        """The message, signed by the throw-away key of `tests.twins.signing` where that is its signer."""
        made = self.start
        if self.tree is not None and not made:
            made = self.head + write(self._with_signatures(), Random(self.spelling), self.quirks)
            for target, form in self.forms:
                made = sign(made, target, form)
        for change, seed in self.changes:
            made = change(made, Random(seed)) if made else made
        return made

    def _with_signatures(self) -> Node:
        assert self.tree is not None
        root = self.tree.copy()
        for target, form in self.forms:
            element = root if target == "Response" else root.find(target)
            if element is not None:
                at = next(
                    (index + 1 for index, child in enumerate(element.children) if isinstance(child, Node) and child.local == "Issuer"), 0
                )
                element.children.insert(at, signature(form, target, element.get("ID") or ""))
                if form.declared_above and form.prefix:
                    root.put(f"xmlns:{form.prefix}", DS[1:-1])
        return root

    def smaller(self) -> Iterator[Mutant]:
        """Mutants that lack one piece of this one."""
        whole = self if self.tree is None else replace(self, start=b"")
        for index in range(len(self.changes)):
            yield replace(whole, changes=self.changes[:index] + self.changes[index + 1 :])
        for quirk in sorted(self.quirks):
            yield replace(whole, quirks=self.quirks - {quirk})
        if self.head:
            yield replace(whole, head=b"")
        if self.tree is None:
            return
        for index in range(len(self.forms) if len(self.forms) > 1 else 0):
            yield replace(whole, forms=self.forms[:index] + self.forms[index + 1 :])
        for place, node in enumerate(self.tree.walk()):
            for index in range(len(node.children)):
                yield replace(whole, tree=_changed(self.tree, place, _without_child(index)))
            for index in range(len(node.attributes)):
                yield replace(whole, tree=_changed(self.tree, place, _without_attribute(index)))


def _changed(tree: Node, place: int, change: Callable[[Node], None]) -> Node:
    copy = tree.copy()
    change(list(copy.walk())[place])
    return copy


def _without_child(index: int) -> Callable[[Node], None]:
    return lambda node: node.children.__delitem__(index)


def _without_attribute(index: int) -> Callable[[Node], None]:
    return lambda node: node.attributes.__delitem__(index)


def mutant(seed: int, number: int) -> Mutant:
    """The mutant of that number of the run *seed*. As many as `FAMILY` have one signed message, which is changed after signing or not."""
    base, place = _base(seed, number // FAMILY), number % FAMILY
    rng = Random(f"{seed}/{number}")
    changes = _changes(rng, (1, 1, 1, 2, 3)) if place else ()
    return replace(base, number=number, kinds=(*base.kinds, *(change.__name__ for change, _ in changes)), changes=changes)


@lru_cache(maxsize=1)
def _base(seed: int, family: int) -> Mutant:
    """The signed message of a family."""
    rng = Random(f"{seed}/family/{family}")
    kind = rng.random()
    if kind < AS_SIGNED:
        source = rng.choice(signed_seeds())
        return Mutant(
            0,
            (source.name.partition(":")[0], "as it was signed"),
            None,
            (),
            source.octets,
            frozenset(),
            0,
            b"",
            (),
            source.keys,
            source.permit,
        )
    source = rng.choice(small_seeds() if kind < SMALL_ONES else seeds())
    tree, kinds = changed_tree(source, rng, (0, 1, 1, 1, 2, 2, 3, 4))
    targets = rng.choice((("Assertion",), ("Response",), ("Assertion", "Response"), ("Assertion",)))
    forms = tuple((target, Form.drawn(rng)) for target in targets)
    quirks = {quirk for quirk in QUIRKS[:8] if rng.random() < 0.2} | {quirk for quirk in QUIRKS[8:] if rng.random() < 0.03}
    head = rng.choice(DECLARATIONS) if rng.random() < 0.15 else b""
    made = Mutant(0, kinds, tree, forms, b"", frozenset(quirks), family, head, (), _own_keys(), frozenset())
    return replace(made, start=made.octets())


def changed_tree(source: Seed, rng: Random, numbers: tuple[int, ...]) -> tuple[Node, tuple[str, ...]]:
    """The tree of *source* after as many changes as one of *numbers*, and their names."""
    tree, kinds = source.tree.copy(), [source.name.partition(":")[0]]
    for _ in range(rng.choice(numbers)):
        change = rng.choice(rng.choice(_STRUCTURAL))
        change(tree, rng)
        kinds.append(change.__name__)
    return tree, tuple(kinds)


def _changes(rng: Random, numbers: tuple[int, ...]) -> tuple[tuple[after.Change, int], ...]:
    kinds = (after.KEEPING, after.KEEPING, after.BREAKING)
    return tuple((rng.choice(rng.choice(kinds)), rng.getrandbits(32)) for _ in range(rng.choice(numbers)))


@cache
def _own_keys() -> tuple[VerificationKey, ...]:
    return registered(own_key())
