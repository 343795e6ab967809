"""Client ids, thumbprints and tags of OpenID Connect providers, changed one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from federation import aws_texts
from federation.account.writing import oidc_providers as writing
from federation.calls.record import call_record, check_parameters, parameter
from federation.errors import RegistrationError
from federation.iam import constraints
from federation.iam.answer import Result
from federation.iam.call import IamCall
from federation.iam.context import IamContext, request_tags, tag_keys
from federation.iam.operations.oidc_providers import authorize_on_oidc, read_thumbprints
from federation.iam.paging import page
from federation.iam.providers import oidc_provider
from federation.iam.tags import given_tags, shown_tags


@call_record
class AddClientIDToOpenIDConnectProvider(IamCall):
    """The parameters of AddClientIDToOpenIDConnectProvider."""

    operation: ClassVar[str] = "AddClientIDToOpenIDConnectProvider"

    open_id_connect_provider_arn: str = parameter(constraints.ARN, audit="included", wire="OpenIDConnectProviderArn")
    client_id: str = parameter(constraints.CLIENT_ID, audit="included", wire="ClientID")


@call_record
class RemoveClientIDFromOpenIDConnectProvider(IamCall):
    """The parameters of RemoveClientIDFromOpenIDConnectProvider."""

    operation: ClassVar[str] = "RemoveClientIDFromOpenIDConnectProvider"

    open_id_connect_provider_arn: str = parameter(constraints.ARN, audit="included", wire="OpenIDConnectProviderArn")
    client_id: str = parameter(constraints.CLIENT_ID, audit="included", wire="ClientID")


@call_record
class UpdateOpenIDConnectProviderThumbprint(IamCall):
    """The parameters of UpdateOpenIDConnectProviderThumbprint."""

    operation: ClassVar[str] = "UpdateOpenIDConnectProviderThumbprint"

    open_id_connect_provider_arn: str = parameter(constraints.ARN, audit="included", wire="OpenIDConnectProviderArn")
    thumbprint_list: Sequence[str] = parameter(constraints.THUMBPRINTS, audit="included")


@call_record
class TagOpenIDConnectProvider(IamCall):
    """The parameters of TagOpenIDConnectProvider."""

    operation: ClassVar[str] = "TagOpenIDConnectProvider"

    open_id_connect_provider_arn: str = parameter(constraints.ARN, audit="included", wire="OpenIDConnectProviderArn")
    tags: Sequence[object] = parameter(constraints.TAGS, audit="included")


@call_record
class UntagOpenIDConnectProvider(IamCall):
    """The parameters of UntagOpenIDConnectProvider."""

    operation: ClassVar[str] = "UntagOpenIDConnectProvider"

    open_id_connect_provider_arn: str = parameter(constraints.ARN, audit="included", wire="OpenIDConnectProviderArn")
    tag_keys: Sequence[str] = parameter(constraints.TAG_KEYS, audit="included")


@call_record
class ListOpenIDConnectProviderTags(IamCall):
    """The parameters of ListOpenIDConnectProviderTags."""

    operation: ClassVar[str] = "ListOpenIDConnectProviderTags"

    open_id_connect_provider_arn: str = parameter(constraints.ARN, audit="included", wire="OpenIDConnectProviderArn")
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


def add_client_id_to_open_id_connect_provider(call: AddClientIDToOpenIDConnectProvider, context: IamContext) -> None:
    """Add a client id to a provider. Adding it again has no effect.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of an OpenID Connect provider.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such provider.
        LimitExceeded: The provider has as many client ids as it may have.
    """
    check_parameters(call)
    authorize_on_oidc("AddClientIDToOpenIDConnectProvider", call.open_id_connect_provider_arn, context)
    url = oidc_provider(context.account, call.open_id_connect_provider_arn).url
    with context.live.changing() as draft:
        writing.add_client_id(draft, url=url, client_id=call.client_id)


def remove_client_id_from_open_id_connect_provider(call: RemoveClientIDFromOpenIDConnectProvider, context: IamContext) -> None:
    """Remove a client id from a provider. Removing one that it does not have has no effect.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of an OpenID Connect provider.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such provider.
    """
    check_parameters(call)
    authorize_on_oidc("RemoveClientIDFromOpenIDConnectProvider", call.open_id_connect_provider_arn, context)
    url = oidc_provider(context.account, call.open_id_connect_provider_arn).url
    with context.live.changing() as draft:
        writing.remove_client_id(draft, url=url, client_id=call.client_id)


def update_open_id_connect_provider_thumbprint(call: UpdateOpenIDConnectProviderThumbprint, context: IamContext) -> None:
    """Replace the thumbprints of a provider. They have no effect here, because nothing is fetched.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of an OpenID Connect provider, or the list is empty or too long.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such provider.
    """
    check_parameters(call)
    authorize_on_oidc("UpdateOpenIDConnectProviderThumbprint", call.open_id_connect_provider_arn, context)
    url, thumbprints = oidc_provider(context.account, call.open_id_connect_provider_arn).url, read_thumbprints(call.thumbprint_list)
    if not thumbprints:
        raise RegistrationError(
            check="thumbprints",
            expected="at least one thumbprint",
            found="none",
            remedy="pass the thumbprint of a certificate of the issuer; it has no effect here",
            message=aws_texts.iam.NO_THUMBPRINTS,
        )
    with context.live.changing() as draft:
        writing.update_oidc_provider(draft, url=url, thumbprints=thumbprints)


def tag_open_id_connect_provider(call: TagOpenIDConnectProvider, context: IamContext) -> None:
    """Add tags to a provider. A tag whose key differs only by case is replaced.

    Raises:
        ValidationError: A parameter violates its constraint, a tag is not valid, or the provider would have too many.
        RegistrationError: The ARN is not that of an OpenID Connect provider.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such provider.
    """
    check_parameters(call)
    tags = given_tags(call.tags)
    authorize_on_oidc("TagOpenIDConnectProvider", call.open_id_connect_provider_arn, context, keys=request_tags(tags))
    url = oidc_provider(context.account, call.open_id_connect_provider_arn).url
    with context.live.changing() as draft:
        writing.tag_oidc_provider(draft, url=url, tags=tags)


def untag_open_id_connect_provider(call: UntagOpenIDConnectProvider, context: IamContext) -> None:
    """Remove tags of a provider. Keys that it does not have are ignored.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of an OpenID Connect provider.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such provider.
    """
    check_parameters(call)
    authorize_on_oidc("UntagOpenIDConnectProvider", call.open_id_connect_provider_arn, context, keys=tag_keys(call.tag_keys))
    url = oidc_provider(context.account, call.open_id_connect_provider_arn).url
    with context.live.changing() as draft:
        writing.untag_oidc_provider(draft, url=url, keys=call.tag_keys)


def list_open_id_connect_provider_tags(call: ListOpenIDConnectProviderTags, context: IamContext) -> Result:
    """Return a page of the tags of a provider.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of an OpenID Connect provider.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such provider.
    """
    check_parameters(call)
    authorize_on_oidc("ListOpenIDConnectProviderTags", call.open_id_connect_provider_arn, context)
    held = oidc_provider(context.account, call.open_id_connect_provider_arn).details.tags
    tags, more = page(held, key=lambda tag: tag.key, marker=call.marker, max_items=call.max_items)
    return {"Tags": shown_tags(tags), **more}
