"""Settings of vendors for their tokens, by their names in the vendor's console or files, with their documentation.

This module has data only. A setting whose name is not documented is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerSetting:
    """A setting of a vendor.

    Attributes:
        name: Its name in the vendor's console or files.
        where: Where it is set.
        source: URL of the documentation that names it.
        owner: Where it is set: in a workflow, or at the identity provider.
        written: The notation of a value there, with ``{value}`` for the value.
    """

    name: str
    where: str
    source: str
    owner: Literal["workflow", "identity-provider"] = "workflow"
    written: str = "{value}"

    def write(self, value: str) -> str:
        """Return *value* in the notation of the setting."""
        return self.written.replace("{value}", value)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSettings:
    """The settings of a vendor for ID tokens. None where the vendor has no such setting, or does not document it.

    Attributes:
        audience: Sets ``aud``.
        for_aws: Regular expression of the audiences that the vendor's documentation recommends for AWS.
        unasked: Regular expression of default audiences, which do not name AWS.
        lifetime: Sets ``exp``.
        token: Enables the ID token, or passes it to the job.
        issuer: Sets ``iss``.
        algorithm: Sets the signature algorithm.
        rotation: Sets when the signing key changes.
        fresh: An instruction for getting a token that has not expired; empty where none is known.
    """

    audience: IssuerSetting | None = None
    for_aws: str = r"sts\.amazonaws\.com(?:\.cn)?"
    unasked: str | None = None
    lifetime: IssuerSetting | None = None
    token: IssuerSetting | None = None
    issuer: IssuerSetting | None = None
    algorithm: IssuerSetting | None = None
    rotation: IssuerSetting | None = None
    fresh: str = ""

    def is_for_aws(self, audience: str) -> bool:
        """Tell whether *audience* is one that the vendor recommends for AWS."""
        return re.fullmatch(self.for_aws, audience) is not None

    def is_unasked(self, audience: str) -> bool:
        """Tell whether *audience* is a default audience."""
        return self.unasked is not None and re.fullmatch(self.unasked, audience) is not None


_GITHUB_CLAIMS: Final = "https://docs.github.com/en/actions/reference/security/oidc"
_GITHUB: Final = TokenSettings(
    audience=IssuerSetting(
        name="audience",
        where="input of the step that uses aws-actions/configure-aws-credentials",
        source="https://github.com/aws-actions/configure-aws-credentials/blob/main/action.yml",
        written="audience: {value}",
    ),
    unasked=r"https://github\.com/[^/]+",
    token=IssuerSetting(
        name="permissions: id-token: write",
        where="the workflow or the job",
        source="https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws",
    ),
    issuer=IssuerSetting(
        name="include_enterprise_slug",
        where="the custom issuer policy of the enterprise (PUT /enterprises/{enterprise}/actions/oidc/customization/issuer)",
        source="https://docs.github.com/en/enterprise-cloud@latest/rest/actions/oidc",
        owner="identity-provider",
        written='{"include_enterprise_slug": {value}}',
    ),
    fresh="request the token in the step that uses it",
)
_KEYCLOAK: Final = TokenSettings(
    audience=IssuerSetting(
        name="Included Custom Audience",
        where="the mapper Audience of the client",
        source="https://www.keycloak.org/nightly/admin-api/protocol-mappers",
        owner="identity-provider",
    ),
)

SETTINGS: Final[Mapping[str, TokenSettings]] = {
    "GitHub": _GITHUB,
    "GitHub Enterprise": replace(_GITHUB, unasked=r"https://(?:github\.com|[^/]+\.ghe\.com)/[^/]+"),
    "GitHub Enterprise Server": replace(_GITHUB, unasked=r"https://[^/]+/[^/]+", issuer=None),
    "GitLab": TokenSettings(
        audience=IssuerSetting(
            name="aud",
            where="the job's id_tokens in .gitlab-ci.yml",
            source="https://docs.gitlab.com/ci/secrets/id_token_authentication/",
            written="aud: {value}",
        ),
        token=IssuerSetting(
            name="id_tokens",
            where="the job in .gitlab-ci.yml",
            source="https://docs.gitlab.com/ci/secrets/id_token_authentication/",
        ),
        fresh="run the job again: its ID token is made when the job starts",
    ),
    "Bitbucket": TokenSettings(
        audience=IssuerSetting(
            name="audiences",
            where="oidc of the step in bitbucket-pipelines.yml",
            source="https://www.atlassian.com/blog/bitbucket/bitbucket-pipelines-oidc-now-supports-multiple-audiences",
            written="audiences: [{value}]",
        ),
        for_aws=r"sts\.amazonaws\.com|ari:cloud:bitbucket::workspace/.+",
        token=IssuerSetting(
            name="oidc: true",
            where="the step in bitbucket-pipelines.yml",
            source="https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/",
        ),
    ),
    "CircleCI": TokenSettings(
        audience=IssuerSetting(
            name="--claims",
            where="the command circleci run oidc get of the job",
            source="https://circleci.com/docs/oidc-tokens-with-custom-claims/",
            written='circleci run oidc get --claims \'{"aud": "{value}"}\'',
        ),
        # The documentation recommends the id of the organization, which is the default audience.
        for_aws=r"sts\.amazonaws\.com|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        token=IssuerSetting(
            name="CIRCLE_OIDC_TOKEN_V2",
            where="the environment of the job",
            source="https://circleci.com/docs/openid-connect-tokens/",
        ),
    ),
    "Buildkite": TokenSettings(
        audience=IssuerSetting(
            name="--audience",
            where="the command buildkite-agent oidc request-token",
            source="https://buildkite.com/docs/agent/v3/cli-oidc",
            written="buildkite-agent oidc request-token --audience {value}",
        ),
        unasked=r"https://buildkite\.com/[^/]+",
        lifetime=IssuerSetting(
            name="--lifetime",
            where="the command buildkite-agent oidc request-token",
            source="https://buildkite.com/docs/agent/v3/cli-oidc",
            written="buildkite-agent oidc request-token --lifetime {value}",
        ),
        fresh="request the token in the step that uses it",
    ),
    "HCP Terraform": TokenSettings(
        audience=IssuerSetting(
            name="TFC_AWS_WORKLOAD_IDENTITY_AUDIENCE",
            where="environment variable of the workspace",
            source="https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/aws-configuration",
            written="TFC_AWS_WORKLOAD_IDENTITY_AUDIENCE={value}",
        ),
        for_aws=r"aws\.workload\.identity|sts\.amazonaws\.com",
        fresh="start the run again: its token ends with the plan or the apply",
    ),
    "Kubernetes": TokenSettings(
        audience=IssuerSetting(
            name="eks.amazonaws.com/audience",
            where="annotation of the ServiceAccount",
            source="https://github.com/aws/amazon-eks-pod-identity-webhook",
            written="eks.amazonaws.com/audience: {value}",
        ),
        unasked=r"https://kubernetes\.default\.svc.*|https://(?:oidc\.eks\.[^/]+/id|container\.googleapis\.com)/.+",
        lifetime=IssuerSetting(
            name="eks.amazonaws.com/token-expiration",
            where="annotation of the ServiceAccount",
            source="https://github.com/aws/amazon-eks-pod-identity-webhook",
            written='eks.amazonaws.com/token-expiration: "{value}"',
        ),
        token=IssuerSetting(
            name="eks.amazonaws.com/role-arn",
            where="annotation of the ServiceAccount",
            source="https://github.com/aws/amazon-eks-pod-identity-webhook",
        ),
        fresh="read the file that AWS_WEB_IDENTITY_TOKEN_FILE names again for each call: the kubelet replaces it before the token ends",
    ),
    "Cognito user pools": TokenSettings(
        audience=IssuerSetting(
            name="App client ID",
            where="the app client by which users sign in to the user pool",
            source="https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html",
            owner="identity-provider",
        ),
        lifetime=IssuerSetting(
            name="ID token expiration",
            where="the app client of the user pool",
            source="https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html",
            owner="identity-provider",
        ),
    ),
    "Google": TokenSettings(
        audience=IssuerSetting(
            name="--audiences",
            where="the command gcloud auth print-identity-token",
            source="https://cloud.google.com/sdk/gcloud/reference/auth/print-identity-token",
            written="gcloud auth print-identity-token --audiences={value}",
        ),
    ),
    "Microsoft Entra ID": TokenSettings(
        audience=IssuerSetting(
            name="Application ID URI",
            where="Expose an API, of the application that the token is requested for",
            source="https://learn.microsoft.com/en-us/entra/identity-platform/identifier-uri-restrictions",
            owner="identity-provider",
        ),
        issuer=IssuerSetting(
            name="accessTokenAcceptedVersion",
            where="the manifest of the application that the token is requested for",
            source="https://learn.microsoft.com/en-us/entra/identity-platform/scenario-protected-web-api-app-registration",
            owner="identity-provider",
            written='"accessTokenAcceptedVersion": {value}',
        ),
    ),
    "Auth0": TokenSettings(
        audience=IssuerSetting(
            name="Identifier",
            where="Applications > APIs > Settings, of the API that the token is requested for",
            source="https://auth0.com/docs/get-started/apis/api-settings",
            owner="identity-provider",
        ),
        lifetime=IssuerSetting(
            name="Maximum Lifetime (Seconds)",
            where="Applications > APIs > Settings",
            source="https://auth0.com/docs/get-started/apis/api-settings",
            owner="identity-provider",
        ),
        algorithm=IssuerSetting(
            name="JsonWebToken Signature Algorithm",
            where="Applications > Settings > Show Advanced Settings > OAuth",
            source="https://auth0.com/docs/troubleshoot/invalid-token-errors",
            owner="identity-provider",
        ),
    ),
    "Okta": TokenSettings(
        audience=IssuerSetting(
            name="Audience",
            where="Security > API > Authorization Servers",
            source="https://help.okta.com/en-us/content/topics/security/api-config-auth-server.htm",
            owner="identity-provider",
        ),
        lifetime=IssuerSetting(
            name="Access Policies",
            where="Security > API > Authorization Servers",
            source="https://support.okta.com/help/s/article/What-is-the-lifetime-of-the-JWT-tokens",
            owner="identity-provider",
        ),
        issuer=IssuerSetting(
            name="Issuer",
            where="Security > API > Authorization Servers > Settings",
            source="https://help.okta.com/en-us/content/topics/security/api-config-auth-server.htm",
            owner="identity-provider",
        ),
        rotation=IssuerSetting(
            name="Signing Key Rotation",
            where="Security > API > Authorization Servers > Settings",
            source="https://help.okta.com/en-us/content/topics/security/api-config-auth-server.htm",
            owner="identity-provider",
        ),
    ),
    "Keycloak": _KEYCLOAK,
}
"""The settings by the name of the `federation.vendors.Vendor`."""

UNKNOWN: Final = TokenSettings()
"""The settings of a vendor of which none is known."""
