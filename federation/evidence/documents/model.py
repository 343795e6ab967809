"""What files of infrastructure code say about policies, roles, providers and logins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from federation.errors import show
from federation.evidence.documents.faults import DocumentFault, broken
from federation.evidence.documents.rendering import Rendered, Unknown
from federation.evidence.documents.source import Region, SourceFile
from federation.explaining.positions import TextSpan
from federation.policy import Kind, Policy

Format = Literal[
    "policy", "terraform-plan", "terraform-state", "terraform", "cloudformation", "iam", "kubernetes", "github-workflow",
]  # fmt: skip
"""``policy`` is a policy document alone; ``terraform`` is Terraform's own language; ``iam`` is what IAM answers."""
_REMEDY: Final = "give the value of each by --given EXPRESSION=VALUE"


@dataclass(frozen=True)
class FoundDocument:
    """A policy document in a file.

    Attributes:
        source: The file.
        format: What the file is.
        address: The resource that has the policy, as its owners call it: `module.ci.aws_iam_role.deploy[0]`, a logical id, an ARN; empty
            where the file is the policy.
        kind: What the policy is attached to; None where the file does not say.
        text: The policy as JSON text, each unknown part as a placeholder.
        unknowns: The unknown parts.
        earlier: Whether it is the policy that a plan replaces.
    """

    source: SourceFile
    format: Format
    address: str
    kind: Kind | None
    rendered: Rendered = field(repr=False)
    earlier: bool = False

    @property
    def file(self) -> str:
        """The name of the file."""
        return self.source.name

    @property
    def text(self) -> str:
        """The policy as JSON text, each unknown part as a placeholder."""
        return self.rendered.text

    @property
    def unknowns(self) -> tuple[Unknown, ...]:
        """The parts that the file does not say."""
        return self.rendered.unknowns

    def policy(self) -> Policy:
        """Return the policy as the engine judges it.

        Raises:
            ValidationError: Check ``document-unknown``: a part of it is unknown.
            MalformedPolicyDocument: It violates the grammar.
        """
        if self.unknowns:
            words = ", ".join(dict.fromkeys(f"{show(each.expression)} (line {self.source.line(each.start)})" for each in self.unknowns))
            raise broken(
                "document-unknown", "a policy of which every part is known", f"unknown parts of {self.address}: {words}", remedy=_REMEDY
            )
        return Policy.stored(self.text, kind=self.kind or Kind.TRUST)

    def span(self, path: str, *, name: bool = False) -> TextSpan:
        """Return where the value at the JSON *path* of the policy stands, or its name; else the place of its nearest ancestor."""
        places = self.rendered.names if name and path in self.rendered.names else self.rendered.values
        while path not in places and path != "$":
            path = path[: max(path.rfind("."), path.rfind("["), 1)]
        return places.get(path, TextSpan(0, 0))

    def region(self, path: str, *, name: bool = False) -> Region:
        """Return the lines and columns of `span`."""
        return self.source.region(self.span(path, name=name))

    def as_dict(self) -> dict[str, Any]:
        """Return the document as plain data, stable names."""
        return {
            "file": self.file,
            "format": self.format,
            "address": self.address,
            "kind": None if self.kind is None else self.kind.value,
            "line": self.region("$").line,
            "unknown": [{"expression": each.expression, "line": self.source.line(each.start)} for each in self.unknowns],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRole:
    """A role that a file declares.

    Attributes:
        address: As of `FoundDocument`.
        name: Its name; None where the file does not say.
        arn: Its ARN; None where the file does not say.
        trust: Its trust policy; None where there is none.
        earlier: Its trust policy before a plan is applied; None where there is none, or the file is no plan.
        max_session: The longest session in seconds; None where the file does not say.
    """

    address: str
    name: str | None = None
    arn: str | None = None
    trust: FoundDocument | None = None
    earlier: FoundDocument | None = None
    max_session: int | None = None

    def is_called(self, words: str) -> bool:
        """Whether *words* are its address, its name or its ARN."""
        return words in (self.address, self.name, self.arn)

    def as_dict(self) -> dict[str, Any]:
        """Return the role as plain data, stable names."""
        trust = None if self.trust is None else self.trust.as_dict()
        return {"address": self.address, "name": self.name, "arn": self.arn, "max_session": self.max_session, "trust": trust}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundProvider:
    """An identity provider that a file declares.

    Attributes:
        file: The file.
        address: As of `FoundDocument`.
        kind: ``oidc`` or ``saml``.
        arn: Its ARN; None where the file does not say.
        url: The issuer of an OpenID Connect provider; None where the file does not say.
        client_ids: The client ids of such a provider; None where one of them is not known.
        name: The name of a SAML provider; None where the file does not say.
    """

    file: str
    address: str
    kind: Literal["oidc", "saml"]
    arn: str | None = None
    url: str | None = None
    client_ids: tuple[str, ...] | None = None
    name: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the provider as plain data, stable names."""
        return {name: getattr(self, name) for name in ("file", "address", "kind", "arn", "url", "client_ids", "name")}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedLogin:
    """A login that a workload will ask for.

    Attributes:
        source: The file that says so.
        path: JSON path of the role in the file, of a manifest with several objects in its object.
        written: Where the role is written in the text of the file.
        address: The job or the service account.
        role: ARN of the role that it asks for; None where the file does not say.
        issuer: URL of the issuer of its tokens; None where the file does not say.
        subjects: Patterns that its ``sub`` matches one of, ``*`` where the file does not say.
        audience: The audience that it asks for; None where the file does not say.
        duration: The length of the session that it asks for, in seconds; None where the file does not say.
        may_ask: Whether its permissions let it ask for a token; True where the file does not say.
    """

    source: SourceFile = field(repr=False)
    path: str
    written: TextSpan
    address: str
    role: str | None
    issuer: str | None
    subjects: tuple[str, ...]
    audience: str | None
    duration: int | None = None
    may_ask: bool = True

    @property
    def file(self) -> str:
        """The name of the file."""
        return self.source.name

    @property
    def line(self) -> int:
        """The line of the role, from 1."""
        return self.source.line(self.written.start)

    def as_dict(self) -> dict[str, Any]:
        """Return the login as plain data, stable names."""
        names = ("file", "line", "path", "address", "role", "issuer", "subjects", "audience", "duration", "may_ask")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class FoundEvidence:
    """Everything that files say.

    Attributes:
        documents: The policies, in the order of the files.
        roles: The roles.
        providers: The identity providers.
        logins: The logins that workloads will ask for.
        faults: Files, and resources in them, that cannot be read.
        passed_over: The files of directories that hold none of this.
    """

    documents: tuple[FoundDocument, ...] = ()
    roles: tuple[FoundRole, ...] = ()
    providers: tuple[FoundProvider, ...] = ()
    logins: tuple[ExpectedLogin, ...] = ()
    faults: tuple[DocumentFault, ...] = ()
    passed_over: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data, stable names."""
        parts: Mapping[str, tuple[Any, ...]] = {
            "documents": self.documents,
            "roles": self.roles,
            "providers": self.providers,
            "logins": self.logins,
            "faults": self.faults,
        }
        return {**{name: [each.as_dict() for each in found] for name, found in parts.items()}, "passed_over": list(self.passed_over)}
