"""An account in memory, made of documents that were dropped on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from federation.account.live import LiveAccount
from federation.account.model import ROLE_NAME, Role
from federation.account.writing.oidc_providers import add_oidc_provider
from federation.account.writing.saml_providers import add_saml_provider
from federation.errors import ValidationError
from federation.explaining.positions import scan
from federation.explaining.roles import trust_policy_in
from federation.explaining.sources import Sources
from federation.judging.kinds import SAML
from federation.judging.unverified_token import UnverifiedToken
from federation.oidc.provider import NO_CLIENT_IDS
from federation.page.accounts import PageAccount
from federation.page.asked import PageQuestion
from federation.policy import Policy
from federation.saml.reading.inspection import inspect_response

DOCUMENTS: Final = "documents"
"""Stands in the form for the account that is made of dropped documents."""
POLICY_FILE: Final = "trust-policy.json"
"""The name under which places refer to the dropped trust policy."""
_ARN: Final = re.compile(
    r"arn:(aws[a-z-]{0,29}):iam::(\d{12}):(role|saml-provider|oidc-provider)/([!-~]{1,640}?)(?=,arn:|[^!-~]|\Z)", re.ASCII
)
"""A value of the Role attribute has two, joined by a comma."""
_ACCOUNT: Final = "123456789012"
_NAME: Final = "Dropped"
_ROLE_ID: Final = "AROADROPPEDDOCUMENTS1"


@dataclass(frozen=True, slots=True)
class DroppedNames:
    """The names that an account made of documents has: those that a document or the token writes, else made up ones."""

    partition: str
    account: str
    saml: str
    role: str


def dropped_account(asked: PageQuestion, token: UnverifiedToken) -> PageAccount:
    """Return the account that the documents in *asked* make up, to judge *token* by.

    Raises:
        FederationError: A document is at fault, or there is none.
    """
    if not asked.has_documents:
        raise ValidationError(
            check="account",
            expected="metadata, a key set or a trust policy",
            found="no document",
            remedy="drop the documents of the provider, or serve an account with `federation page --account DIR`",
        )
    notes: list[str] = []
    place, policy = _policy_of(asked.policy) if asked.policy.strip() else ("$", None)
    names = _names(asked, token, {} if policy is None else policy.document)
    live = LiveAccount.in_memory(names.account, partition=names.partition)
    with live.changing() as draft:
        if asked.metadata.strip():
            add_saml_provider(draft, name=names.saml, metadata=asked.metadata.strip())
        if asked.jwks.strip():
            issuer = asked.issuer or _claimed_issuer(token, notes)
            clients = [asked.client_id] if asked.client_id else NO_CLIENT_IDS
            add_oidc_provider(draft, url=issuer, client_ids=clients, jwks=asked.jwks.strip())
    account = live.account
    if policy is None:
        return PageAccount(account, Sources(account=account), tuple(notes))
    role = Role(
        arn=f"arn:{names.partition}:iam::{names.account}:role/{names.role}",
        name=names.role.rpartition("/")[2],
        path=f"/{names.role}".rpartition("/")[0] + "/",
        role_id=_ROLE_ID,
        trust_policy=policy,
        max_session_duration=3600,
        file=POLICY_FILE,
        place=place,
    )
    account = replace(account, roles={role.arn: role}, names=None)  # type: ignore[arg-type]  # derived from the roles
    return PageAccount(account, Sources(account=account, texts={POLICY_FILE: asked.policy}), tuple(notes))


def _policy_of(text: str) -> tuple[str, Policy]:
    """Return the trust policy in *text*, as it is stored, and its place: the document itself, or the role that ``aws iam`` prints."""
    try:
        root = scan(text)
    except (ValueError, IndexError, RecursionError):
        return "$", Policy.stored(text, kind="trust")  # refuses it, and says where it is at fault
    place, node = trust_policy_in(root) or ("$", root)
    return place, Policy.stored(text[node.start : node.end], kind="trust")


def _names(asked: PageQuestion, token: UnverifiedToken, policy: Mapping[str, Any]) -> DroppedNames:
    """Return the names for the account: the role that is asked for, what the policy trusts, what the response names, in that order."""
    written = [found for text in (asked.role, *_texts(policy), *_offered(token)) for found in _ARN.findall(text)]
    first = written[0] if written else ("aws", _ACCOUNT, "", "")
    here = [(kind, name) for partition, account, kind, name in written if (partition, account) == first[:2]]
    named = dict(reversed(here))
    wanted = asked.role if ROLE_NAME.fullmatch(asked.role) else _NAME
    return DroppedNames(first[0], first[1], named.get("saml-provider", _NAME), named.get("role", wanted))


def _texts(value: object) -> Iterator[str]:
    """Yield the principals that a policy trusts."""
    statements = value.get("Statement") if isinstance(value, Mapping) else None
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal") if isinstance(statement, Mapping) else None
        federated = principal.get("Federated") if isinstance(principal, Mapping) else None
        yield from (each for each in (federated if isinstance(federated, list) else [federated]) if isinstance(each, str))


def _offered(token: UnverifiedToken) -> Iterator[str]:
    """Yield the values of the attributes of a SAML response, which name roles and providers."""
    if token.kind == SAML:
        for assertion in inspect_response(token.token).get("assertions", ()):
            for attribute in assertion["Attributes"]:
                yield from (str(value) for value in attribute["Values"])


def _claimed_issuer(token: UnverifiedToken, notes: list[str]) -> str:
    issuer = token.issuer
    if issuer is None:
        raise ValidationError(check="issuer", expected="the issuer of the key set", found="none", remedy="give its URL beside the key set")
    notes.append("The key set was taken to be that of the issuer that the token names, which nothing proves.")
    return issuer
