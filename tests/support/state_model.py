"""A model of how nodes use one record of used tokens, and a checker that visits every state of it.

The model has nodes that ask and may crash, a network that may lose or delay an answer, a store that may restart, and a node whose clock is
ahead. It is small on purpose: two tokens that end at one instant, and three calls. Every interleaving of them is visited, none by chance.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

NODES: Final = (0, 1)
TOKENS: Final = (0, 1)
CALLS: Final = 3
"""Calls in all, each with either token."""


@dataclass(frozen=True)
class Design:
    """Decisions of the protocol. Those that are taken are the defaults; each other one lets a token be granted twice.

    Attributes:
        atomic: Look-up and record are one step of the store.
        marks: A deleted record leaves a mark, and a token that ends not later than it is refused.
        expires: The store deletes the record by its own clock, as ``SET … NX EX`` does, and nobody notices.
        open_on_failure: A call whose answer does not come is granted.
        keeps_connection: After a call has given up, the next one reads from the same connection.
        lasting: A restart of the store keeps what was recorded.
        identity: The store is asked whether it is the one that was opened.
    """

    atomic: bool = True
    marks: bool = True
    expires: bool = False
    open_on_failure: bool = False
    keeps_connection: bool = False
    lasting: bool = True
    identity: bool = True


class Ask(NamedTuple):
    """A question of a node on its way, or its answer."""

    node: int
    call: int
    token: int
    connection: int
    step: str
    answer: str = ""


class Node(NamedTuple):
    """A node: the token that it asks about, or -1, what it waits for, and which connection it has."""

    token: int = -1
    step: str = "idle"
    connection: int = 0


class World(NamedTuple):
    """Everything at one moment."""

    nodes: tuple[Node, ...] = (Node(), Node())
    network: frozenset[Ask] = frozenset()
    used: frozenset[int] = frozenset()
    marked: bool = False
    store: int = 0
    opened: int = 0
    begun: int = 0
    granted: tuple[int, ...] = (0, 0)
    crashes: int = 1
    restarts: int = 1
    lost: int = 1


def steps(world: World, design: Design) -> Iterator[tuple[str, World]]:
    """Yield everything that may happen next: its name, and the world after it."""
    for number in NODES if world.begun else NODES[:1]:  # the nodes are alike
        yield from _of_node(world, number, design)
    for ask in world.network:
        if ask.answer:
            yield from _delivered(world, ask, design)
        else:
            yield from _served(world, ask, design)
    if world.used and design.expires:
        yield "the store's clock deletes the records", world._replace(used=frozenset())
    elif world.used:
        # A node whose clock is ahead deletes what has ended by it: the others still take these tokens.
        yield "a login at a later instant deletes the records", world._replace(used=frozenset(), marked=design.marks)
    if world.restarts:
        waiting = frozenset(ask for ask in world.network if ask.answer)
        again = world._replace(network=waiting, restarts=world.restarts - 1)
        yield "the store restarts", again if design.lasting else again._replace(used=frozenset(), marked=False, store=world.store + 1)


def _of_node(world: World, number: int, design: Design) -> Iterator[tuple[str, World]]:
    node = world.nodes[number]
    if node.step == "idle" and world.begun < CALLS:
        for token in TOKENS if world.begun else TOKENS[:1]:  # the tokens are alike
            asked = _node(world, number, node._replace(token=token, step="use" if design.atomic else "look"))
            sent = world.network | {Ask(number, world.begun, token, node.connection, asked.nodes[number].step)}
            yield f"node {number} asks", asked._replace(begun=world.begun + 1, network=sent)
    if node.step != "idle":
        gone = _node(world, number, Node(connection=node.connection + (not design.keeps_connection)))
        yield f"node {number} gives up", _granted(gone, node.token) if design.open_on_failure else gone
        if world.crashes:
            yield f"node {number} crashes", _node(world, number, Node(connection=node.connection + 1))._replace(crashes=world.crashes - 1)


def _served(world: World, ask: Ask, design: Design) -> Iterator[tuple[str, World]]:
    rest = world.network - {ask}
    if world.lost:
        yield "a question is lost", world._replace(network=rest, lost=world.lost - 1)
    free = ask.token not in world.used and not world.marked
    if design.identity and world.store != world.opened:
        yield "the store is another", world._replace(network=rest | {ask._replace(answer="refused")})
    elif ask.step == "look":
        yield "the store looks up", world._replace(network=rest | {ask._replace(answer="free" if free else "used")})
    else:
        answer = "first" if free or not design.atomic else "used"
        yield "the store records", world._replace(network=rest | {ask._replace(answer=answer)}, used=world.used | {ask.token})


def _delivered(world: World, ask: Ask, design: Design) -> Iterator[tuple[str, World]]:
    left, node = world._replace(network=world.network - {ask}), world.nodes[ask.node]
    if world.lost:
        yield "an answer is lost", left._replace(lost=world.lost - 1)
    if node.connection != ask.connection:
        yield "an answer comes too late", left
    elif node.step == "idle":
        return  # it waits on the connection
    elif ask.answer == "free":
        sent = left.network | {ask._replace(answer="", step="use")}
        yield f"node {ask.node} records", _node(left, ask.node, node._replace(step="use"))._replace(network=sent)
    else:
        done = _node(left, ask.node, Node(connection=node.connection))
        yield f"node {ask.node} decides", _granted(done, node.token) if ask.answer == "first" else done


def _granted(world: World, token: int) -> World:
    return world._replace(granted=tuple(count + (token == each) for each, count in enumerate(world.granted)))


def _node(world: World, number: int, node: Node) -> World:
    return world._replace(nodes=tuple(node if each == number else world.nodes[each] for each in NODES))


class Checked(NamedTuple):
    """How many worlds were visited, the shortest way to two grants of one token, and the most grants of one token in any world."""

    visited: int
    counterexample: tuple[str, ...] | None
    most: int


def check(design: Design, start: World | None = None) -> Checked:
    """Visit every world that can come about, in the order of the steps to it."""
    first = World() if start is None else start
    came: dict[World, tuple[World, str] | None] = {first: None}
    waiting, most = deque([first]), 0
    while waiting:
        world = waiting.popleft()
        most = max(most, *world.granted)
        if most > 1:
            return Checked(len(came), _way(came, world), most)
        for name, after in steps(world, design):
            if after not in came:
                came[after] = (world, name)
                waiting.append(after)
    return Checked(len(came), None, most)


def _way(came: dict[World, tuple[World, str] | None], world: World) -> tuple[str, ...]:
    names: list[str] = []
    while (before := came[world]) is not None:
        world, name = before
        names.append(name)
    return tuple(reversed(names))


TAKEN: Final = Design()
FORGETFUL: Final = replace(TAKEN, lasting=False)
"""The same with a store that a restart empties: its nodes then refuse."""
