"""Helpers for tests of account directories."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.world import ACCOUNT

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/Example"},
            "Action": "sts:AssumeRoleWithSAML",
        }
    ],
}

Writer = Callable[[str, Any], Path]
