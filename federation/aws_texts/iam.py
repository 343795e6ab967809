"""Changes of an account, as IAM refuses them (docs/observed.md 9.8)."""

from __future__ import annotations

from typing import Final

METADATA: Final = "Could not parse metadata"
"""A metadata document describes no identity provider that can be registered. Observed: docs/observed.md 9.8."""
PRIVATE_KEY: Final = "Invalid private key."
"""A private key for decryption cannot be read. Observed: docs/observed.md 9.8."""
ENCRYPTION_WITHOUT_KEY: Final = "Failed to set assertion encryption mode to Required because no private key is present."
"""Encryption is to be required, and the provider has no private key. Observed: docs/observed.md 9.8."""
PRIVATE_KEYS: Final = "Private key limit of 2 is reached."
"""A provider has as many private keys as it may have. Observed: docs/observed.md 9.8."""
KEY_IN_USE: Final = "Failed to remove private key."
"""The only private key of a provider that requires encryption is to be removed. Observed: docs/observed.md 9.8."""
POLICY_VERSIONS: Final = "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version."
"""The policy has five versions. Observed: docs/observed.md 9.8."""
DEFAULT_VERSION: Final = "Cannot delete the default version of a policy."
"""The default version of a policy is to be deleted. Observed: docs/observed.md 9.8."""
POLICY_HAS_VERSIONS: Final = (
    "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
    "The default version is deleted with the policy."
)
"""A policy with other versions than the default one is to be deleted. Reported: docs/observed.md 9.8."""
POLICY_ATTACHED: Final = "Cannot delete a policy attached to entities."
"""A policy that is in use is to be deleted. Observed: docs/observed.md 9.8."""


def _must_first(what: str) -> str:
    return f"Cannot delete entity, must {what} first."


DETACH_POLICIES_FIRST: Final = _must_first("detach all policies")
"""The entity has managed policies. Observed: docs/observed.md 9.8."""
DELETE_POLICIES_FIRST: Final = _must_first("delete policies")
"""The entity has inline policies. Observed: docs/observed.md 9.8."""
REMOVE_USERS_FIRST: Final = _must_first("remove users from group")
"""The user is in a group, or the group has users. Observed: docs/observed.md 9.8."""
DELETE_KEYS_FIRST: Final = _must_first("delete access keys")
"""The user has access keys. Observed: docs/observed.md 9.8."""
DELETE_DEVICE_FIRST: Final = _must_first("delete MFA device")
"""The user has an MFA device. Observed: docs/observed.md 9.8."""
DEVICE_IN_USE: Final = "MFA VirtualDevice in use. Must deactivate first."
"""A device that is enabled is to be deleted. Observed: docs/observed.md 9.8."""
DEVICE_ASSIGNED: Final = "MFA Device is already in use."
"""A device that is enabled is to be enabled again. This project's wording: what AWS says here is not known."""
ISSUER_URL: Final = "Invalid Open ID Connect Provider URL"
"""The URL of an OpenID Connect provider is none that IAM takes. Reported: docs/observed.md 9.8."""
NAME: Final = "It must contain only alphanumeric characters and/or the following: +=,.@_-"
"""What `invalid_value` demands of a name. Reported: docs/observed.md 9.8."""
PATH: Final = "It must begin and end with / and contain only alphanumeric characters and/or / characters."
"""What `invalid_value` demands of a path. Reported: docs/observed.md 9.8."""
MARKER: Final = "Invalid Marker."
"""Marker is none of a page before. Reported: docs/observed.md 9.8."""


NO_USER_NAME: Final = "Must specify userName when calling with non-User credentials"
"""UserName is absent and the caller is not a user. Observed: docs/observed.md 9.8."""
CODES: Final = "Authentication code for device is not valid."
"""The two codes of an MFA device are not right. Reported: docs/observed.md 9.8."""
ADD_AND_REMOVE: Final = "Unable to add and remove private keys in the same request. Set a value for only one of the two parameters."
"""A private key is to be added and one to be removed. Observed: docs/observed.md 9.8."""
NO_UPDATE: Final = "Unable to update identity provider. No updates are defined for metadata or encryption assertion."
"""UpdateSAMLProvider without a change. Observed: docs/observed.md 9.8."""
TOO_MANY_THUMBPRINTS: Final = "Thumbprint list must contain fewer than 5 entries."
"""More than five thumbprints. Observed: docs/observed.md 9.8."""
NO_THUMBPRINTS: Final = "Thumbprint list must contain at least one entry."
"""The thumbprints are to be replaced by none. Observed: docs/observed.md 9.8."""


def quota(name: str, most: int) -> str:
    """Return the text for a quota of IAM that is reached, such as ``AccessKeysPerUser``. Observed: docs/observed.md 9.8."""
    return f"Cannot exceed quota for {name}: {most}"


def invalid_arn(arn: str) -> str:
    """Return the text for what is no ARN of a managed policy. Reported: docs/observed.md 9.8."""
    return f"ARN {arn} is not valid."


def name_taken(noun: str, name: str) -> str:
    """Return the text for a name that an entity, policy or MFA device has. Observed: docs/observed.md 9.8."""
    if noun == "policy":
        return f"A policy called {name} already exists. Duplicate names are not allowed."
    return "MFA device already exists." if noun == "MFA device" else f"{noun.capitalize()} with name {name} already exists."


def provider_url_taken(url: str) -> str:
    """Return the text for a URL that an OpenID Connect provider has. Reported: docs/observed.md 9.8."""
    return f"Provider with url {url} already exists."


def no_such_name(noun: str, name: str) -> str:
    """Return the text for a name that is not there. Observed: docs/observed.md 9.8."""
    return f"The {noun} with name {name} cannot be found."


def no_such_policy(arn: str) -> str:
    """Return the text for the ARN of a policy that is not there. Observed: docs/observed.md 9.8."""
    return f"Policy {arn} does not exist or is not attachable."


def policy_not_found(arn: str) -> str:
    """Return the text for a policy that is not there, or is not attached to the entity. Reported: docs/observed.md 9.8."""
    return f"Policy {arn} was not found."


def no_such_boundary(arn: str) -> str:
    """Return the text for the ARN of a permissions boundary that is not there. Reported: docs/observed.md 9.8."""
    return f"Scope ARN: {arn} does not exist or is not attachable."


def protected_role(name: str) -> str:
    """Return the text for a change of a service-linked role. Reported: docs/observed.md 9.8."""
    return f"Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"


def policy_size(noun: str, name: str, most: int) -> str:
    """Return the text for inline policies that are too long together. Reported: docs/observed.md 9.8."""
    return f"Maximum policy size of {most} bytes exceeded for {noun} {name}"


def no_such_version(arn: str, version: str) -> str:
    """Return the text for a version that a policy does not have. Reported: docs/observed.md 9.8."""
    return f"Policy {arn} version {version} does not exist or is not attachable."


def no_such_key(access_key_id: str) -> str:
    """Return the text for an access key that is not there. Observed: docs/observed.md 9.8."""
    return f"The Access Key with id {access_key_id} cannot be found."


def no_such_device(serial_number: str) -> str:
    """Return the text for an MFA device that is not there. This project's wording: what AWS says here is not known."""
    return f"MFA Device with serial number {serial_number} does not exist."


def no_such_saml_provider(arn: str) -> str:
    """Return the text for a SAML provider that is not there. Reported: docs/observed.md 9.8."""
    return f"Manifest not found for arn {arn}"


def no_such_oidc_provider(arn: str) -> str:
    """Return the text for an OpenID Connect provider that is not there. Reported: docs/observed.md 9.8."""
    return f"OpenIDConnect Provider not found for arn {arn}"


def no_such_alias(alias: str) -> str:
    """Return the text for an alias that the account does not have. This project's wording: what AWS says here is not known."""
    return f"The account alias {alias} cannot be found."


def no_such_principal(arn: str) -> str:
    """Return the text for what is no user, group or role. This project's wording: what AWS says here is not known."""
    return f"No user, group or role with ARN {arn} can be found."
