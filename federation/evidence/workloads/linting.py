"""What lint finds in the workloads of files: jobs and service accounts that cannot get the role they ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from federation.arn import Arn
from federation.errors import FederationError, printable, show
from federation.evidence.cloudtrail.explaining import explain_login
from federation.evidence.cloudtrail.login_record import WEB_IDENTITY, LoginRecord
from federation.evidence.documents.asked_role import declared_as
from federation.evidence.documents.model import ExpectedLogin, FoundDocument, FoundEvidence, FoundProvider, FoundRole
from federation.evidence.documents.workflows import ANY_BRANCH, ANY_TAG
from federation.evidence.workloads.admitting import Admittance, AskedByWorkload, WorkloadQuestions
from federation.evidence.workloads.likely import likely_subject, of_repository
from federation.evidence.workloads.rules import AUDIENCE, DURATION, REFUSED, WITHOUT_TOKEN, WorkloadRule
from federation.explaining.linting import ExplainedFinding
from federation.explanation import Cause, Edit, Obstacle, Place
from federation.policy.lint import Finding, Severity
from federation.vendors.subjects import GITHUB

_SCHEME: Final = "https://"
_DENIED: Final = "AccessDenied"
_SOMEBODY: Final = "owner/repository"
_MOST_FORMS: Final = 12
"""Forms of subject of one workload that are asked one by one."""
_MOST_LISTED: Final = 5


@dataclass(frozen=True, slots=True)
class LintedWorkload:
    """A workload, and what lint says of it.

    Attributes:
        login: The login that it asks for.
        role: The role of the files that it asks for, of several that may be it one that lets it in; None where they have none.
        admittance: Whether one of these roles lets in tokens of the workload; ``open`` where there is none.
        findings: What lint finds, the places of the causes in the file of the workload.
    """

    login: ExpectedLogin
    role: FoundRole | None = None
    admittance: Admittance = Admittance.OPEN
    findings: tuple[ExplainedFinding, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the workload as plain data, stable names."""
        role = None if self.role is None else self.role.address
        return {"login": self.login.as_dict(), "role": role, "admittance": self.admittance.value}


def lint_workloads(evidence: FoundEvidence, *, at: datetime) -> Iterator[LintedWorkload]:
    """Return the workloads of *evidence*, each with what lint finds. A finding rests on nothing that the files do not say.

    Args:
        evidence: What files say; those of the workloads and of the roles are read together.
        at: When it is looked at, aware UTC: policies may name the time.
    """
    linter = _Linter(evidence, at)
    return map(linter.linted, evidence.logins)


class _Linter:
    def __init__(self, evidence: FoundEvidence, at: datetime) -> None:
        self._evidence, self._at = evidence, at
        self._questions = WorkloadQuestions()
        self._explained: dict[tuple[object, ...], Obstacle | None] = {}

    def linted(self, login: ExpectedLogin) -> LintedWorkload:
        findings: tuple[ExplainedFinding, ...] = () if login.may_ask else (_without_token(login),)
        roles = self._declared(login.role)
        if not roles:  # then nothing says that a provider of the files is the one of the role
            return LintedWorkload(login, findings=findings)
        of_audience = tuple(_of_audience(login, self._evidence.providers))
        findings = (*findings, *of_audience, *_of_duration(login, roles))
        try:
            # What is said of the audience already is not said a second time.
            asking = replace(login, audience=None) if of_audience else login
            asked = [each for role in roles for each in self._questions.asked_by(asking, role)]
        except FederationError:  # a part of the policy is unknown, or IAM would not store it: lint says so of the policy
            asked = []
        let_in = [self._questions.lets_in(each, login.subjects) for each in asked]
        if asked and all(each is Admittance.NONE for each in let_in):
            return LintedWorkload(login, asked[0].declared, Admittance.NONE, (*findings, _refused(asked[0], self._why(asked[0]))))
        forms = self._refused_forms(asked)
        if forms:
            findings += (_refused_in_part(asked[0], forms),)
        if Admittance.SOME not in let_in:
            return LintedWorkload(login, roles[0], Admittance.OPEN, findings)
        return LintedWorkload(login, asked[let_in.index(Admittance.SOME)].declared, Admittance.SOME, findings)

    def _declared(self, arn: str | None) -> tuple[FoundRole, ...]:
        try:
            parts = Arn.parse(arn)
        except FederationError:  # not known, a name, or what no role has
            return ()
        return declared_as(self._evidence, str(parts)) if parts.resource_type == "role" else ()

    def _refused_forms(self, asked: Sequence[AskedByWorkload]) -> tuple[str, ...]:
        """Return the forms of subject of a workload of which no role lets in a token, where some may get in."""
        subjects = asked[0].login.subjects if asked else ()
        # A push without a filter starts with tags too, which few of those who write it mean.
        told = [form for form in subjects if form != ANY_TAG or ANY_BRANCH not in subjects]
        if not 1 < len(told) <= _MOST_FORMS:
            return ()
        return tuple(form for form in told if all(self._questions.lets_in(each, (form,)) is Admittance.NONE for each in asked))

    def _why(self, asked: AskedByWorkload) -> Obstacle | None:
        key = (*asked.alike, asked.login.subjects[0])
        if key not in self._explained:
            self._explained[key] = _why(asked, self._at)
        return self._explained[key]


def _without_token(login: ExpectedLogin) -> ExplainedFinding:
    sentence = f"{printable(login.address)} asks for a role, and its permissions let it ask for no token"
    edit = Edit(
        place=_place(login),
        instruction="give the job, or its workflow, the permission `id-token: write`",
        new="id-token: write",
    )
    return _finding(WITHOUT_TOKEN, login, sentence, (edit,))


def _of_audience(login: ExpectedLogin, providers: Sequence[FoundProvider]) -> Iterator[ExplainedFinding]:
    """Yield a finding where every provider of the issuer in the files is registered for other audiences."""
    audience, issuer = login.audience, login.issuer
    ours = [each for each in providers if each.kind == "oidc" and issuer is not None and _host(each.url) == _host(issuer)]
    registered = [each.client_ids for each in ours if each.client_ids]
    if audience is None or not ours or len(registered) != len(ours) or any(audience in each for each in registered):
        return
    listed = ", ".join(show(each) for each in registered[0][:_MOST_LISTED])
    sentence = (
        f"{printable(login.address)} asks for the audience {show(audience)}, and {printable(ours[0].address)} is registered for {listed}"
    )
    ask = Edit(
        place=_place(login),
        instruction=f"have the workload ask for the audience {show(registered[0][0])}",
        old=audience,
        new=registered[0][0],
    )
    instruction = f"add {show(audience)} to the client ids of {printable(ours[0].address)}"
    register = Edit(place=Place(owner="provider", file=ours[0].file), instruction=instruction, new=audience)
    yield _finding(AUDIENCE, login, sentence, (ask, register))


def _of_duration(login: ExpectedLogin, roles: Sequence[FoundRole]) -> Iterator[ExplainedFinding]:
    """Yield a finding where every role that it may be says a maximum, and the workload asks for more."""
    allowed = [each.max_session for each in roles if each.max_session is not None]
    longest = max(allowed, default=0)
    if login.duration is None or login.duration <= longest or len(allowed) != len(roles):
        return
    sentence = (
        f"{printable(login.address)} asks for a session of {login.duration} seconds, and {printable(roles[0].address)} allows {longest}"
    )
    shorter = Edit(
        place=_place(login),
        instruction=f"ask for at most {longest} seconds by `role-duration-seconds`",
        old=str(login.duration),
        new=str(longest),
    )
    file = roles[0].trust.file if roles[0].trust is not None else ""
    longer = Edit(
        place=Place(owner="policy", file=file), instruction=f"let sessions of {printable(roles[0].address)} last {login.duration} seconds"
    )
    yield _finding(DURATION, login, sentence, (shorter, longer))


def _host(url: str | None) -> str:
    return (url or "").removeprefix(_SCHEME).rstrip("/").lower()


def _refused_in_part(asked: AskedByWorkload, forms: tuple[str, ...]) -> ExplainedFinding:
    login = asked.login
    sentence = f"{printable(asked.declared.address)} lets in no token of {printable(login.address)} for {_listed(forms)}"
    guard = Edit(place=_place(login), instruction="run the step only for what the role lets in, by its `if:`")
    return _finding(REFUSED, login, sentence, (guard,), severity="note")


def _refused(asked: AskedByWorkload, why: Obstacle | None) -> ExplainedFinding:
    login, role = asked.login, asked.declared
    sentence = f"{printable(role.address)} lets in no token of {printable(login.address)}"
    severity: Severity = "error"
    if asked.takes_customised:
        sentence += " unless its repository has customised the subject"
        severity = "warning"
    other = Edit(place=_place(login), instruction=f"have {printable(role.address)} trust what the workload is, or ask for another role")
    if why is None:
        return _finding(REFUSED, login, sentence, (other,), severity=severity)
    edits = tuple(_told(each, role.trust) for each in why.edits) or (other,)
    found = _finding(REFUSED, login, f"{sentence}: {why.causes[0].sentence}", edits, severity=severity)
    [cause] = found.obstacle.causes
    return replace(found, obstacle=replace(found.obstacle, causes=(replace(cause, comparisons=why.causes[0].comparisons),)))


def _why(asked: AskedByWorkload, at: datetime) -> Obstacle | None:
    """Return why a token of the workload is refused; None where nothing in the policy tells whose token it would be."""
    login, role = asked.login, asked.role
    form = login.subjects[0]
    known = likely_subject(form, role.document.text)
    subject = of_repository(form, _SOMEBODY) if known is None else known
    arn = login.role or ""
    record = LoginRecord(
        time=at,
        operation=WEB_IDENTITY,
        role_arn=arn,
        provider=asked.provider,
        subject=subject,
        audience=login.audience,
        error_code=_DENIED,
        place=f"{login.file}:{login.line}",
    )
    found = explain_login(record, role.account, role, registers=False)
    first = None if found.explanation is None else found.explanation.first
    if known is not None or first is None:
        return first
    # What a condition says of a subject that is made up is of no use, and no policy should trust it.
    return None if first.causes[0].check == "condition" else replace(first, edits=())


def _listed(forms: tuple[str, ...]) -> str:
    """Return the forms of subject in words."""
    words = [_in_words(form) for form in forms[:_MOST_LISTED]]
    return ", ".join(words) + (f" and {len(forms) - _MOST_LISTED} more" if len(forms) > _MOST_LISTED else "")


def _in_words(form: str) -> str:
    read = GITHUB.read(of_repository(form, _SOMEBODY))
    return show(form) if read is None else read.what


def _told(edit: Edit, document: FoundDocument | None) -> Edit:
    """Return *edit* with its line in the file of the role. It is told: no program changes a file that another one wrote."""
    place = edit.place
    if place.owner == "policy" and document is not None:
        place = replace(place, line=document.region(place.path).line)
    return replace(edit, place=place, changes=(), lets_in="")


def _finding(
    rule: WorkloadRule, login: ExpectedLogin, sentence: str, edits: tuple[Edit, ...], *, severity: Severity | None = None
) -> ExplainedFinding:
    finding = Finding(rule.id, severity or rule.severity, login.path, sentence, edits[0].instruction)
    return ExplainedFinding(finding, Obstacle(causes=(Cause(check=rule.id, sentence=sentence, place=_place(login)),), edits=edits))


def _place(login: ExpectedLogin) -> Place:
    return Place(owner="workflow", file=login.file, line=login.line, path=login.path)
