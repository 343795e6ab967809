"""What to write in Principal and Action where they say something else than is meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from federation.errors import show
from federation.explaining.difference import how_they_differ
from federation.explaining.linting.case import APPLIES, ExplainFinding, LintCase
from federation.explaining.nearest import nearest
from federation.explaining.rewriting import shown
from federation.explaining.wording import command
from federation.explanation import Change, Edit, Listing, Obstacle, Place
from federation.policy.document import member
from federation.policy.principal import OPERATIONS
from federation.policy.wildcard import fold

_OIDC: Final = ":oidc-provider/"
_SAML: Final = ":saml-provider/"
_OWNER: Final = re.compile(r"arn:[^:]*:iam::\d{12}:", re.ASCII)
_MEANT: Final = {
    "Principal": {"AWS": "<ARN of the caller that is meant>"},
    "Action": "<action that is meant>",
    "Resource": "<ARN of the resource that is meant>",
}


def _negated(listed: str) -> ExplainFinding:
    """Return the explanation of an Allow with the negation of the element *listed*: what is meant is the author's to list."""

    def explain(case: LintCase) -> Obstacle:
        name = f"Not{listed}"
        old = shown({name: case.source(name)})[1:-1]
        return case.explained(case.edit(old=old, new=shown({listed: _MEANT[listed]})[1:-1]))

    return explain


def explain_everyone(case: LintCase) -> Obstacle:
    """Explain a principal that is everybody: who is meant is the author's to say."""
    old = shown({"Principal": case.source("Principal")})[1:-1]
    wanted: dict[str, Any] = {"AWS": "arn:aws:iam::<account>:role/<role>"}
    federated = [case.linted.grants(OPERATIONS["SAML"]), case.linted.grants(OPERATIONS["OIDC"])]
    if case.linted.grants(OPERATIONS["AWS"]) or not any(federated):
        organization = case.demanding(
            "StringEquals", "aws:PrincipalOrgID", "<o-… of your organization>", known=False, instruction="demand the caller's organization"
        )
        return case.explained(case.edit(old=old, new=shown({"Principal": wanted})[1:-1]), organization)
    part = _SAML if federated[0] else _OIDC
    registered = case.registered(part)
    wanted = {"Federated": registered[0] if len(registered) == 1 else f"arn:aws:iam::<account>{part}<name>"}
    listings = [Listing(label="providers of the account", members=registered)] if registered else []
    return case.explained(case.edit(old=old, new=shown({"Principal": wanted})[1:-1]), listings=listings)


def explain_never_matching(case: LintCase) -> Obstacle:
    """Explain a principal that no caller can be."""
    name = case.finding.about
    if _OIDC in name:
        plain = re.sub(f"({_OIDC})https?:/*", r"\1", name)
        return case.explained(_principal(case, name, plain))
    if "*" in name and name != "*":
        return case.explained(_with_pattern(case, name))
    if name == "*":
        return case.explained(case.edit(old=shown(name), new=shown(f"arn:aws:iam::<account>{_OIDC}<host>")))
    registered = [arn for arn in case.registered(_OIDC) if arn.endswith(_OIDC + name)]
    if len(registered) == 1:
        return case.explained(_principal(case, name, registered[0], instruction=f"write the ARN of the provider {show(name)}"))
    return case.explained(case.edit(old=shown(name), new=shown(f"arn:aws:iam::<account>{_OIDC}{name}")))


def _with_pattern(case: LintCase, name: str) -> Edit:
    """Return the edit by which *name* is a pattern: it opens what is closed as it stands, so no program makes it."""
    fields = name.split(":")
    account = fields[4] if name.startswith("arn:") and len(fields) > 4 and fields[4].isdigit() else "<account>"  # noqa: PLR2004
    root = f"arn:{fields[1] if len(fields) > 1 else 'aws'}:iam::{account}:root"
    new = f'"Principal": {shown({"AWS": root})}\n"Condition": {shown({"ArnLike": {"aws:PrincipalArn": name}})}'
    return case.edit(old=shown(name), new=new)


def explain_unregistered(case: LintCase) -> Obstacle:
    """Explain a provider that the account does not have, beside the nearest that it has."""
    name = case.finding.about
    part = _SAML if _SAML in name else _OIDC
    registered = case.registered(part)
    near = nearest(name, registered)
    listings = [Listing(label="providers of the account", members=registered, nearest=near)]
    register = Edit(place=Place(owner="account"), instruction="register the provider", command=_registering(name.partition(part)[2], part))
    if near is None:
        return case.explained(register, listings=listings)
    same = bool(how_they_differ(name, near)) or _OWNER.sub("", name) == _OWNER.sub("", near)
    correct = (
        _principal(case, name, near, instruction=f"correct the ARN: write {show(near)}")
        if same
        else case.edit(old=shown(name), new=shown(near), instruction=f"correct the ARN, if {show(near)} is meant")
    )
    return case.explained(correct, register, listings=listings)


def _registering(name: str, part: str) -> str:
    """Return the command that registers the provider *name*, with words in capitals for what the reader must fill in."""
    begins = ("federation", "account", f"add-{part.strip(':/')}", "--account", "DIR")
    if part == _SAML:
        return command(*begins, "--name", name, "METADATA.xml")
    return command(*begins, "--url", f"https://{name}", "--client-id", "AUDIENCE", "--jwks", "JWKS.json")


def explain_deleted(case: LintCase) -> Obstacle:
    """Explain the id of a principal that is no more: beside others it can go."""
    name = case.finding.about
    at, source = _principals(case)
    listed = source.get("AWS") if isinstance(source, dict) else None
    if isinstance(listed, list) and len(listed) > 1:
        change = Change(path=member(at, "AWS"), old=listed, new=[each for each in listed if each != name])
        return case.explained(case.edit([change], old=shown(name)))
    return case.explained(case.edit(old=shown(name), new=shown("arn:aws:iam::<account>:role/<role>")))


def explain_action(case: LintCase) -> Obstacle:
    """Explain an action that the principals cannot perform: it gives way to theirs."""
    wanted, old = case.finding.new, case.source("Action")
    listed: list[Any] = list(old) if isinstance(old, list) else [old]
    performed = {fold(OPERATIONS[caller]) for caller in case.linted.callers}
    foreign = set(map(fold, OPERATIONS.values())) - performed
    useless = [each for each in listed if isinstance(each, str) and fold(each) in foreign]
    new = [*(wanted if each == useless[0] else each for each in listed if each not in useless[1:])] if useless else [*listed, wanted]
    value = new if isinstance(old, list) or len(new) > 1 else new[0]
    change = Change(path=f"{case.statement.path}.Action", old=old, new=value)
    instruction = f"write {wanted} in place of {', '.join(useless)}" if useless else f"add {wanted} to the actions"
    lets_in = f"callers of {wanted} who meet the statement"
    return case.explained(case.edit([change], old=shown(old), new=shown(value), instruction=instruction, lets_in=lets_in))


def _principals(case: LintCase) -> tuple[str, Any]:
    """Return the JSON path of the Principal or NotPrincipal element, and its content."""
    element = case.statement.principal
    name = "NotPrincipal" if element is not None and element.negated else "Principal"
    return f"{case.statement.path}.{name}", case.source(name)


def _principal(case: LintCase, old: str, new: str, *, instruction: str = "") -> Edit:
    """Return the edit that writes the principal *new* in place of *old*."""
    at, source = _principals(case)
    type_ = next((each for each, names in source.items() if old in ([names] if isinstance(names, str) else names)), "")
    value = source.get(type_)
    changed = [new if each == old else each for each in value] if isinstance(value, list) else new
    change = Change(path=member(at, type_), old=value, new=changed)
    return case.edit([change], old=shown(old), new=shown(new), instruction=instruction, lets_in=APPLIES)


TABLE: Final[Mapping[str, ExplainFinding]] = {
    "allow-notprincipal": _negated("Principal"),
    "allow-notaction": _negated("Action"),
    "allow-notresource": _negated("Resource"),
    "everyone-trusted": explain_everyone,
    "principal-never-matches": explain_never_matching,
    "provider-unregistered": explain_unregistered,
    "deleted-principal": explain_deleted,
    "action-of-another-principal": explain_action,
}
