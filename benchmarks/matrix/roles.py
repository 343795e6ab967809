"""What trust policies and accounts cost by their size."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import explain, iam_wire
from benchmarks.matrix import jwt
from benchmarks.matrix.engines import Judge
from benchmarks.matrix.model import Labelled
from benchmarks.matrix.running import InProcess
from benchmarks.server import ACCOUNT, DEPLOY, issuer
from federation import FederationError, SecurityTokenService
from federation.policy import Policy, Principal, RequestContext


@dataclass(frozen=True, slots=True)
class PolicySample:
    """A trust policy, of which only the last statement applies to the token."""

    text: str
    token: jwt.JwtSample

    def request(self, subject: str) -> RequestContext:
        """Return the request of *subject*."""
        keys = {f"{jwt.NAME}:aud": jwt.AUDIENCE, f"{jwt.NAME}:sub": subject}
        return RequestContext(principal=Principal.federated(jwt.PROVIDER), action="sts:AssumeRoleWithWebIdentity", keys=keys)


def policy(case: Labelled) -> PolicySample:
    """Make the policy of *case*."""
    token = jwt.sample(Labelled("RS256"))
    others = (f"repo:octo-org/octo-{number:05}:ref:refs/heads/main" for number in range(case.number - 1))
    return PolicySample(json.dumps(jwt.trust_policy(*others, token.forge.shape.subject)), token)


def parsing(given: PolicySample) -> InProcess:
    """`Policy.parse`."""
    return InProcess(lambda: Policy.parse(given.text, kind="trust"))


def allowing(given: PolicySample) -> InProcess:
    """`Policy.evaluate` where the last statement allows."""
    return _evaluating(given, given.token.forge.shape.subject, "Allow")


def denying(given: PolicySample) -> InProcess:
    """`Policy.evaluate` where no statement applies."""
    return _evaluating(given, "repo:mallory/x:ref:refs/heads/main", "ImplicitDeny")


def _evaluating(given: PolicySample, subject: str, effect: str) -> InProcess:
    parsed, request = Policy.parse(given.text, kind="trust"), given.request(subject)
    found = parsed.evaluate(request).effect
    if found != effect:
        raise RuntimeError(f"the policy decides {found}, not {effect}")
    return InProcess(lambda: parsed.evaluate(request))


def trusting(given: PolicySample) -> InProcess:
    """The whole exchange under the policy."""
    known = jwt.account(given.token.provider, (jwt.role(jwt.ROLE, Policy.parse(given.text, kind="trust")),))
    return jwt.judging(given.token, jwt.exchange(known, given.token.at))


@dataclass(frozen=True, slots=True)
class AccountSample:
    """An account directory with a number of roles, opened, and a token for one of them."""

    folder: TemporaryDirectory[str]
    sts: SecurityTokenService
    at: datetime
    token: str

    @property
    def directory(self) -> Path:
        """The account directory."""
        return Path(self.folder.name) / "account"


def account(case: Labelled) -> AccountSample:
    """Write an account with the roles of *case*: the one that is assumed, and others that differ by name, id and subject."""
    folder = TemporaryDirectory()
    directory = Path(folder.name) / "account"
    shutil.copytree(ACCOUNT, directory)
    roles = directory / "roles"
    assumed = (roles / f"{DEPLOY.rpartition('/')[2]}.json").read_text(encoding="utf-8")
    for each in roles.iterdir():
        if each.stem != DEPLOY.rpartition("/")[2]:
            each.unlink()
    for number in range(case.number - 1):
        name = f"Deploy-{number:05}"
        other = assumed.replace("GitHubDeploy", name).replace("DEPLOYEXAMPLE", f"{number:05}".translate(_LETTERS) + "EXAMPLEX")
        (roles / f"{name}.json").write_text(other.replace("octo-repo", f"octo-{number:05}"), encoding="utf-8")
    at = datetime.now(UTC).replace(microsecond=0)
    return AccountSample(folder, SecurityTokenService.open(directory, replay=None), at, issuer().token(at=at))


_LETTERS = str.maketrans("0123456789", "ABCDEFGHIJ")


def opening(given: AccountSample) -> InProcess:
    """`SecurityTokenService.open`: every file read, checked and compiled."""
    return InProcess(lambda: SecurityTokenService.open(given.directory, replay=None))


def assuming(given: AccountSample) -> InProcess:
    """The exchange in the account."""
    judge = _exchange(given, DEPLOY)
    return InProcess(lambda: judge(given.token))


def refusing(given: AccountSample) -> InProcess:
    """The refusal for a role that does not exist."""
    judge = _exchange(given, f"{DEPLOY}-2")

    def run() -> None:
        try:
            judge(given.token)
        except FederationError:
            return
        raise RuntimeError("a role that does not exist is granted")

    return InProcess(run)


def _exchange(given: AccountSample, role: str) -> Judge:
    return lambda token: given.sts.assume_role_with_web_identity(
        role_arn=role, role_session_name="job-7", web_identity_token=token, at=given.at
    )


Named = dict[str, Callable[[], object]]


def explanations(case: Labelled) -> Named:
    """The refusals and explanations of an account, by label."""
    return explain.contestants(case.number)


def wire(_: Labelled) -> Named:
    """The ways to read and write a call of IAM, by label."""
    return iam_wire.contestants()


def named(label: str) -> Callable[[Named], InProcess]:
    """The one of *label*."""
    return lambda given: InProcess(given[label])
