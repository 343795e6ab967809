"""Trust policies as public repositories hold them, linted: what is found in those that were read, and how much in all."""

from collections import Counter
from typing import Final

import pytest

from federation.policy import Policy
from federation.policy.lint import lint
from tests.support.shared import manifest, needs_shared

POLICIES: Final = manifest("policies/real-trust-policies.json", {"policies": []})["policies"]
USUAL: Final = {"audience-unscoped", "subject-without-ids", "version-old"}
"""Notes that say nothing of what is peculiar to a policy."""

pytestmark = needs_shared

JUDGED: Final = [
    ("0xIntuition/intuition-rs:devops/kubernetes/aws-lb-controller/create_sa.sh", ["placeholder-left", "placeholder-left"]),
    ("AbdimajidHussein03/snipeit-ecs-deployment:bootstrap/iam/main.tf", ["subject-incomplete"]),
    ("AndreKurait/crew-dev-agents:terraform/github_oidc.tf", ["pull-request-trusted"]),
    ("Antraxmin/k8s-ssh-server:trust-policy.json", ["key-of-another-provider"]),
    ("Hadarwaldman/fringe-monitor:terraform/github_oidc.tf", ["pull-request-trusted", "subject-incomplete"]),
    ("Manitesla/eks-devops:terraform/github-oidc.tf", []),
    ("Mohit7019/lift-please:infra/modules/eks/alb_irsa.tf", ["placeholder-left"]),
    ("Payme-Works/meeboter:terraform/archive/github-oidc.tf", ["organization-trusted"]),
    ("SeanShmilov/FifaApp-infrastructure:terraform/tfc-oidc.tf", []),
    ("StartlineAU/startline:terraform/github_oidc.tf", ["subject-incomplete", "subject-incomplete"]),
    ("aws/karpenter-provider-aws:test/cloudformation/iam_cloudformation.yaml", ["subject-incomplete"]),
    ("aws-actions/configure-aws-credentials:README.md", ["subject-incomplete"]),
    ("cert-manager/website:content/docs/configuration/acme/dns01/route53", ["key-of-another-provider"]),
    ("cloudposse/terraform-aws-eks-iam-role:main.tf", ["key-unknown", "key-unknown"]),
    ("cojocloud/aws-ecs-terraform-deploy:images/setup-guide", ["placeholder-left"]),
    ("dod-iac/terraform-aws-sso-roles:cloudformation/aws-gov-cloud-default-aws-sso-roles.template", ["saml-recipient-unknown"]),
    ("eksctl-io/eksctl:pkg/iam/oidc/api_test.go", ["key-of-another-provider", "key-of-another-provider"]),
    ("hashicorp/terraform-dynamic-credentials-setup-examples:aws/aws.tf", ["subject-incomplete"]),
    (
        (
            "kubernetes/kops:tests/integration/update_cluster/irsa/data/"
            "aws_iam_role_myserviceaccount.test-wildcard.sa.minimal.example.com_policy"
        ),
        [],
    ),
    ("noobaa/noobaa-core:docs/design/iam_nc", ["key-out-of-place"]),
    ("rh-mobb/documentation:content/rosa/sts/iam_assets_source/cloud-credential-operator-role.json", ["issuer-unscoped"]),
]


@pytest.mark.parametrize(("source", "expected"), JUDGED)
def test_what_is_found_in_a_policy_that_was_read(source: str, expected: list[str]) -> None:
    first = next(row["policy"] for row in POLICIES if row["source"].startswith(source))
    assert sorted(each.id for each in lint(Policy.stored(first)) if each.id not in USUAL) == expected


def test_how_much_is_found_in_all() -> None:
    """An alarm that cries often is not heard: errors are none here, and the warnings are what was read to be wrong."""
    found = [each for row in POLICIES for each in lint(Policy.stored(row["policy"]))]
    severities = Counter(each.severity for each in found)
    assert severities["error"] == 0
    warnings = Counter(each.id for each in found if each.severity == "warning")
    assert warnings == {
        "subject-incomplete": 21,
        "placeholder-left": 10,
        "key-of-another-provider": 7,
        "key-out-of-place": 6,
        "set-operator-single-valued": 4,
        "pull-request-trusted": 3,
        "key-unknown": 2,
        "issuer-unscoped": 2,
        "audience-unscoped": 1,
        "saml-recipient-unknown": 1,
        "saml-audience-for-recipient": 1,
    }
    assert severities["note"] <= len(POLICIES)


def test_no_statement_is_told_twice_of_one_place() -> None:
    for row in POLICIES:
        found = [(each.path, each.id, each.about) for each in lint(Policy.stored(row["policy"]))]
        assert len(set(found)) == len(found), row["source"]
        unscoped = {path.rpartition(".Condition")[0] for path, rule, _ in found if rule == "issuer-unscoped"}
        dead = {path.partition(".Condition")[0] for path, rule, _ in found if rule in {"placeholder-left", "key-of-another-provider"}}
        assert not unscoped & dead, row["source"]
