"""Failures of Kubernetes, Cognito, Google and Entra ID that the trust policy refuses."""

from tests.support.failures.logins import AUDIENCE, WebLogin, allow, oidc_arn, policy, trusts
from tests.support.failures.model import web

CLUSTER = "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
FORMER = "oidc.eks.eu-west-1.amazonaws.com/id/FEDCBA9876543210FEDCBA9876543210"
COGNITO = "cognito-identity.amazonaws.com"
GOOGLE = "accounts.google.com"
ENTRA = "sts.windows.net/88888888-8888-4888-8888-888888888888/"
POOL = "eu-west-1:87654321-4321-4321-8321-210987654321"
IDENTITY = "eu-west-1:12345678-1234-4234-8234-123456789012"
READER = "system:serviceaccount:shop:reader"
ONLY_GUESTS_EXCLUDED = policy(
    allow({"StringEquals": {f"{COGNITO}:aud": POOL}, "ForAnyValue:StringLike": {f"{COGNITO}:amr": "authenticated"}}, issuer=COGNITO)
)

FAILURES = (
    web(
        "eks-namespace",
        "The pod is in another namespace",
        WebLogin(
            issuer=CLUSTER,
            trust=trusts("system:serviceaccount:default:reader", issuer=CLUSTER),
            sub=READER,
        ),
        cause=("namespace `shop`", "namespace `default`"),
        new=READER,
        foreign=({"sub": "system:serviceaccount:other:reader"}, {"sub": "system:serviceaccount:shop:writer"}),
    ),
    web(
        "eks-service-account",
        "The pod runs as the default service account",
        WebLogin(issuer=CLUSTER, trust=trusts(READER, issuer=CLUSTER), sub="system:serviceaccount:shop:default"),
        cause=("service account `default`", "service account `reader`"),
        new="system:serviceaccount:shop:default",
        foreign=({"sub": "system:serviceaccount:other:default"},),
    ),
    web(
        "eks-equals-wildcard",
        "StringEquals with a wildcard for every service account",
        WebLogin(issuer=CLUSTER, trust=trusts("system:serviceaccount:shop:*", issuer=CLUSTER), sub=READER),
        cause=("StringEquals", "system:serviceaccount:shop:*"),
        new=READER,
        foreign=({"sub": "system:serviceaccount:other:reader"}, {"sub": "system:serviceaccount:shop:writer"}),
    ),
    web(
        "eks-colon",
        "Namespace and service account joined by a slash",
        WebLogin(issuer=CLUSTER, trust=trusts("system:serviceaccount:shop/reader", issuer=CLUSTER), sub=READER),
        cause=("system:serviceaccount:shop/reader", READER),
        new=READER,
        foreign=({"sub": "system:serviceaccount:other:reader"},),
    ),
    web(
        "eks-keys-of-former-cluster",
        "The cluster was created again: the principal was changed, the condition keys were not",
        WebLogin(
            issuer=CLUSTER,
            trust=policy(allow({"StringEquals": {f"{FORMER}:sub": READER, f"{FORMER}:aud": AUDIENCE}}, issuer=CLUSTER)),
            sub=READER,
        ),
        cause=(f"{FORMER}:sub", CLUSTER),
        old=FORMER,
        new=CLUSTER,
        foreign=({"sub": "system:serviceaccount:other:reader"},),
    ),
    web(
        "eks-principal-of-former-cluster",
        "The cluster was created again: the policy still names the provider of the former one",
        WebLogin(
            issuer=CLUSTER,
            trust=policy(allow({"StringEquals": {f"{FORMER}:sub": READER, f"{FORMER}:aud": AUDIENCE}}, issuer=FORMER)),
            sub=READER,
        ),
        cause=(oidc_arn(FORMER), CLUSTER),
        old=FORMER,
        new=CLUSTER,
        foreign=({"sub": "system:serviceaccount:other:reader"},),
    ),
    web(
        "cognito-guest",
        "A guest of the identity pool, and the policy trusts those who signed in",
        WebLogin(
            issuer=COGNITO,
            trust=ONLY_GUESTS_EXCLUDED,
            aud=POOL,
            client_ids=(POOL,),
            sub=IDENTITY,
            claims={"amr": ["unauthenticated"]},
        ),
        cause=("guest", "unauthenticated"),
        old="unauthenticated",
        new="authenticated",
        owner="identity-provider",
    ),
    web(
        "cognito-pool",
        "The token is of another identity pool",
        WebLogin(
            issuer=COGNITO,
            trust=ONLY_GUESTS_EXCLUDED,
            aud="eu-west-1:00000000-4321-4321-8321-210987654321",
            client_ids=(POOL, "eu-west-1:00000000-4321-4321-8321-210987654321"),
            sub=IDENTITY,
            claims={"amr": ["authenticated"]},
        ),
        cause=("eu-west-1:00000000-4321-4321-8321-210987654321", POOL),
        old="eu-west-1:00000000-4321-4321-8321-210987654321",
        new=POOL,
        owner="identity-provider",
        foreign=({"claims": {"amr": ["unauthenticated"]}},),
    ),
    web(
        "google-azp",
        "`:aud` is the claim `azp`",
        WebLogin(
            issuer=GOOGLE,
            trust=policy(
                allow(
                    {"StringEquals": {f"{GOOGLE}:aud": "https://sts.example.com", f"{GOOGLE}:sub": "115607654321098765432"}},
                    issuer=GOOGLE,
                )
            ),
            aud="https://sts.example.com",
            client_ids=("115607654321098765432", "https://sts.example.com"),
            sub="115607654321098765432",
            claims={"azp": "115607654321098765432"},
        ),
        cause=("`azp`", "https://sts.example.com", ":oaud"),
        old=f"{GOOGLE}:aud",
        new=f"{GOOGLE}:oaud",
        foreign=({"sub": "100000000000000000000"},),
    ),
    web(
        "entra-object",
        "The policy names another object of the directory",
        WebLogin(
            issuer=ENTRA,
            trust=trusts("99999999-0000-4000-8000-000000000001", issuer=ENTRA, aud="api://aws-federation"),
            aud="api://aws-federation",
            client_ids=("api://aws-federation",),
            sub="99999999-0000-4000-8000-000000000000",
        ),
        cause=("99999999-0000-4000-8000-000000000000", "99999999-0000-4000-8000-000000000001"),
        new="99999999-0000-4000-8000-000000000000",
        foreign=({"sub": "99999999-0000-4000-8000-000000000002"},),
    ),
    web(
        "web-tags",
        "The token carries session tags, and the policy does not allow sts:TagSession",
        WebLogin(
            issuer="idp.example.com",
            trust=trusts("app-7", issuer="idp.example.com"),
            sub="app-7",
            claims={"https://aws.amazon.com/tags": {"principal_tags": {"Team": ["shop"]}}},
        ),
        cause=("`Team` = `shop`", "sts:TagSession"),
        old="sts:AssumeRoleWithWebIdentity",
        new="sts:TagSession",
        foreign=({"sub": "app-8"},),
    ),
    web(
        "web-source-identity",
        "The token carries a source identity, and the policy does not allow sts:SetSourceIdentity",
        WebLogin(
            issuer="idp.example.com",
            trust=trusts("app-7", issuer="idp.example.com"),
            sub="app-7",
            claims={"https://aws.amazon.com/source_identity": "alice"},
        ),
        cause=("`alice`", "sts:SetSourceIdentity"),
        new="sts:SetSourceIdentity",
        foreign=({"sub": "app-8"},),
    ),
    web(
        "web-session-name",
        "The policy demands another role session name",
        WebLogin(
            issuer="idp.example.com",
            trust=policy(
                allow(
                    {
                        "StringEquals": {
                            "idp.example.com:aud": AUDIENCE,
                            "idp.example.com:sub": "app-7",
                            "sts:RoleSessionName": "app-7",
                        }
                    },
                    issuer="idp.example.com",
                )
            ),
            sub="app-7",
        ),
        cause=("job-7", "app-7", "RoleSessionName"),
        old="job-7",
        new="app-7",
        owner="call",
        foreign=({"sub": "app-8"},),
    ),
)
