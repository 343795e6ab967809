"""The SAML identity providers: how each is recognised, and its settings by the names in its administration console.

Every setting has the page of the vendor's documentation that names it. A setting without such a page is left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Topic = Literal[
    "audience",
    "recipient",
    "role",
    "session-name",
    "name-id-format",
    "authn-statement",
    "lifetime",
    "not-before",
    "signing",
    "algorithm",
    "canonicalisation",
    "encryption",
    "certificate",
]
"""The part of a response that a setting determines."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of an identity provider.

    Attributes:
        name: Its name in the vendor's console, or the parameter of the vendor's command.
        source: URL of the vendor's documentation that names it.
        choice: The value for AWS, by its name in the console; empty where the value depends on the user.
    """

    name: str
    source: str
    choice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProvider:
    """A product that issues SAML responses.

    Attributes:
        name: The name of the product.
        issuers: Regular expression of its entity ids; None where customers choose them.
        attributes: Prefixes of attribute names that only this product sends.
        assertion_ids: Regular expression of the IDs of its assertions, where they are unique to the product; None otherwise.
        settings: Its settings, by the part of a response that they determine.
    """

    name: str
    issuers: str | None = None
    attributes: tuple[str, ...] = ()
    assertion_ids: str | None = None
    settings: Mapping[Topic, Setting] = field(default_factory=dict)


_ENTRA_APP: Final = "https://learn.microsoft.com/en-us/entra/identity/saas-apps/amazon-web-service-tutorial"
_ENTRA_SIGNING: Final = "https://learn.microsoft.com/en-us/entra/identity/enterprise-apps/certificate-signing-options"
_ENTRA_CERTIFICATES: Final = (
    "https://learn.microsoft.com/en-us/entra/identity/enterprise-apps/tutorial-manage-certificates-for-federated-single-sign-on"
)
_ENTRA_CLAIMS: Final = "https://learn.microsoft.com/en-us/entra/identity-platform/saml-claims-customization"
_OKTA_FIELDS: Final = "https://help.okta.com/en-us/Content/Topics/Apps/aiw-saml-reference.htm"
_OKTA_AWS: Final = "https://help.okta.com/en-us/content/topics/deploymentguides/aws/aws-configure-aws-app.htm"
_ADFS_TRUST: Final = "https://learn.microsoft.com/en-us/powershell/module/adfs/set-adfsrelyingpartytrust"
_ADFS_AWS: Final = "https://aws.amazon.com/blogs/security/aws-federated-authentication-with-active-directory-federation-services-ad-fs/"
_KEYCLOAK: Final = "https://www.keycloak.org/docs/latest/server_admin/index.html#_client-saml-configuration"
_GOOGLE_AWS: Final = "https://support.google.com/a/answer/6194963"
_PING: Final = "https://docs.pingidentity.com/pingone/applications/p1_edit_application_saml.html"
_ONELOGIN_AWS: Final = "https://onelogin.service-now.com/kb?id=kb_article_view&sysparm_article=KB0010309"
_AUTH0: Final = "https://auth0.com/docs/authenticate/protocols/saml/saml-configuration/customize-saml-assertions"
_JUMPCLOUD: Final = "https://jumpcloud.com/support/sso-application-connector-fields"
_SHIBBOLETH: Final = "https://shibboleth.atlassian.net/wiki/spaces/IDP4/pages/3169288205/ProfileConfiguration-SAMLAssertion"

IDENTITY_PROVIDERS: Final[tuple[IdentityProvider, ...]] = (
    IdentityProvider(
        name="Microsoft Entra ID",
        issuers=r"https://(?:sts\.windows\.net|sts\.chinacloudapi\.cn|sts\.microsoftonline\.us)/[0-9A-Fa-f-]{36}/?",
        attributes=("http://schemas.microsoft.com/identity/claims/",),
        settings={
            "audience": Setting("Identifier (Entity ID)", _ENTRA_APP),
            "recipient": Setting("Reply URL (Assertion Consumer Service URL)", _ENTRA_APP),
            "role": Setting("Attributes & Claims", _ENTRA_APP),
            "session-name": Setting("Attributes & Claims", _ENTRA_APP),
            "name-id-format": Setting("Name identifier format", _ENTRA_CLAIMS),
            "lifetime": Setting(
                "token lifetime policy, AccessTokenLifetime",
                "https://learn.microsoft.com/en-us/entra/identity-platform/configurable-token-lifetimes",
            ),
            "signing": Setting("Signing Option", _ENTRA_SIGNING, "Sign SAML response and assertion"),
            "algorithm": Setting("Signing Algorithm", _ENTRA_SIGNING, "SHA-256"),
            "certificate": Setting("SAML Certificates", _ENTRA_CERTIFICATES),
        },
    ),
    IdentityProvider(
        name="Okta",
        issuers=r"https?://www\.okta(?:-emea|-gov)?\.com/.+|https?://[\w.-]+\.okta(?:preview|-emea)?\.com(?:/.*)?",
        settings={
            "audience": Setting("Audience URI (SP Entity ID)", _OKTA_FIELDS),
            "recipient": Setting("Single sign-on URL", _OKTA_FIELDS),
            "role": Setting("Identity Provider ARN", _OKTA_AWS),
            "name-id-format": Setting("Name ID format", _OKTA_FIELDS),
            "signing": Setting("Assertion Signature", _OKTA_FIELDS, "Signed"),
            "algorithm": Setting("Signature Algorithm", _OKTA_FIELDS, "RSA-SHA256"),
            "encryption": Setting("Assertion Encryption", _OKTA_FIELDS),
            "certificate": Setting(
                "SAML Signing Certificates", "https://help.okta.com/oie/en-us/Content/Topics/Apps/manage-signing-certificates.htm"
            ),
        },
    ),
    IdentityProvider(
        name="AD FS",
        issuers=r"https?://[^/]+/adfs/services/trust",
        settings={
            "audience": Setting("Identifier", _ADFS_TRUST),
            "recipient": Setting("SamlEndpoint", _ADFS_TRUST),
            "role": Setting("Edit Claim Issuance Policy", _ADFS_AWS),
            "session-name": Setting("Edit Claim Issuance Policy", _ADFS_AWS),
            "name-id-format": Setting("Edit Claim Issuance Policy", _ADFS_AWS),
            "lifetime": Setting("TokenLifetime", _ADFS_TRUST),
            "not-before": Setting("NotBeforeSkew", _ADFS_TRUST),
            "signing": Setting("SamlResponseSignature", _ADFS_TRUST, "AssertionOnly"),
            "algorithm": Setting("SignatureAlgorithm", _ADFS_TRUST, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
            "encryption": Setting("EncryptClaims", _ADFS_TRUST),
            "certificate": Setting(
                "Token-signing certificate",
                "https://learn.microsoft.com/en-us/windows-server/identity/ad-fs/operations/ad-fs-certificates-overview",
            ),
        },
    ),
    IdentityProvider(
        name="Keycloak",
        issuers=r"https?://[^?#]+/realms/[^/?#]+",
        assertion_ids=r"ID_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        settings={
            "audience": Setting("Client ID", _KEYCLOAK),
            "recipient": Setting("Master SAML Processing URL", _KEYCLOAK),
            "name-id-format": Setting("Name ID Format", _KEYCLOAK),
            "authn-statement": Setting("Include AuthnStatement", _KEYCLOAK, "On"),
            "lifetime": Setting("Assertion Lifespan", _KEYCLOAK),
            "signing": Setting("Sign Assertions", _KEYCLOAK, "On"),
            "algorithm": Setting("Signature Algorithm", _KEYCLOAK, "RSA_SHA256"),
            "canonicalisation": Setting("Canonicalization Method", _KEYCLOAK, "EXCLUSIVE"),
            "encryption": Setting("Encrypt Assertions", _KEYCLOAK),
        },
    ),
    IdentityProvider(
        name="Google Workspace",
        issuers=r"https://accounts\.google\.com/o/saml2\?idpid=.+",
        settings={
            "audience": Setting("Entity ID", _GOOGLE_AWS),
            "recipient": Setting("ACS URL", _GOOGLE_AWS),
            "role": Setting("Attribute mapping", _GOOGLE_AWS),
            "session-name": Setting("Attribute mapping", _GOOGLE_AWS),
            "name-id-format": Setting("Name ID format", _GOOGLE_AWS),
        },
    ),
    IdentityProvider(
        name="PingOne",
        issuers=r"https://auth\.pingone\.(?:com|eu|ca|asia|com\.au|sg)/.+|https://pingone\.com/idp/.+",
        settings={
            "audience": Setting("Entity ID", _PING),
            "recipient": Setting("ACS URLs", _PING),
            "name-id-format": Setting("Subject NameID Format", _PING),
            "lifetime": Setting("Assertion Validity Duration", _PING),
            "signing": Setting("Signing key", _PING, "Sign Assertion & Response"),
            "algorithm": Setting("Signing key", _PING, "RSA_SHA256"),
            "encryption": Setting("Encryption", _PING),
        },
    ),
    IdentityProvider(
        name="OneLogin",
        issuers=r"https://app\.onelogin\.com/saml/metadata/.+|https://[\w-]+\.onelogin\.com/.*",
        settings={
            "role": Setting("Parameters", _ONELOGIN_AWS),
            "session-name": Setting("Parameters", _ONELOGIN_AWS),
            "certificate": Setting("Issuer URL", _ONELOGIN_AWS),
        },
    ),
    IdentityProvider(
        name="Auth0",
        issuers=r"urn:[\w.-]+\.auth0\.com|https://[\w.-]+\.auth0\.com/?",
        attributes=("http://schemas.auth0.com/",),
        settings={
            "audience": Setting("audience", _AUTH0),
            "recipient": Setting("recipient", _AUTH0),
            "role": Setting("mappings", _AUTH0),
            "session-name": Setting("mappings", _AUTH0),
            "name-id-format": Setting("nameIdentifierFormat", _AUTH0),
            "lifetime": Setting("lifetimeInSeconds", _AUTH0),
            "signing": Setting("signResponse", _AUTH0, "false"),
            "algorithm": Setting("signatureAlgorithm", _AUTH0, "rsa-sha256"),
        },
    ),
    IdentityProvider(
        name="JumpCloud",
        issuers=r"JumpCloud.*|https://sso\.jumpcloud\.com/.+",
        settings={
            "audience": Setting("SP Entity ID", _JUMPCLOUD),
            "recipient": Setting("ACS URLs", _JUMPCLOUD),
            "name-id-format": Setting("SAMLSubject NameID Format", _JUMPCLOUD),
            "signing": Setting("Sign Assertion", _JUMPCLOUD, "selected"),
            "algorithm": Setting("Signature Algorithm", _JUMPCLOUD, "RSA-SHA256"),
        },
    ),
    IdentityProvider(
        name="Shibboleth",
        issuers=r"https?://[^?#]+/idp/shibboleth",
        settings={
            "lifetime": Setting("assertionLifetime", _SHIBBOLETH),
            "signing": Setting("signAssertions", _SHIBBOLETH, "true"),
        },
    ),
)
UNKNOWN: Final = IdentityProvider(name="the identity provider")
"""The entry for an unknown product, without settings."""


def find_identity_provider(issuer: str | None, attributes: Collection[str] = (), assertion_id: str | None = None) -> IdentityProvider:
    """Return the product that issued a response; `UNKNOWN` where it cannot be recognised.

    Args:
        issuer: The issuer that the response names.
        attributes: The names of its attributes.
        assertion_id: The ID of its assertion.
    """
    for product in IDENTITY_PROVIDERS:
        if product.issuers is not None and issuer is not None and re.fullmatch(product.issuers, issuer, re.DOTALL):
            return product
    for product in IDENTITY_PROVIDERS:
        if any(name.startswith(product.attributes) for name in attributes):
            return product
        if product.assertion_ids is not None and assertion_id is not None and re.fullmatch(product.assertion_ids, assertion_id):
            return product
    return UNKNOWN
