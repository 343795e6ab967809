"""Platforms that deploy for their customers, and the claims of their tokens."""

from __future__ import annotations

from typing import Any, Final

from federation.vendors import subjects
from federation.vendors.model import Bound, OidcShape, RequiredCondition, Vendor


def _terraform(subject: str) -> dict[str, Any]:
    parts = dict(zip(subject.split(":")[::2], subject.split(":")[1::2], strict=False))
    return {
        "terraform_organization_name": parts.get("organization", ""),
        "terraform_project_name": parts.get("project", ""),
        "terraform_workspace_name": parts.get("workspace", ""),
        "terraform_run_phase": parts.get("run_phase", ""),
        "terraform_run_id": "run-fixture0example",
        "terraform_full_workspace": subject,
    }


VENDORS: Final = (
    Vendor(
        "HCP Terraform",
        issuers=("app.terraform.io",),
        customers="strangers",
        bounds=(Bound("sub", r"organization:[^:]+:"),),
        example="organization:acme:project:app:workspace:production:run_phase:*",
        documented_claims=frozenset(
            [
                "terraform_full_workspace",
                "terraform_organization_id",
                "terraform_organization_name",
                "terraform_project_id",
                "terraform_project_name",
                "terraform_run_id",
                "terraform_run_phase",
                "terraform_workspace_id",
                "terraform_workspace_name",
            ]
        ),
        required=RequiredCondition(("sub",)),
        shape=OidcShape(
            name="terraform",
            issuer="https://app.terraform.io",
            subject="organization:acme:project:Default:workspace:prod:run_phase:apply",
            audience="aws.workload.identity",
            claims=_terraform,
            not_before=True,
            lifetime=7200,
        ),
        subjects=subjects.TERRAFORM,
    ),
    Vendor(
        "Codefresh",
        issuers=("oidc.codefresh.io",),
        customers="strangers",
        bounds=(Bound("sub", r"account:[^:]+:"),),
        example="account:<id>:pipeline:<id>:*",
        required=RequiredCondition(("sub",)),
    ),
    Vendor(
        "Scalr",
        issuers=("scalr.io",),
        customers="strangers",
        bounds=(Bound("sub", r"account:[^:]+:"),),
        example="account:acme:environment:production:workspace:app",
        required=RequiredCondition(("sub",)),
    ),
    Vendor(
        "Upbound",
        issuers=("proidc.upbound.io",),
        customers="strangers",
        bounds=(Bound("sub", r"mcp:[^/]+/"),),
        example="mcp:acme/control-plane:provider:provider-aws",
        required=RequiredCondition(("sub",)),
    ),
    Vendor(
        "Pulumi",
        issuers=("api.pulumi.com/oidc",),
        customers="strangers",
        bounds=(Bound("aud"), Bound("sub", r"pulumi:[^:]+:org:[^:]+:")),
        example="pulumi:deploy:org:acme:project:app:*",
        required=RequiredCondition(("aud",)),
    ),
    Vendor(
        "Vercel",
        issuers=("oidc.vercel.com",),
        customers="strangers",
        bounds=(Bound("aud"), Bound("sub", r"owner:[^:]+:")),
        example="owner:acme:project:app:environment:production",
        required=RequiredCondition(("aud",)),
        subjects=subjects.VERCEL,
    ),
    # The form of the subjects of the next three is not published; a fixed beginning is assumed to belong to one customer.
    Vendor(
        "DataChain Studio",
        issuers=("studio.datachain.ai/api",),
        customers="strangers",
        required=RequiredCondition(("sub",)),
    ),
    Vendor(
        "Shisho Cloud",
        issuers=("tokens.cloud.shisho.dev",),
        customers="strangers",
        required=RequiredCondition(("sub",)),
    ),
    Vendor(
        "sandboxes.cloud",
        issuers=("sandboxes.cloud",),
        customers="strangers",
        bounds=(Bound("aud"), Bound("sub", r".")),
        required=RequiredCondition(("aud",)),
    ),
)
