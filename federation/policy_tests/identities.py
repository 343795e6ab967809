"""Identities as tests say them, in the words of their vendors, and the claims that a token of each has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from federation.errors import show
from federation.policy_tests.document import TestFileValue
from federation.testing import names
from federation.testing.oidc_shapes import OIDC_SHAPES
from federation.vendors import OidcShape
from federation.vendors.workloads import WORKLOADS, WorkloadWords

GENERIC: Final = ("issuer", "audience", "subject", "claims")
SAML: Final = ("provider", "recipient", "name_id", "name_id_format", "attributes")
AWS: Final = ("arn", "external_id", "mfa", "principal_tags", "organization")
KINDS: Final = (*WORKLOADS, "oidc", "saml", "aws")
_CALLER: Final = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):(?P<service>iam|sts)::(?P<account>\d{12}):(?P<kind>root|user|role|assumed-role)(?:/(?P<name>[!-~]{1,512}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenBearer:
    """Who comes with an ID token.

    Attributes:
        vendor: The word of the test for the vendor.
        shape: The form of the tokens.
        issuer: The URL of the issuer.
        audience: The audience.
        subject: The subject.
        claims: Claims in place of those of the form.
    """

    vendor: str
    shape: OidcShape
    issuer: str
    audience: str
    subject: str
    claims: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssertionBearer:
    """Who comes with a SAML assertion.

    Attributes:
        provider: Name or ARN of the SAML provider; empty for the only one.
        recipient: The Recipient, ``saml:aud``; empty for that of AWS.
        name_id: The NameID.
        name_id_format: Its format; empty for that of most products.
        attributes: Further attributes, by the name that the identity provider writes.
    """

    provider: str = ""
    recipient: str = ""
    name_id: str = "alice"
    name_id_format: str = ""
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialBearer:
    """Who comes with credentials of AWS. The own policies of the caller are taken to allow the call: the trust policy is what is tested.

    Attributes:
        arn: ARN of a user, the root, a role or a session of a role.
        partition: The partition of the ARN.
        account: The account of the ARN.
        kind: ``root``, ``user``, ``role`` or ``assumed-role``.
        name: The rest of the ARN.
        external_id: The external id; None for none.
        mfa: Whether the caller authenticated with MFA.
        tags: The tags of the principal.
        organization: The id of the organization of its account; empty for that of the tested account, where it is the same account.
    """

    arn: str
    partition: str
    account: str
    kind: str
    name: str
    external_id: str | None = None
    mfa: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)
    organization: str = ""


PolicyTestIdentity = TokenBearer | AssertionBearer | CredentialBearer


def read_identity(entry: TestFileValue) -> PolicyTestIdentity:
    """Return the identity of *entry*, a mapping with the one member that says its vendor.

    Raises:
        ValidationError: Check ``policy-test-file``.
    """
    members = entry.mapping(may=KINDS)
    if len(members) != 1:
        entry.refuse(f"one of {', '.join(KINDS)}", f"{len(members)} of them", "say who logs in")
    [(kind, inner)] = members.items()
    if kind == "saml":
        return _assertion(inner)
    if kind == "aws":
        return _credentials(inner)
    return _generic(inner) if kind == "oidc" else _workload(kind, WORKLOADS[kind], inner)


def _generic(entry: TestFileValue) -> TokenBearer:
    members = entry.mapping(needs=("issuer", "audience", "subject"), may=GENERIC)
    return TokenBearer(
        vendor="oidc",
        shape=OIDC_SHAPES["generic"],
        issuer=_url(members["issuer"]),
        audience=members["audience"].string(),
        subject=members["subject"].string(),
        claims=_claims(members),
    )


def _workload(kind: str, workload: WorkloadWords, entry: TestFileValue) -> TokenBearer:
    needs = (*workload.needs, *(("issuer",) if workload.own_issuer else ()), *(("audience",) if workload.needs_audience else ()))
    members = entry.mapping(needs=needs, may=(*workload.words, "issuer", "audience", "claims"))
    words = {}
    for word in workload.words:
        if word not in members:
            continue
        if word not in workload.flags:
            words[word] = members[word].string()
        elif members[word].flag():
            words[word] = "true"
    chosen = [word for word in workload.one_of if word in words]
    if workload.one_of and len(chosen) != 1:
        entry.refuse(f"one of {', '.join(workload.one_of)}", " and ".join(chosen) or "none of them", "say which job it is")
    if kind == "github" and "/" not in words["repository"]:
        members["repository"].refuse("OWNER/REPOSITORY", show(words["repository"]), "write the owner, too")
    if "immutable_subject" in words and not {"owner_id", "repository_id"} <= set(words):
        members["immutable_subject"].refuse("owner_id and repository_id beside it", "no ids", "add the ids: they are in the subject")
    shape = OIDC_SHAPES[workload.shape]
    subject = workload.subject(words)
    audience = members["audience"].string() if "audience" in members else shape.audience
    claims: dict[str, Any] = {**workload.claims(words), **_claims(members)}
    if "azp" in shape.claims(subject):  # the application that asked; AWS compares it as the audience
        claims.setdefault("azp", audience)
    issuer = _url(members["issuer"]) if "issuer" in members else shape.issuer
    return TokenBearer(vendor=kind, shape=shape, issuer=issuer, audience=audience, subject=subject, claims=claims)


def _claims(members: Mapping[str, TestFileValue]) -> dict[str, Any]:
    if "claims" not in members:
        return {}
    claims = members["claims"].mapping()
    for name in ("iss", "sub", "aud", "exp", "iat", "nbf"):
        if name in claims:
            claims[name].refuse("other claims than those of the test itself", show(name), "write issuer, subject and audience as members")
    return {name: each.plain() for name, each in claims.items()}


def _url(entry: TestFileValue) -> str:
    text = entry.string()
    return text if "://" in text else f"https://{text}"


def _assertion(entry: TestFileValue) -> AssertionBearer:
    members = entry.mapping(may=SAML)
    attributes = members["attributes"].mapping() if "attributes" in members else {}
    for name, value in attributes.items():
        if name.startswith(names.AWS_ATTRIBUTES):
            value.refuse("attributes of people", show(name), "write session_name, tags and source_identity as members of the test")
    texts = {name: members[name].string() for name in SAML[:-1] if name in members}
    return AssertionBearer(**texts, attributes={name: value.strings() for name, value in attributes.items()})


def _credentials(entry: TestFileValue) -> CredentialBearer:
    members = entry.mapping(needs=("arn",), may=AWS)
    arn = members["arn"].string()
    match = _CALLER.fullmatch(arn)
    if (
        match is None
        or (match["service"] == "sts") is not (match["kind"] == "assumed-role")
        or (match["kind"] == "root") is bool(match["name"])
    ):
        members["arn"].refuse("the ARN of a user, the root, a role or a session of a role", show(arn))
    tags = members["principal_tags"].mapping() if "principal_tags" in members else {}
    return CredentialBearer(
        arn=arn,
        partition=match["partition"],
        account=match["account"],
        kind=match["kind"],
        name=match["name"] or "",
        external_id=members["external_id"].string() if "external_id" in members else None,
        mfa=members["mfa"].flag() if "mfa" in members else False,
        tags={key: value.string() for key, value in tags.items()},
        organization=members["organization"].string() if "organization" in members else "",
    )
