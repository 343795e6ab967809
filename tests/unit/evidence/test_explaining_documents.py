"""A recorded login is explained from its record and the files that declare the role, without an account."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from federation.errors import FederationError
from federation.evidence.cloudtrail.explaining import CHANGED_IN_FILES, LOST_IN_FILES, EventExplanation, explain_event
from federation.evidence.cloudtrail.login_record import LoginRecord
from federation.evidence.documents.rendering import placeholders
from federation.identity import SessionTag
from tests.support.events import GITHUB_PROVIDER, GITHUB_ROLE, KEY, account, login
from tests.support.paths import FIXTURES

PRODUCTION = "repo:octo-org/octo-repo:environment:production"
MAIN = "repo:octo-org/octo-repo:ref:refs/heads/main"
MODULE = """
resource "aws_iam_openid_connect_provider" "github" {
  url = "https://token.actions.githubusercontent.com"
}
resource "aws_iam_role" "deploy" {
  name = "GitHubDeploy"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Principal = { Federated = PRINCIPAL }
      Action = "sts:AssumeRoleWithWebIdentity"
      Condition = { StringLike = { "token.actions.githubusercontent.com:sub" = VALUES } }
    }MORE]
  })
}
"""
PROVIDER = "aws_iam_openid_connect_provider.github.arn"
OF_VARIABLE = "var.provider_arn"


def module(*values: str, principal: str = PROVIDER, more: str = "") -> bytes:
    return MODULE.replace("PRINCIPAL", principal).replace("VALUES", json.dumps(values)).replace("MORE", more).encode()


def explained(octets: bytes, record: LoginRecord | None = None, **how: Any) -> EventExplanation:
    return explain_event(login() if record is None else record, documents=[("main.tf", octets)], **how)


def refusal(octets: bytes, **how: Any) -> FederationError:
    with pytest.raises(FederationError) as caught:
        explained(octets, **how)
    return caught.value


def test_the_condition_that_refused_at_its_line_with_the_edit() -> None:
    found = explained(module(MAIN))
    assert (found.granted, found.check, found.waiting, found.remarks) == (False, "trust-policy", (), ())
    assert found.explanation is not None
    assert found.explanation.cause == "the token is a GitHub token for environment `production`; the policy trusts branch `main`"
    assert found.explanation.edits[0].changes[0].new == [MAIN, PRODUCTION]
    (cause, *_) = found.explanation.first.causes
    assert cause.place is not None
    assert cause.place.file == "main.tf"
    assert found.document is not None
    assert found.document.region(cause.place.path).line == 13
    assert found.document.address == "aws_iam_role.deploy"


def test_what_the_files_grant_is_granted_and_the_record_is_told_to_differ() -> None:
    assert (explained(module(PRODUCTION)).granted, explained(module(PRODUCTION)).remarks) == (True, (CHANGED_IN_FILES,))
    kept = explained(module("repo:octo-org/*"), login("granted"))
    assert (kept.granted, kept.remarks) == (True, ())
    lost = explained(module("repo:acme/*"), login("granted"))
    assert (lost.granted, lost.remarks) == (False, (LOST_IN_FILES,))


def test_a_value_that_is_not_known_decides_nothing_and_what_would_tell_is_told() -> None:
    found = explained(module("repo:${var.org}/octo-repo:*"))
    assert (found.granted, found.explanation) == (None, None)
    (waiting,) = found.waiting
    assert waiting.tells == ("--given 'var.org=VALUE'",)
    assert waiting.condition.expected == ("repo:${var.org}/octo-repo:*",)
    assert explained(module("repo:${var.org}/octo-repo:*"), given={"var.org": "octo-org"}).granted is True
    assert explained(module("repo:${var.org}/octo-repo:*"), given={"var.org": "acme"}).granted is False


def test_a_value_that_is_known_is_enough() -> None:
    assert explained(module("repo:${var.org}/x:*", PRODUCTION)).granted is True
    assert explained(module("repo:${var.org}/x:*", MAIN)).granted is None


def test_a_condition_that_is_known_refuses_beside_one_that_is_not() -> None:
    values = '", "token.actions.githubusercontent.com:aud" = "${var.aud}" } }'
    octets = module(MAIN).replace(b'main"] } }', b'main"]' + values[1:].encode())
    found = explained(octets)
    assert (found.granted, found.check) == (False, "trust-policy")
    assert found.explanation is not None
    assert found.explanation.cause == "the token is a GitHub token for environment `production`; the policy trusts branch `main`"
    assert [each.condition.key for each in found.waiting] == [f"{KEY}:aud"]


def test_a_provider_that_is_not_known_is_taken_as_the_one_that_asked() -> None:
    granted = explained(module(PRODUCTION, principal=OF_VARIABLE))
    assert granted.granted is None
    assert granted.remarks == (f"the file does not say who ${{var.provider_arn}} is: it is taken as {GITHUB_PROVIDER}",)
    assert explained(module(MAIN, principal=OF_VARIABLE)).granted is False
    assert explained(module(PRODUCTION, principal=OF_VARIABLE), given={"var.provider_arn": GITHUB_PROVIDER}).granted is True
    gitlab = {"var.provider_arn": GITHUB_PROVIDER.replace("token.actions.githubusercontent.com", "gitlab.com")}
    assert explained(module(PRODUCTION, principal=OF_VARIABLE), given=gitlab).granted is False


def test_a_provider_that_cannot_be_the_one_that_asked_is_another() -> None:
    found = explained(module(PRODUCTION, principal='"arn:aws:iam::${var.account}:oidc-provider/gitlab.com"'))
    assert (found.granted, found.remarks) == (False, ())


def test_a_provider_of_many_unknown_parts_is_compared_in_no_time() -> None:
    """Each part may take any stretch of the ARN: tried one by one, these are more ways than can ever be tried."""
    parts = "".join(f"${{var.p{number}}}" for number in range(40))
    found = explained(module(PRODUCTION, principal=f'"{parts}!"'))
    assert (found.granted, found.remarks) == (False, ())


def test_account_and_partition_are_those_of_the_record() -> None:
    for expression in ("data.aws_caller_identity.this.account_id", "data.aws_caller_identity.current.account_id"):
        principal = f'"arn:${{data.aws_partition.it.partition}}:iam::${{{expression}}}:oidc-provider/token.actions.githubusercontent.com"'
        assert explained(module(PRODUCTION, principal=principal)).granted is True


def test_a_statement_about_something_else_is_no_matter_whoever_it_is_about() -> None:
    more = ', { Effect = "Allow", Principal = { AWS = var.admin }, Action = "sts:AssumeRole" }'
    assert explained(module(PRODUCTION, more=more)).granted is True


@pytest.mark.parametrize(
    "more",
    [
        ', { Effect = "Deny", Principal = { Federated = var.who }, Action = "sts:*" }',
        ', { Effect = "Allow", Principal = { AWS = var.who }, Action = "sts:*" }',
        ', { Effect = var.who, Principal = "*", Action = "sts:AssumeRole" }',
        ', { Effect = "Allow", Principal = { AWS = "123456789012" }, Action = var.who }',
        ', { Effect = "Allow", Principal = "*", Action = "sts:*", Condition = { DateLessThan = { "aws:CurrentTime" = var.who } } }',
    ],
)
def test_what_has_no_third_value_is_named_with_its_line(more: str) -> None:
    found = refusal(module(PRODUCTION, more=more))
    assert found.check == "document-unknown"
    assert "`var.who` (line 14)" in found.found
    assert "--given" in (found.remedy or "")


def test_variables_are_none_in_an_old_version() -> None:
    octets = module("repo:${var.org}/*").replace(b"2012-10-17", b"2008-10-17")
    assert refusal(octets).check == "document-unknown"


def test_the_role_is_the_one_of_the_record_or_the_one_that_is_named() -> None:
    both = module(PRODUCTION) + module(MAIN).replace(b'"deploy"', b'"other"').replace(b"GitHubDeploy", b"Other")
    assert explained(both).granted is True
    assert explained(both, role_arn="aws_iam_role.other").granted is False
    assert explained(both, role_arn="Other").record.role_arn == GITHUB_ROLE
    assert explained(both, role_arn=GITHUB_ROLE.replace("GitHubDeploy", "Other")).granted is False
    assert refusal(both, role_arn="nobody").check == "document-resource"
    assert refusal(module(MAIN).replace(b"GitHubDeploy", b"Other")).check == "document-resource"
    twice = module(PRODUCTION) + module(MAIN).replace(b'"deploy"', b'"other"')
    assert "2: `aws_iam_role.deploy`, `aws_iam_role.other`" in refusal(twice).found


def test_a_role_of_which_the_name_is_not_known_is_the_only_one() -> None:
    unnamed = module(PRODUCTION).replace(b'"GitHubDeploy"', b"var.name")
    assert explained(unnamed).granted is True
    assert explained(unnamed + module(MAIN).replace(b'"deploy"', b'"other"')).granted is False  # that one says that it is the role


def test_a_trust_policy_alone_is_that_of_the_role() -> None:
    trust = account().roles[GITHUB_ROLE].trust_policy.document
    found = explain_event(login(), documents=[("trust.json", json.dumps(trust).encode())])
    assert (found.granted, found.check) == (False, "trust-policy")


def test_an_account_has_the_role_as_the_files_declare_it() -> None:
    found = explain_event(login(), account(), documents=[("main.tf", module(PRODUCTION))])
    assert found.granted is True
    unregistered = replace(login(), provider=GITHUB_PROVIDER.replace("actions", "elsewhere"))
    assert explain_event(unregistered, account(), documents=[("main.tf", module(PRODUCTION))]).check == "provider"
    other = replace(login(), role_arn=GITHUB_ROLE.replace("123456789012", "210987654321"))
    with pytest.raises(FederationError) as caught:
        explain_event(other, account(), documents=[("main.tf", module(PRODUCTION))])
    assert caught.value.check == "document-resource"


def test_what_cannot_be_read_beside_the_role_is_told() -> None:
    documents = [("main.tf", module(MAIN)), ("broken.json", b"{")]
    found = explain_event(login(), documents=documents)
    assert found.check == "trust-policy"
    assert [(each.file, each.refusal.check) for each in found.faults] == [("broken.json", "document-syntax")]
    with pytest.raises(FederationError) as caught:
        explain_event(login(), documents=documents[1:])
    assert caught.value.check == "document-syntax"


def test_neither_account_nor_document() -> None:
    with pytest.raises(TypeError, match="an account, documents, or both"):
        explain_event(login())


@pytest.mark.parametrize("name", ["plan.json", "template.yaml", "main.tf"])
def test_of_the_files_that_are_shipped(name: str) -> None:
    role = "DeployRole" if name == "template.yaml" else "aws_iam_role.release"
    found = explain_event(login(), documents=[Path(FIXTURES / "evidence" / name)], role_arn=role)
    assert (found.granted, found.check) == (False, "trust-policy")
    assert found.document is not None
    json.dumps(found.as_dict())


def test_an_action_that_no_statement_allows_is_told_without_a_word_of_what_nobody_knows() -> None:
    provider = "arn:aws:iam::123456789012:saml-provider/TestSaml"
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithSAML",
        "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]}).encode()
    record = replace(login("saml"), error_code="AccessDenied", audience=None, provider=provider, tags=(SessionTag("team", "blue"),))
    found = explain_event(record, documents=[("trust.json", trust)])
    assert found.explanation is not None
    assert [each.sentence for each in found.explanation.first.causes] == [
        "the assertion carries the session tags `team` = `blue`, and no statement allows `sts:TagSession` to the caller"
    ]
    assert [each.condition.key for each in found.waiting] == ["SAML:aud"]


def test_an_explanation_has_the_words_of_the_file_in_place_of_what_is_open() -> None:
    found = explained(module("${var.subject}", principal=f'"{GITHUB_PROVIDER}x"'))
    assert (found.granted, found.check) == (False, "trust-policy")
    told = json.dumps(found.as_dict(), ensure_ascii=False)
    assert "${var.subject}" in told
    assert not placeholders(told)
    assert "\\U000f" not in told


def test_what_a_file_leaves_open_is_no_suspect() -> None:
    assert explained(module("repo:${var.org}/x:*")).suspects == ()
