"""Jobs and logins in the words of their vendors, and the subject that a token of each has.

The words are those of the vendor's own documentation and settings: a repository and a branch, a namespace and a service account.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadWords:
    """The words for a job or login of one vendor.

    Attributes:
        shape: Name of the form of its tokens, as `OidcShape.name`.
        needs: Words that must be there.
        one_of: Words of which exactly one must be there; empty for none.
        may: Further words.
        flags: Those of all words that are true or absent.
        own_issuer: Whether every customer has an issuer, so that it must be said.
        subject: Returns the subject of the words.
        claims: Returns the claims that the subject does not tell.
        needs_audience: Whether tokens have no usual audience, so that it must be said.
    """

    shape: str
    needs: tuple[str, ...]
    one_of: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()
    own_issuer: bool = False
    subject: Callable[[Words], str]
    claims: Callable[[Words], Mapping[str, str]] = lambda _: {}
    needs_audience: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Every word, those that must be there first."""
        return (*self.needs, *self.one_of, *self.may)


def _github(words: Words) -> str:
    owner, _, name = words["repository"].partition("/")
    if "owner_id" in words and "repository_id" in words and "immutable_subject" in words:
        owner, name = f"{owner}@{words['owner_id']}", f"{name}@{words['repository_id']}"
    if "environment" in words:
        # A colon would begin another part of the subject.
        context = f"environment:{words['environment'].replace(':', '%3A')}"
    elif "pull_request" in words:
        context = "pull_request"
    else:
        context = f"ref:refs/heads/{words['branch']}" if "branch" in words else f"ref:refs/tags/{words['tag']}"
    return f"repo:{owner}/{name}:{context}"


def _github_claims(words: Words) -> Mapping[str, str]:
    names = {"owner_id": "repository_owner_id", "repository_id": "repository_id", "workflow": "job_workflow_ref", "actor": "actor"}
    return {claim: words[word] for word, claim in names.items() if word in words}


def _gitlab(words: Words) -> str:
    kind = "branch" if "branch" in words else "tag"
    return f"project_path:{words['project']}:ref_type:{kind}:ref:{words[kind]}"


def _gitlab_claims(words: Words) -> Mapping[str, str]:
    return {word: words[word] for word in ("project_id", "namespace_id") if word in words}


def _kubernetes(words: Words) -> str:
    return f"system:serviceaccount:{words['namespace']}:{words['service_account']}"


def _terraform(words: Words) -> str:
    return "organization:{organization}:project:{project}:workspace:{workspace}:run_phase:{run_phase}".format_map(words)


def _buildkite(words: Words) -> str:
    ref = f"refs/heads/{words['branch']}" if "branch" in words else f"refs/tags/{words['tag']}"
    commit, step = words.get("commit", "7fd1a60b01f91b314f59955a4e4d4e80d8edf11d"), words.get("step", "deploy")
    return f"organization:{words['organization']}:pipeline:{words['pipeline']}:ref:{ref}:commit:{commit}:step:{step}"


def _circleci(words: Words) -> str:
    return "org/{organization}/project/{project}/user/{user}".format_map(words)


def _google(words: Words) -> str:
    return words["subject"]


WORKLOADS: Final[Mapping[str, WorkloadWords]] = {
    "github": WorkloadWords(
        shape="github",
        needs=("repository",),
        one_of=("branch", "tag", "environment", "pull_request"),
        may=("owner_id", "repository_id", "immutable_subject", "workflow", "actor"),
        flags=frozenset({"pull_request", "immutable_subject"}),
        subject=_github,
        claims=_github_claims,
    ),
    "gitlab": WorkloadWords(
        shape="gitlab",
        needs=("project",),
        one_of=("branch", "tag"),
        may=("project_id", "namespace_id"),
        subject=_gitlab,
        claims=_gitlab_claims,
    ),
    "kubernetes": WorkloadWords(shape="eks", needs=("namespace", "service_account"), own_issuer=True, subject=_kubernetes),
    "terraform": WorkloadWords(shape="terraform", needs=("organization", "project", "workspace", "run_phase"), subject=_terraform),
    "buildkite": WorkloadWords(
        shape="buildkite", needs=("organization", "pipeline"), one_of=("branch", "tag"), may=("commit", "step"), subject=_buildkite
    ),
    "circleci": WorkloadWords(shape="circleci", needs=("organization", "project", "user"), own_issuer=True, subject=_circleci),
    "google": WorkloadWords(shape="google", needs=("subject",), subject=_google, needs_audience=True),
}
"""The vendors whose words are known, by the name that a test gives them."""
