"""The page of policy lint: every rule, and of each an example with its cause and edit."""

import json
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from federation.account.lint import providers_of
from federation.evidence.workloads import WorkloadRule
from federation.explaining.linting import ExplainedFinding, explain_policy
from federation.explanation import Edit
from federation.policy import Policy
from federation.policy.lint import Rule, callers, conditions, elements, issuers, keys, placeholders, saml, statements, subjects
from tests.support.lint_examples import AT, COUNTER_EXAMPLES, LINT_EXAMPLES, LintExample

HEAD: Final = """# Policy lint

<!-- Written by docs/build.py: change federation/policy/lint or federation/explaining/linting, then run `make docs`. -->

Findings on policies that are well-formed and do something else than their authors think, each with its cause and what to write instead.

```sh
federation policy lint trust.json                       # files: also whether IAM would store them
federation policy lint --kind identity policy.json
federation policy lint --sarif trust.json > lint.sarif  # for code scanning
federation policy lint --fix trust.json > mended.json   # every edit made that a program can make
federation policy lint --fix --write --account account  # likewise, in every policy of an account
```

```console
$ federation policy lint --account fixtures/account --quiet
findings: error 0, warning 0, note 2
```

The exit status is 0 where all is well, 1 where IAM would not store a file or a finding is as bad as `--fail-on` (`error`, unless it
says `warning` or `note`), 2 for wrong usage, 3 where the account is at fault. `federation account check` shows the findings on
trust policies; they are no faults. `federation account add-role`, `update-assume-role-policy` and `import` show those on what they took, in
short. In Python: `federation.policy.lint.lint(policy)` and `federation.account.lint.lint_account(account)`; with cause and edits
`federation.explaining.linting.explain_policy(policy)` and `federation.explaining.linting.accounts.explain_account(account)`.

| Severity | Meaning |
| --- | --- |
| error | grants, or fails to deny, more than an author can mean |
| warning | probably not what is meant: it grants too much, or never anything |
| note | worth knowing |

`--json` prints `files` and `counts` (findings by severity). A file has `file`, `accepted` (IAM would store it), `refusal` (an error with
`cause` and `edits`, or null) and `findings`, each with `id`, `severity`, `path` (JSON path in the file), `line`, `message`, `remedy` (of
the first edit), `cause` and `edits` as `federation explain` prints them ([cli.md](cli.md)); of several edits one is enough. SARIF 2.1.0
holds the same, with every rule described, with a document that IAM would not store as the result `policy-refused`, with fingerprints that
stay while place and rule do, and with `fixes`: the region of the file and its new content.

## Edits

An edit narrows what a policy says, or repairs a part of it that no request meets. None widens a pattern, lets in guests, names an audience
that nobody registered, or takes a condition away. `--fix` makes an edit where the document itself, or the account that holds it, tells what
is right: another operator, a key spelt otherwise, a prefix that is missing, the only registered client id. It mends likewise what IAM would
refuse: a member or operator in another case, a Sid that is there twice, a version that is missing. Every such edit has been tried
on a copy: the finding is gone, and no other as bad has come. An edit by which a statement applies that did not apply is not offered while
the statement says too little of whom it means; whom it lets in is said. What only the author knows stands in angle brackets, or is an
example to be changed, and is left to the hand. `--fix` prints one file and says on standard error what it did; with `--write` it
writes every file, of an account all or none, keeps the formatting of what it does not touch, and looks at them again.

Each rule below has an example with its cause and edits, then one like it in which the rule finds nothing (`fine`), and the page that
says so. Where a statement can never apply, the condition that keeps it from doing so is found, and not what it would grant: nobody gets
that. A condition on the time is looked at for the present time, or for that of `--at`; in Python for `at`, where it is passed.

The severity below is the usual one. A condition on a key that no request has is a warning where the statement never applies, and an error
where it makes an Allow grant without proof or a Deny stop nobody.

"""
HEADINGS: Final = ("id", "severity", "finds", "because", "source")
GROUPS: Final = {
    "Placeholders": placeholders.RULES,
    "OIDC issuers": issuers.RULES,
    "Subjects of web identities": subjects.RULES,
    "SAML providers": saml.RULES,
    "Principals and actions": elements.RULES,
    "Callers": callers.RULES,
    "Conditions": conditions.RULES,
    "Condition keys": keys.RULES,
    "Statements": statements.RULES,
}


WORKLOADS: Final = """## Workloads

A GitHub workflow, or a ServiceAccount of Kubernetes, that is passed with the file of the role it asks for. What is refused is proved about
every token that it can have, so nothing is said where the files leave it open;
[Policies where they are written](evidence-documents.md#whether-the-workloads-get-in) has an example.
"""


def cells(rule: Rule | WorkloadRule) -> tuple[str, ...]:
    """The cells of *rule* in its table."""
    return (f"`{rule.id}`", rule.severity, rule.finds, rule.because, f"[{urlsplit(rule.source).netloc}]({rule.source})")


def examples(rules: Sequence[Rule]) -> Iterator[str]:
    """The lines of an example of each of *rules*: what is found, why, and what to write instead."""
    yield "```text"
    for number, rule in enumerate(rules):
        if number:
            yield ""
        example = next(each for each in LINT_EXAMPLES if each.rule == rule.id)
        found = explained(example)
        yield f"{found.finding.severity}: {rule.id}" + (" (the account is known)" if example.placed else "")
        yield f"  cause   {found.finding.message}"
        for place, edit in enumerate(found.edits):
            yield from _edit(edit, label="or" if place else "edit")
        for statement in next(each for each in COUNTER_EXAMPLES if each.rule == rule.id).document["Statement"]:
            yield f"  fine    {json.dumps(statement, ensure_ascii=False)}"
    yield "```"


def explained(example: LintExample) -> ExplainedFinding:
    """The finding of the rule of *example*."""
    account = example.account
    providers = None if account is None else providers_of(account)
    found = explain_policy(Policy.stored(example.document, kind=example.kind), account=account, providers=providers, at=AT)
    return next(each for each in found if each.finding.id == example.rule)


def _edit(edit: Edit, *, label: str) -> Iterator[str]:
    yield f"  {label.ljust(7)} {edit.instruction}" + (" (--fix)" if edit.applicable else "")
    for name, text in (("old", edit.old), ("new", edit.new), ("run", edit.command)):
        for number, line in enumerate((text or "").splitlines()):
            yield f"    {'' if number else name:5} {line}"
    if edit.lets_in:
        yield f"  lets in {edit.lets_in}"
