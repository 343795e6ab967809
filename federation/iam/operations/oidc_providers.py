"""CreateOpenIDConnectProvider, GetOpenIDConnectProvider, ListOpenIDConnectProviders and DeleteOpenIDConnectProvider.

IAM fetches nothing when it creates a provider, and nothing can be fetched here: the keys of the issuer come from its file, or from
`register_jwks`. Until then its tokens are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from federation import aws_texts, limits
from federation.account.reading.oidc_providers import OIDC_PROVIDERS
from federation.account.writing import oidc_providers as writing
from federation.account.writing.attachments import check_quota
from federation.calls.record import call_record, check_parameters, parameter
from federation.errors import RegistrationError, ValidationError
from federation.iam import constraints
from federation.iam.answer import Result
from federation.iam.call import IamCall
from federation.iam.context import IamContext, request_tags, resource_tags
from federation.iam.providers import oidc_or_none, oidc_provider
from federation.iam.tags import given_tags, shown_tags
from federation.oidc.issuer_url import read_url
from federation.oidc.provider import NO_CLIENT_IDS


@call_record
class CreateOpenIDConnectProvider(IamCall):
    """The parameters of CreateOpenIDConnectProvider."""

    operation: ClassVar[str] = "CreateOpenIDConnectProvider"

    url: str = parameter(constraints.ISSUER_URL, audit="included")
    client_id_list: Sequence[str] = parameter(constraints.CLIENT_IDS, audit="included", wire="ClientIDList", default=())
    thumbprint_list: Sequence[str] = parameter(constraints.THUMBPRINTS, audit="included", default=())
    tags: Sequence[object] = parameter(constraints.TAGS, audit="included", default=())


@call_record
class GetOpenIDConnectProvider(IamCall):
    """The parameters of GetOpenIDConnectProvider."""

    operation: ClassVar[str] = "GetOpenIDConnectProvider"

    open_id_connect_provider_arn: str = parameter(constraints.ARN, audit="included", wire="OpenIDConnectProviderArn")


@call_record
class ListOpenIDConnectProviders(IamCall):
    """ListOpenIDConnectProviders has no parameters."""

    operation: ClassVar[str] = "ListOpenIDConnectProviders"


@call_record
class DeleteOpenIDConnectProvider(IamCall):
    """The parameters of DeleteOpenIDConnectProvider."""

    operation: ClassVar[str] = "DeleteOpenIDConnectProvider"

    open_id_connect_provider_arn: str = parameter(constraints.ARN, audit="included", wire="OpenIDConnectProviderArn")


def create_open_id_connect_provider(call: CreateOpenIDConnectProvider, context: IamContext) -> Result:
    """Create an OpenID Connect provider.

    Raises:
        ValidationError: A parameter violates its constraint, the URL or a tag is not valid.
        RegistrationError: A client id or the list of thumbprints is invalid.
        LimitExceeded: There are more than `limits.CLIENT_IDS_PER_PROVIDER` client ids.
        AccessDenied: The policies of the caller do not allow it.
        EntityAlreadyExists: The account has a provider of that URL.
    """
    check_parameters(call)
    tags, thumbprints = given_tags(call.tags), read_thumbprints(call.thumbprint_list)
    arn = context.arn(f"oidc-provider/{_checked_url(call.url).removeprefix('https://')}")
    context.authorize("CreateOpenIDConnectProvider", arn, keys=request_tags(tags))
    with context.live.changing() as draft:
        given = tuple(dict.fromkeys(call.client_id_list)) or NO_CLIENT_IDS
        check_quota("ClientIdsPerOpenIdConnectProvider", len(given), limits.CLIENT_IDS_PER_PROVIDER, file=OIDC_PROVIDERS)
        known = context.key_set_of(read_url(call.url))
        writing.add_oidc_provider(draft, url=call.url, client_ids=given, jwks=known, thumbprints=thumbprints, tags=tags, at=context.at)
    return {"OpenIDConnectProviderArn": arn, **({"Tags": shown_tags(tags)} if tags else {})}


def get_open_id_connect_provider(call: GetOpenIDConnectProvider, context: IamContext) -> Result:
    """Return an OpenID Connect provider.

    Raises:
        ValidationError: The parameter violates its constraint.
        RegistrationError: The ARN is not that of an OpenID Connect provider.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such provider.
    """
    check_parameters(call)
    authorize_on_oidc("GetOpenIDConnectProvider", call.open_id_connect_provider_arn, context)
    provider = oidc_provider(context.account, call.open_id_connect_provider_arn)
    details = provider.details
    return {
        "Url": provider.name,
        "ClientIDList": list(provider.client_ids),
        "ThumbprintList": list(details.thumbprints),
        "CreateDate": details.created_at,
        "Tags": shown_tags(details.tags),
    }


def list_open_id_connect_providers(call: ListOpenIDConnectProviders, context: IamContext) -> Result:
    """Return the ARNs of the OpenID Connect providers.

    Raises:
        AccessDenied: The policies of the caller do not allow it.
    """
    check_parameters(call)
    context.authorize("ListOpenIDConnectProviders", "*")
    names = sorted(provider.name for provider in context.account.oidc_providers.values())
    return {"OpenIDConnectProviderList": [{"Arn": context.arn(f"oidc-provider/{name}")} for name in names]}


def delete_open_id_connect_provider(call: DeleteOpenIDConnectProvider, context: IamContext) -> None:
    """Delete an OpenID Connect provider. Roles that trust it are kept. A provider that is not there is no fault, as in AWS.

    Raises:
        ValidationError: The parameter violates its constraint.
        RegistrationError: The ARN is not that of an OpenID Connect provider.
        AccessDenied: The policies of the caller do not allow it.
    """
    check_parameters(call)
    authorize_on_oidc("DeleteOpenIDConnectProvider", call.open_id_connect_provider_arn, context)
    provider = oidc_or_none(context.account, call.open_id_connect_provider_arn)
    if provider is not None:
        with context.live.changing() as draft:
            writing.delete_oidc_provider(draft, url=provider.url)


def _checked_url(url: str) -> str:
    """Return the URL of an issuer as IAM stores it.

    Raises:
        ValidationError: Check ``url``: IAM takes no such URL.
    """
    try:
        return read_url(url)
    except RegistrationError as fault:
        raise ValidationError(
            check="url",
            expected=fault.expected,
            found=fault.found,
            remedy=fault.remedy,
            message=aws_texts.iam.ISSUER_URL,
        ) from None


def authorize_on_oidc(action: str, arn: str, context: IamContext, *, keys: dict[str, str | list[str]] | None = None) -> None:
    """Require that the caller may perform *action* on the OpenID Connect provider *arn*. *keys* are condition keys of the call.

    Raises:
        RegistrationError: *arn* is not the ARN of an OpenID Connect provider.
        AccessDenied: The caller may not.
    """
    provider = oidc_or_none(context.account, arn)
    own = {} if provider is None else resource_tags(provider.details.tags)
    context.authorize(action, arn, keys={**own, **(keys or {})})


def read_thumbprints(thumbprints: Sequence[str]) -> list[str]:
    """Return the thumbprints of a call in lower case, as IAM keeps them.

    Raises:
        RegistrationError: Check ``thumbprints``: there are more than `limits.THUMBPRINTS_PER_PROVIDER`.
    """
    if len(thumbprints) > limits.THUMBPRINTS_PER_PROVIDER:
        raise RegistrationError(
            check="thumbprints",
            expected=f"at most {limits.THUMBPRINTS_PER_PROVIDER} thumbprints",
            found=str(len(thumbprints)),
            remedy="pass those of the certificates in use; they have no effect here",
            message=aws_texts.iam.TOO_MANY_THUMBPRINTS,
        )
    if not all(thumbprint.isascii() and thumbprint.isprintable() and " " not in thumbprint for thumbprint in thumbprints):
        raise RegistrationError(
            check="thumbprints",
            expected="thumbprints of 40 printable ASCII characters",
            found="other characters",
            remedy="pass the SHA-1 of a certificate in hexadecimal digits",
        )
    return [thumbprint.lower() for thumbprint in thumbprints]
