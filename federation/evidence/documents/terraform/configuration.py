"""Roles, policies and providers of a Terraform configuration: the files of one directory are one module.

References to locals, to defaults of variables, to identity providers and to policy documents of the same module are followed, as far as
these are literal. A default stands for its variable, since that is what the files say; `given` values win over it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from federation.evidence.documents.collecting import Collected, known_text
from federation.evidence.documents.source import SourceFile
from federation.evidence.documents.terraform.expressions import HOST, Evaluator
from federation.evidence.documents.terraform.hcl import HclBlock, read_blocks
from federation.evidence.documents.terraform.nodes import HclNode
from federation.evidence.documents.terraform.policy_document import policy_document
from federation.evidence.documents.terraform.resources import (
    OIDC_PROVIDER,
    READ,
    ROLE,
    SAML_PROVIDER,
    SCHEME,
    TRUST,
    provider_arn,
    read_resource,
)
from federation.evidence.documents.values import (
    DocumentValue,
    EncodedValue,
    ListValue,
    MapMember,
    MapValue,
    ReferenceBudget,
    UnknownValue,
    moved,
    text_at,
)
from federation.explaining.positions import TextSpan

_NAMED: Final = re.compile(r"(?P<kind>local|var)\.(?P<name>[\w-]+)(?P<rest>.*)", re.ASCII | re.DOTALL)
_STEP: Final = re.compile(r'\.(?P<name>[\w-]+)|\[(?P<index>\d+)\]|\["(?P<quoted>[^"\\]*)"\]', re.ASCII)
_PROVIDER: Final = re.compile(
    rf"(?P<data>data\.)?(?P<kind>{OIDC_PROVIDER}|{SAML_PROVIDER})\.(?P<name>[\w-]+)(?:\[[^\]]*\])?\.(?P<of>arn|url#host)"
)
_DOCUMENT: Final = re.compile(r"data\.aws_iam_policy_document\.(?P<name>[\w-]+)(?:\[[^\]]*\])?\.(?:minified_)?json", re.ASCII)
_TYPE_AND_NAME: Final = 2
_DEEPEST: Final = 32
"""References that lead to references."""


class _Assigned(NamedTuple):
    """An expression and the file that it stands in."""

    source: SourceFile
    tree: HclNode


class _Declared(NamedTuple):
    source: SourceFile
    block: HclBlock


class Module:
    """The files of one module."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self._named: dict[str, _Assigned] = {}
        self._declared: dict[str, _Declared] = {}
        self._known: dict[str, DocumentValue | None] = {}
        self._evaluators: dict[str, Evaluator] = {}
        self._budget = ReferenceBudget()
        self._open: list[str] = []

    def add(self, source: SourceFile, blocks: Sequence[HclBlock]) -> None:
        """Add the *blocks* of the file *source*."""
        self._evaluators[source.name] = Evaluator(source.text, partial(self._resolved, source))
        for block in blocks:
            if block.kind == "locals":
                self._named |= {f"local.{name}": _Assigned(source, tree) for name, tree in block.attributes.items()}
            elif block.kind == "variable" and len(block.labels) == 1 and "default" in block.attributes:
                self._named[f"var.{block.labels[0]}"] = _Assigned(source, block.attributes["default"])
            elif block.kind in ("resource", "data") and len(block.labels) == _TYPE_AND_NAME:
                self._declared[f"{'data.' if block.kind == 'data' else ''}{'.'.join(block.labels)}"] = _Declared(source, block)

    def read(self, collected: Collected) -> None:
        """Record the roles, policies and providers of the module."""
        for address, (source, block) in self._declared.items():
            if block.kind == "resource" and block.labels[0] in READ:
                with collected.resource(source, address, block):
                    self._read(address, source, block, collected)

    def _read(self, address: str, source: SourceFile, block: HclBlock, collected: Collected) -> None:
        kind = block.labels[0]
        policy = TRUST if kind == ROLE else "policy"
        arguments = self._arguments(source, block, without=policy)
        tree = block.attributes.get(policy)
        if tree is None:
            read_resource(kind, address, arguments, source, collected, form="terraform")
            return
        # The policy is read where it is written, which may be another file of the module.
        home, value = self._followed(source, tree)
        span = block.names[policy]
        both = MapValue(block.start, block.end, (*arguments.members, MapMember(text_at(span, policy), value)))
        read_resource(kind, address, both, home, collected, form="terraform")

    def _followed(self, source: SourceFile, tree: HclNode) -> tuple[SourceFile, DocumentValue]:
        """Return the value of *tree* and the file that it is written in."""
        for _ in range(_DEEPEST):
            words = self._evaluators[source.name].words(tree)
            match = _DOCUMENT.fullmatch(words)
            declared = None if match is None else self._declared.get(f"data.aws_iam_policy_document.{match['name']}")
            if declared is not None and words not in self._given:
                return declared.source, self._document(declared)
            if words not in self._named or words in self._given or words.startswith("var."):
                break
            source, tree = self._named[words]
        return source, self._evaluators[source.name].value(tree)

    def _arguments(self, source: SourceFile, block: HclBlock, *, without: str = "") -> MapValue:
        """Return the arguments of *block*, its blocks as lists; a dynamic block is an unknown item."""
        evaluator = self._evaluators[source.name]
        members = [
            MapMember(text_at(block.names[name], name), evaluator.value(tree)) for name, tree in block.attributes.items() if name != without
        ]
        lists: dict[str, list[DocumentValue]] = {}
        for each in block.blocks:
            if each.kind == "dynamic" and len(each.labels) == 1:
                lists.setdefault(each.labels[0], []).append(UnknownValue(each.start, each.end, f"dynamic {each.labels[0]}"))
            else:
                lists.setdefault(each.kind, []).append(self._arguments(source, each))
        for name, items in lists.items():
            listed = ListValue(items[0].start, items[-1].end, tuple(items))
            members.append(MapMember(text_at(items[0], name), listed))
        return MapValue(block.start, block.end, tuple(members))

    def _resolved(self, source: SourceFile, reference: str, span: TextSpan) -> DocumentValue | None:
        """Return what *reference* at *span* of *source* stands for; None where the module does not say."""
        plain = reference.removesuffix(HOST)
        if plain in self._given:
            text = self._given[plain]
            return text_at(span, text.removeprefix(SCHEME) if plain != reference else text)
        provider, document = _PROVIDER.fullmatch(reference), _DOCUMENT.fullmatch(reference)
        if provider is not None:
            return self._provider(provider, span)
        if document is not None:
            declared = self._declared.get(f"data.aws_iam_policy_document.{document['name']}")
            return None if declared is None else self._placed(declared.source, source, self._document(declared), span)
        if plain != reference:
            found = self._resolved(source, plain, span)
            text_known = None if found is None else known_text(found)
            return None if text_known is None else text_at(span, text_known.removeprefix(SCHEME))
        return self._of_name(source, reference, span)

    def _of_name(self, source: SourceFile, reference: str, span: TextSpan) -> DocumentValue | None:
        match = _NAMED.fullmatch(reference)
        written = None if match is None else self._named.get(f"{match['kind']}.{match['name']}")
        if match is None or written is None:
            return None
        name = f"{match['kind']}.{match['name']}"
        if name not in self._known:
            if name in self._open or len(self._open) == _DEEPEST:
                return None
            self._open.append(name)
            try:
                self._known[name] = self._evaluators[written.source.name].value(written.tree)
            finally:
                self._open.pop()
        value = self._known[name]
        for step in _steps(match["rest"]):
            value = None if value is None else _inner(value, step)
        if value is None or isinstance(value, UnknownValue):
            return None
        return self._placed(written.source, source, value, span)

    def _placed(self, home: SourceFile, source: SourceFile, value: DocumentValue, span: TextSpan) -> DocumentValue:
        """Return *value* of *home* as a part of *source*; the places of another file mean nothing there."""
        self._budget.spend(value)
        return value if home is source else moved(value, span)

    def _document(self, declared: _Declared) -> DocumentValue:
        """Return the policy that a data source renders; what leads back to itself is unknown."""
        name = f"data.{declared.block.labels[1]}"
        if name in self._open or len(self._open) == _DEEPEST:
            return UnknownValue(declared.block.start, declared.block.end, f"data.aws_iam_policy_document.{declared.block.labels[1]}")
        self._open.append(name)
        try:
            policy = policy_document(self._arguments(declared.source, declared.block))
        finally:
            self._open.pop()
        return EncodedValue(policy.start, policy.end, policy)

    def _provider(self, match: re.Match[str], span: TextSpan) -> DocumentValue | None:
        """Return the ARN of a provider of the module, or its issuer without the scheme."""
        declared = self._declared.get(f"{match['data'] or ''}{match['kind']}.{match['name']}")
        member = "url" if match["kind"] == OIDC_PROVIDER else "name"
        tree = None if declared is None else declared.block.attributes.get(member)
        if declared is None or tree is None:
            return None
        text = known_text(self._evaluators[declared.source.name].value(tree))
        if text is None or match["of"] == "arn":
            return provider_arn(match["kind"], text, span, self._given)
        return text_at(span, text.removeprefix(SCHEME))


def read_configuration(files: Sequence[SourceFile], collected: Collected) -> None:
    """Record the roles, policies and providers in *files* of one directory; a file that is no HCL is a fault of its own."""
    module = Module(collected.given)
    for source in files:
        with collected.resource(source, "", TextSpan(0, 0)):
            module.add(source, read_blocks(source.text))
    module.read(collected)


def _steps(rest: str) -> Iterator[str | int]:
    at = 0
    while at < len(rest):
        match = _STEP.match(rest, at)
        if match is None:
            yield ""  # no member has that name
            return
        at = match.end()
        yield int(match["index"]) if match["index"] else match["name"] or match["quoted"] or ""


def _inner(value: DocumentValue, step: str | int) -> DocumentValue | None:
    if isinstance(value, MapValue):
        return value.get(str(step)) if isinstance(step, str) else None
    if isinstance(value, ListValue) and isinstance(step, int) and step < len(value.items):
        return value.items[step]
    return None
