"""Whether a role of files lets in a workload: by proof about every token that the workload can have."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Any, Final

from federation import limits
from federation.arn import Arn
from federation.errors import FederationError
from federation.evidence.cloudtrail.login_record import WEB_IDENTITY
from federation.evidence.documents.asked_role import AskedRole, account_around, ask_role
from federation.evidence.documents.model import ExpectedLogin, FoundDocument, FoundRole
from federation.oidc.conditions import KeyNames
from federation.policy import Policy
from federation.policy.analysis import Budget, lets_somebody_in
from federation.policy.document import read_document
from federation.policy.grammar import CURRENT
from federation.policy.wildcard import fold
from federation.vendors import find_vendor
from federation.vendors.subjects import CUSTOMISED, GITHUB

ACTION: Final = f"sts:{WEB_IDENTITY}"
_PROVIDER: Final = ":oidc-provider/"
_SCHEME: Final = "https://"
_QUESTION: Final = 10_000
"""Steps that a question costs besides its policy: its refusal may have to be explained."""


class Admittance(StrEnum):
    """Whether a role lets in tokens of a workload."""

    SOME = "some"
    """It lets in a token that the workload can have."""
    NONE = "none"
    """It lets in none of them."""
    OPEN = "open"
    """The files do not say it."""


_ADMITTANCES: Final = {True: Admittance.SOME, False: Admittance.NONE, None: Admittance.OPEN}


@dataclass(frozen=True, slots=True)
class AskedByWorkload:
    """A role as a workload asks for it by one provider; ``declared`` is what the files say of the role."""

    login: ExpectedLogin
    provider: str
    declared: FoundRole
    role: AskedRole

    @property
    def host(self) -> str:
        """The URL of the provider without ``https://``."""
        return self.provider.partition(_PROVIDER)[2]

    @property
    def alike(self) -> tuple[object, ...]:
        """Those that agree in it have the same answers."""
        return id(self.role), self.provider, self.login.audience

    @property
    def takes_customised(self) -> bool:
        """Whether a condition of the role takes subjects that its vendor writes only where the customer has chosen their form."""
        grammar, key = find_vendor(self.host).subjects, fold(KeyNames.of(self.host).sub)
        if grammar is not GITHUB:
            return False
        conditions = chain.from_iterable(each.conditions for each in self.role.open.policy.statements)
        read = (grammar.read(text) for each in conditions if each.folded == key for text in each.expected)
        return any(each is None or each.form.name in CUSTOMISED for each in read)

    def of_workload(self, subjects: Sequence[str]) -> Policy:
        """Return the policy with a Deny of every token but those of the workload whose subject matches one of the patterns *subjects*."""
        document = self.role.open.policy.document
        names, current = KeyNames.of(self.host), document.get("Version") == CURRENT
        demands: list[dict[str, Any]] = [{"StringNotLike": {names.sub: [_pattern(each) if current else each for each in subjects]}}]
        if self.login.audience is not None:
            audience = _literal(self.login.audience) if current else self.login.audience
            demands.append({"StringNotEquals": {names.aud: audience}})
        denies = [{"Effect": "Deny", "Principal": "*", "Action": "*", "Condition": each} for each in demands]
        statements = document["Statement"]
        listed = statements if isinstance(statements, list) else [statements]
        return Policy.stored(json.dumps({**document, "Statement": [*listed, *denies]}, ensure_ascii=False))


class WorkloadQuestions:
    """The questions of one run, within one budget. What was asked before, of the same role for the same tokens, is not asked again."""

    def __init__(self) -> None:
        self._budget = Budget(limits.WORKLOAD_STEPS)
        self._roles: dict[tuple[int, str, str], AskedRole] = {}
        self._answers: dict[tuple[object, ...], Admittance] = {}

    def asked_by(self, login: ExpectedLogin, found: FoundRole) -> Iterator[AskedByWorkload]:
        """Yield the role *found* as *login* asks for it: by each provider that the role names and that may be the issuer of *login*.

        A workflow does not say whether it runs on github.com or on a server of the company, and a manifest does not say in which cluster. A
        role that has nothing but the name, and trusts the providers of another account alone, is one of that account.

        Raises:
            FederationError: The policy is no policy, or a part of it is unknown that has no third value.
        """
        if login.role is None or found.trust is None:
            return
        arn = Arn.parse(login.role)
        trusted = tuple(_oidc_providers(found.trust))
        if found.arn is None and trusted and all(_is_of_other_account(each, arn.account) for each in trusted):
            return
        hosts = tuple(dict.fromkeys(host for _, _, host in (each.partition(_PROVIDER) for each in trusted) if host and host.isascii()))
        if login.issuer is not None:
            usual = login.issuer.removeprefix(_SCHEME)
            hosts = tuple(each for each in hosts if find_vendor(each).subjects is find_vendor(usual).subjects) or (usual,)
        for host in hosts:
            provider = f"arn:{arn.partition}:iam::{arn.account}{_PROVIDER}{host}"
            key = id(found), login.role, provider
            if key not in self._roles:
                account = account_around(login.role)
                self._roles[key] = ask_role(account, login.role, found, found.trust, provider=provider, actions=(ACTION,))
            yield AskedByWorkload(login, provider, found, self._roles[key])

    def lets_in(self, asked: AskedByWorkload, subjects: tuple[str, ...]) -> Admittance:
        """Return whether the role lets in a token whose subject matches one of the patterns *subjects*, as far as the budget goes."""
        key = (*asked.alike, subjects)
        if key not in self._answers:
            self._answers[key] = self._answer(asked, subjects)
        return self._answers[key]

    def _answer(self, asked: AskedByWorkload, subjects: tuple[str, ...]) -> Admittance:
        try:
            policy = asked.of_workload(subjects)
            self._budget.left -= policy.size + _QUESTION
            found = lets_somebody_in(policy, operation=ACTION, budget=self._budget) if self._budget.left > 0 else None
        except FederationError:  # the policy is beyond the bounds of a proof
            found = None
        return _ADMITTANCES[found]


def _oidc_providers(trust: FoundDocument) -> Iterator[str]:
    """Yield the ARNs of providers of OpenID Connect that the policy names, unknown parts as placeholders."""
    statements = read_document(trust.text)[1].get("Statement", ())
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal") if isinstance(statement, dict) else None
        federated = principal.get("Federated", ()) if isinstance(principal, dict) else ()
        for each in federated if isinstance(federated, list) else [federated]:
            if isinstance(each, str) and _PROVIDER in each:
                yield each


def _is_of_other_account(provider: str, account: str) -> bool:
    named = provider.partition(_PROVIDER)[0].rpartition(":")[2]
    return named.isascii() and named != account


def _pattern(text: str) -> str:
    return text.replace("$", "${$}")


def _literal(text: str) -> str:
    return "".join(f"${{{each}}}" if each in "$*?" else each for each in text)
