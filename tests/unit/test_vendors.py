"""The table of vendors: each entry is complete, and everything that knows a vendor reads it there."""

import json
import re
from pathlib import Path
from string import Formatter
from types import ModuleType
from typing import Any

import pytest

from federation import vendors
from federation.errors import MalformedPolicyDocument, show
from federation.oidc.conditions import KeyNames
from federation.policy import Policy
from federation.policy.lint import Finding, lint
from federation.testing.oidc_shapes import OIDC_SHAPES
from federation.vendors import (
    ANY,
    VENDORS,
    Bound,
    OidcShape,
    RequiredCondition,
    Vendor,
    clouds,
    find_vendor,
    flaws,
    key_name,
    pipelines,
    platforms,
)
from federation.vendors.subjects import VERCEL, Grammar

KINDS = (pipelines, clouds, platforms)
ACTION = "sts:AssumeRoleWithWebIdentity"


def file_of(module: ModuleType) -> str:
    return "/".join(Path(module.__file__ or "").parts[-3:])


ENTRIES = [pytest.param(vendor, file_of(kind), id=vendor.name) for kind in KINDS for vendor in kind.VENDORS]
SHARED = [pytest.param(vendor, id=vendor.name) for vendor in VENDORS if vendor.required is not None]


def lacks(vendor: Vendor) -> list[str]:
    """What the entry of *vendor* still needs, in words."""
    default = Vendor("")
    missing = []
    if not (vendor.issuers or vendor.family):
        missing.append("`issuers` or `family`: the URLs of its providers")
    if (vendor.customers == "strangers") is (vendor.required is None):
        missing.append('`required`: IAM requires a condition of an issuer whose `customers` are "strangers", and of no other')
    if vendor.customers == "one" and (vendor.bounds == default.bounds or vendor.example == default.example):
        missing.append("`bounds` and `example`: the claims that name the customer, and a value")
    if vendor.bounds != default.bounds and vendor.bounds[0].beginning and not vendor.bounds[0].within_one(vendor.example):
        missing.append("`example` that stays within one customer, by the first of `bounds`")
    known = {*vendor.claims, *vendor.further_claims}
    missing.extend(
        f"`further_claims` with {bound.claim}, which `bounds` reads"
        for bound in vendor.bounds
        if bound.claim not in known and not bound.claim.startswith("sts:")
    )
    documented = vendor.documented_claims
    missing.extend(
        f"`documented_claims` with {claim}, which is a condition key"
        for claim in vendor.further_claims
        if documented is not None and not {claim, claim.partition("/")[0]} & documented
    )
    if vendor.is_broken(vendor.example):
        missing.append("`example` that is not `broken`")
    return missing + ([] if vendor.shape is None else lacks_of_shape(vendor, vendor.shape))


def lacks_of_shape(vendor: Vendor, shape: OidcShape) -> list[str]:
    missing = []
    if find_vendor(shape.issuer.removeprefix("https://")) is not vendor:
        missing.append("`shape` with an issuer that `issuers` or `family` describes")
    subjects = [bound for bound in vendor.bounds if bound.claim == "sub" and bound.beginning]
    if vendor.is_broken(shape.subject) or not all(bound.within_one(shape.subject) for bound in subjects):
        missing.append("`shape` with a subject as `bounds` describes it")
    told = {claim for claim in vendor.further_claims if claim in shape.claims(shape.subject)}
    untold = set(vendor.further_claims) - told
    if untold != set(shape.left_out):
        missing.append(f"`shape` with the claims {', '.join(sorted(untold))} of `further_claims`, or with them in `left_out`")
    return missing


@pytest.mark.parametrize(("vendor", "file"), ENTRIES)
def test_an_entry_is_complete(vendor: Vendor, file: str) -> None:
    missing = lacks(vendor)
    assert not missing, f"{file}: the entry {vendor.name!r} lacks {'; '.join(missing)}"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (Vendor("Acme"), "`issuers`"),
        (Vendor("Acme", issuers=("ci.example",), customers="strangers"), "`required`"),
        (Vendor("Acme", issuers=("ci.example",), required=RequiredCondition(("sub",))), "`required`"),
        (Vendor("Acme", family=r"ci\.example/.+", customers="one"), "`bounds` and `example`"),
        (Vendor("Acme", issuers=("ci.example",), bounds=(Bound("sub", "org:[^:]+:"),), example="org:acme"), "`example`"),
        (Vendor("Acme", issuers=("ci.example",), bounds=(Bound("team"),)), "`further_claims` with team"),
        (Vendor("Acme", issuers=("ci.example",), example="x", subjects=VERCEL), "not `broken`"),
        (Vendor("Acme", issuers=("ci.example",), further_claims=("team",), documented_claims=frozenset()), "`documented_claims` with team"),
        (
            Vendor("Acme", issuers=("ci.example",), shape=OidcShape(name="a", issuer="https://b.example", subject="x")),
            "`shape`",
        ),
    ],
)
def test_an_incomplete_entry_is_noticed(entry: Vendor, said: str) -> None:
    assert any(said in each for each in lacks(entry))


def test_a_shape_tells_the_claims_that_become_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    acme = Vendor(
        "Acme",
        issuers=("ci.example",),
        further_claims=("team",),
        shape=OidcShape(name="acme", issuer="https://ci.example", subject="x"),
    )
    monkeypatch.setattr(vendors, "VENDORS", (*VENDORS, acme))
    assert lacks(acme) == ["`shape` with the claims team of `further_claims`, or with them in `left_out`"]


def test_no_issuer_has_two_entries() -> None:
    issuers = [issuer for vendor in VENDORS for issuer in vendor.issuers]
    assert len(set(issuers)) == len(issuers)
    samples = [
        *(shape.issuer.removeprefix("https://") for shape in OIDC_SHAPES.values()),
        "token.actions.githubusercontent.com/acme",
        "token.actions.acme.ghe.com",
        "idcs-9.identity.oraclecloud.com",
        "container.googleapis.com/v1/projects/p/locations/l/clusters/c",
    ]
    assert {sample: [each.name for each in VENDORS if each.is_of_family(sample)] for sample in samples} == {
        sample: [] if sample in issuers or find_vendor(sample) is ANY else [find_vendor(sample).name] for sample in samples
    }


def trust(provider: str, condition: dict[str, Any]) -> bytes:
    federated = provider if provider in vendors.BUILT_IN else f"arn:aws:iam::123456789012:oidc-provider/{provider}"
    statement = {"Effect": "Allow", "Principal": {"Federated": federated}, "Action": ACTION, "Condition": condition}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}).encode()


def findings(provider: str, condition: dict[str, Any]) -> dict[str, Finding]:
    return {each.id: each for each in lint(Policy.stored(trust(provider, condition), kind="trust"))}


@pytest.mark.parametrize("vendor", [pytest.param(vendor, id=vendor.name) for vendor in (ANY, *VENDORS)])
def test_condition_keys_and_the_forge_read_the_table(vendor: Vendor) -> None:
    for issuer in vendor.issuers:
        assert find_vendor(issuer).exposed_claims == (*vendor.claims, *vendor.further_claims)
        assert KeyNames.of(issuer).vendor == tuple((claim, f"{issuer}:{claim}") for claim in vendor.further_claims)
    if vendor.shape is not None:
        assert OIDC_SHAPES[vendor.shape.name] is vendor.shape
    assert set(OIDC_SHAPES) == {each.shape.name for each in (ANY, *VENDORS) if each.shape is not None}


@pytest.mark.parametrize("vendor", SHARED)
def test_write_rules_read_the_table(vendor: Vendor) -> None:
    assert vendor.required is not None
    for issuer in vendor.issuers:
        with pytest.raises(MalformedPolicyDocument) as caught:
            Policy.parse(trust(issuer, {"StringEquals": {f"{issuer}:unrelated": "x"}}), kind="trust")
        assert caught.value.check == "policy-shared-issuer"
        for claim in vendor.required.claims:
            assert key_name(issuer, claim) in caught.value.expected
            assert Policy.parse(trust(issuer, {"StringEquals": {key_name(issuer, claim): "x"}}), kind="trust").statements


@pytest.mark.parametrize("vendor", SHARED)
def test_lint_reads_the_table(vendor: Vendor) -> None:
    """An issuer that strangers share is one for lint, too, and what satisfies IAM satisfies the rules about missing conditions."""
    for issuer in vendor.issuers:
        key = key_name(issuer, vendor.bounds[0].claim)
        assert {"issuer-unscoped", "subject-too-wide"}.isdisjoint(findings(issuer, {"StringEquals": {key: "x"}}))
        wide = findings(issuer, {"StringLike": {key: "*x"}, "StringEquals": {f"{issuer}:aud": "y"}}).get("subject-too-wide")
        if wide is not None:  # IAM's own rule says enough where the star is all that it sees
            assert (wide.severity, show(vendor.example) in wide.remedy) == ("error", True)
            assert vendor.name in wide.message


def test_a_new_entry_reaches_every_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    acme = Vendor(
        "Acme",
        issuers=("ci.example",),
        customers="strangers",
        bounds=(Bound("sub", r"org:[^:]+:"),),
        example="org:acme:job:deploy",
        subjects=Grammar(flaws=flaws.in_order((flaws.word("org"), flaws.value("an organization"), flaws.word("change", "job")))),
        pull_request=":change",
        further_claims=("team",),
        required=RequiredCondition(("sub",)),
    )
    assert find_vendor("ci.example").exposed_claims == ("aud", "oaud", "sub", "amr")
    assert Policy.parse(trust("ci.example", {}), kind="trust").statements
    monkeypatch.setattr(vendors, "VENDORS", (*VENDORS, acme))
    assert find_vendor("ci.example").exposed_claims == ("aud", "oaud", "sub", "amr", "team")
    assert KeyNames.of("ci.example").vendor == (("team", "ci.example:team"),)
    with pytest.raises(MalformedPolicyDocument) as caught:
        Policy.parse(trust("ci.example", {}), kind="trust")
    assert caught.value.check == "policy-shared-issuer"
    for operator, value, rule in [
        ("StringLike", "org:ac*", "subject-too-wide"),
        ("StringEquals", "org:acme", "subject-incomplete"),
        ("StringEquals", "org:acme:change", "pull-request-trusted"),
    ]:
        assert rule in findings("ci.example", {operator: {"ci.example:sub": value}})


@pytest.mark.parametrize(
    ("issuer", "name"),
    [
        ("agent.buildkite.com", "Buildkite"),
        ("agent.acme.buildkite.dev", "Buildkite"),
        ("agent.login.example/x.buildkite.dev", "any issuer"),
        ("token.actions.githubusercontent.com/acme", "GitHub Enterprise"),
        ("token.actions.githubusercontent.com.login.example", "any issuer"),
        ("Gitlab.com", "any issuer"),
        ("sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d/", "Microsoft Sentinel"),
        ("sts.windows.net/88888888-8888-4888-8888-888888888888/", "Microsoft Entra ID"),
    ],
)
def test_an_issuer_is_of_one_vendor(issuer: str, name: str) -> None:
    assert find_vendor(issuer).name == name


def test_sentinel_is_scoped_by_the_session_name() -> None:
    issuer = "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d/"
    aud = {f"{issuer}:aud": "api://1462b192-27f7-4cb9-8523-0f4ecb54b47e"}
    whole = {"StringEquals": {**aud, "sts:RoleSessionName": "MicrosoftSentinel_0"}}
    assert findings(issuer, whole) == {}
    wide = findings(issuer, {"StringEquals": aud, "StringLike": {"sts:RoleSessionName": "MicrosoftSentinel_*"}})
    assert {name: each.severity for name, each in wide.items()} == {"subject-too-wide": "error"}


def test_claims_of_a_provider() -> None:
    github = find_vendor("token.actions.githubusercontent.com").exposed_claims
    assert {"aud", "sub", "job_workflow_ref", "repository_owner_id"} <= set(github)
    assert not {"iss", "repository_owner", "visibility"} & set(github)
    assert find_vendor("oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE").exposed_claims == ("aud", "oaud", "sub", "amr")
    assert find_vendor("www.amazon.com").exposed_claims == ("app_id", "user_id")
    for twin in ("Token.actions.githubusercontent.com", "token.actions.githubusercontent.com.evil.example", "gitlab.com/x"):
        assert find_vendor(twin).exposed_claims == ("aud", "oaud", "sub", "amr")


@pytest.mark.parametrize(("vendor", "file"), ENTRIES)
def test_the_forms_of_subjects_are_complete(vendor: Vendor, file: str) -> None:
    grammar = vendor.subjects
    names = [form.name for form in grammar.forms]
    assert len(set(names)) == len(names), f"two forms of one name in {file}"
    assert bool(grammar.forms) is grammar.source.startswith("https://"), f"the documentation of the forms in {file}"
    for form in grammar.forms:
        groups = set(re.compile(form.pattern).groupindex)
        for words in (form.what, form.whose, form.obtain):
            assert {name for _, name, _, _ in Formatter().parse(words) if name} <= groups
        assert set(form.volatile) <= groups
    if vendor.shape is not None and grammar.forms:
        read = grammar.read(vendor.shape.subject)
        assert read is not None, f"the forge's subject of {vendor.name} has no form"
        assert read.what
        assert read.text == vendor.shape.subject


@pytest.mark.parametrize(
    ("issuer", "subject", "what", "whose"),
    [
        ("gitlab.com", "project_path:a/b:ref_type:tag:ref:v1", "tag `v1`", "project `a/b`"),
        ("token.actions.githubusercontent.com", "repo:a@1/b@2:environment:x", "environment `x`", "repository `a/b`"),
        ("oidc.eks.eu-west-1.amazonaws.com/id/X", "system:serviceaccount:ns:app", "service account `app`", "namespace `ns`"),
        ("oidc.vercel.com", "owner:a:project:p:environment:e", "environment `e` of project `p`", "team `a`"),
    ],
)
def test_a_subject_is_told_in_words(issuer: str, subject: str, what: str, whose: str) -> None:
    read = find_vendor(issuer).subjects.read(subject)
    assert read is not None
    assert (read.what, read.whose, read.lasting) == (what, whose, subject)


def test_a_subject_of_another_vendor_has_no_form() -> None:
    assert find_vendor("gitlab.com").subjects.read("repo:a/b:ref:refs/heads/main") is None
    assert ANY.subjects.read("x") is None
