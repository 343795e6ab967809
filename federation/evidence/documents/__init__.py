"""Policies, roles, identity providers and expected logins in the files that people keep.

Terraform plans, states and configurations, CloudFormation templates, answers of IAM, Kubernetes manifests and GitHub workflows are told by
their content. Each value keeps its place in the file; what a file does not say is unknown, and nothing is guessed.
"""

from federation.evidence.documents.applying import with_roles_of
from federation.evidence.documents.faults import DocumentFault
from federation.evidence.documents.model import ExpectedLogin, FoundDocument, FoundEvidence, FoundProvider, FoundRole
from federation.evidence.documents.reading import read_documents, read_evidence, read_roles
from federation.evidence.documents.rendering import Unknown
from federation.evidence.documents.source import Region

__all__ = [
    "DocumentFault",
    "ExpectedLogin",
    "FoundDocument",
    "FoundEvidence",
    "FoundProvider",
    "FoundRole",
    "Region",
    "Unknown",
    "read_documents",
    "read_evidence",
    "read_roles",
    "with_roles_of",
]
