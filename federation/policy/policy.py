"""A compiled policy and its evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from federation.errors import ValidationError
from federation.policy.context import RequestContext
from federation.policy.decision import Decision
from federation.policy.document import read_document
from federation.policy.grammar import PRINCIPALED, Kind, read_kind, read_statements, read_version
from federation.policy.statement import Statement
from federation.policy.writes import check_write

_STRENGTH = {"direct": 2, "everyone": 1, "account": 0}


@dataclass(frozen=True, slots=True)
class Policy:
    """A compiled policy. It is immutable and thread-safe.

    Attributes:
        kind: What the policy is attached to.
        version: ``2012-10-17`` or ``2008-10-17``. The latter has no policy variables.
        source_text: The document as passed; for a mapping its compact JSON.
        document: The document as plain data. Numbers are text as spelled in the document. Do not modify it.
        statements: The compiled statements in the order of the document.
    """

    kind: Kind
    version: str
    source_text: str
    document: Mapping[str, Any] = field(repr=False, compare=False)
    statements: tuple[Statement, ...] = field(repr=False, compare=False)
    _denies: tuple[Statement, ...] = field(repr=False, compare=False)
    _allows: tuple[Statement, ...] = field(repr=False, compare=False)

    @classmethod
    def parse(cls, document: object, *, kind: str = "trust", managed: bool = False) -> Policy:
        """Compile a new document by the rules that IAM and STS apply when they accept a policy.

        Args:
            document: JSON text, UTF-8 octets, or a mapping, of at most `limits.POLICY_CHARS` characters.
            kind: ``trust``, ``identity``, ``session``, ``boundary`` or ``resource``.
            managed: Whether the document is a managed policy (CreatePolicy), whose version must be 2012-10-17. A boundary always is one.

        Raises:
            MalformedPolicyDocument: AWS would not accept the document. ``path`` is the JSON path of the fault; ``message`` is AWS's text
                where it is known.
        """
        policy = cls.stored(document, kind=kind)
        check_write(policy.statements, policy.kind, version=policy.version, managed=managed or policy.kind is Kind.BOUNDARY)
        return policy

    @classmethod
    def stored(cls, document: object, *, kind: str = "trust") -> Policy:
        """Compile a document that an account already stores.

        AWS has added rules for new policies over the years, such as a required condition on the subject of shared issuers, and still
        evaluates policies that were stored before. Therefore only the grammar is enforced here; `federation.policy.lint` reports violations
        of the rules.

        Args:
            document: JSON text, UTF-8 octets, or a mapping, of at most `limits.POLICY_CHARS` characters.
            kind: ``trust``, ``identity``, ``session``, ``boundary`` or ``resource``.

        Raises:
            MalformedPolicyDocument: The document violates the grammar. ``path`` is the JSON path of the fault.
        """
        sort = read_kind(kind)
        text, data = read_document(document)
        statements = read_statements(data, sort)
        return cls(
            kind=sort,
            version=read_version(data),
            source_text=text,
            document=data,
            statements=statements,
            _denies=tuple(each for each in statements if each.effect == "Deny"),
            _allows=tuple(each for each in statements if each.effect == "Allow"),
        )

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
        for statement in self._denies:
            via = statement.applies(request)
            if via is not None:
                return Decision("Deny", via, request, statement, self.statements)
        best, deciding = None, None
        for statement in self._allows:
            via = statement.applies(request)
            if via is not None and (best is None or _STRENGTH[via] > _STRENGTH[best]):
                best, deciding = via, statement
                if via == "direct":
                    break
        return Decision("ImplicitDeny" if deciding is None else "Allow", best, request, deciding, self.statements)
