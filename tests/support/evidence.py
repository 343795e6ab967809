"""Helpers for tests of files that are evidence."""

import json
from typing import Any

from federation.evidence.documents import FoundDocument, FoundEvidence, read_evidence
from tests.support.world import ACCOUNT, GITHUB

PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"


def trust(subject: object = "repo:acme/app:ref:refs/heads/main", provider: object = PROVIDER) -> dict[str, Any]:
    """A trust policy for GitHub."""
    condition = {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}, "StringLike": {f"{GITHUB}:sub": subject}}
    statement = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity"}
    return {"Version": "2012-10-17", "Statement": [{**statement, "Condition": condition}]}


def read(name: str, content: object, **given: str) -> FoundEvidence:
    """What one file says; content that is no text is written as JSON."""
    text = content if isinstance(content, str) else json.dumps(content, indent=2)
    return read_evidence([(name, text.encode())], given={key.replace("__", "."): value for key, value in given.items()})


def only(evidence: FoundEvidence) -> FoundDocument:
    """The only policy of a file without faults."""
    assert evidence.faults == ()
    [found] = evidence.documents
    return found


def at(found: FoundDocument, path: str) -> str:
    """What stands in the file at the place of a value."""
    span = found.span(path)
    return found.source.text[span.start : span.end]
