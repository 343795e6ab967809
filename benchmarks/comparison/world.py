"""The tokens that every project is given, with keys of this run, and what each must know to judge them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from federation.testing import SHAPES, Login, OidcForge, SamlForge, SigningKey, TokenKey, to_base64
from federation.testing.mutator import mutations

ACCOUNT: Final = "123456789012"
SAML_PROVIDER: Final = f"arn:aws:iam::{ACCOUNT}:saml-provider/Company"
SIGN_IN: Final = "https://signin.aws.amazon.com/saml"
AUDIENCE: Final = "urn:amazon:webservices"
ISSUER: Final = "https://token.actions.example.com"
CLIENT: Final = "sts.amazonaws.com"
MAIN: Final = "repo:acme/app:ref:refs/heads/main"
ALICE: Final = "alice@example.com"
ROLES: Final = "https://aws.amazon.com/SAML/Attributes/"

SAML_GROUPS: Final = {
    "genuine": "a genuine response",
    "key": "no signature, or that of another key",
    "wrapping": "signature wrapping: XSW1 to XSW8 and further places",
    "content": "signed content altered",
    "texts": "comments and processing instructions within signed values",
    "signature": "references, transforms, algorithms and values of the signature exchanged",
    "xml": "DTDs, entities, other encodings, broken documents",
    "audience": "genuine, for another audience",
    "recipient": "genuine, for another recipient",
    "issuer": "genuine signature, another issuer",
    "expired": "genuine, expired",
    "early": "genuine, not yet valid",
    "replay": "genuine, a second time",
    "subject": "genuine, of a subject that the trust policy does not name",
    "provider": "genuine, for a role whose trust policy names another provider",
    "deny": "genuine, for a role whose trust policy denies everybody",
}
OIDC_GROUPS: Final = {
    "genuine": "a genuine token",
    "none": "`alg` none, missing or no text",
    "hmac": "HMAC with a public key or an empty secret",
    "key": "another key: in the header, by URL, under the same or no `kid`",
    "signature": "another `alg`, signature cut, empty or of zeros",
    "content": "signed claims altered",
    "form": "other encodings, doubled members, other serialisations",
    "audience": "genuine, for another audience",
    "issuer": "genuine signature, another issuer",
    "expired": "genuine, expired",
    "early": "genuine, not yet valid (`nbf`)",
    "replay": "genuine, a second time",
    "subject": "genuine, of another branch than the trust policy names",
    "provider": "genuine, for a role whose trust policy names another provider",
    "deny": "genuine, for a role whose trust policy denies everybody",
}
SAML_ROWS: Final = {"key": ("S25", "K01", "K02", "K03", "K05"), "texts": ("T01", "T02", "X10"), "xml": ("X",)}
"""Groups by the attack rows that their mutations belong to; of the signature's own rows, those below WRAPPING are wrappings."""
WRAPPING: Final = (*(f"S{number:02}" for number in range(1, 15)), "S21", "S22", "S23", "S27", "S34")
OIDC_ROWS: Final = {
    "none": ("J01", "J02"),
    "hmac": ("J03", "J44"),
    "key": ("J09", "J10", "J11", "J12", "J13", "J14", "J16", "J17"),
    "signature": ("J04", "J06", "J24"),
    "form": ("J18", "J19", "J23", "J25", "J26"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One token and the role that is asked for. Every one but the genuine must be refused.

    Attributes:
        group: The row of the table.
        name: What was done to it.
        token: What is posted.
        role: Name of the role.
    """

    group: str
    name: str
    token: str
    role: str = "Deploy"


def saml_group(rows: tuple[str, ...]) -> str:
    """Return the group of a mutation of a SAML response."""
    if not rows:
        return "content"
    if rows[0] in WRAPPING:
        return "wrapping"
    return next((group for group, prefixes in SAML_ROWS.items() if rows[0].startswith(prefixes)), "signature")


def oidc_group(rows: tuple[str, ...]) -> str:
    """Return the group of a mutation of an ID token."""
    return next((group for group, prefixes in OIDC_ROWS.items() if rows and rows[0] in prefixes), "content" if not rows else "form")


def demanded(role: str) -> dict[str, tuple[str, ...]]:
    """Return the attributes that AWS requires of a login to *role*."""
    return {f"{ROLES}Role": (f"arn:aws:iam::{ACCOUNT}:role/{role},{SAML_PROVIDER}",), f"{ROLES}RoleSessionName": ("alice",)}


def saml_cases(forge: SamlForge, at: datetime) -> Iterator[Case]:
    """Yield the responses, the genuine one first and last."""
    login = Login(
        at=at, subject=ALICE, audiences=(AUDIENCE,), attributes=demanded("Deploy"), validity=timedelta(minutes=30), seed="genuine"
    )

    def signed(login: Login) -> str:
        return to_base64(forge.response(login, sign="assertion"))

    genuine = signed(login)
    yield Case("genuine", "genuine", genuine)
    for mutation in mutations(genuine):
        yield Case(saml_group(mutation.rows), mutation.name, mutation.token)
    yield Case("audience", "another audience", signed(replace(login, audiences=("https://other.example/saml",), seed="a")))
    yield Case("recipient", "another recipient", signed(replace(login, recipient="https://other.example/acs", seed="r")))
    yield Case(
        "issuer", "another issuer", signed(replace(login, issuer="https://evil.example", response_issuer="https://evil.example", seed="i"))
    )
    yield Case("expired", "a day ago", signed(replace(login, at=at - timedelta(days=1), seed="e")))
    yield Case("early", "in a day", signed(replace(login, at=at + timedelta(days=1), seed="n")))
    yield Case("subject", "another subject", signed(replace(login, subject="bob@example.com", seed="s")))
    for group, role in (("provider", "OtherProvider"), ("deny", "Denied")):
        yield Case(group, role, signed(replace(login, attributes=demanded(role), seed=role)), role)
    yield Case("replay", "once more", genuine)


def oidc_cases(forge: OidcForge, at: datetime) -> Iterator[Case]:
    """Yield the tokens, the genuine one first and last."""
    now = int(at.timestamp())
    times = {"nbf": now, "exp": now + 1800, "policy": "readonly"}  # the last for MinIO, which takes a policy from the token

    def signed(subject: str = MAIN, audience: str = CLIENT, **changes: object) -> str:
        return forge.signed(forge.claims(at=at, subject=subject, audience=audience, **{**times, **changes}))

    genuine = signed()
    yield Case("genuine", "genuine", genuine)
    for mutation in mutations(genuine, jwks=forge.jwks()):
        yield Case(oidc_group(mutation.rows), mutation.name, mutation.token)
    yield Case("audience", "another audience", signed(audience="https://other.example"))
    yield Case("issuer", "another issuer", signed(iss="https://evil.example"))
    day = 86_400
    yield Case("expired", "a day ago", signed(iat=now - day, nbf=now - day, exp=now - day + 1800))
    yield Case("early", "in a day", signed(nbf=now + day, exp=now + day + 1800))
    yield Case("subject", "another branch", signed(subject="repo:acme/app:ref:refs/heads/feature", jti="s"))
    for group, role in (("provider", "OtherProvider"), ("deny", "Denied")):
        yield Case(group, role, signed(jti=role), role)
    yield Case("replay", "once more", genuine)


def trust_policies(issuer: str) -> dict[str, dict[str, Any]]:
    """Return the trust policy of each role."""
    host = issuer.partition("//")[2]
    oidc = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{host}"

    def statement(effect: str, principal: str, action: str, condition: dict[str, Any] | None = None) -> dict[str, Any]:
        members = {"Effect": effect, "Principal": {"Federated": principal}, "Action": f"sts:AssumeRoleWith{action}"}
        return {**members, **({"Condition": condition} if condition else {})}

    web = {"StringEquals": {f"{host}:aud": CLIENT, f"{host}:sub": MAIN}}
    saml = {"StringEquals": {"SAML:aud": SIGN_IN, "SAML:sub": ALICE}}
    allowed = [statement("Allow", oidc, "WebIdentity", web), statement("Allow", SAML_PROVIDER, "SAML", saml)]
    others = [
        statement("Allow", f"arn:aws:iam::{ACCOUNT}:oidc-provider/accounts.example.com", "WebIdentity"),
        statement("Allow", f"arn:aws:iam::{ACCOUNT}:saml-provider/Other", "SAML"),
    ]
    denied = [statement("Deny", oidc, "WebIdentity"), statement("Deny", SAML_PROVIDER, "SAML")]
    policies = {"Deploy": allowed, "OtherProvider": others, "Denied": [*allowed, *denied]}
    return {name: {"Version": "2012-10-17", "Statement": statements} for name, statements in policies.items()}


def world(issuer: str = ISSUER) -> dict[str, Any]:
    """Return everything as plain data: keys of this run, the roles and the cases.

    Args:
        issuer: URL of the OpenID Connect issuer.
    """
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=5)  # the projects read the clock
    key = SigningKey.generate("rsa-2048", common_name="comparison", at=at)
    saml = SamlForge(key=key, shape=SHAPES["entra"])
    oidc = OidcForge(key=TokenKey.generate("RS256"), issuer=issuer)
    public = oidc.key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {
        "account": ACCOUNT,
        "policies": trust_policies(issuer),
        "saml": {
            "arn": SAML_PROVIDER,
            "issuer": saml.entity_id,
            "metadata": saml.metadata().decode(),
            "certificate": key.certificate.public_bytes(Encoding.PEM).decode(),
            "audience": AUDIENCE,
            "recipient": SIGN_IN,
            "cases": [[case.group, case.name, case.token, case.role] for case in saml_cases(saml, at)],
        },
        "oidc": {
            "issuer": issuer,
            "jwks": oidc.jwks(),
            "public_key": public.decode(),
            "audience": CLIENT,
            "cases": [[case.group, case.name, case.token, case.role] for case in oidc_cases(oidc, at)],
        },
    }
