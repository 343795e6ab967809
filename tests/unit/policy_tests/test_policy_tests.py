"""Tests of trust policies: what their file says, who logs in, and what becomes of it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from lxml import etree

from docs.building.schemas.published import SCHEMAS
from federation.errors import AccountFault, AccountFaults, FederationError, ValidationError
from federation.policy_tests import junit, parse_policy_tests, read_policy_tests, run_policy_tests, write_junit
from federation.policy_tests.identities import KINDS, TokenBearer
from federation.vendors import find_vendor
from tests.support.growth import spends_at_most
from tests.support.paths import REPOSITORY
from tests.support.policies import document, statement
from tests.support.trusts import EKS, saml, scoped, web
from tests.support.world import GITHUB, SAML_PROVIDER

AT = datetime(2026, 11, 30, tzinfo=UTC)
EXAMPLE = REPOSITORY / "fixtures" / "evidence" / "trust.test.yaml"
WORDS: dict[str, dict[str, Any]] = {
    "github": {"repository": "acme/app", "branch": "main"},
    "gitlab": {"project": "acme/app", "branch": "main"},
    "kubernetes": {"issuer": f"https://{EKS}", "namespace": "build", "service_account": "runner"},
    "terraform": {"organization": "acme", "project": "app", "workspace": "prod", "run_phase": "apply"},
    "buildkite": {"organization": "acme", "pipeline": "app", "branch": "main"},
    "circleci": {
        "issuer": "https://oidc.circleci.com/org/11111111-1111-4111-8111-111111111111",
        "organization": "11111111-1111-4111-8111-111111111111",
        "project": "22222222-2222-4222-8222-222222222222",
        "user": "99999999-9999-4999-8999-999999999999",
    },
    "google": {"subject": "110169484474386276334", "audience": "acme.apps.googleusercontent.com"},
    "oidc": {"issuer": "https://login.example.com/tenant", "audience": "sts.amazonaws.com", "subject": "alice"},
    "saml": {"provider": "SAML-test"},
    "aws": {"arn": "arn:aws:iam::111122223333:user/Anika"},
}


def case(identity: Any, expect: str = "granted", **members: Any) -> dict[str, Any]:
    return {"name": "t", "identity": identity, "expect": expect, "policy": "trust.json", **members}


def bearer(identity: Any) -> TokenBearer:
    [test] = parse_policy_tests(json.dumps({"tests": [case(identity)]}), directory=Path())
    assert isinstance(test.identity, TokenBearer)
    return test.identity


def run(directory: Path, policy: Any, *tests: dict[str, Any], **shared: Any) -> list[tuple[str, tuple[str, ...]]]:
    """The verdicts of *tests* on a trust policy, with their reasons."""
    (directory / "trust.json").write_text(json.dumps(policy), encoding="utf-8")
    numbered = [{**each, "name": f"t{number}"} for number, each in enumerate(tests)]
    (directory / "trust.test.json").write_text(json.dumps({"tests": numbered, **shared}), encoding="utf-8")
    return [(each.verdict, each.reasons) for each in run_policy_tests(directory / "trust.test.json", at=AT).results]


def test_the_example_is_as_it_says() -> None:
    report = run_policy_tests(EXAMPLE)
    assert report.passed
    assert {each.verdict for each in report.results} == {"granted", "refused"}
    assert all(each.reasons for each in report.results if each.verdict == "refused")


@pytest.mark.parametrize("vendor", [name for name in WORDS if name not in ("saml", "aws", "oidc", "google")])
def test_the_words_of_a_vendor_give_a_subject_of_the_vendor(vendor: str) -> None:
    found = bearer({vendor: WORDS[vendor]})
    read = find_vendor(found.issuer.removeprefix("https://"))
    assert read.name != "any issuer"
    assert read.subjects.read(found.subject) is not None
    assert read.subjects.flaw(found.subject, whole=True) is None


def test_every_vendor_is_tried() -> None:
    assert set(WORDS) == set(KINDS)


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ({"branch": "main"}, "repo:acme/app:ref:refs/heads/main"),
        ({"tag": "v1"}, "repo:acme/app:ref:refs/tags/v1"),
        ({"environment": "eu:prod"}, "repo:acme/app:environment:eu%3Aprod"),
        ({"pull_request": True}, "repo:acme/app:pull_request"),
        (
            {"branch": "main", "owner_id": "65", "repository_id": "74", "immutable_subject": True},
            "repo:acme@65/app@74:ref:refs/heads/main",
        ),
        ({"branch": "main", "owner_id": "65", "repository_id": "74"}, "repo:acme/app:ref:refs/heads/main"),
    ],
)
def test_a_job_of_github(words: Any, subject: str) -> None:
    found = bearer({"github": {"repository": "acme/app", **words}})
    claims = {**found.shape.claims(found.subject), **found.claims}
    assert (found.subject, claims["repository"]) == (subject, "acme/app")
    assert claims.get("environment") == words.get("environment")
    assert claims["event_name"] == ("pull_request" if "pull_request" in words else "push")
    assert claims["ref_type"] == ("tag" if "tag" in words else "branch")


def test_each_vendor_gets_in_by_its_own_policy(tmp_path: Path) -> None:
    for vendor, words in WORDS.items():
        if vendor in ("saml", "aws"):
            continue
        found = bearer({vendor: words})
        issuer = found.issuer.removeprefix("https://")
        trusts = web(issuer, Condition={"StringEquals": {f"{issuer}:sub": found.subject, f"{issuer}:aud": found.audience}})
        foreign = scoped("login.example.org", "somebody")
        assert run(tmp_path, document(trusts), case({vendor: words})) == [("granted", ())], vendor
        assert run(tmp_path, document(foreign), case({vendor: words}))[0][0] == "refused", vendor


def test_claims_are_condition_keys(tmp_path: Path) -> None:
    policy = document(scoped(GITHUB, "repo:acme/*", "StringLike", StringEqualsIgnoreCase={f"{GITHUB}:repository_owner_id": "65"}))
    job = {"repository": "acme/app", "branch": "main"}
    assert run(
        tmp_path,
        policy,
        case({"github": {**job, "owner_id": "65"}}),
        case({"github": {**job, "owner_id": "66"}}),
        case({"github": {**job, "claims": {"repository_owner_id": "67"}}}),
    ) == [
        ("granted", ()),
        ("refused", ("trust-policy", f"{GITHUB}:repository_owner_id")),
        ("refused", ("trust-policy", f"{GITHUB}:repository_owner_id")),
    ]


def test_tags_and_source_identity_need_their_actions(tmp_path: Path) -> None:
    job = {"github": {"repository": "acme/app", "branch": "main"}}
    subject = "repo:acme/app:ref:refs/heads/main"
    tagging = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"]
    wishes: list[dict[str, Any]] = [
        {"tags": {"team": "blue"}},
        {"tags": {"team": "blue"}, "transitive_tags": ["team"]},
        {"source_identity": "alice"},
    ]
    tests = [case(job, **wish) for wish in wishes]
    alone = document(scoped(GITHUB, subject))
    assert [verdict for verdict, _ in run(tmp_path, alone, *tests)] == ["refused"] * 3
    whole = document({**scoped(GITHUB, subject, StringLike={"aws:RequestTag/team": "b*"}), "Action": tagging})
    assert [verdict for verdict, _ in run(tmp_path, whole, *tests)] == ["granted", "granted", "refused"]
    attributes: dict[str, Any] = {"saml": {}}
    both = saml(Action=["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"])
    assert run(tmp_path, document(both), *(case(attributes, **wish) for wish in wishes)) == [("granted", ())] * 3
    assert [verdict for verdict, _ in run(tmp_path, document(saml()), *(case(attributes, **wish) for wish in wishes))] == ["refused"] * 3


def test_an_assertion(tmp_path: Path) -> None:
    condition = {"StringEquals": {"saml:aud": "https://signin.aws.amazon.com/saml", "saml:sub": "bob"}}
    policy = document(statement(Condition=condition))
    assert run(
        tmp_path,
        policy,
        case({"saml": {"name_id": "bob"}}),
        case({"saml": {"name_id": "bob", "provider": SAML_PROVIDER}}),
        case({"saml": {"name_id": "alice"}}),
        case({"saml": {"name_id": "bob", "recipient": "https://eu-west-1.signin.aws.amazon.com/saml"}}),
    ) == [
        ("granted", ()),
        ("granted", ()),
        ("refused", ("trust-policy", "saml:sub")),
        ("refused", ("trust-policy", "saml:aud")),
    ]
    groups = document(saml({"ForAnyValue:StringEquals": {"saml:edupersonaffiliation": "staff"}}))
    staff = {"urn:oid:1.3.6.1.4.1.5923.1.1.1.1": ["member", "staff"]}
    assert [verdict for verdict, _ in run(tmp_path, groups, case({"saml": {"attributes": staff}}), case({"saml": {}}))] == [
        "granted",
        "refused",
    ]


def test_a_caller_with_credentials(tmp_path: Path) -> None:
    arn = "arn:aws:iam::111122223333:role/Deploy"
    demanded = {"StringEquals": {"sts:ExternalId": "acme-1"}, "Bool": {"aws:MultiFactorAuthPresent": "true"}}
    policy = document(statement(Principal={"AWS": arn}, Action="sts:AssumeRole", Condition=demanded))
    caller = {"arn": arn, "external_id": "acme-1", "mfa": True}
    session = "arn:aws:sts::111122223333:assumed-role/Deploy/ci"
    results = run(
        tmp_path,
        policy,
        case({"aws": caller}),
        case({"aws": {**caller, "arn": session}}),
        case({"aws": {**caller, "external_id": "acme-2"}}),
        case({"aws": {**caller, "mfa": False}}),
        case({"aws": {**caller, "arn": "arn:aws:iam::111122223333:user/Anika"}}),
    )
    assert [verdict for verdict, _ in results] == ["granted", "granted", "refused", "refused", "refused"]
    assert "sts:ExternalId" in results[2][1]
    organization = document(
        statement(Principal={"AWS": "*"}, Action="sts:AssumeRole", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})
    )
    tests = [case({"aws": {"arn": arn, "organization": each}}) for each in ("o-a1b2c3d4e5", "o-z9y8x7w6v5")]
    assert [verdict for verdict, _ in run(tmp_path, organization, *tests)] == ["granted", "refused"]


def test_a_policy_in_terraform(tmp_path: Path) -> None:
    known = {"aws_iam_openid_connect_provider.github.arn": f"arn:aws:iam::123456789012:oidc-provider/{GITHUB}"}
    job = {"github": {"repository": "acme-evil/app", "branch": "main"}}
    file = str(EXAMPLE.parent / "main.tf")
    path = tmp_path / "trust.test.json"
    test = {**case(job, policy=file, role="aws_iam_role.release"), "given": known}
    path.write_text(json.dumps({"tests": [test]}), encoding="utf-8")
    [result] = run_policy_tests(path, at=AT).results
    assert result.verdict == "granted", "the pattern is open, and the test says so"
    path.write_text(json.dumps({"tests": [{**test, "given": {}}]}), encoding="utf-8")
    with pytest.raises(ValidationError) as caught:
        run_policy_tests(path, at=AT)
    assert caught.value.check == "document-unknown"
    path.write_text(json.dumps({"tests": [{**test, "role": "aws_iam_role.none"}]}), encoding="utf-8")
    with pytest.raises(ValidationError, match="`aws_iam_role") as caught:
        run_policy_tests(path, at=AT)
    assert caught.value.check == "policy-test-file"


def test_because_is_a_check_or_a_key(tmp_path: Path) -> None:
    job = {"github": {"repository": "acme/app", "branch": "evil"}}
    (tmp_path / "trust.json").write_text(json.dumps(document(scoped(GITHUB, "repo:acme/app:ref:refs/heads/main"))), encoding="utf-8")
    reasons = ["trust-policy", f"{GITHUB.upper()}:SUB", f"{GITHUB}:aud"]
    tests = [{**case(job, "refused", because=each), "name": each} for each in reasons]
    (tmp_path / "t.json").write_text(json.dumps({"tests": tests}), encoding="utf-8")
    report = run_policy_tests(tmp_path / "t.json", at=AT)
    assert [each.passed for each in report.results] == [True, True, False]
    assert "but not because of" in report.failures[0].mismatch
    assert [each.test.name for each in run_policy_tests(tmp_path / "t.json", at=AT, only=["trust-policy"]).results] == ["trust-policy"]
    with pytest.raises(ValidationError, match="names of tests"):
        run_policy_tests(tmp_path / "t.json", at=AT, only=["none"])


GITHUB_JOB = {"github": WORDS["github"]}
BROKEN: list[tuple[Any, str]] = [
    ("", "one document"),
    ("[1]", "a mapping"),
    ("a: 1\n---\nb: 2", "one document"),
    ({"tests": []}, "1 to 1000 tests"),
    ({"tests": [case(GITHUB_JOB)], "accounts": "x"}, "unknown member `accounts`"),
    ({"tests": [case(GITHUB_JOB), case(GITHUB_JOB)]}, "`t` twice"),
    ({"tests": [case(GITHUB_JOB, account="a", role="r")]}, "both"),
    ({"tests": [{"name": "t", "identity": GITHUB_JOB, "expect": "granted"}]}, "neither"),
    ({"tests": [{"name": "t", "identity": GITHUB_JOB, "expect": "granted", "account": "a"}]}, "the member role"),
    ({"tests": [case(GITHUB_JOB, "allowed")]}, "granted or refused"),
    ({"tests": [case(GITHUB_JOB, because="audience")]}, "a reason of a refusal"),
    ({"tests": [case(GITHUB_JOB, at="2026-11-30T12:00:00")]}, "an instant"),
    ({"tests": [case(GITHUB_JOB, session_name=7)]}, "a text"),
    ({"tests": [case({})]}, "0 of them"),
    ({"tests": [case({**GITHUB_JOB, "saml": {}})]}, "2 of them"),
    ({"tests": [case({"jenkins": {}})]}, "unknown member `jenkins`"),
    ({"tests": [case({"github": {"repository": "acme/app"}})]}, "one of branch, tag, environment, pull_request"),
    ({"tests": [case({"github": {"repository": "acme/app", "branch": "a", "tag": "b"}})]}, "branch and tag"),
    ({"tests": [case({"github": {"repository": "app", "branch": "a"}})]}, "OWNER/REPOSITORY"),
    ({"tests": [case({"github": {"repository": "a/b", "branch": "a", "immutable_subject": True}})]}, "owner_id and repository_id"),
    ({"tests": [case({"github": {**WORDS["github"], "claims": {"sub": "x"}}})]}, "other claims"),
    ({"tests": [case({"kubernetes": {"namespace": "a", "service_account": "b"}})]}, "the member issuer"),
    ({"tests": [case({"aws": {"arn": "arn:aws:s3:::b"}})]}, "the ARN of a user"),
    ({"tests": [case({"aws": {"arn": "arn:aws:sts::111122223333:user/x"}})]}, "the ARN of a user"),
    ({"tests": [case({"saml": {"attributes": {"https://aws.amazon.com/SAML/Attributes/Role": "x"}}})]}, "attributes of people"),
    ({"tests": [case({"google": {"subject": 110169484474386276334, "audience": "a"}})]}, "a text"),
]


@pytest.mark.parametrize(("content", "said"), BROKEN)
def test_what_breaks_the_grammar_is_refused(content: Any, said: str) -> None:
    text = content if isinstance(content, str) else json.dumps(content)
    with pytest.raises(ValidationError) as caught:
        parse_policy_tests(text, directory=Path())
    assert caught.value.check == "policy-test-file"
    assert said in f"{caught.value.expected} {caught.value.found}"


def test_the_line_is_told() -> None:
    text = "policy: trust.json\ntests:\n  - name: a\n    expect: granted\n    identity:\n      github:\n        repositry: a/b\n"
    with pytest.raises(ValidationError, match="line 7"):
        parse_policy_tests(text, directory=Path())
    with pytest.raises(ValidationError) as caught:
        parse_policy_tests("tests: [", directory=Path())
    assert caught.value.check == "document-syntax"


def test_aliases_are_bounded() -> None:
    laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    with spends_at_most(5), pytest.raises(ValidationError) as caught:
        parse_policy_tests(laughs, directory=Path())
    assert caught.value.check == "document-aliases"
    first = f"- {{name: a, expect: granted, identity: &i {json.dumps(GITHUB_JOB)}}}"
    shared = f"policy: t.json\ntests:\n{first}\n- {{name: b, expect: refused, identity: *i}}"
    one, other = parse_policy_tests(shared, directory=Path())
    assert one.identity == other.identity


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(ValidationError) as caught:
        read_policy_tests(tmp_path / "none.yaml")
    assert caught.value.check == "policy-test-file"
    path = tmp_path / "t.json"
    path.write_text(json.dumps({"tests": [case(GITHUB_JOB)]}), encoding="utf-8")
    with pytest.raises(FederationError):
        run_policy_tests(path)
    path.write_text(json.dumps({"tests": [{**case(GITHUB_JOB), "policy": None}]}), encoding="utf-8")
    with pytest.raises(ValidationError):
        run_policy_tests(path)
    of_account = {"name": "t", "identity": GITHUB_JOB, "expect": "granted", "account": str(tmp_path), "role": "r"}
    path.write_text(json.dumps({"tests": [of_account]}), encoding="utf-8")
    with pytest.raises((AccountFault, AccountFaults)):
        run_policy_tests(path)
    of_account["account"] = str(REPOSITORY / "fixtures" / "account")
    path.write_text(json.dumps({"tests": [of_account]}), encoding="utf-8")
    with pytest.raises(ValidationError, match="a role of"):
        run_policy_tests(path)


def test_the_schema_knows_the_same_files() -> None:
    schema = Draft202012Validator(SCHEMAS["policy-test"])
    example = {**yaml.safe_load(EXAMPLE.read_text(encoding="utf-8")), "at": AT.isoformat()}
    assert schema.is_valid(example)
    for vendor, words in WORDS.items():
        whole = {"tests": [case({vendor: words}, "refused", because="x", tags={"a": "b"}, transitive_tags=["a"], source_identity="x")]}
        assert schema.is_valid(whole), vendor
        assert len(parse_policy_tests(json.dumps(whole), directory=Path())) == 1
        for wrong in ({**words, "unknown": "x"}, {}):
            refused = {"tests": [case({vendor: wrong})]}
            if vendor == "saml" and not wrong:
                continue
            assert not schema.is_valid(refused), vendor
            with pytest.raises(ValidationError):
                parse_policy_tests(json.dumps(refused), directory=Path())


OF_THE_FILE = {"policy-test-file", "document-syntax", "document-aliases"}
HOSTILE = "a\x00b\x1b[31m<&>\"'\u202e]]>\ufffe"


def test_results_as_junit(tmp_path: Path) -> None:
    (tmp_path / "trust.json").write_text(json.dumps(document(scoped(GITHUB, "repo:acme/app:ref:refs/heads/main"))), encoding="utf-8")
    tests = [
        {**case(GITHUB_JOB), "name": HOSTILE},
        {**case(GITHUB_JOB, "refused"), "name": "b"},
        {**case({"github": {"repository": "acme/app", "branch": "</failure>"}}), "name": "c"},
    ]
    (tmp_path / "t.json").write_text(json.dumps({"tests": tests}), encoding="utf-8")
    report = run_policy_tests(tmp_path / "t.json", at=AT)
    target = tmp_path / "out.xml"
    write_junit(target, (report,))
    assert target.read_bytes() == junit((report,))
    root = etree.fromstring(target.read_bytes())
    [suite] = root
    assert (suite.get("tests"), suite.get("failures")) == ("3", "2")
    assert [len(each) for each in suite] == [0, 1, 1]
    assert "edit: " in (suite[2][0].text or "")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out.xml", "t.json", "trust.json"]
    with pytest.raises(OSError, match="No such file"):
        write_junit(tmp_path / "none" / "out.xml", (report,))


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda octets: octets.decode("latin-1")))
def test_any_text_is_refused_or_read(text: str) -> None:
    checks = set()
    try:
        parse_policy_tests(text, directory=Path())
    except FederationError as refusal:
        checks.add(refusal.check)
    assert checks <= OF_THE_FILE


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([*KINDS, "granted", "trust.json"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["repository", "branch", *KINDS, "x"]), inner, max_size=3),
    max_leaves=12,
)


@given(JSON, JSON, JSON)
def test_any_values_are_refused_or_read(name: Any, identity: Any, expect: Any) -> None:
    checks = set()
    try:
        parse_policy_tests(json.dumps({"tests": [case(identity, expect, name=name)]}), directory=Path())
    except FederationError as refusal:
        checks.add(refusal.check)
    assert checks <= OF_THE_FILE
