"""Workloads that ask for roles by files: jobs of GitHub workflows and service accounts of Kubernetes, beside the roles of other files."""

from federation.evidence.workloads.admitting import Admittance
from federation.evidence.workloads.linting import LintedWorkload, lint_workloads
from federation.evidence.workloads.rules import WORKLOAD_RULES, WorkloadRule

__all__ = ["WORKLOAD_RULES", "Admittance", "LintedWorkload", "WorkloadRule", "lint_workloads"]
