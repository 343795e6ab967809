"""The forms of ``sub``: the notation of each vendor, its meaning, and how a job or a login gets a token of each form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from federation.vendors import flaws, github_subjects
from federation.vendors.flaws import Flaw, ReadFlaw


@dataclass(frozen=True, slots=True)
class SubjectForm:
    """One form of ``sub``.

    Attributes:
        name: Its name, unique for the vendor.
        pattern: Regular expression of the whole subject, with the parts as named groups. It also matches patterns of a policy.
        what: A description of the job or the login, with the parts in braces.
        whose: A description of its owner, such as a repository; empty where the form has none.
        obtain: An instruction for getting a token of this form.
        volatile: Parts that change with every run, so that a policy cannot list them.
    """

    name: str
    pattern: str
    what: str
    whose: str = ""
    obtain: str = ""
    volatile: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VendorSubject:
    """A subject, or a policy's pattern of one, by its parts.

    Attributes:
        form: Its form.
        text: The subject as written.
        parts: The parts by name; those that are optional and absent are left out.
    """

    form: SubjectForm
    text: str
    parts: Mapping[str, str]
    _spans: Mapping[str, tuple[int, int]] = field(repr=False)

    @property
    def what(self) -> str:
        """A description of the job or the login."""
        return self.form.what.format_map(self.parts)

    @property
    def whose(self) -> str:
        """A description of its owner; empty where the form has none."""
        return self.form.whose.format_map(self.parts)

    @property
    def obtain(self) -> str:
        """An instruction for getting a token of this form; empty where none is known."""
        return self.form.obtain.format_map(self.parts)

    def numbered(self, other: VendorSubject, ids: frozenset[str]) -> str:
        """Return the text with the ids that follow the same names in *other*, such as ``acme@65`` for ``acme``."""
        text = self.text
        for part in sorted((each.removesuffix("_id") for each in ids), key=lambda name: self._spans.get(name, (0, 0)), reverse=True):
            number = other.parts.get(f"{part}_id")
            same = self.parts.get(part) == other.parts.get(part) is not None
            if number is not None and same and f"{part}_id" not in self.parts:
                end = self._spans[part][1]
                text = f"{text[:end]}@{number}{text[end:]}"
        return text

    @property
    def lasting(self) -> str:
        """The subject as a pattern with a wildcard for each part that changes with every run."""
        return self.with_wildcards(self.form.volatile)

    def with_wildcards(self, parts: Iterable[str]) -> str:
        """Return the subject as a pattern with a wildcard for each of *parts* that it has."""
        text = self.text
        for start, end in sorted((self._spans[part] for part in parts if part in self._spans), reverse=True):
            text = f"{text[:start]}*{text[end:]}"
        return text


@dataclass(frozen=True, slots=True)
class Grammar:
    """The forms of a vendor's subjects.

    Attributes:
        forms: The forms; the first that fits counts.
        prefix: The prefix of every usual subject, which authors of policies often omit.
        ids: Parts that hold the id of the entity that another part names.
        source: URL of the vendor's documentation of the subject.
        audience: An instruction for getting a token for another audience, with the audience in braces; empty where none is known.
        flaws: The mistakes in subjects that no token has.
        colons: The number of colons in the usual forms where no value can hold one, so that as many in a pattern fix its parts; else 0.
    """

    forms: tuple[SubjectForm, ...] = ()
    prefix: str = ""
    ids: frozenset[str] = frozenset()
    source: str = ""
    audience: str = ""
    flaws: ReadFlaw = flaws.unflawed
    colons: int = 0

    def flaw(self, beginning: str, *, whole: bool) -> Flaw | None:
        """Return why no token has the subject *beginning*, or any that begins so where it is not *whole*; None where one can."""
        return self.flaws(beginning, whole)

    def read(self, subject: str) -> VendorSubject | None:
        """Return *subject* divided into its parts; None where it has none of the forms."""
        for form in self.forms:
            match = re.fullmatch(form.pattern, subject, re.DOTALL)
            if match is not None:
                present = {name: text for name, text in match.groupdict().items() if text is not None}
                return VendorSubject(form, subject, present, {name: match.span(name) for name in present})
        return None

    def with_prefix(self, subject: str) -> str | None:
        """Return *subject* with its missing prefix, such as ``repo:`` of GitHub; None where none is missing, or the result has no form."""
        if not self.prefix or subject.casefold().startswith(self.prefix) or self.read(subject) is not None:
            return None
        return None if self.read(self.prefix + subject) is None else self.prefix + subject


UNKNOWN: Final = Grammar()


def grammar_of(subject: str, grammars: Iterable[Grammar]) -> Grammar | None:
    """Return the one of *grammars* that has a form for *subject*; None where none or several have one."""
    fitting = [grammar for grammar in grammars if grammar.read(subject) is not None]
    return fitting[0] if len(fitting) == 1 else None


CUSTOMISED: Final = ("customised", "reusable workflow")
"""Forms that a subject of GitHub has only where it is customised."""
_REPOSITORY: Final = r"repo:(?P<owner>[^/:@]+)(?:@(?P<owner_id>[^/:@]+))?/(?P<name>[^/:@]+)(?:@(?P<name_id>[^/:@]+))?"
_OF_REPOSITORY: Final = "repository `{owner}/{name}`"
_GITHUB_CLAIMS: Final = (
    "repo|repository|repository_id|repository_owner|repository_owner_id|repository_visibility|context|environment|ref|ref_type"
    "|job_workflow_ref|workflow|workflow_ref|actor|actor_id|event_name|enterprise|enterprise_id|runner_environment|base_ref|head_ref"
)


def _github(name: str, ending: str, what: str, obtain: str) -> SubjectForm:
    return SubjectForm(name, f"{_REPOSITORY}:{ending}", what, _OF_REPOSITORY, obtain)


GITHUB: Final = Grammar(
    forms=(
        _github("any", r"\*", "every job", ""),
        SubjectForm(
            "any of the owner",
            r"repo:(?P<owner>[^/:@*]+)(?:@(?P<owner_id>[^/:@]+))?/(?P<name>[^/:@]*\*)",
            "every job",
            "every repository `{owner}/{name}`",
        ),
        _github("pull request", "pull_request", "pull requests", "start the workflow by `on: pull_request`, without `environment:`"),
        _github(
            "environment",
            "environment:(?P<environment>[^:]+)",
            "environment `{environment}`",
            "write `environment: {environment}` in the job",
        ),
        _github(
            "branch",
            "ref:refs/heads/(?P<branch>[^:]+)",
            "branch `{branch}`",
            "run the workflow on branch `{branch}`, without `environment:` in the job",
        ),
        _github(
            "tag",
            "ref:refs/tags/(?P<tag>[^:]+)",
            "tag `{tag}`",
            "run the workflow on tag `{tag}`, without `environment:` in the job",
        ),
        _github("reference", "ref:(?P<ref>[^:]+)", "reference `{ref}`", "run the workflow on `{ref}`"),
        SubjectForm(
            "reusable workflow",
            rf"(?:{_REPOSITORY}:.*)?job_workflow_ref:(?P<workflow>[^:]+)",
            "the reusable workflow `{workflow}`",
            obtain="call the workflow `{workflow}` by `uses:` in the job",
        ),
        SubjectForm("customised", rf"(?P<claims>(?:{_GITHUB_CLAIMS}):[^:]+:.+|(?!repo:)(?:{_GITHUB_CLAIMS}):.+)", "the claims `{claims}`"),
    ),
    prefix="repo:",
    ids=frozenset({"owner_id", "name_id"}),
    source="https://docs.github.com/en/actions/reference/security/oidc",
    audience="write `audience: {audience}` under `with:` of aws-actions/configure-aws-credentials",
    flaws=github_subjects.read,
    colons=3,
)

_PROJECT: Final = "project_path:(?P<project>[^:]+)"
_OF_PROJECT: Final = "project `{project}`"
GITLAB: Final = Grammar(
    forms=(
        SubjectForm(
            "branch",
            f"{_PROJECT}:ref_type:branch:ref:(?P<branch>.+)",
            "branch `{branch}`",
            _OF_PROJECT,
            "run the pipeline on branch `{branch}`",
        ),
        SubjectForm("tag", f"{_PROJECT}:ref_type:tag:ref:(?P<tag>.+)", "tag `{tag}`", _OF_PROJECT, "run the pipeline on tag `{tag}`"),
        SubjectForm("any", rf"{_PROJECT}:\*", "every job", _OF_PROJECT),
        SubjectForm("reference", f"{_PROJECT}:ref_type:(?P<type>[^:]+):ref:(?P<ref>.+)", "{type} `{ref}`", _OF_PROJECT),
    ),
    prefix="project_path:",
    source="https://docs.gitlab.com/ci/secrets/id_token_authentication/",
    audience="write `aud: {audience}` under `id_tokens:` of the job",
    flaws=flaws.GITLAB,
    colons=5,
)
TERRAFORM: Final = Grammar(
    forms=(
        SubjectForm(
            "run",
            "organization:(?P<organization>[^:]+):project:(?P<project>[^:]+):workspace:(?P<workspace>[^:]+):run_phase:(?P<phase>[^:]+)",
            "run phase `{phase}` of workspace `{workspace}`",
            "project `{project}` of organization `{organization}`",
            "start the `{phase}` of a run in workspace `{workspace}` of project `{project}`",
        ),
        SubjectForm(
            "without project",
            "organization:(?P<organization>[^:]+):workspace:(?P<workspace>[^:]+):run_phase:(?P<phase>[^:]+)",
            "run phase `{phase}` of workspace `{workspace}`, without a project",
            "organization `{organization}`",
        ),
    ),
    prefix="organization:",
    source="https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/aws-configuration",
    audience="set the environment variable TFC_AWS_WORKLOAD_IDENTITY_AUDIENCE of the workspace to `{audience}`",
    flaws=flaws.TERRAFORM,
    colons=7,
)
_UUID: Final = r"\{[0-9A-Fa-f-]{36}\}"
BITBUCKET: Final = Grammar(
    forms=(
        SubjectForm(
            "deployment",
            rf"(?P<repository>{_UUID}):(?P<environment>{_UUID}|\*):(?P<step>{_UUID}|\*)",
            "a step of deployment environment `{environment}`",
            "repository `{repository}`",
            "write `deployment:` with that environment in the step",
            ("step",),
        ),
        SubjectForm(
            "step",
            rf"(?P<repository>{_UUID}):(?P<step>{_UUID}|\*)",
            "a step without deployment environment",
            "repository `{repository}`",
            "leave `deployment:` out of the step",
            ("step",),
        ),
    ),
    source="https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/",
)
CIRCLECI: Final = Grammar(
    forms=(
        SubjectForm(
            "job of a reference",
            "org/(?P<organization>[^/]+)/project/(?P<project>[^/]+)/user/(?P<user>[^/]+)/vcs-origin/(?P<origin>.+)/vcs-ref/(?P<ref>.+)",
            "a job of user `{user}` on `{ref}`",
            "project `{project}`",
            "have user `{user}` start the job of project `{project}` on `{ref}`",
        ),
        SubjectForm(
            "job",
            "org/(?P<organization>[^/]+)/project/(?P<project>[^/]+)/user/(?P<user>[^/]+)",
            "a job of user `{user}`",
            "project `{project}`",
            "have user `{user}` start the job of project `{project}`",
        ),
    ),
    prefix="org/",
    source="https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/",
    flaws=flaws.circleci,
)
BUILDKITE: Final = Grammar(
    forms=(
        SubjectForm(
            "step",
            "organization:(?P<organization>[^:]+):pipeline:(?P<pipeline>[^:]+):ref:(?P<ref>[^:]+)"
            "(?::commit:(?P<commit>[^:]+):step:(?P<step>.*)|:(?P<rest>\\*))",
            "pipeline `{pipeline}` on `{ref}`",
            "organization `{organization}`",
            "build `{ref}` of pipeline `{pipeline}`",
            ("commit",),
        ),
    ),
    prefix="organization:",
    source="https://buildkite.com/docs/agent/v3/cli-oidc",
    audience="call `buildkite-agent oidc request-token --audience {audience}`",
    flaws=flaws.BUILDKITE,
)
KUBERNETES: Final = Grammar(
    forms=(
        SubjectForm(
            "service account",
            "system:serviceaccount:(?P<namespace>[^:]+):(?P<account>[^:]+)",
            "service account `{account}`",
            "namespace `{namespace}`",
            "write `serviceAccountName: {account}` in the pod, in namespace `{namespace}`",
        ),
    ),
    prefix="system:serviceaccount:",
    source="https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html",
    audience="annotate the service account with `eks.amazonaws.com/audience: {audience}`",
    flaws=flaws.KUBERNETES,
    colons=3,
)
VERCEL: Final = Grammar(
    forms=(
        SubjectForm(
            "deployment",
            "owner:(?P<owner>[^:]+):project:(?P<project>[^:]+):environment:(?P<environment>[^:]+)",
            "environment `{environment}` of project `{project}`",
            "team `{owner}`",
            "deploy project `{project}` to environment `{environment}`",
        ),
    ),
    prefix="owner:",
    source="https://vercel.com/docs/oidc/reference",
    flaws=flaws.VERCEL,
    colons=5,
)
