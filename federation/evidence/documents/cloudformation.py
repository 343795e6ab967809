"""Roles, policies and providers of CloudFormation templates, those of SAM and CDK among them."""

from __future__ import annotations

from typing import Final

from federation.evidence.documents.collecting import Collected, known_text, map_of, number_of
from federation.evidence.documents.intrinsics import OIDC_PROVIDER, SAML_PROVIDER, StackTemplate
from federation.evidence.documents.model import FoundProvider, FoundRole
from federation.evidence.documents.source import SourceFile
from federation.evidence.documents.values import DocumentValue, ListValue, MapValue
from federation.policy import Kind

ROLE: Final = "AWS::IAM::Role"
TRUSTED: Final = {ROLE: "AssumeRolePolicyDocument", "AWS::Serverless::Function": "AssumeRolePolicyDocument"}
"""Types of resources that are roles or make one, and the property that is its trust policy."""
POLICIES: Final = frozenset(
    {
        "AWS::IAM::GroupPolicy",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::RolePolicy",
        "AWS::IAM::UserPolicy",
    }
)


def read_template(root: MapValue, source: SourceFile, collected: Collected) -> None:
    """Record the resources of the template *root*."""
    template = StackTemplate(root, collected.given, source.text)
    for address, value in map_of(root.get("Resources"), "Resources").known_members():
        kind = known_text(value.get("Type")) if isinstance(value, MapValue) else None
        if isinstance(value, MapValue) and kind in (*TRUSTED, *POLICIES, OIDC_PROVIDER, SAML_PROVIDER):
            with collected.resource(source, address, value):
                properties = map_of(value.get("Properties"), f"Properties of {address}") if kind != SAML_PROVIDER else value
                _read(kind, address, properties, source, template, collected)


def _read(kind: str, address: str, properties: MapValue, source: SourceFile, template: StackTemplate, collected: Collected) -> None:
    def property_(name: str) -> DocumentValue | None:
        value = properties.get(name)
        return None if value is None else template.resolved(value)

    if kind in TRUSTED:
        policy = property_(TRUSTED[kind])
        trust = None if policy is None else collected.document(policy, source, form="cloudformation", address=address, kind=Kind.TRUST)
        if kind == ROLE or trust is not None:
            name = known_text(property_("RoleName"))
            seconds = number_of(property_("MaxSessionDuration"))
            collected.roles.append(FoundRole(address=address, name=name, trust=trust, max_session=seconds))
        if kind == ROLE:
            _inline(address, property_("Policies"), source, collected)
    elif kind in POLICIES:
        policy = property_("PolicyDocument")
        if policy is not None:
            collected.document(policy, source, form="cloudformation", address=address, kind=Kind.IDENTITY)
    else:
        collected.providers.append(_provider(kind, address, source, template, property_("ClientIdList")))


def _inline(address: str, policies: DocumentValue | None, source: SourceFile, collected: Collected) -> None:
    for index, each in enumerate(policies.items if isinstance(policies, ListValue) else ()):
        document = each.get("PolicyDocument") if isinstance(each, MapValue) else None
        if document is not None:
            where = f"{address}.Policies[{index}]"
            collected.document(document, source, form="cloudformation", address=where, kind=Kind.IDENTITY)


def _provider(kind: str, address: str, source: SourceFile, template: StackTemplate, client_ids: DocumentValue | None) -> FoundProvider:
    arn = template.provider_arn(address)
    if kind == SAML_PROVIDER:
        return FoundProvider(file=source.name, address=address, kind="saml", arn=arn, name=template.property_text(address, "Name"))
    ids = [known_text(each) for each in client_ids.items] if isinstance(client_ids, ListValue) else [None]
    known = None if None in ids else tuple(each for each in ids if each is not None)
    return FoundProvider(
        file=source.name, address=address, kind="oidc", arn=arn, url=template.property_text(address, "Url"), client_ids=known
    )
