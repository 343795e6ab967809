"""Terraform's own language: policies as ``jsonencode``, heredoc and data source; references followed where they are literal."""

import json
from pathlib import Path

import pytest

from federation import limits
from federation.evidence.documents import read_evidence
from federation.evidence.documents.terraform import hcl
from tests.support.evidence import PROVIDER, at, only, read, trust
from tests.support.world import GITHUB

SUBJECT = f'$.Statement[0].Condition.StringLike["{GITHUB}:sub"]'
PROVIDERS = f"""
resource "aws_iam_openid_connect_provider" "github" {{
  url            = "https://{GITHUB}"
  client_id_list = ["sts.amazonaws.com"]
}}
resource "aws_iam_saml_provider" "idp" {{
  name = "idp"
}}
"""


def role(policy: str, more: str = "") -> str:
    return f'resource "aws_iam_role" "r" {{\n  assume_role_policy = {policy}\n}}\n{more}'


def filled(text: str) -> str:
    return "".join("?" if 0xF0000 <= ord(character) <= 0xFFFFD else character for character in text)


def test_jsonencode() -> None:
    source = role(
        f"""jsonencode({{
    Version = "2012-10-17" # the current one
    Statement = [{{
      Effect    = "Allow"
      Principal = {{ Federated = "{PROVIDER}" }}
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {{
        StringEquals = {{ "{GITHUB}:aud" = "sts.amazonaws.com" }},
        "StringLike" : {{ "{GITHUB}:sub" = "repo:acme/app:ref:refs/heads/main" }}
      }}
    }}]
  }})"""
    )
    found = only(read("main.tf", source))
    assert json.loads(found.text) == trust()
    assert at(found, SUBJECT) == '"repo:acme/app:ref:refs/heads/main"'
    assert found.source.text[found.span(SUBJECT, name=True).start :].startswith(f'"{GITHUB}:sub"')
    assert (found.format, found.address) == ("terraform", "aws_iam_role.r")


@pytest.mark.parametrize("mark", ["<<EOF", "<<-EOF"])
def test_a_heredoc(mark: str) -> None:
    policy = json.dumps(trust("repo:acme/${local.name}:*"), indent=4).replace("\n", "\n    ")
    source = role(f"{mark}\n    {policy}\n    EOF\n", 'locals {\n  name = "app"\n}\n')
    found = only(read("main.tf", source))
    assert json.loads(found.text) == trust("repo:acme/app:*")
    assert at(found, SUBJECT) == '"repo:acme/${local.name}:*"'


def test_an_escaped_interpolation_is_a_policy_variable() -> None:
    source = (
        role('jsonencode({ a = "$${aws:username}" })') + 'resource "aws_iam_policy" "p" {\n  policy = <<EOF\n{"a": "$${x}%%{y}"}\nEOF\n}\n'
    )
    first, second = read("main.tf", source).documents
    assert json.loads(first.text) == {"a": "${aws:username}"}
    assert json.loads(second.text) == {"a": "${x}%{y}"}


def test_a_data_source_is_rendered_as_terraform_does() -> None:
    source = role(
        "data.aws_iam_policy_document.trust.json",
        f"""
data "aws_iam_policy_document" "trust" {{
  policy_id = "id"
  statement {{
    sid     = ""
    actions = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]
    principals {{
      type        = "Federated"
      identifiers = ["{PROVIDER}"]
    }}
    condition {{
      test     = "StringLike"
      variable = "{GITHUB}:sub"
      values   = ["repo:acme/a:*"]
    }}
    condition {{
      test     = "StringLike"
      variable = "{GITHUB}:sub"
      values   = ["repo:acme/b:*"]
    }}
    condition {{
      test     = "StringEquals"
      variable = "aws:PrincipalTag/team"
      values   = ["&{{aws:RequestTag/team}}"]
    }}
  }}
  statement {{
    effect      = "Deny"
    not_actions = ["sts:TagSession"]
    principals {{
      type        = "*"
      identifiers = ["*"]
    }}
    not_principals {{
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root"]
    }}
    dynamic "condition" {{
      for_each = var.more
      content {{
        test = condition.value
      }}
    }}
  }}
}}
""",
    )
    found = only(read("main.tf", source))
    assert json.loads(filled(found.text)) == {
        "Version": "2012-10-17",
        "Id": "id",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": PROVIDER},
                "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
                "Condition": {
                    "StringLike": {f"{GITHUB}:sub": ["repo:acme/a:*", "repo:acme/b:*"]},
                    "StringEquals": {"aws:PrincipalTag/team": "${aws:RequestTag/team}"},
                },
            },
            {
                "Effect": "Deny",
                "Principal": "*",
                "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"},
                "NotAction": "sts:TagSession",
                "Condition": "?",
            },
        ],
    }
    assert [each.expression for each in found.unknowns] == ["dynamic condition"]
    assert at(found, f"{SUBJECT}[1]") == '"repo:acme/b:*"'


@pytest.mark.parametrize(
    ("argument", "statements"),
    [("source_policy_documents", ["?", "Allow"]), ("override_policy_documents", "?")],
)
def test_documents_beside_a_data_source_are_unknown(argument: str, statements: object) -> None:
    data = f'data "aws_iam_policy_document" "d" {{\n  {argument} = [var.other]\n  statement {{\n    actions = ["*"]\n  }}\n}}\n'
    found = only(read("main.tf", role("data.aws_iam_policy_document.d.json", data)))
    listed = json.loads(filled(found.text))["Statement"]
    assert [each if isinstance(each, str) else each["Effect"] for each in listed] == list(statements)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("expression", "text", "unknown"),
    [
        ('"a-${local.x}"', "a-lx", []),
        ("local.x", "lx", []),
        ("local.deep.list[1]", "two", []),
        ('local.deep["list"][0]', "one", []),
        ("var.literal", "vl", []),
        ("var.empty", "?", ["var.empty"]),
        ("local.loop", "?x", ["local.loop"]),
        ("local.none.at.all", "?", ["local.none.at.all"]),
        ("each.value", "?", ["each.value"]),
        ("aws_iam_openid_connect_provider.github.arn", f"arn:?:iam::?:oidc-provider/{GITHUB}", ["partition", "account_id"]),
        ("aws_iam_openid_connect_provider.github[0].arn", f"arn:?:iam::?:oidc-provider/{GITHUB}", ["partition", "account_id"]),
        ("aws_iam_saml_provider.idp.arn", "arn:?:iam::?:saml-provider/idp", ["partition", "account_id"]),
        ("aws_iam_openid_connect_provider.github.url", "?", ["aws_iam_openid_connect_provider.github.url"]),
        ('"${replace(aws_iam_openid_connect_provider.github.url, "https://", "")}:sub"', f"{GITHUB}:sub", []),
        ('trimprefix(local.url, "https://")', "issuer.example", []),
        ('replace("a/b", "/", "-")', "a-b", []),
        ('replace("a/b", "/[a-z]/", "-")', "?", ['replace("a/b", "/[a-z]/", "-")']),
        ('format("%s:%s", local.x, var.empty)', "lx:?", ["var.empty"]),
        ('format("%d", 1)', "?", ['format("%d", 1)']),
        ('join(",", ["a", local.x])', "a,lx", []),
        ('lower("ABC")', "abc", []),
        ('file("/etc/passwd")', "?", ['file("/etc/passwd")']),
        ('var.a ? "x" : "y"', "?", ['var.a ? "x" : "y"']),
        ('"%{ if true }x%{ endif }"', "?", ['"%{ if true }x%{ endif }"']),
        ('("x")', "x", []),
        ('"tab\\t\\"q\\" \\u00e9"', 'tab\t"q" é', []),
    ],
)
def test_what_an_expression_says(expression: str, text: str, unknown: list[str]) -> None:
    source = (
        role(f"jsonencode({{ v = {expression} }})")
        + """
locals {
  x    = "lx"
  deep = { list = ["one", "two"] }
  url  = "https://issuer.example"
  loop = local.other
  other = "${local.loop}x"
}
variable "literal" {
  default = "vl"
}
variable "empty" {}
"""
        + PROVIDERS
    )
    found = only(read("main.tf", source))
    assert json.loads(filled(found.text)) == {"v": text}
    assert [each.expression.rpartition(".")[2] if text.startswith("arn") else each.expression for each in found.unknowns] == unknown


def test_a_list_is_concatenated() -> None:
    found = only(read("main.tf", role('jsonencode({ v = concat(["a"], tolist(["b", var.c])) })')))
    assert json.loads(filled(found.text)) == {"v": ["a", "b", "?"]}


def test_a_key_with_an_unknown_part() -> None:
    found = only(read("main.tf", role('jsonencode({ "${var.issuer}:sub" = "x", (local.k) = 1, k = 2 })', 'locals {\n  k = "known"\n}\n')))
    assert json.loads(filled(found.text)) == {"?:sub": "x", "known": 1, "k": 2}


def test_what_is_given_wins() -> None:
    source = role(
        'jsonencode({ v = "${var.owner}/${data.aws_caller_identity.current.account_id}" })', 'variable "owner" {\n  default = "x"\n}\n'
    )
    found = only(read("main.tf", source, var__owner="acme", data__aws_caller_identity__current__account_id="123456789012"))
    assert json.loads(found.text) == {"v": "acme/123456789012"}


def test_the_files_of_a_directory_are_one_module(tmp_path: Path) -> None:
    """A policy keeps its place in the file that it is written in; a part from another file has the place that refers to it."""
    (tmp_path / "policies.tf").write_text(
        'data "aws_iam_policy_document" "trust" {\n  statement {\n    actions = ["sts:${local.action}"]\n  }\n}\n', encoding="utf-8"
    )
    (tmp_path / "locals.tf").write_text('locals {\n  action = "AssumeRole"\n}\n', encoding="utf-8")
    (tmp_path / "roles.tf").write_text(role("data.aws_iam_policy_document.trust.json"), encoding="utf-8")
    (tmp_path / "broken.tf").write_text('resource "aws_iam_role" {\n', encoding="utf-8")
    (tmp_path / "README.md").write_text("no code", encoding="utf-8")
    evidence = read_evidence([tmp_path])
    [found] = evidence.documents
    assert (Path(found.file).name, found.address) == ("policies.tf", "aws_iam_role.r")
    assert json.loads(found.text)["Statement"] == [{"Effect": "Allow", "Action": "sts:AssumeRole"}]
    assert at(found, "$.Statement[0].Action") == '"sts:${local.action}"'
    [fault] = evidence.faults
    assert (Path(fault.file).name, fault.refusal.check) == ("broken.tf", "document-syntax")


def test_another_module_has_other_locals(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(role(f'jsonencode({{ v = "{name}${{local.x}}" }})'), encoding="utf-8")
    (tmp_path / "a" / "locals.tf").write_text('locals {\n  x = "!"\n}\n', encoding="utf-8")
    assert [json.loads(filled(each.text))["v"] for each in read_evidence([tmp_path]).documents] == ["a!", "b?"]


def test_a_document_that_multiplies_itself_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EVIDENCE_VALUES", 10_000)
    lines = "\n".join(f'  x{number} = "${{local.x{number - 1}}}${{local.x{number - 1}}}"' for number in range(1, 30))
    evidence = read("main.tf", role("jsonencode({ v = local.x29 })", f'locals {{\n  x0 = "lol"\n{lines}\n}}\n'))
    [fault] = evidence.faults
    assert (fault.refusal.check, fault.address) == ("document-aliases", "aws_iam_role.r")


@pytest.mark.parametrize(
    ("source", "check"),
    [
        ("locals {\n  a = " + "[" * 200 + "]" * 200 + "\n}\n", "document-syntax"),
        ("locals {\n  a = \n}\n", "document-syntax"),
        ("locals {\n  a = 1 + + 2\n}\n", "document-syntax"),
    ],
)
def test_what_is_no_hcl_is_refused(source: str, check: str) -> None:
    [fault] = read("main.tf", source).faults
    assert fault.refusal.check == check


def test_a_file_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EVIDENCE_HCL_CHARS", 20)
    [fault] = read("main.tf", role('"{}"')).faults
    assert fault.refusal.check == "document-size"


def test_long_chains_do_not_exhaust_the_stack() -> None:
    source = role("jsonencode({ a = 1" + " + 1" * 5000 + ", b = x" + ".y" * 5000 + " })")
    found = only(read("main.tf", source))
    assert json.loads(filled(found.text)) == {"a": "?", "b": "?"}


def test_without_the_parser_the_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("federation.extras.find_spec", lambda name: None if name == "hcl2" else object())
    [fault] = read("main.tf", role('"{}"')).faults
    assert fault.refusal.check == "document-hcl"
    assert "[hcl]" in fault.refusal.remedy
    assert hcl.parse.__name__ == "parse"


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("a = <<EOF\n  x\n", "a heredoc at line 1 that does not end"),
        ('# <<EOF\n// <<EOF\n/* <<EOF\n*/\na = "<<EOF"\nb = <<-END\nx\n\n', "a heredoc at line 6 that does not end"),
        ("a = <<EOF\nx\nEOF\nb = = 1\n", "text that the grammar does not allow at line 4 column 5"),
        ("a = 1 }\n", "text that the grammar does not allow at line 1 column 7"),
    ],
)
def test_the_place_of_what_is_no_hcl_is_told(before: str, found: str) -> None:
    [fault] = read("main.tf", before).faults
    assert (fault.refusal.check, fault.refusal.found) == ("document-syntax", found)


def test_what_looks_like_a_heredoc_in_a_comment_or_a_string_is_none() -> None:
    source = '# <<EOF\n/* <<EOF\n*/\nlocals {\n  a = "<<EOF" // <<EOF\n  b = 1 # <<EOF\n}\n' + role("<<EOF\n{}\nEOF\n")
    assert only(read("main.tf", source)).text == "{}\n"


def test_white_space_in_a_heredoc_costs_no_more_than_other_text() -> None:
    """The grammar's own pattern takes minutes for this one (attack: a file of a merge request)."""
    blank = " \n" * 20_000
    found = only(read("main.tf", role(f'<<EOF\n{{"a":{blank}1,{blank}"b": 2}}\nEOF\n')))
    assert json.loads(found.text) == {"a": 1, "b": 2}
    assert at(found, "$.b") == "2"


def test_account_and_partition_are_known_by_the_words_of_cloudformation() -> None:
    text = """
    resource "aws_iam_openid_connect_provider" "it" { url = "https://idp.example.com" }
    resource "aws_iam_role" "r" {
      name = "r"
      assume_role_policy = jsonencode({
        Version = "2012-10-17"
        Statement = [{
          Effect = "Allow", Action = "sts:AssumeRoleWithWebIdentity"
          Principal = { Federated = aws_iam_openid_connect_provider.it.arn, AWS = data.aws_caller_identity.this.account_id }
        }]
      })
    }
    """
    given = {"AWS::AccountId": "123456789012", "AWS::Partition": "aws-cn"}
    (found,) = read_evidence([("main.tf", text.encode())], given=given).documents
    assert found.policy().document["Statement"][0]["Principal"] == {
        "Federated": "arn:aws-cn:iam::123456789012:oidc-provider/idp.example.com",
        "AWS": "123456789012",
    }
    (open_,) = read_evidence([("main.tf", text.encode())]).documents
    assert [each.expression for each in open_.unknowns] == [
        "data.aws_partition.current.partition",
        "data.aws_caller_identity.current.account_id",
        "data.aws_caller_identity.this.account_id",
    ]
