"""The areas of the suite: `make test AREA=saml` runs the tests of one, those of attacks, corpora and the command line among them.

`python -m tests.areas saml` prints the paths. An area is a room of the package, or a part of the project: docs, suite, interop.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parent
AREAS: Final = {
    "saml": (
        "unit/saml",
        "attacks/test_base64_rows.py",
        "attacks/test_canonicalisation_rows.py",
        "attacks/test_cost_rows.py",
        "attacks/test_encryption_rows.py",
        "attacks/test_engine_rows.py",
        "attacks/test_foreign_attribute_rows.py",
        "attacks/test_key_rows.py",
        "attacks/test_metadata_rows.py",
        "attacks/test_protocol_rows.py",
        "attacks/test_signature_rows.py",
        "attacks/test_text_rows.py",
        "attacks/test_xml_rows.py",
        "property/test_octets.py",
        "property/test_saml_reading.py",
        "property/test_verdicts.py",
        "corpus/test_captures.py",
        "corpus/test_corpora_saml.py",
        "corpus/test_fixtures.py",
        "corpus/test_recordings_saml.py",
        "corpus/test_wycheproof.py",
        "differential/test_comments.py",
        "differential/test_jdk.py",
        "differential/test_xmldsig.py",
        "twins",
        "fuzz",
        "cli/test_validate.py",
    ),
    "jose": (
        "unit/jose",
        "attacks/test_base64_rows.py",
        "attacks/test_jwk_rows.py",
        "attacks/test_jwt_rows.py",
        "property/test_jwt.py",
        "corpus/test_corpora_jwt.py",
        "corpus/test_wycheproof.py",
        "differential/test_jose.py",
    ),
    "oidc": (
        "unit/oidc",
        "attacks/test_base64_rows.py",
        "attacks/test_jwk_rows.py",
        "attacks/test_jwt_claim_rows.py",
        "attacks/test_jwt_rows.py",
        "property/test_jwt.py",
        "property/test_verdicts.py",
        "corpus/test_captures_oidc.py",
        "corpus/test_corpora_jwt.py",
        "corpus/test_fixtures.py",
        "corpus/test_wycheproof.py",
        "differential/test_jose.py",
        "cli/test_web_identity.py",
    ),
    "oauth": ("unit/oauth", "property/test_verdicts.py", "corpus/test_captures_oidc.py", "corpus/test_fixtures.py"),
    "policy": (
        "unit/policy",
        "unit/test_condition_keys.py",
        "attacks/test_policy_rows.py",
        "property/test_analysis.py",
        "property/test_lint.py",
        "property/test_partial.py",
        "property/test_policy.py",
        "corpus/test_recordings_lint.py",
        "corpus/test_real_trust_policies_linted.py",
        "corpus/test_recordings_policy.py",
        "cli/test_policy_analysis.py",
        "cli/test_policy_lint.py",
    ),
    "account": (
        "unit/account",
        "unit/test_registration_arguments.py",
        "property/test_importing.py",
        "cli/test_account_commands.py",
        "cli/test_account_principals.py",
    ),
    "calls": ("unit/calls",),
    "sts": (
        "unit/sts",
        "attacks/test_exchange_rows.py",
        "attacks/test_web_identity_rows.py",
        "property/test_audit.py",
        "property/test_controls.py",
        "property/test_exchange.py",
        "property/test_partial_trust.py",
        "property/test_sealing.py",
        "property/test_signed_operations.py",
        "property/test_sigv4.py",
        "property/test_web_identity.py",
        "corpus/test_recordings_oidc_exchange.py",
        "corpus/test_recordings_saml_exchange.py",
        "corpus/test_recordings_sigv4.py",
        "corpus/test_recordings_sts_calls.py",
        "cli/test_signed.py",
        "cli/test_web_identity.py",
    ),
    "iam": (
        "unit/iam",
        "property/test_iam.py",
        "interop/test_iam_model.py",
        "interop/suites",
        "interop/test_iam_users.py",
        "interop/test_iam_roles.py",
    ),
    "explaining": (
        "unit/explaining",
        "property/test_explanations.py",
        "property/test_repairs.py",
        "corpus/test_captures_explained.py",
        "corpus/test_real_trust_policies.py",
    ),
    "state": (
        "unit/state",
        "property/test_audit.py",
        "cli/test_state.py",
        "interop/test_audit_trail.py",
        "interop/test_shared_state.py",
        "interop/test_state.py",
    ),
    "server": ("unit/server", "browser", "property/test_wire.py", "property/test_control.py", "property/test_wire_messages.py"),
    "page": (
        "unit/page",
        "unit/saml/test_coverage.py",
        "unit/server/test_pages.py",
        "property/test_page.py",
        "cli/test_page.py",
        "browser",
    ),
    "drawing": ("unit/drawing", "unit/benchmarks"),
    "judging": ("engines", "cli/test_audit_output.py", "unit/judging", "property/test_pasted.py", "cli/test_audit.py"),
    "evidence": (
        "unit/evidence",
        "corpus/test_real_policies_where_they_are_written.py",
        "property/test_documents.py",
        "property/test_events.py",
        "property/test_open_policies.py",
        "property/test_workloads.py",
        "cli/test_audit_events.py",
        "cli/test_explain_event.py",
        "cli/test_policy_documents.py",
    ),
    "cli": (
        "cli",
        "property/test_cli.py",
        "property/test_json_everywhere.py",
        "property/test_terminal.py",
        "differential/test_outputs.py",
        "docs/test_cli_page.py",
    ),
    "aws_texts": ("unit/test_texts.py", "corpus/test_recorded_texts.py"),
    "check_names": ("docs/test_checks_page.py",),
    "errors": ("unit/test_errors.py",),
    "testing": ("property/test_strategies.py", "unit/testing", "cli/test_mint_examples.py"),
    "policy_tests": ("unit/policy_tests", "cli/test_policy_test.py"),
    "fixture": ("unit/fixture", "docs/test_testing_page.py"),
    "vendors": ("unit/test_vendors.py", "unit/oidc/test_oidc_conditions.py", "property/test_lint.py"),
    "docs": ("docs",),
    "interop": ("interop", "nodes"),
    "release": ("release", "unit/release"),
    "house": ("unit/test_*.py", "docs/test_architecture_page.py", "docs/test_checks_page.py"),
    "suite": ("unit/mutation", "unit/test_suite.py"),
}
"""Paths below tests/ by area, or patterns of them; a test may be of several.

``house`` is what no single room owns, ``suite`` what tests the tests.
"""


def paths(area: str) -> list[Path]:
    """Return the files and directories of *area*."""
    return [path for pattern in AREAS[area] for path in sorted(TESTS.glob(pattern))]


def main(words: Sequence[str]) -> int:
    """Print the paths of the areas that *words* name; an unknown one prints the list and fails."""
    known = f"the areas are {' '.join(sorted(AREAS))}"
    unknown = [word for word in words if word not in AREAS]
    if unknown or not words:
        print(f"no area {', '.join(unknown)}; {known}" if unknown else known, file=sys.stderr)
        return 2
    print(*dict.fromkeys(f"{TESTS.name}/{path.relative_to(TESTS).as_posix()}" for word in words for path in paths(word)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
