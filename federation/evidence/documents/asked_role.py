"""The role of files that a login asks for, in an account where it can be asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from federation.account import Account
from federation.account.reading.keyring import Keyring
from federation.arn import Arn
from federation.errors import ValidationError, show
from federation.evidence.documents.applying import role_as_declared
from federation.evidence.documents.faults import DocumentFault, broken
from federation.evidence.documents.files import EvidenceSource
from federation.evidence.documents.given import ACCOUNT_ID, PARTITION
from federation.evidence.documents.model import FoundDocument, FoundEvidence, FoundRole
from federation.evidence.documents.open_policy import OpenPolicy, open_policy
from federation.evidence.documents.reading import read_evidence
from federation.policy import Kind
from federation.profiles import Profile

_MOST_LISTED: Final = 12
_DeclaredRole = tuple[FoundRole, FoundDocument]


@dataclass(frozen=True, slots=True)
class AskedRole:
    """A role as files declare it.

    Attributes:
        account: The account that has it; the file of the role in it is the name of the file of `document`.
        document: Its trust policy, with the places of its parts.
        open: The policy as it is asked.
        faults: What else in the files cannot be read.
    """

    account: Account
    document: FoundDocument
    open: OpenPolicy
    faults: tuple[DocumentFault, ...] = ()


def account_around(arn: str) -> Account:
    """Return an account that has nothing, the one of *arn*.

    Raises:
        ValidationError: *arn* is no ARN.
    """
    parts = Arn.parse(arn)
    return Account(id=parts.account, partition=parts.partition, profile=Profile.STRICT, keyring=Keyring.generate())


def asked_role(
    account: Account,
    arn: str,
    sources: Iterable[EvidenceSource],
    *,
    provider: str,
    actions: tuple[str, ...],
    called: str | None = None,
    given: Mapping[str, str] | None = None,
) -> AskedRole:
    """Return the role *arn* as the files in *sources* declare it, in *account*, which is as it was otherwise.

    It is the role with that ARN, or with its name where the files do not say the ARN; where the name is not said either, the only role, or
    the only trust policy that is a file of its own.

    Args:
        account: The account of the role.
        arn: The role.
        sources: Files, directories with files of known endings, or octets with a name.
        provider: Who asks: an identity provider.
        actions: What the login does.
        called: The address, name or ARN by which the files call the role, where that is not *arn*.
        given: As for `read_evidence`.

    Raises:
        ValidationError: Check ``document-resource``: the files have no such role, or it is not said which one it is; check
            ``document-unknown``: a part of its policy is unknown whose place has no third value.
        MalformedPolicyDocument: Its policy violates the grammar.
        FederationError: A file that is needed cannot be read.
    """
    if Arn.parse(arn).account != account.id:
        raise broken("document-resource", f"a role of account {account.id}", show(arn))
    known = {ACCOUNT_ID: account.id, PARTITION: account.partition, **(given or {})}
    evidence = read_evidence(sources, given=known)
    found, document = _chosen(evidence, arn, called)
    asked = ask_role(account, arn, found, document, provider=provider, actions=actions)
    return replace(asked, faults=evidence.faults)


def ask_role(
    account: Account, arn: str, found: FoundRole, document: FoundDocument, *, provider: str, actions: tuple[str, ...]
) -> AskedRole:
    """Return the role *arn* as *found* and its trust policy *document* declare it, in *account*, which is as it was otherwise.

    Raises:
        ValidationError: As `asked_role`, check ``document-unknown``.
        MalformedPolicyDocument: Its policy violates the grammar.
    """
    opened = open_policy(document, provider=provider, actions=actions)
    role = replace(role_as_declared(found, arn, opened.policy, account.roles.get(arn), account), file=document.file, place="$")
    return AskedRole(replace(account, roles=MappingProxyType({**account.roles, arn: role})), document, opened)


def declared_as(evidence: FoundEvidence, arn: str) -> tuple[FoundRole, ...]:
    """Return the roles of *evidence* that may be *arn*: by that ARN, else by its name; a plan and its configuration both have it."""
    by_arn, by_name, _ = _by_arn([(each, each.trust) for each in evidence.roles if each.trust is not None], arn)
    return tuple(found for found, _ in by_arn or by_name)


def _chosen(evidence: FoundEvidence, arn: str, called: str | None) -> tuple[FoundRole, FoundDocument]:
    """Return the role of *evidence* that is *called* so, else the one that *arn* is, with its trust policy."""
    declared = [(each, each.trust) for each in evidence.roles if each.trust is not None]
    alone = [(FoundRole(address=""), each) for each in evidence.documents if each.format == "policy" and each.kind in (None, Kind.TRUST)]
    several = (
        [found for found in declared if called is not None and found[0].is_called(called)],
        *_by_arn(declared, arn),
        [] if declared else alone,
    )
    for found in several:
        if len(found) == 1:
            return found[0]
        if found:
            raise _unclear(f"one role that is {show(called or arn)}", f"{len(found)}: {_listed(found)}")
        if called is not None:
            break
    if evidence.faults and not declared:
        raise evidence.faults[0].refusal
    raise _unclear(f"the role {show(called or arn)}", _listed(declared) or "no role")


def _by_arn(declared: list[_DeclaredRole], arn: str) -> Iterator[list[_DeclaredRole]]:
    """Yield the roles that may be *arn*, those first that say so."""
    name = arn.rpartition("/")[2].casefold()
    yield [found for found in declared if found[0].arn == arn]
    open_ = [found for found in declared if found[0].arn is None]
    yield [found for found in open_ if found[0].name is not None and found[0].name.casefold() == name]
    yield [found for found in open_ if found[0].name is None]


def _unclear(expected: str, found: str) -> ValidationError:
    return broken("document-resource", expected, found, remedy="name the role as the files call it, or give the value of its name")


def _listed(roles: list[_DeclaredRole]) -> str:
    shown = ", ".join(show(each.address) for each, _ in roles[:_MOST_LISTED])
    return shown if len(roles) <= _MOST_LISTED else f"{shown} and {len(roles) - _MOST_LISTED} more"
