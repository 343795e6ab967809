"""A condition whose key has one value, which is none of the policy's, and the edits that meet it."""

from __future__ import annotations

from collections.abc import Sequence

from federation.errors import show
from federation.explaining.nearest import most_alike
from federation.explaining.rewriting import literal, quoted, raw, shown, with_key, with_operator, with_value
from federation.explaining.trust import origins
from federation.explaining.trust.asked import Asked, Unmet
from federation.explanation import Cause, Change, Comparison, Edit, Json
from federation.policy import Statement
from federation.policy.conditions import Condition


class Mismatch:
    """A condition whose key has one value, which is none of the policy's.

    Attributes:
        asked: What was asked.
        statement: The statement.
        condition: The condition.
        found: The request's value.
        nearest: The policy's value that is most alike; empty where it lists none.
    """

    def __init__(self, asked: Asked, statement: Statement, condition: Condition, found: str) -> None:
        self.asked, self.statement, self.condition, self.found = asked, statement, condition, found
        self.nearest = next(iter(most_alike(found, condition.expected, limit=1)), "")
        self.claim = condition.folded.rpartition(":")[2]

    @property
    def wildcards(self) -> bool:
        """Whether the operator reads wildcards."""
        return self.condition.operator.operator.wildcards

    @property
    def source(self) -> str:
        """What the request's value is, to begin a sentence with."""
        return f"the {origins.origin(self.asked, self.condition.folded).said} is"

    def accepts(self, value: str) -> bool:
        """Whether the condition would be met if *value* were the one that the policy lists."""
        return self.asked.accepts(self.statement, self.condition.operator.name, self.condition.key, [value])

    def finding(self, sentence: str, edits: Sequence[Edit]) -> Unmet:
        """Return the finding with both values one above the other."""
        origin = origins.origin(self.asked, self.condition.folded)
        compared = Comparison(expected=self.nearest, found=self.found, expected_from="policy", found_from=origin.owner)
        place = self.asked.place(self.condition.path)
        return Unmet(cause=Cause(check="condition", sentence=sentence, place=place, comparisons=(compared,)), edits=tuple(edits))

    def added(self, value: str | None = None) -> Edit:
        """Return the edit that adds the request's own value, or *value*, to those of the policy."""
        text = literal(self.found, self.condition) if value is None else value
        changes = with_value(self.statement, self.condition, text)
        return self._edit(f"add {quoted(text)} to the values of {show(self.condition.key)}", changes)

    def replaced(self, value: str | None = None) -> Edit:
        """Return the edit that writes the request's own value, or *value*, in place of the nearest of the policy."""
        text = literal(self.found, self.condition) if value is None else value
        changes = with_value(self.statement, self.condition, text, instead_of=self.nearest)
        return self._edit(f"write {quoted(text)} in place of {quoted(self.nearest)}", changes)

    def listed(self, values: Sequence[str]) -> Edit:
        """Return the edit that writes each of *values* in place of the nearest of the policy."""
        old = raw(self.statement, self.condition)
        others = [each for each in old if each != self.nearest] if isinstance(old, list) else []
        change = Change(path=self.condition.path, old=old, new=[*others, *values])
        return self._edit(f"write each value of {quoted(self.nearest)} as a text of its own", [change])

    def _edit(self, instruction: str, changes: Sequence[Change]) -> Edit:
        [change] = changes
        return self.asked.edit(self.condition.path, instruction, changes, old=shown(change.old), new=shown(change.new))

    def operator(self, name: str, values: Json = None) -> Edit | None:
        """Return the edit that puts the condition under the operator *name*; None where the operator has the key already."""
        changes = with_operator(self.statement, self.condition, name, values)
        if not changes:
            return None
        before = raw(self.statement, self.condition)
        old, new = (
            shown({operator: {self.condition.key: value}})[1:-1]
            for operator, value in ((self.condition.operator.name, before), (name, before if values is None else values))
        )
        instruction = f"write {name} in place of {self.condition.operator.name} for {show(self.condition.key)}"
        return self.asked.edit(self.condition.path, instruction, changes, old=old, new=new)

    def key(self, name: str) -> Edit | None:
        """Return the edit that makes the condition one on the key *name*; None where the operator has that key already."""
        changes = with_key(self.statement, self.condition, name)
        if not changes:
            return None
        instruction = f"write the key {show(name)} in place of {show(self.condition.key)}"
        return self.asked.edit(self.condition.path, instruction, changes, old=self.condition.key, new=name)
