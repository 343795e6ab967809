"""A policy and its evaluation."""

from __future__ import annotations

import json
import marshal
from collections.abc import Mapping
from dataclasses import field
from typing import Any, NamedTuple, cast

from federation.errors import MalformedPolicyDocument, ValidationError
from federation.limits import POLICY_CHARS
from federation.policy.compiling import compile_statements
from federation.policy.context import RequestContext
from federation.policy.decision import Decision
from federation.policy.document import read_document
from federation.policy.grammar import PRINCIPALED, Kind, check_statements, read_kind, read_version
from federation.policy.statement import Statement
from federation.policy.writes import check_write
from federation.records import record


class _Compiled(NamedTuple):
    """The statements of a policy, and those of each effect."""

    statements: tuple[Statement, ...]
    denies: tuple[Statement, ...]
    allows: tuple[Statement, ...]


_MANAGED = frozenset({Kind.BOUNDARY, Kind.SERVICE_CONTROL, Kind.RESOURCE_CONTROL})
"""The kinds that are always of the version of managed policies."""
_STRENGTH = {"direct": 2, "everyone": 1, "account": 0}


@record()
class Policy:
    """A policy that its grammar accepts. It is immutable and thread-safe. It is compiled when it is first asked.

    Two policies are equal that are of one kind and have the same text.

    Attributes:
        kind: What the policy is attached to.
        document: The document as plain data. Numbers are text as spelled in the document. Do not modify it.
    """

    kind: Kind
    document: Mapping[str, Any] = field(repr=False)
    _text: str | None = field(repr=False, default=None)
    _compiled: _Compiled | None = field(repr=False, default=None)

    @classmethod
    def parse(cls, document: object, *, kind: str = "trust", managed: bool = False) -> Policy:
        """Compile a new document by the rules that IAM and STS apply when they accept a policy.

        Args:
            document: JSON text, UTF-8 octets, or a mapping, of at most `limits.POLICY_CHARS` characters.
            kind: ``trust``, ``identity``, ``session``, ``boundary``, ``resource``, ``service-control`` or ``resource-control``.
            managed: Whether the document is a managed policy (CreatePolicy), whose version must be 2012-10-17. A boundary and the policies
                of an organization always are.

        Raises:
            MalformedPolicyDocument: AWS would not accept the document. ``path`` is the JSON path of the fault; ``message`` is AWS's text
                where it is known.
        """
        policy = cls.stored(document, kind=kind)
        check_write(policy.statements, policy.kind, version=policy.version, managed=managed or policy.kind in _MANAGED)
        return policy

    @classmethod
    def stored(cls, document: object, *, kind: str = "trust") -> Policy:
        """Compile a document that an account already stores.

        AWS has added rules for new policies over the years, such as a required condition on the subject of shared issuers, and still
        evaluates policies that were stored before. Therefore only the grammar is enforced here; `federation.policy.lint` reports violations
        of the rules.

        Args:
            document: JSON text, UTF-8 octets, or a mapping, of at most `limits.POLICY_CHARS` characters.
            kind: As of `parse`.

        Raises:
            MalformedPolicyDocument: The document violates the grammar. ``path`` is the JSON path of the fault.
        """
        sort = read_kind(kind)
        text, data = read_document(document)
        check_statements(data, sort)
        return cls(sort, data, text)

    @classmethod
    def of_json(cls, document: dict[str, Any], *, kind: str) -> Policy:
        """Return the policy of a JSON object that is part of a file, as `stored`, without writing and parsing it again.

        Args:
            document: The object from a strict parser, which refuses members that are there twice, nesting deeper than `limits.JSON_DEPTH`
                and text that is not Unicode. Do not modify it afterwards.
            kind: As of `stored`.

        Raises:
            MalformedPolicyDocument: As `stored`.
        """
        sort = read_kind(kind)
        # Version 0 of marshal writes an octet or more for each character, and none takes more than six in JSON ("\\u0001").
        if 6 * len(marshal.dumps(document, 0)) <= POLICY_CHARS:
            try:
                check_statements(document, sort)
            except MalformedPolicyDocument:  # numbers, which the parser did not keep as spelled, or what `stored` refuses too
                return cls.stored(document, kind=kind)
            return cls(sort, document)
        return cls.stored(document, kind=kind)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Policy):
            return NotImplemented
        return (self.kind, self.source_text) == (other.kind, other.source_text)

    def __hash__(self) -> int:
        return hash((self.kind, self.source_text))

    @property
    def version(self) -> str:
        """``2012-10-17`` or ``2008-10-17``. The latter has no policy variables."""
        return read_version(self.document)

    @property
    def source_text(self) -> str:
        """The document as passed; for a mapping its compact JSON."""
        if self._text is None:
            object.__setattr__(self, "_text", json.dumps(self.document, ensure_ascii=False, separators=(",", ":")))
        return cast("str", self._text)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The compiled statements in the order of the document."""
        return self._parts().statements

    def _parts(self) -> _Compiled:
        found = self._compiled
        if found is None:  # two threads may compile at once: what they compile is equal
            statements = compile_statements(cast("dict[str, Any]", self.document), self.kind)
            denies, allows = (tuple(each for each in statements if each.effect == effect) for effect in ("Deny", "Allow"))
            found = _Compiled(statements, denies, allows)
            object.__setattr__(self, "_compiled", found)
        return found

    @property
    def size(self) -> int:
        """Number of characters of the document without white space, by which IAM applies its quotas."""
        return sum(map(len, self.source_text.split()))

    def evaluate(self, request: RequestContext) -> Decision:
        """Return the decision on *request*. A Deny that applies overrides every Allow, in any order of the statements (attack row A14).

        The evaluation has no state and reads no clock: the condition keys of the request hold the time. The explanation is computed when an
        attribute of the decision is read.

        Raises:
            ValidationError: *request* is no `RequestContext`, or it has no principal although the kind of the policy requires one.
        """
        if not isinstance(request, RequestContext):
            raise ValidationError(
                check="request-context", expected="a RequestContext", found=type(request).__name__, remedy="build a RequestContext first"
            )
        if request.principal is None and self.kind in PRINCIPALED:
            raise ValidationError(
                check="principal",
                expected=f"a caller, as a policy of kind {self.kind} names principals",
                found="no caller",
                remedy="build the RequestContext with a Principal; Principal.anonymous() is a caller without credentials",
            )
        compiled = self._parts()
        for statement in compiled.denies:
            via = statement.applies(request)
            if via is not None:
                return Decision("Deny", via, request, statement, compiled.statements)
        best, deciding = None, None
        for statement in compiled.allows:
            via = statement.applies(request)
            if via is not None and (best is None or _STRENGTH[via] > _STRENGTH[best]):
                best, deciding = via, statement
                if via == "direct":
                    break
        return Decision("ImplicitDeny" if deciding is None else "Allow", best, request, deciding, compiled.statements)
