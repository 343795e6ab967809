"""TagSAMLProvider, UntagSAMLProvider and ListSAMLProviderTags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from federation.account.writing import saml_providers as writing
from federation.calls.record import call_record, check_parameters, parameter
from federation.iam import constraints
from federation.iam.answer import Result
from federation.iam.call import IamCall
from federation.iam.context import IamContext, request_tags, tag_keys
from federation.iam.operations.saml_providers import authorize_on_saml
from federation.iam.paging import page
from federation.iam.providers import saml_name, saml_provider
from federation.iam.tags import given_tags, shown_tags


@call_record
class TagSAMLProvider(IamCall):
    """The parameters of TagSAMLProvider."""

    operation: ClassVar[str] = "TagSAMLProvider"

    saml_provider_arn: str = parameter(constraints.ARN, audit="included", wire="SAMLProviderArn")
    tags: Sequence[object] = parameter(constraints.TAGS, audit="included")


@call_record
class UntagSAMLProvider(IamCall):
    """The parameters of UntagSAMLProvider."""

    operation: ClassVar[str] = "UntagSAMLProvider"

    saml_provider_arn: str = parameter(constraints.ARN, audit="included", wire="SAMLProviderArn")
    tag_keys: Sequence[str] = parameter(constraints.TAG_KEYS, audit="included")


@call_record
class ListSAMLProviderTags(IamCall):
    """The parameters of ListSAMLProviderTags."""

    operation: ClassVar[str] = "ListSAMLProviderTags"

    saml_provider_arn: str = parameter(constraints.ARN, audit="included", wire="SAMLProviderArn")
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


def tag_saml_provider(call: TagSAMLProvider, context: IamContext) -> None:
    """Add tags to a SAML provider. A tag whose key differs only by case is replaced.

    Raises:
        ValidationError: A parameter violates its constraint, a tag is not valid, or the provider would have too many.
        RegistrationError: The ARN is not that of a SAML provider.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such provider.
    """
    check_parameters(call)
    tags = given_tags(call.tags)
    authorize_on_saml("TagSAMLProvider", call.saml_provider_arn, context, keys=request_tags(tags))
    saml_provider(context.account, call.saml_provider_arn)
    with context.live.changing() as draft:
        writing.tag_saml_provider(draft, name=saml_name(call.saml_provider_arn), tags=tags)


def untag_saml_provider(call: UntagSAMLProvider, context: IamContext) -> None:
    """Remove tags of a SAML provider. Keys that it does not have are ignored.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of a SAML provider.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such provider.
    """
    check_parameters(call)
    authorize_on_saml("UntagSAMLProvider", call.saml_provider_arn, context, keys=tag_keys(call.tag_keys))
    saml_provider(context.account, call.saml_provider_arn)
    with context.live.changing() as draft:
        writing.untag_saml_provider(draft, name=saml_name(call.saml_provider_arn), keys=call.tag_keys)


def list_saml_provider_tags(call: ListSAMLProviderTags, context: IamContext) -> Result:
    """Return a page of the tags of a SAML provider.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of a SAML provider.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such provider.
    """
    check_parameters(call)
    authorize_on_saml("ListSAMLProviderTags", call.saml_provider_arn, context)
    held = saml_provider(context.account, call.saml_provider_arn).details.tags
    tags, more = page(held, key=lambda tag: tag.key, marker=call.marker, max_items=call.max_items)
    return {"Tags": shown_tags(tags), **more}
