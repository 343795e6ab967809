"""Helpers for tests of the command line."""

import re
from collections.abc import Callable

from click.testing import Result

from tests.support.paths import REPOSITORY

GOLDEN = REPOSITORY / "tests" / "cli" / "golden"
REWRITE = "FEDERATION_REWRITE_GOLDEN"
"""With this variable set, the tests write the golden outputs anew; review the diff."""

Run = Callable[..., Result]
Golden = Callable[[str, str], None]


def generated(text: str) -> str:
    """Replace the values that differ in every run."""
    text = re.sub(r'("(?:AccessKeyId|SecretAccessKey|SessionToken)": ")[^"]+', r"\1…", text)
    return re.sub(r'("SessionToken(?:Size|Utilization)": )\d+', r"\1…", text)
