"""The resources of Terraform's AWS provider that hold policies, or are roles and identity providers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from federation.evidence.documents.collecting import Collected, known_text, number_of
from federation.evidence.documents.model import Format, FoundDocument, FoundProvider, FoundRole
from federation.evidence.documents.source import SourceFile
from federation.evidence.documents.values import DocumentValue, ListValue, MapValue, ScalarValue, TextPiece, TextValue, joined
from federation.explaining.positions import TextSpan
from federation.policy import Kind

ROLE: Final = "aws_iam_role"
OIDC_PROVIDER: Final = "aws_iam_openid_connect_provider"
SAML_PROVIDER: Final = "aws_iam_saml_provider"
POLICIES: Final = frozenset({"aws_iam_policy", "aws_iam_role_policy", "aws_iam_user_policy", "aws_iam_group_policy"})
READ: Final = frozenset({ROLE, OIDC_PROVIDER, SAML_PROVIDER, *POLICIES})
TRUST: Final = "assume_role_policy"
SCHEME: Final = "https://"
_PARTITION: Final = "data.aws_partition.current.partition"
_ACCOUNT: Final = "data.aws_caller_identity.current.account_id"


def read_resource(kind: str, address: str, arguments: MapValue, source: SourceFile, collected: Collected, *, form: Format) -> None:
    """Record the resource *address* of the type *kind* with *arguments*, all of one file."""
    if kind == ROLE:
        collected.roles.append(role(address, arguments, trust_of(address, arguments, source, collected, form=form)))
        _inline(address, arguments, source, collected, form=form)
    elif kind in POLICIES:
        policy = arguments.get("policy")
        if policy is not None:
            collected.document(policy, source, form=form, address=address, kind=Kind.IDENTITY)
    elif kind in (OIDC_PROVIDER, SAML_PROVIDER):
        collected.providers.append(provider(kind, address, arguments, source))


def trust_of(
    address: str, arguments: MapValue, source: SourceFile, collected: Collected, *, form: Format, earlier: bool = False
) -> FoundDocument | None:
    """Record the trust policy of a role with *arguments*; None where it has none."""
    policy = arguments.get(TRUST)
    if policy is None or is_null(policy):
        return None
    return collected.document(policy, source, form=form, address=address, kind=Kind.TRUST, earlier=earlier)


def role(address: str, arguments: MapValue, trust: FoundDocument | None, earlier: FoundDocument | None = None) -> FoundRole:
    """Return the role *address* with *arguments*."""
    return FoundRole(
        address=address,
        name=known_text(arguments.get("name")),
        arn=known_text(arguments.get("arn")),
        trust=trust,
        earlier=earlier,
        max_session=number_of(arguments.get("max_session_duration")),
    )


def provider(kind: str, address: str, arguments: MapValue, source: SourceFile) -> FoundProvider:
    """Return the identity provider *address* with *arguments*."""
    arn = known_text(arguments.get("arn"))
    if kind == SAML_PROVIDER:
        return FoundProvider(file=source.name, address=address, kind="saml", arn=arn, name=known_text(arguments.get("name")))
    url = known_text(arguments.get("url"))
    full = url if url is None or "://" in url else f"{SCHEME}{url}"
    return FoundProvider(
        file=source.name, address=address, kind="oidc", arn=arn, url=full, client_ids=texts(arguments.get("client_id_list"))
    )


def texts(value: DocumentValue | None) -> tuple[str, ...] | None:
    """Return the strings of a list; None where it is none, or one of them is not known."""
    if not isinstance(value, ListValue):
        return None
    known = [known_text(each) for each in value.items]
    return None if None in known else tuple(each for each in known if each is not None)


def provider_arn(kind: str, resource: str | None, span: TextSpan, given: Mapping[str, str]) -> DocumentValue | None:
    """Return the ARN of the provider whose ARN ends with *resource*; None where that is not known. *given* tells partition and account."""
    if resource is None:
        return None
    noun = "saml-provider" if kind == SAML_PROVIDER else "oidc-provider"
    start, end = span.start, span.end
    partition, account = (TextPiece(start, end, given.get(each, each), known=each in given) for each in (_PARTITION, _ACCOUNT))
    pieces = (
        TextPiece(start, end, "arn:"),
        partition,
        TextPiece(start, end, ":iam::"),
        account,
        TextPiece(start, end, f":{noun}/{resource.removeprefix(SCHEME)}"),
    )
    return joined(span, pieces)


def is_null(value: DocumentValue | None) -> bool:
    """Whether *value* is null."""
    return isinstance(value, ScalarValue) and value.text == "null"


def _inline(address: str, arguments: MapValue, source: SourceFile, collected: Collected, *, form: Format) -> None:
    inline = arguments.get("inline_policy")
    for index, each in enumerate(inline.items if isinstance(inline, ListValue) else ()):
        policy = each.get("policy") if isinstance(each, MapValue) else None
        if isinstance(policy, TextValue) and policy.known != "":
            where = f"{address}.inline_policy[{index}]"
            collected.document(policy, source, form=form, address=where, kind=Kind.IDENTITY)
