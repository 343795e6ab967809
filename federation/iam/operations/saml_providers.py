"""CreateSAMLProvider, GetSAMLProvider, UpdateSAMLProvider, ListSAMLProviders and DeleteSAMLProvider."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from federation import aws_texts
from federation.account import SamlSettings
from federation.account.writing import saml_providers as writing
from federation.calls.record import call_record, check_parameters, parameter
from federation.errors import ValidationError
from federation.iam import constraints
from federation.iam.answer import Result
from federation.iam.call import IamCall
from federation.iam.context import IamContext, request_tags, resource_tags
from federation.iam.providers import saml_name, saml_or_none, saml_provider
from federation.iam.tags import given_tags, shown_tags


@call_record
class CreateSAMLProvider(IamCall):
    """The parameters of CreateSAMLProvider."""

    operation: ClassVar[str] = "CreateSAMLProvider"

    saml_metadata_document: str = parameter(constraints.SAML_METADATA, audit="withheld", wire="SAMLMetadataDocument")
    name: str = parameter(constraints.SAML_PROVIDER_NAME, audit="included")
    tags: Sequence[object] = parameter(constraints.TAGS, audit="included", default=())
    assertion_encryption_mode: str | None = parameter(constraints.ENCRYPTION_MODE, audit="included", default=None)
    add_private_key: str | None = parameter(constraints.PRIVATE_KEY, audit="withheld", default=None)


@call_record
class GetSAMLProvider(IamCall):
    """The parameters of GetSAMLProvider."""

    operation: ClassVar[str] = "GetSAMLProvider"

    saml_provider_arn: str = parameter(constraints.ARN, audit="included", wire="SAMLProviderArn")


@call_record
class UpdateSAMLProvider(IamCall):
    """The parameters of UpdateSAMLProvider."""

    operation: ClassVar[str] = "UpdateSAMLProvider"

    saml_metadata_document: str | None = parameter(constraints.SAML_METADATA, audit="withheld", wire="SAMLMetadataDocument", default=None)
    saml_provider_arn: str = parameter(constraints.ARN, audit="included", wire="SAMLProviderArn")
    assertion_encryption_mode: str | None = parameter(constraints.ENCRYPTION_MODE, audit="included", default=None)
    add_private_key: str | None = parameter(constraints.PRIVATE_KEY, audit="withheld", default=None)
    remove_private_key: str | None = parameter(constraints.PRIVATE_KEY_ID, audit="included", default=None)


@call_record
class ListSAMLProviders(IamCall):
    """ListSAMLProviders has no parameters."""

    operation: ClassVar[str] = "ListSAMLProviders"


@call_record
class DeleteSAMLProvider(IamCall):
    """The parameters of DeleteSAMLProvider."""

    operation: ClassVar[str] = "DeleteSAMLProvider"

    saml_provider_arn: str = parameter(constraints.ARN, audit="included", wire="SAMLProviderArn")


def create_saml_provider(call: CreateSAMLProvider, context: IamContext) -> Result:
    """Create a SAML provider.

    Raises:
        ValidationError: A parameter violates its constraint, or a tag is not valid.
        RegistrationError: The metadata or the private key is invalid.
        AccessDenied: The policies of the caller do not allow it.
        EntityAlreadyExists: The account has a provider of that name.
    """
    check_parameters(call)
    tags = given_tags(call.tags)
    context.authorize("CreateSAMLProvider", context.arn(f"saml-provider/{call.name}"), keys=request_tags(tags))
    with context.live.changing() as draft:
        arn = writing.add_saml_provider(
            draft,
            name=call.name,
            metadata=call.saml_metadata_document,
            decryption_keys=[] if call.add_private_key is None else [call.add_private_key],
            tags=tags,
            at=context.at,
            **_encryption(call.assertion_encryption_mode),
        )
    return {"SAMLProviderArn": arn, **({"Tags": shown_tags(tags)} if tags else {})}


def get_saml_provider(call: GetSAMLProvider, context: IamContext) -> Result:
    """Return a SAML provider.

    Raises:
        ValidationError: The parameter violates its constraint.
        RegistrationError: The ARN is not that of a SAML provider.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such provider.
    """
    check_parameters(call)
    authorize_on_saml("GetSAMLProvider", call.saml_provider_arn, context)
    provider = saml_provider(context.account, call.saml_provider_arn)
    details = provider.details
    return {
        "SAMLProviderUUID": details.uuid,
        "SAMLMetadataDocument": details.metadata,
        "CreateDate": details.created_at,
        "ValidUntil": details.valid_until,
        "Tags": shown_tags(details.tags),
        "AssertionEncryptionMode": "Required" if provider.encryption == "required" else "Allowed",
        "PrivateKeyList": [{"KeyId": key.id, "Timestamp": key.uploaded_at} for key in details.private_keys],
    }


def update_saml_provider(call: UpdateSAMLProvider, context: IamContext) -> Result:
    """Change the metadata, the encryption mode or one private key of a SAML provider.

    Raises:
        ValidationError: A parameter violates its constraint, nothing is to be changed, or a key is to be added and one to be removed.
        RegistrationError: The ARN is not that of a SAML provider; the metadata or the private key is invalid; or the only private key of a
            provider that requires encryption is to be removed.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such provider, or the provider has no such key.
        LimitExceeded: The provider has two private keys.
    """
    check_parameters(call)
    authorize_on_saml("UpdateSAMLProvider", call.saml_provider_arn, context)
    _check_update(call)
    saml_provider(context.account, call.saml_provider_arn)
    name = saml_name(call.saml_provider_arn)
    with context.live.changing() as draft:
        if call.add_private_key is not None:
            writing.add_private_key(draft, name=name, private_key=call.add_private_key, at=context.at)
        if call.saml_metadata_document is not None or call.assertion_encryption_mode is not None:
            encryption = _encryption(call.assertion_encryption_mode)
            writing.update_saml_provider(draft, name=name, metadata=call.saml_metadata_document, **encryption)
        if call.remove_private_key is not None:
            writing.remove_private_key(draft, name=name, key_id=call.remove_private_key)
        writing.check_saml_provider(draft, name=name)
    return {"SAMLProviderArn": call.saml_provider_arn}


def list_saml_providers(call: ListSAMLProviders, context: IamContext) -> Result:
    """Return the SAML providers.

    Raises:
        AccessDenied: The policies of the caller do not allow it.
    """
    check_parameters(call)
    context.authorize("ListSAMLProviders", "*")
    providers = sorted(context.account.saml_providers.values(), key=lambda provider: provider.arn)
    listed = [
        {"Arn": provider.arn, "ValidUntil": provider.details.valid_until, "CreateDate": provider.details.created_at}
        for provider in providers
    ]
    return {"SAMLProviderList": listed}


def delete_saml_provider(call: DeleteSAMLProvider, context: IamContext) -> None:
    """Delete a SAML provider. Roles that trust it are kept.

    Raises:
        ValidationError: The parameter violates its constraint.
        RegistrationError: The ARN is not that of a SAML provider.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such provider.
    """
    check_parameters(call)
    authorize_on_saml("DeleteSAMLProvider", call.saml_provider_arn, context)
    saml_provider(context.account, call.saml_provider_arn)
    with context.live.changing() as draft:
        writing.delete_saml_provider(draft, name=saml_name(call.saml_provider_arn))


def authorize_on_saml(action: str, arn: str, context: IamContext, *, keys: dict[str, str | list[str]] | None = None) -> None:
    """Require that the caller may perform *action* on the SAML provider *arn*. *keys* are condition keys of the call.

    Raises:
        RegistrationError: *arn* is not the ARN of a SAML provider.
        AccessDenied: The caller may not.
    """
    saml_name(arn)
    provider = saml_or_none(context.account, arn)
    own = {} if provider is None else resource_tags(provider.details.tags)
    context.authorize(action, arn, keys={**own, **(keys or {})})


def _encryption(mode: str | None) -> SamlSettings:
    if mode is None:
        return {}
    return {"encryption": "required" if mode == "Required" else "allowed"}


def _check_update(call: UpdateSAMLProvider) -> None:
    if call.add_private_key is not None and call.remove_private_key is not None:
        raise ValidationError(
            check="private-key",
            expected="AddPrivateKey or RemovePrivateKey",
            found="both",
            remedy="add the new key first and remove the old one later",
            message=aws_texts.iam.ADD_AND_REMOVE,
        )
    changes = (call.saml_metadata_document, call.assertion_encryption_mode, call.add_private_key, call.remove_private_key)
    if all(change is None for change in changes):
        raise ValidationError(
            check="update",
            expected="metadata, an encryption mode or a private key",
            found="none of them",
            remedy="pass what is to be changed",
            message=aws_texts.iam.NO_UPDATE,
        )
