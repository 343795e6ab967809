"""The projects that are compared: what is installed, how they are started, and what their documentation does not claim."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

WEB_SSO: Final = frozenset({"subject", "provider", "deny"})
"""Groups that only a service with trust policies can judge."""
STATEFUL: Final = frozenset({"replay"})
MINIO: Final = "github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c"


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """One column of the tables.

    Attributes:
        name: Its name.
        program: The file below peers/ that judges with it.
        requirements: What is installed into an environment of its own.
        python: The version of Python that it needs; empty for that of this run.
        server: The command that serves on ``{port}`` of the loopback address, with ``{bin}`` for the programs of the environment.
        environment: Variables of the server.
        health: A path that answers when the server is up.
        silent: Groups that its documentation does not claim to refuse, by kind.
        configured: How it was used.
        trust_policies: Whether it evaluates the trust policy of the role, in its own words.
    """

    name: str
    program: str
    requirements: tuple[str, ...] = ()
    python: str = ""
    server: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    health: str = "/"
    silent: dict[str, frozenset[str]] = field(default_factory=dict)
    configured: str
    trust_policies: str = "no trust policies"


EVERYTHING: Final = frozenset({"*"})
"""In `silent`: it does not claim to judge tokens at all."""
BOTO: Final = "boto3==1.44.5"
PROJECTS: Final = (
    Project(
        name="federation",
        program="ourselves.py",
        silent={"oidc": STATEFUL},
        configured="`assume_role_with_saml`, `assume_role_with_web_identity`, profile strict, replay as by default: SAML responses once",
        trust_policies="evaluated",
    ),
    Project(
        name="moto",
        program="aws_over_http.py",
        requirements=("moto[server]==5.2.5", BOTO),
        server="{bin}/moto_server -H 127.0.0.1 -p {port}",
        silent={"saml": EVERYTHING, "oidc": EVERYTHING},
        configured="`moto_server`; providers and roles created by IAM calls, tokens exchanged by boto3",
        trust_policies="stored, not evaluated for federated logins",
    ),
    Project(
        name="LocalStack",
        program="aws_over_http.py",
        requirements=(
            "localstack-core[runtime]==2026.3.0",
            "boto3==1.42.72",
            "cbor2==5.7.1",
            "pyopenssl==25.3.0",
            "service-identity==24.2.0",
        ),
        python="3.13",
        server="{bin}/python -m localstack.runtime.main",
        environment={
            "GATEWAY_LISTEN": "127.0.0.1:{port}",
            "SERVICES": "sts,iam",
            "DISABLE_EVENTS": "1",
            "SKIP_SSL_CERT_DOWNLOAD": "1",
            "ACTIVATE_PRO": "0",
        },
        health="/_localstack/health",
        silent={"saml": EVERYTHING, "oidc": EVERYTHING},
        configured="the open package `localstack-core` from PyPI, started on the host; what the image of the vendor adds was not run",
        trust_policies="stored, not evaluated for federated logins",
    ),
    Project(
        name="MinIO",
        program="minio.py",
        server="{minio} server --quiet --address 127.0.0.1:{port} --console-address 127.0.0.1:{other} {folder}",
        environment={
            "MINIO_IDENTITY_OPENID_CONFIG_URL": "{issuer}/.well-known/openid-configuration",
            "MINIO_IDENTITY_OPENID_CLIENT_ID": "sts.amazonaws.com",
            "MINIO_ROOT_USER": "comparison",
            "MINIO_ROOT_PASSWORD": "comparison-only",
            "MINIO_BROWSER": "off",
            "MINIO_UPDATE": "off",
        },
        health="/minio/health/live",
        silent={"oidc": STATEFUL | WEB_SSO},
        configured=f"built by `go install {MINIO}`; one OpenID provider, the policy from the claim `policy`",
        trust_policies="none: the token, or the provider, names a policy of MinIO",
    ),
    Project(
        name="python3-saml",
        program="python3_saml.py",
        requirements=("python3-saml==1.16.0", "lxml==6.1.3", "xmlsec==1.3.17"),
        silent={"saml": STATEFUL | WEB_SSO},
        configured="`strict`, `wantAssertionsSigned`, `rejectDeprecatedAlgorithm`, the certificate of the provider",
    ),
    Project(
        name="pysaml2",
        program="pysaml2.py",
        requirements=("pysaml2==7.5.5",),
        silent={"saml": STATEFUL | WEB_SSO},
        configured="metadata of the provider, `want_assertions_signed` without `want_response_signed`, `allow_unsolicited`, `conv_info`",
    ),
    Project(
        name="minisaml",
        program="minisaml_.py",
        requirements=("minisaml==26.1",),
        silent={"saml": STATEFUL | WEB_SSO | {"recipient"}},
        configured="`validate_response` with certificate, audience and issuer",
    ),
    Project(
        name="signxml",
        program="signxml_.py",
        requirements=("signxml==5.2.0",),
        silent={"saml": STATEFUL | WEB_SSO | {"audience", "recipient", "issuer", "expired", "early"}},
        configured="`XMLVerifier.verify` with certificate and `location`; only `signed_xml` is read",
    ),
    Project(
        name="PyJWT",
        program="pyjwt.py",
        requirements=("PyJWT==2.15.1", "cryptography==50.0.2"),
        silent={"oidc": STATEFUL | WEB_SSO},
        configured="`decode` with the key of the key set, `algorithms`, `audience`, `issuer`, required claims",
    ),
)
UNMEASURED: Final = {
    "floci": "an emulator of AWS that is given out as a container image; no image could be had, so nothing is said of it",
}
