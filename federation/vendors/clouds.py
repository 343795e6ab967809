"""Identity services of clouds, clusters and social networks, and the claims of their tokens."""

from __future__ import annotations

from typing import Any, Final

from federation.vendors import subjects
from federation.vendors.model import HOST, Bound, OidcShape, RequiredCondition, Vendor

GOOGLE: Final = "accounts.google.com"
COGNITO: Final = "cognito-identity.amazonaws.com"
AMAZON: Final = "www.amazon.com"
FACEBOOK: Final = "graph.facebook.com"

_SENTINEL_TENANT: Final = "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d"


def _eks(subject: str) -> dict[str, Any]:
    namespace, _, account = subject.removeprefix("system:serviceaccount:").partition(":")
    return {
        "kubernetes.io": {
            "namespace": namespace,
            "pod": {"name": f"{account}-5d9f", "uid": "d3ab92bf-a8e6-4abe-a255-ab59e8dfe264"},
            "serviceaccount": {"name": account, "uid": "7c442cc3-5f48-44f5-b2c7-7b33e9d18a13"},
        }
    }


def _google(subject: str) -> dict[str, Any]:
    return {"azp": "115607654321098765432", "email": f"{subject}@example.com", "email_verified": True}


def _entra(subject: str) -> dict[str, Any]:
    return {
        "tid": "88888888-8888-4888-8888-888888888888",
        "oid": subject,
        "idp": "https://sts.windows.net/88888888-8888-4888-8888-888888888888/",
        "appid": "99999999-1111-4111-8111-000000000000",
        "appidacr": "2",
        "ver": "1.0",
    }


def _okta(subject: str) -> dict[str, Any]:
    return {"ver": 1, "amr": ["pwd", "mfa"], "idp": "00o1fixture0example", "preferred_username": f"{subject}@example.com", "auth_time": 1}


def _cognito_user_pool(subject: str) -> dict[str, Any]:
    return {"token_use": "id", "cognito:username": subject, "email": "alice@example.com", "email_verified": True, "auth_time": 1}


def _cognito(_: str) -> dict[str, Any]:
    return {"amr": ["authenticated", "login.example.com", "login.example.com:alice"]}


VENDORS: Final = (
    Vendor(
        "Kubernetes",
        family=r"oidc\.eks\.[^/]+/id/.+|container\.googleapis\.com/.+",
        customers="one",
        bounds=(Bound("sub", r"system:serviceaccount:[^:]+:"),),
        example="system:serviceaccount:namespace:name",
        documented_claims=frozenset({"kubernetes.io"}),
        documented_beginnings=("kubernetes.io/serviceaccount/",),
        subjects=subjects.KUBERNETES,
        shape=OidcShape(
            name="eks",
            issuer="https://oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE0123456789ABCDEF01234567",
            subject="system:serviceaccount:default:my-service-account",
            claims=_eks,
            header={},
            not_before=True,
            audience_list=True,
            lifetime=86_400,
        ),
    ),
    Vendor(
        "Google",
        issuers=(GOOGLE,),
        customers="strangers",
        bounds=(Bound("aud"), Bound("oaud"), Bound("sub")),
        example="the number of the account",
        claims=("aud", "oaud", "sub"),
        further_claims=("google/organization_number",),
        documented_claims=frozenset(
            ["c_hash", "email", "email_verified", "family_name", "given_name", "google", "hd", "locale", "name", "picture", "profile"]
        ),
        built_in="oidc",
        required=RequiredCondition(("aud", "oaud", "sub"), by_application=True),
        shape=OidcShape(
            name="google",
            issuer=f"https://{GOOGLE}",
            subject="115607654321098765432",
            claims=_google,
            lifetime=3600,
            left_out=("google/organization_number",),
        ),
    ),
    Vendor(
        "Microsoft Entra ID",
        # Tokens of version 1.0, then those of version 2.0.
        family=r"sts\.windows\.net/[^/]+/?|login\.microsoftonline\.com/[^/]+/v2\.0",
        shape=OidcShape(
            name="entra",
            issuer="https://sts.windows.net/88888888-8888-4888-8888-888888888888/",
            subject="99999999-0000-4000-8000-000000000000",
            audience="api://aws-federation",
            claims=_entra,
            not_before=True,
            lifetime=3600,
        ),
    ),
    Vendor(
        "Microsoft Sentinel",
        issuers=(_SENTINEL_TENANT, f"{_SENTINEL_TENANT}/"),
        customers="strangers",
        bounds=(Bound("sts:RoleSessionName"),),
        example="MicrosoftSentinel_<workspace id>",
        required=RequiredCondition(("sts:RoleSessionName",), by_prefix=True),
    ),
    Vendor(
        "Okta",
        family=rf"{HOST}\.okta(?:preview)?\.com(?:/oauth2/[^/]+)?",
        shape=OidcShape(
            name="okta",
            issuer="https://acme.okta.com/oauth2/default",
            subject="00u1fixture0example",
            audience="0oa1fixture0example",
            claims=_okta,
            header={},
            lifetime=3600,
        ),
    ),
    Vendor("Auth0", family=r"[A-Za-z0-9-]+(?:\.[a-z]{2}(?:-\d)?)?\.auth0\.com/?"),
    Vendor("Keycloak", family=rf"{HOST}(?:/auth)?/realms/[^/]+"),
    Vendor(
        "Cognito user pools",
        family=r"cognito-idp\.[^/]+/[^/]+",
        shape=OidcShape(
            name="cognito",
            issuer="https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE00",
            subject="aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
            audience="1example23456789",
            claims=_cognito_user_pool,
            header={},
            lifetime=3600,
        ),
    ),
    Vendor(
        "Cognito",
        issuers=(COGNITO,),
        customers="strangers",
        bounds=(Bound("aud"), Bound("sub")),
        example="the id of the identity",
        claims=("aud", "sub", "amr"),
        documented_claims=frozenset(),
        built_in="oidc",
        required=RequiredCondition(("aud",)),
        shape=OidcShape(
            name="cognito-identity",
            issuer=f"https://{COGNITO}",
            subject="us-east-1:12345678-1234-4234-8234-123456789012",
            audience="us-east-1:87654321-4321-4321-8321-210987654321",
            claims=_cognito,
        ),
    ),
    Vendor(
        "Login with Amazon",
        issuers=(AMAZON,),
        customers="strangers",
        bounds=(Bound("app_id"), Bound("user_id")),
        example="the id of the user",
        claims=("app_id", "user_id"),
        built_in="oauth",
        required=RequiredCondition(("app_id", "sub"), by_application=True),
    ),
    Vendor(
        "Facebook",
        issuers=(FACEBOOK,),
        customers="strangers",
        bounds=(Bound("app_id"), Bound("id")),
        example="the id of the user",
        claims=("app_id", "id"),
        built_in="oauth",
        required=RequiredCondition(("app_id", "sub"), by_application=True),
    ),
    Vendor(
        "Oracle Cloud Infrastructure",
        family=rf"idcs-[A-Za-z0-9]+(?:\.{HOST})?\.identity\.oraclecloud\.com",
        further_claims=("rpst_id",),
    ),
    Vendor(
        "IBM Turbonomic",
        # The clusters of IBM Turbonomic SaaS, as the IAM User Guide lists them.
        issuers=(
            "rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7",
            "rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr",
            "rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg",
            "rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26",
            "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb",
            "oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu",
        ),
        customers="strangers",
        bounds=(Bound("sub", r"system:serviceaccount:[^:]+:"),),
        example="system:serviceaccount:<the customer>:t8c-operator",
        required=RequiredCondition(("sub",)),
    ),
)
