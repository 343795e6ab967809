"""Tests of trust policies that stand beside the policies: who must get in, and who must not.

from federation.policy_tests import run_policy_tests

report = run_policy_tests("trust.test.yaml")
assert report.passed, [each.mismatch for each in report.failures]
"""

from federation.policy_tests.identities import AssertionBearer, CredentialBearer, TokenBearer
from federation.policy_tests.reading import PolicyTest, SessionWish, parse_policy_tests, read_policy_tests
from federation.policy_tests.results import PolicyTestReport, PolicyTestResult, junit, write_junit
from federation.policy_tests.running import run_policy_tests

__all__ = [
    "AssertionBearer",
    "CredentialBearer",
    "PolicyTest",
    "PolicyTestReport",
    "PolicyTestResult",
    "SessionWish",
    "TokenBearer",
    "junit",
    "parse_policy_tests",
    "read_policy_tests",
    "run_policy_tests",
    "write_junit",
]
