"""An account as it would be with the roles of a plan, a template or an answer of IAM."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from federation.account import Account, Role
from federation.account.reading.entities import ROLE
from federation.account.reading.roles import MAX_SESSION_DURATION_MIN
from federation.arn import Arn
from federation.errors import show
from federation.evidence.documents.faults import broken
from federation.evidence.documents.files import EvidenceSource
from federation.evidence.documents.given import ACCOUNT_ID, PARTITION
from federation.evidence.documents.model import FoundEvidence, FoundRole
from federation.evidence.documents.reading import read_evidence
from federation.policy import Policy


def with_roles_of(account: Account, sources: Iterable[EvidenceSource], *, given: Mapping[str, str] | None = None) -> Account:
    """Return *account* with the roles that the files in *sources* declare. It is as it was otherwise.

    A role of the account gets the trust policy, and the longest session where the file says it. A role that a plan removes is gone, and
    any other role is added. Account, partition and what *given* says are known in the files.

    Args:
        account: The account.
        sources: Files, directories with files of known endings, or octets with a name.
        given: As for `read_evidence`.

    Raises:
        FederationError: A file cannot be read; check ``document-unknown``: the name or a part of the trust policy of a role is not known;
            check ``document-resource``: there is no role, one twice, or one of another account.
    """
    known = {ACCOUNT_ID: account.id, PARTITION: account.partition, **(given or {})}
    return _applied(account, read_evidence(sources, given=known))


def _applied(account: Account, evidence: FoundEvidence) -> Account:
    if evidence.faults:
        raise evidence.faults[0].refusal
    if not evidence.roles:
        raise broken("document-resource", "files that declare roles", "none")
    roles, seen = dict(account.roles), set[str]()
    for found in evidence.roles:
        arn = _arn_of(found, account)
        if arn in seen:
            raise broken("document-resource", "every role once", f"{show(found.address)}, a second time {show(arn)}")
        seen.add(arn)
        if found.trust is None:
            roles.pop(arn, None)
        else:
            roles[arn] = role_as_declared(found, arn, found.trust.policy(), roles.get(arn), account)
    return replace(account, roles=MappingProxyType(roles))


def _arn_of(found: FoundRole, account: Account) -> str:
    """Return the ARN of the role of the account that *found* is, else the one that it would get."""
    if found.arn is not None:
        if Arn.parse(found.arn).account != account.id:
            raise broken("document-resource", f"roles of account {account.id}", f"{show(found.address)}, which is {show(found.arn)}")
        return found.arn
    if found.name is None:
        raise broken("document-unknown", "a role whose name the file says", f"{show(found.address)}, whose name is not known")
    same = [role.arn for role in account.roles.values() if role.name.casefold() == found.name.casefold()]
    return same[0] if same else f"arn:{account.partition}:iam::{account.id}:role/{found.name}"


def role_as_declared(found: FoundRole, arn: str, trust: Policy, before: Role | None, account: Account) -> Role:
    """Return the role *arn* with the policy *trust* and what *found* says of it; *before* is what *account* has under that name."""
    if before is not None:
        return replace(before, trust_policy=trust, max_session_duration=found.max_session or before.max_session_duration)
    path, _, name = arn.partition(":role")[2].rpartition("/")
    return Role(
        arn=arn,
        name=name,
        path=f"{path}/",
        role_id=ROLE.derived_id(account.id, f"{path}/", name),
        trust_policy=trust,
        max_session_duration=found.max_session or MAX_SESSION_DURATION_MIN,
    )
