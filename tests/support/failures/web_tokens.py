"""Failures of ID tokens: who issued them, for whom, who signed them, and when."""

from datetime import timedelta
from typing import Final

from federation.jose import base64url
from federation.testing.oidc import ABSENT
from tests.support.failures.logins import AUDIENCE, ROLE, WEB, WebLogin, allow, policy, trusts
from tests.support.failures.model import Failure, web
from tests.support.failures.workloads import CLUSTER, ENTRA, FORMER, READER
from tests.support.world import GITHUB, ISSUED

VALIDATED: Final = (
    "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements."
)
NO_KEY: Final = (
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for "
    "requirements"
)
NO_JWT: Final = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
INVALID: Final = {"code": "InvalidIdentityToken"}
MAIN: Final = "repo:octo-org/octo-repo:ref:refs/heads/main"
FOREIGN: Final = ({"sub": "repo:mallory/octo-repo:ref:refs/heads/main"}, {"sub": "repo:octo-org/other:ref:refs/heads/main"})
TRUST: Final = trusts(MAIN)
IDP: Final = "idp.example.com/tenant"
TAGGING: Final = policy(
    allow(
        {"StringEquals": {f"{IDP}:aud": AUDIENCE, f"{IDP}:sub": "app-7"}},
        issuer=IDP,
        Action=[WEB, "sts:TagSession", "sts:SetSourceIdentity"],
    )
)
APP: Final = trusts("app-7", issuer=IDP)
OTHER_APP: Final = ({"sub": "app-8"},)
POOL: Final = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example00"
NOW: Final = int(ISSUED.timestamp())


def unsigned(token: str) -> str:
    return token.rpartition(".")[0] + "."


def altered(token: str) -> str:
    """The token with another branch in it."""
    head, payload, signature = token.split(".")
    octets = base64url.decode(payload)
    assert octets is not None
    return ".".join((head, base64url.encode(octets.replace(b"heads/main", b"heads/prod")), signature))


def none_for(issuer: str) -> str:
    return f"No OpenIDConnect provider found in your account for https://{issuer}"


ISSUERS: Final[tuple[Failure, ...]] = (
    web(
        "issuer-none",
        "The account has no provider for the issuer",
        WebLogin(trust=TRUST, registered=("gitlab.com",)),
        seen=none_for(GITHUB),
        check="provider",
        **INVALID,
        cause=(f"https://{GITHUB}", "gitlab.com"),
        new=GITHUB,
        owner="provider",
        foreign=FOREIGN,
    ),
    web(
        "issuer-slash",
        "The registered issuer has no slash at the end",
        WebLogin(issuer=f"{IDP}/", trust=trusts("app-7", issuer=IDP), sub="app-7", registered=(IDP,)),
        seen=none_for(f"{IDP}/"),
        check="provider",
        **INVALID,
        cause=(f"https://{IDP}/", "slash"),
        owner="provider",
        foreign=OTHER_APP,
    ),
    web(
        "issuer-case",
        "The registered issuer is in other upper and lower case",
        WebLogin(issuer="idp.example.com/Tenant", trust=APP, sub="app-7", registered=(IDP,)),
        seen=none_for("idp.example.com/Tenant"),
        check="provider",
        **INVALID,
        cause=("idp.example.com/Tenant", "case"),
        owner="provider",
        foreign=OTHER_APP,
    ),
    web(
        "issuer-cluster",
        "The cluster was created again and has a new issuer",
        WebLogin(issuer=CLUSTER, trust=trusts(READER, issuer=FORMER), sub=READER, registered=(FORMER,)),
        seen=none_for(CLUSTER),
        check="provider",
        **INVALID,
        cause=(CLUSTER, FORMER, "EKS"),
        owner="provider",
        foreign=({"sub": "system:serviceaccount:shop:writer"},),
    ),
    web(
        "issuer-enterprise",
        "The enterprise has an issuer of its own",
        WebLogin(issuer=f"{GITHUB}/acme", trust=TRUST, registered=(GITHUB,)),
        seen=none_for(f"{GITHUB}/acme"),
        check="provider",
        **INVALID,
        cause=(f"{GITHUB}/acme", "enterprise"),
        owner="provider",
        foreign=FOREIGN,
    ),
    web(
        "issuer-tenant-version",
        "A v2.0 token of Entra ID, and the provider is registered for v1.0",
        WebLogin(
            issuer="login.microsoftonline.com/88888888-8888-4888-8888-888888888888/v2.0",
            aud="api://aws-federation",
            client_ids=("api://aws-federation",),
            trust=trusts("object-1", issuer=ENTRA, aud="api://aws-federation"),
            sub="object-1",
            registered=(ENTRA,),
        ),
        seen=none_for("login.microsoftonline.com/88888888-8888-4888-8888-888888888888/v2.0"),
        check="provider",
        **INVALID,
        cause=("v2.0", "v1.0"),
        owner="identity-provider",
        foreign=({"sub": "object-2"},),
        chosen={"issuer": ENTRA},
    ),
)

AUDIENCES: Final[tuple[Failure, ...]] = (
    web(
        "audience-typo",
        "The client id is registered misspelt",
        WebLogin(trust=TRUST, client_ids=("sts.amazon.com",)),
        seen=VALIDATED,
        check="audience",
        **INVALID,
        cause=(AUDIENCE, "sts.amazon.com"),
        new=AUDIENCE,
        owner="provider",
        foreign=FOREIGN,
    ),
    web(
        "audience-default",
        "The workflow asks for no audience",
        WebLogin(trust=TRUST, aud="https://github.com/octo-org"),
        seen=VALIDATED,
        check="audience",
        **INVALID,
        cause=("https://github.com/octo-org", AUDIENCE),
        new=AUDIENCE,
        owner="workflow",
        foreign=FOREIGN,
    ),
    web(
        "audience-case",
        "The audience is in other upper and lower case",
        WebLogin(trust=TRUST, aud="STS.amazonaws.com"),
        seen=VALIDATED,
        check="audience",
        **INVALID,
        cause=("STS.amazonaws.com", AUDIENCE),
        new=AUDIENCE,
        owner="workflow",
        foreign=FOREIGN,
    ),
    web(
        "audience-gitlab",
        "`aud` of the job is the URL of GitLab",
        WebLogin(
            issuer="gitlab.com",
            trust=trusts("project_path:acme/shop:ref_type:branch:ref:main", issuer="gitlab.com"),
            sub="project_path:acme/shop:ref_type:branch:ref:main",
            aud="https://gitlab.com",
        ),
        seen=VALIDATED,
        check="audience",
        **INVALID,
        cause=("https://gitlab.com", AUDIENCE),
        new=AUDIENCE,
        owner="workflow",
        foreign=({"sub": "project_path:mallory/shop:ref_type:branch:ref:main"},),
    ),
    web(
        "audience-azp",
        "`azp` is compared in place of `aud`",
        WebLogin(issuer=IDP, trust=trusts("app-7", issuer=IDP, aud="web-client"), sub="app-7", aud=AUDIENCE, claims={"azp": "web-client"}),
        seen=VALIDATED,
        check="audience",
        **INVALID,
        cause=("web-client", "azp"),
        new="web-client",
        owner="provider",
        foreign=OTHER_APP,
    ),
    web(
        "audience-uri",
        "The application is registered by its id, and the token names its URI",
        WebLogin(
            issuer=ENTRA,
            trust=trusts("object-1", issuer=ENTRA, aud="api://aaaa1111-0000-4000-8000-000000000000"),
            sub="object-1",
            aud="api://aaaa1111-0000-4000-8000-000000000000",
            client_ids=("aaaa1111-0000-4000-8000-000000000000",),
        ),
        seen=VALIDATED,
        check="audience",
        **INVALID,
        cause=("api://aaaa1111",),
        new="api://aaaa1111",
        owner="provider",
        foreign=({"sub": "object-2"},),
    ),
    web(
        "audience-several",
        "The token names several audiences and no `azp`",
        WebLogin(issuer=IDP, trust=APP, sub="app-7", aud=[AUDIENCE, "https://api.example.com"]),
        seen=VALIDATED,
        check="audience",
        **INVALID,
        cause=("https://api.example.com", AUDIENCE),
        new=AUDIENCE,
        owner="identity-provider",
        foreign=OTHER_APP,
    ),
)

KEYS: Final[tuple[Failure, ...]] = (
    web(
        "key-rotated",
        "The issuer rotated its key",
        WebLogin(trust=TRUST, registered_kid="2026-05", registered_key="stranger-rsa2048"),
        seen=NO_KEY,
        check="kid",
        **INVALID,
        cause=("2026-11", "2026-05"),
        owner="provider",
        foreign=FOREIGN,
    ),
    web(
        "key-unregistered",
        "The provider was created without its keys",
        WebLogin(trust=TRUST, unregistered=True),
        seen=NO_KEY,
        check="registered-keys",
        code="IDPCommunicationError",
        cause=("token.actions.githubusercontent.com", "without a key set"),
        owner="provider",
        foreign=FOREIGN,
    ),
    web(
        "key-same-id",
        "Another key is registered under the same id",
        WebLogin(trust=TRUST, registered_key="stranger-rsa2048"),
        seen=VALIDATED,
        check="signature",
        **INVALID,
        cause=("2026-11",),
        owner="provider",
        foreign=FOREIGN,
    ),
    web(
        "key-altered",
        "The token was altered after it was signed",
        WebLogin(trust=TRUST, sent=altered),
        seen=VALIDATED,
        check="signature",
        **INVALID,
        cause=("2026-11",),
        owner="call",
        foreign=FOREIGN,
    ),
    web(
        "key-hs256",
        "The token is signed with the client secret",
        WebLogin(issuer=IDP, trust=APP, sub="app-7", header={"alg": "HS256"}),
        seen=VALIDATED,
        check="alg",
        **INVALID,
        cause=("HS256",),
        owner="identity-provider",
        foreign=OTHER_APP,
    ),
    web(
        "key-none",
        "The token is not signed",
        WebLogin(issuer=IDP, trust=APP, sub="app-7", header={"alg": "none"}, sent=unsigned),
        seen=NO_JWT,
        check="alg",
        **INVALID,
        cause=("none",),
        owner="identity-provider",
        foreign=OTHER_APP,
    ),
    web(
        "key-ps256",
        "The token is signed with PS256",
        WebLogin(issuer=IDP, trust=APP, sub="app-7", algorithm="PS256", profile="aws"),
        seen=VALIDATED,
        check="alg",
        **INVALID,
        cause=("PS256",),
        owner="identity-provider",
        foreign=OTHER_APP,
    ),
)

TIMES: Final[tuple[Failure, ...]] = (
    web(
        "token-expired",
        "The token is used after it expired",
        WebLogin(trust=TRUST, used=timedelta(hours=2)),
        seen=f"Token expired: current date/time {NOW + 6900} must be before the expiration date/time {NOW + 600}",
        check="exp",
        code="ExpiredTokenException",
        cause=("2026-11-24T12:10:00Z", "2026-11-24T14:00:00Z"),
        owner="token",
        foreign=FOREIGN,
    ),
    web(
        "token-future",
        "The clock of the issuer is ahead",
        WebLogin(trust=TRUST, used=timedelta(minutes=-20)),
        seen=f"Token issued in the future: {NOW}",
        check="iat",
        **INVALID,
        cause=("2026-11-24T12:00:00Z",),
        owner="clock",
        foreign=FOREIGN,
    ),
    web(
        "token-milliseconds",
        "The times are in milliseconds",
        WebLogin(issuer=IDP, trust=APP, sub="app-7", claims={"iat": NOW * 1000, "exp": (NOW + 600) * 1000}),
        seen=f"Token issued in the future: {NOW * 1000}",
        check="iat",
        **INVALID,
        cause=("millisecond",),
        owner="identity-provider",
        foreign=OTHER_APP,
    ),
)

CLAIMS: Final[tuple[Failure, ...]] = (
    web(
        "access-token",
        "An access token where an ID token belongs",
        WebLogin(issuer=IDP, trust=APP, sub="app-7", claims={"aud": ABSENT, "scope": "read", "client_id": AUDIENCE}),
        seen="Missing a required claim: aud",
        check="required-claims",
        **INVALID,
        cause=("access token",),
        owner="call",
        foreign=OTHER_APP,
        chosen={"claims": {}},
    ),
    web(
        "access-token-cognito",
        "An access token of a Cognito user pool",
        WebLogin(
            issuer=POOL,
            trust=trusts("user-1", issuer=POOL, aud="client-1"),
            aud="client-1",
            client_ids=("client-1",),
            sub="user-1",
            claims={"token_use": "access"},
        ),
        seen=None,
        check="token-use",
        **INVALID,
        cause=("access",),
        owner="call",
        foreign=({"sub": "user-2"},),
        chosen={"claims": {}},
    ),
    web(
        "no-subject",
        "The token has no subject",
        WebLogin(issuer=IDP, trust=APP, sub="app-7", claims={"sub": ABSENT}),
        seen="Missing a required claim: sub",
        check="required-claims",
        **INVALID,
        cause=("sub",),
        owner="identity-provider",
        foreign=OTHER_APP,
        chosen={"claims": {}},
    ),
    web(
        "roles-claim",
        "The token lists other roles",
        WebLogin(issuer=IDP, trust=APP, sub="app-7", claims={"https://aws.amazon.com/roles": [ROLE.replace("Deploy", "Deployer")]}),
        seen="The target role ARN is not present in the roles claim of the identity token",
        check="roles-claim",
        **INVALID,
        cause=("Deployer", ROLE),
        owner="identity-provider",
        foreign=OTHER_APP,
    ),
    web(
        "tags-form",
        "The tags of the token have no list of values",
        WebLogin(issuer=IDP, trust=TAGGING, sub="app-7", claims={"https://aws.amazon.com/tags": {"principal_tags": {"Team": "shop"}}}),
        seen="principal_tags passed in claim is not in correct format.",
        check="principal-tags",
        **INVALID,
        cause=("Team",),
        owner="identity-provider",
        foreign=OTHER_APP,
    ),
    web(
        "source-identity-form",
        "The source identity has a blank",
        WebLogin(issuer=IDP, trust=TAGGING, sub="app-7", claims={"https://aws.amazon.com/source_identity": "Alice Smith"}),
        seen=None,
        check="source-identity",
        **INVALID,
        cause=("Alice Smith",),
        owner="identity-provider",
        foreign=OTHER_APP,
    ),
)

FAILURES: Final = (*ISSUERS, *AUDIENCES, *KEYS, *TIMES, *CLAIMS)
